import type { Reachable } from '../../core/apps/access.ts';
import type { Address } from '../../core/apps/driver.ts';
import type { InstancePlace } from '../../core/apps/instance-rows.ts';
import { FailedPrecondition, NotFound, Unavailable } from '../../core/base/errors.ts';
import type { Limits } from './limits.ts';

/** What waiting takes. */
export interface WaitingOptions {
  /** How an instance stands. */
  readonly look: (place: InstancePlace) => Promise<Reachable | undefined>;
  /** Asks for an instance that time has stopped, and answers how it stands then. */
  readonly wake: (place: InstancePlace) => Promise<Reachable | undefined>;
  readonly limits: Pick<Limits, 'held' | 'heldOfOrganization' | 'heldOfOne'>;
  /** Whether its program takes connections: the row says where it was at last, and it may just have ended. */
  readonly reaches: (address: Address) => Promise<boolean>;
  /** Between two looks where nothing tells of a change. */
  readonly everyMs: number;
}

/** Holds accesses while their instance starts. All that wait for one look together. */
export interface Waiting {
  /**
   * Resolves once the instance, which stood as `seen`, takes requests. Rejects with what is to be answered, at `until` (of performance.now()) at the
   * latest, and when `signal` says that the caller has gone.
   */
  ready(instance: Waited, signal: AbortSignal, until: number): Promise<Address>;
  /** Something of an instance (`inst_...`) has changed; without one, of any. */
  changed(instance?: string): void;
  /** How many are held. */
  held(): number;
  stop(): void;
}

/** An instance that is waited for, and how it stood when it was asked about. */
export interface Waited {
  readonly place: InstancePlace;
  readonly reachable: Reachable;
}

interface Held {
  resolve(address: Address): void;
  reject(error: unknown): void;
}

interface Room {
  readonly place: InstancePlace;
  readonly held: Set<Held>;
  /** How it stood at the last look. */
  seen: Reachable;
  timer: NodeJS.Timeout | undefined;
  /** A look is under way; `again` when something changed meanwhile. */
  looking: boolean;
  again: boolean;
}

/** What is to be done about an access: the address to pass it on to, or undefined to wait. Throws where no waiting helps. */
export function verdictOn(reachable: Reachable | undefined): Address | undefined {
  if (reachable === undefined) throw new NotFound();
  const { isWanted, state, address } = reachable;
  refuseAfterTrial(reachable);
  if (!isWanted) {
    throw new FailedPrecondition('failed-precondition', 'This application is stopped. Someone who may start it has to do so first.');
  }
  if (state === 'FAILED') refuseUnlessSoon(reachable);
  return address;
}

/** What has failed is waited for, if it is started again within so many milliseconds. */
const soonMs = 5_000;
const more = 'Its `failure` (getInstance) and its logs say more, to those who may read them.';

function refuseUnlessSoon({ failures, nextAttemptAt }: Reachable): void {
  const restMs = nextAttemptAt === undefined ? undefined : nextAttemptAt.getTime() - Date.now();
  if (restMs !== undefined && restMs <= soonMs) return;
  if (restMs === undefined) throw new Unavailable(`This application could not be started. ${more}`);
  const retryAfter = Math.ceil(restMs / 1_000);
  throw new Unavailable(`${hasFailed(failures)} and is started again in ${retryAfter} seconds. ${more}`, { retryAfter });
}

const hasFailed = (failures: number): string =>
  failures === 1 ? 'This application has failed' : `This application has failed ${failures} times in a row`;

/** Why an access was held in vain. */
function heldInVain(seen: Reachable): Unavailable {
  if (seen.address !== undefined) {
    return new Unavailable(`This application takes no connections. It is started again when that lasts for a minute. ${more}`);
  }
  if (seen.failures > 0) return new Unavailable(`${hasFailed(seen.failures)}, and is still starting. ${more}`);
  return new Unavailable('This application is still starting. Send the request again.');
}

/** Throws FailedPrecondition once the trial is over. */
export function refuseAfterTrial({ isTrialOver }: Reachable): void {
  if (isTrialOver) throw new FailedPrecondition('failed-precondition', 'The trial of this application is over.');
}

/** Whether nothing will start it unless it is asked for: it has stopped for want of traffic, or is about to. */
function sleeps({ state, address }: Reachable): boolean {
  return address === undefined && (state === 'IDLE_STOPPED' || state === 'RUNNING');
}

/** Makes the rooms in which accesses wait. */
export function createWaiting({ look, wake, reaches, limits, everyMs }: WaitingOptions): Waiting {
  const rooms = new Map<string, Room>();
  let total = 0;

  async function proceed(room: Room): Promise<void> {
    if (room.looking) {
      room.again = true;
      return;
    }
    room.looking = true;
    room.again = false;
    clearTimeout(room.timer);
    await answerHeld(room);
    room.looking = false;
    if (room.held.size === 0) return;
    if (room.again) void proceed(room);
    else room.timer = setTimeout(() => void proceed(room), everyMs);
  }

  async function answerHeld(room: Room): Promise<void> {
    const { held } = room;
    try {
      const address = await advance(room);
      if (address !== undefined) for (const one of [...held]) one.resolve(address);
    } catch (error) {
      for (const one of [...held]) one.reject(error);
    }
  }

  async function advance(room: Room): Promise<Address | undefined> {
    const reachable = await look(room.place);
    let address = verdictOn(reachable);
    room.seen = reachable!;
    if (sleeps(room.seen)) address = verdictOn(await wake(room.place));
    return address !== undefined && (await reaches(address)) ? address : undefined;
  }

  function roomOf({ place, reachable }: Waited): Room {
    let room = rooms.get(place.instanceId);
    if (room === undefined) {
      room = { place, held: new Set(), seen: reachable, timer: undefined, looking: false, again: false };
      rooms.set(place.instanceId, room);
    }
    return room;
  }

  function heldOf(organizationId: string): number {
    return [...rooms.values()].reduce((sum, { place, held }) => sum + (place.organizationId === organizationId ? held.size : 0), 0);
  }

  function leave(room: Room, one: Held): void {
    room.held.delete(one);
    total -= 1;
    if (room.held.size > 0) return;
    clearTimeout(room.timer);
    rooms.delete(room.place.instanceId);
  }

  return {
    ready(instance, signal, until) {
      const { place } = instance;
      const waiting = rooms.get(place.instanceId)?.held.size ?? 0;
      if (total >= limits.held || waiting >= limits.heldOfOne || heldOf(place.organizationId) >= limits.heldOfOrganization) {
        return Promise.reject(new Unavailable('Too many requests wait for applications that start. Try again soon.'));
      }
      const room = roomOf(instance);
      total += 1;
      return new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(late);
          signal.removeEventListener('abort', gone);
          leave(room, one);
        };
        const one: Held = {
          resolve(address) {
            end();
            resolve(address);
          },
          reject(error) {
            end();
            reject(error);
          },
        };
        const gone = (): void => one.reject(signal.reason);
        const late = setTimeout(() => one.reject(heldInVain(room.seen)), Math.max(0, until - performance.now()));
        room.held.add(one);
        if (signal.aborted) return gone();
        signal.addEventListener('abort', gone, { once: true });
        if (room.held.size === 1) void proceed(room);
      });
    },
    changed(instance) {
      for (const [name, room] of rooms) if (instance === undefined || name === instance) void proceed(room);
    },
    held: () => total,
    stop() {
      for (const room of [...rooms.values()]) {
        for (const one of [...room.held]) one.reject(new Unavailable('Tenet is stopping. Send the request again.'));
      }
    },
  };
}
