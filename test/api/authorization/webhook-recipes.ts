import { newId } from '../../../core/base/ids.ts';
import { type Ask, type Asker, nothing, type Recipe } from './recipe.ts';

const webhook = async ({ world, site }: Asker): Promise<Ask> => ({ params: { webhookId: (await world.makeWebhook(site)).webhookId } });
const delivery = async ({ world, site }: Asker): Promise<Ask> => {
  const { webhookId, deliveryId } = await world.makeWebhook(site);
  return { params: { webhookId, deliveryId } };
};
const content = () => ['audit-event:list', 'audit-event:export'];

/** Webhooks and their deliveries. */
export const webhookRecipes: readonly Recipe[] = [
  { operationId: 'listWebhooks', ask: nothing },
  {
    operationId: 'createWebhook',
    further: content,
    ask: async (cell) => ({
      params: { organizationId: (await cell.anotherSite()).organizationId },
      body: { name: 'Billing', url: 'https://localhost/hook' },
    }),
  },
  { operationId: 'getWebhook', ask: webhook },
  {
    operationId: 'updateWebhook',
    further: content,
    ask: async (cell) => ({ ...(await webhook(cell)), body: { name: `Billing ${newId('request').slice(-6)}` } }),
  },
  { operationId: 'deleteWebhook', ask: webhook },
  {
    operationId: 'rotateWebhookSecret',
    ask: async (cell) => ({
      ...(await webhook(cell)),
      headers: { 'if-match': '"1"' },
      body: { overlapSeconds: Math.floor(Math.random() * 1_000) },
    }),
  },
  { operationId: 'testWebhook', ask: webhook },
  { operationId: 'listWebhookDeliveries', ask: webhook },
  { operationId: 'getWebhookDelivery', ask: delivery },
  { operationId: 'replayWebhookDelivery', further: content, ask: delivery },
];
