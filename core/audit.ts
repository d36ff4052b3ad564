import type { Actor } from './actor.ts';
import type { Db } from './db.ts';
import { toUuid } from './ids.ts';

/** The chain of events that belong to no organization. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

/** What happened, besides who and when. */
export interface AuditEntry {
  /** Whose chain it joins; nothing means the platform's own. */
  readonly organizationId?: string | undefined;
  /** `invitation.create`: noun and verb of the operation. */
  readonly action: string;
  /** The id of what was acted on. */
  readonly target: string;
  readonly outcome?: 'SUCCEEDED' | 'DENIED' | 'FAILED';
  readonly decisionId?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * Appends an event to the chain in the transaction of the change: they commit together or not at all. The hash covers the
 * canonical text of the event; `before` and `after` hold no secrets.
 */
export async function record(db: Db, actor: Pick<Actor, 'name' | 'requestId'>, entry: AuditEntry): Promise<void> {
  const { organizationId, action, target, outcome = 'SUCCEEDED', decisionId, before, after } = entry;
  const at = new Date().toISOString();
  const event = canonical({ at, actor: actor.name, action, target, outcome, requestId: actor.requestId, decisionId, before, after });
  const chain = organizationId === undefined ? platformChain : toUuid('organization', organizationId);
  await db.raw('select append_audit_event(?, ?, ?, ?, ?, ?, ?)', [chain, at, actor.name, action, target, outcome, event]);
}

/** JSON with sorted keys and without absent members: the same value is the same text everywhere. */
export function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
