import { Unavailable } from './errors.ts';

/** How many works are done at one time, and wait: of all, and of one owner. */
export interface GateLimits {
  readonly running: number;
  readonly runningOfOne: number;
  readonly waiting: number;
  readonly waitingOfOne: number;
}

interface Waiting {
  readonly owner: string;
  start(): void;
}

/**
 * Lets a few works through at a time, and has the others wait in their order; those of an owner who has enough under way let others pass. Answers
 * Unavailable, without the work, where too many wait already.
 */
export function createGate(limits: GateLimits, detail: string): <T>(owner: string, work: () => Promise<T>) => Promise<T> {
  const running: string[] = [];
  const waiting: Waiting[] = [];
  const countOf = (owners: readonly string[], owner: string): number => owners.filter((one) => one === owner).length;
  const mayStart = (owner: string): boolean => running.length < limits.running && countOf(running, owner) < limits.runningOfOne;

  /** Waits for its turn, which `leave` ends. */
  async function enter(owner: string): Promise<void> {
    if (mayStart(owner)) {
      running.push(owner);
      return;
    }
    const ofOne = waiting.filter((one) => one.owner === owner).length;
    if (waiting.length >= limits.waiting || ofOne >= limits.waitingOfOne) throw new Unavailable(detail);
    await new Promise<void>((resolve) => waiting.push({ owner, start: resolve }));
  }

  function leave(owner: string): void {
    running.splice(running.indexOf(owner), 1);
    const next = waiting.findIndex((one) => mayStart(one.owner));
    if (next < 0) return;
    const [one] = waiting.splice(next, 1);
    running.push(one!.owner);
    one!.start();
  }

  return async (owner, work) => {
    await enter(owner);
    try {
      return await work();
    } finally {
      leave(owner);
    }
  };
}
