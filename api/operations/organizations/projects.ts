import * as deletions from '../../../core/access/project-deletions.ts';
import { refuseRestored } from '../../../core/apps/instances.ts';
import * as core from '../../../core/organizations/projects.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';

type Operations = 'createProject' | 'listProjects' | 'getProject' | 'updateProject' | 'deleteProject' | 'restoreProject';

/** Tag Projects. */
export function projects(): Pick<Handlers, Operations> {
  return {
    async createProject({ db, actor, params, body }) {
      const project = await core.createProject(db, actor, { ...body, ...params });
      const location = `/v1/organizations/${params.organizationId}/projects/${project.id}`;
      return { status: 201, body: project, headers: { location, etag: project.etag } };
    },

    async listProjects({ db, actor, params, query }) {
      return { status: 200, body: await core.listProjects(db, actor, { ...query, ...params }) };
    },

    async getProject({ db, actor, params }) {
      return withEtag(await core.getProject(db, actor, params));
    },

    async updateProject({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateProject(db, actor, { ...body, ...params, preconditions }));
    },

    async deleteProject({ db, actor, params, preconditions }) {
      await deletions.deleteProject(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async restoreProject({ db, actor, params, body }) {
      await refuseRestored(db, params);
      return withEtag(await deletions.restoreProject(db, actor, { ...params, ...body }));
    },
  };
}
