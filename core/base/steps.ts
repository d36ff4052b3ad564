import { setImmediate } from 'node:timers/promises';

/** Work that yields wherever other requests may have the event loop. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** For how long one piece of work may hold the event loop at a time, in milliseconds. */
const maxSlice = 5;

/** The work as a whole. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

interface Waiting {
  /** Whether it is done. */
  advance(): boolean;
}

/**
 * Does several works bit by bit. Between two bits other requests have the event loop, and the works take turns: however much one of them has to do, a
 * small one waits for one bit of each.
 */
export function createRounds(): <T>(steps: Steps<T>) => Promise<T> {
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    for (let work = waiting.shift(); work; work = waiting.shift()) {
      await setImmediate();
      if (!work.advance()) waiting.push(work);
    }
    isRunning = false;
  }

  return <T>(steps: Steps<T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({
        advance() {
          try {
            return advance(steps, resolve);
          } catch (error) {
            reject(error);
            return true;
          }
        },
      });
      if (!isRunning) void run();
    });
}

function advance<T>(steps: Steps<T>, resolve: (value: T) => void): boolean {
  const end = performance.now() + maxSlice;
  do {
    const { done, value } = steps.next();
    if (done) {
      resolve(value);
      return true;
    }
  } while (performance.now() < end);
  return false;
}
