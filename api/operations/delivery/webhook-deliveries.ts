import * as core from '../../../core/delivery/webhook-deliveries.ts';
import type { Handlers } from '../../contract/handler.ts';
import { withEtag, writable } from '../replies.ts';

type Operations = 'listWebhookDeliveries' | 'getWebhookDelivery' | 'replayWebhookDelivery';

/** Tag WebhookDeliveries. */
export function webhookDeliveries(): Pick<Handlers, Operations> {
  return {
    async listWebhookDeliveries({ db, actor, params, query }) {
      return { status: 200, body: writable(await core.listWebhookDeliveries(db, actor, { ...query, ...params })) };
    },
    async getWebhookDelivery({ db, actor, params }) {
      return withEtag(await core.getWebhookDelivery(db, actor, params));
    },
    async replayWebhookDelivery({ db, actor, params }) {
      return { status: 202, body: await core.replayWebhookDelivery(db, actor, params) };
    },
  };
}
