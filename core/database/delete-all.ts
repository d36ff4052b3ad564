import type { Database } from './database.ts';

/** Rows that one statement deletes. */
const deleted = 1_000;

/** Deletes what matches, a batch in each transaction. `table` and `condition` are text of ours. */
export async function deleteAll(database: Database, table: string, condition: string): Promise<void> {
  const sql = `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit ${deleted}))`;
  for (;;) {
    const { rowCount } = await database.write('platform', (db) => db.raw(sql));
    if (rowCount < deleted) return;
  }
}
