import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Schemas = components['schemas'];

const scope = 'blueprint.integrations';
const path = { scope };
const rolloutPath = '/v1/policies/{scope}/rollouts/{rolloutId}';

interface Asking {
  readonly manager: Caller;
  readonly organizationId: string;
}

describe('the comparison of a rollout, on two replicas', function () {
  this.timeout(120_000);
  const tenets: TestTenet[] = [];
  let policyAdmin: Caller;
  let owner: Caller;
  let manager: Caller;
  let organizationId: string;
  /** Managers may delete connections by one, and may not create any by the other. */
  let more: number;
  let less: number;

  before(async () => {
    const first = await startTenet();
    tenets.push(first, await startTenet({ DATABASE_URL: first.databaseUrl, TENET_DATA_DIR: first.dataDir }));
    await givePlatformRoles(first, 'policy-admin@example.com', 'platform/policy-admin');
    policyAdmin = await first.as('policy-admin@example.com');
    owner = await first.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    manager = await join(first, { organizationId }, 'manager@example.com', 'org.manager');
    const row = ['integrations/org.manager', '*', 'connection', 'delete', 'allow'];
    more = await propose((rows) => [...rows, row]);
    less = await propose((rows) => rows.filter((each) => each.join() !== 'integrations/org.manager,*,connection,create,allow'));
  });
  after(async () => {
    for (const tenet of tenets.reverse()) await tenet.stop();
  });

  /** A content without tests: what it says is not what those of the files expect. */
  async function propose(change: (rows: string[][]) => string[][]): Promise<number> {
    const params = { path: { scope, revision: 1 } };
    const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', { params });
    const { model, rows, blueprint } = data!;
    const body = { model, rows: change(rows), blueprint: blueprint!, reason: 'Reviewed' };
    const made = await policyAdmin.client.POST('/v1/policies/{scope}/revisions', { params: { path }, body });
    expect(made.error, JSON.stringify(made.error)).to.equal(undefined);
    return made.data!.revision;
  }

  const begin = async (body: Partial<Schemas['CreatePolicyRollout']>): Promise<Schemas['PolicyRollout']> => {
    const { data, error } = await policyAdmin.client.POST('/v1/policies/{scope}/rollouts', {
      params: { path },
      body: { revision: more, reason: 'A test', ...body },
    });
    expect(error, JSON.stringify(error)).to.equal(undefined);
    await known(data!.id);
    return data!;
  };
  const get = async ({ id }: { id: string }) =>
    (await policyAdmin.client.GET(rolloutPath, { params: { path: { ...path, rolloutId: id } } })).data!;
  const promote = ({ id, etag }: { id: string; etag: string }) =>
    policyAdmin.client.POST(`${rolloutPath}/promote`, {
      params: { path: { ...path, rolloutId: id }, header: { 'If-Match': etag } },
      body: { stage: 'ALL', reason: 'Reviewed' },
    });
  const cancel = ({ id }: { id: string }) =>
    policyAdmin.client.POST(`${rolloutPath}/cancel`, { params: { path: { ...path, rolloutId: id } }, body: { reason: 'Done' } });
  const history = async () => (await policyAdmin.client.GET('/v1/policies/{scope}/history', { params: { path } })).data!.items;
  const flush = () => Promise.all(tenets.map(({ comparison }) => comparison.flush()));

  /** Both replicas compare by it: they have heard of it, which each question that they compare shows. */
  async function known(rolloutId: string): Promise<void> {
    for (const tenet of tenets) {
      const before = (await get({ id: rolloutId })).figures.compared;
      await eventually(async () => {
        await ask(tenet, 'list');
        await tenet.comparison.flush();
        const { figures, stage } = await get({ id: rolloutId });
        expect(stage === 'ROLLED_BACK' || figures.compared > before).to.equal(true);
      });
    }
  }

  async function ask(tenet: TestTenet, action: string, times = 1, by: Asking = { manager, organizationId }): Promise<boolean[]> {
    const id = await by.manager.userId();
    const asked = Array.from({ length: times }, async () => {
      const response = await fetch(`${tenet.url}/access/v1/evaluation`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${by.manager.token}` },
        body: JSON.stringify({
          subject: { type: 'user', id },
          action: { name: action },
          resource: { type: 'connection', id: '*', properties: { organizationId: by.organizationId } },
        }),
      });
      return ((await response.json()) as { decision: boolean }).decision;
    });
    return Promise.all(asked);
  }

  it('a shadow finds what the candidate decides differently, with an example, and its gate refuses promotion', async () => {
    const shadow = await begin({ gates: { decisions: 5 } });
    for (const tenet of tenets) expect(await ask(tenet, 'delete', 3)).to.deep.equal([false, false, false]);
    await flush();
    const { figures, findings } = await get(shadow);
    expect(figures).to.include({ dropped: 0, planned: 0, unplanned: 6 });
    expect(figures.compared).to.be.at.least(8);
    expect(findings).to.have.length(1);
    expect(findings![0]).to.deep.include({
      ...{ effect: 'DENY_TO_ALLOW', permission: 'connection:delete', level: 'ORG', roles: ['integrations/org.manager', 'member/self'] },
      ...{ count: 6, planned: false, organizationId },
    });
    expect(findings![0]!.decisionId).to.match(/^dec_/);
    const refused = await promote(await get(shadow));
    expect(refused.response.status).to.equal(409);
    expect(refused.error!.detail).to.include('6 compared decisions differ where the plan does not say so, and its gate allows 0');
    expect((await cancel(shadow)).data).to.include({ stage: 'CANCELLED' });
    // What is compared after the end adds nothing.
    await flush();
    expect((await get(shadow)).figures.unplanned).to.equal(6);
  });

  it('what the access plan says is planned, and does not keep it from promotion', async () => {
    const { data: plan } = await policyAdmin.client.POST('/v1/access-plans', { body: { targets: [{ scope, revision: more }] } });
    await eventually(async () => {
      const { data } = await policyAdmin.client.GET('/v1/access-plans/{accessPlanId}', { params: { path: { accessPlanId: plan!.id } } });
      expect(data!.state, data!.failure).to.equal('READY');
    }, 90_000);
    const shadow = await begin({ planId: plan!.id, gates: { decisions: 1 } });
    await ask(tenets[1]!, 'delete', 2);
    await flush();
    const seen = await get(shadow);
    expect(seen.figures).to.include({ planned: 2, unplanned: 0 });
    expect(seen.findings!.map(({ planned }) => planned)).to.deep.equal([true]);
    await cancel(shadow);
    // The plan of another content says nothing about this one.
    const other = await policyAdmin.client.POST('/v1/policies/{scope}/rollouts', {
      params: { path },
      body: { revision: less, planId: plan!.id, reason: 'A test' },
    });
    expect(other.error).to.include({ status: 400 });
    expect(other.error!.errors![0]).to.include({
      ...{ pointer: '#/planId', detail: `must be a plan of this revision of ${scope}, and is one of something else` },
    });
  });

  it('a canary in which an organization loses what the plan does not say rolls itself back, once, and the history says so', async () => {
    const canary = await begin({ revision: less, canary: { organizationIds: [organizationId] }, gates: { decisions: 0 } });
    await Promise.all(tenets.map((tenet) => ask(tenet, 'create', 3)));
    await flush();
    const ended = await get(canary);
    expect(ended).to.include({ stage: 'ROLLED_BACK', movedBy: 'tenet' });
    expect(ended.movedReason).to.match(
      /^(1 decision differs|\d decisions differ) where the plan does not say so, and the gate allows 0: connection:create is denied and was allowed/,
    );
    expect(ended.findings![0]).to.include({ effect: 'ALLOW_TO_DENY', permission: 'connection:create', planned: false });
    const entries = (await history()).filter(({ rollout }) => rollout?.id === canary.id);
    expect(entries.map(({ revision, rollout }) => [revision, rollout!.stage])).to.deep.equal([
      [1, 'ROLLED_BACK'],
      [1, 'CANARY'],
    ]);
    await eventually(async () => {
      for (const tenet of tenets) expect(await ask(tenet, 'create')).to.deep.equal([true]);
    });
  });

  it('a canary by share rolls itself back where two organizations differ, not one that asks again and again', async () => {
    const elsewhere = await foundOrganization(owner, 'elsewhere');
    const other = await join(tenets[0]!, { organizationId: elsewhere }, 'other@example.com', 'org.manager');
    const canary = await begin({ revision: less, canary: { share: 10_000 }, gates: { decisions: 0 } });
    await Promise.all(tenets.map((tenet) => ask(tenet, 'create', 3)));
    await flush();
    const seen = await get(canary);
    expect(seen.stage).to.equal('CANARY');
    expect(seen.figures.unplanned).to.be.greaterThan(1);
    expect((await promote(seen)).response.status).to.equal(409);
    await ask(tenets[1]!, 'create', 1, { manager: other, organizationId: elsewhere });
    await flush();
    expect((await get(canary)).stage).to.equal('ROLLED_BACK');
  });

  it('a canary that differs nowhere goes on', async () => {
    const canary = await begin({ canary: { organizationIds: [organizationId] }, gates: { decisions: 0 } });
    await ask(tenets[0]!, 'list', 3);
    await flush();
    expect(await get(canary)).to.deep.include({ stage: 'CANARY', findings: [] });
    await cancel(canary);
  });
});
