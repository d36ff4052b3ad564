import { resolve } from 'node:path';
import { type Config, readConfig } from '../core/base/config.ts';
import { Unavailable } from '../core/base/errors.ts';
import { type Database, type Db, openDatabase } from '../core/database/database.ts';
import { migrate } from '../core/database/migrate.ts';
import { checkSessions } from '../core/database/session.ts';
import { findEmbeddedPostgres, hasEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';

/**
 * Runs `work` on the database of the configuration: the given one, the embedded one of a running server, or the embedded one started for this.
 * It has the rights of requests, or with `role: 'owner'` those of the user of DATABASE_URL. Throws Unavailable when there is no embedded
 * database, unless `create` allows it to make one: a command in another folder would else answer from an empty database.
 */
export async function withDatabase<T>(
  config: Config,
  work: (database: Database, url: string) => Promise<T>,
  { create = false, ...options }: { role?: 'owner'; create?: boolean } = {},
): Promise<T> {
  if (!config.DATABASE_URL && !create && !hasEmbeddedPostgres(config.TENET_DATA_DIR)) throw noDatabase(config.TENET_DATA_DIR);
  const running = config.DATABASE_URL ? { url: config.DATABASE_URL } : await findEmbeddedPostgres(config.TENET_DATA_DIR);
  const own = running ? undefined : await startEmbeddedPostgres({ dataDir: config.TENET_DATA_DIR, say: (line) => console.error(line) });
  const { url } = (running ?? own)!;
  try {
    await migrate(url);
    const pooler = config.TENET_DATABASE_POOLER;
    if (config.DATABASE_URL) await checkSessions(url, pooler);
    const database = openDatabase(url, { size: 2, onError: () => undefined, pooler, ...options });
    try {
      return await work(database, url);
    } finally {
      await database.close();
    }
  } finally {
    await own?.stop();
  }
}

/** Reads from the database of the configuration, in one transaction that sees all organizations. */
export function readDatabase<T>(work: (db: Db, database: Database) => Promise<T>): Promise<T> {
  return withDatabase(readConfig(process.env), (database) => database.read('platform', (db) => work(db, database)));
}

function noDatabase(dataDir: string): Unavailable {
  return new Unavailable(
    `There is no database in ${resolve(dataDir)}. Call tenet in the folder in which the server was started, or name its data directory with TENET_DATA_DIR. \`npm start\` makes a new database.`,
  );
}

/** `tenet migrate`. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(readConfig(process.env), async () => undefined, { create: true });
  console.log('The schema is up to date.');
}
