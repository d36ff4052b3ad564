import type { StoreEntity, StoreFilter } from '../authorization/policy-stores/types.ts';
import { toUuid } from '../base/ids.ts';
import { type Db, dear } from '../database/database.ts';
import { candidatesOf } from './entity-values.ts';
import type { StoreKey } from './stores.ts';
import { sqlOf } from './where-sql.ts';

/** Which entities of a store are read: of a type, by id, those that a filter lets through. */
export interface EntityPage {
  readonly type: string;
  readonly filter: StoreFilter;
  /** Those with greater ids. */
  readonly after: string | undefined;
  readonly limit: number;
  /** How many are looked through for it. */
  readonly look: number;
}

/** Some of the entities that a filter lets through. */
export interface FilteredEntities {
  readonly rows: StoreEntity[];
  /** The id until which it was looked through, where there may be more behind it; the limit may have ended it earlier. */
  readonly until: string | undefined;
}

/** Where entities are read. */
interface At {
  readonly db: Db;
  readonly key: StoreKey;
}

interface Row {
  readonly until: string | null;
  /** Null in the one row of a page on which there is nothing. */
  readonly id: string | null;
  readonly properties: StoreEntity['properties'];
}

const patience = {
  milliseconds: 3_000,
  tooLong:
    'The database takes longer than 3 seconds for a part of this search. Try again in a moment, or propose a policy with fewer conditions on what is searched.',
};

/** Throws InvalidInput where it takes the database too long. */
export async function readEntities(at: At, page: EntityPage): Promise<FilteredEntities> {
  const rows = await dear<Row>(at.db, entityQuery(at, page), patience);
  return {
    rows: rows.flatMap(({ id, properties }) => (id === null ? [] : [{ type: page.type, id, properties }])),
    until: rows[0]?.until ?? undefined,
  };
}

// What the condition needs is looked up, in the order of ids; the condition itself is asked of what is found. One by one, so that no plan reads the table instead.
const candidatesSql = (after: string) => `
  select e.id, e.properties from (select distinct v.id from policy_store_entity_values v
    where v.org_id = ? and v.store_id = ? and v.type = ? and v.value = any(?::uuid[]) ${after} order by v.id limit ?) c
  cross join lateral (select e.id, e.properties from policy_store_entities e
    where e.org_id = ? and e.store_id = ? and e.type = ? and e.id = c.id offset 0) e`;

const allSql = (after: string) => `
  select v.id, v.properties from policy_store_entities v where v.org_id = ? and v.store_id = ? and v.type = ? ${after} order by v.id limit ?`;

/**
 * Looks through so many entities and no more, whatever the filter lets through. Their properties are unpacked once, what the filter compares is looked for
 * once (`offset 0` keeps PostgreSQL from doing it for each comparison), and there is one row at least, which says how far it came.
 */
export function entityQuery({ db, key: { organizationId, policyStoreId } }: At, { type, filter, after, limit, look }: EntityPage) {
  const place = [toUuid('organization', organizationId), toUuid('policyStore', policyStoreId), type];
  const where = filter.kind === 'where' ? filter.where : undefined;
  const { sql, bindings, values } = where ? sqlOf(where) : nothing;
  const candidates = where && candidatesOf(where);
  const isAfter = after === undefined ? '' : 'and v.id > ?';
  const from = after === undefined ? [] : [after];
  return db.raw(
    `with looked as materialized (${candidates ? candidatesSql(isAfter) : allSql(isAfter)})
    select looks.until, found.id, found.properties from (select (select id from looked order by id offset ? limit 1) as until) looks
    left join (
      select e.id, e.properties from (
        select e.id, e.properties${values.sql} from (select id, properties || '{}'::jsonb as properties from looked offset 0) e offset 0) e
      where ${sql} order by e.id limit ?) found on true
    order by found.id`,
    [
      ...(candidates ? [...place, [...candidates], ...from, look, ...place] : [...place, ...from, look]),
      look - 1,
      ...values.bindings,
      ...bindings,
      limit,
    ],
  );
}

const nothing = { sql: 'true', bindings: [], values: { sql: '', bindings: [] } };
