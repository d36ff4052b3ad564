import { NotFound } from '../../base/errors.ts';
import { platformChain, toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import type { Decision } from './decide.ts';

/** Keeps a decision, so that callers who may explain decisions can ask about it by its id. */
export async function recordDecision(db: Db, decision: Decision): Promise<void> {
  const { domain, subject } = decision.snapshot;
  const chain = domain.level === 'platform' ? platformChain : toUuid('organization', domain.org);
  await db('decisions').insert({
    org_id: chain,
    id: toUuid('decision', decision.id),
    subject: subject.id,
    record: JSON.stringify(decision.record()),
  });
}

/** Only denials of subjects with a role in the place are stored, so outsiders cannot fill the table, and the time of an answer does not say whether the place exists. */
export function denialsToKeep(denials: readonly Decision[]): Decision[] {
  return denials.filter(({ snapshot }) => snapshot.roles.length > 0);
}

/** A kept decision of an organization. Throws NotFound. */
export async function getDecisionRecord(
  db: Db,
  organizationId: string,
  decisionId: string,
): Promise<{ at: Date; record: Record<string, unknown> }> {
  const row = await db('decisions')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('decision', decisionId) })
    .first('at', 'record');
  if (!row) throw new NotFound();
  return row;
}
