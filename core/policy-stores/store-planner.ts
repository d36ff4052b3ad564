import { type Finding, PolicyError } from '../authorization/policy/findings.ts';
import { Unavailable } from '../base/errors.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from '../policies/checks.ts';
import type { PlanReach } from './plan-reach.ts';
import { diffStores, type StoreDiff, type StoreDiffTask } from './store-diff.ts';
import { makeStorePlan, type PlannedEntities, planReach, type StorePlan, type StorePlanTask } from './store-plan.ts';

/** Compares policies of stores in a thread of its own, beside that of checks: a plan may take long, and nobody else's check waits for it. */
export interface StorePlanner {
  /**
   * What a change does to the entities of a store. `read` reads the change once there is room: a plan that is refused has cost nothing. `readReached` reads
   * the entities that the change can reach. Throws PolicyError for files that do not hold, InvalidInput when it takes too long, and Unavailable.
   */
  plan(by: PlanCaller, read: () => Promise<ReachTask>, readReached: (reach: PlanReach) => Promise<PlannedEntities>): Promise<StorePlan>;
  /** What a change does to what the tests of the files speak of. Throws what `plan` does. */
  diff(by: PlanCaller, read: () => Promise<StoreDiffTask>): Promise<StoreDiff>;
  stop(): Promise<void>;
}

/** Who asks, and in which organization. */
export interface PlanCaller {
  readonly organizationId: string;
  readonly caller: string;
}

/** One plan at a time, and one of each organization and each caller (docs/limits.md). */
const planLimits: ThreadLimits = { milliseconds: 20_000, megabytes: 256, waiting: 2 };

/** What is known of a plan before the entities are. */
export type ReachTask = Omit<StorePlanTask, keyof PlannedEntities>;

type Task = { readonly reach: ReachTask } | { readonly plan: StorePlanTask } | { readonly diff: StoreDiffTask };
type Answer = { readonly reach: PlanReach } | { readonly made: StorePlan | StoreDiff } | { readonly findings: readonly Finding[] };

/** Begins without a thread; the first plan makes it. */
export function createStorePlanner(limits: ThreadLimits = planLimits): StorePlanner {
  const advice = 'plan a smaller change, or for fewer types of subjects';
  const checks = createChecks<Task, Answer>(threadFile('store-plan-thread', import.meta.url), limits, advice);
  const running = new Set<string>();

  async function inTurn<T>({ organizationId, caller }: PlanCaller, work: () => Promise<T>): Promise<T> {
    const places = [organizationId, caller];
    if (places.some((place) => running.has(place)))
      throw new Unavailable('A plan of yours, or of this organization, is being made. Try again in a moment.');
    checks.demandRoom();
    for (const place of places) running.add(place);
    try {
      return await work();
    } finally {
      for (const place of places) running.delete(place);
    }
  }

  async function run(task: Task): Promise<Exclude<Answer, { findings: unknown }>> {
    const answer = await checks.run(task);
    if ('findings' in answer) throw new PolicyError(answer.findings);
    return answer;
  }

  const make = async (task: Task): Promise<StorePlan | StoreDiff> => ((await run(task)) as { made: StorePlan | StoreDiff }).made;

  return {
    plan: (by, read, readReached) =>
      inTurn(by, async () => {
        const task = await read();
        const { reach } = (await run({ reach: task })) as { reach: PlanReach };
        return make({ plan: { ...task, ...(await readReached(reach)) } });
      }),
    diff: (by, read) => inTurn(by, async () => (await make({ diff: await read() })) as StoreDiff),
    stop: () => checks.stop(),
  };
}

/** What the thread does. */
export async function answerPlan(task: Task): Promise<Answer> {
  try {
    if ('reach' in task) return { reach: planReach(task.reach) };
    return { made: 'plan' in task ? await makeStorePlan(task.plan) : await diffStores(task.diff) };
  } catch (error) {
    if (error instanceof PolicyError) return { findings: error.findings };
    throw error;
  }
}
