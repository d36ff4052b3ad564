import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import { keepUsage } from '../../../core/usage/keeping.ts';
import { rollUpUsage } from '../../../core/usage/rollups.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { rounds } from '../../helpers/rounds.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { differencesOf } from '../../helpers/usage.ts';

const day = 86_400_000;

describe('the sums of usage', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;
  let projectId: string;
  const today = Math.floor(Date.now() / day) * day;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'ai-spaces');
    projectId = await foundProject(admin, organizationId);
  });
  after(() => tenet.stop());

  const report = (events: object[]) => sendIn(admin, 'POST', `${organizationId}/usage-events`, { events });

  it('are those of the events, whatever comes late, twice and at one time, with several jobs at work (soak)', async () => {
    const random = (number: number) => ({
      id: `random-${number}`,
      meter: ['tokens', 'api-calls'][randomInt(2)],
      at: new Date(Date.now() - randomInt(34 * day)).toISOString(),
      quantity: `${randomInt(1_000)}.${randomInt(1_000_000)}`,
      cost: `0.${randomInt(1_000_000)}`,
      ...(randomInt(2) && { projectId }),
      resources: { model: `m${randomInt(3)}` },
    });
    let made = 0;
    for (const _ of rounds(1, 60)) {
      const batches = Array.from({ length: 6 }, () => Array.from({ length: randomInt(1, 60) }, () => random(made++)));
      const answers = await Promise.all([
        ...[...batches, ...batches.slice(0, 2)].map(report),
        ...Array.from({ length: 3 }, () => rollUpUsage(tenet.database)),
      ]);
      const accepted = answers.slice(0, 8).reduce((sum, answer) => sum + (answer as { body: { accepted: number } }).body.accepted, 0);
      expect(accepted).to.equal(batches.flat().length);
    }
    // The job of the server may be at it, which this one leaves the organization to.
    await eventually(async () => {
      await rollUpUsage(tenet.database);
      expect(await differencesOf(tenet.databaseUrl)).to.equal(0);
    });
    const asked = { meter: 'tokens', from: new Date(today - 35 * day).toISOString(), to: new Date(today + day).toISOString() };
    const total = async (meter: string) =>
      Number((await sendIn(admin, 'GET', `${organizationId}/usage?${new URLSearchParams({ ...asked, meter })}`)).body.items[0].events);
    expect((await total('tokens')) + (await total('api-calls'))).to.equal(made);
  });

  it('are made of every organization, also behind one that fails, and in smaller parts where a statement takes too long', async () => {
    const other = await foundOrganization(admin, 'Behind', 'ai-spaces');
    const at = new Date().toISOString();
    await report([{ id: 'whole', meter: 'errors', at }]);
    for (const id of ['one', 'two']) await sendIn(admin, 'POST', `${other}/usage-events`, { events: [{ id, meter: 'errors', at }] });
    const client = new pg.Client({ connectionString: tenet.databaseUrl, options: '-c tenet.scope=platform -c search_path=tenet' });
    await client.connect();
    try {
      const broken = `update usage_events set resources = $1 where id = 'whole'`;
      await client.query(broken, ['[]']);
      let writes = 0;
      const database: typeof tenet.database = {
        ...tenet.database,
        write: (scope, work) => {
          writes += 1;
          const tooLong = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
          return writes % 3 === 1 ? Promise.reject(new Error('Unavailable', { cause: tooLong })) : tenet.database.write(scope, work);
        },
      };
      const failed = await failure(rollUpUsage(database));
      expect(failed).to.be.instanceOf(AggregateError).with.property('message').that.includes('1 of 2 organizations');
      const sums = async () =>
        (await client.query("select sum(events)::int as events from usage_days where meter = 'errors'")).rows[0].events;
      expect(await sums()).to.equal(2);
      await client.query(broken, ['{}']);
      await rollUpUsage(tenet.database);
      expect(await sums()).to.equal(3);
    } finally {
      await client.end();
    }
  });

  it('MIN-03, PUL-31: leave as CSV for a billing system, of whole days', async () => {
    const other = await foundOrganization(admin, 'Billed', 'ai-spaces');
    const at = (days: number) => new Date(today + days * day + 1_000).toISOString();
    const event = (id: string, days: number) => ({
      id,
      meter: 'tokens',
      at: at(days),
      quantity: '1.5',
      cost: '0.1',
      resources: { model: 'gpt-x' },
    });
    const reportThere = (events: object[]) => sendIn(admin, 'POST', `${other}/usage-events`, { events });
    await reportThere([event('a', -3), event('b', -2)]);
    await rollUpUsage(tenet.database);
    await reportThere([event('c', -2), event('d', -1), { id: 'e', meter: 'errors', at: at(-2) }]);
    const filters = { since: new Date(today - 2 * day).toISOString(), before: new Date(today - day).toISOString() };
    const path = `/v1/organizations/${other}/exports`;
    const { body } = await send(admin, 'POST', path, { kind: 'USAGE', format: 'CSV', filters });
    const { id } = body as { id: string };
    await eventually(async () => expect(((await send(admin, 'GET', `${path}/${id}`)).body as { state: string }).state).to.equal('READY'));
    const lines = (await (await admin.raw(`${path}/${id}/content`)).text()).trimEnd().split('\r\n');
    const date = at(-2).slice(0, 10);
    expect(lines).to.deep.equal([
      'day,meter,unit,projectId,memberId,apiKeyId,resources,quantity,cost,currency,events,lastAt',
      `${date},errors,call,,,,,1,,,1,${at(-2)}`,
      `${date},tokens,token,,,,"{""model"":""gpt-x""}",3,0.2,USD,2,${at(-2)}`,
    ]);
    const refused = await send(admin, 'POST', path, { kind: 'USAGE', format: 'CSV', filters: { since: at(-2) } });
    expect(refused.status).to.equal(400);
  });

  it('are kept for their time, and so are events', async () => {
    const client = new pg.Client({ connectionString: tenet.databaseUrl, options: '-c tenet.scope=platform -c search_path=tenet' });
    await client.connect();
    try {
      const counts = async () =>
        (
          await client.query(
            'select (select count(*) from usage_hours) as hours, (select count(*) from usage_days) as days, (select count(*) from usage_events) as events',
          )
        ).rows[0];
      const before = await counts();
      for (const [table, column] of [
        ['usage_hours', 'hour'],
        ['usage_days', 'day'],
      ])
        await client.query(
          `insert into ${table} (org_id, meter, ${column}, cell, resources, quantity, cost, events, last_at)
           select gen_random_uuid(), 'tokens', now() - interval '38 months', gen_random_uuid(), '{}', 1, 0, 1, now()`,
        );
      await client.query("create table usage_events_202001 partition of usage_events for values from ('2020-01-01') to ('2020-02-01')");
      await client.query('alter table usage_hours rename column hour to "time"');
      const failed = await failure(keepUsage(tenet.database));
      expect(failed).to.be.instanceOf(AggregateError).with.property('errors').that.has.length(1);
      await client.query('alter table usage_hours rename column "time" to hour');
      expect(await counts()).to.include({ days: before.days });
      await keepUsage(tenet.database);
      expect(await counts()).to.deep.equal(before);
      const { rows } = await client.query("select to_regclass('usage_events_202001') as old");
      expect(rows[0].old).to.equal(null);
    } finally {
      await client.end();
    }
  });
});
