import * as deletions from '../../../core/organizations/deletions.ts';
import { listOrganizations } from '../../../core/organizations/organization-list.ts';
import * as core from '../../../core/organizations/organizations.ts';
import * as suspensions from '../../../core/organizations/suspensions.ts';
import type { Handlers } from '../../contract/handler.ts';
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

const changed = (organization: core.Organization) => ({
  status: 200 as const,
  body: organization,
  headers: { etag: organization.etag },
});

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
      const organization = await core.getOrganization(db, actor, params);
      return { status: 200, body: organization, headers: { etag: organization.etag } };
    },

    async updateOrganization({ db, actor, params, body, preconditions }) {
      const organization = await core.updateOrganization(db, actor, { ...params, ...body, preconditions });
      return { status: 200, body: organization, headers: { etag: organization.etag } };
    },

    async deleteOrganization({ db, actor, params, body, preconditions }) {
      await core.deleteOrganization(db, actor, { ...body, ...params, preconditions });
      return { status: 204 };
    },

    suspendOrganization: async ({ db, actor, params, body }) =>
      changed(await suspensions.suspendOrganization(db, actor, { ...params, ...body })),
    resumeOrganization: async ({ db, actor, params }) => changed(await suspensions.resumeOrganization(db, actor, params)),
    archiveOrganization: async ({ db, actor, params, body }) =>
      changed(await suspensions.archiveOrganization(db, actor, { ...params, ...body })),
    unarchiveOrganization: async ({ db, actor, params }) => changed(await suspensions.unarchiveOrganization(db, actor, params)),
    restoreOrganization: async ({ db, actor, params, body }) =>
      changed(await deletions.restoreOrganization(db, actor, { ...params, ...body })),

    async purgeOrganization({ db, actor, params }) {
      await deletions.purgeOrganization(db, actor, params);
      return { status: 204 };
    },
  };
}
