import { expect } from 'chai';
import pg from 'pg';
import { checkAlerts } from '../../../core/alerts/checking.ts';
import { median } from '../../../core/alerts/conditions.ts';
import { createLivePolicies, type LivePolicies } from '../../../core/authorization/store/live-policies.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import {
  auditTrail,
  foundOrganization,
  foundProject,
  givePlatformRoles,
  inDatabase,
  join,
  type Person,
  signIn,
} from '../../helpers/people.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const alertsPath = '/v1/organizations/{organizationId}/alerts';
const alertPath = '/v1/organizations/{organizationId}/alerts/{alertId}';
const firingsPath = '/v1/organizations/{organizationId}/alert-firings';
const daily = { on: 'THRESHOLD', meter: 'tokens', quantity: 1000, period: 'DAY' };

describe('alerts', function () {
  this.timeout(120_000);
  let smtp: TestSmtp;
  let tenet: TestTenet;
  let admin: Person;

  before(async () => {
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url });
    policies = createLivePolicies(tenet.database, { checker: { check: () => undefined }, onRefused: () => undefined });
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    admin = await signIn(tenet, 'admin@example.com');
  });
  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });
  beforeEach(() => {
    smtp.received.length = 0;
  });

  const create = (organizationId: string, body: object, by: Caller = admin) =>
    by.client.POST(alertsPath, { params: { path: { organizationId } }, body: { title: 'Much', ...body } as never });
  const firings = async (organizationId: string) =>
    (await admin.client.GET(firingsPath, { params: { path: { organizationId } } })).data!.items;
  const noon = (day: string) => new Date(`${day}T12:00:00.000Z`);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  let policies: LivePolicies;
  const check = (now: Date) => checkAlerts({ database: tenet.database, policies }, now);
  const mails = () => smtp.received.map(({ to }) => to.join()).sort();

  /** Usage of a day as the job adds it up. */
  const used = (organizationId: string, meter: string, day: string, quantity: number, cost = 0) =>
    inDatabase(
      tenet,
      organizationId,
      `insert into usage_dimension_days as d (org_id, meter, dimension, day, value, quantity, cost, events, last_at)
       values (?, ?, '', ?, '', ?::numeric, ?::numeric, 1, now())
       on conflict (org_id, meter, dimension, day, value) do update set quantity = d.quantity + excluded.quantity`,
      [toUuid('organization', organizationId), meter, day, String(quantity), String(cost)],
    );

  it('PUL-35, PUL-43: an alert that admins define fires once for its period, with a mail to each recipient, an event and an entry', async () => {
    const organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    await admin.client.PATCH('/v1/organizations/{organizationId}/billing-profile', {
      params: { path: { organizationId } },
      body: { emails: [{ purpose: 'ALERTS', email: 'night@acme.example' }] },
    });
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    await join(tenet, { organizationId }, 'other@example.com', 'org.viewer');
    const recipients = { roles: ['org.admin'], memberIds: [viewer.id], billingEmails: true };
    const { data: alert, error } = await create(organizationId, { title: 'Tokens of a day', condition: daily, recipients });
    expect(error, JSON.stringify(error)).to.equal(undefined);
    expect(alert).to.deep.include({ condition: { ...daily, measure: 'QUANTITY' }, recipients, isActive: true });

    await used(organizationId, 'tokens', tomorrow, 999);
    await check(noon(tomorrow));
    expect(await firings(organizationId)).to.deep.equal([]);
    await used(organizationId, 'tokens', tomorrow, 251);
    await Promise.all([check(noon(tomorrow)), check(noon(tomorrow))]);
    await check(noon(tomorrow));
    const [fired, ...more] = await firings(organizationId);
    expect(more).to.deep.equal([]);
    const facts = {
      alertId: alert!.id,
      title: 'Tokens of a day',
      on: 'THRESHOLD',
      unit: 'token',
      quantity: 1250,
      limit: 1000,
      periodStart: tomorrow,
    };
    expect(fired).to.include(facts);
    expect(await auditTrail(admin, organizationId, 'alert.fire')).to.deep.equal([
      { action: 'alert.fire', target: fired!.id, outcome: 'SUCCEEDED' },
    ]);
    await eventually(() => expect(mails()).to.deep.equal(['admin@example.com', 'night@acme.example', 'viewer@example.com']));
    expect(smtp.received[0]!.text).to.contain('1250 token').and.to.contain('1000').and.to.contain('Tokens of a day');
  });

  it('PUL-36: a spike is a day far above the same weekday before, with a minimum; one that the kind of organization names needs no admin', async () => {
    const organizationId = await foundOrganization(admin, 'Spiky', 'ai-spaces');
    await inDatabase(tenet, organizationId, 'insert into usage_heads (org_id, batch) values (?, 1)', [
      toUuid('organization', organizationId),
    ]);
    const weeksBefore = (weeks: number) => new Date(noon(tomorrow).getTime() - weeks * 7 * 86_400_000).toISOString().slice(0, 10);
    await used(organizationId, 'cost', tomorrow, 100);
    await used(organizationId, 'cost', weeksBefore(1), 10);
    await used(organizationId, 'cost', weeksBefore(2), 30);
    await check(noon(tomorrow));
    expect(await firings(organizationId)).to.deep.equal([]);
    await used(organizationId, 'cost', weeksBefore(8), 20);
    await check(noon(tomorrow));
    await check(noon(tomorrow));
    const [fired, ...more] = await firings(organizationId);
    expect(more).to.deep.equal([]);
    expect(fired).to.include({ on: 'SPIKE', meter: 'cost', quantity: 100, limit: 60 }).and.not.to.have.property('alertId');
    await eventually(() => expect(mails()).to.deep.equal(['admin@example.com']));
  });

  it('PUL-35: admins are told when 80 and when 95 percent of a limit are in use, once in a month for each, the highest level where several are passed at once', async () => {
    const operator = await tenet.as('operator@example.com');
    const organizationId = await foundOrganization(admin, 'Limited', 'ai-spaces');
    const limit = (limitName: string, hard: number) =>
      operator.client.PUT('/v1/organizations/{organizationId}/limits/{limitName}', {
        params: { path: { organizationId, limitName } },
        body: { hard },
      });
    expect((await limit('projects', 10)).response.status).to.equal(200);
    expect((await limit('meter.tokens', 1000)).response.status).to.equal(200);
    for (let made = 0; made < 7; made += 1) await foundProject(admin, organizationId, `Space ${made}`);
    await check(new Date());
    expect(await firings(organizationId)).to.deep.equal([]);
    await foundProject(admin, organizationId, 'Space 8');
    await Promise.all([check(new Date()), check(new Date())]);
    const of = async () =>
      (await firings(organizationId)).map(({ on, meter, unit, quantity, limit, percent }) => ({
        on,
        meter,
        unit,
        quantity,
        limit,
        percent,
      }));
    expect(await auditTrail(admin, organizationId, 'limit.reach')).to.deep.equal([]);
    const projects = { on: 'LIMIT', meter: 'projects', unit: '', quantity: 8, limit: 10, percent: 80 };
    expect(await of()).to.deep.equal([projects]);
    const meterUse = "insert into limit_uses (org_id, name, period, used) values (?, 'meter.tokens', limit_period(now()), 960)";
    await inDatabase(tenet, organizationId, meterUse, [toUuid('organization', organizationId)]);
    await check(new Date());
    await check(new Date());
    const tokens = { on: 'LIMIT', meter: 'meter.tokens', unit: 'token', quantity: 960, limit: 1000, percent: 95 };
    expect(await of()).to.deep.equal([tokens, projects]);
    expect(await auditTrail(admin, organizationId, 'alert.fire')).to.have.length(2);
    const admins = Array.from({ length: 2 }, () => 'admin@example.com');
    await eventually(() => expect(mails()).to.deep.equal(admins));
    expect(smtp.received.map(({ text }) => text.replace(/\s+/g, ' ')).join())
      .to.contain('80 percent of the limit projects')
      .and.contain('95 percent of the limit meter.tokens');
    const own = await create(organizationId, { condition: { on: 'LIMIT', limitName: 'projects', at: [95, 50] } });
    expect(own.data!.condition).to.deep.equal({ on: 'LIMIT', limitName: 'projects', at: [50, 95] });
    await check(new Date());
    expect((await firings(organizationId))[0]).to.include({ alertId: own.data!.id, meter: 'projects', percent: 50 });
    expect(await of()).to.have.length(3);
    // Another list of levels: one that fired in this month does not fire again, a new one does, and one that is taken back for a while stays fired.
    for (const [at, fired] of [
      [[95], 3],
      [[50, 60, 95], 4],
      [[50, 60], 4],
      [[50, 55], 4],
    ] as const) {
      await admin.client.PATCH(alertPath, {
        params: { path: { organizationId, alertId: own.data!.id } },
        body: { condition: { on: 'LIMIT', limitName: 'projects', at: [...at] } },
      });
      await check(new Date());
      expect(await of(), at.join()).to.have.length(fired);
    }
  });

  it('limits that are reached are events, once in a month for each number, also of organizations without an alert and where they are set below what is in use', async () => {
    const operator = await tenet.as('operator@example.com');
    const organizationId = await foundOrganization(admin, 'Reached', 'integrations');
    const limit = (limitName: string, body: object) =>
      operator.client.PUT('/v1/organizations/{organizationId}/limits/{limitName}', {
        params: { path: { organizationId, limitName } },
        body,
      });
    for (const name of ['One', 'Two']) await foundProject(admin, organizationId, name);
    expect((await limit('projects', { soft: 1, hard: 3 })).response.status).to.equal(200);
    expect((await limit('members', { hard: 9 })).response.status).to.equal(200);
    await Promise.all([check(new Date()), check(new Date())]);
    await foundProject(admin, organizationId, 'Three');
    await check(new Date());
    await check(new Date());
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action: 'limit.reach' } },
    });
    const month = `${new Date().toISOString().slice(0, 7)}-01`;
    const told = data!.items.map(({ target, after }) => ({ target, after })).reverse();
    expect(told).to.deep.equal([
      { target: 'projects', after: { threshold: 'SOFT', limit: 1, used: 2, month } },
      { target: 'projects', after: { threshold: 'HARD', limit: 3, used: 3, month } },
    ]);
  });

  it('of one organization that cannot be checked keep no other from its own', async () => {
    const [broken, behind] = [await foundOrganization(admin, 'Broken', 'ai-spaces'), await foundOrganization(admin, 'Behind', 'ai-spaces')];
    for (const organizationId of [broken, behind]) {
      await create(organizationId, { condition: daily });
      await used(organizationId, 'tokens', tomorrow, 1000);
    }
    const project = (value: string) => inDatabase(tenet, broken, `update alerts set condition = condition ${value}`, []);
    await project(`|| '{"projectId": "none"}'`);
    const failed = await failure(check(noon(tomorrow)));
    expect(failed).to.be.instanceOf(AggregateError);
    expect(await firings(broken)).to.deep.equal([]);
    expect(await firings(behind)).to.have.length(1);
    await project("- 'projectId'");
    await check(noon(tomorrow));
    expect(await firings(broken)).to.have.length(1);
  });

  it('mail each recipient apart, within budgets of the day, and do not fire anew with another number', async () => {
    const organizationId = await foundOrganization(admin, 'Cannon', 'ai-spaces');
    const people = ['gone@example.com', 'spent@example.com', 'last@example.com'];
    const memberIds: string[] = [];
    for (const email of people) memberIds.push((await join(tenet, { organizationId }, email, 'org.viewer')).id);
    smtp.received.length = 0;
    smtp.refused.add('gone@example.com');
    const jobs = new pg.Client({ connectionString: tenet.databaseUrl });
    await jobs.connect();
    const spent = (kind: string, subject: string, count: number) =>
      inDatabase(
        tenet,
        organizationId,
        `insert into budgets (kind, subject, since, used) values (?, ?, date_trunc('day', now(), 'UTC'), ?::bigint)
         on conflict (kind, subject, since) do update set used = excluded.used`,
        [kind, subject, String(count)],
      );
    await spent('alert-mails-to-address-in-organization', `${organizationId} spent@example.com`, 20);
    const made = (await create(organizationId, { condition: daily, recipients: { memberIds } })).data!;
    await used(organizationId, 'tokens', tomorrow, 5000);
    await check(noon(tomorrow));
    const waiting = async () => (await jobs.query("select from graphile_worker.jobs where task_identifier like 'send-alert%'")).rowCount;
    await eventually(async () => expect(mails()).to.deep.equal(['last@example.com']));
    const change = (quantity: number) =>
      admin.client.PATCH(alertPath, {
        params: { path: { organizationId, alertId: made.id } },
        body: { condition: { ...daily, quantity } as never },
      });
    for (const quantity of [1001, 1002]) {
      expect((await change(quantity)).response.status).to.equal(200);
      await check(noon(tomorrow));
    }
    expect(await firings(organizationId)).to.have.length(1);
    await spent('alert-mails-of-organization', organizationId, 1000);
    await create(organizationId, { condition: { ...daily, quantity: 4000 }, recipients: { memberIds } });
    await check(noon(tomorrow));
    expect(await firings(organizationId)).to.have.length(2);
    await eventually(async () => expect(await waiting()).to.equal(1));
    expect(mails()).to.deep.equal(['last@example.com']);
    smtp.refused.clear();
    await jobs.end();
  });

  it('are fifty at most, also when many are made at once', async () => {
    const organizationId = await foundOrganization(admin, 'Many', 'ai-spaces');
    await inDatabase(
      tenet,
      organizationId,
      `insert into alerts (org_id, id, title, condition, created_by) select ?, gen_random_uuid(), 'Much', ?::jsonb, 'test' from generate_series(1, 48)`,
      [toUuid('organization', organizationId), JSON.stringify(daily)],
    );
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(organizationId, { condition: daily })));
    expect(answers.filter(({ response }) => response.status === 201)).to.have.length(2);
    expect(new Set(answers.flatMap(({ error }) => (error ? [(error as { code: string }).code] : [])))).to.deep.equal(
      new Set(['limit-exceeded']),
    );
  });

  it('the middle of an even count is the mean of two', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).to.deep.equal([2, 2.5]);
  });

  it('are refused with the place of each fault, and are of those who may', async () => {
    const organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    const faults: [object, string[]][] = [
      [{ condition: { ...daily, meter: 'token' } }, ['#/condition/meter']],
      [{ condition: { on: 'THRESHOLD', meter: 'tokens' } }, ['#/condition/quantity', '#/condition/period']],
      [{ condition: { ...daily, factor: 2 } }, ['#/condition/factor']],
      [{ condition: { on: 'LIMIT', meter: 'tokens' } }, ['#/condition/at', '#/condition/meter']],
      [{ condition: { ...daily, projectId: newId('project') } }, ['#/condition/projectId']],
      [{ condition: { ...daily, meter: 'errors', measure: 'COST' } }, ['#/condition/measure']],
      [
        { condition: daily, recipients: { roles: ['org.boss'], memberIds: [newId('user')] } },
        ['#/recipients/roles/0', '#/recipients/memberIds/0'],
      ],
    ];
    for (const [body, pointers] of faults) {
      const answer = await create(organizationId, body);
      expect(answer.response.status, JSON.stringify(body)).to.equal(400);
      expect((answer.error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).to.deep.equal(pointers);
    }
    const made = (await create(organizationId, { condition: daily })).data!;
    const path = { organizationId, alertId: made.id };
    const paused = await admin.client.PATCH(alertPath, { params: { path }, body: { isActive: false } });
    expect(paused.data).to.include({ isActive: false, title: 'Much' });
    await used(organizationId, 'tokens', tomorrow, 5000);
    await check(noon(tomorrow));
    expect(await firings(organizationId)).to.deep.equal([]);
    const rename = (title: string) =>
      admin.client.PATCH(alertPath, { params: { path, header: { 'If-Match': paused.data!.etag } }, body: { title } });
    const renamed = await Promise.all(['One', 'Two', 'Three', 'Four'].map(rename));
    expect(renamed.map(({ response }) => response.status).sort()).to.deep.equal([200, 412, 412, 412]);
    const late = await admin.client.DELETE(alertPath, { params: { path, header: { 'If-Match': made.etag } } });
    expect(late.response.status).to.equal(412);
    const viewer = await join(tenet, { organizationId }, 'reader@example.com', 'org.viewer');
    expect((await create(organizationId, { condition: daily }, viewer)).response.status).to.equal(403);
    const elsewhere = await foundOrganization(admin, 'Elsewhere', 'ai-spaces');
    const foreign = await admin.client.GET(alertPath, { params: { path: { ...path, organizationId: elsewhere } } });
    expect(foreign.response.status).to.equal(404);
    expect((await admin.client.DELETE(alertPath, { params: { path } })).response.status).to.equal(204);
  });
});
