import { createDrain } from '../authorization/decision-log/drain.ts';
import { keepDecisionLog } from '../authorization/decision-log/writing.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { Database } from '../database/database.ts';
import { type LoggedEntry, writeEntries } from './decision-log-writing.ts';
import type { TakenStoreDecision } from './store-shadow.ts';

/** Keeps decisions of policy stores as they were taken, off the way of requests: `note` waits for nothing. */
export interface StoreDecisionLog {
  /** Keeps it where it was asked by a caller: what a search tries is no decision. */
  note(taken: TakenStoreDecision): void;
  /** Writes what waits; resolves when it is written, or could not be. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  /** Connections of its own. */
  readonly database: Database;
  /** Part of the decisions that is kept, 0 to 1. */
  readonly share: number;
  /** Days for which they are kept. */
  readonly days: number;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics, 'loggedStoreDecisions'>;
}

/** How much may wait, in characters of what was asked and so many for each entry besides: of all, and of one organization (docs/limits.md). More is lost, and counted. */
const room = { all: 16_777_216, ofOne: 4_194_304, entry: 500 };
/** One statement. */
const perBatch = { entries: 1_000, size: 2_097_152 };

/** Begins to keep decisions; what was noted is written a moment later. */
export function createStoreDecisionLog({ database, share, days, log, metrics }: Options, most = room): StoreDecisionLog {
  let waiting: LoggedEntry[] = [];
  const sizes = new Map<string, number>();
  let size = 0;
  /** How many were lost of each store since that was last said. */
  let lost = new Map<string, number>();
  const drain = createDrain({ write: drainAll, isDue: () => waiting.length > 0 || lost.size > 0 });

  function lose({ key }: TakenStoreDecision): void {
    lost.set(key.policyStoreId, (lost.get(key.policyStoreId) ?? 0) + 1);
    metrics.loggedStoreDecisions.inc({ outcome: 'lost' });
  }

  function sayLost(): void {
    for (const [policyStoreId, missing] of lost)
      log.warn({ policyStoreId, lost: missing }, 'decisions of a policy store are missing in the decision log');
    lost = new Map();
  }

  function occupy(organizationId: string, change: number): void {
    const now = (sizes.get(organizationId) ?? 0) + change;
    if (now > 0) sizes.set(organizationId, now);
    else sizes.delete(organizationId);
    size += change;
  }

  function forget(entries: readonly LoggedEntry[]): void {
    waiting = waiting.slice(entries.length);
    for (const { taken, size: freed } of entries) occupy(taken.key.organizationId, -freed);
  }

  /** Whether these are done with: written, or never to be written. */
  async function write(entries: readonly LoggedEntry[]): Promise<boolean> {
    try {
      await writeEntries(database, entries);
      metrics.loggedStoreDecisions.inc({ outcome: 'written' }, entries.length);
      return true;
    } catch (error) {
      log.warn({ error, waiting: waiting.length }, 'the decision log of policy stores could not be written');
      // What PostgreSQL refuses for its content it refuses again.
      const isRefused = String((error as { code?: unknown }).code).startsWith('22');
      if (isRefused) for (const { taken } of entries) lose(taken);
      // It may lack the partition of a day that began meanwhile.
      else await keepDecisionLog(database, days).catch(() => undefined);
      return isRefused;
    }
  }

  /** Whether everything is done with. */
  async function drainAll(): Promise<boolean> {
    let isDone = true;
    while (isDone && waiting.length > 0) {
      const entries = firstOf(waiting);
      isDone = await write(entries);
      if (isDone) forget(entries);
    }
    sayLost();
    return isDone;
  }

  return {
    note(taken) {
      if (taken.by === undefined || (share < 1 && Math.random() >= share)) return;
      const { organizationId } = taken.key;
      const entry = { taken, at: Date.now(), size: most.entry + sizeOf(taken.question) };
      drain.soon();
      if (size + entry.size > most.all || (sizes.get(organizationId) ?? 0) + entry.size > most.ofOne) {
        lose(taken);
        return;
      }
      occupy(organizationId, entry.size);
      waiting.push(entry);
    },
    async flush() {
      await drain.now();
    },
    async stop() {
      // What came while one was under way.
      await drain.now();
      await drain.now();
      drain.cancel();
    },
  };
}

function firstOf(waiting: readonly LoggedEntry[]): LoggedEntry[] {
  const entries: LoggedEntry[] = [];
  let size = 0;
  for (const entry of waiting.slice(0, perBatch.entries)) {
    size += entry.size;
    if (size > perBatch.size && entries.length > 0) break;
    entries.push(entry);
  }
  return entries;
}

/** Roughly its characters. A question has few values, and no deep ones. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 8;
  for (const [key, one] of Object.entries(value)) size += key.length + sizeOf(one);
  return size;
}
