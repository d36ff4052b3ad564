import * as core from '../../../core/access/role-templates.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'listRoleTemplates' | `${'create' | 'get' | 'replace' | 'delete'}RoleTemplate`;

/** Tag Roles: sets of roles that invitations offer together. */
export function roleTemplates(): Pick<Handlers, Operations> {
  return {
    async listRoleTemplates({ db, params, query }) {
      return { status: 200, body: await core.listRoleTemplates(db, { ...query, ...params }) };
    },

    async createRoleTemplate({ db, actor, params, body }) {
      const template = await core.createRoleTemplate(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/role-templates/${template.id}`;
      return { status: 201, body: template, headers: { location, etag: template.etag } };
    },

    async getRoleTemplate({ db, params }) {
      return withEtag(await core.getRoleTemplate(db, params));
    },

    async replaceRoleTemplate({ db, actor, params, body, preconditions }) {
      return withEtag(await core.replaceRoleTemplate(db, actor, { ...body, ...params, preconditions }));
    },

    async deleteRoleTemplate({ db, actor, params, preconditions }) {
      await core.deleteRoleTemplate(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
