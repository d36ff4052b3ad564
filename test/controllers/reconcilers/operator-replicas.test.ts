import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { controllerKubeconfig, installTenet, type Operator, operatorOn, organization, uuidOf } from './operator.ts';

interface Replica {
  readonly child: ChildProcess;
  said(): string;
}

describe('two replicas of the controllers', () => {
  let kube: Kube;
  let operator: Operator;
  let kubeconfig: { path: string; remove(): void };
  const replicas: Replica[] = [];

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    await installTenet(kube);
    operator = await operatorOn(kube);
    kubeconfig = controllerKubeconfig(kube);
  });
  afterEach(async () => {
    for (const { child } of replicas.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  after(async function () {
    this.timeout(60_000);
    await operator?.end();
    kubeconfig?.remove();
  });

  const start = (): Replica => {
    const args = ['--import', 'tsx', join(import.meta.dirname, 'operator-child.ts')];
    const own = [operator.tenet.databaseUrl, kubeconfig.path, operator.tenet.dataDir];
    const child = spawn(process.execPath, [...args, ...own], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const replica = { child, said: () => text };
    replicas.push(replica);
    return replica;
  };
  const leads = (replica: Replica) => eventually(() => expect(replica.said()).to.contain('this process leads'), 40_000);

  it('the second one goes on when the first is killed, and nothing is done twice', async function () {
    this.timeout(120_000);
    const first = start();
    await leads(first);
    const second = start();
    await kube.apply(organization('heir', { displayName: 'One' }));
    const id = (await operator.isReady('organizations/heir')).status!.id!;
    first.child.kill('SIGKILL');
    await kube.apply(organization('heir', { displayName: 'Two' }));
    await operator.has('organizations/heir', 'Ready', { status: 'True' }, 40_000);
    await leads(second);
    expect((await operator.audit(id)).map(({ action }) => action)).to.deep.equal(['organization.create', 'organization.update']);
  });

  it('what a leader writes that slept through its own succession is refused', async function () {
    this.timeout(120_000);
    const first = start();
    await leads(first);
    const second = start();
    await kube.apply(organization('sleeper', { displayName: 'One' }));
    const id = (await operator.isReady('organizations/sleeper', 30_000)).status!.id!;

    // The first one is in the middle of a pass: it has been told that it leads, and reads.
    const locker = new pg.Client({ connectionString: operator.tenet.databaseUrl, options: '-c search_path=tenet' });
    await locker.connect();
    await locker.query('begin; lock table organizations in access exclusive mode');
    await kube.apply(organization('sleeper', { displayName: 'Two' }));
    const waiting =
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%manifest_uid%'";
    try {
      await eventually(async () => expect(await operator.sql(waiting)).not.to.deep.equal([]));
      first.child.kill('SIGSTOP');
    } finally {
      // It gives back the lock, without which nobody could go on.
      await locker.end();
    }

    await leads(second);
    await operator.has('organizations/sleeper', 'Ready', { status: 'True' }, 30_000);
    await kube.apply(organization('sleeper', { displayName: 'Three' }));
    await operator.has('organizations/sleeper', 'Ready', { status: 'True' }, 30_000);
    const terms = await operator.sql('select term from fences');
    first.child.kill('SIGCONT');
    await eventually(() => expect(first.said()).to.contain('Another controller has taken over'), 30_000);
    await kube.apply(organization('witness'));
    await operator.isReady('organizations/witness', 30_000);
    expect(await operator.sql('select term from fences')).to.deep.equal(terms);
    expect(await operator.sql('select name from organizations where id = $1', [uuidOf(id)])).to.deep.equal([{ name: 'Three' }]);
    expect((await operator.audit(id)).map(({ action }) => action)).to.deep.equal([
      'organization.create',
      'organization.update',
      'organization.update',
    ]);
  });
});
