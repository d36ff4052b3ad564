import { type Config, readConfig } from '../core/base/config.ts';
import { type Database, openDatabase } from '../core/database/database.ts';
import { migrate } from '../core/database/migrate.ts';
import { checkSessions } from '../core/database/session.ts';
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';

/**
 * Runs `work` on the database of the configuration: the given one, the embedded one of a running server, or the embedded one started for this.
 * It has the rights of requests, or with `role: 'owner'` those of the user of DATABASE_URL.
 */
export async function withDatabase<T>(
  config: Config,
  work: (database: Database, url: string) => Promise<T>,
  options: { role?: 'owner' } = {},
): Promise<T> {
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

/** `tenet migrate`. */
export async function migrateDatabase(): Promise<void> {
  await withDatabase(readConfig(process.env), async () => undefined);
  console.log('The schema is up to date.');
}
