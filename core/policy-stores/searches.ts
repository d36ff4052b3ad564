import { actionName, type Found, firstOf, namesAfter, noneOf, pageOf, tokenInBody } from '../authorization/decisions/search.ts';
import { comparisonsOfStep } from '../authorization/policy-stores/compile.ts';
import type { StoreEntity, StoreFilter, StoreQuestion } from '../authorization/policy-stores/types.ts';
import type { SealedPages } from '../base/sealed-pages.ts';
import type { Steps } from '../base/steps.ts';
import type { Db } from '../database/database.ts';
import type { CompiledStores } from './compiled-stores.ts';
import { entityKey, idOfKey, keyOfEntity } from './entities.ts';
import { readEntities } from './entity-pages.ts';
import { type OpenPolicy, type OpenStore, openStore } from './open-store.ts';
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

/**
 * Where the policy is no filter, so many entities are decided for one page, with so many comparisons (docs/limits.md); then the page has fewer results, and
 * goes on.
 */
const maxDecided = 5_000;
const maxComparisons = 2_000_000;
const maxSteps = maxComparisons / comparisonsOfStep;

/** Where it is a filter, so many entities are looked through by one statement, and so much is looked for and compared by one, and for one page (docs/limits.md). */
const maxLook = 4_000;
const maxWeightAtOnce = 300_000;
const maxWeight = 3_000_000;

/** So many entities are in memory at a time, which have 16 KiB each at most. */
const chunk = 250;

/** The entities of a type that may do the action on the resource, by id. Throws NotFound. */
export async function searchSubjectsInStore(searcher: StoreSearcher, search: StoreSubjectSearch): Promise<Found<FoundEntity>> {
  refuseTooMuch(search);
  const { subject, context = {} } = search;
  const open = await openStore(searcher.db, searcher.compiled, searcher.key, [search.resource], { forAll: true });
  const [action, resource] = [actionOf(search.action), open.merged(search.resource)];
  return find(searcher, open, {
    type: subject.type,
    search,
    policies: open.policies,
    filter: ({ store }) => store.subjectFilterSteps(resource, action, context, subject.type),
    question: (found) => ({ subject: found, action, resource, context }),
  });
}

/** The entities of a type on which the subject may do the action, by id. Throws NotFound. */
export async function searchResourcesInStore(searcher: StoreSearcher, search: StoreResourceSearch): Promise<Found<FoundEntity>> {
  refuseTooMuch(search);
  const { resource, context = {} } = search;
  const open = await openStore(searcher.db, searcher.compiled, searcher.key, [search.subject]);
  const [action, subject] = [actionOf(search.action), open.merged(search.subject)];
  const policy = open.policyFor(search.subject);
  return find(searcher, open, {
    type: resource.type,
    search,
    policies: policy ? [policy] : [],
    filter: ({ store }) => store.resourceFilterSteps(subject, action, context, resource.type),
    question: (found) => ({ subject, action, resource: found, context }),
  });
}

/** The actions that the policy names for the type and allows, by name. Throws NotFound. */
export async function searchActionsInStore(searcher: StoreSearcher, search: StoreActionSearch): Promise<Found<{ name: string }>> {
  refuseTooMuch(search);
  const { context = {} } = search;
  const open = await openStore(searcher.db, searcher.compiled, searcher.key, [search.subject, search.resource]);
  const policy = open.policyFor(search.subject);
  const { page, ...about } = search;
  const wanted = pageOf(searcher.pages, page, ['store actions', searcher.key.policyStoreId, JSON.stringify(about)], actionName);
  if (!policy) return { results: [] };
  if (wanted.page.limit === 0) return noneOf(wanted);
  const [subject, resource] = [open.merged(search.subject), open.merged(search.resource)];
  const names = namesAfter(wanted, policy.store.actions(resource.type));
  const questions = names.map((name) => ({ subject, action: actionOf({ name }), resource, context }));
  return firstOf(wanted, await open.run(allowedActions(policy, questions, wanted.page.limit + 1)));
}

function* allowedActions(policy: OpenPolicy, questions: readonly StoreQuestion[], most: number): Steps<string[]> {
  const allowed: string[] = [];
  for (const question of questions) {
    const { decision } = policy.decideAtOnce(question) ?? (yield* policy.decideSteps(question));
    if (decision) allowed.push(question.action.name);
    if (allowed.length === most) break;
    yield;
  }
  return allowed;
}

interface Wanted {
  readonly type: string;
  readonly search: Search;
  /** Those that decide: one, or two in a canary where subjects are searched for. */
  readonly policies: readonly OpenPolicy[];
  filter(policy: OpenPolicy): Steps<StoreFilter>;
  question(found: StoreEntity): StoreQuestion;
}

/** What some of the filters let through. */
function unionOf(filters: readonly StoreFilter[]): StoreFilter {
  const parts = filters.filter(({ kind }) => kind !== 'none');
  const where = parts.flatMap((part) => (part.kind === 'where' ? [part.where] : []));
  const whole = parts.find(({ kind }) => kind === 'enumerate') ?? parts.find(({ kind }) => kind === 'all');
  if (whole) return whole;
  return where.length > 1 ? { kind: 'where', where: { any: where } } : (parts[0] ?? { kind: 'none' });
}

/** What the filter lets through is decided once more: a filter can make a search longer or shorter, and never wrong. */
async function find(searcher: StoreSearcher, { policyFor, run }: OpenStore, wanted: Wanted): Promise<Found<FoundEntity>> {
  const { page: asked, ...about } = wanted.search;
  const part = pageOf(searcher.pages, asked, ['store search', searcher.key.policyStoreId, JSON.stringify(about)], entityKey);
  const { page, list, pages } = part;
  const filters: StoreFilter[] = [];
  for (const policy of wanted.policies) filters.push(await run(wanted.filter(policy)));
  const filter = unionOf(filters);
  if (filter.kind === 'none') return { results: [] };
  const { limit } = page;
  if (limit === 0) return noneOf(part);
  const after = page.after === undefined ? undefined : idOfKey(page.after, tokenInBody);
  const looking: Looking = { filter, limit, after, run, policyFor, question: wanted.question };
  const look = () => lookThrough(searcher, wanted.type, looking);
  // What is filtered is a page, and what is not may be many entities, which are in memory one chunk at a time.
  const { results, end } = await (filter.kind === 'enumerate' ? searcher.compiled.inSearch(searcher.key.organizationId, look) : look());
  return end === undefined ? { results } : { results, nextToken: pages.next(list, keyOfEntity({ id: end })) };
}

interface Looking extends Pick<OpenStore, 'run' | 'policyFor'>, Pick<Wanted, 'question'> {
  readonly filter: StoreFilter;
  readonly limit: number;
  readonly after: string | undefined;
}

/** What is found up to the limit, and the id at which the page ends where there may be more. */
async function lookThrough(searcher: StoreSearcher, type: string, looking: Looking) {
  const { filter, limit, after, run, policyFor, question } = looking;
  const size = filter.kind === 'enumerate' ? chunk : limit + 1;
  const results: FoundEntity[] = [];
  const budget: Budget = { entities: maxDecided, steps: maxSteps, weight: maxWeight };
  const weight = filter.kind === 'where' ? sqlOf(filter.where).weight : 0;
  const most = weight === 0 ? size : Math.max(1, Math.min(maxLook, Math.floor(maxWeightAtOnce / weight)));
  // Where much is let through, a little has a page; where it is little, the next look is a longer one.
  let look = Math.max(size, chunk);
  let end = after;
  while (results.length < limit && budget.entities > 0 && budget.steps > 0 && budget.weight > 0) {
    const page = { type, filter, after: end, limit: size, look: Math.min(look, most) };
    const { rows, until } = await readEntities(searcher, page);
    const looked = await run(lookAt(rows, { policyFor, question, limit: limit - results.length, budget }));
    results.push(...looked.found.map(({ id }) => ({ type, id })));
    end = looked.last?.id ?? end;
    // It was decided what was let through, and that was all of what was looked through.
    if (rows.length < size && looked.last === rows.at(-1)) {
      if (until === undefined) return { results };
      end = until;
    }
    budget.weight -= page.look * weight;
    look *= 4;
  }
  return { results, end };
}

/** What is left for one page. */
interface Budget {
  entities: number;
  steps: number;
  /** Of what the database looks for and compares. */
  weight: number;
}

interface Looked {
  readonly found: StoreEntity[];
  /** The one that was looked at last. */
  readonly last: StoreEntity | undefined;
}

function* lookAt(rows: readonly StoreEntity[], at: Pick<Looking, 'policyFor' | 'question' | 'limit'> & { budget: Budget }): Steps<Looked> {
  const { policyFor, question, limit, budget } = at;
  const found: StoreEntity[] = [];
  let last: StoreEntity | undefined;
  for (const entity of rows) {
    if (found.length === limit || budget.entities === 0 || budget.steps <= 0) break;
    const asked = question(entity);
    const policy = policyFor(asked.subject)!;
    const { decision } = policy.decideAtOnce(asked) ?? (yield* counted(policy.decideSteps(asked), budget));
    if (decision) found.push(entity);
    budget.entities -= 1;
    last = entity;
    yield;
  }
  return { found, last };
}

function* counted<T>(steps: Steps<T>, budget: Budget): Steps<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    budget.steps -= 1;
    yield;
  }
}
