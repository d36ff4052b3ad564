import * as core from '../../../core/organizations/restrictions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'listRestrictions' | 'createRestriction' | 'getRestriction' | 'deleteRestriction';

/** Tag Restrictions. */
export function restrictions(): Pick<Handlers, Operations> {
  return {
    async listRestrictions({ db, params, query }) {
      return { status: 200, body: await core.listRestrictions(db, { ...query, ...params }) };
    },
    async createRestriction({ db, actor, params, body }) {
      const made = await core.createRestriction(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/restrictions/${made.id}`;
      return { status: 201, body: made, headers: { location, etag: made.etag } };
    },
    async getRestriction({ db, params }) {
      return withEtag(await core.getRestriction(db, params));
    },
    async deleteRestriction({ db, actor, params, preconditions }) {
      await core.deleteRestriction(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
