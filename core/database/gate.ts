import { Unavailable } from '../base/errors.ts';
import { OwnerQueue } from '../base/owner-queue.ts';

/** Runs `work` of an owner when one of a number of places is free. */
export type Gate = <T>(owner: string, work: () => Promise<T>) => Promise<T>;

/**
 * Lets this many in at one time. Owners take turns, however much one of them waits for; what one owner waits for keeps its order. Throws Unavailable to what
 * waits for longer than this many milliseconds.
 */
export function createGate(places: number, waitFor: number): Gate {
  const waiting = new OwnerQueue<() => void>();
  let free = places;

  function enter(owner: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        waiting.remove(owner, begin);
        reject(new Unavailable('The database is busy. Nothing was changed; try again in a moment.'));
      }, waitFor);
      waiting.add(owner, begin);
    });
  }

  return async (owner, work) => {
    if (free > 0) free -= 1;
    else await enter(owner);
    try {
      return await work();
    } finally {
      const next = waiting.take();
      if (next) next();
      else free += 1;
    }
  };
}
