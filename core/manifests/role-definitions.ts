import type { RoleDefinition } from '../access/custom-roles.ts';
import { type CustomRoles, definitionProblems, levelOfTier } from '../authorization/policy/custom-roles.ts';

/** A role of the organization's own as a manifest wants it. */
export interface DesiredRole {
  /** By which the entries of manifests call it. */
  readonly name: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly tier: string;
  readonly permissions: readonly string[];
  /** Groups of the kind of organization, each with everything that is in it. */
  readonly permissionGroups: readonly string[];
}

/** What this kind of organization does not let a role be, with the place in the entry. `present`: the tier that the role has. */
export function roleProblems(custom: CustomRoles, desired: DesiredRole, present: string | undefined): { path: string; detail: string }[] {
  const { tier, permissions, permissionGroups } = desired;
  const problems = definitionProblems(custom, tier, permissions).map(({ path: [field, index], detail }) => ({
    path: index === undefined ? String(field) : `${field}[${index}]`,
    detail,
  }));
  if (present !== undefined && levelOfTier(present) !== levelOfTier(tier)) {
    const detail = `must be a tier of the same level as ${present}, because a role stays where it is held`;
    problems.push({ path: 'tier', detail });
  }
  const groups = new Map(custom.permissionGroups.map((group) => [group.name, group]));
  for (const [index, name] of permissionGroups.entries()) {
    const group = groups.get(name);
    const path = `permissionGroups[${index}]`;
    if (!group)
      problems.push({
        path,
        detail: `must be ${groups.size === 0 ? 'left out: there are none' : `one of ${[...groups.keys()].join(', ')}`}`,
      });
    else if (group.level === 'org' && levelOfTier(tier) === 'project')
      problems.push({ path, detail: 'holds in the organization, and a role of this tier is held in projects' });
  }
  return problems;
}

/** The role as core knows it, its groups as the permissions that are in them. */
export function toRoleDefinition(custom: CustomRoles, desired: DesiredRole): RoleDefinition {
  const { title, description = '', tier, permissions, permissionGroups } = desired;
  const grouped = custom.permissionGroups.filter(({ name }) => permissionGroups.includes(name)).flatMap((group) => group.permissions);
  return { title, description, tier, permissions: [...new Set([...permissions, ...grouped])] };
}

/** Whether a role is what is wanted; the order of its permissions does not matter. */
export function isSameRole(row: RoleDefinition, wanted: RoleDefinition): boolean {
  const isSame = row.title === wanted.title && row.description === wanted.description && row.tier === wanted.tier;
  return isSame && [...row.permissions].sort().join() === [...wanted.permissions].sort().join();
}
