import { newId, toUuid } from '../../../core/base/ids.ts';
import { insertRollout } from '../../../core/policy-stores/rollout-rows.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { type Ask, type Asker, keepDecisions, type Recipe } from './recipe.ts';

const store = async ({ world, site, projectId }: Asker): Promise<Ask> => ({
  params: { policyStoreId: await world.makePolicyStore(site, projectId) },
});
const inStore =
  (more: Ask) =>
  async (cell: Asker): Promise<Ask> => {
    const { params } = await store(cell);
    return { ...more, params: { ...params, ...more.params } };
  };
/** A store in which the second revision decides, after the first one did. */
const rollback = async ({ world, site, projectId }: Asker): Promise<Ask> => {
  const policyStoreId = await world.makePolicyStore(site, projectId);
  const [org_id, store_id] = [toUuid('organization', site.organizationId), toUuid('policyStore', policyStoreId)];
  await world.tenet.database.write('platform', async (db) => {
    const [first] = await db('policy_store_revisions').where({ org_id, store_id });
    await db('policy_store_revisions').insert({ ...first, revision: 2 });
    await db('policy_stores').where({ org_id, id: store_id }).update({ head_revision: 2, head_version: 3 });
    const move = { org_id, store_id, how: 'ACTIVATION', activated_by: 'test' };
    await db('policy_store_activations').insert([
      { ...move, version: 2, revision: 1 },
      { ...move, version: 3, revision: 2, previous_revision: 1 },
    ]);
  });
  return { params: { policyStoreId }, body: { reason: 'It was better.' }, headers: { 'if-match': '"3"' } };
};
/** A store in which the first revision decides, and a second one that says the same does not. */
const candidate = async ({ world, site, projectId }: Asker) => {
  const policyStoreId = await world.makePolicyStore(site, projectId);
  const [org_id, store_id] = [toUuid('organization', site.organizationId), toUuid('policyStore', policyStoreId)];
  await world.tenet.database.write('platform', async (db) => {
    const [first] = await db('policy_store_revisions').where({ org_id, store_id });
    await db('policy_store_revisions').insert({ ...first, revision: 2 });
    await db('policy_stores').where({ org_id, id: store_id }).update({ head_revision: 1, head_version: 2 });
  });
  return { params: { policyStoreId }, store: { org_id, id: store_id } };
};
/** An open rollout, whose gates are met. */
const rollout = async (cell: Asker) => {
  const { params, store } = await candidate(cell);
  const { id } = await cell.world.tenet.database.write('platform', (db) =>
    insertRollout(db, store, {
      ...{ base: 1, candidate: 2, share: 0, gates: { decisions: 0, unplanned: 0 }, planned: [], by: 'test', reason: 'To look.' },
    }),
  );
  return { params: { ...params, rolloutId: id } };
};
const question = { subject: { type: 'user', id: 'alice' }, action: { name: 'write' }, resource: { type: 'record', id: '1' } };
const replay = async (cell: Asker): Promise<Ask> => {
  await keepDecisions(cell.world);
  return { ...(await store(cell)), body: { to: 1 } };
};
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
  { operationId: 'rollbackPolicyStore', ask: rollback },
  { operationId: 'getPolicyStoreHistory', ask: store },
  { operationId: 'listPolicyStoreRollouts', ask: store },
  {
    operationId: 'createPolicyStoreRollout',
    ask: async (cell) => ({
      params: (await candidate(cell)).params,
      body: { revision: 2, reason: 'To look.' },
      headers: { 'if-match': '"2"' },
    }),
  },
  { operationId: 'getPolicyStoreRollout', ask: rollout },
  {
    operationId: 'promotePolicyStoreRollout',
    ask: async (cell) => ({ ...(await rollout(cell)), body: { stage: 'ALL', reason: 'Reviewed.' }, headers: { 'if-match': '"1"' } }),
  },
  { operationId: 'cancelPolicyStoreRollout', ask: async (cell) => ({ ...(await rollout(cell)), body: { reason: 'Reviewed.' } }) },
  { operationId: 'planPolicyStore', ask: inStore({ body: { to: 1 } }) },
  { operationId: 'replayStoreDecisions', furtherAbove: ['decision:explain'], ask: replay },
  { operationId: 'diffPolicyStoreRevisions', ask: inStore({ body: { to: 1 } }) },
  { operationId: 'testPolicyStore', ask: inStore({ body: storeFiles }) },
  { operationId: 'lintPolicyStore', ask: inStore({ body: storeFiles }) },
  { operationId: 'listPolicyStoreEntities', ask: inStore({ query: { type: 'record' } }) },
  { operationId: 'writePolicyStoreEntities', ask: inStore({ body: { entities: [question.resource] } }) },
  { operationId: 'getPolicyStoreEntity', ask: inStore({ params: entity }) },
  { operationId: 'deletePolicyStoreEntity', ask: inStore({ params: entity }) },
  { operationId: 'listStoreDecisions', ask: store },
  { operationId: 'explainInStore', further: () => ['policy-store:evaluate'], ask: inStore({ body: question }) },
  { operationId: 'evaluateInStore', ask: inStore({ body: question }) },
  { operationId: 'evaluateManyInStore', ask: inStore({ body: { ...question, evaluations: [{}] } }) },
  { operationId: 'searchSubjectsInStore', ask: inStore({ body: question }) },
  { operationId: 'searchResourcesInStore', ask: inStore({ body: question }) },
  { operationId: 'searchActionsInStore', ask: inStore({ body: question }) },
];
