import * as core from '../../../core/access/roles.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'listRoles' | 'getRole';

/** Tag Roles. */
export function roles(): Pick<Handlers, Operations> {
  return {
    async listRoles({ actor, params, query }) {
      return { status: 200, body: await core.listRoles(actor, { ...query, ...params }) };
    },

    async getRole({ actor, params }) {
      return { status: 200, body: await core.getRole(actor, params) };
    },
  };
}
