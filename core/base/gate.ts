import { Unavailable } from './errors.ts';

/** How many works are done at one time, and wait: of all, and of one owner. */
export interface GateLimits {
  readonly running: number;
  readonly runningOfOne: number;
  readonly waiting: number;
  readonly waitingOfOne: number;
}

/** Does works one by one, or a few at a time. */
export interface Gate {
  /** Does the work when its turn comes. Throws Unavailable where too many wait. */
  <T>(owner: string, work: () => Promise<T>): Promise<T>;
  /** Throws Unavailable where a work of this owner would be refused now: a caller asks before it prepares the work. */
  demandRoom(owner: string): void;
}

interface Waiting {
  readonly owner: string;
  start(): void;
}

/**
 * Lets a few works through at a time, and has the others wait in their order; those of an owner who has enough under way let others pass. Answers
 * Unavailable, without the work, where too many wait already.
 */
export function createGate(limits: GateLimits, detail: string): Gate {
  const running: string[] = [];
  const waiting: Waiting[] = [];
  const countOf = (owners: readonly string[], owner: string): number => owners.filter((one) => one === owner).length;
  const mayStart = (owner: string): boolean => running.length < limits.running && countOf(running, owner) < limits.runningOfOne;

  function demandRoom(owner: string): void {
    if (mayStart(owner)) return;
    const ofOne = waiting.filter((one) => one.owner === owner).length;
    if (waiting.length >= limits.waiting || ofOne >= limits.waitingOfOne) throw new Unavailable(detail);
  }

  /** Waits for its turn, which `leave` ends. */
  async function enter(owner: string): Promise<void> {
    if (mayStart(owner)) {
      running.push(owner);
      return;
    }
    demandRoom(owner);
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

  async function run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    await enter(owner);
    try {
      return await work();
    } finally {
      leave(owner);
    }
  }

  return Object.assign(run, { demandRoom });
}
