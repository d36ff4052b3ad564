import * as core from '../../../core/organizations/ownership-transfers.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations =
  | 'createOwnershipTransfer'
  | 'listOwnershipTransfers'
  | 'getOwnershipTransfer'
  | 'acceptOwnershipTransfer'
  | 'declineOwnershipTransfer'
  | 'cancelOwnershipTransfer';

/** Tag OwnershipTransfers. */
export function ownershipTransfers(): Pick<Handlers, Operations> {
  return {
    async createOwnershipTransfer({ db, actor, params, body }) {
      const transfer = await core.createOwnershipTransfer(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/ownership-transfers/${transfer.id}`;
      return { status: 201, body: transfer, headers: { location, etag: transfer.etag } };
    },

    async listOwnershipTransfers({ db, actor, params, query }) {
      return { status: 200, body: await core.listOwnershipTransfers(db, actor, { ...query, ...params }) };
    },

    async getOwnershipTransfer({ db, actor, params }) {
      return withEtag(await core.getOwnershipTransfer(db, actor, params));
    },

    async acceptOwnershipTransfer({ db, actor, params }) {
      return withEtag(await core.acceptOwnershipTransfer(db, actor, params));
    },

    async declineOwnershipTransfer({ db, actor, params }) {
      return withEtag(await core.declineOwnershipTransfer(db, actor, params));
    },

    async cancelOwnershipTransfer({ db, actor, params }) {
      return withEtag(await core.cancelOwnershipTransfer(db, actor, params));
    },
  };
}
