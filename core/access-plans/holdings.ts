import { roleNames } from '../authorization/decisions/held-roles.ts';
import { accountRole } from '../authorization/decisions/snapshot.ts';
import { controllerRole, ownerRole, qualifiedRole } from '../authorization/policy/vocabulary.ts';
import type { Group } from './groups.ts';
import { flags, type OrganizationFacts, personStates } from './organizations.ts';

/** How a role came to its holder, in the words of explanations; SCOPE is a scope of a key. */
export type Source = 'GRANT' | 'ROLE_GRANT' | 'MEMBERSHIP' | 'OWNERSHIP' | 'PLATFORM' | 'STATE' | 'SUPPORT' | 'SCOPE';

/** What a group holds in a place, as policy rows name it, each with where it came from. */
export type Holding = ReadonlyMap<string, Source>;

const nothing: Holding = new Map();

/**
 * What subjects of a group hold in a place: null is the organization itself. The truth is rolesIn() of core/authorization/decisions/snapshot.ts, for each of
 * them alone; this says the same for all of them at once, and every plan is compared with that.
 */
export function holdingOf(organization: OrganizationFacts, group: Group, project: string | null): Holding {
  if (group.keyProject !== undefined && group.keyProject !== null && group.keyProject !== project) return nothing;
  return group.holder === 'user' ? personHolding(organization, group, project) : accountHolding(organization, group, project);
}

function accountHolding(organization: OrganizationFacts, group: Group, project: string | null): Holding {
  const held = given(organization, group, project);
  if (group.flags & flags.ofOrganization) held.set(accountRole, 'MEMBERSHIP');
  return withStates(organization, held);
}

function personHolding(organization: OrganizationFacts, group: Group, project: string | null): Holding {
  const isOutsider = (group.flags & flags.outsider) !== 0;
  const held = isOutsider ? externalHolding(organization, group, project) : given(organization, group, project);
  if (isOutsider && held.size === 0 && group.support === undefined) return nothing;
  if (group.support !== undefined) {
    for (const name of roleNames(organization.blueprint, [group.support])) if (!held.has(name)) held.set(name, 'SUPPORT');
  }
  if (!isOutsider) held.set('member/self', 'MEMBERSHIP');
  if (group.flags & flags.owner) held.set(qualifiedRole(organization.blueprint, ownerRole), 'OWNERSHIP');
  for (const { name, bit } of Object.values(personStates)) if (group.flags & bit) held.set(name, 'STATE');
  return withStates(organization, held);
}

/** People from outside have something in projects alone, where they hold any role, also one that has no say. */
function externalHolding(organization: OrganizationFacts, group: Group, project: string | null): Map<string, Source> {
  const holdsAny = project !== null && (group.project === project || (group.flags & flags.everywhere) !== 0);
  if (!organization.letsExternalsIn || !holdsAny) return new Map();
  return given(organization, group, project).set('member/external', 'MEMBERSHIP');
}

/** The roles of grants to the subjects, and of grants to these roles: one step, as takeSnapshot does. */
function given({ blueprint, roleGrants }: OrganizationFacts, group: Group, project: string | null): Map<string, Source> {
  const direct = project !== null && group.project === project ? [...group.roles, ...group.projectRoles] : group.roles;
  const held = new Map<string, Source>(roleNames(blueprint, direct).map((name) => [name, 'GRANT']));
  for (const role of direct) {
    for (const grant of roleGrants.get(role) ?? []) {
      const name = qualifiedRole(blueprint, grant.role);
      if ((grant.project === null || grant.project === project) && !held.has(name)) held.set(name, 'ROLE_GRANT');
    }
  }
  return held;
}

function withStates({ states }: OrganizationFacts, held: Map<string, Source>): Holding {
  for (const state of states) held.set(state, 'STATE');
  return held;
}

/** What Tenet holds there while it does what a manifest says. */
export function controllerHolding(organization: OrganizationFacts): Holding {
  return withStates(organization, new Map([[controllerRole, 'PLATFORM']]));
}

/** The projects in which a group that has no role of its own there holds more than elsewhere, or that rows name. */
export function ownProjects(organization: OrganizationFacts, group: Group, isNamed: (project: string) => boolean): string[] {
  const through = new Set(group.roles.flatMap((role) => (organization.roleGrants.get(role) ?? []).flatMap(({ project }) => project ?? [])));
  return organization.projects.filter((project) => through.has(project) || isNamed(project));
}
