import type { Knex } from 'knex';
import pg from 'pg';
import { Unavailable } from '../base/errors.ts';
import { createGate, type Gate } from '../base/gate.ts';
import { type Connection, openConnection } from './connection.ts';
import { ConnectionWatch } from './connection-watch.ts';
import { limitRefusal } from './limit-refusal.ts';
import { type Asker, createLongReads } from './long-reads.ts';
import { createReads, NoTurn } from './read-batches.ts';
import { ConnectionError, options as optionsOf, type Pooler, type Rights, startupOptions, verifySession } from './session.ts';

export { dear, prepared, queryUnder } from './connection.ts';
export type { Asker } from './long-reads.ts';
export type { Pooler } from './session.ts';

/**
 * A knex: what every core function takes. Within write() it is one transaction on one connection. It sees only the rows of its scope,
 * because row level security compares them with `tenet.scope`.
 */
export type Db = Knex;

/** The uuid of the one organization whose rows may be seen, or `platform` for statements that span organizations and name the user instead. */
export type Scope = { readonly organization: string } | 'platform';

export interface Database {
  /**
   * Runs `work` in this scope. It can only read, and each statement is a transaction of its own: what must be seen at one moment is one statement.
   * With an asker, statements that hold a connection take turns with those of other askers. Throws Unavailable when too many wait.
   */
  read<T>(scope: Scope, work: (db: Db) => Promise<T>, asker?: Asker): Promise<T>;
  /**
   * Runs `work` in a transaction in this scope; commits when it returns, rolls back when it throws. Repeats it after a deadlock or a serialization failure.
   * Where all connections for it are in use, payers take turns (docs/adr/0019): without one, scopes do.
   */
  write<T>(scope: Scope, work: (db: Db) => Promise<T>, payer?: string): Promise<T>;
  /** As write, and rolls back when `work` returns too: what is deferred to the commit is checked before, and nothing stays. */
  rehearse<T>(scope: Scope, work: (db: Db) => Promise<T>, payer?: string): Promise<T>;
  /**
   * Runs `work` in one transaction that can only read and sees the database as it was when it began, however long it takes; one at a time, on a
   * connection of its own. For jobs and the command line: nothing that a request waits for.
   */
  observe<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T>;
  /** Connections in use, idle and waited for. */
  stats(): { total: number; idle: number; waiting: number };
  /** `stuck` while statements wait for a connection and none has got one for seconds; `refusing` for a moment after one got none in time. */
  shortage(): 'stuck' | 'refusing' | undefined;
  close(): Promise<void>;
}

const repeatable = new Set(['40001', '40P01']);
const maxAttempts = 5;
/** Milliseconds in which a connection of the pool must be free. */
const connectionTimeout = 5_000;
/** And for which an idle one is kept: a request that comes while all are in use waits until another one is open, which takes longer than most requests. */
const idleTimeout = 300_000;
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Opens the pool that requests use. Connections pipeline: statements sent in one tick share a round trip. Each is asked when it is new whether
 * it is what requests must have. With `role: 'owner'` they keep the rights of the user of `url`: for the command line alone.
 */
export function openDatabase(
  url: string,
  options: { size: number; onError: (error: Error) => void; role?: 'owner'; pooler?: Pooler },
): Database {
  const rights: Rights = options.role ?? 'app';
  const { pooler = 'none' } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.size,
    ...optionsOf(startupOptions(rights, pooler)),
    connectionTimeoutMillis: connectionTimeout,
    idleTimeoutMillis: idleTimeout,
    pipeline: true,
    application_name: 'tenet',
    verify(client: pg.PoolClient, done: (error?: Error) => void) {
      verifySession(client, rights, pooler).then(
        () => done(),
        (error: Error) => {
          if (error instanceof ConnectionError) options.onError(error);
          done(error);
        },
      );
    },
  } as pg.PoolConfig);
  pool.on('error', options.onError);
  pool.on('connect', (client) => {
    // A connection that is lost while it is in use also says so by an event, which would end the process if nobody heard it.
    client.on('error', options.onError);
    connections.set(client, openConnection(client));
  });
  const connections = new WeakMap<pg.ClientBase, Connection>();

  const watch = new ConnectionWatch();

  async function connect(): Promise<{ client: pg.PoolClient; connection: Connection }> {
    const asked = watch.ask();
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
      watch.gave(asked);
    } catch (cause) {
      watch.refused(asked);
      throw new NoConnection('no connection', { cause });
    }
    return { client, connection: connections.get(client)! };
  }

  const reads = createReads(
    async () => {
      const { client, connection } = await connect();
      return { connection, release: (isBroken) => client.release(isBroken) };
    },
    (error) => lacksStatement(error) || isLost(error),
    createLongReads(options.size),
  );

  async function read<T>(scope: Scope, work: (db: Db) => Promise<T>, asker?: Asker, attempt = 1): Promise<T> {
    try {
      return await reads(nameOf(scope), (db) => lend(db, work), asker);
    } catch (error) {
      if (attempt < maxAttempts && lacksStatement(error)) return read(scope, work, asker, attempt + 1);
      throw toUnavailable(error);
    }
  }

  const writers = gateOf(writersOf(options.size));

  const observers = gateOf(1);

  function write<T>(scope: Scope, work: (db: Db) => Promise<T>, payer = nameOf(scope)): Promise<T> {
    return writers(payer, () => transact(begin(nameOf(scope)), work, 'commit'));
  }

  function rehearse<T>(scope: Scope, work: (db: Db) => Promise<T>, payer = nameOf(scope)): Promise<T> {
    return writers(payer, () => transact(begin(nameOf(scope)), work, 'rollback'));
  }

  function observe<T>(scope: Scope, work: (db: Db) => Promise<T>): Promise<T> {
    return observers(nameOf(scope), () => transact(beginObserving(nameOf(scope)), work, 'commit'));
  }

  async function transact<T>(beginning: string, work: (db: Db) => Promise<T>, end: 'commit' | 'rollback', attempt = 1): Promise<T> {
    const { client, connection } = await connect().catch((error: unknown) => {
      throw toUnavailable(error);
    });
    let result: T;
    try {
      // It leaves in one packet with the first statement of the work.
      const begun = client.query(beginning);
      begun.catch(() => undefined); // Seen below; the work's own statements fail with it.
      result = await lend(connection.db, work);
      await begun;
      await client.query(end);
    } catch (error) {
      await rollBack(client, lacksStatement(error));
      if (attempt < maxAttempts && (lacksStatement(error) || repeatable.has((error as pg.DatabaseError).code ?? '')))
        return transact(beginning, work, end, attempt + 1);
      throw toUnavailable(limitRefusal(error));
    }
    client.release();
    return result;
  }

  return {
    read: (scope, work, asker) => read(scope, work, asker),
    write,
    rehearse,
    observe,
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    shortage: () => watch.shortage(),
    close: () => pool.end(),
  };
}

/** Lets so many transactions through at one time. It bounds no number of those that wait: changes of requests have had a turn before (turns.ts). */
function gateOf(running: number): Gate {
  const busy = 'The database is busy. Nothing was changed; try again in a moment.';
  const unbounded = { runningOfOne: Infinity, waiting: Infinity, waitingOfOne: Infinity, inAll: Infinity };
  return createGate({ running, ...unbounded, waitFor: connectionTimeout }, { tooMany: busy, tooLong: busy });
}

/** Connections that transactions may hold at one time: a quarter of the pool, and at least one, is left for reads and readiness. */
function writersOf(size: number): number {
  return Math.max(1, size - Math.max(1, Math.floor(size / 4)));
}

/** The pool could not give a connection in time. Knex puts its statement in front of any message that comes through it, so it has no more to say. */
class NoConnection extends Error {}

/** What is no fault of the request becomes Unavailable. Whether a commit that was under way when the connection broke has happened is not known. */
function toUnavailable(error: unknown): unknown {
  if (error instanceof NoConnection) return new Unavailable('The database does not answer. Try again in a moment.', { cause: error.cause });
  if (error instanceof NoTurn) return error.cause;
  const passing = passingFailure(error);
  if (passing !== undefined) return new Unavailable(`${passing} Nothing was changed; try again in a moment.`, { cause: error });
  if (!isLost(error)) return error;
  return new Unavailable(
    'The connection to the database was lost. Look whether the change happened, or repeat it with its Idempotency-Key.',
    {
      cause: error,
    },
  );
}

/** What is no fault of the request and passes, by SQLSTATE: PostgreSQL has undone the transaction then. */
function passingFailure(error: unknown): string | undefined {
  const { code = '' } = (error ?? {}) as { code?: string };
  if (code === '55P03') return 'Others are changing the same thing.';
  if (code === '57014') return 'The database took too long.';
  return code.startsWith('53') ? 'The database is short of room, memory or connections.' : undefined;
}

function isLost(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  // SQLSTATE class 08 and what an administrator or a crash of the server ends, errno, and the words of pg that have no code.
  return /^(08...|57P0.|25P03|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code) || /Connection terminated|connection error/.test(message);
}

/** Takes the knex back when the work has ended: what goes on behind a failure must not run in the scope of somebody else. */
async function lend<T>(db: Db, work: (db: Db) => Promise<T>): Promise<T> {
  const { proxy, revoke } = Proxy.revocable(db, {});
  try {
    return await work(proxy);
  } finally {
    revoke();
  }
}

function nameOf(scope: Scope): string {
  if (scope === 'platform') return scope;
  // It is put into SQL text, so that beginning and scoping are one statement; only a uuid gets there.
  if (!uuidPattern.test(scope.organization)) throw new TypeError('a scope is the uuid of an organization');
  return scope.organization;
}

function begin(scope: string): string {
  return `begin read write; set local tenet.scope = '${scope}'`;
}

/** Without the times within which a request must be answered. */
function beginObserving(scope: string): string {
  const settings = [`tenet.scope = '${scope}'`, 'statement_timeout = 0', 'idle_in_transaction_session_timeout = 0'];
  return ['begin isolation level repeatable read read only', ...settings.map((setting) => `set local ${setting}`)].join('; ');
}

/**
 * The server has lost a statement that this connection takes for prepared, or a migration gave its columns other types since: the statement would
 * fail here for ever, and the connection is not used again.
 */
function lacksStatement(error: unknown): boolean {
  const { code, routine } = (error ?? {}) as pg.DatabaseError;
  return code === '26000' || (code === '0A000' && routine === 'RevalidateCachedQuery');
}

async function rollBack(client: pg.PoolClient, isBroken: boolean): Promise<void> {
  try {
    await client.query('rollback');
    client.release(isBroken);
  } catch (error) {
    client.release(error as Error);
  }
}

/** A time in SQL as the number that `new Date` takes. Within JSON its text would be in the time zone of the session, where the year may have five digits. */
export function milliseconds(time: string): string {
  return `(extract(epoch from ${time}) * 1000)::float8`;
}

/** Whether a failure of the database is the breach of this named constraint, index or trigger. */
export function breaches(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.constraint === constraint;
}
