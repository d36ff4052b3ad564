import type { Knex } from 'knex';
import { record } from '../audit/record.ts';
import { newId, toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import { failuresUntilTold, type Instance, type InstanceRow, type InstanceState } from './instance-rows.ts';
import { trialOver } from './trials.ts';

/** An instance for what runs programs. All of this is done in the scope of the platform. */
export type Work = InstanceRow & { readonly organization_state: string; readonly is_trial_over: boolean };

/** What was seen of an instance, as far as it changes the row. */
export interface Seen {
  readonly state: InstanceState;
  readonly host: string | null;
  readonly port: number | null;
  readonly health: Instance['health'];
  readonly failure: string | null;
  readonly observed_generation: string | null;
  readonly failures: number;
  readonly next_attempt_at: Date | null;
}

/** The uuids of what has to be looked at: what runs or shall run, what is on its way, and what is left of what was removed. */
export async function listWork(db: Db): Promise<string[]> {
  const present: string[] = await db('instances')
    .whereNull('removed_at')
    .whereRaw("(desired in ('RUNNING', 'REMOVED') or state <> desired or host is not null)")
    .orderBy('id')
    .pluck('id');
  return [...present, ...((await db('instance_remains').orderBy('since').pluck('id')) as string[])];
}

/** The instance with this uuid; undefined where there is none any more. */
export async function readWork(db: Db, id: string): Promise<Work | undefined> {
  return db('instances as i')
    .join('organizations as o', 'o.id', 'i.org_id')
    .where({ 'i.id': id })
    .first('i.*', 'o.state as organization_state', db.raw(`${trialOver} as is_trial_over`));
}

/** Whether a program shall run: that of a living organization, which is wanted, and whose trial is not over. */
export function replicasOf(work: Work): 0 | 1 {
  return work.desired === 'RUNNING' && work.organization_state === 'ACTIVE' && !work.is_trial_over ? 1 : 0;
}

/**
 * Writes what was seen, unless it is known already. False where something else is asked for or was seen by now: then it has to be looked at again. What has failed
 * for so many times is recorded once, until it has run for a while or is asked to start anew.
 */
export async function writeSeen(db: Db, work: Work, seen: Seen): Promise<boolean> {
  const isKnown = (Object.keys(seen) as (keyof Seen)[]).every((key) => String(seen[key]) === String(work[key]));
  if (isKnown) return true;
  const isVisible = (['state', 'health', 'failure'] as const).some((key) => seen[key] !== work[key]);
  const written = await asked(db, work)
    .where({ failures: work.failures })
    .update({
      ...seen,
      updated_at: db.fn.now(),
      ...(isVisible && { version: db.raw('version + 1') }),
    });
  if (written === 0) return false;
  if (work.failures < failuresUntilTold && seen.failures >= failuresUntilTold) await recordFailure(db, work, seen);
  return true;
}

async function recordFailure(db: Db, { org_id, id }: Work, { failure, failures }: Seen): Promise<void> {
  const projectId = toId('project', id);
  const after = { projectId, failure, failures };
  const organizationId = toId('organization', org_id);
  const instanceId = toId('instance', id);
  const requestId = newId('request');
  await record(db, { name: 'tenet', requestId }, { organizationId, action: 'instance.fail', target: instanceId, after });
  const payload = { organizationId, instanceId, failureId: requestId, failedAt: new Date().toISOString(), failure: failure ?? '' };
  await enqueueAll(db, 'send-instance-failure', [{ payload }]);
}

/** The row, as long as the same is asked for. */
function asked(db: Db, { org_id, id, desired, generation }: Work): Knex.QueryBuilder {
  return db('instances').where({ org_id, id, desired, generation });
}

/** Notes that nothing of an instance runs any more; what keeps no data is forgotten. */
export async function finishRemoval(db: Db, work: Work): Promise<void> {
  if (work.deletes_data) await asked(db, work).delete();
  else await asked(db, work).update({ removed_at: db.fn.now(), host: null, port: null, updated_at: db.fn.now() });
}

/** Whether something is left of an instance whose row is gone. */
export async function isRemains(db: Db, id: string): Promise<boolean> {
  return (await db('instance_remains').where({ id }).first('id')) !== undefined;
}

/** Nothing is left of it. */
export async function forgetRemains(db: Db, id: string): Promise<void> {
  await db('instance_remains').where({ id }).delete();
}

/** What runs and had no traffic for so many seconds, the longest first. */
export async function listQuiet(
  db: Db,
  seconds: number,
): Promise<(Pick<InstanceRow, 'org_id' | 'id' | 'last_active_at'> & { blueprint: string })[]> {
  return db('instances as i')
    .join('organizations as o', 'o.id', 'i.org_id')
    .where({ 'i.desired': 'RUNNING', 'i.state': 'RUNNING' })
    .whereRaw("i.last_active_at < now() - ? * interval '1 second'", [seconds])
    .orderBy('i.last_active_at')
    .limit(1_000)
    .select('i.org_id', 'i.id', 'i.last_active_at', 'o.blueprint');
}

/** Asks for it to be stopped until the next access, unless there was traffic meanwhile. */
export async function stopQuiet(db: Db, { org_id, id }: Pick<InstanceRow, 'org_id' | 'id'>, seconds: number): Promise<boolean> {
  const stopped = await db('instances')
    .where({ org_id, id, desired: 'RUNNING', state: 'RUNNING' })
    .whereRaw("last_active_at < now() - ? * interval '1 second'", [seconds])
    .update({ desired: 'IDLE_STOPPED', ...nextVersion(db) });
  return stopped === 1;
}
