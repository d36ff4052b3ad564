import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { platformChain, toId, toUuid } from '../base/ids.ts';
import { checkPeriod, readInstant } from '../base/instants.ts';
import { numberKey, type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { type Db, dear } from '../database/database.ts';
import { openEntry, type PersonKeys, personKeysOf } from './person-keys.ts';

/** What happened, who did it and to what; `sequence` counts from 1 without gaps. Without an organization it is of the platform's own log. */
export interface AuditEvent {
  readonly organizationId?: string;
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly projectId?: string;
  readonly outcome: 'SUCCEEDED' | 'DENIED';
  readonly requestId?: string;
  readonly clientRequestId?: string;
  readonly decisionId?: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
  /** SHA-256, in hexadecimal, over the hash before it, the sequence number and the event. */
  readonly hash: string;
}

/** Which events are wanted: all that fit everything that is said. */
export interface EventFilters {
  /** A user or service account with all of their keys, one key, or a manifest. */
  readonly actor?: string | undefined;
  /** `invitation.create`, or `invitation` for whatever was done to invitations. */
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly projectId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly outcome?: AuditEvent['outcome'] | undefined;
  /** The first moment that counts. */
  readonly since?: string | undefined;
  /** The first moment that does not. */
  readonly before?: string | undefined;
}

/** The row of an event. */
export interface AuditEventRow {
  org_id: string;
  seq: string;
  at: Date;
  actor: string;
  action: string;
  target: string;
  project_id: string | null;
  outcome: AuditEvent['outcome'];
  event: string;
  hash: Buffer;
}

const inEvent = ['requestId', 'clientRequestId', 'decisionId', 'before', 'after'] as const;

/** Events as the API shows them. */
export async function toAuditEvents(db: Db, rows: readonly AuditEventRow[]): Promise<AuditEvent[]> {
  const keys = await personKeysOf(db, rows);
  return rows.map((row) => toAuditEvent(row, keys));
}

/** The event row as the API shows it; what has no column is read from the event that the hash covers, and what it says of people is opened by their keys. */
export function toAuditEvent(row: AuditEventRow, keys: PersonKeys): AuditEvent {
  const event = openEntry(keys, row, JSON.parse(row.event) as Pick<AuditEvent, (typeof inEvent)[number] | 'organizationId'>);
  // What support did is in the log of the platform as well, and says there in which organization it was.
  const organizationId = row.org_id === platformChain ? event.organizationId : toId('organization', row.org_id);
  return {
    ...(organizationId !== undefined && { organizationId }),
    sequence: Number(row.seq),
    at: row.at.toISOString(),
    actor: row.actor,
    action: row.action,
    target: row.target,
    ...(row.project_id !== null && { projectId: row.project_id }),
    outcome: row.outcome,
    ...Object.fromEntries(inEvent.filter((name) => event[name] !== undefined).map((name) => [name, event[name]])),
    hash: row.hash.toString('hex'),
  };
}

/** The events of a log that fit, denied attempts included. Each filter has an index that begins with the log. */
export function eventsIn(db: Db, chain: string, filters: EventFilters) {
  const { actor, action, target, projectId, requestId, outcome, since, before } = filters;
  const query = db('audit_events').where({ org_id: chain });
  if (actor?.startsWith('key_')) query.where({ key_id: actor });
  else if (actor !== undefined) query.where({ actor_id: actor.split('/')[0]!, ...(actor.includes('/') && { actor }) });
  if (action !== undefined) query.where(action.includes('.') ? { action } : { noun: action });
  if (target !== undefined) query.where({ target });
  if (projectId !== undefined) query.where({ project_id: projectId });
  if (requestId !== undefined) query.where({ request_id: requestId });
  if (outcome !== undefined) query.where({ outcome });
  if (since !== undefined) query.where('at', '>=', readInstant(since, { parameter: 'since' }).toISOString());
  if (before !== undefined) query.where('at', '<', readInstant(before, { parameter: 'before' }).toISOString());
  return query;
}

/** The events of an organization, newest first. */
export async function listAuditEvents(
  db: Db,
  _actor: Actor,
  input: { organizationId: string } & EventFilters & PageQuery,
): Promise<Page<AuditEvent>> {
  return listChain(db, toUuid('organization', input.organizationId), input);
}

/** The events of the platform's own log, or of an organization that was purged, newest first. Throws NotFound. */
export async function listPlatformAuditEvents(
  db: Db,
  _actor: Actor,
  input: { organizationId?: string | undefined } & EventFilters & PageQuery,
): Promise<Page<AuditEvent>> {
  return listChain(db, await platformLog(db, input), input);
}

/**
 * The log that the platform answers for: its own, or what is left of an organization that was purged. While an organization is there, its
 * log is its own affair. Throws NotFound.
 */
export async function platformLog(db: Db, { organizationId }: { organizationId?: string | undefined }): Promise<string> {
  if (organizationId === undefined) return platformChain;
  const chain = toUuid('organization', organizationId);
  const { rows } = await db.raw(
    `select exists (select from audit_heads where org_id = :chain) and not exists (select from organizations where id = :chain) as is_purged`,
    { chain },
  );
  if (!(rows as { is_purged: boolean }[])[0]!.is_purged) throw new NotFound('No organization with this id was purged.');
  return chain;
}

async function listChain(db: Db, chain: string, input: EventFilters & PageQuery): Promise<Page<AuditEvent>> {
  const { actor, action, target, projectId, requestId, outcome, since, before } = input;
  const list = JSON.stringify(['audit-events', chain, actor, action, target, projectId, requestId, outcome, since, before]);
  checkPeriod(input, (name) => ({ parameter: name }));
  const page = readPage(input, list, numberKey);
  const query = eventsIn(db, chain, input)
    .orderBy('seq', 'desc')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('seq', '<', page.after);
  const rows = await dear<AuditEventRow>(db, query);
  const keys = await personKeysOf(db, rows);
  return toPage(
    rows,
    page,
    list,
    (row) => row.seq,
    (row) => toAuditEvent(row, keys),
  );
}
