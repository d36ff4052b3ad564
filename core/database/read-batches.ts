import type { Knex } from 'knex';
import type pg from 'pg';
import { type Callback, type Line, pin, type Statement } from './connection.ts';

/** A connection out of the pool, for as long as it is held. */
export interface Held {
  readonly line: Line;
  /** Gives it back; a broken one is closed. */
  release(isBroken: boolean): void;
}

/** A statement on its way to a connection. */
interface Passenger {
  readonly statement: Statement;
  readonly scope: string;
  readonly callback: Callback;
}

/**
 * How many looks by a key travel on one connection: every packet wakes a process of the server, which costs more than such a look;
 * but on one connection they are answered one after the other.
 */
const mostTogether = 8;

/** How many readers are kept for the next reads: making one takes longer than a read, and each has 24 kB. */
const mostKept = 1_000;

/** Runs `work` with a knex whose statements have this scope, until it returns. */
export type Reads = <T>(scope: string, work: (db: Knex) => Promise<T>) => Promise<T>;

/**
 * Reads hold no connection: each of their statements is a transaction of its own and takes one for as long as it runs. Prepared
 * statements, which are looks by a key, share one with those of other reads that are sent in the same turn of the event loop.
 */
export function createReads(connect: () => Promise<Held>, isBroken: (error: unknown) => boolean): Reads {
  const readers: Reader[] = [];
  let boarding: Passenger[] = [];

  function send(passenger: Passenger): void {
    if (typeof passenger.statement === 'string' || passenger.statement.name === undefined) void carry([passenger]);
    else if (boarding.push(passenger) === 1) setImmediate(depart);
  }

  function depart(): void {
    const all = boarding;
    boarding = [];
    for (let first = 0; first < all.length; first += mostTogether) void carry(all.slice(first, first + mostTogether));
  }

  async function carry(passengers: readonly Passenger[]): Promise<void> {
    let held: Held;
    try {
      held = await connect();
    } catch (error) {
      for (const { callback } of passengers) callback(error as Error);
      return;
    }
    const awaited = new Set(passengers);
    let broken = false;
    const arrive = (passenger: Passenger, error: Error | null, result?: pg.QueryResult): void => {
      // A statement whose values cannot be sent says so twice.
      if (!awaited.delete(passenger)) return;
      broken ||= isBroken(error);
      if (awaited.size === 0) held.release(broken);
      passenger.callback(error, result);
    };
    for (const passenger of passengers) {
      try {
        held.line.ask(passenger.statement, passenger.scope, (error, result) => arrive(passenger, error, result));
      } catch (error) {
        arrive(passenger, error as Error);
      }
    }
  }

  return async (scope, work) => {
    const reader = readers.pop() ?? openReader(send);
    reader.scope = scope;
    try {
      return await work(reader.db);
    } finally {
      reader.scope = undefined;
      if (readers.length < mostKept) readers.push(reader);
    }
  };
}

/** A knex for one read at a time. */
interface Reader {
  readonly db: Knex;
  scope: string | undefined;
}

function openReader(send: (passenger: Passenger) => void): Reader {
  const db = pin({
    isReader: true,
    query(statement, callback) {
      const { scope } = reader;
      if (scope === undefined) callback(new Error('A statement was sent after the end of its read.'));
      else send({ statement, scope, callback });
    },
  });
  const reader: Reader = { db, scope: undefined };
  return reader;
}
