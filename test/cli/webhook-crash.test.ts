import { expect } from 'chai';
import { eventually } from '../helpers/eventually.ts';
import { type KillableServer, startKillableServer } from '../helpers/killable-server.ts';
import { nearReceivers, type Receiver, startReceiver } from '../helpers/webhooks.ts';

describe('kill -9 of the server while it sends to a webhook', function () {
  this.timeout(300_000);
  let server: KillableServer;
  let receiver: Receiver;

  before(async () => {
    receiver = await startReceiver();
    server = await startKillableServer(nearReceivers);
  });
  after(async () => {
    await server?.remove();
    await receiver?.stop();
  });

  const made = async (path: string, body: object): Promise<string> => (await server.send(`/v1/organizations${path}`, body)).id;

  it('nothing is lost: the event in flight comes again with its id, and the others behind it', async () => {
    const organizationId = await made('', { name: 'Acme', blueprint: 'teams' });
    await made(`/${organizationId}/webhooks`, { name: 'All', url: `${receiver.url}/hook`, eventTypes: ['project'] });
    // The second event is taken, and never answered.
    receiver.answer = () => (receiver.received.length === 2 ? () => undefined : 204);
    for (const name of ['One', 'Two', 'Three']) await made(`/${organizationId}/projects`, { name });
    await eventually(() => expect(receiver.received).to.have.length(2));
    await server.kill('SIGKILL');
    // As if the lease of the killed process had ended, which takes half a minute; each replica looks for such webhooks every minute.
    await server.client.query("update tenet.webhooks set leased_until = now() - interval '1 second' where leased_until is not null");
    await server.start();
    await server.client.query("set tenet.scope = 'platform'");
    const { rows } = await server.client.query('select tenet.wake_forgotten_webhooks() as woken');
    await eventually(() => expect(receiver.delivered(), `woken: ${rows[0].woken}`).to.have.length(3), 30_000);
    const names = receiver.received.map(({ text }) => (JSON.parse(text) as { data: { after: { name: string } } }).data.after.name);
    expect(names).to.deep.equal(['One', 'Two', 'Two', 'Three']);
    expect(receiver.received[2]!.id).to.equal(receiver.received[1]!.id);
    expect(receiver.received[2]!.text).to.equal(receiver.received[1]!.text);
  });
});
