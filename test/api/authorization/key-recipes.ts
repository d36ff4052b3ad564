import { keyTypeName } from '../../../core/authorization/policy/key-types.ts';
import { newId } from '../../../core/base/ids.ts';
import { type Ask, type Asker, assign, assignInProject, nothing, type Recipe, unassign, unassignInProject } from './recipe.ts';

type Level = 'org' | 'project';

const makeAccount = async ({ world, site, projectId }: Asker, level: Level): Promise<string> => {
  const held = level === 'org' ? { role: world.orgRole } : { role: world.projectRole, projectId };
  return (await world.makeServiceAccount(site, held)).serviceAccountId;
};
const serviceAccount = async (cell: Asker): Promise<Ask> => ({ params: { serviceAccountId: await makeAccount(cell, 'org') } });
const projectServiceAccount = async (cell: Asker): Promise<Ask> => ({ params: { serviceAccountId: await makeAccount(cell, 'project') } });
const apiKey = async ({ world, site }: Asker): Promise<Ask> => ({ params: { apiKeyId: await world.makeApiKey(site) } });
const projectApiKey = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { apiKeyId: await world.makeApiKey(site, projectId) },
});
/** A kind of key that a service account can own. */
export const keyTypeOf = ({ world }: Asker, level: Level): string =>
  keyTypeName(world.blueprint.keyTypes.find(({ levels }) => levels.includes(level))!);

const newKey = async (cell: Asker, level: Level): Promise<Ask> => ({
  body: { name: 'Program', type: keyTypeOf(cell, level), owner: { type: 'SERVICE_ACCOUNT', id: await makeAccount(cell, level) } },
});
const rotation = async (cell: Asker, level: Level): Promise<Ask> => {
  const key = { serviceAccountId: await makeAccount(cell, level), type: keyTypeOf(cell, level) };
  const apiKeyId = await cell.world.makeApiKey(cell.site, level === 'org' ? undefined : cell.projectId, key);
  return { params: { apiKeyId }, headers: { 'if-match': '"1"' }, body: { overlapSeconds: Math.floor(Math.random() * 1_000) } };
};

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
    ask: (cell) => newKey(cell, 'org'),
  },
  { operationId: 'getApiKey', ask: apiKey },
  {
    operationId: 'updateApiKey',
    ask: async (cell) => ({ ...(await apiKey(cell)), body: { name: `Program ${newId('request').slice(-6)}` } }),
  },
  {
    operationId: 'rotateApiKey',
    further: assign,
    ask: (cell) => rotation(cell, 'org'),
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
    ask: (cell) => newKey(cell, 'project'),
  },
  {
    operationId: 'createProjectApiKey',
    title: 'bound to a policy store',
    further: (world) => ['policy-store:read', ...assignInProject(world)],
    needsKeys: 'project',
    async ask(cell) {
      const { body } = await newKey(cell, 'project');
      return { body: { ...(body as object), policyStoreId: await cell.world.makePolicyStore(cell.site, cell.projectId) } };
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
    ask: (cell) => rotation(cell, 'project'),
  },
  { operationId: 'revokeProjectApiKey', ask: projectApiKey },
];
