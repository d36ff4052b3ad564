import { isAboutOne, onResource, type Restricted } from '../authorization/decisions/restricted.ts';
import type { Engine, Verdict } from '../authorization/engine/engine.ts';
import { type Domain, domainOf, isConcreteDomain } from '../authorization/policy/domain.ts';
import { joinSeparation, type Separated } from '../authorization/policy/separation.ts';
import { resourceDisabled } from '../authorization/policy/states.ts';
import { splitPermission } from '../authorization/policy/vocabulary.ts';
import { verdictOf } from '../authorization/review/policy-change.ts';
import { anyPlace, type Pair, pairName, sayOf } from '../authorization/review/verdicts.ts';
import { toId } from '../base/ids.ts';
import { createTurns } from '../base/turns.ts';
import type { Group } from './groups.ts';
import { type Holding, holdingOf, ownProjects, type Source } from './holdings.ts';
import { compare } from './order.ts';
import type { OrganizationFacts } from './organizations.ts';
import { idsOff, nothingOff, offInPlaces, unlikeOthers } from './switched-off.ts';

/** An organization at one moment, with what some of its subjects hold there. */
export interface View {
  readonly facts: OrganizationFacts;
  readonly engine: Engine;
  readonly groups: readonly Group[];
}

/** Where a subject may do something else than before: `others` are so many projects that are alike for it, `project` is one of them. */
export type Where =
  | { readonly place: 'ORGANIZATION' }
  | { readonly place: 'PROJECT'; readonly project: string }
  | { readonly place: 'OTHER_PROJECTS'; readonly projects: readonly string[] };

/** A permission that a subject gains or loses in a place. */
export interface Difference extends Pair {
  readonly kind: 'GAIN' | 'LOSS';
  /** The one resource of the type that it is about; absent for all of them. */
  readonly resourceId?: string;
  readonly before: Verdict;
  readonly after: Verdict;
  /** The roles, states and scopes that come, go or say something else, and so decide it. */
  readonly via: readonly { readonly name: string; readonly source: Source }[];
  /** Of a gain: pairs that are kept apart, of which the subject has the other permission then as well. */
  readonly separated?: readonly Separated[];
}

/** What changes for one subject in one place. */
export interface SubjectDifference {
  readonly type: Group['subject'];
  readonly subject: string;
  readonly where: Where;
  readonly differences: readonly Difference[];
}

/** What one subject holds: in the organization, and in the projects where it has roles of its own. */
interface Held {
  readonly whole: Group;
  readonly inProjects: Map<string, Group>;
}

/** What is asked of one side about a place: nothing where the subject or the place is not there. */
interface Asked {
  readonly holding: Holding;
  readonly scopes: readonly string[] | undefined;
  /** What is switched off there. */
  readonly off: Restricted;
}

const nothing: Asked = { holding: new Map(), scopes: undefined, off: nothingOff };
const notThere: Verdict = { allowed: false, reason: 'no-match' };

/** What one comparison may cost. */
export interface Budget {
  /** Whether there was enough left. */
  take(steps: number): boolean;
  readonly isSpent: boolean;
}

/** Projects that are looked at, and ten times each place that is compared or told and each permission that is asked about (docs/limits.md). */
const mostSteps = 1_000_000;
const big = 10;

export function createBudget(most = mostSteps): Budget {
  let left = most;
  return {
    take: (steps) => {
      left -= steps;
      return left >= 0;
    },
    get isSpent() {
      return left < 0;
    },
  };
}

type Turn = ReturnType<typeof createTurns>;
type Pairs = readonly [Held | undefined, Held | undefined];
type Found = Pick<SubjectDifference, 'where' | 'differences'>;

/**
 * Compares what the subjects of both views may do in each place, one after the other, in turns; a view that is missing is an organization that is
 * not there. It ends where the budget does: what is told until then is the same each time.
 */
export async function* differencesOf(
  before: View | undefined,
  after: View | undefined,
  budget: Budget = createBudget(),
): AsyncGenerator<SubjectDifference> {
  const turn = createTurns();
  const held = await subjectsOf(before?.groups ?? [], turn);
  const heldAfter = await subjectsOf(after?.groups ?? [], turn);
  const placesOf = onceForAlike(createPlaces(before, after, { budget, turn }));
  for (const key of [...new Set([...held.keys(), ...heldAfter.keys()])].sort(compare)) {
    const pair: Pairs = [held.get(key), heldAfter.get(key)];
    const { subject: type } = (pair[1] ?? pair[0])!.whole;
    for (const found of await placesOf(pair)) {
      if (!budget.take(big)) return;
      yield { type, subject: key.slice(key.indexOf(' ') + 1), ...found };
      await turn();
    }
    if (budget.isSpent) return;
    await turn();
  }
}

/** Those without a role of their own in any project differ by their groups alone. */
function onceForAlike(placesOf: (pair: Pairs) => Promise<readonly Found[]>): typeof placesOf {
  const known = new Map<Group | undefined, Map<Group | undefined, readonly Found[]>>();
  return async (pair) => {
    if (pair.some((one) => one && one.inProjects.size > 0)) return placesOf(pair);
    const [old, now] = pair.map((one) => one?.whole);
    const ofOld = known.get(old) ?? new Map<Group | undefined, readonly Found[]>();
    known.set(old, ofOld);
    const found = ofOld.get(now) ?? (await placesOf(pair));
    ofOld.set(now, found);
    return found;
  };
}

/** Where one subject may do something else than before. */
function createPlaces(before: View | undefined, after: View | undefined, { budget, turn }: { budget: Budget; turn: Turn }) {
  const sides = [before, after] as const;
  const compareIn = createComparison(before, after, budget);
  const organizationId = (after ?? before)!.facts.id;
  const active = sides.map((view) => new Set(view?.facts.projects ?? [])) as [Set<string>, Set<string>];
  const named = new Set(sides.flatMap((view) => (view ? namedProjects(view.engine) : [])));
  const all = [...new Set([...active[0], ...active[1]])];
  const moved = all.filter((project) => active[0].has(project) !== active[1].has(project));
  const namedActive = new Set(named.size === 0 ? [] : all.filter((project) => named.has(domainIn(organizationId, project).dom)));
  const unlike = unlikeOthers(sides.map((view) => view?.facts));
  const offOf = sides.map((view) => offInPlaces(view?.facts));
  const isNamed = (project: string): boolean =>
    namedActive.has(project) || (!active.some((one) => one.has(project)) && named.has(domainIn(organizationId, project).dom));

  function ownOf(pair: Pairs, reaches: (project: string) => boolean): Set<string> {
    const own = new Set([...moved, ...unlike].filter(reaches));
    for (const [index, one] of pair.entries()) for (const project of projectsOf(sides[index], one, isNamed)) own.add(project);
    return own;
  }

  return async (pair: Pairs): Promise<readonly Found[]> => {
    const { keyProject } = (pair[1] ?? pair[0])!.whole;
    const reaches = (project: string): boolean => (keyProject ?? project) === project;
    if (!budget.take(all.length)) return [];
    const own = ownOf(pair, reaches);
    const asked = (project: string | null): [Asked, Asked] =>
      pair.map((one, index) =>
        project === null || active[index]!.has(project) ? askOf(sides[index], one, project, offOf[index]!(project)) : nothing,
      ) as [Asked, Asked];
    const found: Found[] = [];
    const look = async (where: Where, project: string | null, domain: Domain): Promise<void> => {
      await turn();
      if (!budget.take(big)) return;
      const differences = compareIn(asked(project), domain);
      if (differences.length > 0) found.push({ where, differences });
    };
    await look({ place: 'ORGANIZATION' }, null, domainOf({ organizationId }));
    for (const project of [...own].sort(compare)) {
      if (budget.isSpent) break;
      const domain = isNamed(project) ? domainIn(organizationId, project) : anyPlace('project', organizationId);
      await look({ place: 'PROJECT', project }, project, domain);
    }
    const others = [...active[1]].filter((project) => active[0].has(project) && reaches(project) && !own.has(project));
    if (others.length > 0) await look({ place: 'OTHER_PROJECTS', projects: others }, others[0]!, anyPlace('project', organizationId));
    return found;
  };
}

function domainIn(organizationId: string, project: string): Domain {
  return domainOf({ organizationId, projectId: toId('project', project) });
}

async function subjectsOf(groups: readonly Group[], turn: Turn): Promise<Map<string, Held>> {
  const found = new Map<string, Held>();
  for (const group of groups.filter(({ project }) => project === null)) {
    await turn();
    for (const subject of group.subjects!) found.set(`${group.subject} ${subject}`, { whole: group, inProjects: new Map() });
  }
  for (const group of groups) {
    if (group.project === null) continue;
    await turn();
    for (const subject of group.subjects!) found.get(`${group.subject} ${subject}`)!.inProjects.set(group.project, group);
  }
  return found;
}

/** The projects in which a subject may hold something else than in the others. */
function projectsOf(view: View | undefined, held: Held | undefined, isNamed: (project: string) => boolean): string[] {
  if (!view || !held) return [];
  const { keyProject } = held.whole;
  const all = [...held.inProjects.keys(), ...ownProjects(view.facts, held.whole, isNamed)];
  return keyProject === undefined || keyProject === null ? all : all.filter((project) => project === keyProject);
}

function askOf(view: View | undefined, held: Held | undefined, project: string | null, off: Restricted): Asked {
  if (!view || !held) return nothing;
  const group = (project === null ? undefined : held.inProjects.get(project)) ?? held.whole;
  return { holding: holdingOf(view.facts, group, project), scopes: group.scopes?.map((name) => `scope/${name}`), off };
}

/** Projects that rows of an organization name, by domain. */
function namedProjects(engine: Engine): string[] {
  return engine.rows().flatMap(([, dom]) => (isConcreteDomain(dom) && dom.includes('/') ? dom : []));
}

/** Asks both sides about every permission of a place. Subjects who hold the same are asked about once. */
function createComparison(before: View | undefined, after: View | undefined, budget: Budget) {
  const known = new Map<string, readonly Difference[]>();
  const engines = [before?.engine, after?.engine] as const;
  const kept = joinSeparation(before?.engine.vocabulary.separation, after?.engine.vocabulary.separation);

  function ask(asked: readonly [Asked, Asked], domain: Domain): readonly Difference[] {
    const pairs = new Map(engines.flatMap((engine) => engine?.permissions(domain.level) ?? []).map((pair) => [pairName(pair), pair]));
    const places = asked.map(({ off }) => off);
    if (!budget.take(big * (pairs.size + places[0]!.size + places[1]!.size))) return [];
    const differences = [...pairs.values()].flatMap((pair) => {
      const ofAll = tell(asked, domain, pair);
      return ofAll.length > 0 || !isAboutOne(pair.action)
        ? ofAll
        : idsOff(places, pair.resource).flatMap((id) => tell(asked, domain, pair, id));
    });
    return differences.map((one) => withSeparated(one, asked[1], domain));
  }

  /** What is switched off is looked at as if it were not, because it is switched on again without another review. */
  function withSeparated(one: Difference, now: Asked, domain: Domain): Difference {
    if (one.kind === 'LOSS') return one;
    const has = (permission: string): boolean =>
      verdict(engines[1], { ...now, off: nothingOff }, domain, splitPermission(permission)).allowed;
    const separated = kept.filter(({ permissions }) => permissions.includes(pairName(one)) && permissions.every(has));
    return separated.length === 0 ? one : { ...one, separated };
  }

  /** What changes about all resources of the type, or about one of them. */
  function tell(asked: readonly [Asked, Asked], domain: Domain, pair: Pair, resourceId?: string): Difference[] {
    const [old, now] = asked.map((one, index) => verdict(engines[index], one, domain, pair, resourceId)) as [Verdict, Verdict];
    if (old.allowed === now.allowed) return [];
    const via = viaOf(asked, domain, pair, resourceId);
    return [
      { kind: now.allowed ? 'GAIN' : 'LOSS', ...pair, ...(resourceId !== undefined && { resourceId }), before: old, after: now, via },
    ];
  }

  /** What says alone something else than before. */
  function viaOf(asked: readonly [Asked, Asked], domain: Domain, pair: Pair, resourceId?: string): Difference['via'] {
    const held = asked.map((one) => namesOf(one, pair, resourceId));
    const names = new Set(asked.flatMap(({ scopes = [] }, index) => [...held[index]!, ...scopes]));
    const says = (index: 0 | 1, name: string) => {
      if (!held[index]!.includes(name) && !asked[index].scopes?.includes(name)) return undefined;
      const engine = engines[index]!;
      return sayOf(engine.decide({ roles: engine.roleSet([name]), domain, ...pair }));
    };
    const sourceOf = (name: string): Source =>
      name === resourceDisabled ? 'STATE' : (asked[1].holding.get(name) ?? asked[0].holding.get(name) ?? 'SCOPE');
    return [...names]
      .filter((name) => says(0, name) !== says(1, name))
      .sort(compare)
      .map((name) => ({ name, source: sourceOf(name) }));
  }

  return (asked: readonly [Asked, Asked], domain: Domain): readonly Difference[] => {
    const keys = asked.map(
      ({ holding, scopes, off }) =>
        `${[...holding.keys()].sort(compare).join(' ')} ${scopes?.join(' ') ?? '-'} ${[...off.keys()].sort(compare).join('\n')}`,
    );
    if (engines[0]?.key === engines[1]?.key && keys[0] === keys[1]) return [];
    const key = `${domain.dom}|${keys.join('|')}`;
    let found = known.get(key);
    if (!found) {
      found = ask(asked, domain);
      known.set(key, found);
    }
    return found;
  };
}

function verdict(engine: Engine | undefined, asked: Asked, domain: Domain, pair: Pair, resourceId?: string): Verdict {
  if (!engine || asked.holding.size === 0) return notThere;
  return verdictOf(engine, { roles: namesOf(asked, pair, resourceId), scopes: asked.scopes, domain }, pair);
}

/** What is held where it is asked about the type, or one resource: with the state of what is switched off. */
function namesOf({ holding, off }: Asked, { resource }: Pair, resourceId?: string): string[] {
  return onResource({ roles: [...holding.keys()], restricted: off }, resource, resourceId).roles;
}
