import { type Db, dear } from '../database/database.ts';
import { filteredIds } from './entity-filter.ts';
import type { PlanReach, ReachedType } from './plan-reach.ts';
import type { PlannedEntities, StoredType } from './store-plan.ts';
import type { StoreRow } from './stores.ts';
import type { Sql } from './where-sql.ts';

/** How many entities one plan looks at, of how many bytes of the properties that matter, and how many others by chance (docs/limits.md). */
export interface PlanBounds {
  readonly entities: number;
  readonly bytes: number;
  readonly byChance: number;
}

export const planBounds: PlanBounds = { entities: 100_000, bytes: 16_777_216, byChance: 1_000 };

const typesSql = `
select type, count(*)::int as count from policy_store_entities where org_id = ? and store_id = ? group by type order by type`;

/** How many entities of each type the store has. */
export async function storedTypes(db: Db, { org_id, id }: StoreRow): Promise<StoredType[]> {
  return (await db.raw(typesSql, [org_id, id])).rows as StoredType[];
}

const patience = {
  milliseconds: 10_000,
  tooLong: 'The database takes longer than 10 seconds for the entities of this plan. Try again in a moment, or plan a smaller change.',
};

/** Entities of one page of JSON, which the thread of plans reads. */
const pageSize = 1_000;

const ofStore = 'from policy_store_entities e where e.org_id = ? and e.store_id = ?';

// One by one, so that no plan reads the table for each of them, whatever it knows of a store that was just filled.
const byKey = (type: string, id: string) => `
  select e.type, e.id, e.properties from policy_store_entities e
  where e.org_id = ? and e.store_id = ? and e.type = ${type} and e.id = ${id} offset 0`;

const namedSql = `
select e.type, e.id, 0 as rank from jsonb_array_elements(?::jsonb) as named (key)
cross join lateral (${byKey('named.key ->> 0', 'named.key ->> 1')}) e`;

// The hash decides who is among them, so that the same entities give the same part.
const byChanceSql = `(select e.type, e.id, 2 as rank ${ofStore} order by hashtextextended(e.id, 0), e.id, e.type limit ?)`;

// First what the policies name, then what the change reaches, of each type in turn, so that a small type is there as a whole.
const pagesSql = (found: string) => `
with reached as (
  select type, id, min(rank) as rank from (${found}) found group by type, id
), placed as materialized (
  select e.type, e.id, reached.rank,
    (select coalesce(jsonb_object_agg(p.key, p.value), '{}') from jsonb_each(e.properties) p where p.key = any(?::text[])) as properties,
    row_number() over (partition by reached.rank, e.type order by hashtextextended(e.id, 0), e.id) as place
  from reached cross join lateral (${byKey('reached.type', 'reached.id')}) e
), summed as (
  select *, row_number() over w as number, sum(octet_length(properties::text) + octet_length(id)) over w as bytes
  from placed window w as (order by rank, place, type)
), parts as (
  select *, case when number <= ? and bytes <= ? then (number - 1) / ? else -1 end as part from summed
)
select part::int, bool_or(rank < 2) as is_reached,
  coalesce(json_agg(case when part < 0 then json_build_array(type, id) else json_build_array(type, id, properties) end)
    filter (where part >= 0 or rank = 0), '[]')::text as page
from parts group by part order by part`;

interface PageRow {
  part: number;
  is_reached: boolean;
  page: string;
}

/** The entities that a change reaches, and some others by chance, so that one that was left out can be found. As JSON, which no request waits for. */
export async function readReached(
  db: Db,
  { org_id, id }: StoreRow,
  reach: PlanReach,
  bounds: PlanBounds = planBounds,
): Promise<PlannedEntities> {
  const found = [
    { sql: namedSql, bindings: [reach.named, org_id, id] },
    ...reach.types.flatMap((type) => queriesOf(type, org_id, id)),
    { sql: byChanceSql, bindings: [org_id, id, bounds.byChance] },
  ];
  const sql = pagesSql(found.map((each) => each.sql).join(' union all '));
  const bindings = [...found.flatMap((each) => each.bindings), ...[[...reach.keys], org_id, id, bounds.entities, bounds.bytes, pageSize]];
  const rows = await dear<PageRow>(db, db.raw(sql, bindings), patience);
  const cut = rows.find(({ part }) => part < 0);
  return { pages: rows.filter(({ part }) => part >= 0).map(({ page }) => page), isWhole: !cut?.is_reached, unread: cut?.page ?? '[]' };
}

function queriesOf({ type, ids, besides }: ReachedType, organization: string, store: string): Sql[] {
  const start = { sql: `select e.type, e.id, 1 as rank ${ofStore} and e.type = ?`, bindings: [organization, store, type] };
  const byId = { sql: `${start.sql} and e.id = any(?::text[])`, bindings: [...start.bindings, [...ids]] };
  const queries: Sql[] = ids.length > 0 ? [byId] : [];
  if (besides === undefined) return queries;
  if (besides === 'all') return [...queries, start];
  const { sql, bindings } = filteredIds({ organization, store, type }, besides);
  return [...queries, { sql: `select ?::text, f.id, 1 as rank from (${sql}) f`, bindings: [type, ...bindings] }];
}
