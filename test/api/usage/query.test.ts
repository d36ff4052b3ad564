import { expect } from 'chai';
import { rollUpUsage } from '../../../core/usage/rollups.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const day = 86_400_000;

describe('queries of usage', () => {
  let tenet: TestTenet;
  let admin: Person;
  let member: Person;
  let organizationId: string;
  let website: string;
  let shop: string;
  /** The begin of today (UTC), and of ten days ago. */
  const today = Math.floor(Date.now() / day) * day;
  const since = today - 10 * day;
  const at = (days: number, hours = 0) => new Date(since + days * day + hours * 3_600_000).toISOString();

  const report = (events: object[]) => sendIn(admin, 'POST', `${organizationId}/usage-events`, { events });
  const query = (asked: Record<string, string>, by = admin, path = `${organizationId}/usage`) =>
    sendIn(by, 'GET', `${path}?${new URLSearchParams({ from: at(0), to: at(11), ...asked })}`);

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'ai-spaces');
    [website, shop] = [await foundProject(admin, organizationId, 'Website'), await foundProject(admin, organizationId, 'Shop')];
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.editor');
    const tokens = { meter: 'tokens', resources: { model: 'gpt-x', assistant: 'support', router: 'fast' } };
    await report([
      { ...tokens, id: '1', at: at(1, 9), quantity: '0.1', cost: '0.01', projectId: website, memberId: admin.id },
      { ...tokens, id: '2', at: at(1, 10), quantity: '0.2', cost: '0.02', projectId: shop, memberId: member.id },
      { ...tokens, id: '3', at: at(2, 10), quantity: '100', projectId: shop, resources: { model: 'old-y' } },
    ]);
    await rollUpUsage(tenet.database);
    // These are not added up by a job yet.
    await report([
      { ...tokens, id: '4', at: at(1, 9), quantity: '999999999999.999999999', projectId: website, memberId: admin.id },
      { id: '5', meter: 'api-calls', at: at(3, 1), cost: '0.5', resources: { router: 'fast' } },
      { id: '6', meter: 'errors', at: at(3, 1), resources: { router: 'fast' } },
      { id: '7', meter: 'latency-ms', at: at(3, 1), quantity: '120', resources: { router: 'fast' } },
      { id: '8', meter: 'latency-ms', at: at(3, 2), quantity: '80', resources: { router: 'fast' } },
    ]);
  });
  after(() => tenet.stop());

  it('PUL-34: the total is exact, with what was reported a moment ago', async () => {
    const { body } = await query({ meter: 'tokens' });
    expect(body.items).to.deep.equal([
      { quantity: '1000000000100.299999999', cost: '0.03', currency: 'USD', events: 4, lastAt: at(2, 10) },
    ]);
    const nothing = await query({ meter: 'errors', from: at(9) });
    expect(nothing.body.items).to.deep.equal([{ quantity: '0', events: 0 }]);
  });

  it('PUL-31: usage by space, by member and by assistant', async () => {
    const of = async (groupBy: string, more: Record<string, string> = {}) =>
      (await query({ meter: 'tokens', groupBy, from: at(1), to: at(3), ...more })).body.items.map(
        ({ projectId, memberId, resources, quantity }: Record<string, never>) => [projectId ?? memberId ?? resources, quantity],
      );
    expect(await of('project')).to.have.deep.members([
      [website, '1000000000000.099999999'],
      [shop, '100.2'],
    ]);
    expect(await of('member')).to.have.deep.members([
      [undefined, '100'],
      [admin.id, '1000000000000.099999999'],
      [member.id, '0.2'],
    ]);
    expect(await of('resource:assistant', { projectId: shop })).to.deep.equal([
      [undefined, '100'],
      [{ assistant: 'support' }, '0.2'],
    ]);
    expect(await of('project', { memberId: member.id })).to.deep.equal([[shop, '0.2']]);
    expect(await of('project', { resource: 'model:old-y' })).to.deep.equal([[shop, '100']]);
  });

  it('PUL-34: the trend of cost over days, months and hours', async () => {
    const of = async (groupBy: string, more = {}) =>
      (await query({ meter: 'tokens', groupBy, ...more })).body.items.map(({ from, cost }: Record<string, string>) => [from, cost]);
    expect(await of('day')).to.deep.equal([
      [at(1), '0.03'],
      [at(2), '0'],
    ]);
    expect(await of('hour', { to: at(1, 10) })).to.deep.equal([[at(1, 9), '0.01']]);
    expect((await of('month')).map(([month]: string[]) => month!.slice(7))).to.include('-01T00:00:00.000Z');
  });

  it('PUL-41: the last use of each model, and its use in a period', async () => {
    const { body } = await query({ meter: 'tokens', groupBy: 'resource:model', from: at(2) });
    expect(body.items).to.deep.equal([
      { resources: { model: 'old-y' }, quantity: '100', cost: '0', currency: 'USD', events: 1, lastAt: at(2, 10) },
    ]);
    const all = await query({ meter: 'tokens', groupBy: 'resource:model' });
    expect(all.body.items.map(({ resources, lastAt }: Record<string, never>) => [resources, lastAt])).to.deep.equal([
      [{ model: 'gpt-x' }, at(1, 10)],
      [{ model: 'old-y' }, at(2, 10)],
    ]);
  });

  it('PUL-42: calls, errors, latency and cost of each router', async () => {
    const of = async (meter: string) => (await query({ meter, groupBy: 'resource:router' })).body.items[0];
    expect(await of('api-calls')).to.include({ quantity: '1', cost: '0.5' });
    expect(await of('errors')).to.include({ quantity: '1' });
    const latency = await of('latency-ms');
    expect(latency.quantity / latency.events).to.equal(100);
  });

  it('comes in pages, each of which goes on behind the one before', async () => {
    const read = async (groupBy: string) => {
      const items = [];
      for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
        const { status, body } = await query({ meter: 'tokens', groupBy, pageSize: '1', ...(pageToken && { pageToken }) });
        expect(status).to.equal(200);
        items.push(...body.items);
        pageToken = body.nextPageToken;
      }
      return items;
    };
    for (const groupBy of ['day,project,member', 'resource:model,project', 'month'])
      expect(await read(groupBy)).to.deep.equal((await query({ meter: 'tokens', groupBy })).body.items);
    const { nextPageToken } = (await query({ meter: 'tokens', groupBy: 'day', pageSize: '1' })).body;
    expect((await query({ meter: 'tokens', groupBy: 'project', pageToken: nextPageToken })).status).to.equal(400);
  });

  it('is of one project for those who may see no more', async () => {
    const path = `${organizationId}/projects/${shop}/usage`;
    const { body } = await query({ meter: 'tokens', groupBy: 'project' }, admin, path);
    expect(body.items.map(({ projectId }: Record<string, string>) => projectId)).to.deep.equal([shop]);
    expect((await query({ meter: 'tokens' }, member)).status).to.equal(403);
    const stranger = await signIn(tenet, 'stranger@example.com');
    expect((await query({ meter: 'tokens' }, stranger, path)).status).to.equal(404);
  });

  it('refuses what is not counted so, by the parameter', async () => {
    const parameters = async (asked: Record<string, string>) => {
      const { status, body } = await query({ meter: 'tokens', ...asked });
      return [status, ...(body.errors ?? []).map(({ parameter }: { parameter: string }) => parameter)];
    };
    expect(await parameters({ meter: 'token' })).to.deep.equal([400, 'meter']);
    expect(await parameters({ from: '2026-11-21T09:30:00Z' })).to.deep.equal([400, 'from']);
    expect(await parameters({ to: at(0) })).to.deep.equal([400, 'to']);
    expect(await parameters({ from: at(-400) })).to.deep.equal([400, 'to']);
    expect(await parameters({ from: at(-40), groupBy: 'hour' })).to.deep.equal([400, 'to']);
    expect(await parameters({ groupBy: 'day,hour' })).to.deep.equal([400, 'groupBy']);
    expect(await parameters({ groupBy: 'resource:dataset' })).to.deep.equal([400, 'groupBy']);
    expect(await parameters({ groupBy: 'project,project' })).to.deep.equal([400, 'groupBy']);
    expect(await parameters({ meter: 'errors', memberId: admin.id })).to.deep.equal([400, 'memberId']);
    expect(await parameters({ resource: 'dataset:x' })).to.deep.equal([400, 'resource']);
  });
});
