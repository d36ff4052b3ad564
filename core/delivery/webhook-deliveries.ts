import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueAll, type Jobs } from '../jobs/jobs.ts';
import { pingType } from './webhook-message.ts';
import { findWebhook, requireContent, type WebhookPlace, wake } from './webhook-rows.ts';

/** One request to a receiver. */
export interface WebhookAttempt {
  readonly at: string;
  readonly milliseconds: number;
  readonly status?: number;
  readonly failure?: 'REFUSED' | 'NOT_REACHED' | 'TOO_SLOW' | 'TOO_LARGE';
}

/** One event on its way to one receiver. */
export interface WebhookDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly webhookId: string;
  readonly type: string;
  readonly sequence?: number;
  readonly state: 'WAITING' | 'DELIVERED' | 'FAILED';
  readonly attempts: WebhookAttempt[];
  readonly nextAttemptAt?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** The row of a delivery. */
export interface DeliveryRow {
  org_id: string;
  webhook_id: string;
  id: string;
  type: string;
  sequence: string | null;
  state: WebhookDelivery['state'];
  attempts: WebhookAttempt[];
  next_attempt_at: Date | null;
  created_by: string | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** Tests and replays of an organization in a day (UTC, docs/limits.md). */
const mostInDay = 1_000;

function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    id: toId('event', row.id),
    organizationId: toId('organization', row.org_id),
    webhookId: toId('webhook', row.webhook_id),
    type: row.type,
    ...(row.sequence !== null && { sequence: Number(row.sequence) }),
    state: row.state,
    attempts: row.attempts,
    ...(row.next_attempt_at !== null && { nextAttemptAt: row.next_attempt_at.toISOString() }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

type DeliveryPlace = WebhookPlace & { readonly deliveryId: string };

/** The key of the row of a delivery. */
export function deliveryKey({ organizationId, webhookId, deliveryId }: DeliveryPlace) {
  return {
    org_id: toUuid('organization', organizationId),
    webhook_id: toUuid('webhook', webhookId),
    id: toUuid('event', deliveryId),
  };
}

/** The deliveries of a webhook, newest event first. Throws NotFound. */
export async function listWebhookDeliveries(
  db: Db,
  _actor: Actor,
  input: WebhookPlace & { state?: WebhookDelivery['state'] | undefined } & PageQuery,
): Promise<Page<WebhookDelivery>> {
  const { org_id, id: webhook_id } = await findWebhook(db, input);
  const list = `deliveries of ${input.webhookId} ${input.state ?? ''}`;
  const page = readPage(input, list, uuidKey);
  const query = db('webhook_deliveries')
    .where({ org_id, webhook_id, ...(input.state !== undefined && { state: input.state }) })
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '<', page.after);
  return toPage(await query, page, list, (row: DeliveryRow) => row.id, toDelivery);
}

/** One delivery. Throws NotFound. */
export async function getWebhookDelivery(db: Db, _actor: Actor, input: DeliveryPlace): Promise<WebhookDelivery> {
  return toDelivery(await findDelivery(db, input));
}

async function findDelivery(db: Db, place: DeliveryPlace, { lock = false } = {}): Promise<DeliveryRow> {
  const query = db('webhook_deliveries').where(deliveryKey(place)).first();
  const row: DeliveryRow | undefined = await (lock ? query.forUpdate() : query);
  if (!row) throw new NotFound();
  return row;
}

/** Sends a test beside the events that wait. Throws NotFound, RateLimited. */
export async function testWebhook(db: Db, actor: Actor, input: WebhookPlace): Promise<WebhookDelivery> {
  const { organizationId, webhookId } = input;
  const { org_id, id: webhook_id } = await findWebhook(db, input);
  await spendSending(db, organizationId);
  const deliveryId = newId('event');
  const [row]: DeliveryRow[] = await db('webhook_deliveries')
    .insert({
      ...{ org_id, webhook_id, id: toUuid('event', deliveryId), type: pingType },
      ...{ state: 'WAITING', next_attempt_at: db.fn.now(), created_by: actor.name },
    })
    .returning('*');
  await record(db, actor, { organizationId, action: 'webhook.test', target: webhookId, after: { deliveryId } });
  await enqueueDelivery(db, { organizationId, webhookId, deliveryId });
  return toDelivery(row!);
}

/** Sends a message once more, with its id. One that waits for its next attempt, in its order, is tried now. Throws NotFound, RateLimited. */
export async function replayWebhookDelivery(db: Db, actor: Actor, input: DeliveryPlace): Promise<WebhookDelivery> {
  const { organizationId, webhookId, deliveryId } = input;
  await requireContent(actor, organizationId);
  // The sender locks a webhook before its deliveries.
  const webhook = await findWebhook(db, input, { lock: true });
  const before = await findDelivery(db, input, { lock: true });
  await spendSending(db, organizationId);
  const [row]: DeliveryRow[] = await db('webhook_deliveries')
    .where(deliveryKey(input))
    .update({ state: 'WAITING', next_attempt_at: db.fn.now(), ...nextVersion(db) })
    .returning('*');
  await record(db, actor, { organizationId, action: 'webhook.replay', target: webhookId, after: { deliveryId } });
  const isNext = before.state === 'WAITING' && before.sequence !== null && Number(before.sequence) > Number(webhook.position);
  if (isNext && webhook.state === 'ACTIVE') {
    await db('webhooks').where({ org_id: webhook.org_id, id: webhook.id }).update({ next_attempt_at: null });
    await wake(db, webhook);
  } else {
    await enqueueDelivery(db, { organizationId, webhookId, deliveryId });
  }
  return toDelivery(row!);
}

/** Those of one organization are sent one after the other, so that its slow receivers delay no other organization. */
async function enqueueDelivery(db: Db, payload: Jobs['send-webhook-delivery']): Promise<void> {
  await enqueueAll(db, 'send-webhook-delivery', [{ payload, queue: `webhook-deliveries:${payload.organizationId}` }]);
}

async function spendSending(db: Db, organizationId: string): Promise<void> {
  const refusal = `An organization sends ${mostInDay} tests and replays of webhooks in a day (UTC) at most.`;
  await spend(db, [{ kind: 'webhook-sendings', subject: organizationId, amount: 1, limit: mostInDay, refusal }]);
}
