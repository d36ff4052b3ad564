import { Unavailable } from '../base/errors.ts';
import { createThread, ThreadLimit, type ThreadLimits, threadFile } from '../base/thread.ts';
import type { Database, Pooler } from '../database/database.ts';
import { failPlan } from './making.ts';
import type { Staleness } from './staleness.ts';

/** What the thread is to do, and where the data is. */
export interface PlannerTask {
  readonly url: string;
  readonly pooler: Pooler;
  readonly accessPlanId: string;
  /** Makes it, or looks whether it still holds. */
  readonly what: 'make' | 'check';
}

/** Makes access plans in a thread of its own, on connections of its own: what they compute keeps no request waiting. */
export interface Planner {
  /** Makes a plan that was asked for; one that takes too much time or memory fails. */
  make(accessPlanId: string): Promise<void>;
  /** Looks whether a plan still holds. Throws Unavailable when too many wait or it takes too long. */
  check(accessPlanId: string): Promise<Staleness>;
  stop(): Promise<void>;
}

/** Less than the time after which the runner takes a job for dead (core/jobs/runner.ts). */
const planLimits: ThreadLimits = { milliseconds: 540_000, megabytes: 512, waiting: 1 };

/** A request waits for it, and while it does no other policy comes into force. */
const checkLimits: ThreadLimits = { milliseconds: 20_000, megabytes: 512, waiting: 1 };

/** Begins without threads; the first plan, and the first one that is applied, make one each: neither waits for the other. */
export function createPlanner(
  database: Database,
  { url, pooler }: { readonly url: string; readonly pooler: Pooler },
  limits: ThreadLimits = planLimits,
): Planner {
  const entry = threadFile('plan-thread', import.meta.url);
  const maker = createThread<PlannerTask, undefined>(entry, limits);
  const checker = createThread<PlannerTask, Staleness>(entry, checkLimits);
  return {
    async make(accessPlanId) {
      try {
        await maker.run({ url, pooler, accessPlanId, what: 'make' });
      } catch (error) {
        if (!(error instanceof ThreadLimit) || error.limit === 'waiting') throw error;
        const figure = error.limit === 'time' ? `longer than ${limits.milliseconds / 60_000} minutes` : `more than ${limits.megabytes} MB`;
        await failPlan(database, accessPlanId, `The plan takes ${figure}: plan fewer scopes, or use the command line.`);
      }
    },
    check: (accessPlanId) =>
      checker.run({ url, pooler, accessPlanId, what: 'check' }).catch((cause: unknown) => {
        if (!(cause instanceof ThreadLimit)) throw cause;
        if (cause.limit === 'waiting') throw new Unavailable('Other access plans are being applied. Try again in a moment.', { cause });
        throw new Unavailable('Too much has moved since the plan was made: make a new one.', { cause });
      }),
    async stop() {
      await Promise.all([maker.stop(), checker.stop()]);
    },
  };
}
