import { record } from '../audit/record.ts';
import { newId, toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { WebhookAttempt, WebhookDelivery } from './webhook-deliveries.ts';
import type { WebhookMessage } from './webhook-message.ts';
import { type DisabledReason, toWebhook, type WebhookKey, type WebhookRow, wake, withAttempt } from './webhook-rows.ts';

/** A webhook that this job alone sends to. */
export interface Leased {
  readonly key: WebhookKey;
  readonly lease: string;
}

/** For how long others leave it to this job; each attempt is shorter and extends it. */
export const leased = "now() + interval '30 seconds'";

/** What was tried: the message, its place in the log, and how it went. */
export interface Tried {
  readonly message: WebhookMessage;
  readonly sequence: number;
  readonly attempt: WebhookAttempt;
}

/** Notes that an event is delivered: the next one is due. Returns the webhook as it is now; undefined where it is no longer this job's. */
export async function settleDelivered(db: Db, { key, lease }: Leased, tried: Tried): Promise<WebhookRow | undefined> {
  const [row]: WebhookRow[] = await db('webhooks')
    .where({ ...key, lease })
    .update({ position: tried.sequence, failures: 0, next_attempt_at: null, leased_until: db.raw(leased) })
    .returning('*');
  if (row) await noteAttempt(db, key, tried, { state: 'DELIVERED', at: null });
  return row;
}

/**
 * Notes that an attempt failed: the event is tried again later, and what comes behind it waits; after the last attempt, or when the receiver is gone
 * for good, the webhook is disabled. An attempt under what was changed meanwhile does not count.
 */
export async function settleFailed(
  db: Db,
  { key, lease }: Leased,
  tried: Tried,
  { version, retries }: { version: string; retries: readonly number[] },
): Promise<void> {
  const row: WebhookRow | undefined = await db('webhooks')
    .where({ ...key, lease })
    .forUpdate()
    .first();
  if (!row) return;
  if (row.version !== version) {
    await noteAttempt(db, key, tried, { state: 'WAITING', at: new Date() });
    await release(db, { key, lease });
    if (row.state === 'ACTIVE') await wake(db, key);
    return;
  }
  const reason = tried.attempt.status === 410 ? 'GONE' : 'FAILING';
  const delay = retries[row.failures];
  if (reason === 'GONE' || delay === undefined) {
    await noteAttempt(db, key, tried, { state: 'FAILED', at: null });
    await disable(db, row, reason);
    return;
  }
  const at = new Date(Date.now() + delay * 1000 * (0.9 + Math.random() * 0.2));
  await noteAttempt(db, key, tried, { state: 'WAITING', at });
  await release(db, { key, lease }, { failures: row.failures + 1, next_attempt_at: at });
  await wake(db, key, { at });
}

/** Gives the lease back: the next job may take the webhook. */
export async function release(db: Db, { key, lease }: Leased, also: object = {}): Promise<void> {
  await db('webhooks')
    .where({ ...key, lease })
    .update({ lease: null, leased_until: null, ...also });
}

/** Ends the sending to a webhook, with an event that says why. */
export async function disable(db: Db, before: WebhookRow, reason: DisabledReason): Promise<void> {
  const { org_id, id } = before;
  const [row]: WebhookRow[] = await db('webhooks')
    .where({ org_id, id })
    .update({
      ...{ state: 'DISABLED', disabled_reason: reason, lease: null, leased_until: null, failures: 0, next_attempt_at: null },
      ...nextVersion(db),
    })
    .returning('*');
  const who = { name: 'tenet', requestId: newId('request') };
  const [organizationId, target] = [toId('organization', org_id), toId('webhook', id)];
  await record(db, who, {
    ...{ organizationId, action: 'webhook.disable', target },
    ...{ before: toWebhook(before), after: toWebhook(row!) },
  });
}

const noteSql = `
insert into webhook_deliveries as d (org_id, webhook_id, id, type, sequence, state, attempts, next_attempt_at)
values (?, ?, ?, ?, ?, ?, ?::jsonb, ?)
on conflict (org_id, webhook_id, id) do update set state = excluded.state, next_attempt_at = excluded.next_attempt_at, version = d.version + 1, updated_at = now(),
  attempts = ${withAttempt('d.attempts', 'excluded.attempts')}`;

async function noteAttempt(
  db: Db,
  { org_id, id }: WebhookKey,
  { message, sequence, attempt }: Tried,
  { state, at }: { state: WebhookDelivery['state']; at: Date | null },
): Promise<void> {
  await db.raw(noteSql, [org_id, id, message.id, message.type, sequence, state, JSON.stringify([attempt]), at]);
}
