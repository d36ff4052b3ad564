import { createKeyring, type Keyring } from '../../../core/base/keyring.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import type { SealedColumn } from '../../../core/secrets/sealed-columns.ts';
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

/** The sealed columns of a table of the tests, `things`. */
export const columns: readonly SealedColumn[] = [
  { table: 'things', keys: ['id'], column: 'token_sealed', holds: 'VALUE', context: ({ id }) => `thing/${id}` },
  { table: 'things', keys: ['id'], column: 'fields_sealed', holds: 'OBJECT', context: ({ id }, field) => `thing/${id}/${field}` },
];

/** Makes that table. */
export async function makeThings(owned: Database): Promise<void> {
  await owned.write('platform', (db) =>
    db.raw(`create table things (org_id uuid, id uuid, token_sealed text, fields_sealed jsonb, primary key (org_id, id));
      grant select, insert, update on things to tenet_app`),
  );
}
