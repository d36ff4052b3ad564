import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { pathIn, send } from '../../helpers/keys.ts';
import { foundOrganization, inDatabase } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { isSigned, nearReceivers, type Receiver, startReceiver } from '../../helpers/webhooks.ts';

const atOnce = { ...nearReceivers, TENET_WEBHOOK_RETRIES: Array(20).fill('0').join(',') };
const organizations = 5;
const eventsInRound = 20;

describe('many webhooks', () => {
  let tenet: TestTenet;
  let second: TestTenet;
  let admin: Caller;
  let receiver: Receiver;

  before(async () => {
    tenet = await startTenet(atOnce, { inventsEvents: true });
    // Two replicas send.
    second = await startTenet({ ...atOnce, DATABASE_URL: tenet.databaseUrl }, { inventsEvents: true });
    admin = await tenet.as('admin@example.com');
    receiver = await startReceiver();
  });
  after(async () => {
    await second.stop();
    await tenet.stop();
    await receiver.stop();
  });

  it('to a receiver that fails half of the time: every event is delivered, in the order of its organization, none with another id (soak)', async () => {
    // Half of the attempts fail, and no event often enough to disable its webhook.
    const failed = new Map<string, number>();
    receiver.answer = ({ path, id }) => {
      const failures = failed.get(path + id) ?? 0;
      if (failures >= 12 || Math.random() < 0.5) return 204;
      failed.set(path + id, failures + 1);
      return 500;
    };
    const hooks = new Map<string, string>();
    for (let index = 0; index < organizations; index++) {
      const organizationId = await foundOrganization(admin, `Organization ${index}`, 'teams');
      const body = { name: 'All', url: `${receiver.url}/${organizationId}`, eventTypes: ['project'] };
      const made = await send(admin, 'POST', pathIn({ organizationId }, '/webhooks'), body);
      expect(made.status, made.text).to.equal(201);
      hooks.set(organizationId, (made.body as { secret: string }).secret);
    }
    let events = 0;
    for (const round of rounds(1, 100)) {
      await Promise.all([...hooks.keys()].map((organizationId) => addEvents(organizationId, round)));
      events += eventsInRound;
      // Within the round, so that a run that is bounded ends in its time.
      await eventually(() => expect(receiver.delivered()).to.have.length.of.at.least(events * organizations), 120_000);
    }
    for (const [organizationId, secret] of hooks) {
      const all = receiver.received.filter(({ path }) => path === `/${organizationId}`);
      const delivered = all.filter(({ status }) => status === 204);
      const targets = delivered.map(({ text }) => (JSON.parse(text) as { data: { target: string } }).data.target);
      expect(targets).to.deep.equal(Array.from({ length: events }, (_, index) => `thing-${index}`));
      // One id for each event, and no id for two.
      expect(new Set(all.map(({ id, sequence }) => `${sequence} ${id}`)).size).to.equal(events);
      expect(new Set(all.map(({ id }) => id)).size).to.equal(events);
      expect(delivered.map(({ sequence }) => sequence)).to.deep.equal(delivered.map(({ sequence }) => sequence).sort((a, b) => a! - b!));
      expect(all.every((message) => isSigned(message, secret, Number(message.headers['webhook-timestamp']) * 1000))).to.equal(true);
    }
    expect(failed.size).to.be.greaterThan(0);
  }).timeout(1_800_000);

  async function addEvents(organizationId: string, round: number): Promise<void> {
    const first = round * eventsInRound;
    await inDatabase(
      tenet,
      organizationId,
      `select append_audit_events(?, now(), 'user_1', 'project.update', (select array_agg('thing-' || n order by n) from generate_series(${first}, ${first + eventsInRound - 1}) n),
         'SUCCEEDED', (select array_agg('{"n":' || n || '}' order by n) from generate_series(1, ${eventsInRound}) n))`,
      [toUuid('organization', organizationId)],
    );
  }
});
