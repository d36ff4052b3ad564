import { type Finding, PolicyError } from '../authorization/policy/findings.ts';
import { createGate, type GateLimits } from '../base/gate.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from '../policies/checks.ts';
import { replayStore, type StoreReplay, type StoreReplayTask } from './store-replay.ts';

/** Takes decisions of stores again in a thread of its own, beside those of checks and plans, which do not wait for it. */
export interface StoreReplayer {
  /**
   * How decisions come out. `read` reads them when the turn of the payer (docs/adr/0019) comes: a replay that is refused has cost nothing. Throws PolicyError
   * for files that do not hold, InvalidInput when it takes too much time or memory, and Unavailable.
   */
  replay(payer: string, read: () => Promise<StoreReplayTask>): Promise<StoreReplay>;
  stop(): Promise<void>;
}

/** One replay at a time, and how many wait (docs/limits.md): payers take turns. */
const replayLimits: ThreadLimits & GateLimits = {
  ...{ milliseconds: 20_000, megabytes: 256 },
  ...{ running: 1, runningOfOne: 1, waiting: 8, waitingOfOne: 1, inAll: 200, waitFor: 60_000 },
};

const texts = {
  tooMany: 'Decisions are being replayed for you, or for this organization. Try again in a moment.',
  tooLong: 'The replays of others take too long. Try again in a moment.',
};

type Answer = { readonly replayed: StoreReplay } | { readonly findings: readonly Finding[] };

/** Begins without a thread; the first replay makes it. */
export function createStoreReplayer(limits = replayLimits): StoreReplayer {
  const inTurn = createGate(limits, texts);
  const advice = 'ask for a shorter time, or for fewer decisions by limit';
  const thread = createChecks<StoreReplayTask, Answer>(threadFile('store-replay-thread', import.meta.url), limits, advice);
  return {
    replay: (payer, read) =>
      inTurn(payer, async () => {
        const answer = await thread.run(await read());
        if ('findings' in answer) throw new PolicyError(answer.findings);
        return answer.replayed;
      }),
    stop: () => thread.stop(),
  };
}

/** What the thread does. */
export async function answerReplay(task: StoreReplayTask): Promise<Answer> {
  try {
    return { replayed: await replayStore(task) };
  } catch (error) {
    if (error instanceof PolicyError) return { findings: error.findings };
    throw error;
  }
}
