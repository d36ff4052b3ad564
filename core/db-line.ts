import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import createKnex, { type Knex } from 'knex';
import pg from 'pg';

export type Callback = (error: Error | null, result?: pg.QueryResult) => void;
export type Statement = string | { text: string; values?: unknown[]; name?: string };

/** Where a knex sends its statements: a connection, or what finds one for each. */
export interface Sender {
  query(statement: Statement, callback: Callback): unknown;
}

/** One connection of the pool. */
export interface Line {
  /** A knex whose every statement goes to this one connection, into the transaction under way. */
  readonly db: Knex;
  /** Sends a statement that is a transaction of its own in this scope. */
  ask(statement: Statement, scope: string, callback: Callback): void;
}

const senders = new WeakMap<object, Sender>();

/** Prepares a connection that has just been opened. */
export function openLine(client: pg.ClientBase): Line {
  const send = client.query.bind(client) as (query: unknown, callback?: Callback) => Promise<pg.QueryResult>;
  const together = createCork((client as unknown as { connection: { stream: Writable } }).connection.stream);
  send({ name: scopeStatement, text: "select set_config('tenet.scope', $1, true)", values: [''] }).catch(() => undefined);
  const query = (statement: Statement, callback?: Callback): unknown => {
    together();
    return send(statement, callback);
  };
  client.query = query as typeof client.query;
  return {
    db: pin(client as Sender),
    ask(statement, scope, callback) {
      together();
      send(new ScopedQuery(statement, scope, callback));
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

const scopeStatement = 'tenet-scope';

/** The part of pg's connection that a query writes to. */
interface Wire {
  bind(options: { statement: string; values: unknown[] }): void;
  execute(options: object): void;
}

/** What pg calls on a query while it is sent and answered. */
interface Exchange {
  new (
    config: object,
  ): {
    prepare(wire: Wire): void;
    handleDataRow(message: object): void;
    handleCommandComplete(message: object, wire: Wire): void;
  };
}

/**
 * A statement with its scope before it and one Sync behind both, which makes them one transaction without a begin and a commit
 * (PostgreSQL, Frontend/Backend Protocol, Extended Query): whatever pools connections in between, the scope cannot stay behind.
 */
class ScopedQuery extends (pg.Query as unknown as Exchange) {
  readonly #scope: string;
  #isScoped = false;

  constructor(statement: Statement, scope: string, callback: Callback) {
    super({ ...(typeof statement === 'string' ? { text: statement } : statement), queryMode: 'extended', callback });
    this.#scope = scope;
  }

  override prepare(wire: Wire): void {
    wire.bind({ statement: scopeStatement, values: [this.#scope] });
    wire.execute({});
    super.prepare(wire);
  }

  override handleDataRow(message: object): void {
    if (this.#isScoped) super.handleDataRow(message);
  }

  override handleCommandComplete(message: object, wire: Wire): void {
    if (this.#isScoped) super.handleCommandComplete(message, wire);
    this.#isScoped = true;
  }
}

/** Runs SQL that is planned once per connection, under a name of its own. For the hot path, and for looks by a key; `$1` parameters. */
export async function prepared<R extends pg.QueryResultRow>(db: Knex, name: string, text: string, values: unknown[]): Promise<R[]> {
  const sender = senders.get(db.client as object);
  if (!sender) throw new TypeError('prepared() needs a connection that read() or write() gave');
  return new Promise((resolve, reject) => {
    sender.query({ name, text, values }, (error, result) => (error ? reject(error) : resolve(result!.rows)));
  });
}

interface KnexClient {
  new (config: Knex.Config): Knex.Client & { acquireConnection(): Promise<unknown>; releaseConnection(): Promise<void> };
}

/** A knex whose every statement goes to this sender. */
export function pin(sender: Sender): Knex {
  const PostgresClient = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as KnexClient;
  class PinnedClient extends PostgresClient {
    override async acquireConnection(): Promise<unknown> {
      return sender;
    }
    override async releaseConnection(): Promise<void> {}
  }
  const db = createKnex({
    client: PinnedClient as unknown as typeof Knex.Client,
    // Messages of failures go to the log; the values of a statement do not.
    compileSqlOnError: false,
  });
  senders.set(db.client as object, sender);
  return db;
}
