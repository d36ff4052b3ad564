import { customRolesOf, levelOfTier, offeredPermissions, unfitPermissions } from '../../../core/authorization/policy/custom-roles.ts';
import { offeredRoles, rolesAt, type Step } from './choices.ts';
import type { Draw } from './draw.ts';
import type { World } from './world.ts';

/** More projects in one organization find nothing new, and each of them is a place to look at after each step. */
const enoughProjects = 2;

/** The kinds of step about what an organization defines itself: roles, sets of them under a name, and projects. */
export const definitions: Readonly<Record<string, Step>> = {
  defineRole(world, _state, draw) {
    const role = definition(world, draw);
    return role && { operationId: 'createRole', params: pathTo(world), body: { title: `Role ${world.labels.size}`, ...role } };
  },

  redefineRole(world, state, draw) {
    const role = draw.any(state.roles);
    const body = role && definition(world, draw, { level: levelOfTier(role.tier) });
    return body && { operationId: 'replaceRole', params: { ...pathTo(world), roleId: role.id }, body: { title: role.title, ...body } };
  },

  deleteRole(world, state, draw) {
    const role = draw.chance(0.5) ? draw.any(state.roles) : undefined;
    if (!role) return undefined;
    const others = rolesAt(world, state, levelOfTier(role.tier)).filter((id) => id !== role.id);
    const query = draw.chance(0.7) && others.length > 0 ? { successor: draw.of(others) } : {};
    return { operationId: 'deleteRole', params: { ...pathTo(world), roleId: role.id }, query };
  },

  makeTemplate(world, state, draw) {
    if (!world.blueprint.roleTemplates) return undefined;
    const body = { name: `Template ${world.labels.size}`, ...offeredRoles(world, state, draw) };
    return { operationId: 'createRoleTemplate', params: pathTo(world), body };
  },

  changeTemplate(world, state, draw) {
    const template = draw.any(state.templates);
    if (!template) return undefined;
    const body = { name: template.name, ...offeredRoles(world, state, draw) };
    return { operationId: 'replaceRoleTemplate', params: { ...pathTo(world), roleTemplateId: template.id }, body };
  },

  removeTemplate(world, state, draw) {
    const template = draw.chance(0.2) ? draw.any(state.templates) : undefined;
    return template && { operationId: 'deleteRoleTemplate', params: { ...pathTo(world), roleTemplateId: template.id } };
  },

  makeProject(world, state) {
    if (world.blueprint.projects === 'none' || state.projects.length >= enoughProjects) return undefined;
    return { operationId: 'createProject', params: pathTo(world), body: { name: 'Site' } };
  },

  deleteProject(world, state, draw) {
    const projectId = draw.chance(0.3) ? draw.any(state.projects) : undefined;
    return projectId === undefined ? undefined : { operationId: 'deleteProject', params: { ...pathTo(world), projectId } };
  },

  restoreProject(world, state, draw) {
    const projectId = draw.any(state.deletedProjects);
    if (projectId === undefined) return undefined;
    return { operationId: 'restoreProject', params: { ...pathTo(world), projectId }, body: {} };
  },
};

function pathTo({ organizationId }: World): { organizationId: string } {
  return { organizationId };
}

/** A tier, and a few of the permissions that a role of that tier can hold; nothing where roles are not defined. */
function definition({ blueprint }: World, draw: Draw, { level }: { level?: string } = {}): object | undefined {
  const custom = customRolesOf(blueprint);
  const tier = draw.any((custom?.tiers ?? []).filter((one) => level === undefined || levelOfTier(one) === level));
  if (custom === undefined || tier === undefined) return undefined;
  const fit = [...offeredPermissions(custom).keys()].filter((one) => unfitPermissions(custom, tier, [one]).length === 0);
  const share = Math.min(0.5, 2 / fit.length);
  return { tier, permissions: fit.filter(() => draw.chance(share)) };
}
