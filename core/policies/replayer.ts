import { nothingKept } from '../authorization/decision-log/coverage.ts';
import { InvalidInput, Unavailable } from '../base/errors.ts';
import { createThread, ThreadLimit, type ThreadLimits, threadFile } from '../base/thread.ts';
import type { Pooler } from '../database/database.ts';
import type { DecisionReplay, ReplayQuestion } from './replays.ts';

/** What the thread is to do, and where the data is. */
export interface ReplayTask {
  readonly url: string;
  readonly pooler: Pooler;
  /** Milliseconds for which a statement may run. */
  readonly patience: number;
  readonly question: ReplayQuestion;
}

/** What came out of it, in a form that goes from thread to thread. */
export type ReplayOutcome = { readonly replayed: DecisionReplay } | { readonly tooLong: true };

/** Takes decisions again in a thread of its own, on a connection of its own: that keeps no other request waiting. */
export interface Replayer {
  /** Throws Unavailable when too many wait. For callers who would collect what is to be replayed in vain. */
  demandRoom(): void;
  /** Throws InvalidInput when it takes too much time or memory, FailedPrecondition where no decisions are kept, Unavailable when too many wait. */
  replay(question: ReplayQuestion): Promise<DecisionReplay>;
  stop(): Promise<void>;
}

const replayLimits: ThreadLimits = { milliseconds: 25_000, megabytes: 256, waiting: 2 };

/** Rows that stock Casbin may read for a request: about two seconds of a processor. */
const work = 500_000;

/** Begins without a thread; the first replay makes it. */
export function createReplayer(
  { url, pooler }: { readonly url: string; readonly pooler: Pooler },
  limits: ThreadLimits = replayLimits,
): Replayer {
  const thread = createThread<ReplayTask, ReplayOutcome>(threadFile('replay-thread', import.meta.url), limits);
  const tooMuch = (figure: string, cause?: unknown) =>
    new InvalidInput(`This replay takes ${figure}: ask for a shorter time, or for fewer cases by limit.`, [], { cause });
  const busy = (cause?: unknown) => new Unavailable('Other decisions are being replayed. Try again in a moment.', { cause });

  function refusalOf(error: unknown): unknown {
    if (!(error instanceof ThreadLimit)) return error;
    if (error.limit === 'waiting') return busy(error);
    return tooMuch(error.limit === 'time' ? `longer than ${limits.milliseconds / 1000} s` : `more than ${limits.megabytes} MB`, error);
  }

  return {
    demandRoom() {
      if (thread.isFull()) throw busy();
    },
    async replay(question) {
      const task = { url, pooler, patience: limits.milliseconds * 0.6, question: { work, ...question } };
      const outcome = await thread.run(task).catch((error: unknown) => {
        throw refusalOf(error);
      });
      if ('tooLong' in outcome) throw tooMuch(`longer than ${task.patience / 1000} s to read`);
      const { replayed } = outcome;
      if (replayed.decisions === 0 && replayed.coverage.writers === 0) throw nothingKept();
      return replayed;
    },
    stop: () => thread.stop(),
  };
}
