import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { InvalidInput, Unavailable } from './errors.ts';
import { OwnerQueue } from './owner-queue.ts';
import type { Steps } from './steps.ts';

/** Works of several owners, done bit by bit between the requests of others. */
export interface Rounds {
  /**
   * Does a work. One that needs no second step, or a moment only, is done at once. Others wait: owners take turns with each other, and so do the works of
   * one owner. Throws Unavailable where too many wait, and InvalidInput for a work that takes longer than it may.
   */
  run<T>(owner: string, steps: Steps<T>): T | Promise<T>;
}

/** What the works of all owners may take together, and those of one. */
export interface RoundLimits {
  /** Works that wait. An owner of whom none waits finds room in any case. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** Milliseconds that one work may hold the event loop, all bits together. */
  readonly milliseconds: number;
}

interface RoundOptions {
  readonly limits: RoundLimits;
  /** What is answered where too many wait, and where one takes too long. */
  readonly tooMany: string;
  readonly tooLong: string;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** For how long works hold the event loop in one of its turns, in milliseconds. */
const maxSlice = 2;

/** What each new work has at once all the same, in milliseconds, so that small ones need not wait: less than most requests take. */
const minSlice = 0.2;

interface Work {
  readonly owner: string;
  readonly steps: Steps<unknown>;
  /** Milliseconds that it has taken. */
  taken: number;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Begins with no work. */
export function createRounds({ limits, tooMany, tooLong, now = () => performance.now() }: RoundOptions): Rounds {
  const waiting = new OwnerQueue<Work>();
  let isRunning = false;
  /** How much of this turn of the event loop is left for new works. */
  let left = maxSlice;

  /** Goes on with a work until then. Whether it is over. */
  function advance(work: Work, until: number): boolean {
    let at = now();
    try {
      do {
        const { done, value } = work.steps.next();
        if (done) {
          work.resolve(value);
          return true;
        }
        const before = at;
        at = now();
        work.taken += at - before;
        if (work.taken > limits.milliseconds) throw new InvalidInput(tooLong);
      } while (at < until);
    } catch (error) {
      work.reject(error);
      return true;
    }
    return false;
  }

  function advanceNext(until: number): void {
    const work = waiting.take()!;
    // Behind the others of this owner.
    if (!advance(work, until)) waiting.add(work.owner, work);
  }

  async function goOn(): Promise<void> {
    isRunning = true;
    while (waiting.size > 0) {
      await turnOfEventLoop();
      const until = now() + maxSlice;
      do advanceNext(until);
      while (waiting.size > 0 && now() < until);
    }
    isRunning = false;
  }

  function wait<T>(work: Work): Promise<T> {
    const ofOne = waiting.countOf(work.owner);
    if (ofOne >= limits.waitingOfOne || (ofOne > 0 && waiting.size >= limits.waiting)) throw new Unavailable(tooMany);
    waiting.add(work.owner, work);
    return new Promise<T>((resolve, reject) => {
      Object.assign(work, { resolve, reject });
      if (!isRunning) void goOn();
    });
  }

  /** Goes on with a work that is new. Whether that was enough. */
  function begin(work: Work): boolean {
    if (left === maxSlice)
      setImmediate(() => {
        left = maxSlice;
      });
    const began = now();
    try {
      return advance(work, began + (waiting.countOf(work.owner) > 0 ? minSlice : Math.max(left, minSlice)));
    } finally {
      left -= now() - began;
    }
  }

  return {
    run<T>(owner: string, steps: Steps<T>): T | Promise<T> {
      const first = steps.next();
      if (first.done) return first.value;
      let result: unknown;
      const work: Work = {
        ...{ owner, steps, taken: 0 },
        resolve(value) {
          result = value;
        },
        reject(error) {
          throw error;
        },
      };
      return begin(work) ? (result as T) : wait(work);
    },
  };
}
