import type { Subject } from '../authorization/decisions/subjects.ts';
import { type Domain, domainOf } from '../authorization/policy/domain.ts';
import { resourceDisabled } from '../authorization/policy/states.ts';
import type { Effect } from '../authorization/review/policy-change.ts';
import { anyPlace } from '../authorization/review/verdicts.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import { foldOf, weightOf } from './folds.ts';
import type { Group } from './groups.ts';
import { controllerHolding, type Holding, holdingOf, ownProjects, type Source } from './holdings.ts';
import { type ChangedOrganization, flags } from './organizations.ts';
import { namesOffInPlaces, typesOff, unlikeOthers } from './switched-off.ts';

/** Whom a row is about. */
export type SubjectType = 'USER' | 'SERVICE_ACCOUNT' | 'API_KEY' | 'CONTROLLER';

/** Subjects of an organization on whom a change of policy has the same effect in the same place, by the same ways. */
export interface PlanRow {
  readonly effect: Effect;
  /** Nothing for the platform. */
  readonly organizationId?: string;
  /** OTHER_PROJECTS are all active projects but those in which a subject has a role of its own, and those of other rows. */
  readonly place: 'PLATFORM' | 'ORGANIZATION' | 'PROJECT' | 'OTHER_PROJECTS';
  readonly projectId?: string;
  readonly subjectType: SubjectType;
  /** How the subjects have what answers otherwise than before. */
  readonly via: readonly Source[];
  /** Pairs of subject and place. */
  count: number;
  /** Of these pairs (folds.ts). */
  fold: bigint;
  /** In uuid, where they are kept: in OTHER_PROJECTS each with the projects that are left out. */
  subjects?: Map<string, readonly string[]>;
}

/** What the change does in one organization. */
export interface OrganizationPlan {
  readonly rows: readonly PlanRow[];
  /** What the plan says of a sampled subject in a place; null is the organization itself, nothing for a place that holds nothing. */
  effectFor(type: Subject['type'], subject: string, project: string | null): Effect | undefined;
}

/** Groups that differ in their project alone: what subjects hold in the organization, and what some of them hold in projects. */
interface Bundle {
  readonly whole: Group;
  readonly inProjects: ReadonlyMap<string, readonly Group[]>;
}

/** Makes rows out of the groups of one organization. */
export function planOf({ facts, change }: ChangedOrganization, groups: readonly Group[]): OrganizationPlan {
  const bundles = bundlesOf(groups);
  const active = new Set(facts.projects);
  const organization = domainOf({ organizationId: facts.id });
  const otherProject = anyPlace('project', facts.id);
  const domainIn = (project: string | null): Domain => {
    if (project === null) return organization;
    if (change.named.size === 0) return otherProject;
    const domain = domainOf({ organizationId: facts.id, projectId: toId('project', project) });
    return change.named.has(domain.dom) ? domain : otherProject;
  };
  const isNamed = (project: string): boolean => domainIn(project) !== otherProject;
  const { offIn, unlike } = switchedIn({ facts, change });
  const effectOf = (holding: Holding, scopes: readonly string[] | undefined, project: string | null): Effect | undefined =>
    change.effect(
      [...holding.keys()],
      scopes?.map((name) => `scope/${name}`),
      domainIn(project),
      offIn(project),
    );
  const rows = createRows(facts.id);
  const weights = new Map(facts.projects.map((project) => [project, weightOf(project)]));
  const weightIn = (projects: readonly string[]): bigint => projects.reduce((sum, project) => sum + weights.get(project)!, 0n);
  const weightOfAll = weightIn(facts.projects);

  for (const bundle of bundles.values()) addBundle(bundle);
  addController();

  function addBundle(bundle: Bundle): void {
    const { whole } = bundle;
    const add = (place: Pick<PlanRow, 'place' | 'projectId'>, group: Group, project: string | null, whoOf: () => Who): void => {
      const holding = holdingOf(facts, group, project);
      const effect = effectOf(holding, group.scopes, project);
      if (!effect) return;
      const who = whoOf();
      if (who.count > 0) rows.add({ effect, ...place, subjectType: typeOf(group.subject), via: waysOf(effect, holding) }, who);
    };
    add({ place: 'ORGANIZATION' }, whole, null, () => allOf(whole));
    for (const [project, direct] of bundle.inProjects) {
      if (!active.has(project)) continue;
      for (const group of direct)
        add({ place: 'PROJECT', projectId: toId('project', project) }, group, project, () => inProject(allOf(group), project));
    }
    const own = new Set([...ownProjects(facts, whole, isNamed), ...unlike]);
    for (const project of own) {
      const rest = (): Who => inProject(without(whole, bundle.inProjects.get(project) ?? []), project);
      add({ place: 'PROJECT', projectId: toId('project', project) }, whole, project, rest);
    }
    const others = reachedProjects(whole, facts.projects).filter((project) => !own.has(project));
    // What is held in one of them is held in each.
    const weight = others.length === facts.projects.length ? weightOfAll : weightIn(others);
    if (others.length > 0)
      add({ place: 'OTHER_PROJECTS' }, { ...whole, project: null }, others[0]!, () => elsewhere(bundle, others, weight));
  }

  function addController(): void {
    const holding = controllerHolding(facts);
    const add = (place: Pick<PlanRow, 'place' | 'projectId'>, project: string | null, count: number): void => {
      const effect = effectOf(holding, undefined, project);
      if (effect && count > 0) rows.add({ effect, ...place, subjectType: 'CONTROLLER', via: waysOf(effect, holding) }, { count, fold: 0n });
    };
    add({ place: 'ORGANIZATION' }, null, 1);
    const isApart = (project: string): boolean => isNamed(project) || unlike.has(project);
    for (const project of facts.projects.filter(isApart)) add({ place: 'PROJECT', projectId: toId('project', project) }, project, 1);
    const others = facts.projects.filter((project) => !isApart(project));
    if (others.length > 0) add({ place: 'OTHER_PROJECTS' }, others[0]!, others.length);
  }

  return {
    rows: rows.list(),
    effectFor(type, subject, project) {
      if (project !== null && !active.has(project)) return undefined;
      if (type === 'controller') return effectOf(controllerHolding(facts), undefined, project);
      for (const { whole, inProjects } of bundles.values()) {
        if (whole.subject !== type || !whole.sampled.includes(subject)) continue;
        const direct = project === null ? undefined : inProjects.get(project)?.find(({ sampled }) => sampled.includes(subject));
        return effectOf(holdingOf(facts, direct ?? whole, project), whole.scopes, project);
      }
      return undefined;
    },
  };
}

/** What is switched off in each place, of types that matter to the change; and the projects where that is not what it is in most. */
function switchedIn({ facts, change }: ChangedOrganization) {
  if (facts.switchedOff.length === 0) return { offIn: namesOffInPlaces(undefined), unlike: new Set<string>() };
  const [inAll, inProjects] = [typesOff(facts, change.switchable('org')), typesOff(facts, change.switchable('project'))];
  return {
    offIn: namesOffInPlaces({ switchedOff: [...inAll, ...inProjects] }),
    unlike: new Set(unlikeOthers([{ projects: facts.projects, switchedOff: inProjects }])),
  };
}

function bundlesOf(groups: readonly Group[]): Map<string, Bundle> {
  const all = groupedBy(groups, ({ subject, holder, roles, flags: held, support, keyProject, scopes }) =>
    JSON.stringify([subject, holder, roles, held, support, keyProject, scopes]),
  );
  return new Map(
    [...all].map(([key, members]) => {
      const direct = members.filter(
        ({ project, projectRoles, flags: held }) => project !== null && (projectRoles.length > 0 || held & flags.outsider),
      );
      const inProjects = groupedBy(direct, ({ project }) => project!);
      const merged = new Map(
        [...inProjects].map(([project, all]) => [
          project,
          [...groupedBy(all, ({ projectRoles }) => projectRoles.join(' ')).values()].map(merge),
        ]),
      );
      return [key, { whole: merge(members.filter(({ project }) => project === null)), inProjects: merged }];
    }),
  );
}

/** One group of several whose subjects differ in nothing that has a say. */
function merge(groups: readonly Group[]): Group {
  const [first, ...more] = groups as [Group, ...Group[]];
  if (more.length === 0) return first;
  return {
    ...first,
    count: groups.reduce((sum, { count }) => sum + count, 0),
    fold: foldOf(groups.reduce((sum, { fold }) => sum + fold, 0n)),
    sampled: groups.flatMap(({ sampled }) => sampled),
    ...(first.subjects && { subjects: groups.flatMap(({ subjects }) => subjects!) }),
  };
}

/** A key that is bound to a project reaches that one alone. */
function reachedProjects({ keyProject }: Group, projects: readonly string[]): readonly string[] {
  return keyProject === undefined || keyProject === null ? projects : projects.filter((project) => project === keyProject);
}

/** The subjects of a row, as far as they are known. */
interface Who {
  readonly count: number;
  readonly fold: bigint;
  readonly subjects?: ReadonlyMap<string, readonly string[]>;
}

function allOf({ count, fold, subjects }: Group): Who {
  return { count, fold, ...(subjects && { subjects: leavingOutNone(subjects) }) };
}

const noProjects: readonly string[] = [];

/** Subjects of whom no project is left out. A million of them share one list. */
export function leavingOutNone(subjects: readonly string[]): Map<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  for (const subject of subjects) all.set(subject, noProjects);
  return all;
}

function inProject(who: Who, project: string): Who {
  return { ...who, fold: who.fold * weightOf(project) };
}

function without(whole: Group, direct: readonly Group[]): Who {
  const gone = new Set(direct.flatMap(({ subjects }) => subjects ?? []));
  return {
    count: direct.reduce((left, { count }) => left - count, whole.count),
    fold: direct.reduce((left, { fold }) => left - fold, whole.fold),
    ...(whole.subjects && { subjects: leavingOutNone(whole.subjects.filter((subject) => !gone.has(subject))) }),
  };
}

/** Each subject in every one of these projects where it has no role of its own. `weight` is the sum of theirs. */
function elsewhere({ whole, inProjects }: Bundle, projects: readonly string[], weight: bigint): Who {
  const direct = projects.flatMap((project) => (inProjects.get(project) ?? []).map((group) => ({ project, group })));
  const count = direct.reduce((left, { group }) => left - group.count, whole.count * projects.length);
  const fold = direct.reduce((left, { project, group }) => left - group.fold * weightOf(project), whole.fold * weight);
  if (!whole.subjects) return { count, fold };
  const left = leavingOutNone(whole.subjects);
  for (const { project, group } of direct) {
    const id = toId('project', project);
    for (const subject of group.subjects ?? []) {
      const out = left.get(subject);
      if (out) left.set(subject, [...out, id]);
    }
  }
  for (const [subject, out] of left) if (out.length === projects.length) left.delete(subject);
  return { count, fold, subjects: left };
}

function typeOf(subject: Group['subject']): SubjectType {
  return subject === 'user' ? 'USER' : subject === 'service-account' ? 'SERVICE_ACCOUNT' : 'API_KEY';
}

/** How the subjects have what answers otherwise than before. */
export function waysOf({ changes }: Effect, holding: Holding): Source[] {
  const names = changes.flatMap(({ because }) => because);
  return [...new Set(names.map((name) => (name === resourceDisabled ? 'STATE' : (holding.get(name) ?? 'SCOPE'))))].sort();
}

/** Rows that say the same become one, whatever else their subjects hold. */
export function createRows(organizationId: string | undefined) {
  const known = new Map<string, PlanRow>();
  const numbers = new Map<Effect, number>();
  return {
    add(about: Omit<PlanRow, 'count' | 'fold' | 'subjects' | 'organizationId'>, { count, fold, subjects }: Who): void {
      const number = numbers.get(about.effect) ?? numbers.size;
      numbers.set(about.effect, number);
      const key = [number, about.place, about.projectId, about.subjectType, about.via].join('|');
      const row = known.get(key) ?? { ...about, ...(organizationId !== undefined && { organizationId }), count: 0, fold: 0n };
      known.set(key, row);
      row.count += count;
      row.fold = foldOf(row.fold + fold);
      if (!subjects) return;
      row.subjects ??= new Map();
      for (const [subject, except] of subjects) row.subjects.set(subject, except);
    },
    list: (): PlanRow[] => [...known.values()],
  };
}
