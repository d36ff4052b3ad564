import { listMyOrganizations } from '../../../core/access/my-organizations.ts';
import * as core from '../../../core/people/users.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'getMe' | 'updateMe' | 'listMyOrganizations';

/** Tag Me. */
export function me(): Pick<Handlers, Operations> {
  return {
    async getMe({ db, actor }) {
      const user = await core.getMe(db, actor);
      return { status: 200, body: user, headers: { etag: user.etag } };
    },

    async updateMe({ db, actor, body, preconditions }) {
      const user = await core.updateMe(db, actor, { ...body, preconditions });
      return { status: 200, body: user, headers: { etag: user.etag } };
    },

    async listMyOrganizations({ db, actor, query }) {
      return { status: 200, body: await listMyOrganizations(db, actor, query) };
    },
  };
}
