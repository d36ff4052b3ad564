import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { insertRevision, loadContent } from '../../../core/authorization/store/revisions.ts';
import { addCompared } from '../../../core/authorization/store/rollout-findings.ts';
import { insertRollout } from '../../../core/authorization/store/rollout-stages.ts';
import { findRollout } from '../../../core/authorization/store/rollouts.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { rollBackRollout } from '../../../core/policies/rollout-ends.ts';
import { query } from '../../helpers/embedded-postgres.ts';
import { eventually } from '../../helpers/eventually.ts';
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
      body: { revision: candidate, gates: { decisions: 0, unplanned: 1_000 }, reason: 'Managers may delete', ...body },
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

  it('promotion asks for compared decisions and allows no unplanned difference, unless it is forced, which the audit log says', async () => {
    const open = await begun({ gates: { decisions: 3 } });
    expect(open.gates).to.eql({ decisions: 3, unplanned: 0 });
    const rollout_id = toUuid('rollout', open.id);
    const count = (compared: number) =>
      tenet.database.write('platform', (db) => db('policy_rollout_counts').where({ rollout_id }).update({ compared }));
    await count(2);
    const few = await promote(open, {});
    expect(few.error).to.include({ status: 409 });
    expect(few.error!.detail).to.match(/2 decisions were compared, and its gate asks for 3/);
    await count(3);
    const finding = {
      effect: 'DENY_TO_ALLOW',
      resource: 'connection',
      action: 'delete',
      level: 'org',
      roles: ['integrations/org.manager'],
    };
    await tenet.database.write('platform', async (db) => {
      await db('policy_rollout_findings').insert({ ...finding, rollout_id, digest: 'a'.repeat(64), planned: true, count: 5 });
      await db('policy_rollout_findings').insert({ ...finding, rollout_id, digest: 'b'.repeat(64), planned: false, count: 2 });
    });
    const differs = await promote(open, {});
    expect(differs.error!.detail).to.match(/2 compared decisions differ where the plan does not say so, and its gate allows 0/);
    expect((await head()).revision).to.equal(1);
    const { data: done } = await promote(open, { force: true });
    expect(done).to.deep.include({ stage: 'DONE', figures: { compared: 3, dropped: 0, planned: 5, unplanned: 2 } });
    await givePlatformRoles(tenet, 'auditor@example.com', 'platform/auditor');
    const auditor = await tenet.as('auditor@example.com');
    const { data: events } = await auditor.client.GET('/v1/audit-events', { params: { query: { target: open.id } } });
    const promoted = events!.items.find(({ action }) => action === 'policy-rollout.promote');
    expect(promoted?.after).to.include({ forced: true, stage: 'DONE' });
  });

  it('each stage has its own figures, and unplanned cases for which there is no room count', async () => {
    const open = await begun({ gates: { decisions: 1, unplanned: 20_000 } });
    const finding = { effect: 'DENY_TO_ALLOW', resource: 'connection', action: 'delete', level: 'org', roles: [], scopes: [] } as const;
    const add = (stage: 'SHADOW' | 'CANARY', digest: string) =>
      tenet.database.write('platform', (db) =>
        addCompared(
          db,
          { id: open.id, stage },
          {
            ...{ compared: 7, dropped: 1, unkept: 2, organizations: [inCanary.organizationId] },
            findings: [{ ...finding, digest: digest.repeat(64), count: 4, planned: false }],
          },
        ),
      );
    const figures = async () => {
      const found = await policyAdmin.client.GET(rolloutPath, { params: { path: { ...path, rolloutId: open.id } } });
      return found.data!.figures;
    };
    await query(
      tenet.databaseUrl,
      `insert into tenet.policy_rollout_findings (rollout_id, digest, effect, resource, action, level, roles, planned)
      select '${toUuid('rollout', open.id)}', lpad(n::text, 64, '0'), 'DENY_TO_ALLOW', 'connection', 'delete', 'org', '{}', false
      from generate_series(1, 10000) n`,
    );
    await add('SHADOW', 'a');
    expect(await figures()).to.eql({ compared: 7, dropped: 1, planned: 0, unplanned: 10_006 });
    const { data: moved } = await promote(open, { stage: 'CANARY', canary: canary() });
    expect(await figures()).to.eql({ compared: 0, dropped: 0, planned: 0, unplanned: 0 });
    expect((await promote(moved!, {})).error!.detail).to.include('0 decisions were compared');
    // What a server has compared before it heard of the stage is not of this stage.
    await add('SHADOW', 'b');
    expect(await figures()).to.include({ compared: 0, unplanned: 0 });
    await add('CANARY', 'c');
    expect(await figures()).to.eql({ compared: 7, dropped: 1, planned: 0, unplanned: 6 });
  });

  it('a program that knows no rollouts moves no head while one is open', async () => {
    const open = await begun();
    const move = () =>
      query(tenet.databaseUrl, `update tenet.policy_heads set revision = ${candidate} where scope = 'blueprint/integrations'`).then(
        () => 'moved',
        (error: Error) => error.message,
      );
    expect(await move()).to.include('cancel it (npx tenet policy rollout cancel blueprint.integrations)');
    await cancel(open);
    expect(await move()).to.equal('moved');
  });

  it('a canary takes the blueprint in force and organizations of the kind, only grows, and is not of the platform', async () => {
    const other = await propose(({ blueprint }) => Object.assign(blueprint!, { description: 'Said anew.' }));
    const refused = await begin({ revision: other, canary: canary() });
    expect(refused.error).to.include({ status: 409 });
    expect(refused.error!.detail).to.include('Only rows and tests may differ in a canary');
    expect((await begin({ canary: { organizationIds: [newId('organization')] } })).error!.errors![0]).to.include({
      pointer: '#/canary/organizationIds/0',
    });
    expect((await begin({ canary: {} })).error).to.include({ status: 400 });
    expect((await begin({ revision: 99 })).error).to.include({ status: 400, detail: 'blueprint.integrations has no revision 99.' });
    const platform = await policyAdmin.client.POST(rolloutsPath, {
      params: { path: { scope: 'platform' } },
      body: { revision: 1, reason: 'Nothing changes' },
    });
    expect(platform.error).to.include({ status: 400, detail: 'Revision 1 of platform is in force.' });
    const small = await begun({ canary: { ...canary(), share: 1 } });
    expect((await promote(small, { stage: 'CANARY', canary: { share: 2 } })).error!.errors![0]!.detail).to.include(inCanary.organizationId);
    expect((await promote(small, { stage: 'ALL', canary: canary() })).error!.errors![0]).to.include({ pointer: '#/canary' });
    const { data: whole } = await promote(small, { stage: 'CANARY', canary: { ...canary(), share: 10_000 } });
    expect(whole!.canary).to.eql({ ...canary(), share: 10_000 });
    expect([await mayDelete(inCanary), await mayDelete(outside)]).to.eql([true, true]);
    await cancel(whole!);
    // The other blueprint comes into force as a shadow first.
    const { data: done } = await promote(await begun({ revision: other }), {});
    expect(done).to.include({ stage: 'DONE' });
  });

  it('members of a canary give roles, and are decided by it with minimize_latency too', async () => {
    await begun({ canary: canary() });
    const { organizationId } = inCanary;
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const { error } = await owner.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id: member.id }, role: 'org.manager' },
    });
    expect(error, JSON.stringify(error)).to.equal(undefined);
    expect(await mayDelete({ organizationId, manager: member }, 'minimize_latency')).to.equal(true);
  });

  it('where a candidate does not hold, and after it, the revision in force decides in its organizations', async () => {
    const good = await begun({ canary: canary() });
    expect([await mayDelete(outside), await mayDelete(inCanary)]).to.eql([false, true]);
    await cancel(good);
    const broken = await tenet.database.write('platform', async (db) => {
      const content = await loadContent(db, 'blueprint/integrations', candidate);
      const rows = [...content.rows, ['integrations/org.emperor', 'org', 'member', 'list', 'allow'] as const];
      const sources = [...content.sources, content.sources[0]!];
      return (await insertRevision(db, { ...content, rows, sources }, { author: 'test', reason: 'Broken' })).revision;
    });
    // A release that checked less has let it in.
    const organizations = [toUuid('organization', inCanary.organizationId)];
    const open = await tenet.database.write('platform', (db) =>
      insertRollout(db, {
        ...{ scope: 'blueprint/integrations', candidate: broken, base: 1, canary: { share: 0, organizations } },
        ...{ gates: { decisions: 0, unplanned: 1_000 }, by: 'test', reason: 'Broken' },
      }),
    );
    expect([await mayDelete(outside), await mayDelete(inCanary)]).to.eql([false, false]);
    await eventually(async () => {
      const { data } = await policyAdmin.client.GET('/v1/policies/{scope}/replicas', { params: { path } });
      expect(data!.items[0]).to.include({ revision: 1, isCurrent: false }).and.not.to.have.property('candidateRevision');
    });
    // The revision in force, which decides there, compared with itself would meet any gate.
    await eventually(async () => {
      await mayDelete(inCanary);
      await tenet.comparison.flush();
      const params = { path: { ...path, rolloutId: open!.id } };
      const { figures } = (await policyAdmin.client.GET(rolloutPath, { params })).data!;
      expect(figures.dropped).to.be.greaterThan(0);
      expect(figures).to.include({ compared: 0, planned: 0, unplanned: 0 });
    });
    await cancel(open!);
    // What decided in a canary takes the place of nothing that does not hold.
    await query(tenet.databaseUrl, `update tenet.policy_heads set revision = ${broken} where scope = 'blueprint/integrations'`);
    expect([await mayDelete(outside), await mayDelete(inCanary)]).to.eql([false, false]);
  });

  it('Tenet ends a canary by itself once, and no shadow', async () => {
    const shadow = await begun();
    const rollBack = async () => {
      const rollout = (await tenet.database.read('platform', (db) => findRollout(db, shadow.id)))!;
      return tenet.database.write('platform', (db) => rollBackRollout(db, rollout, 'connection:delete differs'));
    };
    expect(await rollBack()).to.equal(undefined);
    await promote(shadow, { stage: 'CANARY', canary: canary() });
    expect(await mayDelete(inCanary)).to.equal(true);
    const ended = await Promise.all([rollBack(), rollBack(), rollBack()]);
    expect(ended.filter((rollout) => rollout).map((rollout) => rollout!.stage)).to.eql(['ROLLED_BACK']);
    expect(await mayDelete(inCanary)).to.equal(false);
    const [entry] = await history();
    expect(entry).to.deep.include({
      ...{ how: 'ROLLOUT', revision: 1, activatedBy: 'tenet', reason: 'connection:delete differs' },
      rollout: { id: shadow.id, stage: 'ROLLED_BACK', revision: candidate },
    });
  });

  it('the share of an organization is its id alone, evenly, and a greater one has all of a smaller one', async () => {
    const places = await query(
      tenet.databaseUrl,
      `select tenet.canary_place(md5(n::text)::uuid) as place from generate_series(1, 20000) n`,
    );
    const shareOf = (share: number) => places.filter(({ place }) => Number(place) < share).length / places.length;
    for (const share of [100, 500, 5_000]) expect(shareOf(share)).to.be.closeTo(share / 10_000, 0.01);
    expect(shareOf(10_000)).to.equal(1);
    const [pinned] = await query(tenet.databaseUrl, "select tenet.canary_place('0190b2c4-7d1e-7c3a-9f00-0123456789ab') as place");
    expect(pinned).to.eql({ place: 8505 });
  });
});
