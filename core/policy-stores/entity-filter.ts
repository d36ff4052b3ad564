import type { Where } from '../authorization/policy-stores/types.ts';
import { candidatesOf } from './entity-values.ts';
import { sqlOf } from './where-sql.ts';

/** Entities of one type of a store; organization and store by their uuids. */
interface EntityType {
  readonly organization: string;
  readonly store: string;
  readonly type: string;
}

interface FilterSql {
  readonly sql: string;
  readonly bindings: readonly (string | number | readonly string[])[];
}

// What the condition needs is looked up; the condition itself is asked of what is found. One by one, so that no plan reads the table instead.
const candidatesSql = `
  select e.id, e.properties from (select distinct v.id from policy_store_entity_values v
    where v.org_id = ? and v.store_id = ? and v.type = ? and v.value = any(?::uuid[])) c
  cross join lateral (select e.id, e.properties from policy_store_entities e
    where e.org_id = ? and e.store_id = ? and e.type = ? and e.id = c.id offset 0) e`;

const allSql = 'select v.id, v.properties from policy_store_entities v where v.org_id = ? and v.store_id = ? and v.type = ?';

/** The ids of all entities of a type that a condition lets through, through the index of values where that can be. Properties are unpacked once. */
export function filteredIds({ organization, store, type }: EntityType, where: Where): FilterSql {
  const { sql, bindings, values } = sqlOf(where);
  const candidates = candidatesOf(where);
  const place = [organization, store, type];
  return {
    sql: `select e.id from (
      select e.id, e.properties${values.sql} from (
        select v.id, v.properties || '{}'::jsonb as properties from (${candidates ? candidatesSql : allSql}) v offset 0) e offset 0) e
    where ${sql}`,
    bindings: [...values.bindings, ...place, ...(candidates ? [candidates, ...place] : []), ...bindings],
  };
}
