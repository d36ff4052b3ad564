import { createHash } from 'node:crypto';
import type { Decision, DecisionRecord } from '../authorization/decisions/decide.ts';
import { recordDecision } from '../authorization/decisions/records.ts';
import { nameOf } from '../authorization/decisions/subjects.ts';
import { canonical } from '../base/canonical.ts';
import { PermissionDenied } from '../base/errors.ts';
import { newId, platformChain, toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { record } from './record.ts';

/** What somebody tried to change when they were denied. */
export interface Attempt {
  readonly action: string;
  readonly target: string;
  readonly requestId: string;
  readonly clientRequestId?: string | undefined;
}

/** Targets that the event of an hour names, and resources that have a decision of their own in it: a caller may make them up. */
const maxTargets = 50;

const keepSql = `
insert into denials (org_id, fingerprint, since, decision_id, subject, action, target, targets)
values (:chain, :fingerprint, date_trunc('hour', now(), 'UTC'), :decision, :subject, :action, :target, array_remove(array[:about::text], null))
on conflict (org_id, fingerprint, since) do update set count = denials.count + 1,
  targets = case when excluded.targets <@ denials.targets or cardinality(denials.targets) >= ${maxTargets}
    then denials.targets else denials.targets || excluded.targets end,
  unlisted = denials.unlisted + (not excluded.targets <@ denials.targets and cardinality(denials.targets) >= ${maxTargets})::int
returning decision_id, count, targets`;

/**
 * Keeps a denial: the first of its kind in an hour with its decision and, if it was an attempt to change something, an event; the others as
 * a number. Returns the id of the decision that is kept, which explains this one as well: same subject, place, question, resource, restrictions,
 * roles and revisions.
 */
async function keepDenial(db: Db, decision: Decision, attempt?: Attempt): Promise<string> {
  const { resourceId, ...alike } = decision.record();
  const kind = { action: attempt?.action, decision: alike };
  const { isFirst, kept, targets } = await count(db, decision, kind, {
    action: attempt?.action ?? null,
    target: attempt?.target ?? null,
    about: resourceId ?? attempt?.target ?? null,
  });
  if (isFirst && attempt) await recordAttempt(db, decision, attempt);
  if (resourceId === undefined) {
    if (isFirst) await recordDecision(db, decision);
    return kept;
  }
  return keepAboutOne(db, decision, { kind, record: targets.includes(resourceId) ? decision.record() : alike });
}

/** Of denials that are alike but for the resource, each has a decision of its own; where there are too many resources, the others have one that names none. */
async function keepAboutOne(db: Db, decision: Decision, { kind, record }: { kind: object; record: DecisionRecord }): Promise<string> {
  const own = { ...kind, about: record.resourceId ?? null };
  const { isFirst, kept } = await count(db, decision, own, { action: null, target: null, about: null });
  if (isFirst) await recordDecision(db, decision, record);
  return kept;
}

interface Counting {
  /** Null where no event says the number. */
  readonly action: string | null;
  readonly target: string | null;
  readonly about: string | null;
}

/** Counts a denial among those of its kind in this hour: whether it is the first, the decision of the first, and what they were about. */
async function count(db: Db, decision: Decision, kind: object, { action, target, about }: Counting) {
  const { domain, subject, supportAccessId } = decision.snapshot;
  const { rows } = await db.raw(keepSql, {
    chain: domain.level === 'platform' ? platformChain : toUuid('organization', domain.org),
    fingerprint: createHash('sha256').update(canonical(kind)).digest(),
    decision: toUuid('decision', decision.id),
    subject: nameOf(subject, supportAccessId),
    ...{ action, target, about },
  });
  const [kept] = rows as [{ decision_id: string; count: string; targets: string[] }];
  const isFirst = kept.count === '1';
  return { isFirst, kept: isFirst ? decision.id : toId('decision', kept.decision_id), targets: kept.targets };
}

async function recordAttempt(db: Db, decision: Decision, { requestId, clientRequestId, action, target }: Attempt): Promise<void> {
  const { domain, subject, supportAccessId } = decision.snapshot;
  const organizationId = domain.level === 'platform' ? undefined : domain.org;
  await record(
    db,
    { name: nameOf(subject, supportAccessId), requestId, clientRequestId, supportAccessId },
    { organizationId, action, target, projectId: domain.dom.split('/')[1], outcome: 'DENIED', decisionId: decision.id },
  );
}

/** Keeps denials of one request, and returns the error that it ends with: a PermissionDenied names the decision that is kept. */
export async function keepDenials(db: Db, denials: readonly Decision[], error: unknown, attempt?: Attempt): Promise<unknown> {
  let explained = error;
  for (const decision of denials) {
    const kept = await keepDenial(db, decision, attempt);
    if (explained instanceof PermissionDenied) explained = explained.explainedBy(decision.id, kept);
  }
  return explained;
}

interface Counted {
  org_id: string;
  since: Date;
  decision_id: string;
  subject: string;
  action: string | null;
  target: string | null;
  targets: string[];
  unlisted: string;
  count: string;
}

const batch = 200;
const closeSql = `
delete from denials where ctid = any(array(
  select ctid from denials where since < date_trunc('hour', now(), 'UTC') order by org_id limit ${batch} for update skip locked
)) returning org_id, since, decision_id, subject, action, target, targets, unlisted, count`;

/**
 * Ends the hours that are over: attempts that were denied more than once have an event with their number, `after.denials`, and what they were
 * about, `after.targets`; `after.unlisted` is the number of those that were about something else still.
 */
export async function closeDenials(database: Database): Promise<void> {
  for (;;) {
    const closed = await database.write('platform', async (db) => {
      const rows = (await db.raw(closeSql)).rows as Counted[];
      for (const row of rows) await recordCount(db, row);
      return rows.length;
    });
    if (closed < batch) return;
  }
}

async function recordCount(db: Db, closed: Counted): Promise<void> {
  const { org_id, since, decision_id, subject, action, target, targets, unlisted, count } = closed;
  if (action === null || target === null || count === '1') return;
  await record(
    db,
    { name: subject, requestId: newId('request') },
    {
      organizationId: org_id === platformChain ? undefined : toId('organization', org_id),
      action,
      target,
      outcome: 'DENIED',
      decisionId: toId('decision', decision_id),
      after: { denials: Number(count), since: since.toISOString(), targets, ...(unlisted !== '0' && { unlisted: Number(unlisted) }) },
    },
  );
}
