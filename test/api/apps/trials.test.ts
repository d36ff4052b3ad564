import { expect } from 'chai';
import { reachInstance, wakeInstance } from '../../../core/apps/access.ts';
import { readWork, replicasOf } from '../../../core/apps/work.ts';
import { toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { install, publish, setInstance, signInPublisher } from '../../helpers/apps.ts';
import { foundOrganization, inDatabase, writeIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';

describe('the trial of an installed application', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let publisher: Caller;
  let admin: Caller;
  let organizationId: string;
  let itemId: string;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    publisher = await signInPublisher(tenet);
    admin = await tenet.as('admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'app-workspace');
    itemId = await publish(publisher);
  });

  after(() => tenet.stop());

  const pathOf = (instanceId: string) => ({ params: { path: { organizationId, instanceId } } });
  const inOrganization = <T>(work: (db: Db) => Promise<T>) => writeIn(tenet, organizationId, work);
  const set = (instanceId: string, columns: object) => setInstance(tenet, organizationId, instanceId, columns);
  const tries = (body: object) =>
    admin.client.POST('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId } }, body: body as never });

  it('S003-28 ends unless a price was chosen, and then the application neither starts nor wakes', async () => {
    const { id, trialEndsAt } = await install(admin, organizationId, { itemId });
    expect(new Date(trialEndsAt!).getTime() - Date.now()).to.be.closeTo(30 * 86_400_000, 60_000);
    await set(id, { trial_ends_at: new Date(0), desired: 'IDLE_STOPPED', state: 'IDLE_STOPPED' });
    const late = await admin.client.POST(`${at}/start`, pathOf(id));
    expect(late.error).to.include({ code: 'failed-precondition' });
    expect(await inOrganization((db) => wakeInstance(db, { organizationId, instanceId: id }))).to.include({ state: 'IDLE_STOPPED' });
    const bought = await admin.client.PATCH(at, { ...pathOf(id), body: { priceKind: 'LIFETIME' } });
    expect(bought.data).to.include({ priceKind: 'LIFETIME' }).and.not.to.have.property('trialEndsAt');
    expect((await admin.client.PATCH(at, { ...pathOf(id), body: { priceKind: 'ANNUAL' } })).response.status).to.equal(400);
    expect(await inOrganization((db) => wakeInstance(db, { organizationId, instanceId: id }))).to.deep.include({
      state: 'STARTING',
      isWanted: true,
    });
    const noTrial = await publish(publisher, { trialDays: undefined });
    expect((await tries({ itemId: noTrial, name: 'A' })).error).to.deep.include({
      errors: [{ pointer: '#/priceKind', detail: 'must be MONTHLY or LIFETIME: this application has no trial' }],
    });
  });

  it('S003-28 is one for an organization: what is installed again, or beside it, goes on with the trial of before, and then needs a price', async () => {
    const tried = await publish(publisher);
    const made = await Promise.all(Array.from({ length: 3 }, () => install(admin, organizationId, { itemId: tried })));
    const [end, ...others] = new Set(made.map(({ trialEndsAt }) => trialEndsAt));
    expect([end, others]).to.satisfy(([first, more]: [string | undefined, unknown[]]) => first !== undefined && more.length === 0);
    for (const { id } of made) expect((await admin.client.DELETE(at, pathOf(id))).response.status).to.equal(204);
    expect(await install(admin, organizationId, { itemId: tried })).to.include({ trialEndsAt: end });
    await inDatabase(tenet, organizationId, 'update application_trials set ends_at = ? where item_id = ?', [
      '2026-02-03T04:05:06Z',
      toUuid('catalogItem', tried),
    ]);
    expect((await tries({ itemId: tried, name: 'A' })).error).to.deep.include({
      status: 400,
      errors: [
        {
          pointer: '#/priceKind',
          detail: 'must be MONTHLY or LIFETIME: the one trial that an organization has of this application ended on 2026-02-03',
        },
      ],
    });
    expect((await tries({ itemId: tried, name: 'A', priceKind: 'MONTHLY' })).data)
      .to.include({ priceKind: 'MONTHLY' })
      .and.not.to.have.property('trialEndsAt');
    const elsewhere = await foundOrganization(admin, 'Elsewhere', 'app-workspace');
    expect(await install(admin, elsewhere, { itemId: tried })).to.have.property('trialEndsAt');
  });

  it('shows the application stopped to all who look from its end on, and not as they have read it before', async () => {
    const { id } = await install(admin, organizationId, { itemId });
    await set(id, { state: 'RUNNING', host: '127.0.0.1', port: 4711, health: 'HEALTHY' });
    const before = (await admin.client.GET(at, pathOf(id))).data!;
    expect(before).to.include({ state: 'RUNNING' });
    await set(id, { trial_ends_at: new Date(0) });
    const again = await admin.client.GET(at, {
      params: { path: { organizationId, instanceId: id }, header: { 'If-None-Match': before.etag } },
    });
    expect(again.data).to.include({ state: 'STOPPED', health: 'UNKNOWN' });
    const listed = async (state: 'RUNNING' | 'STOPPED') => {
      const { data } = await admin.client.GET('/v1/organizations/{organizationId}/instances', {
        params: { path: { organizationId }, query: { state } },
      });
      return data!.items.map((each) => each.id);
    };
    expect(await listed('RUNNING')).not.to.include(id);
    const stopped = await listed('STOPPED');
    expect(stopped).to.include(id);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/summary', { params: { path: { organizationId } } });
    expect(data!.instances).to.include({ STOPPED: stopped.length }).and.not.to.have.property('RUNNING');
    expect(await inOrganization((db) => reachInstance(db, { organizationId, instanceId: id }))).to.deep.equal({
      ...{ state: 'RUNNING', failures: 0, isTrialOver: true, isWanted: false },
    });
    expect(replicasOf((await tenet.database.read('platform', (db) => readWork(db, toUuid('instance', id))))!)).to.equal(0);
    expect((await admin.client.PATCH(at, { ...pathOf(id), body: { priceKind: 'LIFETIME' } })).data).to.include({ state: 'STARTING' });
  });
});
