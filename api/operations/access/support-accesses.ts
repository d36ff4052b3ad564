import * as rows from '../../../core/access/support-access-rows.ts';
import * as core from '../../../core/access/support-accesses.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations =
  | 'requestSupportAccess'
  | 'listSupportAccesses'
  | 'getSupportAccess'
  | 'endSupportAccess'
  | 'listOrganizationSupportAccesses'
  | 'getOrganizationSupportAccess'
  | 'approveSupportAccess'
  | 'denySupportAccess'
  | 'endOrganizationSupportAccess';

/** Tag SupportAccesses. */
export function supportAccesses(): Pick<Handlers, Operations> {
  return {
    async requestSupportAccess({ db, actor, body }) {
      const access = await core.requestSupportAccess(db, actor, body);
      return { status: 201, body: access, headers: { location: `/v1/support-accesses/${access.id}`, etag: access.etag } };
    },
    listSupportAccesses: async ({ db, actor, query }) => ({ status: 200, body: await rows.listSupportAccesses(db, actor, query) }),
    getSupportAccess: async ({ db, actor, params }) => withEtag(await rows.getSupportAccess(db, actor, params)),
    endSupportAccess: async ({ db, actor, params }) => withEtag(await core.endSupportAccess(db, actor, params)),

    listOrganizationSupportAccesses: async ({ db, actor, params, query }) => ({
      status: 200,
      body: await rows.listSupportAccesses(db, actor, { ...query, ...params }),
    }),
    getOrganizationSupportAccess: async ({ db, actor, params }) => withEtag(await rows.getSupportAccess(db, actor, params)),
    approveSupportAccess: async ({ db, actor, params }) => withEtag(await core.approveSupportAccess(db, actor, params)),
    denySupportAccess: async ({ db, actor, params }) => withEtag(await core.denySupportAccess(db, actor, params)),
    endOrganizationSupportAccess: async ({ db, actor, params }) => withEtag(await core.endSupportAccess(db, actor, params)),
  };
}
