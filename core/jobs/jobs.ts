import type { Db } from '../database/database.ts';

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
  'release-jobs': Record<string, never>;
}

/**
 * Puts a job into the outbox in the transaction of the change: it runs after the commit, at least once, and never when the
 * transaction rolls back. A job with the same `jobKey` that still waits is replaced.
 */
export async function enqueue<J extends keyof Jobs>(db: Db, job: J, payload: Jobs[J], options: { jobKey?: string } = {}): Promise<void> {
  await db.raw('select enqueue(?, ?::json, ?)', [job, JSON.stringify(payload), options.jobKey ?? null]);
}
