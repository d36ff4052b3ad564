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
