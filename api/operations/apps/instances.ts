import * as actions from '../../../core/apps/instance-actions.ts';
import { findInstance } from '../../../core/apps/instance-rows.ts';
import * as core from '../../../core/apps/instances.ts';
import { openInstance } from '../../../core/apps/passes.ts';
import { openingUrl } from '../../../core/apps/urls.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'listInstances'
  | 'getInstanceLogs'
  | `${'create' | 'get' | 'update' | 'delete' | 'restart' | 'start' | 'stop' | 'open'}Instance`;

/** Tag Instances. */
export function instances({ config, instanceLogs }: Pick<Services, 'config' | 'instanceLogs'>): Pick<Handlers, Operations> {
  return {
    async listInstances({ db, actor, params, query }) {
      return { status: 200, body: await core.listInstances(db, actor, { ...query, ...params }) };
    },

    async createInstance({ db, actor, params, body }) {
      const made = writable(await core.createInstance(db, actor, { ...body, ...params }, { driver: config.TENET_APPS_DRIVER }));
      const location = `/v1/organizations/${params.organizationId}/instances/${made.id}`;
      return { status: 201, body: made, headers: { location, etag: made.etag } };
    },

    getInstance: async ({ db, actor, params }) => withEtag(writable(await core.getInstance(db, actor, params))),

    async updateInstance({ db, actor, params, body, preconditions }) {
      return withEtag(writable(await core.updateInstance(db, actor, { ...body, ...params, preconditions })));
    },

    async deleteInstance({ db, actor, params, preconditions }) {
      await core.deleteInstance(db, actor, { ...params, preconditions });
      return { status: 204 };
    },

    async restartInstance({ db, actor, params, preconditions }) {
      return withEtag(writable(await actions.restartInstance(db, actor, { ...params, preconditions })));
    },

    async startInstance({ db, actor, params, preconditions }) {
      return withEtag(writable(await actions.startInstance(db, actor, { ...params, preconditions })));
    },

    async stopInstance({ db, actor, params, preconditions }) {
      return withEtag(writable(await actions.stopInstance(db, actor, { ...params, preconditions })));
    },

    async openInstance({ db, actor, params }) {
      const urlOf = openingUrl(config, params.instanceId);
      const { ticket, expiresAt } = await openInstance(db, actor, params);
      return { status: 201, body: { url: urlOf(ticket), expiresAt } };
    },

    async getInstanceLogs({ db, params, query }) {
      await findInstance(db, params);
      return { status: 200, body: { lines: await instanceLogs(params.instanceId, { lines: query.lines ?? 100 }) } };
    },
  };
}
