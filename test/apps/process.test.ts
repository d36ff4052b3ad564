import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import type { Applications } from '../../apps/main.ts';
import { startAppsManager } from '../../apps/manager/manager.ts';
import { startProcessDriver } from '../../apps/process/driver.ts';
import { findMarked } from '../../apps/process/processes.ts';
import { freePort } from '../../apps/process/readiness.ts';
import { reachInstance, wakeInstance } from '../../core/apps/access.ts';
import type { DesiredInstance, StartedDriver } from '../../core/apps/driver.ts';
import { newId, toUuid } from '../../core/base/ids.ts';
import { createLog } from '../../core/base/log.ts';
import type { Db } from '../../core/database/database.ts';
import { install, counter as program, publish } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import { auditTrail, writeIn } from '../helpers/people.ts';
import type { Caller, TestTenet } from '../helpers/tenet.ts';
import { startWorkspace, type Workspace } from '../helpers/workspace.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';
describe('applications that are processes of this machine', function () {
  this.timeout(120_000);
  let workspace: Workspace;
  let tenet: TestTenet;
  let admin: Caller;
  let publisher: Caller;
  let directory: string;
  let applications: Applications;
  let organizationId: string;
  let instanceId: string;

  before(async () => {
    workspace = await startWorkspace();
    ({ tenet, publisher, admin, organizationId, directory } = workspace);
    const itemId = await publish(publisher, { program });
    applications = workspace.run();
    ({ id: instanceId } = await install(admin, organizationId, { itemId, environment: { TEAM_NAME: 'Payments' } }));
  });

  after(async () => {
    await applications?.stop();
    await workspace?.stop();
  });

  const params = () => ({ params: { path: { organizationId, instanceId } } });
  const inOrganization = <T>(work: (db: Db) => Promise<T>) => writeIn(tenet, organizationId, work);
  const place = () => ({ organizationId, instanceId });
  const becomes = (state: string) =>
    eventually(async () => {
      const { data } = await admin.client.GET(at, params());
      expect(data!.state, data!.failure).to.equal(state);
      return data!;
    }, 60_000);
  const marks = () => [...findMarked((entry) => entry.startsWith(`INSTANCE_DIRECTORY=${directory}`)).values()].flat();

  async function ask(path = '/'): Promise<string> {
    const reached = await inOrganization((db) => reachInstance(db, place()));
    return (await fetch(`http://127.0.0.1:${reached!.address!.port}${path}`)).text();
  }

  it('S003-22 runs what is installed, with its variables and no other ones, and shows status, health and logs', async () => {
    expect(await becomes('RUNNING')).to.include({ health: 'HEALTHY' });
    expect(await ask()).to.equal('1');
    expect((await ask('/env')).split(' ')).to.have.members([
      ...['DATA_DIRECTORY', 'HOME', 'HOST', 'LANG', 'PATH', 'PORT', 'TEAM_NAME', 'INSTANCE_DIRECTORY'],
    ]);
    expect(await applications.logs(instanceId, { lines: 10 })).to.deep.equal(['counting from 0 for Payments']);
  });

  it('starts again what ends by itself', async () => {
    await ask('/crash').catch(() => undefined);
    await eventually(async () => expect(await ask()).to.equal('2'), 60_000);
    await becomes('RUNNING');
  });

  it('S003-24 stops what had no traffic for as long as the setting says; S003-25: an access starts it again, with its data', async () => {
    const hours = (count: number) =>
      inOrganization((db) =>
        db('instances')
          .where({ id: toUuid('instance', instanceId) })
          .update({ last_active_at: db.raw("now() - ? * interval '1 hour'", [count]) }),
      );
    await hours(11);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect((await admin.client.GET(at, params())).data!.state).to.equal('RUNNING');
    await hours(13);
    await becomes('IDLE_STOPPED');
    expect(marks()).to.deep.equal([]);
    expect(await inOrganization((db) => wakeInstance(db, place()))).to.include({ state: 'STARTING' });
    await becomes('RUNNING');
    expect(await ask()).to.equal('3');
  });

  it('S003-23 begins anew with other variables and by a restart', async () => {
    await admin.client.PATCH(at, { ...params(), body: { environment: { TEAM_NAME: 'Billing' } } });
    await eventually(
      async () => expect((await applications.logs(instanceId, { lines: 1 }))[0]).to.equal('counting from 3 for Billing'),
      60_000,
    );
    await becomes('RUNNING');
    const [before] = marks();
    await admin.client.POST(`${at}/restart`, params());
    await eventually(() => expect(marks().map(({ pid }) => pid)).not.to.include(before!.pid).and.not.to.be.empty, 60_000);
    await becomes('RUNNING');
    expect(await ask()).to.equal('4');
  });

  it('says of what cannot be started why, and keeps nothing of it open', async () => {
    const command = '/dev/null/notes';
    const { id } = await install(admin, organizationId, { itemId: await publish(publisher, { program: { ...program, command } }) });
    const path = { params: { path: { organizationId, instanceId: id } } };
    const fails = (failure: string) =>
      eventually(async () => expect((await admin.client.GET(at, path)).data).to.include({ state: 'FAILED', failure }), 30_000);
    await fails('The program cannot be started: ENOTDIR.');
    const open = readdirSync('/proc/self/fd').map((name) => {
      try {
        return readlinkSync(`/proc/self/fd/${name}`);
      } catch {
        return '';
      }
    });
    expect(open.filter((file) => file.startsWith(directory))).to.deep.equal([]);
    const told = [{ action: 'instance.fail', target: id, outcome: 'SUCCEEDED' }];
    await eventually(async () => expect(await auditTrail(admin, organizationId, 'instance.fail')).to.deep.equal(told), 30_000);
    const data = join(directory, id, 'data');
    rmSync(data, { recursive: true });
    writeFileSync(data, '');
    expect((await admin.client.POST(`${at}/start`, path)).data).to.include({ state: 'STARTING' });
    await fails('The program could not be started. The log of the server says why, to who operates it.');
    expect((await admin.client.DELETE(at, path)).response.status).to.equal(204);
  });

  it('ends with the server, and is started by the next one; what a caller stops stays stopped', async () => {
    await applications.stop();
    expect(marks()).to.deep.equal([]);
    applications = workspace.run();
    await eventually(async () => expect(await ask()).to.equal('5'), 60_000);
    await admin.client.POST(`${at}/stop`, params());
    await becomes('STOPPED');
    expect(await inOrganization((db) => wakeInstance(db, place()))).to.include({ state: 'STOPPED', isWanted: false });
    await admin.client.POST(`${at}/start`, params());
    await becomes('RUNNING');
    expect(await ask()).to.equal('6');
  });

  it('S003-39 is gone when it is uninstalled; its data stays until its project is purged', async () => {
    expect((await admin.client.DELETE(at, params())).response.status).to.equal(204);
    await eventually(() => expect(marks()).to.deep.equal([]), 60_000);
    expect(existsSync(join(directory, instanceId, 'data/count'))).to.equal(true);
    const key = [toUuid('organization', organizationId), toUuid('instance', instanceId)];
    await eventually(async () => {
      const row = await inOrganization((db) => db('instances').where({ id: key[1]! }).first('removed_at'));
      expect(row.removed_at).not.to.equal(null);
    });
    await tenet.database.write('platform', (db) => db.raw('select purge_project(?, ?)', key));
    await eventually(() => expect(existsSync(join(directory, instanceId))).to.equal(false), 60_000);
  });

  it('lets go of its driver when another process may lead, and ends programs only when it ends itself', async () => {
    await applications.stop();
    const said: string[] = [];
    const driver = await startProcessDriver({ directory });
    const startDriver = (): StartedDriver => {
      said.push('started');
      return { ...driver, release: async () => void said.push('released'), endPrograms: async () => void said.push('ended') };
    };
    const manager = startAppsManager({ ...tenet, log: createLog('silent'), startDriver });
    await eventually(() => expect(said).to.deep.equal(['started']));
    const client = new pg.Client(tenet.databaseUrl);
    await client.connect();
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tenet-lock' and datname = current_database()",
    );
    await client.end();
    await eventually(() => expect(said).to.deep.equal(['started', 'released', 'started']));
    await manager.stop();
    expect(said).to.deep.equal(['started', 'released', 'started', 'released', 'ended']);
    await driver.release();
  });
});

describe('the driver of processes', function () {
  this.timeout(60_000);
  let directory: string;
  let driver: StartedDriver;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-äpps-日-'));
    driver = await startProcessDriver({ directory, graceMs: 1_000 });
  });

  after(async () => {
    await driver.release();
    await driver.endPrograms();
    rmSync(directory, { recursive: true, force: true });
  });

  const desiredOf = (id: string, more: Partial<DesiredInstance['program']> = {}): DesiredInstance => ({
    ...{ id, organizationId: newId('organization'), replicas: 1, generation: 1, env: {} },
    program: { ...program, ...more },
  });
  const portOf = (id: string): number => JSON.parse(readFileSync(join(directory, id, 'state.json'), 'utf8')).port;
  const listenOn = async (port: number, host: string) => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    return server;
  };

  it('finds a program again by its directory, whatever letters are in its name', async () => {
    const desired = desiredOf(newId('instance'));
    await driver.apply(desired);
    const mark = `INSTANCE_DIRECTORY=${join(directory, desired.id)}`;
    const found = () => findMarked((entry) => entry === mark).get(mark) ?? [];
    await eventually(() => expect(found()).to.have.length(1));
    // An earlier server was killed before it had noted what it had started.
    rmSync(join(directory, desired.id, 'state.json'));
    await driver.remove(desired.id, { deleteData: true });
    expect(found()).to.deep.equal([]);
  });

  it('believes nobody else on the port of a program, and hands out no port twice', async () => {
    const desired = desiredOf(newId('instance'), { args: ['-e', 'setInterval(() => undefined, 1000)'], healthPath: undefined as never });
    await driver.apply(desired);
    const { phase } = await driver.observe(desired.id);
    expect(phase).to.equal('STARTING');
    const port = portOf(desired.id);
    for (const host of ['127.0.0.1', '::']) {
      const intruder = await listenOn(port, host);
      expect(await driver.observe(desired.id), host)
        .to.include({ phase: 'FAILED' })
        .and.not.to.have.property('address');
      if (host === '::') await driver.apply(desired);
      intruder.close();
    }
    expect(portOf(desired.id), 'it was started anew').not.to.equal(port);
    expect((await driver.observe(desired.id)).phase).to.equal('STARTING');

    const offered: number[] = [];
    const free = await freePort((one) => offered.push(one) < 3);
    expect(offered).to.have.length(3);
    expect(free).to.equal(offered[2]);
    const ids = Array.from({ length: 4 }, () => newId('instance'));
    await Promise.all(ids.map((id) => driver.apply(desiredOf(id))));
    expect(new Set([desired.id, ...ids].map(portOf)).size).to.equal(5);
    await eventually(async () => expect((await driver.observe(ids[0]!)).phase).to.equal('RUNNING'), 30_000);
    // A program may have another one listen for it.
    const child = `require('node:child_process').spawn(process.execPath, [${JSON.stringify(program.args[0])}], { detached: true })`;
    const parent = desiredOf(newId('instance'), { args: ['-e', `${child}; setInterval(() => undefined, 1000)`] });
    await driver.apply(parent);
    await eventually(async () => expect((await driver.observe(parent.id)).phase).to.equal('RUNNING'), 30_000);
  });
});
