import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import createKnex, { type Knex } from 'knex';
import type pg from 'pg';
import { InvalidInput } from '../base/errors.ts';
import { type Descriptions, KnownQuery, setStatement } from './known-query.ts';

export type Callback = (error: Error | null, result?: pg.QueryResult) => void;
export type Statement = string | { text: string; values?: unknown[]; name?: string; settings?: Settings; cost?: Cost };
/**
 * How long a statement holds its connection: a look by a key does not, a list does, and what is dear looks through more rows the more there
 * are (core/database/long-reads.ts). What is prepared is a look, and what is not is a list, where it does not say anything else.
 */
export type Cost = 'look' | 'list' | 'dear';
/** Settings of PostgreSQL by their names. */
export type Settings = Readonly<Record<string, string>>;

/** Where a knex sends its statements: a connection, or what finds one for each. */
export interface Sender {
  /** Whether each statement is a transaction of its own; such a one can have settings. */
  readonly isReader?: true;
  query(statement: Statement, callback: Callback): unknown;
}

/** One connection of the pool. */
export interface Connection {
  /** A knex whose every statement goes to this one connection, into the transaction under way. */
  readonly db: Knex;
  /** Sends a statement that is a transaction of its own in this scope. */
  ask(statement: Statement, scope: string, callback: Callback): void;
}

const senders = new WeakMap<object, Sender>();

/** Prepares a connection that has just been opened. */
export function openConnection(client: pg.ClientBase): Connection {
  const send = client.query.bind(client) as (query: unknown, callback?: Callback) => Promise<pg.QueryResult>;
  const together = createCork((client as unknown as { connection: { stream: Writable } }).connection.stream);
  send({ name: setStatement, text: 'select set_config($1, $2, true)', values: ['tenet.scope', ''] }).catch(() => undefined);
  const descriptions: Descriptions = new Map();
  const query = (statement: Statement, callback?: Callback): unknown => {
    together();
    const isNamed = typeof statement !== 'string' && statement.name && callback !== undefined;
    return isNamed ? send(new KnownQuery(statement, [], descriptions, callback)) : send(statement, callback);
  };
  client.query = query as typeof client.query;
  return {
    db: knexOver(client as Sender),
    ask(statement, scope, callback) {
      together();
      const own = typeof statement === 'string' ? { text: statement } : statement;
      send(new KnownQuery(own, [['tenet.scope', scope], ...Object.entries(own.settings ?? {})], descriptions, callback));
    },
  };
}

/** Statements that are sent in one turn of the event loop leave in one packet: a write to a socket costs more than a small query. */
function createCork(stream: Writable): () => void {
  let isHeld = false;
  return () => {
    if (isHeld) return;
    isHeld = true;
    stream.cork();
    process.nextTick(() => {
      isHeld = false;
      stream.uncork();
    });
  };
}

/** Runs SQL that is planned once per connection, under a name of its own. For the hot path, and for looks by a key; anything else says its cost. `$1` parameters. */
export async function prepared<R extends pg.QueryResultRow>(
  db: Knex,
  name: string,
  text: string,
  values: unknown[],
  cost: Cost = 'look',
): Promise<R[]> {
  return (await ask<R>(senderOf(db), { name, text, values, cost })).rows;
}

/** How many milliseconds a dear statement may take, and the message for its caller when it takes longer. */
export interface Patience {
  readonly milliseconds: number;
  readonly tooLong: string;
}

/** Runs a statement that looks through more rows the more there are; of a read, within this time. Throws InvalidInput where it takes longer. */
export async function dear<R>(db: Knex, query: Knex.QueryBuilder | Knex.Raw, patience?: Patience): Promise<R[]> {
  const { sql: text, bindings } = query.toSQL().toNative();
  const sender = senderOf(db);
  const statement = { text, values: [...bindings] as unknown[], cost: 'dear' as const };
  if (!sender.isReader || !patience) return (await ask(sender, statement)).rows as R[];
  try {
    return (await ask(sender, { ...statement, settings: { statement_timeout: String(patience.milliseconds) } })).rows as R[];
  } catch (error) {
    throw (error as { code?: string }).code === '57014' ? new InvalidInput(patience.tooLong, [], { cause: error }) : error;
  }
}

/** The cost of a statement. */
export function costOf(statement: Statement): Cost {
  if (typeof statement === 'string') return 'list';
  return statement.cost ?? (statement.name === undefined ? 'list' : 'look');
}

/** Runs one statement under settings that hold for it alone: before it in its own transaction, or set and taken back around it in the one under way. */
export async function queryUnder(db: Knex, settings: Settings, text: string): Promise<pg.QueryResult> {
  const sender = senderOf(db);
  if (sender.isReader) return ask(sender, { text, settings });
  const names = Object.keys(settings);
  const current = names.map((_, index) => `coalesce(current_setting($${index + 1}, true), '')`);
  const before = (await ask<{ held: string[] }>(sender, { text: `select array[${current.join(', ')}] as held`, values: names })).rows[0]!
    .held;
  const pairs = names.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`);
  const set = (to: readonly string[]) =>
    ask(sender, { text: `select ${pairs.join(', ')}`, values: names.flatMap((name, index) => [name, to[index]]) });
  await set(Object.values(settings));
  try {
    return await ask(sender, { text });
  } finally {
    // A transaction that has failed refuses it, and takes them back itself.
    await set(before).catch(() => undefined);
  }
}

function senderOf(db: Knex): Sender {
  const sender = senders.get(db.client as object);
  if (!sender) throw new TypeError('this needs a connection that read() or write() gave');
  return sender;
}

function ask<R extends pg.QueryResultRow>(sender: Sender, statement: Statement): Promise<pg.QueryResult<R>> {
  return new Promise((resolve, reject) => {
    sender.query(statement, (error, result) => (error ? reject(error) : resolve(result as pg.QueryResult<R>)));
  });
}

interface KnexClient {
  new (config: Knex.Config): Knex.Client & { acquireConnection(): Promise<unknown>; releaseConnection(): Promise<void> };
}

/** A knex whose every statement goes to this sender. */
export function knexOver(sender: Sender): Knex {
  const PostgresClient = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as KnexClient;
  class SenderClient extends PostgresClient {
    override async acquireConnection(): Promise<unknown> {
      return sender;
    }
    override async releaseConnection(): Promise<void> {}
  }
  const db = createKnex({
    client: SenderClient as unknown as typeof Knex.Client,
    // Messages of failures go to the log; the values of a statement do not.
    compileSqlOnError: false,
  });
  senders.set(db.client as object, sender);
  return db;
}
