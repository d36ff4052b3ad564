import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { foundOrganization, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Schemas = components['schemas'];

const scope = 'blueprint.integrations';
const rolloutsPath = '/v1/policies/{scope}/rollouts';
const rolloutPath = '/v1/policies/{scope}/rollouts/{rolloutId}';

describe('rollouts', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let policyAdmin: Caller;
  let owner: Caller;
  /** Managers of two organizations. */
  let inCanary: Place;
  let outside: Place;
  /** A revision by which managers may delete connections. */
  let candidate: number;
  const path = { scope };

  interface Place {
    readonly organizationId: string;
    readonly manager: Caller;
  }

  beforeEach(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'policy-admin@example.com', 'platform/policy-admin');
    policyAdmin = await tenet.as('policy-admin@example.com');
    owner = await tenet.as('owner@example.com');
    inCanary = await place('one');
    outside = await place('two');
    candidate = await propose(withDeletion);
  });
  afterEach(() => tenet?.stop());

  async function place(name: string): Promise<Place> {
    const organizationId = await foundOrganization(owner, name);
    return { organizationId, manager: await join(tenet, { organizationId }, `${name}@example.com`, 'org.manager') };
  }

  async function propose(change: (content: Schemas['CreatePolicyRevision']) => void): Promise<number> {
    const params = { path: { scope, revision: 1 } };
    const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/revisions/{revision}', { params });
    const { model, rows, blueprint, tests } = structuredClone(data!);
    const body = { model, rows, blueprint: blueprint!, tests: tests!, reason: 'Reviewed' };
    change(body);
    const made = await policyAdmin.client.POST('/v1/policies/{scope}/revisions', { params: { path }, body });
    expect(made.error, JSON.stringify(made.error)).to.equal(undefined);
    return made.data!.revision;
  }
  function withDeletion({ rows, tests }: Schemas['CreatePolicyRevision']): void {
    rows.push(['integrations/org.manager', '*', 'connection', 'delete', 'allow']);
    const { matrix, cases } = tests as unknown as {
      matrix: { roles: Record<string, Record<string, string[]>> }[];
      cases: { name: string }[];
    };
    for (const { roles } of matrix) roles['org.manager']?.['connection']?.push('delete');
    cases.splice(0, cases.length, ...cases.filter(({ name }) => name !== 'a manager may not delete connections'));
  }

  const begin = async (body: Partial<Schemas['CreatePolicyRollout']> = {}) =>
    policyAdmin.client.POST(rolloutsPath, {
      params: { path },
      body: { revision: candidate, gates: { decisions: 0 }, reason: 'Managers may delete', ...body },
    });
  const begun = async (body: Partial<Schemas['CreatePolicyRollout']> = {}) => {
    const { data, error } = await begin(body);
    expect(error, JSON.stringify(error)).to.equal(undefined);
    return data!;
  };
  const canary = () => ({ organizationIds: [inCanary.organizationId] });
  const promote = ({ id, etag }: { id: string; etag: string }, body: Partial<Schemas['PromotePolicyRollout']>) =>
    policyAdmin.client.POST(`${rolloutPath}/promote`, {
      params: { path: { ...path, rolloutId: id }, header: { 'If-Match': etag } },
      body: { stage: 'ALL', reason: 'Reviewed', ...body },
    });
  const cancel = ({ id }: { id: string }) =>
    policyAdmin.client.POST(`${rolloutPath}/cancel`, { params: { path: { ...path, rolloutId: id } }, body: { reason: 'Too much' } });
  const head = async () => (await policyAdmin.client.GET('/v1/policies/{scope}/head', { params: { path } })).data!;
  const history = async () => (await policyAdmin.client.GET('/v1/policies/{scope}/history', { params: { path } })).data!.items;

  async function mayDelete({ organizationId, manager }: Place, consistency = 'fully_consistent'): Promise<boolean> {
    const response = await manager.raw('/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'tenet-consistency': consistency },
      body: JSON.stringify({
        subject: { type: 'user', id: await manager.userId() },
        action: { name: 'delete' },
        resource: { type: 'connection', id: '*', properties: { organizationId } },
      }),
    });
    return ((await response.json()) as { decision: boolean }).decision;
  }

  it('a shadow decides nothing, a canary in its organizations alone, and all everywhere; each stage is an entry of the history', async () => {
    const shadow = await begun();
    expect(shadow).to.include({ revision: candidate, baseRevision: 1, stage: 'SHADOW' });
    expect([await mayDelete(inCanary), await mayDelete(outside)]).to.eql([false, false]);

    const { data: second, error } = await promote(shadow, { stage: 'CANARY', canary: canary() });
    expect(error).to.equal(undefined);
    expect(second).to.deep.include({ stage: 'CANARY', canary: canary() });
    expect([await mayDelete(inCanary), await mayDelete(outside)]).to.eql([true, false]);
    expect(await head()).to.deep.include({ revision: 1, rollout: { id: shadow.id, revision: candidate, stage: 'CANARY' } });

    const { data: done } = await promote(second!, { stage: 'ALL' });
    expect(done).to.include({ stage: 'DONE' });
    expect([await mayDelete(inCanary), await mayDelete(outside)]).to.eql([true, true]);
    expect(await head())
      .to.include({ revision: candidate })
      .and.not.to.have.property('rollout');
    expect((await history()).map(({ how, revision, rollout }) => [how, revision, rollout?.stage])).to.eql([
      ['ROLLOUT', candidate, 'ALL'],
      ['ROLLOUT', 1, 'CANARY'],
      ['ROLLOUT', 1, 'SHADOW'],
      ['FIRST_START', 1, undefined],
    ]);
  });

  it('rollbackPolicy cancels what is open, and goes back behind what is done', async () => {
    const rollback = async () =>
      policyAdmin.client.POST('/v1/policies/{scope}/rollback', {
        params: { path, header: { 'If-Match': (await head()).etag } },
        body: { reason: 'Managers delete too much' },
      });
    await begun({ canary: canary() });
    expect(await mayDelete(inCanary)).to.equal(true);
    expect((await rollback()).data)
      .to.include({ revision: 1 })
      .and.not.to.have.property('rollout');
    expect(await mayDelete(inCanary)).to.equal(false);
    const { data } = await promote(await begun(), {});
    expect(data).to.include({ stage: 'DONE' });
    expect((await rollback()).data).to.include({ revision: 1 });
    expect((await history()).map(({ how, rollout }) => [how, rollout?.stage])).to.eql([
      ['ROLLBACK', undefined],
      ['ROLLOUT', 'ALL'],
      ['ROLLOUT', 'SHADOW'],
      ['ROLLOUT', 'CANCELLED'],
      ['ROLLOUT', 'CANARY'],
      ['FIRST_START', undefined],
    ]);
  });

  it('while one is open nothing else comes into force, and the refusal says how to cancel it', async () => {
    const open = await begun();
    const headers = { 'If-Match': (await head()).etag };
    const activation = await policyAdmin.client.PUT('/v1/policies/{scope}/head', {
      params: { path, header: headers },
      body: { revision: candidate },
    });
    expect(activation.error).to.include({ status: 409 });
    expect(activation.error!.detail).to.include(`/v1/policies/${scope}/rollouts/${open.id}/cancel`);
    expect((await begin()).error).to.include({ status: 409 });
    expect((await cancel(open)).data).to.include({ stage: 'CANCELLED', movedReason: 'Too much' });
    expect((await cancel(open)).error).to.include({ status: 409 });
    expect((await promote(open, {})).error).to.include({ status: 412 });
    await begun();
  });
});
