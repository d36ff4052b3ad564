import type { StoreEntity, StoreFilter } from '../authorization/policy-stores/types.ts';
import { toUuid } from '../base/ids.ts';
import { type Db, dear } from '../database/database.ts';
import { fromFiltered, lookedThrough } from './entity-filter.ts';
import type { StoreKey } from './stores.ts';

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

/** Looks through so many entities and no more, whatever the filter lets through. There is one row at least, which says how far it came. */
export function entityQuery({ db, key: { organizationId, policyStoreId } }: At, { type, filter, after, limit, look }: EntityPage) {
  const entities = { organization: toUuid('organization', organizationId), store: toUuid('policyStore', policyStoreId), type };
  const where = filter.kind === 'where' ? filter.where : undefined;
  const looked = lookedThrough(entities, where, { after, limit: look });
  const found = fromFiltered({ sql: 'looked', bindings: [] }, where);
  return db.raw(
    `with looked as materialized (${looked.sql})
    select looks.until, found.id, found.properties from (select (select id from looked order by id offset ? limit 1) as until) looks
    left join (select e.id, e.properties ${found.sql} order by e.id limit ?) found on true
    order by found.id`,
    [...looked.bindings, look - 1, ...found.bindings, limit],
  );
}
