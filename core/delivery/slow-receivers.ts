import { LRUCache } from 'lru-cache';

/** Which receivers of webhooks are slow, and how many of these are sent to: the quick ones find room whatever the slow ones take. */
export interface SlowReceivers {
  /** Sends to a webhook, unless it is slow and as many slow ones as may are sent to: then it is false, and nothing was done. */
  send(webhook: string, work: () => Promise<void>): Promise<boolean>;
  /** How long an attempt took. */
  took(webhook: string, milliseconds: number): void;
}

/** From when on a receiver is slow, in milliseconds; how many slow ones are sent to at one time (docs/limits.md); for how long one counts as slow. */
const usual = { from: 1_000, most: 10, minutes: 10 };

/** How many are remembered. */
const known = 10_000;

/** Begins without any: the first attempt to a receiver is taken for a quick one. */
export function createSlowReceivers({ from, most, minutes } = usual): SlowReceivers {
  const slow = new LRUCache<string, true>({ max: known, ttl: minutes * 60_000 });
  const running = new Set<{ readonly webhook: string }>();

  function hasRoom(webhook: string): boolean {
    if (!slow.has(webhook)) return true;
    return [...running].filter((other) => slow.has(other.webhook)).length < most;
  }

  return {
    async send(webhook, work) {
      if (!hasRoom(webhook)) return false;
      const one = { webhook };
      running.add(one);
      try {
        await work();
      } finally {
        running.delete(one);
      }
      return true;
    },
    took(webhook, milliseconds) {
      if (milliseconds >= from) slow.set(webhook, true);
    },
  };
}
