import type { Log } from '../../controllers/runtime/log.ts';
import { desiredInstance, SecretMissing } from '../../core/apps/desired.ts';
import type { DesiredInstance, Observed, StartedDriver } from '../../core/apps/driver.ts';
import type { InstanceState } from '../../core/apps/instance-rows.ts';
import { finishRemoval, forgetRemains, isRemains, readWork, replicasOf, type Seen, type Work, writeSeen } from '../../core/apps/work.ts';
import { FailedPrecondition, TenetError } from '../../core/base/errors.ts';
import { toId } from '../../core/base/ids.ts';
import type { Keyring } from '../../core/base/keyring.ts';
import type { Database, Db } from '../../core/database/database.ts';
import { Unreadable } from '../../core/secrets/unreadable.ts';

/** What a look at one instance needs. */
export interface PassOptions {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly driver: StartedDriver;
  readonly log: Log;
}

/** Milliseconds before the next look at what is starting. */
const whileStarting = 300;
/** A program that has run for so long begins anew with its failures. */
const steadyMs = 60_000;
const maxDelay = 300_000;

/**
 * One look at one instance, by its uuid: sees what is there, does what is missing, and writes it down. It may be repeated at any time. Returns milliseconds until the
 * next look, where one is needed before anything happens.
 */
export async function look({ database, keyring, driver, log }: PassOptions, uuid: string): Promise<number | undefined> {
  const id = toId('instance', uuid);
  const read = <T>(work: (db: Db) => Promise<T>): Promise<T> => database.read('platform', work);
  const write = <T>(work: (db: Db) => Promise<T>): Promise<T> => database.write('platform', work);
  const work = await read((db) => readWork(db, uuid));
  if (!work) {
    if (!(await read((db) => isRemains(db, uuid)))) return undefined;
    await driver.remove(id, { deleteData: true });
    await write((db) => forgetRemains(db, uuid));
    return undefined;
  }
  if (work.desired === 'REMOVED') {
    await driver.remove(id, { deleteData: work.deletes_data });
    await write((db) => finishRemoval(db, work));
    return undefined;
  }
  const replicas = replicasOf(work);
  const seen = replicas === 1 ? await runs(work) : await rests(work);
  const isWritten = await write((db) => writeSeen(db, work, seen));
  if (!isWritten) return 0;
  if (replicas === 0) return undefined;
  if (seen.state === 'FAILED') return Math.max(0, seen.next_attempt_at!.getTime() - Date.now());
  return seen.state === 'RUNNING' ? undefined : whileStarting;

  /** It shall not run. */
  async function rests(row: Work): Promise<Seen> {
    const { phase } = await driver.observe(id);
    if (phase !== 'STOPPED' && phase !== 'ABSENT') await driver.apply(await read((db) => desiredInstance(db, keyring, row, 0)));
    const state = row.desired === 'IDLE_STOPPED' ? 'IDLE_STOPPED' : 'STOPPED';
    return { ...nowhere(row), state, failure: null, failures: 0, next_attempt_at: null };
  }

  /** It shall run. */
  async function runs(row: Work): Promise<Seen> {
    const observed = await driver.observe(id);
    const isPresent = observed.generation === Number(row.generation);
    if (observed.phase !== 'RUNNING' && isWaiting(row)) return failure(row, row.failure ?? '');
    if (!isPresent) return (await begin(row)) ?? starting(row);
    if (observed.phase === 'RUNNING') return running(row, observed);
    if (observed.phase === 'STARTING') return starting(row);
    return observed.phase === 'FAILED' ? again(row, observed) : ((await begin(row)) ?? starting(row));
  }

  /** It has failed: it is started again, when that is due. */
  async function again(row: Work, { message = 'The program does not run.' }: Observed): Promise<Seen> {
    const failed = failure(row, message);
    if (failed.next_attempt_at!.getTime() > Date.now()) return failed;
    const { failures, next_attempt_at } = failed;
    return (await begin(row)) ?? { ...starting(row), failure: message, failures, next_attempt_at };
  }

  /** Starts it; what it was seen as, where it cannot be started. */
  async function begin(row: Work): Promise<Seen | undefined> {
    try {
      await apply(await read((db) => desiredInstance(db, keyring, row, 1)));
      return undefined;
    } catch (error) {
      if (error instanceof SecretMissing || error instanceof TenetError) return failure({ ...row, state: 'STARTING' }, error.message);
      if (error instanceof Unreadable) return failure({ ...row, state: 'STARTING' }, 'A secret of the application does not open any more.');
      throw error;
    }
  }

  /** What a driver says beside sentences of its own may name what is not for who installed it: that is logged. */
  async function apply(desired: DesiredInstance): Promise<void> {
    await driver.apply(desired).catch((error: unknown) => {
      if (error instanceof TenetError) throw error;
      log.warn({ instance: id, error }, 'an application could not be started');
      throw new FailedPrecondition(
        'failed-precondition',
        'The program could not be started. The log of the server says why, to who operates it.',
      );
    });
  }
}

/** It has failed, and its next start is not due. */
function isWaiting({ state, next_attempt_at }: Work): boolean {
  return state === 'FAILED' && next_attempt_at !== null && next_attempt_at.getTime() > Date.now();
}

function nowhere({ observed_generation }: Work) {
  return { host: null, port: null, health: 'UNKNOWN', observed_generation } as const;
}

function running(row: Work, { address, message, generation }: Observed): Seen {
  const isHealthy = message === undefined;
  const began = steadySince(row, isHealthy);
  const isSteady = began === null || (isHealthy && Date.now() - began.getTime() > steadyMs);
  return {
    state: 'RUNNING',
    host: address?.host ?? null,
    port: address?.port ?? null,
    health: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
    failure: message ?? null,
    observed_generation: String(generation),
    failures: isSteady ? 0 : row.failures,
    next_attempt_at: isSteady ? null : began,
  };
}

/** From when on it is counted whether what has failed before runs well: from now where it has only begun to. Null where it has not failed. */
function steadySince({ state, health, next_attempt_at }: Work, isHealthy: boolean): Date | null {
  const hasJustBegun = isHealthy && (state !== 'RUNNING' || health !== 'HEALTHY');
  return next_attempt_at !== null && hasJustBegun ? new Date() : next_attempt_at;
}

const onTheWay: readonly InstanceState[] = ['INSTALLING', 'STARTING', 'RESTARTING'];

function starting(row: Work): Seen {
  const state = onTheWay.includes(row.state) ? row.state : row.state === 'RUNNING' ? 'RESTARTING' : 'STARTING';
  return {
    ...nowhere(row),
    state,
    failure: row.failures > 0 ? row.failure : null,
    failures: row.failures,
    next_attempt_at: row.next_attempt_at,
  };
}

/** The first failure is followed by a start at once, and each further one by a longer rest. A failure that is known keeps its time. */
function failure(row: Work, message: string): Seen {
  if (row.state === 'FAILED' && row.next_attempt_at !== null) {
    return { ...nowhere(row), state: 'FAILED', failure: message, failures: row.failures, next_attempt_at: row.next_attempt_at };
  }
  const failures = row.failures + 1;
  const delay = failures === 1 ? 0 : Math.min(maxDelay, 1_000 * 2 ** Math.min(failures - 2, 20));
  return { ...nowhere(row), state: 'FAILED', failure: message, failures, next_attempt_at: new Date(Date.now() + delay) };
}
