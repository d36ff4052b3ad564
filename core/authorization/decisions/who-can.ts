import { InvalidInput } from '../../base/errors.ts';
import type { Page } from '../../base/pages.ts';
import type { SealedPages } from '../../base/sealed-pages.ts';
import type { Db } from '../../database/database.ts';
import type { Engine } from '../engine/engine.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import { didYouMean } from '../policy/findings.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import type { Place } from './actor.ts';
import { decide } from './decide.ts';
import { type DecidingRule, decidingRule } from './explanations.ts';
import { partOf, withheld } from './listing.ts';
import { namesThatAllow, scan } from './search.ts';
import { subjectsAfter } from './search-candidates.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Subject } from './subjects.ts';

/** What a subject is, as the API names it. */
export type AskedType = 'USER' | 'SERVICE_ACCOUNT' | 'API_KEY';

/** A subject that may do it, and the row that says so. */
export interface Able {
  readonly subject: string;
  readonly rule?: DecidingRule;
}

/** Who may do something in a place. */
export interface WhoCan {
  readonly place: Place & { readonly organizationId: string };
  readonly resource: string;
  readonly action: string;
  /** The resource that it is about, where it is about one. */
  readonly resourceId?: string | undefined;
  readonly subjectType?: AskedType | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** What questions are answered from. */
export interface Oracle {
  readonly db: Db;
  readonly pages: SealedPages;
  readonly policies: LivePolicies;
  /** The policy in force in the place. */
  readonly engine: Engine;
  /** Whether the asker may list the subject. */
  isKnown(subject: Subject): boolean;
}

/** A page of those who may, and how many more on it the asker may not list. */
export interface AblePage extends Page<Able> {
  readonly withheld: number;
}

/** A type as subjects have it. */
export const askedTypes = { USER: 'user', SERVICE_ACCOUNT: 'service-account', API_KEY: 'api-key' } as const satisfies Record<
  AskedType,
  string
>;
const inBody = { pointer: '#/pageToken', detail: 'must be the nextPageToken of an answer to the same question' };

/**
 * The subjects of a type that may do it in the place, by id, each asked about by itself; of whom the asker may not be told is counted. A page may hold
 * fewer than was asked for, or none, and go on. Throws InvalidInput for what cannot be asked there.
 */
export async function whoCan({ db, pages, policies, engine, isKnown }: Oracle, question: WhoCan): Promise<AblePage> {
  const { place, resource, action, resourceId, subjectType = 'USER', pageSize, pageToken } = question;
  const domain = domainOf(place);
  demandPermission(engine, domain, resource, action);
  const candidates = subjectsAfter(db, askedTypes[subjectType], place, namesThatAllow(engine, domain, resource, action))!;
  const list = JSON.stringify(['who-can', subjectType, resource, action, domain.dom, ...(resourceId === undefined ? [] : [resourceId])]);
  const page = pages.read({ pageSize, pageToken }, list, candidates.key, inBody);
  const { results, nextToken } = await scan(
    { page, list, pages },
    candidates,
    async (found): Promise<Able | typeof withheld | undefined> => {
      const held = await takeSnapshot(db, found, domain, place);
      if (!held.exists) return undefined;
      const { allowed, held: verdict } = await decide(policies, held, resource, action, resourceId);
      // Of a key that is what its owner may do; its scopes narrow it.
      if (!allowed) return undefined;
      return isKnown(found) ? { subject: found.id, ...decidingRule(verdict) } : withheld;
    },
  );
  const { shown, withheld: hidden } = partOf(results);
  return { items: shown, withheld: hidden, ...(nextToken !== undefined && { nextPageToken: nextToken }) };
}

/** Throws InvalidInput for a resource type or an action that the place does not know. */
export function demandPermission(engine: Engine, { level }: Pick<Domain, 'level'>, resource: string, action: string): void {
  const known = engine.permissions(level);
  const actions = known.filter((permission) => permission.resource === resource).map((permission) => permission.action);
  const where = level === 'project' ? 'a project' : 'an organization';
  const refuse = (field: string, word: string, words: readonly string[]): never => {
    const detail = `is none that can be asked about in ${where} of this kind${didYouMean(word, words)}`;
    throw new InvalidInput(`${resource}:${action} is no permission in ${where} of this kind.`, [{ pointer: `#/${field}`, detail }]);
  };
  if (actions.length === 0) refuse('resource', resource, [...new Set(known.map((permission) => permission.resource))]);
  if (!actions.includes(action)) refuse('action', action, actions);
}
