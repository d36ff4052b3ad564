import { type Finding, PolicyError } from '../authorization/policy/findings.ts';
import { createGate, type GateLimits } from '../base/gate.ts';
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
  plan(payer: string, read: () => Promise<ReachTask>, readReached: (reach: PlanReach) => Promise<PlannedEntities>): Promise<StorePlan>;
  /** What a change does to what the tests of the files speak of. Throws what `plan` does. */
  diff(payer: string, read: () => Promise<StoreDiffTask>): Promise<StoreDiff>;
  stop(): Promise<void>;
}

/** One plan at a time, and how many wait (docs/limits.md): payers (docs/adr/0019) take turns. */
const planLimits: ThreadLimits & GateLimits = {
  ...{ milliseconds: 20_000, megabytes: 256 },
  ...{ running: 1, runningOfOne: 1, waiting: 8, waitingOfOne: 1, inAll: 200, waitFor: 60_000 },
};

const texts = {
  tooMany: 'Plans of yours, or of this organization, are being made. Try again in a moment.',
  tooLong: 'The plans of others take too long. Try again in a moment.',
};

/** What is known of a plan before the entities are. */
export type ReachTask = Omit<StorePlanTask, keyof PlannedEntities>;

type Task = { readonly reach: ReachTask } | { readonly plan: StorePlanTask } | { readonly diff: StoreDiffTask };
type Answer = { readonly reach: PlanReach } | { readonly made: StorePlan | StoreDiff } | { readonly findings: readonly Finding[] };

type Make = (task: Task) => Promise<Answer>;

/** Begins without a thread; the first plan makes it. `checks` does one task after the other. */
export function createStorePlanner(limits = planLimits, checks: { run: Make; stop(): Promise<void> } = inThread(limits)): StorePlanner {
  const inTurn = createGate(limits, texts);

  async function run(task: Task): Promise<Exclude<Answer, { findings: unknown }>> {
    const answer = await checks.run(task);
    if ('findings' in answer) throw new PolicyError(answer.findings);
    return answer;
  }

  const make = async (task: Task): Promise<StorePlan | StoreDiff> => ((await run(task)) as { made: StorePlan | StoreDiff }).made;

  return {
    plan: (payer, read, readReached) =>
      inTurn(payer, async () => {
        const task = await read();
        const { reach } = (await run({ reach: task })) as { reach: PlanReach };
        return make({ plan: { ...task, ...(await readReached(reach)) } });
      }),
    diff: (payer, read) => inTurn(payer, async () => (await make({ diff: await read() })) as StoreDiff),
    stop: () => checks.stop(),
  };
}

function inThread(limits: ThreadLimits): { run: Make; stop(): Promise<void> } {
  const advice = 'plan a smaller change, or for fewer types of subjects';
  return createChecks<Task, Answer>(threadFile('store-plan-thread', import.meta.url), limits, advice);
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
