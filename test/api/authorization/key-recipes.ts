import { keyTypeName } from '../../../core/authorization/policy/key-types.ts';
import { newId } from '../../../core/base/ids.ts';
import type { Ask, Asker, Recipe } from './recipes.ts';
import type { World } from './world.ts';

const nothing = async (): Promise<Ask> => ({});
const assign = ({ orgRole }: World) => [`role:${orgRole}:assign`];
const unassign = ({ orgRole }: World) => [`role:${orgRole}:unassign`];
const assignInProject = ({ projectRole }: World) => [`role:${projectRole}:assign`];
const unassignInProject = ({ projectRole }: World) => [`role:${projectRole}:unassign`];

const serviceAccount = async ({ world, site }: Asker): Promise<Ask> => ({
  params: { serviceAccountId: (await world.makeServiceAccount(site, { role: world.orgRole })).serviceAccountId },
});
const projectServiceAccount = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { serviceAccountId: (await world.makeServiceAccount(site, { role: world.projectRole, projectId })).serviceAccountId },
});
const apiKey = async ({ world, site }: Asker): Promise<Ask> => ({ params: { apiKeyId: await world.makeApiKey(site) } });
const projectApiKey = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { apiKeyId: await world.makeApiKey(site, projectId) },
});
/** A kind of key that a service account can own. */
export const keyTypeOf = ({ world }: Asker, level: 'org' | 'project'): string =>
  keyTypeName(world.blueprint.keyTypes.find(({ levels }) => levels.includes(level))!);

/** Service accounts and their keys. */
export const keyRecipes: readonly Recipe[] = [
  { operationId: 'listServiceAccounts', ask: nothing },
  { operationId: 'createServiceAccount', ask: async () => ({ body: { name: `Deployment ${newId('request').slice(-6)}` } }) },
  { operationId: 'getServiceAccount', ask: serviceAccount },
  { operationId: 'updateServiceAccount', ask: async (cell) => ({ ...(await serviceAccount(cell)), body: { name: 'Renamed' } }) },
  { operationId: 'deleteServiceAccount', further: unassign, ask: serviceAccount },
  { operationId: 'listApiKeys', ask: nothing },
  {
    operationId: 'createApiKey',
    further: assign,
    ask: async (cell) => {
      const { world, site } = cell;
      const { serviceAccountId } = await world.makeServiceAccount(site, { role: world.orgRole });
      return { body: { name: 'Program', type: keyTypeOf(cell, 'org'), owner: { type: 'SERVICE_ACCOUNT', id: serviceAccountId } } };
    },
  },
  { operationId: 'getApiKey', ask: apiKey },
  {
    operationId: 'updateApiKey',
    ask: async (cell) => ({ ...(await apiKey(cell)), body: { name: `Program ${newId('request').slice(-6)}` } }),
  },
  {
    operationId: 'rotateApiKey',
    further: assign,
    ask: async (cell) => {
      const { world, site } = cell;
      const { serviceAccountId } = await world.makeServiceAccount(site, { role: world.orgRole });
      const apiKeyId = await world.makeApiKey(site, undefined, { serviceAccountId, type: keyTypeOf(cell, 'org') });
      return { params: { apiKeyId }, headers: { 'if-match': '"1"' }, body: { overlapSeconds: Math.floor(Math.random() * 1_000) } };
    },
  },
  { operationId: 'revokeApiKey', ask: apiKey },
  { operationId: 'listProjectServiceAccounts', ask: nothing },
  { operationId: 'createProjectServiceAccount', ask: async () => ({ body: { name: `Deployment ${newId('request').slice(-6)}` } }) },
  { operationId: 'getProjectServiceAccount', ask: projectServiceAccount },
  {
    operationId: 'updateProjectServiceAccount',
    ask: async (cell) => ({ ...(await projectServiceAccount(cell)), body: { name: 'Renamed' } }),
  },
  { operationId: 'deleteProjectServiceAccount', further: unassignInProject, ask: projectServiceAccount },
  { operationId: 'listProjectApiKeys', ask: nothing },
  {
    operationId: 'createProjectApiKey',
    further: assignInProject,
    needsKeys: 'project',
    ask: async (cell) => {
      const { world, site, projectId } = cell;
      const { serviceAccountId } = await world.makeServiceAccount(site, { role: world.projectRole, projectId });
      return { body: { name: 'Program', type: keyTypeOf(cell, 'project'), owner: { type: 'SERVICE_ACCOUNT', id: serviceAccountId } } };
    },
  },
  { operationId: 'getProjectApiKey', ask: projectApiKey },
  {
    operationId: 'updateProjectApiKey',
    ask: async (cell) => ({ ...(await projectApiKey(cell)), body: { name: `Program ${newId('request').slice(-6)}` } }),
  },
  {
    operationId: 'rotateProjectApiKey',
    further: assignInProject,
    needsKeys: 'project',
    ask: async (cell) => {
      const { world, site, projectId } = cell;
      const { serviceAccountId } = await world.makeServiceAccount(site, { role: world.projectRole, projectId });
      const apiKeyId = await world.makeApiKey(site, projectId, { serviceAccountId, type: keyTypeOf(cell, 'project') });
      return { params: { apiKeyId }, headers: { 'if-match': '"1"' }, body: { overlapSeconds: Math.floor(Math.random() * 1_000) } };
    },
  },
  { operationId: 'revokeProjectApiKey', ask: projectApiKey },
];
