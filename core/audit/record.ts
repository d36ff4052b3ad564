import type { Actor } from '../authorization/decisions/actor.ts';
import { canonical } from '../base/canonical.ts';
import { platformChain, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** Somebody with access to the database, on the command line. */
export const commandLine = { name: 'system:cli', requestId: 'cli' } as const;

/** What happened, besides who and when. */
export interface AuditEntry {
  /** Whose chain it joins; nothing means the platform's own. */
  readonly organizationId?: string | undefined;
  /** `invitation.create`: noun and verb of the operation. */
  readonly action: string;
  /** The id of what was acted on. */
  readonly target: string;
  readonly outcome?: 'SUCCEEDED' | 'DENIED';
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
  const values = [chain, at, actor.name, action, target, outcome, event];
  await prepared(db, 'audit-event', 'select append_audit_event($1, $2, $3, $4, $5, $6, $7)', values);
}
