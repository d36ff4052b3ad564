import { Unavailable } from '../base/errors.ts';

/** How much may be under way and wait at one time (docs/limits.md). */
export interface TurnLimits {
  /** Turns of one caller that are under way. */
  readonly running: number;
  /** Those of one caller that wait. */
  readonly perCaller: number;
  /** Those that wait for one organization. */
  readonly perOrganization: number;
  /** All that wait. */
  readonly inAll: number;
  /** Milliseconds of waiting. */
  readonly waitFor: number;
}

export const turnLimits: TurnLimits = { running: 4, perCaller: 64, perOrganization: 128, inAll: 1_024, waitFor: 10_000 };

/** Who takes a turn, and in which organization, if it is in one. */
export interface TurnKey {
  readonly caller: string;
  readonly organization?: string | undefined;
}

interface Waiting {
  readonly key: TurnKey;
  begin(): void;
}

/**
 * Turns of changes. One at a time changes an organization, because it locks the organization's row: the others wait here, where they
 * hold no connection of the database. Callers take turns with each other, so that the one with many changes does not hold up the rest.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #busy = new Set<string>();
  readonly #running = new Map<string, number>();
  /** By caller; the one that was served last is the last. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #waitingIn = new Map<string, number>();
  #waitingInAll = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  /** Runs `work` when its turn comes. Throws Unavailable when too many wait, or when it takes too long. */
  async take<T>(key: TurnKey, work: () => Promise<T>): Promise<T> {
    if (this.#isFree(key)) this.#occupy(key);
    else await this.#wait(key);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  #isFree({ caller, organization }: TurnKey): boolean {
    if (organization !== undefined && this.#busy.has(organization)) return false;
    return (this.#running.get(caller) ?? 0) < this.#limits.running;
  }

  #occupy({ caller, organization }: TurnKey): void {
    if (organization !== undefined) this.#busy.add(organization);
    add(this.#running, caller, 1);
  }

  #leave({ caller, organization }: TurnKey): void {
    if (organization !== undefined) this.#busy.delete(organization);
    add(this.#running, caller, -1);
    this.#serve();
  }

  #wait(key: TurnKey): Promise<void> {
    const { caller, organization } = key;
    const own = this.#waiting.get(caller) ?? [];
    const { perCaller, perOrganization, inAll, waitFor } = this.#limits;
    if (own.length >= perCaller) throw busy('Too many of your changes wait already.');
    const inOrganization = organization === undefined ? 0 : (this.#waitingIn.get(organization) ?? 0);
    if (inOrganization >= perOrganization) throw busy('Too many changes of this organization wait already.');
    if (this.#waitingInAll >= inAll) throw busy('Too many changes wait already.');
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        key,
        begin: () => {
          clearTimeout(late);
          resolve();
        },
      };
      const late = setTimeout(() => {
        this.#forget(waiting);
        reject(busy('Changes ahead of this one take too long.'));
      }, waitFor);
      own.push(waiting);
      this.#waiting.set(caller, own);
      this.#count(key, 1);
    });
  }

  /** The end of one turn may be what two others waited for, one for the caller and one for the organization. */
  #serve(): void {
    for (const [caller, own] of [...this.#waiting]) {
      const next = own.find(({ key }) => this.#isFree(key));
      if (!next) continue;
      this.#forget(next);
      // Behind the others, if more of this caller wait.
      if (this.#waiting.delete(caller)) this.#waiting.set(caller, own);
      this.#occupy(next.key);
      next.begin();
    }
  }

  #forget(waiting: Waiting): void {
    const { caller } = waiting.key;
    const own = this.#waiting.get(caller)!;
    own.splice(own.indexOf(waiting), 1);
    if (own.length === 0) this.#waiting.delete(caller);
    this.#count(waiting.key, -1);
  }

  #count({ organization }: TurnKey, change: 1 | -1): void {
    this.#waitingInAll += change;
    if (organization !== undefined) add(this.#waitingIn, organization, change);
  }
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}

function busy(why: string): Unavailable {
  return new Unavailable(`${why} Nothing was changed; try again in a moment.`);
}
