import type { Cost } from './connection.ts';
import { type TurnKey, Turns, type TurnTexts, type Waiter } from './turns.ts';

/** The caller for whom a read is done, and the client that waits for the answer. */
export interface Asker {
  /** Asked for each statement: it may become known better with the first ones. */
  readonly caller: string;
  readonly waiter?: Waiter | undefined;
}

/** Statements of reads that hold their connection: of one caller or one organization, that wait for the same, and for how many milliseconds (docs/limits.md). */
const ofOne = { running: 2, inOrganization: 2, perCaller: 64, perOrganization: 128, inAll: 1_024, most: 8_192, waitFor: 10_000 };

const texts: TurnTexts = {
  perCaller: 'Too many of your requests wait for the database already. Try again in a moment.',
  perOrganization: 'Too many requests about this organization wait for the database already. Try again in a moment.',
  inAll: 'Too many requests wait for the database already. Try again in a moment.',
  waitFor: 'Requests ahead of this one take too long. Try again in a moment.',
};

/** Runs `work`, which asks the database something of this cost, when its turn comes. Throws Unavailable when too many wait, or for too long. */
export type LongReads = <T>(cost: Cost, key: TurnKey, work: () => Promise<T>, waiter?: Waiter) => Promise<T>;

/**
 * Statements of requests that hold a connection have half of a pool of this size, and dear ones three tenths of it. The rest is for changes, and for
 * looks by a key, without which no caller can be authenticated and no request allowed.
 */
export function createLongReads(size: number): LongReads {
  const part = (share: number): number => Math.max(1, Math.floor(size * share));
  const all = new Turns({ ...ofOne, atOneTime: part(0.5) }, texts);
  const dear = new Turns({ ...ofOne, atOneTime: part(0.3) }, texts);
  return (cost, key, work, waiter) => {
    const run = () => all.take(key, work, waiter);
    return cost === 'dear' ? dear.take(key, run, waiter) : run();
  };
}
