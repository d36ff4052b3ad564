import { makeAccessPlan } from '../../../core/access-plans/making.ts';
import { scopeName } from '../../../core/authorization/policy/scopes.ts';
import { listHeads, moveHead } from '../../../core/authorization/store/revisions.ts';
import { endRollout, insertRollout } from '../../../core/authorization/store/rollout-stages.ts';
import { listOpenRollouts } from '../../../core/authorization/store/rollouts.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { type Ask, type Asker, keepDecisions, nothing, ofAccount, type Recipe } from './recipe.ts';

/** A role of the platform, and a person who holds it. */
const operatorRole = 'platform/auditor';
const giveToOperator = () => [`role:${operatorRole}:assign`];
const takeFromOperator = () => [`role:${operatorRole}:unassign`];
const ofOperator = async ({ world, site }: Asker): Promise<Ask> => {
  const { userId } = await world.makeMember(site);
  await world.tenet.database.write('platform', (db) =>
    db('platform_grants').insert({ user_id: toUuid('user', userId), role: operatorRole, granted_by: 'test' }),
  );
  return { params: { userId } };
};

/** A question of AuthZEN, but for its action. */
const aboutSelf = ({ persona, site }: Asker) => ({
  subject: { type: 'user', id: persona.id },
  resource: { type: 'member', id: '*', properties: { organizationId: site.organizationId } },
});

/** The platform's policy as it is in force. */
const ofDraft = async ({ world }: Asker): Promise<Ask> => {
  const [content] = await world.tenet.policies.contents(['platform@1']);
  const { scope, ...body } = content!;
  return { params: { scope }, body: { ...body } };
};

/** A second revision that says the same as the first. */
async function insertSameRevision(db: Db, scope: string): Promise<void> {
  const [{ rows, sources, documents, ...row }] = await db('policy_revisions').where({ scope, revision: 1 });
  const content = { rows: JSON.stringify(rows), sources: JSON.stringify(sources), documents: JSON.stringify(documents) };
  await db('policy_revisions')
    .insert({ ...row, ...content, revision: 2 })
    .onConflict(['scope', 'revision'])
    .ignore();
}

/** The policy of another kind of organization than that of the test, which has a second revision in force that says the same as its first. */
const ofSecondRevision = async ({ world }: Asker): Promise<Ask> => {
  const kind = world.blueprint.name === 'teams' ? 'api-hub' : 'teams';
  const scope = `blueprint/${kind}`;
  const version = await world.tenet.database.write('platform', async (db) => {
    await insertSameRevision(db, scope);
    const [head] = await listHeads(db, [scope]);
    if (head!.revision === 2) return head!.version;
    return (await moveHead(db, scope, { revision: 2, how: 'PROPOSAL', by: 'test' })).version;
  });
  return { params: { scope: `blueprint.${kind}` }, body: { reason: 'Back' }, headers: { 'if-match': `"${version}"` } };
};

/** The policy of a third kind of organization, which has a second revision that says the same as its first, and no open rollout. */
const ofCandidate = async ({ world }: Asker) => {
  const scope = `blueprint/${world.blueprint.name === 'ai-spaces' ? 'app-workspace' : 'ai-spaces'}`;
  await world.tenet.database.write('platform', async (db) => {
    await insertSameRevision(db, scope);
    const open = (await listOpenRollouts(db)).find((rollout) => rollout.scope === scope);
    if (open) await endRollout(db, open, 'CANCELLED', { by: 'test', reason: 'Another test' });
  });
  return { scope, params: { scope: scopeName(scope) } };
};

/** An open rollout of it, whose gates are met. */
const ofRollout = async (asker: Asker) => {
  const { scope, params } = await ofCandidate(asker);
  const [head] = await asker.world.tenet.database.read('platform', (db) => listHeads(db, [scope]));
  const base = head!.revision;
  const rollout = await asker.world.tenet.database.write('platform', (db) =>
    insertRollout(db, {
      ...{ scope, base, candidate: 3 - base, gates: { decisions: 0, unplanned: 0 }, by: 'test', reason: 'To look' },
    }),
  );
  return { params: { ...params, rolloutId: rollout!.id } };
};

/** A plan that changes nothing, made just now. */
const ofPlanOfNothing = async (asker: Asker): Promise<Ask> => {
  const { params } = await ofAccessPlan(asker);
  await makeAccessPlan(asker.world.tenet.database, params!['accessPlanId']!);
  return { params: params!, body: { reason: 'Reviewed' } };
};

/** A plan that no job has made. */
const ofAccessPlan = async ({ world }: Asker): Promise<Ask> => {
  const accessPlanId = newId('accessPlan');
  await world.tenet.database.write('platform', (db) =>
    db('access_plans').insert({
      id: toUuid('accessPlan', accessPlanId),
      ...{ targets: '[]', contents: '[]', created_by: 'test', expires_at: db.raw("now() + interval '1 day'") },
    }),
  );
  return { params: { accessPlanId } };
};

/** Some process has kept decisions. */
const ofLog = async ({ world }: Asker): Promise<Ask> => {
  await keepDecisions(world);
  return { params: { scope: 'platform' }, body: { revision: 1 } };
};

/** What is asked on the platform, and of the policy. */
export const platformRecipes: readonly Recipe[] = [
  // Users and operators
  { operationId: 'listUsers', ask: nothing },
  { operationId: 'getUser', ask: ofAccount },
  { operationId: 'suspendUser', ask: async (cell) => ({ ...(await ofAccount(cell)), body: { reason: 'Fraud.' } }) },
  {
    operationId: 'suspendUser',
    title: 'who is an operator',
    further: takeFromOperator,
    ask: async (cell) => ({ ...(await ofOperator(cell)), body: { reason: 'Fraud.' } }),
  },
  { operationId: 'resumeUser', ask: ofAccount },
  { operationId: 'resumeUser', title: 'who is an operator', further: giveToOperator, ask: ofOperator },
  { operationId: 'signOutUser', ask: ofAccount },
  { operationId: 'signOutUser', title: 'who is an operator', further: takeFromOperator, ask: ofOperator },
  { operationId: 'listOperators', ask: nothing },
  {
    operationId: 'addOperator',
    further: giveToOperator,
    ask: async (cell) => ({ body: { userId: (await ofAccount(cell)).params!['userId'], roles: [operatorRole] } }),
  },
  { operationId: 'removeOperator', further: takeFromOperator, ask: async (cell) => ({ ...(await ofOperator(cell)), body: {} }) },

  // Blueprints and policies
  { operationId: 'listBlueprints', ask: nothing },
  { operationId: 'getBlueprint', ask: async ({ world }) => ({ params: { blueprintName: world.blueprint.name } }) },
  { operationId: 'listPolicyScopes', ask: nothing },
  { operationId: 'listPolicyRevisions', ask: async () => ({ params: { scope: 'platform' } }) },
  { operationId: 'getPolicyRevision', ask: async () => ({ params: { scope: 'platform', revision: '1' } }) },
  { operationId: 'listPolicyReplicas', ask: async () => ({ params: { scope: 'platform' } }) },
  { operationId: 'getPolicyHead', ask: async () => ({ params: { scope: 'platform' } }) },
  { operationId: 'getPolicyHistory', ask: async () => ({ params: { scope: 'platform' } }) },
  { operationId: 'lintPolicy', ask: ofDraft },
  { operationId: 'testPolicy', ask: ofDraft },
  { operationId: 'diffPolicy', ask: async () => ({ params: { scope: 'platform' }, body: { from: 1, to: 1 } }) },
  { operationId: 'replayDecisions', ask: ofLog },
  { operationId: 'createAccessPlan', ask: async () => ({ body: { targets: [{ scope: 'platform', revision: 1 }], reason: 'To look' } }) },
  { operationId: 'getAccessPlan', ask: ofAccessPlan },
  { operationId: 'listAccessPlanRows', ask: ofAccessPlan },
  { operationId: 'applyAccessPlan', ask: ofPlanOfNothing },
  { operationId: 'downloadPolicySnapshot', ask: nothing },
  // What is proposed and put into force is what is in force already: nothing changes for other cells.
  {
    operationId: 'createPolicyRevision',
    ask: async (cell) => {
      const { params, body } = await ofDraft(cell);
      return { params: params!, body: { ...(body as object), reason: 'The same again' } };
    },
  },
  {
    operationId: 'replacePolicyHead',
    ask: async ({ world }) => {
      const head = await world.tenet.database.read('platform', (db) => db('policy_heads').where({ scope: 'platform' }).first('version'));
      return { params: { scope: 'platform' }, body: { revision: 1 }, headers: { 'if-match': `"${head.version}"` } };
    },
  },
  { operationId: 'rollbackPolicy', ask: ofSecondRevision },
  { operationId: 'listPolicyRollouts', ask: async () => ({ params: { scope: 'platform' } }) },
  {
    operationId: 'createPolicyRollout',
    ask: async (cell) => {
      const { scope, params } = await ofCandidate(cell);
      const [head] = await cell.world.tenet.database.read('platform', (db) => listHeads(db, [scope]));
      return { params, body: { revision: 3 - head!.revision, reason: 'To look' } };
    },
  },
  { operationId: 'getPolicyRollout', ask: ofRollout },
  {
    operationId: 'promotePolicyRollout',
    ask: async (cell) => ({ ...(await ofRollout(cell)), body: { stage: 'ALL', reason: 'Reviewed' }, headers: { 'if-match': '"1"' } }),
  },
  { operationId: 'cancelPolicyRollout', ask: async (cell) => ({ ...(await ofRollout(cell)), body: { reason: 'Reviewed' } }) },

  // Decisions
  ...['', 'InOrganization'].flatMap((where): Recipe[] => [
    { operationId: `evaluate${where}`, ask: async (cell) => ({ body: { ...aboutSelf(cell), action: { name: 'list' } } }) },
    {
      operationId: `evaluateMany${where}`,
      ask: async (cell) => ({ body: { ...aboutSelf(cell), evaluations: [{ action: { name: 'list' } }, { action: { name: 'read' } }] } }),
    },
    {
      operationId: `searchSubjects${where}`,
      // It asks for decision:search in the organization that the body or the path names.
      excludes: ({ orgRole }, { blueprint }) => orgRole !== blueprint.topRole,
      ask: async (cell) => ({ body: { ...aboutSelf(cell), subject: { type: 'user' }, action: { name: 'list' } } }),
    },
    { operationId: `searchResources${where}`, ask: async (cell) => ({ body: { ...aboutSelf(cell), action: { name: 'list' } } }) },
    { operationId: `searchActions${where}`, ask: async (cell) => ({ body: aboutSelf(cell) }) },
  ]),
  { operationId: 'listDecisions', ask: nothing },
  { operationId: 'explainDecision', ask: async () => ({ body: { resource: 'member', action: 'list' } }) },
  { operationId: 'whoCan', ask: async () => ({ body: { resource: 'member', action: 'list' } }) },
  { operationId: 'whatCan', ask: async () => ({ body: {} }) },
  { operationId: 'getPolicyBundle', further: () => ['decision:explain'], ask: nothing },
  { operationId: 'getDecision', ask: async ({ world, site }) => ({ params: { decisionId: await world.makeDecision(site) } }) },
];
