import { readPage, uuidKey } from '../../../core/base/pages.ts';
import * as core from '../../../core/organizations/organizations.ts';
import type { Handlers } from '../../contract/handler.ts';
import type { Services } from '../services.ts';

type Operations = 'createOrganization' | 'listOrganizations' | 'getOrganization' | 'updateOrganization' | 'deleteOrganization';

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
      return { status: 200, body: await core.listOrganizations(db, actor, readPage(query, 'organizations', uuidKey)) };
    },

    async getOrganization({ db, actor, params }) {
      const organization = await core.getOrganization(db, actor, params);
      return { status: 200, body: organization, headers: { etag: organization.etag } };
    },

    async updateOrganization({ db, actor, params, body, preconditions }) {
      const organization = await core.updateOrganization(db, actor, { ...params, ...body, preconditions });
      return { status: 200, body: organization, headers: { etag: organization.etag } };
    },

    async deleteOrganization({ db, actor, params, preconditions }) {
      await core.deleteOrganization(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
  };
}
