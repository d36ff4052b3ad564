import { NotFound } from '../../base/errors.ts';
import { madeAt, platformChain, toUuid } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import { type LoggedDecision, recordOf } from './cases.ts';
import type { Decision, DecisionRecord } from './decide.ts';

/** Keeps a decision, so that callers who may explain decisions can ask about it by its id; as `record`, where that says less than the decision itself. */
export async function recordDecision(db: Db, decision: Decision, record: DecisionRecord = decision.record()): Promise<void> {
  const { domain, subject } = decision.snapshot;
  const chain = domain.level === 'platform' ? platformChain : toUuid('organization', domain.org);
  await db('decisions').insert({
    org_id: chain,
    id: toUuid('decision', decision.id),
    subject: subject.id,
    record: JSON.stringify(record),
  });
}

/** Only denials of subjects with a role in the place are stored, so outsiders cannot fill the table, and the time of an answer does not say whether the place exists. */
export function denialsToKeep(denials: readonly Decision[]): Decision[] {
  return denials.filter(({ snapshot }) => snapshot.roles.length > 0);
}

/** A decision that can be explained later. */
export interface KeptDecision {
  readonly at: Date;
  readonly record: DecisionRecord;
  /** How a decision of the log came about. */
  readonly logged?: { readonly request: string; readonly isQuestion: boolean; readonly mayBeCached: boolean };
}

/** A decision of an organization: a denial that is kept, or one of the decision log. Throws NotFound. */
export async function findDecision(db: Db, organizationId: string, decisionId: string): Promise<KeptDecision> {
  const organization = toUuid('organization', organizationId);
  const id = toUuid('decision', decisionId);
  const denial: KeptDecision | undefined = await db('decisions').where({ org_id: organization, id }).first('at', 'record');
  if (denial) return denial;
  const logged = await findLogged(db, organization, id);
  if (!logged) throw new NotFound();
  return logged;
}

// A part has decisions of one minute.
const loggedSql = `
select l.org_id, l.project, l.subject, l.resource_id, l.at, l.request, l.is_question, l.may_be_cached, c.document
from decision_log_entries l join decision_log_cases c on c.id = l.case_id and c.day = l.day
where l.org_id = :organization and l.id = :id and l.day between :from::date and :to::date and c.day between :from::date and :to::date
  and l.since between :from::timestamptz and :to::timestamptz`;

/** So far is the time of an id from that of its decision, at the most, and from that of the first one in its part. */
const around = 150_000;

async function findLogged(db: Db, organization: string, id: string): Promise<KeptDecision | undefined> {
  const made = madeAt(id).getTime();
  if (made > Date.now() + around) return undefined;
  const [from, to] = [made - around, made + around].map((at) => new Date(at).toISOString());
  const { rows } = await db.raw(loggedSql, { organization, id, from, to });
  const [found] = rows as (LoggedDecision & { at: Date; request: string; is_question: boolean; may_be_cached: boolean })[];
  if (!found) return undefined;
  const { at, request, is_question, may_be_cached } = found;
  return { at, record: recordOf(found), logged: { request, isQuestion: is_question, mayBeCached: may_be_cached } };
}
