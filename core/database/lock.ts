import pg from 'pg';

/** The SQL expression of the key of a named lock; takes the name as its parameter. */
export const lockKeySql = "hashtextextended('tenet.' || ?::text, 0)";

/** A lock that lasts as long as its connection. */
export interface HeldLock {
  /** Resolves when the server answers on the connection that holds the lock; rejects when the lock is lost. */
  prove(): Promise<void>;
  release(): Promise<void>;
}

/** Keepalives, so that the server notices within half a minute that a holder's machine is gone, and not after two hours. */
const keepalives = 'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3';

/** Takes a named lock of the database on a connection of its own; undefined when somebody else holds it. `onLost` is called when it ends before `release`. */
export async function takeLock(url: string, name: string, onLost: () => void): Promise<HeldLock | undefined> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'tenet-lock',
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  let held = false;
  const end = (): void => {
    if (held) onLost();
    held = false;
  };
  client.on('error', end);
  client.on('end', end);
  try {
    await client.connect();
    await client.query(keepalives);
    const { rows } = await client.query(`select pg_try_advisory_lock(${lockKeySql.replace('?', '$1')}) as taken`, [name]);
    held = rows[0].taken;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  if (!held) {
    await client.end();
    return undefined;
  }
  return {
    async prove() {
      await client.query('select 1');
    },
    async release() {
      held = false;
      await client.end().catch(() => undefined);
    },
  };
}
