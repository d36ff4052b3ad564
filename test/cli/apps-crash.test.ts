import { expect } from 'chai';
import { findMarked } from '../../apps/process/processes.ts';
import { counter as program } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import { type KillableServer, startKillableServer } from '../helpers/killable-server.ts';

describe('kill -9 of the server that runs applications', function () {
  this.timeout(300_000);
  let server: KillableServer;

  before(async () => {
    server = await startKillableServer({ TENET_APPS_DRIVER: 'process' });
  });
  after(() => server?.remove());

  const marks = () => [...findMarked((entry) => entry.startsWith(`INSTANCE_DIRECTORY=${server.directory}`)).values()].flat();

  it('leaves the program running, which the next server takes over; it ends with that one', async () => {
    const me = await server.send('/v1/me');
    expect(me.id).to.match(/^user_/);
    await server.client.query("set search_path = tenet; set tenet.scope = 'platform'");
    await server.client.query("insert into platform_grants (user_id, role, granted_by) select id, 'platform/operator', 'test' from users");
    const item = await server.send('/v1/catalog-items', { name: 'Notes', category: 'AI', description: 'Notes.', program });
    const organization = await server.send('/v1/organizations', { name: 'Acme', blueprint: 'app-workspace' });
    const made = await server.send(`/v1/organizations/${organization.id}/instances`, { itemId: item.id, name: 'Notes' });
    const runs = () =>
      eventually(async () => {
        expect((await server.send(`/v1/organizations/${organization.id}/instances/${made.id}`)).state).to.equal('RUNNING');
        const { rows } = await server.client.query<{ port: number }>('select port from instances');
        return (await fetch(`http://127.0.0.1:${rows[0]!.port}/`)).text();
      }, 60_000);
    expect(await runs()).to.equal('1');
    const [before] = marks();
    await server.kill('SIGKILL');
    expect(marks()).to.deep.equal([before]);
    await server.start();
    expect(await runs()).to.equal('2');
    expect(marks()).to.deep.equal([before]);
    await server.kill('SIGTERM');
    expect(marks()).to.deep.equal([]);
  });
});
