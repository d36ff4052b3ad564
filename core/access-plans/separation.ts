import type { Engine } from '../authorization/engine/engine.ts';
import { type Domain, domainOf, type Level } from '../authorization/policy/domain.ts';
import { joinSeparation, type Separated } from '../authorization/policy/separation.ts';
import { canBeAsked, splitPermission } from '../authorization/policy/vocabulary.ts';
import { type AskedSet, type Engines, verdictOf } from '../authorization/review/policy-change.ts';
import { pairName, subjectsIn } from '../authorization/review/verdicts.ts';
import { counted } from '../base/counted.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { firstNames } from './first-names.ts';
import type { Group } from './groups.ts';
import { groupsAbout } from './groups-about.ts';
import { holdingOf, ownProjects } from './holdings.ts';
import type { OrganizationFacts } from './organizations.ts';
import type { Rail } from './rails.ts';
import type { PlanRow } from './rows.ts';

const within: readonly Level[] = ['org', 'project'];

/** How many subjects would come to have both of two permissions in one place: on the platform, or in an organization or a project of it. */
export interface Breach {
  readonly pair: Separated;
  readonly organizationId?: string;
  readonly people: number;
  readonly accounts: number;
}

/** The pairs that either policy keeps apart, so that a change which takes one away is looked at as if it did not; those alone that can be asked at one of the levels. */
export function separatedIn({ before, after }: Engines, levels: readonly Level[]): Separated[] {
  return joinSeparation(before.vocabulary.separation, after.vocabulary.separation).filter(({ permissions }) =>
    levels.some((level) => permissions.every((permission) => canBeAsked(after, splitPermission(permission), level))),
  );
}

/** Whether the holders of these roles have both permissions after the change and not before. */
export function newlyBoth({ before, after }: Engines, { permissions }: Separated, held: Omit<AskedSet, 'scopes'>): boolean {
  const asked = { ...held, scopes: undefined };
  const hasBoth = (engine: Engine): boolean =>
    permissions.every((permission) => verdictOf(engine, asked, splitPermission(permission)).allowed);
  return hasBoth(after) && !hasBoth(before);
}

/** The pairs of which subjects gain one permission by these rows: of other pairs no subject comes to have both. */
export function gainedOf(rows: readonly PlanRow[], pairs: readonly Separated[]): Separated[] {
  if (pairs.length === 0) return [];
  const gained = new Set(rows.flatMap(({ effect }) => effect.changes.filter(({ kind }) => kind === 'GAIN').map(pairName)));
  return pairs.filter(({ permissions }) => permissions.some((permission) => gained.has(permission)));
}

/** An organization in which subjects gain a permission of some pairs. */
export interface Gaining {
  readonly facts: OrganizationFacts;
  readonly engines: () => Engines;
  readonly pairs: readonly Separated[];
}

type Looked = Omit<Gaining, 'engines'> & { readonly engines: Engines };

/**
 * Who of these organizations would come to have both: people and service accounts, once each. A key has no more than its owner. What is switched off is looked at
 * as if it were not, because it is switched on again without another review.
 */
export async function breachesIn(db: Db, organizations: readonly Gaining[]): Promise<Breach[]> {
  const all = organizations
    .filter(({ pairs }) => pairs.length > 0)
    .map(({ engines, ...one }) => ({ ...one, engines: engines() }))
    .map((one) => ({ ...one, relevant: namesFor(one) }));
  if (all.length === 0) return [];
  const byOrganization = await groupsAbout(db, all, { withSubjects: true });
  return all.flatMap((one) => {
    const own = (byOrganization.get(one.facts.uuid) ?? []).filter(({ subject }) => subject !== 'api-key');
    return one.pairs.flatMap((pair): Breach[] => {
      const found = subjectsWith(one, own, pair);
      if (found.size === 0) return [];
      const people = [...found].filter((subject) => subject.startsWith('user ')).length;
      return [{ pair, organizationId: one.facts.id, people, accounts: found.size - people }];
    });
  });
}

/** The subjects of rows that have a say in one of the pairs. */
function namesFor({ engines, pairs }: Looked): ReadonlySet<string> {
  const about = subjectsIn([...engines.before.rows(), ...engines.after.rows()]);
  const names = pairs.flatMap(({ permissions }) =>
    permissions.flatMap((permission) => within.flatMap((level) => [...about(splitPermission(permission), level)])),
  );
  return new Set(names);
}

function subjectsWith({ facts, engines }: Looked, groups: readonly Group[], pair: Separated): Set<string> {
  const found = new Set<string>();
  const named = new Set([...engines.before.rows(), ...engines.after.rows()].map(([, dom]) => dom));
  const domainIn = (project: string | null): Domain =>
    domainOf({ organizationId: facts.id, ...(project !== null && { projectId: toId('project', project) }) });
  const isNamed = (project: string): boolean => named.has(domainIn(project).dom);
  const active = new Set(facts.projects);
  const direct = groupedBy(
    groups.filter(({ project }) => project !== null && active.has(project)),
    ({ project }) => project!,
  );
  const look = (group: Group, project: string | null, but: ReadonlySet<string>): void => {
    const roles = [...holdingOf(facts, group, project).keys()];
    if (roles.length === 0 || !newlyBoth(engines, pair, { roles, domain: domainIn(project) })) return;
    for (const subject of group.subjects!) if (!but.has(subject)) found.add(`${group.subject} ${subject}`);
  };
  for (const group of [...direct.values()].flat()) look(group, group.project, new Set());
  for (const group of groups.filter(({ project }) => project === null)) {
    look(group, null, new Set());
    // Who has a role of their own in a project is asked about with it; what is held in one of the other projects is held in each.
    const own = new Set([...ownProjects(facts, group, isNamed), ...direct.keys()]);
    const other = facts.projects.find((project) => !own.has(project));
    for (const project of other === undefined ? own : [...own, other]) look(group, project, holdersOf(direct.get(project), group));
  }
  return found;
}

function holdersOf(groups: readonly Group[] = [], { subject }: Group): ReadonlySet<string> {
  return new Set(groups.flatMap((group) => (group.subject === subject ? group.subjects! : [])));
}

/** What is said of who would come to have both, one for each pair. */
export function separationRails(breaches: readonly Breach[]): Rail[] {
  return [...groupedBy(breaches, ({ pair }) => pair.permissions.join(' and '))].map(([both, all]): Rail => {
    const sum = (count: (breach: Breach) => number): number => all.reduce((total, breach) => total + count(breach), 0);
    const organizations = all.flatMap(({ organizationId }) => organizationId ?? []);
    const where = organizations.length === 0 ? 'on the platform' : `in one place, in ${firstNames(organizations)}`;
    const { because, rail } = all[0]!.pair;
    const who = whoOf(
      sum(({ people }) => people),
      sum(({ accounts }) => accounts),
    );
    const detail = `${who} would come to have both ${both} ${where}, and not now. ${because}`;
    return { id: 'separation-of-duties', status: rail === 'block' ? 'BLOCK' : 'WARN', detail };
  });
}

function whoOf(people: number, accounts: number): string {
  const said = [
    ...(people > 0 ? [counted(people, 'person', 'people')] : []),
    ...(accounts > 0 ? [counted(accounts, 'service account')] : []),
  ];
  return said.join(' and ');
}
