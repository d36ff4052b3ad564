import { newUuid } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { Database } from '../../database/database.ts';
import type { Decision } from '../decisions/decide.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import { type Batch, batchOf, type Entry, type Occasion } from './batch.ts';
import { createCaseBook } from './case-book.ts';
import { createDrain } from './drain.ts';
import { createLosses } from './losses.ts';
import { endWriter, keepDecisionLog, type Loss, noteKilled, silence, writeBatch } from './writing.ts';

/** Keeps decisions as they were taken, off the way of requests: `note` waits for nothing. */
export interface DecisionLog {
  note(decision: Decision, requestId: string, occasion: Occasion): void;
  /** Writes what waits; resolves when it is written, or could not be. */
  flush(): Promise<void>;
  /** Writes what waits, for the last time. */
  stop(): Promise<void>;
}

export interface DecisionLogOptions {
  /** Connections of its own: a write waits for no request, and no request for a write. */
  readonly database: Database;
  readonly policies: Pick<LivePolicies, 'get'>;
  /** Part of the decisions that is kept, 0 to 1. */
  readonly share: number;
  /** Days for which they are kept. */
  readonly days: number;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics, 'loggedDecisions'>;
  /** Entries that may wait; more are lost, and counted. What a killed process loses is no more than this. */
  readonly buffer?: number;
}

/** Entries of one transaction. */
const perBatch = 2_000;
/** Milliseconds after which a writer without entries says that it is there. */
const wordEvery = silence / 3;
const usualBuffer = 20_000;
/** Cases that are known to be written. */
const mostWritten = 50_000;

/** Begins to keep decisions; what was noted is written a moment later. */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { database, share, days, log, metrics, buffer = usualBuffer } = options;
  const writer = { id: newUuid(), buffer, share };
  const losses = createLosses();
  const book = createCaseBook(options.policies);
  let waiting: Entry[] = [];
  /** The first entries of it as they are written; the same again after a failure, for it is not known whether they were. */
  let made: Batch | undefined;
  let written = new Set<string>();
  const drain = createDrain({ write: drainAll, isDue: () => waiting.length > 0 });

  const keep = () => keepDecisionLog(database, days).then(sayWord);
  const begun = keep().then(sayKilled).catch(failed);
  const word = setInterval(() => {
    sayWord().then(sayKilled).catch(failed);
  }, wordEvery);
  word.unref();

  function failed(error: unknown): void {
    log.warn({ error, waiting: waiting.length }, 'the decision log could not be written');
  }

  async function sayKilled(): Promise<void> {
    for (const { writer: id, since, atMost } of await noteKilled(database))
      log.warn({ writer: id, since, atMost }, 'a process was killed before it had written its part of the decision log');
  }

  async function sayWord(): Promise<void> {
    await write(await batchOf([], book));
  }

  /** Writes a batch, what was lost, and that this writer is there. */
  async function write(batch: Batch): Promise<void> {
    const cases = batch.cases.filter((each) => !written.has(nameOf(each)));
    const lost = losses.take();
    const unreadable = failureOf(batch);
    const completeUntil = waiting[batch.size + batch.failed.length]?.at ?? Date.now();
    try {
      await writeBatch(database, writer, batch, cases, [...lost, ...unreadable], completeUntil);
    } catch (error) {
      losses.restore(lost);
      throw error;
    }
    if (written.size > mostWritten) written = new Set();
    for (const each of cases) written.add(nameOf(each));
    count('written', batch.size);
    count('lost', batch.failed.length);
    for (const { reason, lost: missing } of [...lost, ...unreadable])
      log.warn({ reason, lost: missing }, 'decisions are missing in the decision log');
  }

  function count(outcome: 'written' | 'lost', entries: number): void {
    if (entries > 0) metrics.loggedDecisions.inc({ outcome }, entries);
  }

  /** Whether everything is written. What fails waits on, for as long as there is room. */
  async function drainAll(): Promise<boolean> {
    await begun;
    while (waiting.length > 0) {
      made ??= await batchOf(waiting.slice(0, perBatch), book);
      try {
        await write(made);
      } catch (error) {
        failed(error);
        // It may lack the partition of a day that began meanwhile.
        await keep().catch(() => undefined);
        return false;
      }
      waiting = waiting.slice(made.size + made.failed.length);
      made = undefined;
    }
    return true;
  }

  return {
    note(decision, requestId, occasion) {
      if (share < 1 && Math.random() >= share) return;
      if (waiting.length >= buffer) {
        losses.add('FULL', 1);
        count('lost', 1);
        return;
      }
      waiting.push({ decision, requestId, occasion, at: Date.now() });
      drain.soon();
    },
    async flush() {
      await drain.now();
    },
    async stop() {
      clearInterval(word);
      drain.cancel();
      // What came while one was under way.
      if ((await drain.now()) && (await drain.now())) await endWriter(database, writer.id).catch(failed);
      drain.cancel();
    },
  };
}

const nameOf = ({ id, day }: Batch['cases'][number]): string => `${id} ${day}`;

/** The entries of which nothing could be made. */
function failureOf({ failed }: Batch): Loss[] {
  return failed.length === 0 ? [] : [{ reason: 'FAILED', since: failed[0]!, until: failed.at(-1)!, lost: failed.length }];
}
