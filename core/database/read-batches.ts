import type { Knex } from 'knex';
import type pg from 'pg';
import { type Callback, type Connection, type Cost, costOf, knexOver, type Statement } from './connection.ts';
import type { Asker, LongReads } from './long-reads.ts';

/** A connection out of the pool, for as long as it is held. */
export interface Held {
  readonly connection: Connection;
  /** Gives it back; a broken one is closed. */
  release(isBroken: boolean): void;
}

/** A statement on its way to a connection. */
interface PendingRead {
  readonly statement: Statement;
  readonly scope: string;
  readonly asker: Asker | undefined;
  readonly callback: Callback;
}

/** A statement got no turn; its cause says why. */
export class NoTurn extends Error {}

/**
 * How many look-ups by a key share one connection. A packet wakes a process of the server, which costs more than such a look-up does;
 * but one connection answers them one after the other.
 */
const maxBatch = 8;

/** How many readers are kept for the next reads: making one takes longer than a read, and each has 24 kB. */
const maxReaders = 1_000;

/** Runs `work` with a knex whose statements have this scope, until it returns. */
export type Reads = <T>(scope: string, work: (db: Knex) => Promise<T>, asker?: Asker) => Promise<T>;

/**
 * Reads hold no connection: each of their statements is a transaction of its own and takes one for as long as it runs. Prepared
 * statements, which are look-ups by a key, share one with those of other reads that are sent in the same turn of the event loop:
 *
 *   read A --+                                        +--> connection 1
 *   read B --+--> queue --(end of the turn: flush)--> +      (at most maxBatch each)
 *   read C --+                                        +--> connection 2
 *
 * Other statements hold theirs for as long as they take. Where they have an asker, they take turns, and wait without a connection.
 */
export function createReads(connect: () => Promise<Held>, isBroken: (error: unknown) => boolean, longReads: LongReads): Reads {
  const readers: Reader[] = [];
  let queue: PendingRead[] = [];

  function enqueue(read: PendingRead): void {
    const cost = costOf(read.statement);
    if (cost !== 'look') sendInTurn(read, cost);
    else if (queue.push(read) === 1) setImmediate(flush);
  }

  function sendInTurn(read: PendingRead, cost: Cost): void {
    const { asker, scope } = read;
    if (!asker) {
      void send([read]);
      return;
    }
    const key = { caller: asker.caller, organization: scope === 'platform' ? undefined : scope };
    longReads(cost, key, () => send([read]), asker.waiter).catch((cause: unknown) => read.callback(new NoTurn('no turn', { cause })));
  }

  function flush(): void {
    const all = queue;
    queue = [];
    for (let first = 0; first < all.length; first += maxBatch) void send(all.slice(first, first + maxBatch));
  }

  /** Until the last of them is answered. */
  async function send(reads: readonly PendingRead[]): Promise<void> {
    let held: Held;
    try {
      held = await connect();
    } catch (error) {
      for (const { callback } of reads) callback(error as Error);
      return;
    }
    const awaited = new Set(reads);
    let broken = false;
    let over = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      over = resolve;
    });
    const settle = (read: PendingRead, error: Error | null, result?: pg.QueryResult): void => {
      // A statement whose values cannot be sent says so twice.
      if (!awaited.delete(read)) return;
      broken ||= isBroken(error);
      if (awaited.size === 0) {
        held.release(broken);
        over();
      }
      read.callback(error, result);
    };
    for (const read of reads) {
      try {
        held.connection.ask(read.statement, read.scope, (error, result) => settle(read, error, result));
      } catch (error) {
        settle(read, error as Error);
      }
    }
    await answered;
  }

  return async (scope, work, asker) => {
    const reader = readers.pop() ?? openReader(enqueue);
    reader.scope = scope;
    reader.asker = asker;
    try {
      return await work(reader.db);
    } finally {
      reader.scope = undefined;
      reader.asker = undefined;
      if (readers.length < maxReaders) readers.push(reader);
    }
  };
}

/** A knex for one read at a time. */
interface Reader {
  readonly db: Knex;
  scope: string | undefined;
  asker: Asker | undefined;
}

function openReader(enqueue: (read: PendingRead) => void): Reader {
  const db = knexOver({
    isReader: true,
    query(statement, callback) {
      const { scope, asker } = reader;
      if (scope === undefined) callback(new Error('A statement was sent after the end of its read.'));
      else enqueue({ statement, scope, asker, callback });
    },
  });
  const reader: Reader = { db, scope: undefined, asker: undefined };
  return reader;
}
