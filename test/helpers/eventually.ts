import { setTimeout as wait } from 'node:timers/promises';

/** Repeats the assertion until it passes; throws its last failure when `within` milliseconds are over. */
export async function eventually<T>(assertion: () => T | Promise<T>, within = 10_000): Promise<T> {
  const end = performance.now() + within;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > end) throw error;
      await wait(25);
    }
  }
}
