import type { Database } from '../../core/database/database.ts';

// In hours and in days, each sum is that of its events, and there is no other one.
const differencesSql = (table: string, column: string, begin: string) => `
select count(*)::int as count from (
  select org_id, meter, ${begin} as ${column}, usage_cell(project_id, user_id, api_key_id, resources) as cell,
    sum(quantity) as quantity, sum(cost) as cost, count(*) as events, max(at) as last_at
  from usage_events group by 1, 2, 3, 4
) e full join ${table} s using (org_id, meter, ${column}, cell)
where (e.quantity, e.cost, e.events, e.last_at) is distinct from (s.quantity, s.cost, s.events, s.last_at)`;

/** How many sums by hour and by day are not those of the events. */
export async function differencesOf(database: Database): Promise<number> {
  const counts = await Promise.all(
    [
      differencesSql('usage_hours', 'hour', "date_trunc('hour', at, 'UTC')"),
      differencesSql('usage_days', 'day', "(at at time zone 'UTC')::date"),
    ].map((sql) => database.read('platform', async (db) => Number((await db.raw(sql)).rows[0].count))),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
