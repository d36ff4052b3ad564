import { type Ask, type Asker, nothing, type Recipe } from './recipe.ts';

const item = async ({ world }: Asker): Promise<Ask> => ({ params: { itemId: await world.makeCatalogItem() } });
/** An application in the project of the cell, which is one then. */
const instance = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { projectId, instanceId: await world.makeInstance(site, projectId) },
});
const another = async (cell: Asker): Promise<Ask> => {
  const projectId = await cell.anotherProject();
  return { params: { projectId, instanceId: await cell.world.makeInstance(cell.site, projectId) } };
};
const application = { name: 'Notes', category: 'Productivity', description: 'Notes.', program: { command: '/bin/notes', port: 8080 } };

/** The catalogue, and what of it is installed. */
export const appRecipes: readonly Recipe[] = [
  { operationId: 'listCatalogItems', ask: nothing },
  { operationId: 'createCatalogItem', ask: async () => ({ body: application }) },
  { operationId: 'getCatalogItem', ask: item },
  { operationId: 'updateCatalogItem', ask: async (cell) => ({ ...(await item(cell)), body: { description: 'More notes.' } }) },
  { operationId: 'listInstances', ask: nothing },
  {
    operationId: 'createInstance',
    ask: async ({ world }) => ({ body: { itemId: await world.makeCatalogItem(), name: 'Throwaway' } }),
  },
  { operationId: 'getInstance', ask: instance },
  { operationId: 'updateInstance', ask: async (cell) => ({ ...(await instance(cell)), body: { priceKind: 'MONTHLY' } }) },
  { operationId: 'deleteInstance', ask: another },
  { operationId: 'restartInstance', ask: another },
  { operationId: 'startInstance', ask: another },
  { operationId: 'stopInstance', ask: another },
  { operationId: 'openInstance', ask: another },
  { operationId: 'getInstanceLogs', ask: instance },
];
