import { expect } from 'chai';
import pg from 'pg';
import { toUuid } from '../../../core/base/ids.ts';
import { rollUpUsage } from '../../../core/usage/rollups.ts';
import { sumsSql } from '../../../core/usage/sums-sql.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization, givePlatformRoles, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { differencesOf } from '../../helpers/usage.ts';

const day = 86_400_000;

describe('what a batch of usage settles', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let operator: Caller;
  let admin: Person;
  let owner: pg.Client;
  const today = Math.floor(Date.now() / day) * day;

  before(async () => {
    tenet = await startTenet();
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    operator = await tenet.as('operator@example.com');
    admin = await signIn(tenet, 'admin@example.com');
    owner = new pg.Client({ connectionString: tenet.databaseUrl, options: '-c tenet.scope=platform -c search_path=tenet' });
    await owner.connect();
  });
  after(async () => {
    await owner?.end();
    await tenet?.stop();
  });

  const event = (id: string, meter: string, quantity: string, more: object = {}) => ({
    ...{ id, meter, quantity, at: new Date().toISOString() },
    ...more,
  });
  const report = (org: string, events: object[]) => sendIn(admin, 'POST', `${org}/usage-events`, { events });
  const limit = (org: string, meter: string, hard: number) => sendIn(operator, 'PUT', `${org}/limits/meter.${meter}`, { hard });
  const period = { from: new Date(today - 31 * day).toISOString(), to: new Date(today + day).toISOString() };
  const usageOf = async (org: string, meter: string, more: object = {}) =>
    (await sendIn(admin, 'GET', `${org}/usage?${new URLSearchParams({ meter, ...period, ...more })}`)).body.items;
  const countedBy = async (org: string) => {
    const { body } = await sendIn(admin, 'GET', `${org}/limits`);
    const used = Object.fromEntries(body.items.map((item: { name: string; used: number }) => [item.name, item.used]));
    const events = await owner.query('select count(*)::int as count from usage_events where org_id = $1', [toUuid('organization', org)]);
    const spent = await owner.query("select used::int from budgets where kind = 'usage-events' and subject = $1", [org]);
    return { used, events: events.rows[0].count, spent: spent.rows[0]?.used };
  };

  it('is nothing where a limit refuses the second meter, an id is another one, or the day has no events left', async () => {
    const org = await foundOrganization(admin, 'Half', 'ai-spaces');
    expect((await limit(org, 'api-calls', 100)).status).to.equal(200);
    expect((await limit(org, 'tokens', 100)).status).to.equal(200);
    expect((await report(org, [event('a', 'api-calls', '10'), event('b', 'tokens', '90')])).status).to.equal(200);
    const before = { used: { 'meter.api-calls': 10, 'meter.tokens': 90 }, events: 2, spent: 2 };
    expect(await countedBy(org)).to.deep.equal(before);

    // The first of the two is taken from its limit when the second is refused.
    const full = await report(org, [event('c', 'api-calls', '20'), event('d', 'tokens', '11')]);
    expect([full.status, full.body.limitName]).to.deep.equal([403, 'meter.tokens']);
    expect(await countedBy(org)).to.deep.equal(before);

    const other = await report(org, [event('c', 'api-calls', '20'), event('a', 'api-calls', '11')]);
    expect([other.status, other.body.code]).to.deep.equal([409, 'already-exists']);
    expect(await countedBy(org)).to.deep.equal(before);

    await owner.query("update budgets set used = 9999999 where kind = 'usage-events' and subject = $1", [org]);
    const late = await report(org, [event('c', 'api-calls', '20'), event('d', 'tokens', '1')]);
    expect([late.status, late.body.code, late.body.current]).to.deep.equal([429, 'rate-limited', 9_999_999]);
    expect(await countedBy(org)).to.deep.equal({ ...before, spent: 9_999_999 });

    expect((await report(org, [event('c', 'api-calls', '20')])).body).to.deep.equal({ accepted: 1, duplicates: 0 });
    expect(await countedBy(org)).to.deep.equal({ used: { 'meter.api-calls': 30, 'meter.tokens': 90 }, events: 3, spent: 10_000_000 });
    expect((await usageOf(org, 'tokens'))[0].quantity).to.equal('90');
  });

  it('is each event by its whole id: others of the same hash, the same begin or another case are others', async () => {
    const org = await foundOrganization(admin, 'Hashes', 'ai-spaces');
    const { rows } = await owner.query<{ ids: string[] }>(`select array_agg(id order by id) as ids
      from (select 'event-' || n as id from generate_series(1, 400000) as n) made group by hashtext(id) having count(*) > 1 limit 5`);
    expect(rows, 'ids of one hash').to.not.be.empty;
    const begin = 'x'.repeat(127);
    const pairs = [...rows.map(({ ids }) => ids), [`${begin}1`, `${begin}2`], ['Event', 'event']];
    const [first, second] = [0, 1].map((of) => pairs.map((pair) => event(pair[of]!, 'tokens', '1', { at: new Date(today).toISOString() })));
    expect((await report(org, first!)).body).to.deep.equal({ accepted: pairs.length, duplicates: 0 });
    expect((await report(org, [...second!, ...first!])).body).to.deep.equal({ accepted: pairs.length, duplicates: pairs.length });
    expect((await usageOf(org, 'tokens'))[0]).to.include({ quantity: `${2 * pairs.length}`, events: 2 * pairs.length });
  });

  it('is not lost where two cells of sums have one digest, at one time or one after the other: that is said, and queries stay exact', async () => {
    const orgs = [await foundOrganization(admin, 'Cells', 'ai-spaces'), await foundOrganization(admin, 'Later', 'ai-spaces')] as const;
    const { rows } = await owner.query<{ sql: string; cell: string }>(
      `select pg_get_functiondef('usage_cell'::regproc) as sql, usage_cell(null, null, null, '{"model": "one"}') as cell`,
    );
    const exactly = [
      ['one', '1'],
      ['two', '2'],
    ];
    const [one, two] = exactly.map(([model, quantity]) => event(model!, 'tokens', quantity!, { resources: { model } })) as [object, object];
    await owner.query(`create or replace function usage_cell(project_id uuid, user_id uuid, api_key_id uuid, resources jsonb) returns uuid
      language sql immutable parallel safe as $$ select '${rows[0]!.cell}'::uuid $$`);
    try {
      await report(orgs[0], [one, two]);
      await report(orgs[1], [one]);
      await rollUpUsage(tenet.database, { organizationId: orgs[1] });
      await report(orgs[1], [two]);
      for (const organizationId of orgs) expect(await failure(rollUpUsage(tenet.database, { organizationId }))).to.be.instanceOf(Error);
    } finally {
      await owner.query(rows[0]!.sql);
    }
    const models = async (org: string) =>
      (await usageOf(org, 'tokens', { groupBy: 'resource:model' })).map((item: { resources: { model: string }; quantity: string }) => [
        item.resources.model,
        item.quantity,
      ]);
    for (const org of orgs) expect(await models(org)).to.deep.equal(exactly);
    await rollUpUsage(tenet.database);
    expect(await differencesOf(tenet.databaseUrl)).to.equal(0);
    for (const org of orgs) expect(await models(org)).to.deep.equal(exactly);
  });

  it('is read by the index of batches, also under row level security', async () => {
    const organization = toUuid('organization', await foundOrganization(admin, 'Plan', 'ai-spaces'));
    const question = { meter: { name: 'tokens', title: 'Tokens', unit: 'token', dimensions: [] }, source: 'days', dimensions: [] } as const;
    const asked = { ...question, meter: { ...question.meter, dimensions: [] }, from: new Date(today - day), to: new Date(today) };
    const { sql, values } = sumsSql(organization, asked, { limit: 10 });
    const plan = await tenet.database.write({ organization }, async (db) => {
      await db.raw('set local enable_seqscan = off');
      return ((await db.raw(`explain ${sql}`, values)).rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']);
    });
    const conditions = plan.filter(
      (line, at) => line.includes('Cond:') && /on usage_events_\d+/.test(plan.slice(Math.max(0, at - 3), at).join()),
    );
    expect(conditions).to.not.be.empty;
    for (const condition of conditions) expect(condition).to.include('batch >');
  });
});
