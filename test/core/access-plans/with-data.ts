import type { PolicyContent } from '../../../core/authorization/policy/content.ts';
import { insertRevision, moveHead } from '../../../core/authorization/store/revisions.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';
import { chanceOf, fillBy, policyBy } from './random-data.ts';

/** Works with a database that chance has filled, the same for the same seed, and with what is in force there. */
export async function withData(
  seed: number,
  work: (database: Database, inForce: PolicyContent[], url: string) => Promise<void>,
  size = { organizations: 4, users: 6 },
): Promise<void> {
  await templateDatabase('schema', async (url) => void (await migrate(url)));
  const copy = await createDatabase('schema');
  const database = openDatabase(copy.url, { size: 2, onError: () => undefined });
  try {
    const chance = chanceOf(seed);
    const inForce = policyBy(chance);
    const own = await fillBy(chance, copy.url, size);
    await database.write('platform', async (db) => {
      for (const content of [...inForce, ...own]) {
        const { revision } = await insertRevision(db, content, { author: 'test', reason: 'test' });
        await moveHead(db, content.scope, { revision, how: 'PROPOSAL', by: 'test' });
      }
    });
    await work(database, inForce, copy.url);
  } finally {
    await database.close();
    await copy.drop();
  }
}
