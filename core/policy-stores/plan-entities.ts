import type { Db } from '../database/database.ts';
import type { PlannedEntity } from './store-plan.ts';
import type { StoreRow } from './stores.ts';

/** How many entities one plan looks at, and of how many bytes of properties (docs/limits.md). Of more, each type gives a part by chance. */
const most = { entities: 20_000, bytes: 8_388_608 };

interface TypeRow {
  type: string;
  count: number;
  bytes: string;
}

const typesSql = `
select type, count(*)::int as count, sum(bytes)::text as bytes from policy_store_entities
where org_id = ? and store_id = ? group by type order by type`;

// The hash decides who is in the part, so that the same entities give the same part.
const partSql = `
select type, id, properties::text as properties from (
  select type, id, properties, row_number() over (partition by type order by hashtextextended(id, 0), id) as place
  from policy_store_entities where org_id = ? and store_id = ?
) e join unnest(?::text[], ?::bigint[]) as part (of, upto) on e.type = part.of and e.place <= part.upto
order by type, id`;

const allSql = `
select type, id, properties::text as properties from policy_store_entities where org_id = ? and store_id = ? order by type, id`;

/** The entities of a store for a plan, and how many it has. */
export async function entitiesForPlan(db: Db, { org_id, id }: StoreRow): Promise<{ entities: PlannedEntity[]; stored: number }> {
  const types = (await db.raw(typesSql, [org_id, id])).rows as TypeRow[];
  const stored = types.reduce((sum, { count }) => sum + count, 0);
  const bytes = types.reduce((sum, type) => sum + Number(type.bytes), 0);
  if (stored <= most.entities && bytes <= most.bytes) {
    const { rows } = (await db.raw(allSql, [org_id, id])) as { rows: PlannedEntity[] };
    return { entities: rows, stored };
  }
  const share = Math.min(1, most.bytes / Math.max(bytes, 1));
  const upto = types.map(({ count }) => Math.max(1, Math.min(Math.floor(most.entities / types.length), Math.floor(count * share))));
  const { rows } = (await db.raw(partSql, [org_id, id, types.map(({ type }) => type), upto])) as { rows: PlannedEntity[] };
  return { entities: rows, stored };
}
