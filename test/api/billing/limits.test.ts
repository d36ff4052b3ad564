import { expect } from 'chai';
import { auditTrail, foundOrganization, givePlatformRoles, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('limits of an organization', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let operator: Caller;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    operator = await tenet.as('operator@example.com');
    admin = await signIn(tenet, 'admin@example.com');
    params.path.organizationId = organizationId = await foundOrganization(admin, 'Acme', 'integrations');
  });
  after(() => tenet?.stop());

  const limit = (limitName: string, body: { soft?: number; hard?: number }, by: Caller = operator) =>
    by.client.PUT(`${organizationPath}/limits/{limitName}`, { params: { path: { organizationId, limitName } }, body });
  const limits = async () => {
    const { data } = await admin.client.GET(`${organizationPath}/limits`, { params: { path: { organizationId } } });
    return Object.fromEntries(data!.items.map((item) => [item.name, item]));
  };
  const params = { path: { organizationId: '' } };
  const makers: Record<string, () => Promise<{ response: Response; error?: unknown; data?: { id: string } | undefined }>> = {
    projects: () => admin.client.POST(`${organizationPath}/projects`, { params, body: { name: 'Space' } }),
    'service-accounts': () => admin.client.POST(`${organizationPath}/service-accounts`, { params, body: { name: 'Robot' } }),
    'api-keys': () => admin.client.POST(`${organizationPath}/api-keys`, { params, body: { name: 'Key' } }),
  };
  it('do not exist until somebody sets one, and then refuse with what to do', async () => {
    expect(await limits()).to.deep.equal({});
    expect((await makers['projects']!()).response.status).to.equal(201);
    expect((await limit('projects', { soft: 1, hard: 1 })).data).to.include({ used: 1, source: 'OVERRIDE', period: 'PRESENT' });
    const refused = await makers['projects']!();
    expect(refused.response.status).to.equal(403);
    expect(refused.error).to.include({ code: 'limit-exceeded', limit: 1, current: 1, limitName: 'projects' });
    expect((refused.error as { detail: string }).detail).to.include('Delete one');
    const plan = await admin.raw(`/v1/organizations/${organizationId}/projects?validateOnly=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Space' }),
    });
    expect(plan.status).to.equal(403);
    expect(await limits())
      .to.have.property('projects')
      .that.includes({ used: 1 });
    expect(await auditTrail(admin, organizationId, 'limit.update')).to.have.length(1);
  });

  it('are set by operators alone', async () => {
    const { response } = await limit('projects', { hard: 100 }, admin);
    expect(response.status).to.equal(403);
  });

  it('hold exactly under fifty creators at once, while others give back', async () => {
    const most = 12;
    for (const name of Object.keys(makers)) await limit(name, { hard: most });
    for (const [name, make] of Object.entries(makers)) {
      const { used } = (await limits())[name]!;
      const done = await Promise.all(Array.from({ length: name === 'projects' ? 50 : 20 }, () => make()));
      const made = done.filter(({ response }) => response.status === 201);
      const codes = new Set(done.filter(({ error }) => error).map(({ error }) => (error as { code: string }).code));
      expect(made, name).to.have.length(most - used);
      expect([...codes], name).to.deep.equal(['limit-exceeded']);
      expect((await limits())[name], name).to.include({ used: most });
      if (name !== 'projects') continue;
      const ids = made.map(({ data }) => data!.id).slice(0, 5);
      const path = (projectId: string) => ({ params: { path: { organizationId, projectId } } });
      const [, more] = await Promise.all([
        Promise.all(ids.map((id) => admin.client.DELETE(`${organizationPath}/projects/{projectId}`, path(id)))),
        Promise.all(Array.from({ length: 20 }, () => make())),
      ]);
      const again = more.filter(({ response }) => response.status === 201).length;
      expect((await limits())[name]).to.include({ used: most - ids.length + again });
      while ((await make()).response.status === 201);
      expect((await limits())[name]).to.include({ used: most });
    }
  });

  it('count members who join and who come back', async () => {
    await join(tenet, { organizationId }, 'second@example.com', 'org.member');
    await limit('members', { hard: 2 });
    const refused = await join(tenet, { organizationId }, 'third@example.com', 'org.member').then(
      () => undefined,
      (error: { code?: string; message: string }) => error,
    );
    expect(refused).to.include({ code: 'limit-exceeded' });
    expect((await limits())['members']).to.include({ used: 2 });
  });

  it('are refused on a type of resources or a meter that the kind of organization lacks, with the names that there are; in a plan where none of its kinds has it', async () => {
    const { id } = (await admin.client.POST('/v1/organizations', { body: { name: 'Typo', blueprint: 'ai-spaces' } })).data!;
    const set = (limitName: string) =>
      operator.client.PUT(`${organizationPath}/limits/{limitName}`, {
        params: { path: { organizationId: id, limitName } },
        body: { hard: 3 },
      });
    const { error, response } = await set('resource.modle');
    expect(response.status).to.equal(400);
    expect(error).to.include({ code: 'invalid-input' });
    const [first] = (error as { errors: { parameter?: string; detail: string }[] }).errors;
    expect(first).to.include({ parameter: 'limitName' });
    expect(first!.detail).to.contain('did you mean "model"?').and.contain('router');
    expect((await set('meter.tokns')).error).to.include({ code: 'invalid-input' });
    expect((await set('resource.model')).data).to.include({ hard: 3, used: 0 });

    const publish = (planName: string, name: string, blueprints?: string[]) =>
      operator.client.PUT('/v1/plans/{planName}', {
        params: { path: { planName } },
        body: {
          title: planName,
          limits: [
            { name: 'projects', hard: 1 },
            { name, hard: 3 },
          ],
          ...(blueprints && { blueprints }),
        },
      });
    const refused = await publish('typo', 'resource.modle');
    expect((refused.error as { errors: { pointer?: string }[] }).errors.map(({ pointer }) => pointer)).to.deep.equal(['#/limits/1/name']);
    expect((await publish('typo', 'resource.model', ['teams'])).response.status).to.equal(400);
    expect((await publish('typo', 'resource.model', ['teams', 'ai-spaces'])).error).to.equal(undefined);
    expect((await publish('typo-of-all', 'resource.model')).error).to.equal(undefined);
  });

  it('on meters count what was used since the month began, refuse a batch that would pass them, and count duplicates once', async () => {
    const { id } = (await admin.client.POST('/v1/organizations', { body: { name: 'Hub', blueprint: 'ai-spaces' } })).data!;
    const at = new Date().toISOString();
    const report = (...batch: [id: string, quantity: number][]) =>
      admin.client.POST(`${organizationPath}/usage-events`, {
        params: { path: { organizationId: id } },
        body: { events: batch.map(([name, quantity]) => ({ id: name, meter: 'tokens', at, quantity: String(quantity) })) },
      });
    const path = { organizationId: id, limitName: 'meter.tokens' };
    expect((await report(['a', 40])).error).to.equal(undefined);
    const set = await operator.client.PUT(`${organizationPath}/limits/{limitName}`, { params: { path }, body: { soft: 80, hard: 100 } });
    expect(set.data).to.include({ used: 40, period: 'MONTH' });
    expect((await report(['a', 40], ['b', 50])).data).to.include({ accepted: 1, duplicates: 1 });
    const refused = await report(['c', 5], ['d', 6]);
    expect(refused.response.status).to.equal(403);
    expect(refused.error).to.include({ code: 'limit-exceeded', limit: 100, current: 90, limitName: 'meter.tokens' });
    // A duplicate takes no place, and places are those of the request.
    const mixed = await report(['z', 9.5], ['b', 50], ['c', 0.6]);
    const faults = [refused, mixed].map(({ error }) => (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer));
    expect(faults).to.deep.equal([['#/events/1'], ['#/events/2']]);
    expect((refused.error as { detail: string }).detail).to.contain(`90 in ${at.slice(0, 7)}. Wait`);
    const before = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth(), 0, 23, 59)).toISOString();
    const late = await admin.client.POST(`${organizationPath}/usage-events`, {
      params: { path: { organizationId: id } },
      body: { events: [{ id: 'late', meter: 'tokens', at: before, quantity: '101' }] },
    });
    expect((late.error as { detail: string }).detail).to.contain(`0 in ${before.slice(0, 7)}. Events count in the month of their time`);
    expect((await report(['c', 5])).data).to.include({ accepted: 1 });
    const { data } = await admin.client.GET(`${organizationPath}/limits`, { params: { path: { organizationId: id } } });
    expect(data!.items).to.have.length(1);
    expect(data!.items[0]).to.include({ used: 95, soft: 80, hard: 100 });
    const noted = await tenet.database.read('platform', (db) => db('limit_crossings').where({ name: 'meter.tokens' }).select('threshold'));
    expect(noted.map(({ threshold }) => threshold)).to.deep.equal(['SOFT']);
  });

  it('on meters count on while the organization has another plan', async () => {
    const org = await foundOrganization(admin, 'Hopper', 'ai-spaces');
    const publish = (planName: string, limits: { name: string; hard: number }[]) =>
      operator.client.PUT('/v1/plans/{planName}', { params: { path: { planName } }, body: { title: planName, limits } });
    await publish('metered', [{ name: 'meter.tokens', hard: 100 }]);
    await publish('open', []);
    const assign = (plan: string) =>
      operator.client.PUT(`${organizationPath}/plan`, { params: { path: { organizationId: org } }, body: { plan } });
    const at = new Date().toISOString();
    const report = (id: string, quantity: string) =>
      admin.client.POST(`${organizationPath}/usage-events`, {
        params: { path: { organizationId: org } },
        body: { events: [{ id, meter: 'tokens', at, quantity }] },
      });
    await assign('metered');
    expect((await report('a', '60')).response.status).to.equal(200);
    await assign('open');
    expect((await report('b', '500')).response.status).to.equal(200);
    await assign('metered');
    expect((await report('c', '1')).error).to.include({ code: 'limit-exceeded', current: 560 });
    await operator.client.DELETE(`${organizationPath}/plan`, { params: { path: { organizationId: org } } });
    expect((await report('c', '1')).response.status).to.equal(200);
    await assign('metered');
    expect((await report('d', '1')).error).to.include({ code: 'limit-exceeded', current: 561 });
  });

  it('hold for what is made while the first one is set', async () => {
    const org = await foundOrganization(admin, 'Race', 'integrations');
    const path = { organizationId: org };
    const make = () => admin.client.POST(`${organizationPath}/projects`, { params: { path }, body: { name: 'Space' } });
    const set = () =>
      operator.client.PUT(`${organizationPath}/limits/{limitName}`, {
        params: { path: { ...path, limitName: 'projects' } },
        body: { hard: 0 },
      });
    const [, answer] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, make)),
      set(),
      Promise.all(Array.from({ length: 10 }, make)),
    ]);
    const { data } = await admin.client.GET(`${organizationPath}/limits`, { params: { path } });
    expect(answer.error).to.equal(undefined);
    expect(data!.items[0]!.used).to.equal(answer.data!.used);
  });

  it('note once that they were reached, and say nothing where nothing limits', async () => {
    await limit('projects', {});
    expect((await limits())['projects']).to.not.have.any.keys('soft', 'hard');
    expect((await makers['projects']!()).response.status).to.equal(201);
    const crossings = await tenet.database.read('platform', (db) => db('limit_crossings').where({ name: 'projects' }).select('threshold'));
    expect(crossings.map(({ threshold }) => threshold)).to.deep.equal(['HARD']);
    const path = { organizationId, limitName: 'projects' };
    const reset = () => operator.client.DELETE(`${organizationPath}/limits/{limitName}`, { params: { path } });
    expect((await reset()).response.status).to.equal(204);
    expect((await reset()).response.status).to.equal(404);
    expect(await limits()).to.not.have.property('projects');
  });
});
