import { expect } from 'chai';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { makeKey, withKey } from '../../helpers/keys.ts';
import { foundOrganization, givePlatformRoles, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/v1/organizations/{organizationId}/support-accesses' as const;
const onePath = `${path}/{supportAccessId}` as const;
const memberPath = '/v1/organizations/{organizationId}/members/{userId}' as const;
const membersPath = '/v1/organizations/{organizationId}/members' as const;
const grantsPath = '/v1/organizations/{organizationId}/grants' as const;

describe('support access', () => {
  let tenet: TestTenet;
  let smtp: TestSmtp;
  let admin: Person;
  let other: Person;
  let member: Person;
  let operator: Person;
  let organizationId: string;

  before(async function () {
    this.timeout(120_000);
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url });
    operator = await operatorNamed('operator@example.com');
    admin = await signIn(tenet, 'admin@example.com');
  });
  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });
  beforeEach(async () => {
    organizationId = await foundOrganization(admin, 'Acme', 'api-hub');
    other = await join(tenet, { organizationId }, 'other@example.com', 'org.admin');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
  });

  async function operatorNamed(email: string): Promise<Person> {
    await givePlatformRoles(tenet, email, 'platform/operator');
    return signIn(tenet, email);
  }
  const request = (by: Caller = operator, body: object = {}) =>
    by.client.POST('/v1/support-accesses', {
      body: { organizationId, role: 'org.support', reason: 'Ticket 4711.', minutes: 60, ...body },
    });
  const requested = async () => (await request()).data!.id;
  const answer = (how: 'approve' | 'deny' | 'end', supportAccessId: string, by: Caller = admin) =>
    by.client.POST(`${onePath}/${how}`, { params: { path: { organizationId, supportAccessId } } });
  const endByOperator = (supportAccessId: string, by: Caller = operator) =>
    by.client.POST('/v1/support-accesses/{supportAccessId}/end', { params: { path: { supportAccessId } } });
  const letIn = async () => {
    const id = await requested();
    expect((await answer('approve', id)).response.status).to.equal(200);
    return id;
  };
  const members = (by: Caller = operator) => by.client.GET(membersPath, { params: { path: { organizationId } } });
  const demote = (userId: string, by: Caller = operator) =>
    by.client.POST(grantsPath, {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id: userId }, role: 'org.member' },
    });
  const remove = (userId: string, confirmation: string, by: Caller = operator) =>
    by.client.POST(`${memberPath}/remove`, { params: { path: { organizationId, userId } }, body: { confirmation } });
  const rolesOf = async (userId: string) =>
    (await admin.client.GET(memberPath, { params: { path: { organizationId, userId } } })).data?.roles.map(({ role }) => role);
  const isIn = async () => (await members()).response.status === 200;
  const events = async (chain: 'organization' | 'platform', target: string) =>
    tenet.database.read('platform', async (db) => {
      const rows: { actor: string; action: string; event: string }[] = await db('audit_events')
        .where({
          org_id: chain === 'platform' ? '00000000-0000-0000-0000-000000000000' : toUuid('organization', organizationId),
          target,
        })
        .orderBy('seq');
      return rows.map(({ actor, action, event }) => ({ actor, action, of: JSON.parse(event).organizationId as string | undefined }));
    });

  it('MIN-15, MIN-19: a platform role alone does not reach into an organization; an approved support access demotes and removes admins', async () => {
    expect((await demote(other.id, admin)).error).to.include({ code: 'permission-denied' });
    expect((await remove(other.id, 'other@example.com', admin)).error).to.include({ code: 'permission-denied' });
    expect((await members()).response.status).to.equal(404);
    expect((await demote(other.id)).response.status).to.equal(404);
    const { data, response } = await request();
    expect(response.status).to.equal(201);
    expect(response.headers.get('location')).to.equal(`/v1/support-accesses/${data!.id}`);
    expect(data).to.include({ organizationId, operatorId: operator.id, role: 'org.support', state: 'REQUESTED', minutes: 60 });
    expect((await demote(other.id)).response.status).to.equal(404);

    const approved = await answer('approve', data!.id);
    expect(approved.data).to.include({ state: 'APPROVED', answeredBy: admin.id });
    expect(Date.parse(approved.data!.until!) - Date.parse(approved.data!.updatedAt)).to.be.closeTo(3_600_000, 1_000);
    expect((await demote(other.id)).response.status).to.equal(201);
    expect(await rolesOf(other.id)).to.deep.equal(['org.member']);
    expect((await remove(other.id, 'other@example.com')).response.status).to.equal(204);
    expect(await rolesOf(other.id)).to.equal(undefined);
    // The last admin stays, whoever asks.
    expect((await demote(admin.id)).error).to.include({ code: 'last-owner' });
  });

  it('does no more than the role says', async () => {
    await letIn();
    for (const [url, method] of [
      [`/v1/organizations/${organizationId}/api-keys`, 'GET'],
      [`/v1/organizations/${organizationId}/audit-events`, 'GET'],
      [`/v1/organizations/${organizationId}/invitations`, 'GET'],
      [`/v1/organizations/${organizationId}`, 'DELETE'],
    ] as const)
      expect((await operator.raw(url, { method })).status, url).to.be.oneOf([403, 404, 405]);
    const promote = await operator.client.POST(grantsPath, {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id: operator.id }, role: 'org.admin' },
    });
    expect(promote.response.status).to.be.oneOf([403, 404]);
  });

  it('is in both audit logs, with the id of the access in the name of the actor', async () => {
    const id = await letIn();
    await demote(other.id);
    await answer('end', id);
    const story = ['support-access.request', 'support-access.approve', 'support-access.end'];
    for (const chain of ['organization', 'platform'] as const) {
      const about = await events(chain, id);
      expect(about.map(({ action }) => action)).to.deep.equal(story);
      expect(about.map(({ actor }) => actor)).to.deep.equal([operator.id, admin.id, admin.id]);
    }
    const isSupport = ({ actor }: { actor: string }) => actor === `${operator.id}/${id}`;
    const actions = await tenet.database.read('platform', async (db) => {
      const rows: { org_id: string; actor: string; action: string; event: string }[] = await db('audit_events').orderBy('seq');
      return rows.filter(isSupport).map((row) => ({ org: row.org_id, action: row.action, of: JSON.parse(row.event).organizationId }));
    });
    const own = actions.filter(({ org }) => org === toUuid('organization', organizationId)).map(({ action }) => action);
    const platform = actions.filter(({ of }) => of === organizationId).map(({ action }) => action);
    expect(own).to.include('grant.create');
    expect(platform).to.deep.equal(own);
  });

  it('ends by the organization, by the operator, and by itself, at once and on cached decisions too', async () => {
    const ask = async () => {
      const response = await operator.raw('/access/v1/evaluation', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'tenet-consistency': 'minimize_latency' },
        body: JSON.stringify({
          subject: { type: 'user', id: operator.id },
          action: { name: 'list' },
          resource: { type: 'member', id: '*', properties: { organizationId } },
        }),
      });
      return ((await response.json()) as { decision: boolean }).decision;
    };
    const first = await letIn();
    expect(await ask()).to.equal(true);
    expect((await answer('end', first)).data).to.include({ state: 'ENDED', endedBy: admin.id });
    expect(await isIn()).to.equal(false);
    await eventually(async () => expect(await ask()).to.equal(false));
    expect((await answer('end', first)).response.status).to.equal(200);

    const second = await letIn();
    expect(await isIn()).to.equal(true);
    expect((await endByOperator(second)).data).to.include({ state: 'ENDED', endedBy: operator.id });
    expect(await isIn()).to.equal(false);

    const third = await letIn();
    expect(await isIn()).to.equal(true);
    // Neither a trigger nor the daily job has been there: time alone.
    await inDatabase(tenet, organizationId, 'update support_accesses set until = now() where id = ?', [toUuid('supportAccess', third)]);
    expect(await isIn()).to.equal(false);
    const read = await admin.client.GET(onePath, { params: { path: { organizationId, supportAccessId: third } } });
    expect(read.data).to.include({ state: 'EXPIRED' });
    await cleanUp(tenet.database);
    for (const chain of ['organization', 'platform'] as const)
      expect((await events(chain, third)).map(({ action }) => action)).to.include('support-access.expire');
    expect((await request()).response.status).to.equal(201);
  });

  it('is over with the last role of the operator on the platform, and while the operator is suspended', async () => {
    const passing = await operatorNamed('passing@example.com');
    const { data } = await request(passing);
    await answer('approve', data!.id);
    expect((await members(passing)).response.status).to.equal(200);
    const set = (state: string) =>
      tenet.database.write('platform', (db) =>
        db('users')
          .where({ id: toUuid('user', passing.id) })
          .update({ state }),
      );
    await set('SUSPENDED');
    expect((await members(passing)).response.status).to.not.equal(200);
    await set('ACTIVE');
    expect((await members(passing)).response.status).to.equal(200);
  });

  it('is refused for any other role, for too long, twice, and by who is no operator', async () => {
    expect((await request(operator, { role: 'org.admin' })).error!.errors![0]).to.deep.include({
      pointer: '#/role',
      detail: 'must be a role that support holds: org.support',
    });
    expect((await request(operator, { minutes: 481 })).error!.errors![0]).to.deep.include({
      pointer: '#/minutes',
      detail: 'must be at most 480',
    });
    expect((await request(admin)).error).to.include({ code: 'permission-denied', requiredPermission: 'support:request' });
    await requested();
    expect((await request()).error).to.include({ code: 'already-exists' });
  });

  it('is answered by those who may, once, and never by the operator who asks', async () => {
    const id = await requested();
    expect((await answer('approve', id, member)).error).to.include({ requiredPermission: 'support:approve' });
    expect((await answer('deny', id)).data).to.include({ state: 'DENIED', answeredBy: admin.id });
    expect((await answer('approve', id)).error).to.include({ code: 'failed-precondition' });
    expect(await isIn()).to.equal(false);

    const both = await operatorNamed('both@example.com');
    await join(tenet, { organizationId }, 'both@example.com', 'org.admin');
    const own = (await request(both)).data!.id;
    expect((await answer('approve', own, both)).error!.detail).to.contain('Another member answers it');
    const foreign = await foundOrganization(admin, 'Elsewhere', 'api-hub');
    const elsewhere = await admin.client.POST(`${onePath}/approve`, {
      params: { path: { organizationId: foreign, supportAccessId: own } },
    });
    expect(elsewhere.response.status).to.equal(404);
  });

  it('is answered by no key, also not by that of a person who may answer', async () => {
    const id = await requested();
    const key = withKey(tenet, await makeKey(admin, { organizationId }));
    for (const how of ['approve', 'deny'] as const)
      expect((await answer(how, id, key)).error).to.include({ detail: 'A person answers a request for support access, and no key.' });
    expect((await answer('approve', id)).data).to.include({ state: 'APPROVED' });
  });

  it('is announced by mail to those who may approve it', async () => {
    await requested();
    await eventually(async () => {
      const to = smtp.received.filter(({ text }) => text.includes(organizationId)).flatMap((mail) => mail.to);
      expect(to).to.have.members(['admin@example.com', 'other@example.com']);
    });
  });

  describe('where the kind of organization asks for no approval', () => {
    before(() =>
      tenet.database.write('platform', async (db) => {
        const [head] = await listHeads(db, ['blueprint/api-hub']);
        const { tests: _, ...content } = await loadContent(db, head!.scope, head!.revision);
        const blueprint = { ...content.blueprint!, supportAccess: { approval: 'none' as const, maxHours: 2 } };
        const about = { author: 'test', reason: 'what the test needs' };
        const { revision } = await insertRevision(db, { ...content, blueprint }, about);
        await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
      }),
    );

    it('the operator is let in at once and for as long as was asked for, the administrators hear of it and end it', async () => {
      const { data } = await request();
      expect(data).to.include({ state: 'APPROVED', minutes: 60 });
      expect(data!.answeredBy).to.equal(undefined);
      expect(Date.parse(data!.until!) - Date.parse(data!.createdAt)).to.equal(3_600_000);
      expect(await isIn()).to.equal(true);
      expect((await events('organization', data!.id)).map(({ action }) => action)).to.deep.equal(['support-access.request']);
      const mail = await eventually(() => {
        const sent = smtp.received.find(({ text, to }) => to.includes('other@example.com') && text.includes(data!.id));
        expect(sent, 'no mail').not.to.equal(undefined);
        return sent!;
      });
      expect(mail.text).to.include('/end').and.not.include('/approve');
      expect((await answer('approve', data!.id)).response.status).to.equal(409);
      expect((await answer('end', data!.id)).response.status).to.equal(200);
      expect(await isIn()).to.equal(false);
    });

    it('waits for roles of the platform that are being taken, and lets no operator in who holds them no more', async () => {
      const passing = await operatorNamed('passing-by@example.com');
      const user = toUuid('user', passing.id);
      let waiting: ReturnType<typeof request> | undefined;
      await tenet.database.write('platform', async (db) => {
        await db('users').where({ id: user }).forNoKeyUpdate().select('id');
        await db('platform_grants').where({ user_id: user }).delete();
        waiting = request(passing);
        await eventually(async () => {
          const { rows } = await tenet.database.read('platform', (reader) => reader.raw('select from pg_locks where not granted'));
          expect(rows).to.have.length(1);
        });
      });
      expect((await waiting!).error).to.include({ code: 'permission-denied', requiredPermission: 'support:request' });
      expect((await members(passing)).response.status).to.equal(404);
    });

    it('not for longer than the kind of organization allows', async () => {
      expect((await request(operator, { minutes: 121 })).response.status).to.equal(400);
    });
  });

  it('of an approval and an end at the same time the end counts (soak)', async function () {
    this.timeout(120_000);
    for (const _ of rounds(1, 100)) {
      // More requests than an organization and an operator have in a day.
      await inDatabase(tenet, organizationId, "delete from budgets where kind like 'support-%'");
      const id = await requested();
      await Promise.all([answer('approve', id), endByOperator(id), answer('approve', id, other), answer('deny', id, other)]);
      await endByOperator(id);
      expect(await isIn()).to.equal(false);
      const [approvals, ends] = await tenet.database.read('platform', async (db) => {
        const actions: string[] = await db('audit_events')
          .where({ org_id: toUuid('organization', organizationId), target: id, outcome: 'SUCCEEDED' })
          .pluck('action');
        const count = (name: string) => actions.filter((action) => action === `support-access.${name}`).length;
        return [count('approve') + count('deny'), count('end')];
      });
      expect(approvals).to.be.at.most(1);
      expect(ends).to.be.at.most(1);
    }
  });
});
