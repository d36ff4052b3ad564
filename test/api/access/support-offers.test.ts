import { expect } from 'chai';
import { newId, platformChain, toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makeAccount, makeKey, withKey } from '../../helpers/keys.ts';
import { foundOrganization, givePlatformRoles, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/support-accesses' as const;
const membersPath = '/v1/organizations/{organizationId}/members' as const;

describe('support access that an organization offers', () => {
  let tenet: TestTenet;
  let smtp: TestSmtp;
  let operator: Person;
  let admin: Person;
  let member: Person;
  let organizationId: string;
  let number = 0;

  before(async function () {
    this.timeout(120_000);
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url });
    operator = await operatorNamed('operator@example.com');
  });
  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });
  beforeEach(async () => {
    // Wrong ids are counted for each caller.
    admin = await signIn(tenet, `admin-${++number}@example.com`);
    organizationId = await foundOrganization(admin, 'Acme', 'api-hub');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
  });

  async function operatorNamed(email: string): Promise<Person> {
    await givePlatformRoles(tenet, email, 'platform/operator');
    return signIn(tenet, email);
  }
  const bodyOf = (changes: object) => ({ operatorId: operator.id, role: 'org.support', reason: 'Ticket 4711.', minutes: 60, ...changes });
  const offer = (changes: object = {}, by: Caller = admin) =>
    by.client.POST(path, { params: { path: { organizationId } }, body: bodyOf(changes) });
  const planned = (changes: object = {}) =>
    admin.raw(`/v1/organizations/${organizationId}/support-accesses?validateOnly=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(changes)),
    });
  const end = (supportAccessId: string) =>
    admin.client.POST(`${path}/{supportAccessId}/end`, { params: { path: { organizationId, supportAccessId } } });
  const statusOfMembers = async (by: Caller = operator) =>
    (await by.client.GET(membersPath, { params: { path: { organizationId } } })).response.status;
  const takeRoles = (userId: string) =>
    tenet.database.write('platform', (db) =>
      db('platform_grants')
        .where({ user_id: toUuid('user', userId) })
        .delete(),
    );

  it('lets the operator in at once and for as long as it says, with a mail, in both audit logs, until the organization ends it', async () => {
    const { data, response } = await offer();
    expect(response.status).to.equal(201);
    expect(response.headers.get('location')).to.equal(`/v1/organizations/${organizationId}/support-accesses/${data!.id}`);
    expect(data).to.include({ state: 'APPROVED', operatorId: operator.id, role: 'org.support', minutes: 60, offeredBy: admin.id });
    expect(data!.answeredBy).to.equal(undefined);
    expect(Date.parse(data!.until!) - Date.parse(data!.createdAt)).to.equal(3_600_000);
    expect(await statusOfMembers()).to.equal(200);

    const events = await tenet.database.read('platform', async (db) => {
      const rows: { org_id: string; actor: string; action: string }[] = await db('audit_events').where({ target: data!.id });
      return rows.map(({ org_id, actor, action }) => [org_id === platformChain ? 'platform' : 'organization', actor, action]);
    });
    const story = ['organization', 'platform'].map((chain) => [chain, admin.id, 'support-access.offer']);
    expect(events).to.have.deep.members(story);
    await eventually(() => {
      const sent = smtp.received.filter(({ text }) => text.includes(data!.id));
      expect(sent.map(({ to }) => to)).to.deep.equal([['operator@example.com']]);
      expect(sent[0]!.text).to.include('Ticket 4711.').and.include('/end');
    });

    expect((await offer()).error).to.include({ code: 'already-exists' });
    expect((await end(data!.id)).data).to.include({ state: 'ENDED', endedBy: admin.id, offeredBy: admin.id });
    expect(await statusOfMembers()).to.equal(404);
  });

  it('is ended by the operator as well', async () => {
    const { data } = await offer();
    const ended = await operator.client.POST('/v1/support-accesses/{supportAccessId}/end', {
      params: { path: { supportAccessId: data!.id } },
    });
    expect(ended.data).to.include({ state: 'ENDED', endedBy: operator.id });
    expect(await statusOfMembers()).to.equal(404);
  });

  it('is for a role that support holds, and no longer than the kind of organization allows', async () => {
    const [role] = (await offer({ role: 'org.admin' })).error!.errors!;
    expect(role).to.deep.include({ pointer: '#/role', detail: 'must be a role that support holds: org.support' });
    const [minutes] = (await offer({ minutes: 481 })).error!.errors!;
    expect(minutes).to.deep.include({ pointer: '#/minutes', detail: 'must be at most 480' });
  });

  it('is offered by those who may approve it, in person, and never to themselves', async () => {
    expect((await offer({}, member)).error).to.include({ code: 'permission-denied', requiredPermission: 'support:approve' });
    expect((await offer({}, operator)).response.status).to.equal(404);
    const both = await operatorNamed(`both-${number}@example.com`);
    await join(tenet, { organizationId }, `both-${number}@example.com`, 'org.admin');
    const own = await offer({ operatorId: both.id }, both);
    expect(own.error!.errors![0]).to.deep.include({ pointer: '#/operatorId', detail: 'must be the id of another person' });
    expect((await offer({ operatorId: both.id })).response.status).to.equal(201);
  });

  it('is offered by no key, neither of a person who may offer it nor of a service account', async () => {
    const elsewhere = { organizationId: await foundOrganization(admin, 'Elsewhere', 'integrations') };
    const account = await makeAccount(admin, elsewhere, 'org.admin');
    const keys = [
      [organizationId, await makeKey(admin, { organizationId })],
      [elsewhere.organizationId, await makeKey(admin, elsewhere, { owner: { type: 'SERVICE_ACCOUNT', id: account } })],
    ] as const;
    for (const [id, key] of keys) {
      const refused = await withKey(tenet, key).client.POST(path, { params: { path: { organizationId: id } }, body: bodyOf({}) });
      expect(refused.response.status).to.equal(409);
      expect(refused.error).to.include({ code: 'failed-precondition', detail: 'A person offers support access, and no key.' });
    }
    expect(await statusOfMembers()).to.equal(404);
  });

  it('answers the id of a user who is no operator, of one who is one no more or is suspended, and of no user in the same way', async () => {
    const [former, suspended] = [await operatorNamed(`former-${number}@example.com`), await operatorNamed(`away-${number}@example.com`)];
    await takeRoles(former.id);
    await tenet.database.write('platform', (db) =>
      db('users')
        .where({ id: toUuid('user', suspended.id) })
        .update({ state: 'SUSPENDED' }),
    );
    const answers = [];
    for (const operatorId of [newId('user'), member.id, former.id, suspended.id]) {
      const { error, response } = await offer({ operatorId });
      const { requestId: _, instance: _instance, ...problem } = error!;
      answers.push({ status: response.status, problem });
    }
    expect(answers[0]).to.include({ status: 400 });
    expect(answers[0]!.problem).to.deep.include({
      errors: [{ pointer: '#/operatorId', detail: 'must be the id of an operator: ask them for it' }],
    });
    for (const answer of answers) expect(answer).to.deep.equal(answers[0]);
  });

  it('is not a way to find operators: ten wrong ids in an hour, also of requests that only ask for a plan', async () => {
    for (let tried = 0; tried < 10; tried++) {
      const wrong = { operatorId: newId('user') };
      expect(tried % 2 === 0 ? (await offer(wrong)).response.status : (await planned(wrong)).status).to.equal(400);
    }
    const refused = await offer();
    expect(refused.error).to.include({ code: 'rate-limited' });
    expect(Number(refused.response.headers.get('retry-after'))).to.be.within(1, 3_600);
    const other = await join(tenet, { organizationId }, `other-${number}@example.com`, 'org.admin');
    expect((await offer({}, other)).response.status).to.equal(201);
  });

  it('takes from what the organization has in a day, before it says who is an operator', async () => {
    await inDatabase(
      tenet,
      organizationId,
      "insert into budgets (kind, subject, since, used) values (?, ?, date_trunc('day', now(), 'UTC'), 10)",
      ['support-of-organization', organizationId],
    );
    for (const operatorId of [operator.id, newId('user')]) expect((await offer({ operatorId })).error).to.include({ code: 'rate-limited' });
  });

  it('as a plan says who would be let in, and lets no operator in', async () => {
    const response = await planned();
    expect(response.status).to.equal(200);
    expect(await response.text()).to.include('support-access.offer');
    expect(await statusOfMembers()).to.equal(404);
  });

  it('is refused while the organization is suspended, and where it is deleted', async () => {
    const boss = await operatorNamed(`boss-${number}@example.com`);
    const suspend = await boss.client.POST('/v1/organizations/{organizationId}/suspend', {
      params: { path: { organizationId } },
      body: { reason: 'Unpaid.' },
    });
    expect(suspend.response.status).to.equal(200);
    expect((await offer()).response.status).to.equal(403);
    await tenet.database.write('platform', (db) =>
      db('organizations')
        .where({ id: toUuid('organization', organizationId) })
        .update({ state: 'DELETED', deleted_at: db.fn.now(), slug: `deleted-${number}`, deleted_slug: `was-${number}` }),
    );
    expect((await offer()).response.status).to.equal(404);
  });

  it('waits for roles of the platform that are being taken, and lets no operator in who holds them no more', async () => {
    const passing = await operatorNamed(`passing-${number}@example.com`);
    let waiting: ReturnType<typeof offer> | undefined;
    await tenet.database.write('platform', async (db) => {
      await db('users')
        .where({ id: toUuid('user', passing.id) })
        .forNoKeyUpdate()
        .select('id');
      await db('platform_grants')
        .where({ user_id: toUuid('user', passing.id) })
        .delete();
      waiting = offer({ operatorId: passing.id });
      await eventually(async () => {
        const { rows } = await tenet.database.read('platform', (reader) => reader.raw('select from pg_locks where not granted'));
        expect(rows).to.have.length(1);
      });
    });
    expect((await waiting!).response.status).to.equal(400);
    expect(await statusOfMembers(passing)).to.equal(404);
  });
});
