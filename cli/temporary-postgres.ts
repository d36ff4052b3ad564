import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../core/database/migrate.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import { resetDataDirectory } from '../embedded-postgres/reset.ts';

/** Nothing in it outlives the command, so nothing waits for a disk. */
const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off', max_wal_size: '4GB' };

/** Runs `work` on an empty database with the schema, on a PostgreSQL that is gone afterwards, also when SIGINT or SIGTERM ends the command. */
export async function withTemporaryPostgres<T>(work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenet-plan-'));
  const starting = startEmbeddedPostgres({ dataDir, settings });
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ended ??= starting
      .then((postgres) => postgres.stop())
      .catch(() => undefined)
      .then(() => resetDataDirectory(dataDir))
      .then(() => undefined));
  let isSignalled = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isSignalled) return;
    isSignalled = true;
    console.error(`${signal}: removing the temporary PostgreSQL`);
    void end().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const { url } = await starting;
    await migrate(url);
    return await work(url);
  } catch (error) {
    // What fails because the server is being stopped is not the news; the process is about to exit.
    if (isSignalled) return await new Promise<never>(() => undefined);
    throw error;
  } finally {
    await end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
