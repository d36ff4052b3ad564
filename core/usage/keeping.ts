import type { Database } from '../database/database.ts';

/** Months that usage is kept: each event, what it adds up to by hour, and by day (docs/limits.md). */
const months = { events: 4, hours: 13, days: 37 };
/** Rows that one statement deletes. */
const deleted = 1_000;

/** The daily work: makes room for the months to come, and forgets what is older than it is kept. */
export async function keepUsage(database: Database): Promise<void> {
  await database.write('platform', (db) => db.raw('select make_usage_partitions(), drop_usage_partitions(?)', [months.events]));
  await deleteAll(database, 'usage_hours', 'hour', months.hours);
  for (const table of ['usage_days', 'usage_dimension_days']) await deleteAll(database, table, 'day', months.days);
}

/** Deletes what is older, a batch in each transaction. */
async function deleteAll(database: Database, table: string, column: string, kept: number): Promise<void> {
  const old = `select ctid from ${table} where ${column} < now() - make_interval(months => ?) limit ${deleted}`;
  for (;;) {
    const { rowCount } = await database.write('platform', (db) => db.raw(`delete from ${table} where ctid = any(array(${old}))`, [kept]));
    if (rowCount < deleted) return;
  }
}
