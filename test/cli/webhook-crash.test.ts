import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Running, readyUrl, serverOn, spawnTenet } from '../helpers/tenet-process.ts';
import { nearReceivers, type Receiver, startReceiver } from '../helpers/webhooks.ts';

describe('kill -9 of the server while it sends to a webhook', function () {
  this.timeout(300_000);
  let directory: string;
  let copy: { url: string; drop(): Promise<void> };
  let client: pg.Client;
  let token: string;
  let server: Running | undefined;
  let url: string;
  let receiver: Receiver;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tenet-webhook-crash-'));
    copy = await createDatabase();
    client = new pg.Client(copy.url);
    await client.connect();
    token = await (await loadDevIssuer(directory)).sign({ subject: 'alice', email: 'alice@example.com', lifetimeSeconds: 3_600 });
    receiver = await startReceiver();
    await start();
  });

  after(async () => {
    server?.child.kill('SIGTERM');
    await server?.ended;
    await receiver.stop();
    await client.end();
    await copy.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    server = spawnTenet(['serve'], { ...serverOn(copy.url, directory), ...nearReceivers, TENET_LOG_LEVEL: 'silent' });
    url = await readyUrl(server);
  }

  async function made(path: string, body: object): Promise<string> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/organizations${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    expect(response.status, text).to.equal(201);
    return (JSON.parse(text) as { id: string }).id;
  }

  it('nothing is lost: the event in flight comes again with its id, and the others behind it', async () => {
    const organizationId = await made('', { name: 'Acme', blueprint: 'teams' });
    await made(`/${organizationId}/webhooks`, { name: 'All', url: `${receiver.url}/hook`, eventTypes: ['project'] });
    // The second event is taken, and never answered.
    receiver.answer = () => (receiver.received.length === 2 ? () => undefined : 204);
    for (const name of ['One', 'Two', 'Three']) await made(`/${organizationId}/projects`, { name });
    await eventually(() => expect(receiver.received).to.have.length(2));
    server!.child.kill('SIGKILL');
    await server!.ended;
    // As if the lease of the killed process had ended, which takes half a minute; each replica looks for such webhooks every minute.
    await client.query("update tenet.webhooks set leased_until = now() - interval '1 second' where leased_until is not null");
    await start();
    await client.query("set tenet.scope = 'platform'");
    const { rows } = await client.query('select tenet.wake_forgotten_webhooks() as woken');
    await eventually(() => expect(receiver.delivered(), `woken: ${rows[0].woken}`).to.have.length(3), 30_000);
    const names = receiver.received.map(({ text }) => (JSON.parse(text) as { data: { after: { name: string } } }).data.after.name);
    expect(names).to.deep.equal(['One', 'Two', 'Two', 'Three']);
    expect(receiver.received[2]!.id).to.equal(receiver.received[1]!.id);
    expect(receiver.received[2]!.text).to.equal(receiver.received[1]!.text);
  });
});
