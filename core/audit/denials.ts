import { createHash } from 'node:crypto';
import type { Decision } from '../authorization/decisions/decide.ts';
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

/** Targets that the event of an hour names: a caller may make them up. */
const maxTargets = 50;

const keepSql = `
insert into denials (org_id, fingerprint, since, decision_id, subject, action, target, targets)
values (:chain, :fingerprint, date_trunc('hour', now(), 'UTC'), :decision, :subject, :action, :target, array_remove(array[:target], null))
on conflict (org_id, fingerprint, since) do update set count = denials.count + 1,
  targets = case when excluded.targets <@ denials.targets or cardinality(denials.targets) >= ${maxTargets}
    then denials.targets else denials.targets || excluded.targets end,
  unlisted = denials.unlisted + (not excluded.targets <@ denials.targets and cardinality(denials.targets) >= ${maxTargets})::int
returning decision_id, count`;

/**
 * Keeps a denial: the first of its kind in an hour with its decision and, if it was an attempt to change something, an event; the others as
 * a number. Returns the id of the decision that is kept, which explains this one as well: same subject, place, question, roles and revisions.
 */
async function keepDenial(db: Db, decision: Decision, attempt?: Attempt): Promise<string> {
  const { domain, subject, supportAccessId } = decision.snapshot;
  const name = nameOf(subject, supportAccessId);
  const { rows } = await db.raw(keepSql, {
    chain: domain.level === 'platform' ? platformChain : toUuid('organization', domain.org),
    fingerprint: createHash('sha256')
      .update(canonical({ action: attempt?.action, decision: decision.record() }))
      .digest(),
    decision: toUuid('decision', decision.id),
    subject: name,
    action: attempt?.action ?? null,
    target: attempt?.target ?? null,
  });
  const [kept] = rows as [{ decision_id: string; count: string }];
  if (kept.count !== '1') return toId('decision', kept.decision_id);
  await recordDecision(db, decision);
  if (attempt) {
    const { requestId, clientRequestId, action, target } = attempt;
    const organizationId = domain.level === 'platform' ? undefined : domain.org;
    await record(
      db,
      { name, requestId, clientRequestId, supportAccessId },
      { organizationId, action, target, projectId: domain.dom.split('/')[1], outcome: 'DENIED', decisionId: decision.id },
    );
  }
  return decision.id;
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
