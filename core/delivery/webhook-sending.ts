import { type AuditEventRow, toAuditEvent, toAuditEvents } from '../audit/events.ts';
import { type PersonKeys, personKeysOf } from '../audit/person-keys.ts';
import { newUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { SlowReceivers } from './slow-receivers.ts';
import { attempt, type WebhookContext } from './webhook-attempt.ts';
import { type DeliveryRow, deliveryKey } from './webhook-deliveries.ts';
import { messageOf, pingMessage, type WebhookMessage } from './webhook-message.ts';
import { lastSequence, mostWaiting, type WebhookKey, type WebhookRow, wake, webhookKey, withAttempt } from './webhook-rows.ts';
import { secretsOf } from './webhook-secret.ts';
import { disable, type Leased, leased, release, settleDelivered, settleFailed } from './webhook-settling.ts';

/** Events that are read at once. */
const batch = 100;
/** Webhooks of one organization that are sent to at once by all replicas together: slow receivers of one leave room to the others. */
const mostAtOnce = 3;
/** Milliseconds after which a job hands on to the next one, so that others have their turn. */
const turn = 15_000;
/** Milliseconds after which a slow receiver that found no room is looked at again. */
const later = 3_000;

/** What sending needs, and which receivers are slow. */
export type SendingContext = WebhookContext & { readonly receivers: SlowReceivers };

/**
 * Sends what waits for a webhook, one event behind the other, from the audit log itself: `position` says how far it is, and moves with the answer of
 * the receiver. A process that ends in between leaves at most one event that is sent again, with the same id. One job at a time has the lease; it
 * ends by itself, so that the next one goes on where a killed one was.
 */
export async function sendWebhook(context: SendingContext, payload: Jobs['send-webhook']): Promise<void> {
  const key = { org_id: payload.organization, id: payload.webhook };
  if (await context.receivers.send(key.id, () => sendInTurn(context, key))) return;
  const at = new Date(Date.now() + later);
  await context.database.write({ organization: key.org_id }, (db) => wake(db, key, { at, keep: true }));
}

async function sendInTurn(context: SendingContext, key: WebhookKey): Promise<void> {
  const { database } = context;
  const scope = { organization: key.org_id };
  const mine: Leased = { key, lease: newUuid() };
  let row = await database.write(scope, (db) => claim(db, mine));
  const ends = performance.now() + turn;
  while (row) {
    if (performance.now() > ends) {
      await database.write(scope, async (db) => {
        await release(db, mine);
        await wake(db, mine.key);
      });
      return;
    }
    row = await sendBatch(context, mine, row, ends);
  }
}

/** Whether the organization of a webhook is active: what happens in another one waits until it is again. */
const isOfActive = "exists (select from organizations o where o.id = webhooks.org_id and o.state = 'ACTIVE')";

/** Takes the lease; undefined where there is nothing to do now: then a later job is due when there may be. */
async function claim(db: Db, { key, lease }: Leased): Promise<WebhookRow | undefined> {
  const { org_id, id } = key;
  const [row]: WebhookRow[] = await db('webhooks')
    .where({ ...key, state: 'ACTIVE' })
    .whereRaw(isOfActive)
    .whereRaw("coalesce(leased_until, '-infinity') < now() and coalesce(next_attempt_at, '-infinity') <= now()")
    .whereRaw('(select count(*) from webhooks o where o.org_id = ? and o.id <> ? and o.leased_until > now()) < ?', [org_id, id, mostAtOnce])
    .update({ lease, leased_until: db.raw(leased) })
    .returning('*');
  if (row) return row;
  const present: WebhookRow | undefined = await db('webhooks')
    .where({ ...key, state: 'ACTIVE' })
    .whereRaw(isOfActive)
    .first();
  if (!present) return undefined;
  // Not at the end of the lease: it may be given back long before, and what is woken meanwhile keeps the time of the job that waits.
  const moments = [Date.now() + 1_000, Number(present.next_attempt_at ?? 0)];
  await wake(db, key, { at: new Date(Math.max(...moments)), keep: true });
  return undefined;
}

/** Sends the next events until its turn ends; undefined when nothing is left, or nothing may be sent now. */
async function sendBatch(context: SendingContext, mine: Leased, row: WebhookRow, ends: number): Promise<WebhookRow | undefined> {
  const { database, keyring } = context;
  const scope = { organization: row.org_id };
  const { secrets, head, events, keys } = await database.read(scope, async (db) => ({
    secrets: await secretsOf(db, keyring, row),
    ...(await waiting(db, row)),
  }));
  const reason = (!secrets && 'KEY_LOST') || (head - Number(row.position) > mostWaiting && 'TOO_FAR_BEHIND');
  if (!secrets || reason) {
    await database.write(scope, (db) => disableOwn(db, mine, reason || 'KEY_LOST'));
    return undefined;
  }
  if (events.length === 0) {
    await database.write(scope, (db) => release(db, mine, { position: head }));
    await wakeForLater(context, mine.key, head);
    return undefined;
  }
  let present: WebhookRow | undefined = row;
  for (const event of events) {
    const message = messageOf(row.org_id, toAuditEvent(event, keys));
    const tried = { message, sequence: Number(event.seq), attempt: await attempt(context, row.url, secrets, message) };
    context.receivers.took(row.id, tried.attempt.milliseconds);
    if (tried.attempt.failure !== undefined) {
      const { version } = row;
      await database.write(scope, (db) => settleFailed(db, mine, tried, { version, retries: context.webhooks.retries }));
      return undefined;
    }
    present = await database.write(scope, (db) => settleDelivered(db, mine, tried));
    if (present?.state === 'DISABLED') await database.write(scope, (db) => release(db, mine));
    if (present?.state !== 'ACTIVE') return undefined;
    if (endsBatch(present, row, ends)) return present;
  }
  return present;
}

/** Whether the turn is over, or what was read under other filters or is signed with another secret counts no more. */
function endsBatch(present: WebhookRow, read: WebhookRow, ends: number): boolean {
  return present.version !== read.version || performance.now() > ends;
}

async function waiting(db: Db, row: WebhookRow): Promise<{ head: number; events: AuditEventRow[]; keys: PersonKeys }> {
  // Events of one organization are committed in their order, so none comes later with a sequence below this one.
  const head = await lastSequence(db, row.org_id);
  const query = db('audit_events')
    .where({ org_id: row.org_id, outcome: 'SUCCEEDED' })
    .where('seq', '>', row.position)
    .where('seq', '<=', head)
    .orderBy('seq')
    .limit(batch);
  if (row.event_types.length > 0) query.whereRaw('(action = any(?) or noun = any(?))', [row.event_types, row.event_types]);
  const events: AuditEventRow[] = await query;
  return { head, events, keys: await personKeysOf(db, events) };
}

async function disableOwn(db: Db, { key, lease }: Leased, reason: 'KEY_LOST' | 'TOO_FAR_BEHIND'): Promise<void> {
  const row: WebhookRow | undefined = await db('webhooks')
    .where({ ...key, lease })
    .forUpdate()
    .first();
  if (row?.state === 'ACTIVE') await disable(db, row, reason);
}

/** The job of an event that came while the lease was held has found it taken and gone: so what came meanwhile is looked for once more. */
async function wakeForLater({ database }: WebhookContext, key: WebhookKey, head: number): Promise<void> {
  const scope = { organization: key.org_id };
  if ((await database.read(scope, (db) => lastSequence(db, key.org_id))) > head) await database.write(scope, (db) => wake(db, key));
}

/** Sends one message by itself, out of order: a test or a replay. */
export async function sendWebhookDelivery(context: SendingContext, payload: Jobs['send-webhook-delivery']): Promise<void> {
  const { database, keyring } = context;
  const key = deliveryKey(payload);
  const scope = { organization: key.org_id };
  const found = await database.read(scope, async (db) => {
    const webhook: WebhookRow | undefined = await db('webhooks').where(webhookKey(payload)).first();
    const delivery: DeliveryRow | undefined = await db('webhook_deliveries').where(key).first();
    if (!webhook || delivery?.state !== 'WAITING') return undefined;
    return { url: webhook.url, secrets: await secretsOf(db, keyring, webhook), message: await messageAgain(db, payload, delivery) };
  });
  if (!found) return;
  const { url, secrets, message } = found;
  const done = secrets && (await attempt(context, url, secrets, message));
  if (done) context.receivers.took(webhookKey(payload).id, done.milliseconds);
  await database.write(scope, async (db) => {
    await db('webhook_deliveries')
      .where(key)
      .update({
        state: done && done.failure === undefined ? 'DELIVERED' : 'FAILED',
        next_attempt_at: null,
        ...(done && {
          attempts: db.raw(withAttempt('attempts', '?::jsonb'), [JSON.stringify([done])]),
        }),
        ...nextVersion(db),
      });
  });
}

async function messageAgain(
  db: Db,
  { organizationId, webhookId }: Jobs['send-webhook-delivery'],
  row: DeliveryRow,
): Promise<WebhookMessage> {
  if (row.sequence === null) return pingMessage(row.id, row.created_at, { organizationId, webhookId, requestedBy: row.created_by! });
  const event: AuditEventRow = await db('audit_events').where({ org_id: row.org_id, seq: row.sequence }).first();
  const [shown] = await toAuditEvents(db, [event]);
  return messageOf(row.org_id, shown!);
}

/** Wakes the webhooks for which something is due and that no job comes to. */
export async function wakeForgotten({ database }: Pick<WebhookContext, 'database'>): Promise<void> {
  await database.write('platform', (db) => db.raw('select wake_forgotten_webhooks()'));
}
