import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { type Kube, needsKube, startKube } from '../../helpers/kube.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { installTenet, type Operator, openToAll, operatorOn, organization, project, uuidOf } from './operator.ts';

describe('the controllers and what breaks around them', () => {
  let kube: Kube;
  let watches: FaultProxy;
  let postgres: TcpProxy;
  let operator: Operator;

  before(async function () {
    needsKube(this, { own: true });
    // Of its own, so that the controller has the rights of k8s/rbac and no others.
    kube = await startKube();
    await installTenet(kube, 'rbac');
    watches = await startFaultProxy(kube.controllerKubeconfig);
    operator = await operatorOn(kube, {
      server: watches.connection.server,
      async throughProxy(url) {
        postgres = await startTcpProxy(url);
        return postgres.url;
      },
    });
  });
  after(async function () {
    this.timeout(120_000);
    try {
      await operator?.end();
    } finally {
      await watches?.close();
      await postgres?.close();
      await kube?.stop();
    }
  });

  const nameOf = async (id: string) =>
    (await operator.sql<{ name: string }>('select name from organizations where id = $1', [uuidOf(id)]))[0]!.name;

  it('wait for CRDs that are not there yet, and start when they are applied', async function () {
    this.timeout(90_000);
    await operator.start();
    await installTenet(kube, 'crds');
    await kube.apply(organization('first'));
    await operator.isReady('organizations/first', 60_000);
  });

  it('apply a change that was made around an API server that was killed, once, after it is back', async function () {
    this.timeout(120_000);
    await kube.apply(organization('steady'), organization('changing'));
    const steady = (await operator.isReady('organizations/steady')).status!.id!;
    const changing = (await operator.isReady('organizations/changing')).status!.id!;
    await kube.killApiServer();
    await kube.restartApiServer();
    await eventually(() => kube.apply(organization('changing', { displayName: 'Changed' })), 30_000);
    await operator.has('organizations/changing', 'Ready', { status: 'True' }, 30_000);
    expect(await nameOf(changing)).to.equal('Changed');
    expect((await operator.audit(changing)).map(({ action }) => action)).to.deep.equal(['organization.create', 'organization.update']);
    expect((await operator.audit(steady)).map(({ action }) => action)).to.deep.equal(['organization.create']);
    await operator.stop({ crashed: true });
    await operator.start();
  });

  it('write once for events that come twice and in the wrong order', async function () {
    this.timeout(60_000);
    await kube.apply(organization('echo', { displayName: 'One' }));
    const id = (await operator.isReady('organizations/echo')).status!.id!;
    const before = (await operator.audit(id)).length;
    let held: string | undefined;
    watches.faults.watchLine = (line) => {
      if (!line.includes('"name":"echo"')) return [line];
      const lines = held === undefined ? [line, line] : [line, held, line];
      held = line;
      return lines;
    };
    for (const displayName of ['Two', 'Three']) {
      await kube.apply(organization('echo', { displayName }));
      await operator.has('organizations/echo', 'Ready', { status: 'True' });
    }
    watches.faults.watchLine = undefined;
    expect(await nameOf(id)).to.equal('Three');
    expect((await operator.audit(id)).slice(before).map(({ action }) => action)).to.deep.equal([
      'organization.update',
      'organization.update',
    ]);
  });

  it('keep the status fields of another writer, and take their own back', async () => {
    await kube.apply(organization('shared'));
    await operator.isReady('organizations/shared');
    const at = { lastTransitionTime: '2026-01-01T00:00:00Z', reason: 'Other', message: 'm' };
    const conditions = [
      { type: 'Backup', status: 'True', ...at },
      { type: 'Ready', status: 'False', ...at },
    ];
    const foreign = { apiVersion: 'tenet.dev/v1alpha1', kind: 'Organization', metadata: { name: 'shared' }, status: { conditions } };
    await kube.kubectl('patch', 'org', 'shared', '--subresource=status', '--type=merge', '-p', JSON.stringify(foreign));
    await operator.isReady('organizations/shared');
    await kube.apply(organization('shared', { displayName: 'Shared' }));
    await operator.has('organizations/shared', 'Ready', { status: 'True' });
    expect(await operator.condition('organizations/shared', 'Backup')).to.include({ reason: 'Other' });
  });

  it('lose no change and tell no lie while the database does not answer', async function () {
    this.timeout(90_000);
    await kube.apply(organization('offline', openToAll));
    const id = (await operator.isReady('organizations/offline')).status!.id!;
    postgres.cut({ refuse: true });
    await kube.apply(organization('offline', { ...openToAll, displayName: 'Online' }), project('orphan', 'offline'));
    await eventually(
      async () => expect(await operator.condition('organizations/offline', 'Ready')).to.include({ status: 'False' }),
      30_000,
    );
    const waiting = await operator.condition('projects/default/orphan', 'Ready');
    expect(waiting?.status).not.to.equal('True');
    expect(await operator.condition('organizations/offline', 'Stalled')).to.equal(undefined);
    postgres.cut({ refuse: false });
    await operator.has('organizations/offline', 'Ready', { status: 'True' }, 45_000);
    await operator.isReady('projects/default/orphan', 45_000);
    expect(await nameOf(id)).to.equal('Online');
    expect((await operator.audit(id)).filter(({ action }) => action === 'organization.update')).to.have.length(1);
  });

  it('write nothing at rest: no row and no status over three resyncs', async function () {
    this.timeout(60_000);
    await operator.stop();
    await operator.tenet.as('ada@rest.example').then((ada) => ada.userId());
    const members = [
      { email: 'ada@rest.example', roles: ['org.admin'] },
      { email: 'new@rest.example', roles: ['org.member'] },
    ];
    await kube.apply(
      organization('rest', { ...openToAll, members }),
      project('rest', 'rest', { members: [{ ...members[1], roles: ['project.member'] }] }),
    );
    await operator.start({ resyncMs: 1_000 });
    await operator.isReady('organizations/rest');
    await operator.isReady('projects/default/rest');
    const all = async () =>
      kube.kubectl('get', 'organizations.tenet.dev,projects.tenet.dev', '-A', '-o', 'jsonpath={.items[*].metadata.resourceVersion}');
    const state = async () => ({ versions: await all(), writes: await operator.writes() });
    // At rest is what has not moved for two passes over everything: counts follow what others did, one pass later.
    const settled = await eventually(async () => {
      const before = await state();
      const passed = await operator.passes();
      const objects = before.versions.split(' ').length;
      await eventually(async () => expect(await operator.passes()).to.be.at.least(passed + 2 * objects));
      expect(await state()).to.deep.equal(before);
      return before;
    }, 40_000);
    const passes = await operator.passes();
    const objects = settled.versions.split(' ').length;
    await eventually(async () => expect(await operator.passes()).to.be.at.least(passes + 3 * objects), 30_000);
    expect(await all()).to.equal(settled.versions);
    expect(await operator.writes()).to.equal(settled.writes);
  });

  it('stop during the first list without waiting for it, and do nothing afterwards', async function () {
    await operator.stop();
    await kube.apply(organization('unseen'));
    const before = await operator.writes();
    this.timeout(10_000);
    await operator.start();
    // The answers that are under way never come.
    watches.faults.stalled = true;
    await operator.stop();
    watches.faults.stalled = false;
    watches.cut();
    const calls = watches.seen(/./);
    expect(await operator.writes()).to.equal(before);
    expect(watches.seen(/./)).to.equal(calls);
    await operator.start();
    await operator.isReady('organizations/unseen');
  });
});
