import { Unavailable } from '../base/errors.ts';

/** Runs `work` when one of a number of places is free. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets this many in at one time, in the order in which they came. Throws Unavailable to one that waits for longer than this many milliseconds. */
export function createGate(places: number, waitFor: number): Gate {
  const waiting: (() => void)[] = [];
  let free = places;

  function enter(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(late);
        resolve();
      };
      const late = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(new Unavailable('The database is busy. Nothing was changed; try again in a moment.'));
      }, waitFor);
      waiting.push(begin);
    });
  }

  return async (work) => {
    if (free > 0) free -= 1;
    else await enter();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
