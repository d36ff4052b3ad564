import type { Actor } from '../authorization/decisions/actor.ts';
import { toId, toUuid } from '../base/ids.ts';
import { readInstant } from '../base/instants.ts';
import { numberKey, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import type { Db } from '../database/database.ts';

/** What happened in an organization, who did it and to what; `sequence` counts from 1 without gaps. */
export interface AuditEvent {
  readonly organizationId: string;
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'SUCCEEDED' | 'DENIED';
  readonly requestId?: string;
  readonly clientRequestId?: string;
  readonly decisionId?: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
  /** SHA-256, in hexadecimal, over the hash before it, the sequence number and the event. */
  readonly hash: string;
}

interface AuditEventRow {
  org_id: string;
  seq: string;
  at: Date;
  actor: string;
  action: string;
  target: string;
  outcome: AuditEvent['outcome'];
  event: string;
  hash: Buffer;
}

/** The event row as the API shows it; what has no column is read from the event that the hash covers. */
function toAuditEvent(row: AuditEventRow): AuditEvent {
  const { requestId, clientRequestId, decisionId, before, after } = JSON.parse(row.event) as Pick<
    AuditEvent,
    'requestId' | 'clientRequestId' | 'decisionId' | 'before' | 'after'
  >;
  return {
    organizationId: toId('organization', row.org_id),
    sequence: Number(row.seq),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    outcome: row.outcome,
    ...(requestId === undefined ? {} : { requestId }),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
    ...(decisionId === undefined ? {} : { decisionId }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    hash: row.hash.toString('hex'),
  };
}

/** The events of an organization, newest first, denied attempts included; `since` is the first moment that counts, `before` the first that does not. */
export async function listAuditEvents(
  db: Db,
  _actor: Actor,
  input: {
    organizationId: string;
    actor?: string | undefined;
    action?: string | undefined;
    outcome?: AuditEvent['outcome'] | undefined;
    since?: string | undefined;
    before?: string | undefined;
  } & PageQuery,
): Promise<Page<AuditEvent>> {
  const { organizationId, actor, action, outcome, since, before } = input;
  const list = JSON.stringify(['audit-events', organizationId, actor, action, outcome, since, before]);
  const page = readPage(input, list, numberKey);
  const query = db('audit_events')
    .where({ org_id: toUuid('organization', organizationId) })
    .orderBy('seq', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('seq', '<', page.after);
  if (actor !== undefined) query.where({ actor });
  if (action !== undefined) query.where({ action });
  if (outcome !== undefined) query.where({ outcome });
  if (since !== undefined) query.where('at', '>=', readInstant(since, { parameter: 'since' }).toISOString());
  if (before !== undefined) query.where('at', '<', readInstant(before, { parameter: 'before' }).toISOString());
  return toPage(await query, page, list, (row: AuditEventRow) => row.seq, toAuditEvent);
}
