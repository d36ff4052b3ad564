import { LRUCache } from 'lru-cache';
import { type RateLimit, secondsOf } from '../authorization/policy/key-types.ts';
import { RateLimited } from '../base/errors.ts';
import { type Database, prepared } from '../database/database.ts';

/** How often keys are used, on all replicas together. */
export interface KeyRates {
  /** Takes one request from what a key may send: at once while this replica has some of it. */
  take(key: RatedKey): Allowance | Promise<Allowance>;
}

/** A key of a kind whose use is limited. */
export interface RatedKey {
  /** Its organization (uuid) and its own uuid. */
  readonly organization: string;
  readonly uuid: string;
  readonly limits: readonly RateLimit[];
}

/** What is left of what a key may send. */
export interface Allowance {
  /** Header fields, names and values in turn (draft-ietf-httpapi-ratelimit-headers). */
  readonly headers: readonly string[];
  /** Why this request is one too many. */
  readonly refusal?: RateLimited;
}

interface Window {
  readonly name: string;
  readonly quota: number;
  readonly seconds: number;
  /** Of the block that this replica has taken. */
  left: number;
  /** Of the window, when the database was asked last. */
  free: number;
  /** When it ends, by the clock of this replica. */
  until: number;
}

interface Meter {
  readonly limits: readonly RateLimit[];
  readonly windows: readonly Window[];
  readonly policy: string;
  asking?: Promise<void> | undefined;
}

/** Keys whose blocks are remembered: a key too many leaves what is left of its block unused. */
const most = 10_000;

const leaseSql = 'select seconds, leased, free, milliseconds from lease_key_rates($1, $2, $3)';

interface LeaseRow {
  seconds: number;
  leased: string;
  free: string;
  milliseconds: number;
}

/**
 * Windows are counted in the database, from which each replica takes its requests in blocks, so most requests cost no statement. No window ever admits
 * more than its quota; what another replica holds unspent at its end is the most that it admits less. The library that we tried
 * (rate-limiter-flexible) writes with each request.
 */
export function createKeyRates(database: Database, clock: () => number = () => performance.now()): KeyRates {
  const meters = new LRUCache<string, Meter>({ max: most });

  function meterOf({ uuid, limits }: RatedKey): Meter {
    const known = meters.get(uuid);
    if (known?.limits === limits) return known;
    const windows = limits.map(({ name, quota, window }) => ({ name, quota, seconds: secondsOf(window), left: 0, free: 0, until: 0 }));
    const policy = windows.map(({ name, quota, seconds }) => `"${name}";q=${quota};w=${seconds}`).join(', ');
    const meter: Meter = { limits, windows, policy };
    meters.set(uuid, meter);
    return meter;
  }

  function take(key: RatedKey): Allowance | Promise<Allowance> {
    const meter = meterOf(key);
    const now = clock();
    let isLacking = false;
    for (const window of meter.windows) {
      if (now < window.until && window.left > 0) continue;
      if (now < window.until && window.free === 0) return refuse(meter, now);
      isLacking = true;
    }
    if (isLacking) return leaseAndTake(meter, key);
    for (const window of meter.windows) window.left -= 1;
    return { headers: headersOf(meter, now) };
  }

  /** Requests that come meanwhile wait for the same block. */
  async function leaseAndTake(meter: Meter, key: RatedKey): Promise<Allowance> {
    meter.asking ??= lease(meter, key).finally(() => {
      meter.asking = undefined;
    });
    await meter.asking;
    return take(key);
  }

  async function lease({ windows }: Meter, { organization, uuid }: RatedKey): Promise<void> {
    const asked = clock();
    const lacking = windows.filter(({ left, until }) => left === 0 || until <= asked);
    const wanted = JSON.stringify(lacking.map(({ seconds, quota }) => ({ seconds, quota })));
    const rows = await database.write({ organization }, (db) =>
      prepared<LeaseRow>(db, 'lease-key-rates', leaseSql, [organization, uuid, wanted]),
    );
    for (const { seconds, leased, free, milliseconds } of rows) {
      const window = lacking.find((each) => each.seconds === seconds)!;
      window.left = Number(leased);
      window.free = Number(free);
      // Counted from before the question, so that no block is spent in the window behind its own.
      window.until = asked + milliseconds;
    }
  }

  return { take };
}

function refuse(meter: Meter, now: number): Allowance {
  const over = meter.windows.filter(({ left, free, until }) => now < until && left + free === 0);
  const last = over.reduce((a, b) => (b.until > a.until ? b : a));
  const retryAfter = Math.ceil((last.until - now) / 1_000);
  const detail = `A key of this kind sends ${last.quota} requests in ${last.seconds} seconds at most.`;
  return { headers: headersOf(meter, now), refusal: new RateLimited(detail, { limit: last.quota, retryAfter }) };
}

/** What is left is what this replica knows of: others may have taken some since. */
function headersOf({ windows, policy }: Meter, now: number): string[] {
  let left = '';
  for (const { name, left: own, free, until } of windows) {
    left += `${left && ', '}"${name}";r=${own + free};t=${Math.max(0, Math.ceil((until - now) / 1_000))}`;
  }
  return ['ratelimit-policy', policy, 'ratelimit', left];
}
