import { LRUCache } from 'lru-cache';

/** Which receivers of webhooks are slow. Only so many slow ones are sent to at one time, so that there is room for the quick ones. */
export interface SlowReceivers {
  /** Sends to a webhook. False, and nothing was sent, where its receiver is slow and as many slow ones as are allowed are sent to already. */
  send(webhook: string, work: () => Promise<void>): Promise<boolean>;
  /** How long an attempt took. */
  took(webhook: string, milliseconds: number): void;
}

/** After how many milliseconds an attempt is slow; how many slow receivers are sent to at one time (docs/limits.md); how long one counts as slow. */
const usual = { from: 1_000, most: 10, minutes: 10 };

/** How many slow receivers are remembered. */
const known = 10_000;

/** Begins without slow receivers: one is quick until an attempt was slow. */
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
