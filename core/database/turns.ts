import { Unavailable } from '../base/errors.ts';
import { OwnerQueue } from '../base/owner-queue.ts';

/** How much may be under way and wait at one time (docs/limits.md). */
export interface TurnLimits {
  /** Turns of one caller that are under way. */
  readonly running: number;
  /** Those in one organization. */
  readonly inOrganization: number;
  /** All that are under way. */
  readonly atOneTime: number;
  /** Those of one caller that wait. */
  readonly perCaller: number;
  /** Those that wait for one organization. */
  readonly perOrganization: number;
  /** All that wait. A caller of whom none waits finds room beyond them, as long as no more than `most` wait. */
  readonly inAll: number;
  readonly most: number;
  /** Milliseconds of waiting. */
  readonly waitFor: number;
}

/** For changes: one at a time changes an organization, because it locks the organization's row. */
export const turnLimits: TurnLimits = {
  ...{ running: 4, inOrganization: 1, atOneTime: Infinity },
  ...{ perCaller: 64, perOrganization: 128, inAll: 1_024, most: 8_192, waitFor: 10_000 },
};

/** The messages for callers who get no turn. */
export interface TurnTexts {
  readonly perCaller: string;
  readonly perOrganization: string;
  readonly inAll: string;
  readonly waitFor: string;
}

/** For the log: the client has hung up, so that it does not get this message. */
const gone = 'Nobody waits for it any more.';

const again = 'Nothing was changed; try again in a moment.';
const changeTexts: TurnTexts = {
  perCaller: `Too many of your changes wait already. ${again}`,
  perOrganization: `Too many changes of this organization wait already. ${again}`,
  inAll: `Too many changes wait already. ${again}`,
  waitFor: `Changes ahead of this one take too long. ${again}`,
};

/** A client that waits for an answer, and may hang up before it comes. */
export interface Waiter {
  isGone(): boolean;
  /** Calls the listener when the client hangs up. What it returns takes the listener away. */
  whenGone(listener: () => void): () => void;
}

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
 * Turns of what needs the database for long: so many are under way, and the others wait here, where they hold no connection of the
 * database. Callers take turns with each other, so that a caller who wants many turns does not hold up the others.
 */
export class Turns {
  readonly #limits: TurnLimits;
  readonly #texts: TurnTexts;
  readonly #runningIn = new Map<string, number>();
  readonly #running = new Map<string, number>();
  /** By caller. */
  readonly #waiting = new OwnerQueue<Waiting>();
  readonly #waitingIn = new Map<string, number>();
  #runningInAll = 0;

  constructor(limits: TurnLimits, texts: TurnTexts = changeTexts) {
    this.#limits = limits;
    this.#texts = texts;
  }

  /** Runs `work` when its turn comes. Throws Unavailable when too many wait, when the wait takes too long, or when the waiter has hung up. */
  async take<T>(key: TurnKey, work: () => Promise<T>, waiter?: Waiter): Promise<T> {
    if (waiter?.isGone()) throw new Unavailable(gone);
    if (this.#isFree(key)) this.#occupy(key);
    else await this.#wait(key, waiter);
    try {
      return await work();
    } finally {
      this.#leave(key);
    }
  }

  #isFree({ caller, organization }: TurnKey): boolean {
    const { running, inOrganization, atOneTime } = this.#limits;
    if (this.#runningInAll >= atOneTime) return false;
    if (organization !== undefined && (this.#runningIn.get(organization) ?? 0) >= inOrganization) return false;
    return (this.#running.get(caller) ?? 0) < running;
  }

  #occupy({ caller, organization }: TurnKey): void {
    this.#runningInAll += 1;
    if (organization !== undefined) add(this.#runningIn, organization, 1);
    add(this.#running, caller, 1);
  }

  #leave({ caller, organization }: TurnKey): void {
    this.#runningInAll -= 1;
    if (organization !== undefined) add(this.#runningIn, organization, -1);
    add(this.#running, caller, -1);
    this.#serve();
  }

  #wait(key: TurnKey, waiter: Waiter | undefined): Promise<void> {
    this.#refuse(key);
    return new Promise((resolve, reject) => {
      const giveUp = (detail: string): void => {
        stopListening?.();
        clearTimeout(late);
        this.#waiting.remove(key.caller, waiting);
        this.#countWaiting(key, -1);
        reject(new Unavailable(detail));
      };
      const waiting: Waiting = {
        key,
        begin: () => {
          stopListening?.();
          clearTimeout(late);
          resolve();
        },
      };
      const late = setTimeout(() => giveUp(this.#texts.waitFor), this.#limits.waitFor);
      this.#waiting.add(key.caller, waiting);
      this.#countWaiting(key, 1);
      const stopListening = waiter?.whenGone(() => giveUp(gone));
    });
  }

  #refuse({ caller, organization }: TurnKey): void {
    const { perCaller, perOrganization, inAll, most } = this.#limits;
    const ofCaller = this.#waiting.countOf(caller);
    if (ofCaller >= perCaller) throw new Unavailable(this.#texts.perCaller);
    const inOrganization = organization === undefined ? 0 : (this.#waitingIn.get(organization) ?? 0);
    if (inOrganization >= perOrganization) throw new Unavailable(this.#texts.perOrganization);
    if (this.#waiting.size >= (ofCaller > 0 ? inAll : most)) throw new Unavailable(this.#texts.inAll);
  }

  /** The end of one turn may be what two others waited for, one for the caller and one for the organization. */
  #serve(): void {
    while (this.#waiting.size > 0 && this.#runningInAll < this.#limits.atOneTime) {
      const next = this.#waiting.take(({ key }) => this.#isFree(key));
      if (!next) return;
      this.#countWaiting(next.key, -1);
      this.#occupy(next.key);
      next.begin();
    }
  }

  #countWaiting({ organization }: TurnKey, change: 1 | -1): void {
    if (organization !== undefined) add(this.#waitingIn, organization, change);
  }
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
