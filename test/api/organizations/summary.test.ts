import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { sameHourBefore } from '../../../core/summary/blocks.ts';
import { install, publish, signInPublisher } from '../../helpers/apps.ts';
import { foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/summary';

/** The begin of the same hour in the month before, or its end where that is shorter (UTC). */
function sameHour(moment: Date): Date {
  const month = Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth());
  const begin = Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() - 1);
  return new Date(Math.min(month, begin + Math.floor((moment.getTime() - month) / 3_600_000) * 3_600_000));
}

describe('the summary of an organization', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Work', 'app-workspace');
  });
  after(() => tenet?.stop());

  const get = (by: Caller = admin, where = organizationId, etag?: string) =>
    by.client.GET(path, { params: { path: { organizationId: where }, header: etag === undefined ? {} : { 'If-None-Match': etag } } });
  const invite = (email: string) =>
    admin.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email }], roles: ['org.member'] },
    });

  it('S003-01: it has members, applications by state, recent activity, and what the caller may do next, and is the same until something changes', async () => {
    const first = (await get()).data!;
    expect(first).to.deep.include({ organizationId, state: 'ACTIVE', members: { active: 1, inactive: 0 }, instances: {}, attention: [] });
    expect(first.recentActivity![0]).to.include({ action: 'organization.create', actor: admin.id, outcome: 'SUCCEEDED' });
    expect(first.quickActions).to.include.members(['invitation:create', 'instance:create']);
    expect((await get(admin, organizationId, first.etag)).response.status).to.equal(304);

    await invite('one@example.com');
    await invite('two@example.com');
    await inDatabase(
      tenet,
      organizationId,
      "update invitations set expires_at = now() + interval '1 hour' where email = 'one@example.com'",
    );
    const second = await get(admin, organizationId, first.etag);
    expect(second.response.status).to.equal(200);
    expect(second.data!).to.deep.include({
      invitations: { pending: 2, endingSoon: 1 },
      attention: [{ kind: 'INVITATIONS_ENDING', count: 1 }],
    });
    expect(second.data!.recentActivity!.map(({ action }) => action).slice(0, 2)).to.deep.equal(['invitation.create', 'invitation.create']);
  });

  it('S003-01: a part that the caller may not list is absent', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const mine = (await get(admin)).data!;
    const theirs = (await get(manager)).data!;
    expect(mine).to.include.keys('members', 'webhooks', 'apiKeys', 'secondFactor', 'recentActivity');
    expect(theirs.members).to.deep.equal(mine.members);
    expect(theirs).to.not.have.any.keys('webhooks', 'secondFactor', 'recentActivity');
    expect(theirs.quickActions).to.not.include('organization:update');
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    expect((await get(member)).response.status).to.equal(403);
    expect((await get(await tenet.as('stranger@example.com'))).response.status).to.equal(404);
  });

  it('applications are counted that the caller may list', async () => {
    const work = await foundOrganization(admin, 'Apps', 'app-workspace');
    const { id: instanceId } = await install(admin, work, { itemId: await publish(await signInPublisher(tenet)) });
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId: work } } });
    expect(data!.items).to.have.length(1);
    expect((await get(admin, work)).data!.instances).to.deep.equal({ [data!.items[0]!.state]: 1 });
    await admin.client.DELETE('/v1/organizations/{organizationId}/instances/{instanceId}', {
      params: { path: { organizationId: work, instanceId }, header: { 'If-Match': '*' } },
    });
    expect((await get(admin, work)).data!.instances, 'no list has what is uninstalled').to.deep.equal({});
  });

  it('keys that end soon and keys of people who left need attention; other organizations are not counted', async () => {
    const spaces = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    await foundProject(admin, spaces, 'Space');
    const leaver = await join(tenet, { organizationId: spaces }, 'leaver@example.com', 'org.admin');
    const make = (by: Caller, name: string, expiresAt?: string) =>
      by.client.POST('/v1/organizations/{organizationId}/api-keys', {
        params: { path: { organizationId: spaces } },
        body: { name, scopes: [], ...(expiresAt !== undefined && { expiresAt }) },
      });
    await make(admin, 'soon', new Date(Date.now() + 86_400_000).toISOString());
    const left = await make(leaver, 'left');
    expect(left.error, JSON.stringify(left.error)).to.equal(undefined);
    await inDatabase(
      tenet,
      spaces,
      "update members set state = 'INACTIVE' where user_id in (select id from users where email = 'leaver@example.com')",
    );
    const shown = (await get(admin, spaces)).data!;
    expect(shown).to.deep.include({
      members: { active: 1, inactive: 1 },
      projects: { active: 1, archived: 0 },
      apiKeys: { active: 2, endingSoon: 1, ofLeavers: 1 },
    });
    expect(shown.attention).to.deep.equal([
      { kind: 'API_KEYS_OF_LEAVERS', count: 1 },
      { kind: 'API_KEYS_ENDING', count: 1 },
    ]);
    await inDatabase(tenet, spaces, `update projects set state = 'ARCHIVED' where id in (select id from projects limit 1)`);
    expect((await get(admin, spaces)).data!.projects).to.deep.equal({ active: 0, archived: 1 });
    expect((await get(admin)).data!.apiKeys).to.deep.equal({ active: 0, endingSoon: 0, ofLeavers: 0 });
  });

  it('S003-02: it has usage and cost of this month with their trend, and the limits that are near or exhausted', async () => {
    const work = await foundOrganization(admin, 'Usage', 'app-workspace');
    const today = new Date().toISOString().slice(0, 10);
    const month = new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 2)).toISOString().slice(0, 10);
    const use = (day: string, quantity: number, cost: number) =>
      inDatabase(
        tenet,
        work,
        `insert into usage_dimension_days (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
         values ('${toUuid('organization', work)}', 'app-hours', '', '${day}', '', ${quantity}, ${cost}, 1, now())`,
      );
    const limit = (name: string, soft: number, hard: number) =>
      inDatabase(
        tenet,
        work,
        `insert into limit_overrides (org_id, name, soft, hard, set_by) values ('${toUuid('organization', work)}', '${name}', ${soft}, ${hard}, 'test')`,
      );
    const empty = (await get(admin, work)).data!;
    expect(empty.usage).to.deep.equal([{ meter: 'app-hours', unit: 'hour', quantity: '0', previous: '0', days: [] }]);
    expect(empty.cost).to.deep.equal([{ currency: 'USD', amount: '0', previous: '0', days: [] }]);
    expect(empty.limits).to.deep.equal([]);
    await use(today, 12.5, 2.25);
    // Of the month before: what was used until the same hour of the same day.
    const hourOf = () => sameHour(new Date());
    const before = hourOf();
    const [day, nextDay] = [0, 1].map((more) => new Date(before.getTime() + more * 86_400_000).toISOString().slice(0, 10)) as [
      string,
      string,
    ];
    if (day > month) await use(month, 4, 0.5);
    if (nextDay < `${today.slice(0, 7)}-01`) await use(nextDay, 1000, 1000);
    if (day < `${today.slice(0, 7)}-01`) {
      await use(day, 24, 24);
      await inDatabase(
        tenet,
        work,
        `insert into usage_hours (org_id, meter, hour, cell, resources, quantity, cost, events, last_at)
         select '${toUuid('organization', work)}', 'app-hours', h, gen_random_uuid(), '{}', 1, 0.25, 1, h
         from generate_series(timestamptz '${day} 00:00Z', timestamptz '${day} 23:00Z', interval '1 hour') h`,
      );
    }
    await limit('members', 1, 10);
    await limit('projects', 8, 10);
    await limit('meter.app-hours', 5, 10);
    await limit('service-accounts', 0, 0);
    const shown = (await get(admin, work, empty.etag)).data!;
    const hours = [before, hourOf()].map((hour) => hour.getUTCHours());
    const more = day > month ? [4, 0.5] : [0, 0];
    expect(shown.usage![0]!.quantity).to.equal('12.5');
    expect(shown.usage![0]!.previous).to.be.oneOf(hours.map((count) => String(more[0]! + count)));
    expect(shown.usage![0]!.days.at(-1)).to.deep.equal({ day: today, quantity: '12.5' });
    expect(shown.cost![0]).to.include({ currency: 'USD', amount: '2.25' });
    expect(shown.cost![0]!.previous).to.be.oneOf(hours.map((count) => String(more[1]! + count * 0.25)));
    expect(shown.cost![0]!.days.at(-1)).to.deep.equal({ day: today, cost: '2.25' });
    expect(shown.limits).to.deep.equal([
      { name: 'members', soft: 1, hard: 10, used: 1, state: 'NEAR' },
      { name: 'meter.app-hours', soft: 5, hard: 10, used: 12.5, state: 'EXHAUSTED' },
      { name: 'projects', soft: 8, hard: 10, used: 0, state: 'FREE' },
      { name: 'service-accounts', soft: 0, hard: 0, used: 0, state: 'EXHAUSTED' },
    ]);
    expect(shown.attention).to.deep.equal([
      { kind: 'LIMITS_EXHAUSTED', count: 1 },
      { kind: 'LIMITS_NEAR', count: 1 },
    ]);
    const manager = await join(tenet, { organizationId: work }, 'hours@example.com', 'org.manager');
    expect((await get(manager, work)).data!).to.not.have.any.keys('limits');
  });

  it('the same hour of the month before is found at every border of months, in UTC whatever the time zone of the session is', async () => {
    const moments = [
      ['2026-11-28 08:55:10+00', '2026-10-28 08:00'],
      ['2026-03-31 23:59:59+00', '2026-03-01 00:00'],
      ['2026-03-28 23:59:59+00', '2026-02-28 23:00'],
      ['2024-03-29 10:00:00+00', '2024-02-29 10:00'],
      ['2026-01-01 00:20:00+00', '2025-12-01 00:00'],
      ['2026-10-31 23:30:00-02', '2026-10-01 01:00'],
    ] as const;
    for (const [moment, expected] of moments) {
      const at = `(timestamptz '${moment}' at time zone 'UTC')`;
      const { rows } = await tenet.database.write('platform', async (db) => {
        await db.raw(`set local timezone = 'Pacific/Apia'`);
        return db.raw(`select to_char(${sameHourBefore(at)}, 'YYYY-MM-DD HH24:MI') as hour`);
      });
      expect(rows, moment).to.deep.equal([{ hour: expected }]);
    }
  });

  it('resources are counted up to one more than their limit, and the cost of all meters of a currency is one sum', async () => {
    const spaces = await foundOrganization(admin, 'Many', 'ai-spaces');
    const org = toUuid('organization', spaces);
    await inDatabase(
      tenet,
      spaces,
      `insert into limit_overrides (org_id, name, soft, hard, set_by) values ('${org}', 'resource.model', 2, 3, 'test')`,
    );
    const empty = { name: 'resource.model', soft: 2, hard: 3 };
    expect((await get(admin, spaces)).data!.limits).to.deep.equal([{ ...empty, used: 0, state: 'FREE' }]);
    await inDatabase(tenet, spaces, `delete from limit_overrides`);
    await inDatabase(
      tenet,
      spaces,
      `insert into resources (org_id, id, type, name, created_by) select '${org}', gen_random_uuid(), 'model', 'm' || n, 'test' from generate_series(1, 6) n`,
    );
    // What an organization has keeps when a smaller limit comes.
    await inDatabase(
      tenet,
      spaces,
      `insert into limit_overrides (org_id, name, soft, hard, set_by) values ('${org}', 'resource.model', 2, 3, 'test')`,
    );
    await inDatabase(
      tenet,
      spaces,
      `insert into usage_dimension_days (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
       select '${org}', meter, '', (now() at time zone 'UTC')::date, '', 10, cost, 1, now()
       from (values ('api-calls', 1.5), ('tokens', 0.25), ('errors', 7), ('gone', 100)) as m (meter, cost)`,
    );
    const shown = (await get(admin, spaces)).data!;
    expect(shown.limits).to.deep.equal([{ ...empty, used: 4, state: 'EXHAUSTED' }]);
    expect(shown.resources).to.deep.include({ resourceType: 'model', count: 6 });
    expect(shown.cost!.map(({ currency, amount }) => [currency, amount])).to.deep.equal([['USD', '1.75']]);
    expect(shown.usage!.map(({ meter }) => meter)).to.deep.equal(['api-calls', 'cost', 'errors', 'latency-ms', 'tokens']);
  });
});
