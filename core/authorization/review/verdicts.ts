import type { Engine, Verdict } from '../engine/engine.ts';
import type { Row } from '../policy/content.ts';
import { type Domain, domainOf, isConcreteDomain, type Level } from '../policy/domain.ts';

/**
 * A place of a level that no row names: what is decided there is decided in every other such place. With an id it is in that organization, for an
 * engine that holds rows of its own.
 */
export function anyPlace(level: Level, organizationId = 'org_any'): Domain {
  if (level === 'platform') return domainOf({});
  return domainOf({ organizationId, projectId: level === 'project' ? 'prj_any' : undefined });
}

/** A pair of the vocabulary. */
export interface Pair {
  readonly resource: string;
  readonly action: string;
}

/** `member:remove`. */
export function pairName({ resource, action }: Pair): string {
  return `${resource}:${action}`;
}

/** What one subject of rows answers, held alone, to a permission in a place, under two policies that differ in it. */
export interface ChangedVerdict extends Pair {
  readonly subject: string;
  readonly domain: Domain;
  readonly before: Verdict;
  readonly after: Verdict;
}

/** What the verdict says of a role set that holds its subject: it allows, it denies, or it has no say. What cannot be asked has none. */
export function sayOf({ reason }: Verdict): 'allow' | 'deny' | undefined {
  return reason === 'allow' || reason === 'deny' ? reason : undefined;
}

/** What either of two policies can be asked at a level, in the order of the later one; what only the earlier one knows follows. */
export function permissionsOfBoth(before: Engine, after: Engine, level: Level): Pair[] {
  return [...new Map([...after.permissions(level), ...before.permissions(level)].map((pair) => [pairName(pair), pair])).values()];
}

/** The subjects with a row that may match a pair somewhere at a level: no other has a say in it there. */
export type SubjectsOf = (pair: Pair, level: Level) => ReadonlySet<string>;

/** Indexes rows by what they are about. */
export function subjectsIn(rows: readonly Row[]): SubjectsOf {
  const byPair = new Map<string, Map<string, Set<string>>>();
  for (const [subject, dom, obj, act] of rows) {
    const key = `${obj} ${act}`;
    const byDomain = byPair.get(key) ?? new Map<string, Set<string>>();
    byPair.set(key, byDomain.set(dom, (byDomain.get(dom) ?? new Set()).add(subject)));
  }
  return ({ resource, action }, level) => {
    const pairs = [`${resource} ${action}`, `${resource} *`, `* ${action}`, '* *'].flatMap((key) => [...(byPair.get(key) ?? [])]);
    return new Set(pairs.flatMap(([dom, subjects]) => (reaches(dom, level) ? [...subjects] : [])));
  };
}

/** Whether a row with this domain may match at a level. One that names an organization reaches its projects. */
function reaches(dom: string, level: Level): boolean {
  return dom === '*' || dom === level || (level !== 'platform' && isConcreteDomain(dom));
}

/**
 * Every verdict about one subject of rows alone that differs between two policies, in these places. As deny wins and roles are joined to rows by a
 * conjunct (model-check.ts), the answer to a set of roles follows from the answers to each of them: a set in which no subject is named here keeps
 * every answer. `about` says which subjects to ask about.
 */
export function changedVerdicts(
  before: Engine,
  after: Engine,
  places: readonly Domain[],
  about: SubjectsOf = subjectsIn([...before.rows(), ...after.rows()]),
): ChangedVerdict[] {
  return places.flatMap((domain) =>
    permissionsOfBoth(before, after, domain.level).flatMap((pair) =>
      [...about(pair, domain.level)].sort().flatMap((subject): ChangedVerdict[] => {
        const roles = before.roleSet([subject]);
        const verdicts = { before: before.decide({ roles, domain, ...pair }), after: after.decide({ roles, domain, ...pair }) };
        return sayOf(verdicts.before) === sayOf(verdicts.after) ? [] : [{ subject, domain, ...pair, ...verdicts }];
      }),
    ),
  );
}
