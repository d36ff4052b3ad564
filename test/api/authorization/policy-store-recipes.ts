import { newId } from '../../../core/base/ids.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import type { Ask, Asker, Recipe } from './recipe.ts';

const store = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { policyStoreId: await world.makePolicyStore(site, projectId) },
});
const inStore =
  (more: Ask) =>
  async (cell: Asker): Promise<Ask> => {
    const { params } = await store(cell);
    return { ...more, params: { ...params, ...more.params } };
  };
const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'write' }, resource: { type: 'record', id: '1' } };
const entity = { entityType: 'record', entityId: '1' };
/** A project has so many stores at most, so each cell makes one in a project of its own. */
const create = async (cell: Asker): Promise<Ask> => ({
  params: { projectId: await cell.anotherProject() },
  body: { name: newId('policyStore') },
});

/** Policy stores: each cell has one of its own. */
export const policyStoreRecipes: readonly Recipe[] = [
  { operationId: 'listPolicyStores', ask: async () => ({}) },
  { operationId: 'createPolicyStore', ask: create },
  { operationId: 'getPolicyStore', ask: store },
  { operationId: 'updatePolicyStore', ask: inStore({ body: { description: 'Another one.' } }) },
  { operationId: 'deletePolicyStore', ask: store },
  { operationId: 'listPolicyStoreRevisions', ask: store },
  { operationId: 'createPolicyStoreRevision', ask: inStore({ body: { ...storeFiles, reason: 'Again.' } }) },
  { operationId: 'getPolicyStoreRevision', ask: inStore({ params: { revision: '1' } }) },
  { operationId: 'getPolicyStoreHead', ask: store },
  { operationId: 'replacePolicyStoreHead', ask: inStore({ body: { revision: 1 }, headers: { 'if-match': '"1"' } }) },
  { operationId: 'lintPolicyStore', ask: inStore({ body: storeFiles }) },
  { operationId: 'listPolicyStoreEntities', ask: inStore({ query: { type: 'record' } }) },
  { operationId: 'writePolicyStoreEntities', ask: inStore({ body: { entities: [question.resource] } }) },
  { operationId: 'getPolicyStoreEntity', ask: inStore({ params: entity }) },
  { operationId: 'deletePolicyStoreEntity', ask: inStore({ params: entity }) },
  { operationId: 'evaluateInStore', ask: inStore({ body: question }) },
  { operationId: 'evaluateManyInStore', ask: inStore({ body: { ...question, evaluations: [{}] } }) },
  { operationId: 'searchSubjectsInStore', ask: inStore({ body: question }) },
  { operationId: 'searchResourcesInStore', ask: inStore({ body: question }) },
  { operationId: 'searchActionsInStore', ask: inStore({ body: question }) },
];
