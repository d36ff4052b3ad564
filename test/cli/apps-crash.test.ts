import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { findMarked } from '../../apps/process/processes.ts';
import { counter as program } from '../helpers/apps.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Running, readyUrl, serverOn, spawnTenet } from '../helpers/tenet-process.ts';

describe('kill -9 of the server that runs applications', function () {
  this.timeout(300_000);
  let directory: string;
  let copy: { url: string; drop(): Promise<void> };
  let client: pg.Client;
  let server: Running;
  let url: string;
  let token: string;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-apps-crash-'));
    copy = await createDatabase();
    client = new pg.Client(copy.url);
    await client.connect();
    token = await (await loadDevIssuer(directory)).sign({ subject: 'alice', email: 'alice@example.com', lifetimeSeconds: 3_600 });
    await start();
  });

  after(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    await client.end();
    await copy.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    server = spawnTenet(['serve'], { ...serverOn(copy.url, directory), TENET_APPS_DRIVER: 'process', TENET_LOG_LEVEL: 'silent' });
    url = await readyUrl(server);
  }

  async function send(path: string, body?: object): Promise<{ id: string; state: string }> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    const text = await response.text();
    expect(response.status, text).to.be.oneOf([200, 201]);
    return JSON.parse(text);
  }

  const marks = () => [...findMarked((entry) => entry.startsWith(`INSTANCE_DIRECTORY=${directory}`)).values()].flat();

  it('leaves the program running, which the next server takes over; it ends with that one', async () => {
    const me = await send('/v1/me');
    expect(me.id).to.match(/^user_/);
    await client.query("set search_path = tenet; set tenet.scope = 'platform'");
    await client.query("insert into platform_grants (user_id, role, granted_by) select id, 'platform/operator', 'test' from users");
    const item = await send('/v1/catalog-items', { name: 'Notes', category: 'AI', description: 'Notes.', program });
    const organization = await send('/v1/organizations', { name: 'Acme', blueprint: 'app-workspace' });
    const made = await send(`/v1/organizations/${organization.id}/instances`, { itemId: item.id, name: 'Notes' });
    const runs = () =>
      eventually(async () => {
        expect((await send(`/v1/organizations/${organization.id}/instances/${made.id}`)).state).to.equal('RUNNING');
        const { rows } = await client.query<{ port: number }>('select port from instances');
        return (await fetch(`http://127.0.0.1:${rows[0]!.port}/`)).text();
      }, 60_000);
    expect(await runs()).to.equal('1');
    const [before] = marks();
    server.child.kill('SIGKILL');
    await server.ended;
    expect(marks()).to.deep.equal([before]);
    await start();
    expect(await runs()).to.equal('2');
    expect(marks()).to.deep.equal([before]);
    server.child.kill('SIGTERM');
    await server.ended;
    expect(marks()).to.deep.equal([]);
  });
});
