import { eachApart } from '../base/each-apart.ts';
import type { Database } from '../database/database.ts';
import { deleteAll } from '../database/delete-all.ts';

/** Months that usage is kept: each event, what it adds up to by hour, and by day (docs/limits.md). */
const months = { events: 4, hours: 13, days: 37 };

/** The sums, each with the column of its time, and the months that they are kept. */
const sums = [
  ['usage_hours', 'hour', months.hours],
  ['usage_days', 'day', months.days],
  ['usage_dimension_days', 'day', months.days],
] as const;

/** The daily work: makes room for the months to come, and forgets what is older than it is kept, of each table whatever becomes of the others. */
export async function keepUsage(database: Database): Promise<void> {
  const works = [
    () => database.write('platform', (db) => db.raw('select make_usage_partitions()')),
    () => database.write('platform', (db) => db.raw('select drop_usage_partitions(?)', [months.events])),
    ...sums.map(
      ([table, column, kept]) =>
        () =>
          deleteAll(database, table, `${column} < now() - make_interval(months => ${kept})`),
    ),
  ];
  await eachApart(works, 'kinds of usage could not be kept as long as they are', async (work) => {
    await work();
    return true;
  });
}
