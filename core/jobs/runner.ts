import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type Runner, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import { type Beats, type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { type Jobs, mailTasks } from './jobs.ts';

/** The work of each job but the runner's own; each may run more than once with the same payload. */
export type Tasks = { readonly [J in Exclude<keyof Jobs, 'release-jobs'>]: (payload: Jobs[J]) => Promise<void> };

// A process that was killed leaves its jobs locked until its heartbeat is missed. What is locked all the same, as by a runner that has failed in a process that
// goes on, is run again after this: no job takes as long.
const releaseSql = `
select graphile_worker.force_unlock_workers(array(
  select distinct locked_by from graphile_worker.jobs where locked_at < now() - interval '10 minutes'
))`;

/** By UTC, on one replica each time; a day on which none was running is made up for. */
const crontab = `
17 3 * * * clean-up ?fill=1d&max=5
47 3 * * * purge-organizations ?fill=1d&max=5
57 3 * * * purge-projects ?fill=1d&max=5
37 3 * * * keep-usage ?fill=1d&max=5
* * * * * roll-up-usage ?max=2
*/5 * * * * check-alerts ?max=2
27 6 * * * notice-key-ends ?fill=1d&max=5
2 * * * * close-denials ?fill=1h&max=5
12 * * * * keep-decision-log ?fill=1h&max=5
*/5 * * * * release-jobs ?max=2
* * * * * wake-webhooks ?max=2
* * * * * settle-subscriptions ?max=2
`;

/** The lanes beside that of all other jobs. No job waits for those of another lane. */
const aside: readonly { readonly jobs: ReadonlySet<string>; readonly concurrency: number }[] = [
  // What is settled each minute does not wait for a mail server.
  { jobs: new Set<keyof Jobs>(mailTasks), concurrency: 2 },
  {
    // They take seconds or minutes.
    jobs: new Set<keyof Jobs>([
      'make-export',
      'make-access-plan',
      'clean-up',
      'purge-organizations',
      'purge-projects',
      'keep-usage',
      'keep-decision-log',
    ]),
    concurrency: 3,
  },
  // Checks of logos wait for servers of others, up to ten seconds each.
  { jobs: new Set<keyof Jobs>(['check-logo']), concurrency: 3 },
  // They wait for receivers of others, up to ten seconds each, and are many at once because they do little but wait.
  { jobs: new Set<keyof Jobs>(['send-webhook', 'send-webhook-delivery']), concurrency: 20 },
];

/** Milliseconds before an outbox that ended by itself starts again. */
const restartDelay = 1_000;

interface RunnerOptions {
  readonly tasks: Tasks;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'jobs'>;
  /** No other process runs jobs on this database, so what is locked at the start is free at once. */
  readonly isAlone?: boolean;
  readonly beats?: Beats;
}

/**
 * Starts to run jobs, on a few connections of its own. Many replicas share one outbox; a job that fails is tried again,
 * later each time. `stop` takes no new jobs and resolves when the running ones have ended.
 */
export async function startOutbox(options: RunnerOptions & { readonly url: string }): Promise<{ stop(): Promise<void> }> {
  const { url, log } = options;
  const pool = new pg.Pool({ connectionString: url, max: 9, application_name: 'tenet-outbox', connectionTimeoutMillis: 5_000 });
  const onError = (error: Error): void => log.warn({ error: error.message }, 'outbox connection failed');
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  const tasks = Object.entries(taskList(options));
  const only = (isIn: (task: string) => boolean): TaskList => Object.fromEntries(tasks.filter(([task]) => isIn(task)));
  const planned: readonly Lane[] = [
    { taskList: only((task) => !aside.some(({ jobs }) => jobs.has(task))), crontab, concurrency: 2 },
    ...aside.map(({ jobs, concurrency }) => ({ taskList: only((task) => jobs.has(task)), concurrency })),
  ];
  const lanes: { stop(): Promise<void> }[] = [];
  let heartbeat: Heartbeat | undefined;
  async function stop(): Promise<void> {
    await Promise.all(lanes.map((lane) => lane.stop()));
    await heartbeat?.stop();
    await pool.end();
  }
  try {
    const onMissed = (error: Error): void => log.warn({ error: error.message }, 'outbox could not say that it is there');
    heartbeat = await startHeartbeat({ pool, isAlone: options.isAlone, beats: options.beats, onError: onMissed });
    for (const lane of planned) lanes.push(await startLane(pool, log, lane, heartbeat));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

interface Lane {
  readonly taskList: TaskList;
  readonly crontab?: string;
  readonly concurrency: number;
}

async function startLane(pool: pg.Pool, log: Log, lane: Lane, heartbeat: Heartbeat): Promise<{ stop(): Promise<void> }> {
  // Jobs are locked under the name of the pool of workers, of which each launch makes one.
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => heartbeat.add(workerPool.id));
  const launch = (): Promise<Runner> =>
    run({
      ...lane,
      events,
      pgPool: pool,
      pollInterval: 2_000,
      noHandleSignals: true,
      logger: graphileLogger(log),
      // Without a delay, however short, the end of a job is written by a statement that nobody waits for: it would be lost
      // when the pool ends, and its failure would end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });

  let runner = await launch();
  const stopping = new AbortController();
  const supervised = (async () => {
    for (;;) {
      await runner.promise.catch((error: Error) => log.error({ error: error.message }, 'outbox failed'));
      // It ends by itself when the database refuses what must not be refused, such as the end of a job.
      for (let launched = false; !launched; ) {
        await wait(restartDelay, undefined, { signal: stopping.signal }).catch(() => undefined);
        if (stopping.signal.aborted) return;
        log.warn('outbox starts again');
        launched = await launch().then(
          async (next) => {
            runner = next;
            if (stopping.signal.aborted) await next.stop();
            return true;
          },
          () => false,
        );
      }
    }
  })();

  return {
    async stop() {
      stopping.abort();
      await runner.stop().catch(() => undefined); // Refused when it has ended by itself.
      await supervised;
    },
  };
}

function taskList({ tasks, log, metrics }: RunnerOptions): TaskList {
  const all: Record<string, Task> = {
    ...(tasks as Record<string, Task>),
    'release-jobs': async (_payload, { query }) => void (await query(releaseSql)),
  };
  const entries = Object.entries(all).map(([task, work]): [string, Task] => [
    task,
    async (payload, helpers) => {
      const { job } = helpers;
      try {
        await work(payload, helpers);
        metrics.jobs.inc({ task, outcome: 'succeeded' });
      } catch (error) {
        metrics.jobs.inc({ task, outcome: 'failed' });
        log.warn({ task, job: job.id, attempt: job.attempts, error: (error as Error).message }, 'job failed');
        throw error;
      }
    },
  ]);
  return Object.fromEntries(entries);
}

/** Failed jobs are logged above, each in one line; of what the runner says, only its own troubles remain. */
function graphileLogger(log: Log): Logger {
  return new Logger(({ jobId }) => (level, message) => {
    if (jobId !== undefined) return;
    if (level === 'error') log.error({ message }, 'outbox');
    // The lane of receivers is meant to be wider than the pool: its jobs hold no connection of it while they wait.
    if (level === 'warning' && !message.includes('maxPoolSize')) log.warn({ message }, 'outbox');
  });
}
