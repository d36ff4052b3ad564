import type { Actor } from '../authorization/decisions/actor.ts';
import { AlreadyExists, type InputError } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { refuseSpent, spendingSql } from '../database/budgets.ts';
import { prepared } from '../database/connection.ts';
import type { Db } from '../database/database.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import { type CheckedEvent, checkEvents, openMonths, type UsageEvent } from './event-checks.ts';
import { refuseUnknown } from './foreign-references.ts';
import { refusalOfEvents } from './limit-places.ts';

/** Events that an organization reports in a day (UTC) at most, those that were counted before not included (docs/limits.md). */
const mostInDay = 10_000_000;
/** After so many batches the rollup is begun at once: what is not in it yet is added up with each query. */
const batchesAhead = 20;

// Locks the head, sees to it that there is room for the months, and has ids looked for by the key in what follows, however few events the statistics know
// of: to read all events of an organization costs more with each batch.
const batchSql = `
with head as (
  insert into usage_heads (org_id, batch) values ($1, 1) on conflict (org_id) do update set batch = usage_heads.batch + 1 returning batch
)
select batch::text, set_config('enable_seqscan', 'off', true), (
  select count(*) from (
    select make_usage_partitions() where to_regclass('usage_events_' || to_char(now() at time zone 'UTC' + interval '1 month', 'YYYYMM')) is null
  ) as made
) from head`;

// None of these is planned once for all: a plan of the time when a table was empty would read all of it later.
const givenSql = `
select g.*, date_trunc('month', g.at at time zone 'UTC')::date as month
from unnest(cast(:ids as text[]), cast(:meters as text[]), cast(:moments as timestamptz[]), cast(:quantities as numeric[]), cast(:costs as numeric[]),
    cast(:projects as uuid[]), cast(:users as uuid[]), cast(:keys as uuid[]), cast(:resources as jsonb[]))
  with ordinality as g (id, meter, at, quantity, cost, project_id, user_id, api_key_id, resources, place)`;

/** Events that have an id of the given ones, in one of the months that events are taken of. */
const takenSql = 'usage_events e where e.org_id = :org and e.id = any(cast(:ids as text[])) and e.month = any(cast(:months as date[]))';

// While usage_heads is locked no other transaction brings an id.
const writeSql = `
with given as (${givenSql}),
taken as materialized (select e.id from ${takenSql}),
prices as (select * from unnest(cast(:priced as text[]), cast(:amounts as numeric[]), cast(:pers as numeric[])) as p (meter, amount, per)),
written as (
  insert into usage_events (org_id, month, id, batch, meter, at, quantity, cost, project_id, user_id, api_key_id, resources)
  select :org, g.month, g.id, (select h.batch from usage_heads h where h.org_id = :org), g.meter, g.at, g.quantity,
    coalesce(g.cost, round(g.quantity * p.amount / p.per, 9), 0), g.project_id, g.user_id, g.api_key_id, g.resources
  from given g left join prices p using (meter)
  where not exists (select from taken t where t.id = g.id)
  on conflict do nothing
  returning meter, month, quantity
),
amounts as (select meter, month, sum(quantity) as amount from written group by meter, month),
spent as (${spendingSql("select 'usage-events', :subject, count(*) from written")})
select (select count(*) from written)::int as accepted, take_usage(:org, (select jsonb_agg(to_jsonb(a)) from amounts a)), spent.used, spent.left from spent`;

const conflictsSql = `
with given as (${givenSql}),
taken as materialized (select e.* from ${takenSql})
select (g.place - 1)::int as place
from given g join taken e using (id)
where (e.meter, e.at, e.quantity, e.cost, e.project_id, e.user_id, e.api_key_id, e.resources)
  is distinct from (g.meter, g.at, g.quantity, coalesce(g.cost, e.cost), g.project_id, g.user_id, g.api_key_id, g.resources)
order by place limit 100`;

/**
 * Counts events, each once however often it comes: all of them or none. Throws InvalidInput for what is no event of this kind of organization,
 * AlreadyExists for an id that was taken with another content, and LimitExceeded, with the first event that does not fit, where a hard limit of a meter would be passed.
 */
export async function createUsageEvents(
  db: Db,
  actor: Actor,
  { organizationId, events }: { organizationId: string; events: readonly UsageEvent[] },
): Promise<{ accepted: number; duplicates: number }> {
  const checked = checkEvents((await actor.engine({ organizationId })).blueprint!, events);
  const org = toUuid('organization', organizationId);
  await refuseUnknown(db, org, checked);
  const columns = { org, ...columnsOf(checked) };
  // Both leave at once: from the lock on, other batches of the organization wait.
  const [batch, written] = await Promise.all([
    nextBatch(db, org),
    db.raw(writeSql, { ...columns, ...pricesOf(checked), subject: organizationId }) as Promise<{ rows: Written[] }>,
  ]).catch((error: unknown) => {
    throw refusalOfEvents(error, checked);
  });
  const { accepted, used, left } = written.rows[0]!;
  if (accepted < checked.length) await refuseOthers(db, columns, checked);
  const refusal = `An organization reports ${mostInDay} usage events in a day (UTC) at most.`;
  refuseSpent({ kind: 'usage-events', subject: organizationId, amount: accepted, limit: mostInDay, refusal }, { used: Number(used), left });
  if (Number(batch) % batchesAhead === 0) {
    await enqueueAll(db, 'roll-up-usage', [{ payload: { organizationId }, jobKey: `roll-up-usage ${organizationId}` }]);
  }
  return { accepted, duplicates: events.length - accepted };
}

/** What a statement says that has written events: how many, and what is spent of the day with them. */
interface Written {
  readonly accepted: number;
  readonly used: string;
  readonly left: number;
}

/** Takes the number of this batch. The statement leaves when this is called: those that are sent behind it find the head locked. */
async function nextBatch(db: Db, org: string): Promise<string> {
  const [head] = await prepared<{ batch: string }>(db, 'usage-batch', batchSql, [org]);
  return head!.batch;
}

/** Throws AlreadyExists where an event has the id of another one. */
async function refuseOthers(db: Db, columns: Values, checked: readonly CheckedEvent[]): Promise<void> {
  const rows = (await db.raw(conflictsSql, columns)).rows as { place: number }[];
  if (rows.length === 0) return;
  const errors = rows.map(
    ({ place }): InputError => ({
      pointer: `#/events/${checked[place]!.place}/id`,
      detail: 'was taken with another content; send a new event under an id of its own',
    }),
  );
  throw new AlreadyExists('Some of these events have the id of another event. Nothing was counted.', { errors });
}

/** What the parameters of a statement are. */
type Values = Readonly<Record<string, string | readonly (string | number | null)[]>>;

function columnsOf(events: readonly CheckedEvent[]): Values {
  return {
    ids: events.map(({ id }) => id),
    meters: events.map(({ meter }) => meter.name),
    moments: plainArray(events, ({ at }) => at),
    quantities: plainArray(events, ({ quantity }) => quantity),
    costs: plainArray(events, ({ cost }) => cost),
    projects: plainArray(events, ({ project }) => project),
    users: plainArray(events, ({ user }) => user),
    keys: plainArray(events, ({ apiKey }) => apiKey),
    resources: events.map(({ resources }) => JSON.stringify(resources)),
    months: monthsOf(events),
  };
}

/** An array as PostgreSQL reads it, of times, decimal numbers or uuids: none of them has a character that is quoted there. */
function plainArray(events: readonly CheckedEvent[], of: (event: CheckedEvent) => string | undefined): string {
  return `{${events.map((event) => of(event) ?? 'NULL').join(',')}}`;
}

/** The months that an event of today may be of: an id that is sent again with another time is found too. */
function monthsOf(events: readonly CheckedEvent[]): string[] {
  return [...new Set([...events.map(({ month }) => month), ...openMonths()])];
}

/** The prices of the meters, as three columns. */
function pricesOf(events: readonly CheckedEvent[]): Values {
  const priced = [...new Set(events.map(({ meter }) => meter))].filter(({ price }) => price !== undefined);
  return {
    priced: priced.map(({ name }) => name),
    amounts: priced.map(({ price }) => price!.amount),
    pers: priced.map(({ price }) => price!.per),
  };
}
