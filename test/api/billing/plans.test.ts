import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { settleSubscriptions } from '../../../core/billing/settling.ts';
import { auditTrail, foundOrganization, givePlatformRoles, inDatabase, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('plans and subscriptions', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let operator: Caller;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet({ TENET_PLAN_SELF_SERVICE: 'true' });
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    operator = await tenet.as('operator@example.com');
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const price = (amount: number) => [{ period: 'MONTHLY' as const, amount, currency: 'EUR' }];
    await publish('small', { title: 'Small', limits: [{ name: 'projects', hard: 1 }], prices: price(900) });
    await publish('large', { title: 'Large', limits: [{ name: 'projects', soft: 2, hard: 3 }], prices: price(9_900), trialDays: 14 });
  });
  after(() => tenet?.stop());

  const publish = (planName: string, body: components['schemas']['ReplacePlan'], by: Caller = operator) =>
    by.client.PUT('/v1/plans/{planName}', { params: { path: { planName } }, body });
  const choose = (body: { plan: string; when?: 'NOW' | 'PERIOD_END' }, org = organizationId, by: Caller = admin, etag?: string) =>
    by.client.PUT(`${organizationPath}/subscription`, {
      params: { path: { organizationId: org }, ...(etag !== undefined && { header: { 'If-Match': etag } }) },
      body,
    });
  const read = async (org = organizationId) =>
    (await admin.client.GET(`${organizationPath}/subscription`, { params: { path: { organizationId: org } } })).data!;
  const assign = (body: { plan: string; state?: 'ACTIVE' | 'SUSPENDED' | 'CANCELED' }, org = organizationId) =>
    operator.client.PUT(`${organizationPath}/plan`, { params: { path: { organizationId: org } }, body });
  const project = (org = organizationId) =>
    admin.client.POST(`${organizationPath}/projects`, { params: { path: { organizationId: org } }, body: { name: 'Space' } });
  const age = (column: string) =>
    inDatabase(
      tenet,
      organizationId,
      `update subscriptions set ${column} = now() - interval '1 second', period_starts_at = now() - interval '40 days'`,
    );

  it('are published by operators and seen by everyone', async () => {
    expect((await publish('own', { title: 'Own' }, admin)).response.status).to.equal(403);
    const { data } = await admin.client.GET('/v1/plans');
    expect(data!.items.map(({ name }) => name)).to.deep.equal(['large', 'small']);
    const wrong = await publish('odd', { title: 'Odd', limits: [{ name: 'projects', soft: 3, hard: 2 }] });
    expect(wrong.error).to.deep.include({ errors: [{ pointer: '#/limits/0/soft', detail: 'must not be more than hard' }] });
    expect((await publish('odd', { title: 'Odd', blueprints: ['nothing'] })).response.status).to.equal(400);
  });

  it('PUL-08, MIN-03: each organization has a subscription of its own, with a trial, a billing period and limits', async () => {
    const other = await foundOrganization(admin, 'Others', 'ai-spaces');
    expect(await read()).to.include({ state: 'NONE' });
    expect((await choose({ plan: 'large' })).data).to.include({ plan: 'large', state: 'TRIALING', billingPeriod: 'MONTHLY' });
    expect((await read()).periodStartsAt).to.equal((await read()).trialEndsAt);
    expect(await read(other)).to.include({ state: 'NONE' });
    for (let count = 0; count < 3; count++) expect((await project()).response.status).to.equal(201);
    expect((await project()).error).to.include({ code: 'limit-exceeded', limitName: 'projects' });
    expect((await project(other)).response.status).to.equal(201);
  });

  it('PUL-32: a plan is upgraded and downgraded, at once where it fits and at the end of the period where not', async () => {
    const refused = await choose({ plan: 'small' });
    expect(refused.response.status).to.equal(409);
    expect(refused.error).to.deep.include({ exceeded: [{ name: 'projects', hard: 1, used: 3 }] });
    expect((await choose({ plan: 'small', when: 'PERIOD_END' })).data!.next).to.include({ plan: 'small' });
    await age('trial_ends_at');
    await settleSubscriptions(tenet);
    expect(await read()).to.deep.include({ plan: 'small', state: 'ACTIVE', exceeded: [{ name: 'projects', hard: 1, used: 3 }] });
    expect((await project()).error).to.include({ code: 'limit-exceeded', current: 3 });
    // What is exceeded changes while the subscription does not, and its ETag with that.
    const { etag } = await read();
    const ofLimit = { organizationId, limitName: 'projects' };
    await operator.client.PUT(`${organizationPath}/limits/{limitName}`, { params: { path: ofLimit }, body: { hard: 2, reason: 'More.' } });
    const headers = { 'if-none-match': etag };
    const reread = await admin.raw(`/v1/organizations/${organizationId}/subscription`, { headers });
    expect(await reread.json()).to.deep.include({ exceeded: [{ name: 'projects', hard: 2, used: 3 }] });
    expect((await choose({ plan: 'large' }, organizationId, admin, etag)).response.status).to.equal(412);
    await operator.client.DELETE(`${organizationPath}/limits/{limitName}`, { params: { path: ofLimit } });
    expect((await choose({ plan: 'large' }, organizationId, admin, etag)).data).to.deep.include({
      plan: 'large',
      state: 'ACTIVE',
      exceeded: [],
    });
    const before = await read();
    await age('period_ends_at');
    await settleSubscriptions(tenet);
    await settleSubscriptions(tenet);
    expect(Date.parse((await read()).periodEndsAt!)).to.be.greaterThan(Date.now());
    expect(await read()).to.include({ plan: before.plan, state: 'ACTIVE' });
    expect((await auditTrail(admin, organizationId, 'subscription.update')).length).to.be.greaterThan(3);
  });

  it('end with their trial until somebody chooses, and operators suspend and cancel them', async () => {
    const org = await foundOrganization(admin, 'Trying', 'ai-spaces');
    expect((await choose({ plan: 'large' }, org)).data).to.include({ state: 'TRIALING' });
    await inDatabase(tenet, org, "update subscriptions set trial_ends_at = now() - interval '1 second'");
    await settleSubscriptions(tenet);
    expect(await read(org)).to.include({ state: 'SUSPENDED' });
    expect((await project(org)).error).to.include({ code: 'plan-required' });
    expect((await choose({ plan: 'large' }, org)).data).to.include({ state: 'ACTIVE' });
    expect((await project(org)).response.status).to.equal(201);
    // It had a trial; what an operator suspends is for operators all the same.
    await assign({ plan: 'large', state: 'SUSPENDED' }, org);
    for (const when of ['NOW', 'PERIOD_END'] as const) expect((await choose({ plan: 'large', when }, org)).response.status).to.equal(409);
    expect(await read(org)).to.include({ state: 'SUSPENDED' });
    await assign({ plan: 'large', state: 'CANCELED' }, org);
    expect((await choose({ plan: 'large' }, org)).response.status).to.equal(409);
    expect((await project(org)).error).to.include({ code: 'plan-required' });
    const path = { organizationId: org };
    // Nothing is put into it; what has been used is counted all the same, but not while the organization itself is suspended.
    const model = { resourceType: 'model' };
    const made = await admin.client.POST(`${organizationPath}/resources/{resourceType}`, {
      params: { path: { ...path, ...model } },
      body: { name: 'gpt-x', data: { provider: 'example' } },
    });
    expect(made.error).to.include({ code: 'plan-required', requiredPermission: 'model:create' });
    const listed = await admin.client.GET(`${organizationPath}/resources/{resourceType}`, { params: { path: { ...path, ...model } } });
    expect(listed.response.status).to.equal(200);
    const report = (id: string) =>
      admin.client.POST(`${organizationPath}/usage-events`, {
        params: { path },
        body: { events: [{ id, meter: 'tokens', at: new Date().toISOString() }] },
      });
    expect((await report('late-1')).response.status).to.equal(200);
    await operator.client.POST(`${organizationPath}/suspend`, { params: { path }, body: { reason: 'Looked into' } });
    expect((await report('late-2')).error).to.include({ code: 'organization-suspended' });
    await operator.client.POST(`${organizationPath}/resume`, { params: { path } });
    expect((await report('late-2')).response.status).to.equal(200);
    expect((await operator.client.DELETE(`${organizationPath}/plan`, { params: { path } })).response.status).to.equal(204);
    expect((await project(org)).response.status).to.equal(201);
  });

  it('the trial of one plan is none of a plan with a price and no trial, nor does its end bring what nobody waits for', async () => {
    const price = (amount: number) => [{ period: 'MONTHLY' as const, amount, currency: 'EUR' }];
    await publish('plain', { title: 'Plain', prices: price(50_000) });
    await publish('given', { title: 'Given', selfService: false });
    const org = await foundOrganization(admin, 'Sly', 'ai-spaces');
    expect((await choose({ plan: 'large' }, org)).data).to.include({ state: 'TRIALING' });
    for (const when of ['NOW', 'PERIOD_END'] as const) {
      const { response, error } = await choose({ plan: 'given', when }, org);
      expect(response.status).to.equal(409);
      expect((error as { detail: string }).detail).to.include('Operators');
    }
    expect((await choose({ plan: 'plain' }, org)).data).to.include({ state: 'ACTIVE' });
    expect((await choose({ plan: 'large' }, org)).data).to.include({ state: 'ACTIVE' });
    const trying = await foundOrganization(admin, 'Ended', 'ai-spaces');
    await choose({ plan: 'large' }, trying);
    await inDatabase(tenet, trying, "update subscriptions set trial_ends_at = now() - interval '1 second'");
    await settleSubscriptions(tenet);
    expect((await choose({ plan: 'plain', when: 'PERIOD_END' }, trying)).response.status).to.equal(409);
    expect((await choose({ plan: 'plain' }, trying)).data).to.include({ plan: 'plain', state: 'ACTIVE' });
    expect((await assign({ plan: 'given' }, trying)).data).to.include({ plan: 'given' });
    expect((await choose({ plan: 'plain', when: 'PERIOD_END' }, trying)).data).to.have.property('next');
    expect((await choose({ plan: 'given' }, trying)).data)
      .to.include({ plan: 'given' })
      .and.not.to.have.property('next');
  });

  it('PUL-33: whether an organization chooses its plan itself is a switch; without it operators do', async () => {
    const hub = await foundOrganization(admin, 'Hub', 'integrations');
    expect((await choose({ plan: 'large' }, hub)).response.status).to.equal(403);
    expect((await assign({ plan: 'large' }, hub)).data).to.include({ plan: 'large' });
    const stranger = await signIn(tenet, 'stranger@example.com');
    expect((await choose({ plan: 'large' }, hub, stranger)).response.status).to.equal(404);
    const closed = await startTenet({ DATABASE_URL: tenet.databaseUrl, TENET_PLAN_SELF_SERVICE: 'false' });
    try {
      const there = await closed.as('admin@example.com');
      const { error } = await there.client.PUT(`${organizationPath}/subscription`, {
        params: { path: { organizationId } },
        body: { plan: 'large' },
      });
      expect(error).to.include({ code: 'failed-precondition' });
      expect((error as { detail: string }).detail).to.include('Ask one of them');
    } finally {
      await closed.stop();
    }
  });

  it('of which organizations have some are not deleted, and keep their entitlements', async () => {
    const remove = (planName: string) => operator.client.DELETE('/v1/plans/{planName}', { params: { path: { planName } } });
    expect((await remove('large')).response.status).to.equal(409);
    expect((await publish('large', { title: 'Large', entitlements: ['more'] })).response.status).to.equal(409);
    expect((await publish('large', { title: 'Larger', limits: [{ name: 'projects', hard: 9 }] })).data).to.include({ title: 'Larger' });
    expect((await project()).response.status).to.equal(201);
    expect((await remove('small')).response.status).to.equal(204);
  });
});
