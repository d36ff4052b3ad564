import type { Log } from '../../base/log.ts';

/** What waits for a second opinion. */
export interface ShadowQueue<T> {
  /** Takes it where chance and room say so, and returns at once. */
  observe(taken: T): void;
}

interface QueueOptions<T> {
  /** The part of decisions to check, 0 to 1. */
  readonly share: number;
  readonly log: Log;
  /** Whether the second opinion agrees; undefined where there is none to have. */
  readonly check: (taken: T) => Promise<boolean | undefined>;
  readonly count: (labels: { agreed: string }) => void;
  /** False for what is not to wait although there is room. */
  readonly hasRoom?: (taken: T, waiting: readonly T[]) => boolean;
}

/** Decisions that may wait; more are dropped, because a request must never wait for this. */
const maxQueue = 1_000;

/** Checks a share of decisions, one after the other behind the requests. What fails is logged, and the next one is checked. */
export function createShadowQueue<T>({ share, log, check, count, hasRoom = () => true }: QueueOptions<T>): ShadowQueue<T> {
  const queue: T[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    for (let taken = queue.shift(); taken !== undefined; taken = queue.shift()) {
      await new Promise((resolve) => setImmediate(resolve));
      try {
        const agreed = await check(taken);
        if (agreed !== undefined) count({ agreed: String(agreed) });
      } catch (error) {
        log.warn({ error }, 'a shadow decision failed');
      }
    }
    running = false;
  }

  return {
    observe(taken) {
      if (share === 0 || Math.random() >= share || queue.length >= maxQueue || !hasRoom(taken, queue)) return;
      queue.push(taken);
      if (!running) void drain();
    },
  };
}
