import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('usage events', () => {
  let tenet: TestTenet;
  let admin: Person;
  let viewer: Person;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'ai-spaces');
    projectId = await foundProject(admin, organizationId, 'Website');
    viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
  });
  after(() => tenet.stop());

  type Event = Parameters<typeof report>[0][number];
  const report = (events: { id: string; meter: string; at: string; [member: string]: unknown }[], by = admin, of = organizationId) =>
    by.client.POST('/v1/organizations/{organizationId}/usage-events', {
      params: { path: { organizationId: of } },
      body: { events } as never,
    });
  const event = (id: string, more: object = {}): Event => ({ id, meter: 'tokens', at: new Date().toISOString(), quantity: '2', ...more });
  const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
  const pointersOf = (answer: { error?: unknown }) =>
    ((answer.error as { errors?: { pointer: string }[] } | undefined)?.errors ?? []).map(({ pointer }) => pointer);

  it('MIN-03: are counted once, however often they come', async () => {
    const events = [event('a', { projectId, memberId: viewer.id, resources: { model: 'gpt-x' }, cost: '0.5' }), event('b')];
    expect((await report(events)).data).to.deep.equal({ accepted: 2, duplicates: 0 });
    expect((await report([...events, event('c'), { ...events[0]! }])).data).to.deep.equal({ accepted: 1, duplicates: 3 });
  });

  it('are refused as a whole where one has the id of another event', async () => {
    const first = event('taken');
    await report([first]);
    const answer = await report([event('new'), { ...first, quantity: '3' }]);
    expect(answer.response.status).to.equal(409);
    expect(pointersOf(answer)).to.deep.equal(['#/events/1/id']);
    // Of another month too, where it would be in another partition.
    for (const before of [40 * 60_000, 33 * 86_400_000])
      expect((await report([{ ...first, at: ago(before) }])).response.status).to.equal(409);
    const twice = await report([event('twice'), event('twice', { quantity: '4' })]);
    expect(twice.response.status).to.equal(400);
    expect(pointersOf(twice)).to.deep.equal(['#/events/1/id']);
    expect((await report([event('new')])).data).to.deep.equal({ accepted: 1, duplicates: 0 });
  });

  it('are refused with the place of each fault, and nothing is counted', async () => {
    const answer = await report([
      event('f0', { meter: 'token' }),
      event('f1', { at: ago(-11 * 60_000) }),
      event('f2', { at: ago(36 * 86_400_000) }),
      event('f3', { resources: { dataset: 'x' } }),
      event('f4', { meter: 'errors', cost: '1' }),
      event('f5', { meter: 'errors', memberId: admin.id }),
      event('f6'),
    ]);
    expect(answer.response.status).to.equal(400);
    expect(pointersOf(answer)).to.deep.equal([
      ...['#/events/0/meter', '#/events/1/at', '#/events/2/at', '#/events/3/resources/dataset', '#/events/4/cost', '#/events/5/memberId'],
    ]);
    const [unknown] = (answer.error as { errors: { detail: string }[] }).errors;
    expect(unknown!.detail).to.match(/^must be a meter of the blueprint: there are .*tokens.*did you mean "tokens"/);
    const foreign = await report([
      event('g0', { projectId: newId('project') }),
      event('g1', { memberId: newId('user') }),
      event('g2', { apiKeyId: newId('apiKey') }),
      event('f6'),
    ]);
    expect(pointersOf(foreign)).to.deep.equal(['#/events/0/projectId', '#/events/1/memberId', '#/events/2/apiKeyId']);
    expect((await report([event('f6')])).data).to.deep.equal({ accepted: 1, duplicates: 0 });
    for (const quantity of ['-1', '1e3', '', '1234567890123', '0.0000000001'])
      expect((await report([event('q', { quantity })])).response.status, quantity).to.equal(400);
    expect((await report([event('q', { quantity: 3 })])).response.status).to.equal(400);
    expect((await report([])).response.status).to.equal(400);
    expect((await report(Array.from({ length: 1_001 }, (_, place) => event(`m${place}`)))).response.status).to.equal(400);
  });

  it('come up to 35 days late and 10 minutes ahead', async () => {
    const answer = await report([event('late', { at: ago(34 * 86_400_000) }), event('ahead', { at: ago(-9 * 60_000) })]);
    expect(answer.data).to.deep.equal({ accepted: 2, duplicates: 0 });
  });

  it('are reported by those who may, in their organization', async () => {
    expect((await report([event('v')], viewer)).response.status).to.equal(403);
    const stranger = await signIn(tenet, 'stranger@example.com');
    expect((await report([event('s')], stranger)).response.status).to.equal(404);
    const other = await foundOrganization(admin, 'Other', 'ai-spaces');
    const answer = await report([event('o', { projectId })], admin, other);
    expect(pointersOf(answer)).to.deep.equal(['#/events/0/projectId']);
  });
});
