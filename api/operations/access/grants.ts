import { getAccessReport, getProjectAccessReport } from '../../../core/access/access-report.ts';
import { createProjectGrant } from '../../../core/access/externals.ts';
import * as core from '../../../core/access/grants.ts';
import type { Handlers } from '../../contract/handler.ts';

type Operations =
  | 'getAccessReport'
  | 'getProjectAccessReport'
  | 'listGrants'
  | 'createGrant'
  | 'revokeGrant'
  | 'listProjectGrants'
  | 'createProjectGrant'
  | 'revokeProjectGrant';

/** Tag Grants. The path alone says where: in the organization or in one project. */
export function grants(): Pick<Handlers, Operations> {
  return {
    async getAccessReport({ db, actor, params, query }) {
      return { status: 200, body: await getAccessReport(db, actor, { ...query, ...params }) };
    },

    async getProjectAccessReport({ db, actor, params, query }) {
      return { status: 200, body: await getProjectAccessReport(db, actor, { ...query, ...params }) };
    },

    async listGrants({ db, actor, params, query }) {
      return { status: 200, body: await core.listGrants(db, actor, { ...query, ...params }) };
    },

    async createGrant({ db, actor, params, body }) {
      const grant = await core.createGrant(db, actor, { ...body, ...params });
      return { status: 201, body: grant, headers: { location: `/v1/organizations/${params.organizationId}/grants/${grant.id}` } };
    },

    async revokeGrant({ db, actor, params }) {
      await core.revokeGrant(db, actor, params);
      return { status: 204 };
    },

    async listProjectGrants({ db, actor, params, query }) {
      return { status: 200, body: await core.listGrants(db, actor, { ...query, ...params }) };
    },

    async createProjectGrant({ db, actor, params, body }) {
      const grant = await createProjectGrant(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/projects/${params.projectId}/grants/${grant.id}`;
      return { status: 201, body: grant, headers: { location } };
    },

    async revokeProjectGrant({ db, actor, params }) {
      await core.revokeGrant(db, actor, params);
      return { status: 204 };
    },
  };
}
