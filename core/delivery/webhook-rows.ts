import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOfEnding } from '../base/versions.ts';
import type { Db } from '../database/database.ts';

/** Where events of an organization are sent. */
export interface Webhook {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly url: string;
  /** Actions and nouns; none means all. */
  readonly eventTypes: string[];
  readonly state: 'ACTIVE' | 'DISABLED';
  readonly disabledReason?: DisabledReason;
  /** Until when messages are signed with the secret before as well. */
  readonly previousSecretUntil?: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export type DisabledReason = 'REQUESTED' | 'FAILING' | 'GONE' | 'TOO_FAR_BEHIND' | 'KEY_LOST';

/** The row of a webhook. */
export interface WebhookRow {
  org_id: string;
  id: string;
  name: string;
  url: string;
  event_types: string[];
  state: Webhook['state'];
  disabled_reason: DisabledReason | null;
  secret_sealed: string;
  previous_secret_sealed: string | null;
  previous_until: Date | null;
  position: string;
  failures: number;
  next_attempt_at: Date | null;
  leased_until: Date | null;
  created_by: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** Events that wait for a webhook at most (docs/limits.md). */
export const mostWaiting = 100_000;

/** As many of them wait for a webhook that is enabled again at most: what happens while it catches up has room behind them. */
export const mostResumed = 90_000;

/** The ETag of a row. It changes when the previous secret ends, although the row does not. */
export function etagOfWebhook({ version, previous_until }: Pick<WebhookRow, 'version' | 'previous_until'>, now = new Date()): string {
  return etagOfEnding({ version, state: previous_until !== null && previous_until <= now ? 'EXPIRED' : 'SIGNING' });
}

/** The row of a webhook as the API shows it. */
export function toWebhook(row: WebhookRow): Webhook {
  const now = new Date();
  return {
    id: toId('webhook', row.id),
    organizationId: toId('organization', row.org_id),
    name: row.name,
    url: row.url,
    eventTypes: row.event_types,
    state: row.state,
    ...(row.disabled_reason !== null && { disabledReason: row.disabled_reason }),
    ...(row.previous_until !== null && row.previous_until > now && { previousSecretUntil: row.previous_until.toISOString() }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOfWebhook(row, now),
  };
}

/** A webhook in its organization. */
export interface WebhookPlace {
  readonly organizationId: string;
  readonly webhookId: string;
}

/** The key of its row. */
export function webhookKey({ organizationId, webhookId }: WebhookPlace): WebhookKey {
  return { org_id: toUuid('organization', organizationId), id: toUuid('webhook', webhookId) };
}

/** The row of a webhook, locked where it is about to change. Throws NotFound. */
export async function findWebhook(db: Db, place: WebhookPlace, { lock = false } = {}): Promise<WebhookRow> {
  const query = db('webhooks').where(webhookKey(place)).first();
  const row: WebhookRow | undefined = await (lock ? query.forUpdate() : query);
  if (!row) throw new NotFound();
  return row;
}

/** Asks for what is sent, besides the webhook. */
export async function requireContent(actor: Actor, organizationId: string): Promise<void> {
  for (const action of ['list', 'export']) await actor.require('audit-event', action, { organizationId });
}

/** The sequence of the last event of an organization. */
export async function lastSequence(db: Db, org_id: string): Promise<number> {
  const head: { seq: string } | undefined = await db('audit_heads').where({ org_id }).first('seq');
  return Number(head?.seq ?? 0);
}

/** The key of a row. */
export type WebhookKey = Pick<WebhookRow, 'org_id' | 'id'>;

/** Puts the job that sends what waits for a webhook into the outbox. With `keep`, one that waits there already keeps its time. */
export async function wake(db: Db, { org_id, id }: WebhookKey, { at = new Date(), keep = false } = {}): Promise<void> {
  await db.raw('select wake_webhook(?, ?, ?, ?)', [org_id, id, at, keep]);
}

/** The attempts of a delivery with one more, of which the last 20 are kept: replays have no end. Both are expressions of SQL. */
export function withAttempt(present: string, added: string): string {
  return `case when jsonb_array_length(${present}) < 20 then ${present} else ${present} - 0 end || ${added}`;
}
