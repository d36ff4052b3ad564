import { InvalidInput } from '../../base/errors.ts';
import type { Blueprint } from '../policy/blueprint.ts';
import type { PolicyContent, Row, RowSource } from '../policy/content.ts';
import { type Domain, isDomain, type Level, levels } from '../policy/domain.ts';
import { PolicyError } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { scopeName } from '../policy/scopes.ts';
import { type Permission, type Vocabulary, vocabularyOf } from '../policy/vocabulary.ts';
import { type CompiledPolicies, type CompiledRows, createCompiledPolicies, rowsOf } from './compiled-policies.ts';
import { createMemo } from './memo.ts';
import type { RoleSet } from './role-sets.ts';

/** May the holder of these roles do this action on this resource type here? */
export interface Question {
  readonly roles: RoleSet;
  readonly domain: Domain;
  readonly resource: string;
  readonly action: string;
}

/** Casbin's answer; `row` is the one that decided, and there is none when nothing matched. */
export interface Verdict {
  readonly allowed: boolean;
  readonly reason: 'allow' | 'deny' | 'no-match' | 'unknown-resource' | 'unknown-action';
  readonly row?: Row;
  readonly source?: RowSource & { readonly scope: string };
}

/** A role that an organization has defined for itself. */
export interface CustomRole {
  /** The role of the blueprint whose rows decide who gives and takes it. */
  readonly tier: string;
  readonly rows: readonly Row[];
}

/** The policy of the platform, of a kind of organization, or of one organization, ready to be asked. Immutable but for its memory of verdicts. */
export interface Engine {
  /** The same for the same contents, whoever built it. */
  readonly key: string;
  readonly blueprint?: Blueprint;
  readonly vocabulary: Vocabulary;
  /** The roles that the organization has defined for itself, by id. */
  readonly customRoles: ReadonlyMap<string, CustomRole>;
  /** The set of these names, in any order. Throws InvalidInput for what cannot be the name of a role. */
  roleSet(names: readonly string[]): RoleSet;
  /** Throws for a domain that domainOf did not make, and for the domain of another organization than the one whose rows are held. */
  decide(question: Question): Verdict;
  /** All rows in the order in which Casbin would read them. */
  rows(): Row[];
  /** What can be asked at a level. */
  permissions(level: Level): { resource: string; action: string }[];
  stats(): EngineStats;
}

/** Counters of one engine; an engine with an organization's own rows counts only the questions that touch them. */
export interface EngineStats {
  readonly rows: number;
  readonly permissions: number;
  readonly memoized: number;
  readonly hits: number;
  readonly misses: number;
}

const unknownResource: Verdict = { allowed: false, reason: 'unknown-resource' };
const unknownAction: Verdict = { allowed: false, reason: 'unknown-action' };
const noMatch: Verdict = { allowed: false, reason: 'no-match' };

/**
 * An engine over [platform], [platform, blueprint] or [platform, blueprint, organization]. What is compiled for a content is
 * shared through `parts`: give the same one for every engine of a process, and an organization costs only its own rows.
 * Throws PolicyError when the model is not accepted, the models differ, or a row is malformed.
 */
export function createEngine(contents: readonly PolicyContent[], parts: CompiledPolicies = createCompiledPolicies()): Engine {
  const [platform, blueprint, organization, ...rest] = contents;
  const vocabulary = platform?.vocabulary;
  if (platform?.scope !== 'platform' || vocabulary === undefined || rest.length > 0) {
    throw refusal('An engine is built from the platform, one blueprint and one organization, in this order.', contents);
  }
  if (blueprint !== undefined && blueprint.blueprint === undefined)
    throw refusal(`${scopeName(blueprint.scope)} has no blueprint.`, contents);
  if (organization !== undefined && !organization.scope.startsWith('org_'))
    throw refusal(`${organization.scope} is not an organization.`, contents);
  // Rows of an organization are read under the model in force, whichever it was when they were written.
  for (const content of contents.slice(0, 2)) {
    if (content.model !== platform.model)
      throw refusal(`${scopeName(content.scope)} was written for another model than the platform.`, contents);
  }
  const base = parts.engine(platform, blueprint, () =>
    createLayer(
      blueprint === undefined ? [platform] : [platform, blueprint],
      vocabularyOf(vocabulary, blueprint?.blueprint),
      parts,
      50_000,
    ),
  );
  if (organization === undefined) return base;
  return createLayer([platform, blueprint!, organization], base.vocabulary, parts, 1_000, base);
}

/** An engine; where `base` is given, questions that the last content has no row for are left to it. */
function createLayer(
  contents: readonly PolicyContent[],
  vocabulary: Vocabulary,
  parts: CompiledPolicies,
  memoLimit: number,
  base?: Engine,
): Engine {
  const compiled = contents.map((content) => parts.rows(content));
  const own: readonly CompiledRows[] = base === undefined ? compiled : compiled.slice(-1);
  const organization = contents.find(({ scope }) => scope.startsWith('org_'))?.scope;
  const blueprint = contents.find((content) => content.blueprint !== undefined)?.blueprint;
  const ask = parts.ask(contents[0]!.model);
  const { all: permissions, by: lookup } = parts.permissions(vocabulary);
  const domainClasses = createDomainClasses(compiled);
  const customRoles = customRolesOf(contents.at(-1)!);
  const memo = createMemo<number, Verdict>(memoLimit);
  const candidatesOf = new Map<number, ReturnType<CompiledRows['candidates']>[]>();
  let hits = 0;
  let misses = 0;

  const candidates = ({ index, resource, action }: Permission) => {
    let found = candidatesOf.get(index);
    if (found === undefined) {
      found = compiled.map((rows) => rows.candidates(resource, action)).filter((one) => one.length > 0);
      candidatesOf.set(index, found);
    }
    return found;
  };

  /** Puts the candidate rows to Casbin. */
  const decideAnew = (permission: Permission, roles: RoleSet, domain: Domain): Verdict => {
    // A row of a subject that is not held can never match: the model's lint requires g(r.sub, p.sub, r.dom).
    const placed = candidates(permission).flatMap((one) => rowsOf(one, roles.names));
    if (placed.length > 0) parts.spend?.(limits.ask + placed.length);
    const answer = ask(
      placed.map(({ row }) => row),
      roles,
      { org: domain.org, dom: domain.dom, level: domain.level, obj: permission.resource, act: permission.action },
    );
    const deciding = placed.find(({ row }) => row === answer.row);
    if (deciding === undefined) return noMatch;
    return answer.allowed ? deciding.allow : deciding.deny;
  };

  const decide = (question: Question): Verdict => {
    parts.spend?.(1);
    const { domain } = question;
    refuseForeign(domain, organization);
    const actions = lookup.get(question.resource);
    if (actions === undefined) return unknownResource;
    const permission = actions.get(question.action);
    if (permission === undefined || !permission.levels.includes(domain.level)) return unknownAction;
    if (base !== undefined && own.every((rows) => !rows.mayMatch(question.resource, question.action))) return base.decide(question);

    // A role set of other parts has a number that means something else here.
    const roles = question.roles.origin === parts.roleSets ? question.roles : parts.roleSets.intern(question.roles.names);
    const key = (roles.id * domainClasses.count + domainClasses.of(domain)) * permissions.length + permission.index;
    const known = memo.get(key);
    if (known !== undefined) {
      hits += 1;
      return known;
    }
    misses += 1;
    const verdict = decideAnew(permission, roles, domain);
    if (Number.isSafeInteger(key)) memo.set(key, verdict);
    return verdict;
  };

  return {
    key: parts.key(contents),
    ...(blueprint === undefined ? {} : { blueprint }),
    vocabulary,
    customRoles,
    roleSet: (names) => parts.roleSets.intern(names),
    decide,
    rows: () => contents.flatMap(({ rows }) => rows),
    permissions: (level) =>
      permissions.filter((permission) => permission.levels.includes(level)).map(({ resource, action }) => ({ resource, action })),
    stats: () => ({
      rows: contents.reduce((sum, { rows }) => sum + rows.length, 0),
      permissions: permissions.length,
      memoized: memo.size(),
      hits,
      misses,
    }),
  };
}

const noRoles: ReadonlyMap<string, CustomRole> = new Map();

function customRolesOf({ customRoles, rows }: PolicyContent): ReadonlyMap<string, CustomRole> {
  if (customRoles === undefined) return noRoles;
  return new Map(Object.entries(customRoles).map(([id, { tier }]) => [id, { tier, rows: rows.filter(([subject]) => subject === id) }]));
}

/** Throws InvalidInput for a domain that domainOf did not make, and for another organization than the one whose rows are held. */
function refuseForeign(domain: Domain, organization: string | undefined): void {
  if (!isDomain(domain)) throw new InvalidInput(`${JSON.stringify((domain as Domain).dom)} is not a domain.`);
  if (organization !== undefined && domain.org !== organization && domain.level !== 'platform') {
    throw new InvalidInput(`The policy of ${organization} does not decide in ${domain.org}.`);
  }
}

/** Numbers the kinds of domain that the rows can tell apart: the level, and each concrete domain that some row names. */
function createDomainClasses(compiled: readonly CompiledRows[]): { count: number; of(domain: Domain): number } {
  const named = new Map<string, number>();
  for (const dom of compiled.flatMap((rows) => [...rows.concreteDomains])) {
    if (!named.has(dom)) named.set(dom, named.size + 1);
  }
  const width = named.size + 1;
  return {
    count: levels.length * width * width,
    of: ({ level, org, dom }) => (levels.indexOf(level) * width + (named.get(org) ?? 0)) * width + (named.get(dom) ?? 0),
  };
}

function refusal(message: string, contents: readonly PolicyContent[]): PolicyError {
  const file = contents[0]?.sources[0]?.file;
  return new PolicyError([{ rule: 'contents', level: 'error', message, ...(file === undefined ? {} : { file }) }]);
}
