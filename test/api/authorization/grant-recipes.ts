import { customRolesOf } from '../../../core/authorization/policy/custom-roles.ts';
import { newId } from '../../../core/base/ids.ts';
import { type Ask, type Asker, assign, assignInProject, nothing, type Recipe, unassign, unassignInProject } from './recipe.ts';
import type { World } from './world.ts';

const tierOf = ({ blueprint, orgRole }: World): string => customRolesOf(blueprint)?.tiers[0] ?? orgRole;
const assignTier = (world: World) => [`role:${tierOf(world)}:assign`];
const unassignTier = (world: World) => [`role:${tierOf(world)}:unassign`];
const customRole = async ({ world, site }: Asker): Promise<Ask> => ({ params: { roleId: await world.makeRole(site, tierOf(world)) } });
const roleTemplate = async ({ world, site }: Asker): Promise<Ask> => ({ params: { roleTemplateId: await world.makeRoleTemplate(site) } });

/** Two ends: giving a role until another time replaces the grant that has the first one. */
const earlier = new Date(Date.now() + 43_200_000);
const until = new Date(Date.now() + 86_400_000).toISOString();

/** Roles, and who holds them. */
export const grantRecipes: readonly Recipe[] = [
  { operationId: 'listRoles', ask: nothing },
  { operationId: 'getRole', ask: async ({ world }) => ({ params: { roleId: world.orgRole } }) },
  {
    operationId: 'createRole',
    needsCustomRoles: true,
    further: assignTier,
    ask: async ({ world }) => ({ body: { title: newId('role'), tier: tierOf(world), permissions: [] } }),
  },
  {
    operationId: 'replaceRole',
    needsCustomRoles: true,
    further: (world) => [...assignTier(world), ...unassignTier(world)],
    ask: async (cell) => ({ ...(await customRole(cell)), body: { title: newId('role'), tier: tierOf(cell.world), permissions: [] } }),
  },
  { operationId: 'deleteRole', needsCustomRoles: true, further: unassignTier, ask: customRole },
  {
    operationId: 'deleteRole',
    title: 'with a successor',
    needsCustomRoles: true,
    further: (world) => [...unassignTier(world), ...assignTier(world)],
    ask: async (cell) => ({ ...(await customRole(cell)), query: { successor: tierOf(cell.world) } }),
  },
  { operationId: 'listPermissionGroups', ask: nothing },
  { operationId: 'listRolePresets', ask: nothing },
  { operationId: 'listRoleTemplates', ask: nothing },
  { operationId: 'getRoleTemplate', ask: roleTemplate },
  {
    operationId: 'createRoleTemplate',
    needsRoleTemplates: true,
    ask: async ({ world }) => ({ body: { name: newId('roleTemplate'), roles: [world.orgRole] } }),
  },
  {
    operationId: 'replaceRoleTemplate',
    needsRoleTemplates: true,
    ask: async (cell) => ({ ...(await roleTemplate(cell)), body: { name: newId('roleTemplate'), roles: [cell.world.orgRole] } }),
  },
  { operationId: 'deleteRoleTemplate', ask: roleTemplate },
  { operationId: 'listGrants', ask: nothing },
  {
    operationId: 'createGrant',
    further: assign,
    ask: async ({ world, site }) => ({
      body: { subject: { type: 'USER', id: (await world.makeMember(site)).userId }, role: world.orgRole },
    }),
  },
  {
    operationId: 'createGrant',
    title: 'in place of another',
    further: (world) => [...assign(world), ...unassign(world)],
    ask: async ({ world, site }) => ({
      body: {
        subject: { type: 'USER', id: (await world.makeMember(site, { role: world.orgRole, until: earlier })).userId },
        role: world.orgRole,
        until,
      },
    }),
  },
  {
    operationId: 'revokeGrant',
    further: unassign,
    ask: async ({ world, site }) => ({ params: { grantId: (await world.makeMember(site, { role: world.orgRole })).grantId } }),
  },
  { operationId: 'getAccessReport', ask: nothing },
  { operationId: 'getProjectAccessReport', ask: nothing },
  { operationId: 'listProjectGrants', ask: nothing },
  {
    operationId: 'createProjectGrant',
    further: assignInProject,
    ask: async ({ world, site }) => ({
      body: { subject: { type: 'USER', id: (await world.makeMember(site)).userId }, role: world.projectRole },
    }),
  },
  {
    operationId: 'createProjectGrant',
    title: 'in place of another',
    further: (world) => [...assignInProject(world), ...unassignInProject(world)],
    ask: async ({ world, site, projectId }) => ({
      body: {
        subject: { type: 'USER', id: (await world.makeMember(site, { role: world.projectRole, projectId, until: earlier })).userId },
        role: world.projectRole,
        until,
      },
    }),
  },
  {
    operationId: 'revokeProjectGrant',
    further: unassignInProject,
    ask: async ({ world, site, projectId }) => ({
      params: { grantId: (await world.makeMember(site, { role: world.projectRole, projectId })).grantId },
    }),
  },
];
