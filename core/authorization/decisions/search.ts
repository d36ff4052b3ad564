import { InvalidInput } from '../../base/errors.ts';
import { foreignToken, type PageRequest } from '../../base/pages.ts';
import type { SealedPages } from '../../base/sealed-pages.ts';
import type { Db } from '../../database/database.ts';
import type { Engine } from '../engine/engine.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import { subjectsOf } from '../policy/vocabulary.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import { type Actor, isSignedOut, type Place } from './actor.ts';
import { allows } from './decide.ts';
import { askedSubject, type EvaluationQuestion, type EvaluationResource, hintOf, refusalToAsk, type Site, siteOf } from './evaluation.ts';
import { knownTo, type ListedType, partOf, withheld } from './listing.ts';
import { type AllowingNames, allowingNames, type Candidates, placesAfter, subjectsAfter } from './search-candidates.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Subject } from './subjects.ts';

// The searches of AuthZEN 1.0, section 8. SQL says who or what comes into question, which is more than what is found, and the policy is asked
// about each of them.

/** What is searched for, and the part of it that is wanted. */
interface Search {
  readonly page?: { readonly token?: string; readonly limit?: number };
}

export interface SubjectSearch extends Search {
  readonly subject: { readonly type: string };
  readonly action: { readonly name: string };
  readonly resource: EvaluationResource;
}

export interface ResourceSearch extends Search {
  readonly subject: EvaluationQuestion['subject'];
  readonly action: { readonly name: string };
  readonly resource: Omit<EvaluationResource, 'id'>;
}

export interface ActionSearch extends Search {
  readonly subject: EvaluationQuestion['subject'];
  readonly resource: EvaluationResource;
}

/** What was found, and the token of what comes after it; none at the end. */
export interface Found<T> {
  readonly results: T[];
  readonly nextToken?: string;
  /** How many more were found that the caller may not list. */
  readonly withheld?: number;
}

export interface FoundResource {
  readonly type: string;
  readonly id: string;
  readonly properties: { readonly organizationId: string; readonly projectId?: string };
}

/** Who asks, in which transaction. */
export interface Searcher {
  readonly db: Db;
  readonly actor: Actor;
  readonly policies: LivePolicies;
  readonly pages: SealedPages;
}

/** So many candidates are looked at for one page; a page may hold fewer results than was asked for, or none, and go on. */
const maxScanned = 500;
const chunk = 50;
const usualLimit = 50;
const maxLimit = 100;

const nothing = { results: [] };

/** The name of an action in a token. */
export const actionName = /^.+$/s;

/** The subjects of a type that may do the action on the resource, by id; whom the caller may not list is counted. Throws PermissionDenied for callers who may not search there. */
export async function searchSubjects(
  searcher: Searcher,
  { subject, action, resource, page }: SubjectSearch,
): Promise<Found<{ type: string; id: string }>> {
  const site = siteOf(resource);
  await demandSearch(searcher, site, resource);
  const { actor, db, policies } = searcher;
  if (site?.place.organizationId === undefined || !(await actor.snapshot(site.place)).exists) return nothing;
  const engine = await actor.engine(site.place);
  const candidates = subjectsAfter(db, subject.type, site.place, namesThatAllow(engine, site.domain, resource.type, action.name));
  if (candidates === undefined) return nothing;
  const about = ['subjects', subject.type, action.name, resource.type, resource.id, site.domain.dom];
  const asked = pageOf(searcher.pages, page, about, candidates.key);
  const isKnown = await knownTo(actor, subject.type as ListedType, site.place);
  const { results, ...more } = await scan(asked, candidates, async (found) => {
    const held = await takeSnapshot(db, found, site.domain, site.place);
    if (!(await isAllowed(policies, held, resource, action.name))) return undefined;
    return isKnown(found) ? { type: subject.type, id: found.id } : withheld;
  });
  const { shown, withheld: hidden } = partOf(results);
  return { results: shown, ...more, ...(hidden > 0 && { withheld: hidden }) };
}

/**
 * The places where the subject may do the action on resources of the type: an organization or a project by its id, and `*` for all resources of
 * another type in the place that `properties` name. Without an organization these are the places that the caller belongs to.
 */
export async function searchResources(searcher: Searcher, { subject, action, resource, page }: ResourceSearch) {
  const { actor, db, policies } = searcher;
  const site = siteOf(resource);
  const asked = await askedAbout(searcher, subject, site, resource);
  if (site === undefined || asked === undefined) return nothing;
  const candidates = placesAfter(db, asked, site.place);
  const wanted = pageOf(searcher.pages, page, ['resources', asked.id, action.name, resource.type, site.domain.dom], candidates.key);
  return scan(wanted, candidates, async (place): Promise<FoundResource | undefined> => {
    const held = await snapshotIn(searcher, asked, place);
    if (asked === actor.principal.subject && isSignedOut(actor.principal, held)) return undefined;
    return (await isAllowed(policies, held, { type: resource.type }, action.name)) ? resourceIn(resource.type, place) : undefined;
  });
}

/** The actions that the subject may do on the resource, in the order of the vocabulary. */
export async function searchActions(searcher: Searcher, { subject, resource, page }: ActionSearch): Promise<Found<{ name: string }>> {
  const site = siteOf(resource);
  const asked = await askedAbout(searcher, subject, site, resource);
  if (site === undefined || asked === undefined) return nothing;
  const held = await snapshotIn(searcher, asked, site.place);
  if (!held.exists) return nothing;
  const { engine } = await searcher.policies.get(held.revisions);
  const about = ['actions', asked.id, resource.type, resource.id, site.domain.dom];
  const wanted = pageOf(searcher.pages, page, about, actionName);
  if (wanted.page.limit === 0) return noneOf(wanted);
  const ofType = engine.permissions(site.domain.level).filter((permission) => permission.resource === resource.type);
  const names = namesAfter(
    wanted,
    ofType.map(({ action }) => action),
  );
  return firstOf(
    wanted,
    names.filter((action) => allows(engine, held, resource.type, action, resource.id)),
  );
}

/** The subject of a search; undefined for what is none. About others it needs decision:search; the dispatcher has asked about oneself. */
async function askedAbout(searcher: Searcher, named: EvaluationQuestion['subject'], site: Site | undefined, resource: About) {
  const { principal } = searcher.actor;
  const asked = askedSubject(named, principal);
  if (asked !== principal.subject) await demandSearch(searcher, site, resource);
  return asked;
}

type About = Pick<EvaluationResource, 'properties'>;
/** A type, or one resource of it. */
type AskedResource = Pick<EvaluationResource, 'type'> & Partial<Pick<EvaluationResource, 'id'>>;

/** The answer to outsiders is the same whether or not the place exists. */
async function demandSearch({ actor }: Searcher, site: Site | undefined, resource: About): Promise<void> {
  const place = site?.place ?? {};
  const decision = await actor.may('decision', 'search', place);
  if (decision.allowed) return;
  actor.denials.push(decision);
  throw refusalToAsk(await actor.engine(place), decision, hintOf(resource, site));
}

function snapshotIn({ actor, db }: Searcher, subject: Subject, place: Place): Promise<Snapshot> {
  return subject === actor.principal.subject ? actor.snapshot(place) : takeSnapshot(db, subject, domainOf(place), place);
}

async function isAllowed(policies: LivePolicies, held: Snapshot, { type, id }: AskedResource, action: string): Promise<boolean> {
  return held.exists && allows((await policies.get(held.revisions)).engine, held, type, action, id);
}

function resourceIn(type: string, { organizationId, projectId }: Place): FoundResource {
  const own = type === 'project' ? projectId : type === 'organization' && projectId === undefined ? organizationId : undefined;
  return { type, id: own ?? '*', properties: { organizationId: organizationId!, ...(projectId !== undefined && { projectId }) } };
}

/** Names that allow it without any other: a role set is allowed nothing that none of its members is, since the policy only adds denials. */
export function namesThatAllow(engine: Engine, domain: Domain, resource: string, action: string): AllowingNames {
  const names = [...subjectsOf(engine.vocabulary, engine.blueprint), ...engine.customRoles.keys()];
  const allowing = names.filter((name) => engine.decide({ roles: engine.roleSet([name]), domain, resource, action }).allowed);
  return allowingNames(allowing, engine.blueprint!.name);
}

/** Where the token of a search stands, and what it must be. */
export const tokenInBody = { pointer: '#/page/token', detail: 'must be the next_token of an answer to the same question' };

/** A part of a search, and by what the token of the next one is made: it may end at what was looked at and not found, or is withheld. */
export interface SearchedPage {
  readonly page: PageRequest;
  readonly list: string;
  readonly pages: Pick<SealedPages, 'next'>;
}

/**
 * Which part of a search is wanted; its token is good for the same question alone, and for the same limit: without one the limit of before goes on.
 * A limit of 0 is no limit to go on with.
 */
export function pageOf(pages: SealedPages, wanted: Search['page'], about: readonly string[], key: RegExp): SearchedPage {
  const list = JSON.stringify(about);
  const asked = wanted?.limit === undefined ? undefined : Math.min(wanted.limit, maxLimit);
  const { after: read } = pages.read(wanted?.token ? { pageToken: wanted.token } : {}, list, anyKey, tokenInBody);
  const [, before, after] = /^(\d{1,3}) (.*)$/s.exec(read ?? '0 ')!;
  if (after !== '' && !key.test(after!)) throw foreignToken(tokenInBody);
  const kept = before === '0' ? undefined : Number(before);
  if (kept !== undefined && asked !== undefined && asked !== kept)
    throw new InvalidInput('The limit is another one than before.', [limitInBody]);
  const limit = asked ?? kept ?? usualLimit;
  return {
    page: { limit, ...(after !== '' && { after: after! }) },
    ...{ list, pages: { next: (name, last) => pages.next(name, `${limit} ${last}`) } },
  };
}

/** What the key of a token begins with is the limit of its page. */
const anyKey = /^\d{1,3} .*$/s;
const limitInBody = { pointer: '#/page/limit', detail: 'must be that of the question before, or be left out, where a token is sent' };

/** What is found where no result is wanted: whether there are any is not said, and the token begins where this page would have. */
export function noneOf({ page, list, pages }: SearchedPage): { results: never[]; nextToken: string } {
  return { results: [], nextToken: pages.next(list, page.after ?? '') };
}

/** The names of a page behind the last one of the page before, in their order. Throws InvalidInput where that one is no longer among them. */
export function namesAfter({ page: { after } }: SearchedPage, names: readonly string[]): readonly string[] {
  if (after === undefined) return names;
  const last = names.indexOf(after);
  if (last === -1) throw foreignToken(tokenInBody);
  return names.slice(last + 1);
}

/** A page of what was found at once. */
export function firstOf({ page: { limit }, list, pages }: SearchedPage, found: readonly string[]): Found<{ name: string }> {
  const results = found.slice(0, limit).map((name) => ({ name }));
  return found.length > limit ? { results, nextToken: pages.next(list, found[limit - 1]!) } : { results };
}

/** Asks about candidates until a page is full, they end, or enough were looked at. */
export async function scan<C, T>(
  { page, list, pages }: SearchedPage,
  { read, keyOf }: Candidates<C>,
  ask: (candidate: C) => Promise<T | undefined>,
): Promise<Found<T>> {
  if (page.limit === 0) return noneOf({ page, list, pages });
  const results: T[] = [];
  let { after } = page;
  for (let scanned = 0; scanned < maxScanned; scanned += chunk) {
    const candidates = await read(after, chunk);
    const answers = await Promise.all(candidates.map(ask));
    for (const [index, answer] of answers.entries()) {
      if (answer !== undefined) results.push(answer);
      after = keyOf(candidates[index]!);
      const isLast = index === candidates.length - 1 && candidates.length < chunk;
      if (results.length === page.limit && !isLast) return { results, nextToken: pages.next(list, after) };
    }
    if (candidates.length < chunk) return { results };
  }
  return { results, nextToken: pages.next(list, after!) };
}
