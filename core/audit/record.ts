import type { Actor } from '../authorization/decisions/actor.ts';
import { canonical } from '../base/canonical.ts';
import { platformChain, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { sealEntries } from './person-keys.ts';

/** Somebody with access to the database, on the command line. */
export const commandLine = { name: 'system:cli', requestId: 'cli' } as const;

/** Who did it, in which request. */
export type Recorder = Pick<Actor, 'name' | 'requestId' | 'clientRequestId'> & Partial<Pick<Actor, 'effects' | 'supportAccessId'>>;

/** What happened, besides who and when. */
export interface AuditEntry {
  /** Whose chain it joins; nothing means the platform's own. */
  readonly organizationId?: string | undefined;
  /** `invitation.create`: noun and verb of the operation. */
  readonly action: string;
  /** The id of what was acted on. */
  readonly target: string;
  /** The project that it happened in, where neither the target nor `before` and `after` say so. */
  readonly projectId?: string | undefined;
  readonly outcome?: 'SUCCEEDED' | 'DENIED';
  readonly decisionId?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Appends an event to the chain in the transaction of the change: they commit together or not at all. The hash covers the
 * canonical text of the event, in which what it says of a person is sealed by their key; `before` and `after` hold no secrets. What an operator does in an organization that lets them in is in the
 * chain of the platform as well.
 */
export async function record(db: Db, actor: Recorder, entry: AuditEntry): Promise<void> {
  const { action, target, outcome = 'SUCCEEDED' } = entry;
  const at = new Date().toISOString();
  const [sealed] = await sealEntries(db, action, [entry]);
  const chain = chainOf(entry);
  const event = textOf(actor, at, sealed!);
  const values = [chain, at, actor.name, action, target, outcome, event];
  await prepared(db, 'audit-event', 'select append_audit_event($1, $2, $3, $4, $5, $6, $7)', values);
  actor.effects?.events.push({ organizationId: entry.organizationId, event: sealed === entry ? event : textOf(actor, at, entry) });
  const { supportAccessId } = actor;
  if (supportAccessId === undefined || entry.organizationId === undefined) return;
  await recordForPlatform(db, actor, { ...sealed!, organizationId: entry.organizationId, supportAccessId, at });
}

/** The event of an organization once more, in the chain of the platform: it says which organization, and the database asks for the support access. */
async function recordForPlatform(
  db: Db,
  actor: Recorder,
  { supportAccessId, at, ...entry }: AuditEntry & { organizationId: string; supportAccessId: string; at: string },
): Promise<void> {
  const { organizationId, action, target, outcome = 'SUCCEEDED' } = entry;
  const event = textOf(actor, at, entry, organizationId);
  const access = toUuid('supportAccess', supportAccessId);
  const values = [toUuid('organization', organizationId), access, at, actor.name, action, target, outcome, event];
  await prepared(db, 'support-event', 'select append_support_event($1, $2, $3, $4, $5, $6, $7, $8)', values);
}

/** As record(), about a support access: in the chain of the organization and in that of the platform, in the scope of either. */
export async function recordOfSupport(
  db: Db,
  actor: Recorder,
  entry: AuditEntry & { readonly organizationId: string; readonly target: string },
): Promise<void> {
  const { name, requestId, clientRequestId, effects } = actor;
  await record(db, { name, requestId, clientRequestId, ...(effects && { effects }), supportAccessId: entry.target }, entry);
}

/** As record(), for what the platform does to an organization: in the chain of the organization, and in that of the platform. */
export async function recordInBoth(db: Db, actor: Recorder, entry: AuditEntry & { readonly organizationId: string }): Promise<void> {
  await record(db, actor, entry);
  await record(db, actor, { ...entry, organizationId: undefined });
}

/** As record(), for several events of one kind in one organization: one statement, in their order. */
export async function recordAll(
  db: Db,
  actor: Recorder,
  kind: Pick<AuditEntry, 'organizationId' | 'action'>,
  entries: readonly Pick<AuditEntry, 'target' | 'before' | 'after'>[],
): Promise<void> {
  if (entries.length === 0) return;
  const at = new Date().toISOString();
  const sealed = await sealEntries(db, kind.action, entries);
  const events = sealed.map((entry) => textOf(actor, at, { ...kind, ...entry }));
  const targets = entries.map(({ target }) => target);
  const values = [chainOf(kind), at, actor.name, kind.action, targets, 'SUCCEEDED', events];
  await prepared(db, 'audit-events', 'select append_audit_events($1, $2, $3, $4, $5, $6, $7)', values);
  const { organizationId } = kind;
  const plain = sealed === entries ? events : entries.map((entry) => textOf(actor, at, { ...kind, ...entry }));
  actor.effects?.events.push(...plain.map((event) => ({ organizationId, event })));
  const { supportAccessId } = actor;
  if (supportAccessId === undefined || organizationId === undefined) return;
  for (const entry of sealed) await recordForPlatform(db, actor, { ...kind, ...entry, organizationId, supportAccessId, at });
}

/** What the hash covers. */
function textOf(actor: Recorder, at: string, entry: AuditEntry, organizationId?: string): string {
  const { action, target, projectId, outcome = 'SUCCEEDED', decisionId, before, after } = entry;
  const { name, requestId, clientRequestId } = actor;
  return canonical({
    ...{ at, actor: name, organizationId, action, target, projectId, outcome },
    ...{ requestId, clientRequestId, decisionId, before, after },
  });
}

function chainOf({ organizationId }: Pick<AuditEntry, 'organizationId'>): string {
  return organizationId === undefined ? platformChain : toUuid('organization', organizationId);
}
