import { Logger, run, type TaskList } from 'graphile-worker';
import pg from 'pg';
import { cleanUp } from './cleanup.ts';
import type { Database, Db } from './db.ts';
import { sendInvitation } from './invitation-mail.ts';
import type { Log } from './log.ts';
import type { Mailer } from './mail.ts';
import type { Metrics } from './metrics.ts';
import type { Keyring } from './secrets.ts';

/** What is done outside of requests, and what each job is told: ids, never secrets and nothing that could have changed meanwhile. */
export interface Jobs {
  /** `kid` names the key that the token was made with. */
  'send-invitation': {
    readonly organizationId: string;
    readonly invitationId: string;
    readonly tokenVersion: number;
    readonly kid: string;
  };
  'clean-up': Record<string, never>;
}

/** What jobs need to do their work. */
export interface JobContext {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly mailer: Mailer;
  /** Where callers reach the API, without a slash at the end. */
  readonly publicUrl: () => string;
}

/**
 * Puts a job into the outbox in the transaction of the change: it runs after the commit, at least once, and never when the
 * transaction rolls back. A job with the same `jobKey` that still waits is replaced.
 */
export async function enqueue<J extends keyof Jobs>(db: Db, job: J, payload: Jobs[J], options: { jobKey?: string } = {}): Promise<void> {
  await db.raw('select enqueue(?, ?::json, ?)', [job, JSON.stringify(payload), options.jobKey ?? null]);
}

const tasks: { [J in keyof Jobs]: (context: JobContext, payload: Jobs[J]) => Promise<void> } = {
  'send-invitation': sendInvitation,
  'clean-up': ({ database }) => cleanUp(database),
};

/** Once a day in the night (UTC), on one replica; a day on which none was running is made up for. */
const crontab = '17 3 * * * clean-up ?fill=1d&max=5';

/**
 * Starts to run jobs, on a few connections of its own. Many replicas share one outbox; a job that fails is tried again,
 * later each time. `stop` takes no new jobs and resolves when the running ones have ended.
 */
export async function startOutbox(
  options: JobContext & { readonly url: string; readonly log: Log; readonly metrics: Pick<Metrics, 'jobs'> },
): Promise<{ stop(): Promise<void> }> {
  const { url, log, metrics } = options;
  const pool = new pg.Pool({ connectionString: url, max: 4, application_name: 'tenet-outbox', connectionTimeoutMillis: 5_000 });
  const onError = (error: Error): void => log.warn({ error: error.message }, 'outbox connection failed');
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));

  const taskList = Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      async (payload: unknown, { job }: { job: { id: string; attempts: number } }) => {
        try {
          await task(options, payload as never);
          metrics.jobs.inc({ task: name, outcome: 'succeeded' });
        } catch (error) {
          metrics.jobs.inc({ task: name, outcome: 'failed' });
          log.warn({ task: name, job: job.id, attempt: job.attempts, error: (error as Error).message }, 'job failed');
          throw error;
        }
      },
    ]),
  ) as TaskList;

  try {
    const runner = await run({
      pgPool: pool,
      taskList,
      crontab,
      concurrency: 2,
      pollInterval: 2_000,
      noHandleSignals: true,
      logger: new Logger(
        () => (level, message) =>
          level === 'error' ? log.error({ message }, 'outbox') : level === 'warning' ? log.warn({ message }, 'outbox') : undefined,
      ),
    });
    runner.promise.catch((error: Error) => log.error({ error: error.message }, 'outbox ended'));
    return {
      async stop() {
        await runner.stop().catch(() => undefined); // Refused when it has ended by itself.
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}
