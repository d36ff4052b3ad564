import pg from 'pg';

// In hours and in days, each sum is that of its events, and there is no other one.
const differencesSql = (table: string, column: string, begin: string) => `
select count(*)::int as count from (
  select org_id, meter, ${begin} as ${column}, usage_cell(project_id, user_id, api_key_id, resources) as cell,
    sum(quantity) as quantity, sum(cost) as cost, count(*) as events, max(at) as last_at
  from usage_events group by 1, 2, 3, 4
) e full join ${table} s using (org_id, meter, ${column}, cell)
where (e.quantity, e.cost, e.events, e.last_at) is distinct from (s.quantity, s.cost, s.events, s.last_at)`;

const dimensionsSql = `
select count(*)::int as count from (
  select org_id, meter, o.dimension, (at at time zone 'UTC')::date as day, o.value,
    sum(quantity) as quantity, sum(cost) as cost, count(*) as events, max(at) as last_at
  from usage_events, lateral (
    values ('', ''), ('project', coalesce(project_id::text, '')), ('member', coalesce(user_id::text, '')), ('api-key', coalesce(api_key_id::text, ''))
    union all select 'resource:' || key, value from jsonb_each_text(resources)
  ) as o (dimension, value) group by 1, 2, 3, 4, 5
) e full join usage_dimension_days s using (org_id, meter, dimension, day, value)
where (e.quantity, e.cost, e.events, e.last_at) is distinct from (s.quantity, s.cost, s.events, s.last_at)`;

/** How many sums by hour, by day and by one dimension are not those of the events. However many there are, it takes the time that it needs. */
export async function differencesOf(databaseUrl: string): Promise<number> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: '-c tenet.scope=platform -c search_path=tenet -c statement_timeout=0',
  });
  await client.connect();
  try {
    let count = 0;
    for (const sql of [
      differencesSql('usage_hours', 'hour', "date_trunc('hour', at, 'UTC')"),
      differencesSql('usage_days', 'day', "(at at time zone 'UTC')::date"),
      dimensionsSql,
    ])
      count += (await client.query<{ count: number }>(sql)).rows[0]!.count;
    return count;
  } finally {
    await client.end();
  }
}
