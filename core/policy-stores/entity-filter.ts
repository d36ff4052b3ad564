import type { Where } from '../authorization/policy-stores/types.ts';
import { candidatesOf } from './entity-values.ts';
import { type Sql, sqlOf } from './where-sql.ts';

/** Entities of one type of a store; organization and store by their uuids. */
interface EntityType {
  readonly organization: string;
  readonly store: string;
  readonly type: string;
}

/** The first so many, by id. */
interface FirstEntities {
  /** Those with greater ids. */
  readonly after: string | undefined;
  readonly limit: number;
}

// One by one, so that no plan reads the table instead.
const candidatesSql = (some: string) => `
  select e.id, e.properties from (select distinct v.id from policy_store_entity_values v
    where v.org_id = ? and v.store_id = ? and v.type = ? and v.value = any(?::uuid[]) ${some}) c
  cross join lateral (select e.id, e.properties from policy_store_entities e
    where e.org_id = ? and e.store_id = ? and e.type = ? and e.id = c.id offset 0) e`;

const allSql = (some: string) => `
  select v.id, v.properties from policy_store_entities v where v.org_id = ? and v.store_id = ? and v.type = ? ${some}`;

/** The entities of a type among which a condition finds some: those with what it needs, which is looked up in the index of values, or all of them. */
export function lookedThrough({ organization, store, type }: EntityType, where: Where | undefined, first?: FirstEntities): Sql {
  const place = [organization, store, type];
  const after = first?.after === undefined ? [] : [first.after];
  const some = first ? `${after.length > 0 ? 'and v.id > ?' : ''} order by v.id limit ?` : '';
  const bounds = first ? [...after, first.limit] : [];
  const candidates = where && candidatesOf(where);
  return candidates
    ? { sql: candidatesSql(some), bindings: [...place, [...candidates], ...bounds, ...place] }
    : { sql: allSql(some), bindings: [...place, ...bounds] };
}

const noFilter = { sql: 'true', bindings: [], values: { sql: '', bindings: [] } };

/**
 * From a table of entities, those that a condition lets through, as rows `e`. Their properties are unpacked once, and what the condition compares is looked for
 * once: `offset 0` keeps PostgreSQL from doing it for each comparison.
 */
export function fromFiltered(table: Sql, where: Where | undefined): Sql {
  const { sql, bindings, values } = where ? sqlOf(where) : noFilter;
  return {
    sql: `from (
      select e.id, e.properties${values.sql} from (
        select v.id, v.properties || '{}'::jsonb as properties from ${table.sql} v offset 0) e offset 0) e
    where ${sql}`,
    bindings: [...values.bindings, ...table.bindings, ...bindings],
  };
}

/** The ids of all entities of a type that a condition lets through. */
export function filteredIds(entities: EntityType, where: Where): Sql {
  const looked = lookedThrough(entities, where);
  const { sql, bindings } = fromFiltered({ ...looked, sql: `(${looked.sql})` }, where);
  return { sql: `select e.id ${sql}`, bindings };
}
