import { type Found, pageOf, tokenInBody } from '../authorization/decisions/search.ts';
import type { StoreEntity, StoreFilter, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { toUuid } from '../base/ids.ts';
import type { SealedPages } from '../base/sealed-pages.ts';
import { filterInTurns } from '../base/turns.ts';
import type { Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { entityKey, idOfKey, keyOfEntity } from './entities.ts';
import { candidatesOf } from './entity-values.ts';
import { type OpenStore, openStore } from './open-store.ts';
import { type AskedAction, type AskedEntity, actionOf, refuseTooMuch } from './questions.ts';
import type { StoreKey } from './stores.ts';
import { sqlOf } from './where-sql.ts';

/** What is wanted of a search. */
interface Search {
  readonly page?: { readonly token?: string; readonly limit?: number };
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface StoreSubjectSearch extends Search {
  readonly subject: { readonly type: string };
  readonly action: AskedAction;
  readonly resource: AskedEntity;
}

export interface StoreResourceSearch extends Search {
  readonly subject: AskedEntity;
  readonly action: AskedAction;
  readonly resource: { readonly type: string };
}

export interface StoreActionSearch extends Search {
  readonly subject: AskedEntity;
  readonly resource: AskedEntity;
}

/** Where a search is asked. */
export interface StoreSearcher {
  readonly db: Db;
  readonly compiled: CompiledStores;
  readonly key: StoreKey;
  readonly pages: SealedPages;
}

interface FoundEntity {
  readonly type: string;
  readonly id: string;
}

type Policy = NonNullable<OpenStore['policy']>;

/** Where the policy is no filter, so many entities are decided for one page (docs/limits.md); then the page has fewer results, and goes on. */
const maxDecided = 5_000;
const chunk = 1_000;

/** The entities of a type that may do the action on the resource, by id. Throws NotFound. */
export async function searchSubjectsInStore(searcher: StoreSearcher, search: StoreSubjectSearch): Promise<Found<FoundEntity>> {
  refuseTooMuch(search);
  const { subject, context = {} } = search;
  const open = await openStore(searcher.db, searcher.compiled, searcher.key, [search.resource]);
  const [action, resource] = [actionOf(search.action), open.merged(search.resource)];
  return find(searcher, open, {
    type: subject.type,
    search,
    filter: ({ store }) => store.subjectFilter(resource, action, context, subject.type),
    question: (found) => ({ subject: found, action, resource, context }),
  });
}

/** The entities of a type on which the subject may do the action, by id. Throws NotFound. */
export async function searchResourcesInStore(searcher: StoreSearcher, search: StoreResourceSearch): Promise<Found<FoundEntity>> {
  refuseTooMuch(search);
  const { resource, context = {} } = search;
  const open = await openStore(searcher.db, searcher.compiled, searcher.key, [search.subject]);
  const [action, subject] = [actionOf(search.action), open.merged(search.subject)];
  return find(searcher, open, {
    type: resource.type,
    search,
    filter: ({ store }) => store.resourceFilter(subject, action, context, resource.type),
    question: (found) => ({ subject, action, resource: found, context }),
  });
}

/** The actions that the policy names for the type and allows, by name. Throws NotFound. */
export async function searchActionsInStore(searcher: StoreSearcher, search: StoreActionSearch): Promise<Found<{ name: string }>> {
  refuseTooMuch(search);
  const { context = {} } = search;
  const { policy, merged } = await openStore(searcher.db, searcher.compiled, searcher.key, [search.subject, search.resource]);
  if (!policy) return { results: [] };
  const [subject, resource] = [merged(search.subject), merged(search.resource)];
  const isAllowed = (name: string) => policy.decide({ subject, action: actionOf({ name }), resource, context }).decision;
  const allowed = await filterInTurns(policy.store.actions(resource.type), isAllowed);
  return { results: allowed.map((name) => ({ name })) };
}

interface Wanted {
  readonly type: string;
  readonly search: Search;
  filter(policy: Policy): StoreFilter;
  question(found: StoreEntity): StoreQuestion;
}

/** What the filter lets through is decided once more: a filter can make a search longer or shorter, and never wrong. */
async function find(searcher: StoreSearcher, { policy }: OpenStore, wanted: Wanted): Promise<Found<FoundEntity>> {
  const { page: asked, ...about } = wanted.search;
  const { page, list, pages } = pageOf(
    searcher.pages,
    asked,
    ['store search', searcher.key.policyStoreId, JSON.stringify(about)],
    entityKey,
  );
  const filter = policy && wanted.filter(policy);
  if (!filter || filter.kind === 'none') return { results: [] };
  const isFound = (entity: StoreEntity) => policy.decide(wanted.question(entity)).decision;
  const { limit } = page;
  const size = filter.kind === 'enumerate' ? chunk : limit + 1;
  const results: FoundEntity[] = [];
  let after = page.after === undefined ? undefined : idOfKey(page.after, tokenInBody);
  for (let decided = 0; decided < maxDecided; decided += size) {
    const rows: StoreEntity[] = await entityQuery(searcher, { type: wanted.type, filter, after, limit: size });
    const found = await filterInTurns(rows, isFound, limit - results.length);
    results.push(...found.map(({ type, id }) => ({ type, id })));
    const isFull = results.length === limit;
    after = isFull ? found.at(-1)!.id : rows.at(-1)?.id;
    const isEnd = rows.length < size && (!isFull || rows.at(-1)!.id === after);
    if (isEnd) return { results };
    if (isFull) break;
  }
  return { results, nextToken: pages.next(list, keyOfEntity({ id: after! })) };
}

// What the condition needs is looked up; the condition itself is asked of what is found.
const hasOneSql = `e.id in (select v.id from policy_store_entity_values v
  where v.org_id = ? and v.store_id = ? and v.type = ? and v.value = any(?::uuid[]))`;

interface EntityPage {
  readonly type: string;
  readonly filter: StoreFilter;
  /** Those with greater ids. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** The entities of a type that a filter lets through, by id. */
export function entityQuery(
  { db, key: { organizationId, policyStoreId } }: Pick<StoreSearcher, 'db' | 'key'>,
  { type, filter, after, limit }: EntityPage,
) {
  const organization = toUuid('organization', organizationId);
  const store = toUuid('policyStore', policyStoreId);
  const query = db('policy_store_entities as e')
    .where({ 'e.org_id': organization, 'e.store_id': store, 'e.type': type })
    .orderBy('e.id')
    .limit(limit)
    .select('e.type', 'e.id', 'e.properties');
  if (after !== undefined) query.where('e.id', '>', after);
  if (filter.kind === 'where') {
    const { sql, bindings } = sqlOf(filter.where);
    query.whereRaw(`(${sql})`, [...bindings]);
    const candidates = candidatesOf(filter.where);
    if (candidates !== undefined) query.whereRaw(hasOneSql, [organization, store, type, [...candidates]]);
  }
  return query;
}
