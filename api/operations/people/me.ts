import { listMyOrganizations } from '../../../core/access/my-organizations.ts';
import * as core from '../../../core/people/users.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'getMe' | 'updateMe' | 'listMyOrganizations';

/** Tag Me. */
export function me(): Pick<Handlers, Operations> {
  return {
    async getMe({ db, actor }) {
      return withEtag(await core.getMe(db, actor));
    },

    async updateMe({ db, actor, body, preconditions }) {
      return withEtag(await core.updateMe(db, actor, { ...body, preconditions }));
    },

    async listMyOrganizations({ db, actor, query }) {
      return { status: 200, body: await listMyOrganizations(db, actor, query) };
    },
  };
}
