import { InvalidInput, Unavailable } from '../base/errors.ts';
import { createThread, ThreadLimit, type ThreadLimits } from '../base/thread.ts';

/** Policies that requests have checked, in a thread of its own: what one of them makes this process compute keeps no other request waiting. */
export interface Checks<I, O> {
  /** Throws Unavailable when too many wait. For callers who would collect what is to be checked in vain. */
  demandRoom(): void;
  /** Throws InvalidInput when it takes too much time or memory, and Unavailable when too many wait. */
  run(input: I): Promise<O>;
  stop(): Promise<void>;
}

/** The thread whose file is `entry`, which begins with the first check. `advice`: what the author of a policy does to make its check shorter. */
export function createChecks<I, O>(entry: URL, limits: ThreadLimits, advice: string): Checks<I, O> {
  const thread = createThread<I, O>(entry, limits);

  function refusalOf(error: unknown): unknown {
    const cause = { cause: error };
    if (error instanceof RangeError) return new InvalidInput('The policy is nested too deep.', [], cause);
    if (!(error instanceof ThreadLimit)) return error;
    if (error.limit === 'waiting') return new Unavailable('Other policies are being checked now. Try again in a moment.', cause);
    const { milliseconds, megabytes } = limits;
    const figure = error.limit === 'time' ? `longer than ${milliseconds / 1000} s` : `more than ${megabytes} MB`;
    return new InvalidInput(`Checking this policy takes ${figure}: ${advice}.`, [], cause);
  }

  return {
    demandRoom() {
      if (thread.isFull()) throw refusalOf(new ThreadLimit('waiting'));
    },
    run: (input) =>
      thread.run(input).catch((error: unknown) => {
        throw refusalOf(error);
      }),
    stop: () => thread.stop(),
  };
}
