import { Unavailable } from '../base/errors.ts';
import { createThread, ThreadLimit, type ThreadLimits } from '../base/thread.ts';
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

/** Begins without a thread; the first plan makes it. */
export function createPlanner(
  database: Database,
  { url, pooler }: { readonly url: string; readonly pooler: Pooler },
  limits: ThreadLimits = planLimits,
): Planner {
  const file = import.meta.url.endsWith('.ts') ? './plan-thread.ts' : './plan-thread.js';
  const thread = createThread<PlannerTask, Staleness | undefined>(new URL(file, import.meta.url), limits);
  return {
    async make(accessPlanId) {
      try {
        await thread.run({ url, pooler, accessPlanId, what: 'make' });
      } catch (error) {
        if (!(error instanceof ThreadLimit) || error.limit === 'waiting') throw error;
        const figure = error.limit === 'time' ? `longer than ${limits.milliseconds / 60_000} minutes` : `more than ${limits.megabytes} MB`;
        await failPlan(database, accessPlanId, `The plan takes ${figure}: plan fewer scopes, or use the command line.`);
      }
    },
    async check(accessPlanId) {
      const found = await thread.run({ url, pooler, accessPlanId, what: 'check' }).catch((cause: unknown) => {
        if (!(cause instanceof ThreadLimit)) throw cause;
        throw new Unavailable('Another access plan is being made. Try again in a moment.', { cause });
      });
      return found!;
    },
    stop: () => thread.stop(),
  };
}
