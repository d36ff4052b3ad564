import * as list from '../../../core/resources/resource-list.ts';
import * as types from '../../../core/resources/resource-types.ts';
import * as core from '../../../core/resources/resources.ts';
import * as sealed from '../../../core/resources/sealed-fields.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'listResourceTypes'
  | 'getResourceType'
  | 'listResourceGroups'
  | `list${'' | 'Project'}Resources`
  | `${'create' | 'get' | 'update' | 'delete' | 'reveal'}${'' | 'Project'}Resource`;

/** Tag Resources. */
export function resources({ keyring }: Pick<Services, 'keyring'>): Pick<Handlers, Operations> {
  return {
    async listResourceTypes({ actor, params, query }) {
      return { status: 200, body: await types.listResourceTypes(actor, { ...query, ...params }) };
    },

    async listResourceGroups({ actor, params, query }) {
      return { status: 200, body: await types.listResourceGroups(actor, { ...query, ...params }) };
    },

    getResourceType: async ({ actor, params }) => ({ status: 200, body: await types.getResourceType(actor, params) }),

    async listResources({ db, actor, params, query }) {
      return { status: 200, body: await list.listResources(db, actor, { ...query, ...params }) };
    },

    async createResource({ db, actor, params, body }) {
      const resource = await core.createResource(db, keyring, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/resources/${resource.type}/${resource.id}`;
      return { status: 201, body: resource, headers: { location, etag: resource.etag } };
    },

    getResource: async ({ db, actor, params }) => withEtag(await core.getResource(db, actor, params)),

    async updateResource({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateResource(db, keyring, actor, { ...body, ...params, preconditions }));
    },

    async deleteResource({ db, actor, params, preconditions }) {
      await core.deleteResource(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async revealResource({ db, actor, params }) {
      return { status: 200, body: await sealed.revealResource(db, keyring, actor, params) };
    },

    async revealProjectResource({ db, actor, params }) {
      return { status: 200, body: await sealed.revealResource(db, keyring, actor, params) };
    },

    async listProjectResources({ db, actor, params, query }) {
      return { status: 200, body: await list.listResources(db, actor, { ...query, ...params }) };
    },

    async createProjectResource({ db, actor, params, body }) {
      const resource = await core.createResource(db, keyring, actor, { ...body, ...params });
      const { organizationId, projectId } = params;
      const location = `/v1/organizations/${organizationId}/projects/${projectId}/resources/${resource.type}/${resource.id}`;
      return { status: 201, body: resource, headers: { location, etag: resource.etag } };
    },

    getProjectResource: async ({ db, actor, params }) => withEtag(await core.getResource(db, actor, params)),

    async updateProjectResource({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateResource(db, keyring, actor, { ...body, ...params, preconditions }));
    },

    async deleteProjectResource({ db, actor, params, preconditions }) {
      await core.deleteResource(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
