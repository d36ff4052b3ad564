import { type Db, prepared } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { Address } from './driver.ts';
import { type InstancePlace, type InstanceRow, type InstanceState, instanceKey } from './instance-rows.ts';
import { trialOver } from './trials.ts';

/** What a gateway has to know of an instance. */
export interface Reachable {
  readonly state: InstanceState;
  /** Where it is reached, while it is RUNNING. */
  readonly address?: Address;
  /** Whether it shall run now, or will once it is woken. STOPPED on purpose, or after its trial, it does not. */
  readonly isWanted: boolean;
  /** How often in a row it has failed, when it FAILED or starts again. */
  readonly failures: number;
  /** When what FAILED is started again. */
  readonly nextAttemptAt?: Date;
  /** Its trial is over and no price was chosen: it takes no requests, and is not woken. */
  readonly isTrialOver: boolean;
}

type ReachableRow = Pick<InstanceRow, 'state' | 'desired' | 'host' | 'port' | 'failures' | 'next_attempt_at'> & {
  readonly is_trial_over: boolean;
};
const columns = `state, desired, host, port, failures, next_attempt_at, ${trialOver} as is_trial_over`;

function toReachable(row: ReachableRow): Reachable {
  const { state, desired, host, port, failures, next_attempt_at: next, is_trial_over: isTrialOver } = row;
  return {
    state,
    failures,
    isTrialOver,
    ...(state === 'FAILED' && next !== null && { nextAttemptAt: next }),
    ...(state === 'RUNNING' && desired === 'RUNNING' && !isTrialOver && host !== null && port !== null && { address: { host, port } }),
    isWanted: (desired === 'RUNNING' || desired === 'IDLE_STOPPED') && !isTrialOver,
  };
}

const reachSql = `select ${columns} from instances i where org_id = $1 and id = $2 and desired <> 'REMOVED'`;

/** Where an instance is and how it is; undefined where there is none. Who asks for it was allowed to open it. */
export async function reachInstance(db: Db, place: InstancePlace): Promise<Reachable | undefined> {
  const { org_id, id } = instanceKey(place);
  const [row] = await prepared<ReachableRow>(db, 'reach-instance', reachSql, [org_id, id]);
  return row && toReachable(row);
}

/**
 * Asks for an instance that was stopped for want of traffic to run again, and returns how it is; undefined where there is none. What was stopped on purpose, or
 * whose trial is over, stays as it is. The database tells of each step under `tenet_instance`, with `<org uuid>/<instance uuid>`.
 */
export async function wakeInstance(db: Db, place: InstancePlace): Promise<Reachable | undefined> {
  const [woken]: ReachableRow[] = await db('instances as i')
    .where({ ...instanceKey(place), desired: 'IDLE_STOPPED' })
    .whereRaw(`not ${trialOver}`)
    .update({
      ...{ desired: 'RUNNING', state: 'STARTING', failures: 0, next_attempt_at: null },
      last_active_at: db.fn.now(),
      ...nextVersion(db),
    })
    .returning(db.raw(columns));
  return woken ? toReachable(woken) : reachInstance(db, place);
}
