import * as deletions from '../../../core/organizations/deletions.ts';
import { listOrganizations } from '../../../core/organizations/organization-list.ts';
import * as core from '../../../core/organizations/organizations.ts';
import * as suspensions from '../../../core/organizations/suspensions.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'createOrganization'
  | 'listOrganizations'
  | 'getOrganization'
  | 'updateOrganization'
  | 'deleteOrganization'
  | 'suspendOrganization'
  | 'resumeOrganization'
  | 'archiveOrganization'
  | 'unarchiveOrganization'
  | 'restoreOrganization'
  | 'purgeOrganization';

/** Tag Organizations. */
export function organizations({ config }: Services): Pick<Handlers, Operations> {
  const limits = { perUser: config.TENET_ORGANIZATIONS_PER_USER, perDay: config.TENET_ORGANIZATIONS_PER_DAY };
  return {
    async createOrganization({ db, actor, body }) {
      const blueprint = body.blueprint ?? config.TENET_DEFAULT_BLUEPRINT;
      const organization = await core.createOrganization(db, actor, { ...body, blueprint }, limits);
      return { status: 201, body: organization, headers: { location: `/v1/organizations/${organization.id}`, etag: organization.etag } };
    },

    async listOrganizations({ db, actor, query }) {
      return { status: 200, body: await listOrganizations(db, actor, query) };
    },

    async getOrganization({ db, actor, params }) {
      return withEtag(await core.getOrganization(db, actor, params));
    },

    async updateOrganization({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateOrganization(db, actor, { ...params, ...body, preconditions }));
    },

    async deleteOrganization({ db, actor, params, body, preconditions }) {
      await core.deleteOrganization(db, actor, { ...body, ...params, preconditions });
      return { status: 204 };
    },

    suspendOrganization: async ({ db, actor, params, body }) =>
      withEtag(await suspensions.suspendOrganization(db, actor, { ...params, ...body })),
    resumeOrganization: async ({ db, actor, params }) => withEtag(await suspensions.resumeOrganization(db, actor, params)),
    archiveOrganization: async ({ db, actor, params, body }) =>
      withEtag(await suspensions.archiveOrganization(db, actor, { ...params, ...body })),
    unarchiveOrganization: async ({ db, actor, params }) => withEtag(await suspensions.unarchiveOrganization(db, actor, params)),
    restoreOrganization: async ({ db, actor, params, body }) =>
      withEtag(await deletions.restoreOrganization(db, actor, { ...params, ...body })),

    async purgeOrganization({ db, actor, params }) {
      await deletions.purgeOrganization(db, actor, params);
      return { status: 204 };
    },
  };
}
