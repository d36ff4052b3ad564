import { createKeyring, type Keyring } from '../../../core/base/keyring.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

/** A keyring of these kids, newest first; the same kid has the same key each time. */
export const ringOf = (...kids: string[]): Keyring =>
  createKeyring(kids.map((kid) => ({ kid, key: Buffer.alloc(32, Number(kid.slice(1))) })));

/** A migrated database, as requests have it and as the command line does. */
export interface Opened {
  readonly url: string;
  readonly database: Database;
  readonly owned: Database;
  close(): Promise<void>;
}

export async function openSecrets(): Promise<Opened> {
  await templateDatabase('schema', async (url) => void (await migrate(url)));
  const { url, drop } = await createDatabase('schema');
  const database = openDatabase(url, { size: 6, onError: () => undefined });
  const owned = openDatabase(url, { size: 3, onError: () => undefined, role: 'owner' });
  const close = async () => {
    await Promise.all([database.close(), owned.close()]);
    await drop();
  };
  return { url, database, owned, close };
}
