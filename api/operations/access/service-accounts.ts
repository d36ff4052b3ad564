import * as core from '../../../core/access/service-accounts.ts';
import type { Handlers } from '../../contract/handler.ts';

type Noun = 'ServiceAccount' | 'ProjectServiceAccount';
type Operations = `list${Noun}s` | `${'create' | 'get' | 'update' | 'delete'}${Noun}`;

/** Tag ServiceAccounts. The path alone says where: in the organization or in one project. */
export function serviceAccounts(): Pick<Handlers, Operations> {
  return {
    async listServiceAccounts({ db, actor, params, query }) {
      return { status: 200, body: await core.listServiceAccounts(db, actor, { ...query, ...params }) };
    },

    async createServiceAccount({ db, actor, params, body }) {
      const account = await core.createServiceAccount(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/service-accounts/${account.id}`;
      return { status: 201, body: account, headers: { location } };
    },

    async getServiceAccount({ db, actor, params }) {
      const account = await core.getServiceAccount(db, actor, params);
      return { status: 200, body: account, headers: { etag: account.etag } };
    },

    async updateServiceAccount({ db, actor, params, body, preconditions }) {
      const account = await core.updateServiceAccount(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: account, headers: { etag: account.etag } };
    },

    async deleteServiceAccount({ db, actor, params, preconditions }) {
      await core.deleteServiceAccount(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async listProjectServiceAccounts({ db, actor, params, query }) {
      return { status: 200, body: await core.listServiceAccounts(db, actor, { ...query, ...params }) };
    },

    async createProjectServiceAccount({ db, actor, params, body }) {
      const account = await core.createServiceAccount(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/projects/${params.projectId}/service-accounts/${account.id}`;
      return { status: 201, body: account, headers: { location } };
    },

    async getProjectServiceAccount({ db, actor, params }) {
      const account = await core.getServiceAccount(db, actor, params);
      return { status: 200, body: account, headers: { etag: account.etag } };
    },

    async updateProjectServiceAccount({ db, actor, params, body, preconditions }) {
      const account = await core.updateServiceAccount(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: account, headers: { etag: account.etag } };
    },

    async deleteProjectServiceAccount({ db, actor, params, preconditions }) {
      await core.deleteServiceAccount(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
