import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import createKnex, { type Knex } from 'knex';
import pg from 'pg';
import { Unavailable } from './errors.ts';

/**
 * One connection inside one transaction, as knex: what every core function takes. It sees only the rows of its scope,
 * because row level security compares them with `tenet.scope`.
 */
export type Db = Knex;

/** The uuid of the one organization whose rows may be seen, or `platform` for statements that span organizations and name the user instead. */
export type Scope = { readonly organization: string } | 'platform';

export interface Database {
  /** Runs `work` in a read-only transaction in this scope. */
  read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction in this scope; commits when it returns, rolls back when it throws. Repeats it after a deadlock or a serialization failure. */
  write<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T>;
  /** Connections in use, idle and waited for. */
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

/** The role that requests run as: no owner of any table, so that row level security holds for it. */
export const appRole = 'tenet_app';

// Read only by default: a statement that is sent behind a beginning that failed changes nothing.
const settings = `-c search_path=tenet -c default_transaction_read_only=on -c statement_timeout=30s -c lock_timeout=15s -c idle_in_transaction_session_timeout=60s`;
const repeatable = new Set(['40001', '40P01']);
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Opens the pool that requests use. Connections pipeline: statements sent in one tick share a round trip. With `role: 'owner'`
 * they keep the rights of the user of `url`, whom row level security does not hold back: for the command line alone.
 */
export function openDatabase(url: string, options: { size: number; onError: (error: Error) => void; role?: 'owner' }): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.size,
    options: options.role === 'owner' ? settings : `-c role=${appRole} ${settings}`,
    connectionTimeoutMillis: 5_000,
    pipeline: true,
    application_name: 'tenet',
  } as pg.PoolConfig);
  pool.on('error', options.onError);
  pool.on('connect', (client) => {
    // A connection that is lost while it is in use also says so by an event, which would end the process if nobody heard it.
    client.on('error', options.onError);
    sendTogether(client);
  });
  const pinned = new WeakMap<pg.ClientBase, Db>();

  async function connect(): Promise<{ client: pg.PoolClient; db: Db }> {
    const client = await pool.connect().catch((cause: unknown) => {
      throw new Unavailable('The database does not answer. Try again in a moment.', { cause });
    });
    let db = pinned.get(client);
    if (!db) {
      db = pin(client);
      pinned.set(client, db);
    }
    return { client, db };
  }

  async function read<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    const beginning = begin(scope, 'read only');
    const { client, db } = await connect();
    try {
      const result = await begun(client, beginning, () => work(db));
      // Nothing to lose: the connection is handed on while the commit is still under way, and queries keep their order. A connection
      // that breaks here says so by its event, and the pool lets it go.
      client.query('commit').catch(() => undefined);
      client.release();
      return result;
    } catch (error) {
      await end(client, 'rollback');
      throw unlessLost(error);
    }
  }

  async function write<T>(scope: Scope, work: (db: Db) => Promise<T>, attempt = 1): Promise<T> {
    const beginning = begin(scope, 'read write');
    const { client, db } = await connect();
    let result: T;
    try {
      result = await begun(client, beginning, () => work(db));
      await client.query('commit');
    } catch (error) {
      await end(client, 'rollback');
      if (attempt < 5 && repeatable.has((error as pg.DatabaseError).code ?? '')) return write(scope, work, attempt + 1);
      throw unlessLost(error);
    }
    client.release();
    return result;
  }

  return {
    read,
    write,
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

/** Does the work in a transaction that begins with its first statement, in one packet. */
async function begun<T>(client: pg.PoolClient, beginning: string, work: () => Promise<T>): Promise<T> {
  const started = client.query(beginning);
  started.catch(() => undefined); // Seen below; the work's own statements fail with it.
  const result = await work();
  await started;
  return result;
}

/** Statements that are sent in one turn of the event loop leave in one packet: a write to a socket costs more than a small query. */
function sendTogether(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  const send = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  let isHeld = false;
  const query = (...parameters: unknown[]): unknown => {
    if (!isHeld) {
      isHeld = true;
      stream.cork();
      process.nextTick(() => {
        isHeld = false;
        stream.uncork();
      });
    }
    return send(...parameters);
  };
  client.query = query as typeof client.query;
}

/** A connection that breaks is no fault of the request; whether a commit that was under way has happened is not known. */
function unlessLost(error: unknown): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  // SQLSTATE class 08 and what an administrator or a crash of the server ends, errno, and the words of pg that have no code.
  const lost = /^(08...|57P0[123]|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code) || /Connection terminated|connection error/.test(message);
  if (!lost) return error;
  return new Unavailable(
    'The connection to the database was lost. Look whether the change happened, or repeat it with its Idempotency-Key.',
    {
      cause: error,
    },
  );
}

function begin(scope: Scope, mode: 'read only' | 'read write'): string {
  const value = scope === 'platform' ? scope : scope.organization;
  // It is put into SQL text, so that beginning and scoping are one statement; only a uuid gets there.
  if (scope !== 'platform' && !uuidPattern.test(value)) throw new TypeError('a scope is the uuid of an organization');
  return `begin ${mode}; set local tenet.scope = '${value}'`;
}

async function end(client: pg.PoolClient, statement: 'rollback'): Promise<void> {
  try {
    await client.query(statement);
    client.release();
  } catch (error) {
    client.release(error as Error);
  }
}

const statements = new WeakMap<object, pg.ClientBase>();

/** Runs SQL that is planned once per connection, under a name of its own. For the hot path; `$1` parameters. */
export async function prepared<R extends pg.QueryResultRow>(db: Db, name: string, text: string, values: unknown[]): Promise<R[]> {
  const client = statements.get(db.client as object);
  if (!client) throw new TypeError('prepared() needs a connection that read() or write() gave');
  return (await client.query<R>({ name, text, values })).rows;
}

interface KnexClient {
  new (config: Knex.Config): Knex.Client & { acquireConnection(): Promise<unknown>; releaseConnection(): Promise<void> };
}

/** A knex whose every statement goes to this one connection. Made once per connection. */
function pin(connection: pg.ClientBase): Db {
  const PostgresClient = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as KnexClient;
  class PinnedClient extends PostgresClient {
    override async acquireConnection(): Promise<unknown> {
      return connection;
    }
    override async releaseConnection(): Promise<void> {}
  }
  const db = createKnex({
    client: PinnedClient as unknown as typeof Knex.Client,
    // Messages of failures go to the log; the values of a statement do not.
    compileSqlOnError: false,
  });
  statements.set(db.client as object, connection);
  return db;
}

/** Whether a failure of the database is the breach of this named constraint, index or trigger. */
export function breaches(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.constraint === constraint;
}
