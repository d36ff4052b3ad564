import type pg from 'pg';

/** Milliseconds: between beats, for which a runner counts that beats no more, and for which one has beaten without a gap before it judges others. */
export interface Beats {
  readonly every: number;
  readonly life: number;
  readonly steady: number;
}

/** A job of a runner that is gone is free after `life` and two beats at most, or after `steady` and a beat where no other process runs. */
const usualBeats: Beats = { every: 5_000, life: 20_000, steady: 9_000 };

// In one statement: a runner that is forgotten has no lock any more.
const beatSql = `
with beaten as (
  insert into tenet.job_runners (name, seen_at) select unnest($1::text[]), now() on conflict (name) do update set seen_at = now()
), gone as (
  delete from tenet.job_runners where $2 and seen_at < now() - $3 * interval '1 ms' and name <> all($1) returning name
)
select graphile_worker.force_unlock_workers(array_agg(name)) from gone having count(*) > 0`;

const leaveSql = `
with gone as (delete from tenet.job_runners where name = any($1) returning name)
select graphile_worker.force_unlock_workers(array_agg(name)) from gone having count(*) > 0`;

const aloneSql = `
with gone as (delete from tenet.job_runners)
select graphile_worker.force_unlock_workers(array_agg(distinct locked_by)) from (
  select locked_by from graphile_worker.jobs union select locked_by from graphile_worker._private_job_queues
) as locks having count(locked_by) > 0`;

/** Says that the runners of this process are there. */
export interface Heartbeat {
  /** This runner takes jobs from now on, and locks them under this name. */
  add(name: string): void;
  /** The runners of this process have ended: what they had locked is free. */
  stop(): Promise<void>;
}

interface HeartbeatOptions {
  readonly pool: Pick<pg.Pool, 'query'>;
  /** No other process runs jobs on this database: what is locked before the start was locked by one that is gone. */
  readonly isAlone?: boolean | undefined;
  readonly beats?: Beats | undefined;
  readonly onError: (error: Error) => void;
}

/**
 * Beats, and frees the jobs of runners that do not. After a time in which the database was away all of them look gone, so a runner judges others
 * only when it has beaten for a while without a gap. A process that was paused for longer, and goes on, runs a job that another has too: jobs may run more than once.
 */
export async function startHeartbeat({ pool, isAlone, beats = usualBeats, onError }: HeartbeatOptions): Promise<Heartbeat> {
  const { every, life, steady } = beats;
  const names: string[] = [];
  let last = performance.now();
  let steadySince = last;
  let running: Promise<unknown> | undefined;
  if (isAlone) await pool.query(aloneSql);

  async function beat(): Promise<void> {
    const began = performance.now();
    if (began - last > 2 * every) steadySince = began;
    await pool.query(beatSql, [names, began - steadySince >= steady, life]);
    last = began;
  }

  function due(): void {
    running ??= beat()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  }

  const timer = setInterval(due, every);
  timer.unref();
  return {
    add(name) {
      names.push(name);
      void pool.query(beatSql, [names, false, life]).catch(onError);
    },
    async stop() {
      clearInterval(timer);
      await running;
      await pool.query(leaveSql, [names]).catch(onError);
    },
  };
}
