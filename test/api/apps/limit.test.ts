import { expect } from 'chai';
import { LimitExceeded } from '../../../core/base/errors.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { install, publish, signInPublisher } from '../../helpers/apps.ts';
import { foundOrganization, inDatabase, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';

describe('the limit on installed applications', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let operator: Caller;
  let admin: Person;
  let organizationId: string;
  let itemId: string;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    operator = await signInPublisher(tenet);
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Work', 'app-workspace');
    itemId = await publish(operator);
  });
  after(() => tenet?.stop());

  const limit = (hard: number) =>
    operator.client.PUT(`${organizationPath}/limits/{limitName}`, {
      params: { path: { organizationId, limitName: 'instances' } },
      body: { hard },
    });
  const make = () =>
    admin.client.POST(`${organizationPath}/instances`, { params: { path: { organizationId } }, body: { itemId, name: 'Notes' } });
  const projects = async () =>
    (await admin.client.GET(`${organizationPath}/projects`, { params: { path: { organizationId } } })).data!.items;
  const used = async () =>
    (await admin.client.GET(`${organizationPath}/limits`, { params: { path: { organizationId } } })).data!.items.map((item) => [
      item.name,
      item.used,
    ]);

  it('holds exactly under many who install at once, leaves no project behind, and says what makes room', async () => {
    const first = await install(admin, organizationId, { itemId });
    expect((await limit(5)).data).to.include({ used: 1, period: 'PRESENT' });
    const done = await Promise.all(Array.from({ length: 20 }, make));
    expect(done.filter(({ response }) => response.status === 201)).to.have.length(4);
    const { response, error } = done.find((one) => one.error)!;
    expect(response.status).to.equal(403);
    expect(error).to.include({ code: 'limit-exceeded', limit: 5, current: 5, limitName: 'instances' });
    expect((error as { detail: string }).detail)
      .to.include('5 installed applications at most')
      .and.to.include('Uninstall one');
    expect(await used()).to.deep.equal([['instances', 5]]);
    expect(await projects()).to.have.length(5);

    const gone = await admin.client.DELETE(`${organizationPath}/instances/{instanceId}`, {
      params: { path: { organizationId, instanceId: first.id } },
    });
    expect(gone.response.status).to.equal(204);
    expect(await used()).to.deep.equal([['instances', 4]]);
    expect((await make()).response.status).to.equal(201);
    expect((await make()).response.status).to.equal(403);
  });

  it('holds for one that comes back with its project', async () => {
    const { data } = await admin.client.GET(`${organizationPath}/instances`, { params: { path: { organizationId } } });
    const { id } = data!.items[0]!;
    const path = { organizationId, instanceId: id };
    expect((await admin.client.DELETE(`${organizationPath}/instances/{instanceId}`, { params: { path } })).response.status).to.equal(204);
    expect((await make()).response.status).to.equal(201);
    // No role of this kind restores projects, so the test does it in the database, which refuses it.
    const restore = () =>
      inDatabase(tenet, organizationId, "update projects set state = 'ACTIVE' where id = ?", [toUuid('instance', id)]).then(
        () => undefined,
        (error: Error) => error,
      );
    expect(await restore())
      .to.be.instanceOf(LimitExceeded)
      .and.to.have.property('message')
      .that.includes('installed applications');
    expect(await used()).to.deep.equal([['instances', 5]]);
    expect((await limit(6)).response.status).to.equal(200);
    expect(await restore()).to.equal(undefined);
    expect(await used()).to.deep.equal([['instances', 6]]);
  });

  it('S001-02: without the plan nothing is installed, because an application is a new project', async () => {
    const plan = { params: { path: { organizationId } } };
    await operator.client.PUT('/v1/plans/{planName}', {
      params: { path: { planName: 'work' } },
      body: { title: 'Work', entitlements: ['organizations'], limits: [] },
    });
    const assign = (state: 'SUSPENDED' | 'ACTIVE') =>
      operator.client.PUT(`${organizationPath}/plan`, { ...plan, body: { plan: 'work', state } });
    await limit(100);
    const before = await projects();
    expect((await assign('SUSPENDED')).data).to.include({ state: 'SUSPENDED' });
    const { response, error } = await make();
    expect(response.status).to.equal(403);
    expect(error).to.include({ code: 'plan-required', requiredPermission: 'instance:create' });
    expect(await projects()).to.deep.equal(before);
    await assign('ACTIVE');
    expect((await make()).response.status).to.equal(201);
  });
});
