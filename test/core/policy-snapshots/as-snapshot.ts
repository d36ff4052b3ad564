import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { loadSnapshot } from '../../../core/policy-snapshots/loading.ts';
import { createPseudonyms, type Pseudonyms } from '../../../core/policy-snapshots/pseudonyms.ts';
import { snapshotText } from '../../../core/policy-snapshots/writing.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

export const pseudonyms = createPseudonyms(Buffer.alloc(32, 7));

/** Writes a snapshot of a database into a file. */
export async function writeTo(file: string, database: Database, by: Pseudonyms = pseudonyms): Promise<void> {
  await database.observe('platform', (db) => pipeline(Readable.from(snapshotText(db, by)), createGzip(), createWriteStream(file)));
}

/** Works with a directory that is gone afterwards. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'tenet-snapshot-test-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Works with a database that a file was loaded into. */
export async function withLoaded<T>(file: string, work: (database: Database, url: string) => Promise<T>): Promise<T> {
  await templateDatabase('schema', async (url) => void (await migrate(url)));
  const copy = await createDatabase('schema');
  try {
    await loadSnapshot(copy.url, file);
    const database = openDatabase(copy.url, { size: 2, onError: () => undefined });
    try {
      return await work(database, copy.url);
    } finally {
      await database.close();
    }
  } finally {
    await copy.drop();
  }
}
