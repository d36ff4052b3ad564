import * as core from '../../../core/access/api-keys.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Noun = 'ApiKey' | 'ProjectApiKey';
type Operations = `list${Noun}s` | `${'create' | 'get' | 'update' | 'rotate' | 'revoke'}${Noun}` | 'reportLeakedCredential';

/** Tag ApiKeys. The path alone says where: in the organization or in one project. */
export function apiKeys(services: Services): Pick<Handlers, Operations> {
  return {
    async listApiKeys({ db, actor, params, query }) {
      return { status: 200, body: await core.listApiKeys(db, actor, { ...query, ...params }) };
    },

    async createApiKey({ db, actor, params, body }) {
      const key = await core.createApiKey(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/api-keys/${key.id}`;
      return { status: 201, body: key, headers: { location } };
    },

    async getApiKey({ db, actor, params }) {
      const key = await core.getApiKey(db, actor, params);
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async updateApiKey({ db, actor, params, body, preconditions }) {
      const key = await core.updateApiKey(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async rotateApiKey({ db, actor, params, body, preconditions }) {
      const key = await core.rotateApiKey(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async revokeApiKey({ db, actor, params }) {
      const key = await core.revokeApiKey(db, actor, params);
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async listProjectApiKeys({ db, actor, params, query }) {
      return { status: 200, body: await core.listApiKeys(db, actor, { ...query, ...params }) };
    },

    async createProjectApiKey({ db, actor, params, body }) {
      const key = await core.createApiKey(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/projects/${params.projectId}/api-keys/${key.id}`;
      return { status: 201, body: key, headers: { location } };
    },

    async getProjectApiKey({ db, actor, params }) {
      const key = await core.getApiKey(db, actor, params);
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async updateProjectApiKey({ db, actor, params, body, preconditions }) {
      const key = await core.updateApiKey(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async rotateProjectApiKey({ db, actor, params, body, preconditions }) {
      const key = await core.rotateApiKey(db, actor, { ...body, ...params, preconditions });
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async revokeProjectApiKey({ db, actor, params }) {
      const key = await core.revokeApiKey(db, actor, params);
      return { status: 200, body: key, headers: { etag: key.etag } };
    },

    async reportLeakedCredential({ body, requestId }) {
      await services.revokeLeaked({ credential: body.credential, requestId });
      return { status: 204 };
    },
  };
}
