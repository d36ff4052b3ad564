import { Unavailable } from './errors.ts';
import { OwnerQueue } from './owner-queue.ts';

/** How many works are done at one time, and wait: of all, and of one owner. Those that go first are counted on their own. */
export interface GateLimits {
  readonly running: number;
  readonly runningOfOne: number;
  /** Works that wait. An owner of whom none waits finds room beyond them, as long as no more than `inAll` wait. */
  readonly waiting: number;
  readonly waitingOfOne: number;
  /** What bounds the memory, however many owners there are. */
  readonly inAll: number;
  /** Milliseconds of waiting. */
  readonly waitFor: number;
}

/** What a gate says to those whom it does not let through. */
export interface GateTexts {
  readonly tooMany: string;
  readonly tooLong: string;
}

/** Does works one by one, or a few at a time. */
export interface Gate {
  /** Does the work when its turn comes; one that `goesFirst` ahead of those that do not. Throws Unavailable where too many wait, or for too long. */
  <T>(owner: string, work: () => Promise<T>, goesFirst?: boolean): Promise<T>;
  /** Throws Unavailable where a work of this owner would be refused now: a caller asks before it prepares the work. */
  demandRoom(owner: string, goesFirst?: boolean): void;
}

interface Waiting {
  readonly owner: string;
  start(): void;
}

/** So many works that go first are begun one after the other while others wait: then one of these has its turn. */
const mostFirst = 4;

/**
 * Lets a few works through at a time, and has the others wait. Owners take turns, however much one of them asks for, and an owner who has enough under way
 * lets the others pass. Answers Unavailable, without the work, to an owner who waits already where too many do.
 */
export function createGate(limits: GateLimits, { tooMany, tooLong }: GateTexts): Gate {
  const running: string[] = [];
  const first = new OwnerQueue<Waiting>();
  const others = new OwnerQueue<Waiting>();
  /** Works that went first since one of the others had its turn. */
  let wentFirst = 0;
  const mayStart = (owner: string): boolean =>
    running.length < limits.running && running.filter((one) => one === owner).length < limits.runningOfOne;
  const queueOf = (goesFirst: boolean): OwnerQueue<Waiting> => (goesFirst ? first : others);

  function demandRoom(owner: string, goesFirst = false): void {
    if (mayStart(owner)) return;
    const queue = queueOf(goesFirst);
    const ofOne = queue.countOf(owner);
    const most = ofOne > 0 ? limits.waiting : limits.inAll;
    if (ofOne >= limits.waitingOfOne || queue.size >= most) throw new Unavailable(tooMany);
  }

  /** Waits for its turn, which `leave` ends. */
  async function enter(owner: string, goesFirst: boolean): Promise<void> {
    if (mayStart(owner)) {
      running.push(owner);
      return;
    }
    demandRoom(owner, goesFirst);
    const queue = queueOf(goesFirst);
    await new Promise<void>((resolve, reject) => {
      const one: Waiting = {
        owner,
        start() {
          clearTimeout(late);
          resolve();
        },
      };
      const late = setTimeout(() => {
        queue.remove(owner, one);
        reject(new Unavailable(tooLong));
      }, limits.waitFor);
      queue.add(owner, one);
    });
  }

  function takeNext(): Waiting | undefined {
    const fits = ({ owner }: Waiting): boolean => mayStart(owner);
    const [before, after] = wentFirst < mostFirst ? [first, others] : [others, first];
    const next = before.take(fits);
    const from = next ? before : after;
    wentFirst = from === first && others.size > 0 ? wentFirst + 1 : 0;
    return next ?? after.take(fits);
  }

  function leave(owner: string): void {
    running.splice(running.indexOf(owner), 1);
    const next = takeNext();
    if (!next) return;
    running.push(next.owner);
    next.start();
  }

  async function run<T>(owner: string, work: () => Promise<T>, goesFirst = false): Promise<T> {
    await enter(owner, goesFirst);
    try {
      return await work();
    } finally {
      leave(owner);
    }
  }

  return Object.assign(run, { demandRoom });
}
