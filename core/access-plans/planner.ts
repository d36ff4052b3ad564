import type { MovedPolicies } from '../authorization/decisions/actor.ts';
import { Unavailable } from '../base/errors.ts';
import { createThread, ThreadLimit, type ThreadLimits, threadFile } from '../base/thread.ts';
import type { Database, Pooler } from '../database/database.ts';
import { failPlan } from './making.ts';
import type { MovedAccess } from './moved-policies.ts';
import type { Staleness } from './staleness.ts';

/** What the thread is to do, and where the data is: it makes a plan, looks whether one still holds, or says in numbers what a move of policies does. */
export type PlannerTask = { readonly url: string; readonly pooler: Pooler } & (
  | { readonly what: 'make' | 'check'; readonly accessPlanId: string }
  | { readonly what: 'move'; readonly move: MovedPolicies }
);

/** Makes access plans in a thread of its own, on connections of its own: what they compute keeps no request waiting. */
export interface Planner {
  /** Makes a plan that was asked for; one that takes too much time or memory fails. */
  make(accessPlanId: string): Promise<void>;
  /** Looks whether a plan still holds. Throws Unavailable when too many wait or it takes too long. */
  check(accessPlanId: string): Promise<Staleness>;
  /** What a move of policies would do, for a request that only asks. Throws Unavailable when too many ask, it takes too long, or more people are met than are named. */
  ask(move: MovedPolicies): Promise<MovedAccess>;
  stop(): Promise<void>;
}

/** Less than the time after which the runner takes a job for dead (core/jobs/runner.ts). */
const planLimits: ThreadLimits = { milliseconds: 540_000, megabytes: 512, waiting: 1 };

/** A request waits for it, and while it does no other policy comes into force. */
const checkLimits: ThreadLimits = { milliseconds: 20_000, megabytes: 512, waiting: 1 };

/** A request waits for it, and holds no connection and no lock meanwhile. */
const askLimits: ThreadLimits = { milliseconds: 20_000, megabytes: 512, waiting: 2 };

/** Begins without threads; the first plan, the first one that is applied and the first request that asks make one each: none waits for another. */
export function createPlanner(
  database: Database,
  { url, pooler }: { readonly url: string; readonly pooler: Pooler },
  limits: ThreadLimits = planLimits,
  asking: ThreadLimits = askLimits,
): Planner {
  const entry = threadFile('plan-thread', import.meta.url);
  const maker = createThread<PlannerTask, undefined>(entry, limits);
  const checker = createThread<PlannerTask, Staleness>(entry, checkLimits);
  const asker = createThread<PlannerTask, MovedAccess | undefined>(entry, asking);
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
    async ask(move) {
      const moved = await asker.run({ url, pooler, move, what: 'move' }).catch((cause: unknown) => {
        if (!(cause instanceof ThreadLimit)) throw cause;
        if (cause.limit === 'waiting') throw new Unavailable('Others ask what policies would do. Try again in a moment.', { cause });
        return undefined;
      });
      if (moved) return moved;
      throw new Unavailable(
        'Nothing is wrong with the request, but what it does to access takes more than a request may: it was not computed. Make an access plan of it (createAccessPlan).',
      );
    },
    async stop() {
      await Promise.all([maker.stop(), checker.stop(), asker.stop()]);
    },
  };
}
