import { addressRule } from '../../../core/delivery/address-rules.ts';
import { testWebhook } from '../../../core/delivery/webhook-deliveries.ts';
import * as core from '../../../core/delivery/webhooks.ts';
import type { Handlers } from '../../contract/handler.ts';
import { once } from '../../docs/assets.ts';
import { webhookSchema } from '../../docs/webhook-schema.ts';
import { withEtag } from '../replies.ts';
import type { Services } from '../services.ts';

type Operations =
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'rotateWebhookSecret'
  | 'testWebhook'
  | 'getWebhookSchema';

/** Tag Webhooks. */
export function webhooks({ config, keyring, document }: Pick<Services, 'config' | 'keyring' | 'document'>): Pick<Handlers, Operations> {
  const schema = once(async () => webhookSchema(JSON.parse(document().json)));
  const isAllowed = addressRule(config.TENET_FETCH_ALLOWED_NETWORKS);
  const rules = async () => ({ keyring, mayBePlain: config.TENET_WEBHOOK_HTTP, isAllowed, eventTypes: (await schema()).types });
  const pathOf = ({ organizationId, id }: { organizationId: string; id: string }) => `/v1/organizations/${organizationId}/webhooks/${id}`;
  return {
    async listWebhooks({ db, actor, params, query }) {
      return { status: 200, body: await core.listWebhooks(db, actor, { ...query, ...params }) };
    },
    async createWebhook({ db, actor, params, body }) {
      const made = await core.createWebhook(db, actor, { ...body, ...params }, await rules());
      return { status: 201, body: made, headers: { location: pathOf(made), etag: made.etag } };
    },
    async getWebhook({ db, actor, params }) {
      return withEtag(await core.getWebhook(db, actor, params));
    },
    async updateWebhook({ db, actor, params, body, preconditions }) {
      return withEtag(await core.updateWebhook(db, actor, { ...body, ...params, preconditions }, await rules()));
    },
    async deleteWebhook({ db, actor, params, preconditions }) {
      await core.deleteWebhook(db, actor, { ...params, preconditions });
      return { status: 204 };
    },
    async rotateWebhookSecret({ db, actor, params, body, preconditions }) {
      return withEtag(await core.rotateWebhookSecret(db, actor, { ...body, ...params, preconditions }, { keyring }));
    },
    async testWebhook({ db, actor, params }) {
      const sent = await testWebhook(db, actor, params);
      return { status: 202, body: sent, headers: { location: `${pathOf({ ...params, id: params.webhookId })}/deliveries/${sent.id}` } };
    },
    async getWebhookSchema() {
      return { status: 200, body: (await schema()).schema };
    },
  };
}
