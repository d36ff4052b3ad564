import { eachApart } from '../base/each-apart.ts';
import { toUuid } from '../base/ids.ts';
import { prepared } from '../database/connection.ts';
import type { Database, Db } from '../database/database.ts';

/** Batches that one transaction adds up at most, of 1,000 events at most each. */
const atOnce = 100;

const waitingSql = `
select h.org_id from usage_heads h left join usage_rollups r using (org_id) where h.batch > coalesce(r.batch, 0) order by h.org_id`;

// Of two runners at once one finds the row locked and leaves the organization to the other.
const lockSql = 'select batch::text from usage_rollups where org_id = $1 for update skip locked';
const headSql = 'select least(batch, $2::bigint + $3)::text as until, batch::text as last from usage_heads where org_id = $1';

/** What tells usage apart within a meter, which `cell` is a digest of. */
const cellColumns = 'project_id, user_id, api_key_id, resources';

/**
 * What each event adds, to its hour, to its day, and to its day by each dimension alone. The head is read in a statement before: every batch up to it is
 * committed by then, because the head is locked from the taking of a number to the end of its transaction.
 */
const addSql = `
with added_hours as (
  select meter, date_trunc('hour', at, 'UTC') as hour, project_id, user_id, api_key_id, resources,
    sum(quantity) as quantity, sum(cost) as cost, count(*) as events, max(at) as last_at
  from usage_events where org_id = :org and batch > :since and batch <= :until and batch > 0
  group by 1, 2, 3, 4, 5, 6
),
added as (
  select meter, hour, usage_cell(project_id, user_id, api_key_id, resources) as cell, project_id, user_id, api_key_id, resources,
    quantity, cost, events, last_at
  from added_hours
),
added_days as (
  select meter, (hour at time zone 'UTC')::date as day, cell, project_id, user_id, api_key_id, resources,
    sum(quantity) as quantity, sum(cost) as cost, sum(events) as events, max(last_at) as last_at
  from added group by 1, 2, 3, 4, 5, 6, 7
),
hours as (
  insert into usage_hours as h (org_id, meter, hour, cell, project_id, user_id, api_key_id, resources, quantity, cost, events, last_at)
  select :org, * from added order by meter, hour, cell
  on conflict (org_id, meter, hour, cell) do update set ${andMore('h', cellColumns)}
),
days as (
  insert into usage_days as d (org_id, meter, day, cell, project_id, user_id, api_key_id, resources, quantity, cost, events, last_at)
  select :org, * from added_days order by meter, day, cell
  on conflict (org_id, meter, day, cell) do update set ${andMore('d', cellColumns)}
)
insert into usage_dimension_days as d (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
select :org, a.meter, o.dimension, a.day, o.value, sum(a.quantity), sum(a.cost), sum(a.events), max(a.last_at)
from added_days a, lateral (
  values ('', ''), ('project', coalesce(project_id::text, '')), ('member', coalesce(user_id::text, '')), ('api-key', coalesce(api_key_id::text, ''))
  union all select 'resource:' || key, value from jsonb_each_text(a.resources)
) as o (dimension, value)
group by 2, 3, 4, 5 order by 2, 3, 4, 5
on conflict (org_id, meter, dimension, day, value) do update set ${andMore('d')}`;

/**
 * The sums of a row with those that it would be. A row of another cell with the same digest is none that they belong to: a quantity is never null, so the
 * statement fails then, as it does where two such cells come together, and queries add the events up themselves.
 */
function andMore(row: string, cell = ''): string {
  const [quantity, ...others] = ['quantity', 'cost', 'events'].map((name) => `${row}.${name} + excluded.${name}`);
  const ofCell =
    cell === '' ? quantity : `case when ${rowOf(row, cell)} is not distinct from ${rowOf('excluded', cell)} then ${quantity} end`;
  return `quantity = ${ofCell}, cost = ${others[0]}, events = ${others[1]}, last_at = greatest(${row}.last_at, excluded.last_at)`;
}

function rowOf(row: string, columns: string): string {
  return `(${columns
    .split(', ')
    .map((column) => `${row}.${column}`)
    .join(', ')})`;
}

/**
 * Adds up what was reported since the last time, by hour and by day: of one organization, or of all. An event counts once, because how far it got is
 * written in the transaction of the sums.
 */
export async function rollUpUsage(database: Database, { organizationId }: { organizationId?: string } = {}): Promise<void> {
  const waiting = () => database.read('platform', async (db) => (await db.raw(waitingSql)).rows as { org_id: string }[]);
  const orgs = organizationId === undefined ? (await waiting()).map(({ org_id }) => org_id) : [toUuid('organization', organizationId)];
  await eachApart(orgs, 'organizations have usage that could not be added up', (org) => rollUpAll(database, org));
}

/** Adds up what waits of one organization: as many batches at once as the time of a statement is enough for. */
async function rollUpAll(database: Database, org: string): Promise<boolean> {
  let batches = atOnce;
  for (;;) {
    const isMore = await database
      .write({ organization: org }, (db) => rollUp(db, org, batches))
      .catch((error: unknown) => {
        if (batches === 1 || !isTooSlow(error)) throw error;
        batches = Math.floor(batches / 2);
        return true;
      });
    if (!isMore) return true;
  }
}

/** Whether the database gave a statement up because it took too long, which may be the cause of what was thrown. */
function isTooSlow(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return code === '57014' || (cause instanceof Error && isTooSlow(cause));
}

/** Adds up the next batches, so many at most; whether there are more. */
async function rollUp(db: Db, org: string, batches: number): Promise<boolean> {
  await db.raw('insert into usage_rollups (org_id) values (?) on conflict do nothing', [org]);
  const [state] = await prepared<{ batch: string }>(db, 'usage-rollup', lockSql, [org]);
  if (!state) return false;
  const [head] = await prepared<{ until: string; last: string }>(db, 'usage-head', headSql, [org, state.batch, batches]);
  if (!head || Number(head.until) <= Number(state.batch)) return false;
  await db.raw(addSql, { org, since: state.batch, until: head.until });
  await db.raw('update usage_rollups set batch = ? where org_id = ?', [head.until, org]);
  return head.until !== head.last;
}
