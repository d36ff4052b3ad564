import * as custom from '../../../core/access/custom-roles.ts';
import { listPermissionGroups, listRolePresets } from '../../../core/access/role-choices.ts';
import * as core from '../../../core/access/roles.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations = 'listRoles' | 'getRole' | 'createRole' | 'replaceRole' | 'deleteRole' | 'listPermissionGroups' | 'listRolePresets';

/** Tag Roles. */
export function roles(): Pick<Handlers, Operations> {
  return {
    async listRoles({ db, actor, params, query }) {
      return { status: 200, body: await core.listRoles(db, actor, { ...query, ...params }) };
    },

    async getRole({ db, actor, params }) {
      return { status: 200, body: await core.getRole(db, actor, params) };
    },

    async createRole({ db, actor, params, body }) {
      const { organizationId } = params;
      const role = await custom.createRole(db, actor, { ...body, organizationId });
      const headers = { location: `/v1/organizations/${organizationId}/roles/${role.id}`, etag: role.etag };
      return { status: 201, body: await core.toWrittenRole(db, actor, organizationId, role), headers };
    },

    async replaceRole({ db, actor, params, body, preconditions }) {
      const role = await custom.replaceRole(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: await core.toWrittenRole(db, actor, params.organizationId, role), headers: { etag: role.etag } };
    },

    async deleteRole({ db, actor, params, query, preconditions }) {
      await custom.deleteRole(db, actor, { ...params, ...query, preconditions });
      return { status: 204 };
    },

    async listPermissionGroups({ actor, params, query }) {
      return { status: 200, body: await listPermissionGroups(actor, { ...query, ...params }) };
    },

    async listRolePresets({ actor, params, query }) {
      return { status: 200, body: await listRolePresets(actor, { ...query, ...params }) };
    },
  };
}
