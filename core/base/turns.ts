import { setImmediate } from 'node:timers/promises';

/** For how long work may hold the event loop at a time, in milliseconds. */
const maxTurn = 10;

/**
 * For work in a loop whose length a caller decides: `await turn()` after each step lets other requests have the event loop when this work has
 * held it for 10 ms, and is nothing else.
 */
export function createTurns(): () => Promise<void> | undefined {
  let began = performance.now();
  const next = async (): Promise<void> => {
    await setImmediate();
    began = performance.now();
  };
  return () => (performance.now() - began < maxTurn ? undefined : next());
}

/** The first `most` of the items that are wanted, in turns. */
export async function filterInTurns<T>(items: readonly T[], isWanted: (item: T) => boolean, most = items.length): Promise<T[]> {
  const turn = createTurns();
  const wanted: T[] = [];
  for (const item of items) {
    if (wanted.length === most) break;
    if (isWanted(item)) wanted.push(item);
    await turn();
  }
  return wanted;
}
