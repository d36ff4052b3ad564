import { expect } from 'chai';
import pg from 'pg';
import { insertGrant } from '../../../core/access/grants.ts';
import { userOf } from '../../../core/authorization/decisions/subjects.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { tokenIssuedAt } from '../../helpers/dated-tokens.ts';
import { eventually } from '../../helpers/eventually.ts';
import { auditTrail, foundOrganization, foundProject, givePlatformRoles, inDatabase, join, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the erasure of a person', function () {
  this.timeout(240_000);
  let tenet: TestTenet;
  let replica: TestTenet;
  let owner: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet({ TENET_PERSONAL_BLUEPRINT: 'integrations' });
    replica = await startTenet({
      DATABASE_URL: tenet.databaseUrl,
      TENET_DATA_DIR: tenet.dataDir,
      TENET_PERSONAL_BLUEPRINT: 'integrations',
    });
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });
  after(async () => {
    await replica?.stop();
    await tenet?.stop();
  });

  const erase = async (caller: Caller) => {
    const { data } = await caller.client.GET('/v1/me');
    return caller.client.DELETE('/v1/me', { params: { header: { 'If-Match': data?.etag ?? '"0"' } } });
  };
  const statusOf = async (from: TestTenet, token: string) => (await from.bearing(token).raw('/v1/me')).status;

  /** Every row of every table as text, jobs included: what a dump of the database would show. */
  async function dump(): Promise<string[]> {
    const client = new pg.Client(tenet.databaseUrl);
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
         where relkind in ('r', 'p') and nspname in ('tenet', 'graphile_worker')`,
      );
      const lines: string[] = [];
      for (const { name } of rows) {
        const table = await client.query<{ line: string }>(`select t::text as line from ${name} t`);
        lines.push(...table.rows.map(({ line }) => `${name} ${line}`));
      }
      return lines;
    } finally {
      await client.end();
    }
  }

  it('leaves name and address of the person nowhere in the database, while every log still holds (N7)', async () => {
    const [email, name] = ['marked-person@example.com', 'Marked Personname'];
    const invite = (address: string, at: string) =>
      owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId: at } },
        body: { invitees: [{ email: address }], roles: ['org.member'] },
      });
    const elsewhere = await foundOrganization(owner, 'Elsewhere');
    await invite(email, organizationId);
    await invite(email, elsewhere);
    const person = await tenet.as(email, { subject: 'marked-subject' });
    const { data: mine } = await person.client.GET('/v1/me/invitations');
    const here = mine!.items.find((each) => each.organizationId === organizationId)!;
    await person.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId: here.id } } });
    const id = await person.userId();
    await person.client.PATCH('/v1/me', { body: { displayName: name } });
    await owner.client.PATCH('/v1/organizations/{organizationId}/members/{userId}', {
      params: { path: { organizationId, userId: id } },
      body: { displayName: `${name} here`, labels: { desk: 'marked-desk' } },
    });
    await person.client.POST('/v1/organizations/{organizationId}/api-keys', {
      params: { path: { organizationId } },
      body: { name: 'laptop', type: 'personal' },
    } as never);
    const { data: places } = await person.client.GET('/v1/me/organizations', { params: { query: { kind: 'PERSONAL' } } });
    const personal = { params: { path: { organizationId: places!.items[0]!.id } } };
    const profile = await person.client.PATCH('/v1/organizations/{organizationId}/billing-profile', {
      ...personal,
      body: { legalName: 'Marked Personname', emails: [{ purpose: 'INVOICES', email: 'marked-bills@example.com' }] },
    });
    expect(profile.error).to.equal(undefined);
    const { data: shown } = await person.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { ...personal.params, query: { action: 'billing-profile.update' } },
    });
    expect(shown!.items[0]!.after).to.include({ legalName: 'Marked Personname' });
    const before = await dump();
    for (const mark of [email, name, 'marked-subject', 'marked-desk']) expect(before.join('\n'), mark).to.include(mark);
    const eventsOf = async (target: string) =>
      (
        await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
          params: { path: { organizationId }, query: { target } },
        })
      ).data!.items;
    expect((await eventsOf(id)).find(({ action }) => action === 'member.update')!.after).to.include({ displayName: `${name} here` });
    // The log has not said it in the clear, not even before.
    const logged = await tenet.database.read('platform', (db) =>
      db('audit_events').whereIn('target', [id, personal.params.path.organizationId]).pluck<string[]>('event'),
    );
    expect(logged.join('\n')).to.not.match(/[Mm]arked/);

    const { response } = await erase(person);
    expect(response.status).to.equal(204);

    // With the job that purges the personal organization.
    await eventually(async () => {
      const after = await dump();
      for (const mark of [email, name, 'marked-subject', 'marked-desk', 'marked-bills'])
        expect(after.filter((line) => line.includes(mark))).to.deep.equal([]);
    }, 30_000);
    const told = await eventsOf(id);
    expect(told.find(({ action }) => action === 'member.update')!.after).to.include({ displayName: 'erased person', state: 'ACTIVE' });
    expect(told.map(({ action }) => action)).to.include('member.leave');
    expect((await eventsOf(here.id)).find(({ action }) => action === 'invitation.create')!.after).to.include({ email: 'erased person' });
    expect((await auditTrail(owner, elsewhere)).map(({ action }) => action)).to.include('invitation.decline');
    for (const chain of [organizationId, elsewhere]) {
      const { data } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events/verification', {
        params: { path: { organizationId: chain } },
      });
      expect(data).to.include({ state: 'HOLDS' });
    }
  });

  it('refuses the tokens of before on every replica, and makes a new person of who signs in again', async () => {
    const person = await join(tenet, { organizationId }, 'again@example.com', 'org.member');
    expect(await statusOf(replica, person.token)).to.equal(200);
    const unseen = await tokenIssuedAt(tenet.dataDir, person.email, Math.floor(Date.now() / 1000) - 2);
    await erase(person);
    for (const token of [person.token, unseen]) {
      expect(await statusOf(tenet, token)).to.equal(401);
      expect(await statusOf(replica, token)).to.equal(401);
    }
    const fresh = await tenet.as(person.email);
    expect(await fresh.userId()).to.not.equal(person.id);
    expect((await fresh.client.GET('/v1/me/organizations')).data!.items.map(({ kind }) => kind)).to.deep.equal(['PERSONAL']);
    // The new account is no way back for them.
    for (const token of [person.token, unseen]) {
      expect(await statusOf(tenet, token)).to.equal(401);
      expect(await statusOf(replica, token)).to.equal(401);
    }
    expect(await statusOf(replica, fresh.token)).to.equal(200);
  });

  it('leaves no deleted organization to restore that nobody would control', async () => {
    const person = await tenet.as('deleter@example.com');
    const id = await foundOrganization(person, 'Left behind');
    const path = { params: { path: { organizationId: id } } };
    await person.client.POST('/v1/organizations/{organizationId}/delete', { ...path, body: {} });
    expect((await erase(person)).response.status).to.equal(204);
    await givePlatformRoles(tenet, 'restorer@example.com', 'platform/operator');
    const operator = await tenet.as('restorer@example.com');
    const { error } = await operator.client.POST('/v1/organizations/{organizationId}/restore', { ...path, body: {} });
    expect(error).to.include({ code: 'failed-precondition' });
    expect(error!.detail).to.include('Nobody would control the organization');
  });

  it('takes the personal organization with it, and shows all of that ahead without doing it', async () => {
    const person = await join(tenet, { organizationId }, 'planner@example.com', 'org.member');
    expect((await person.raw('/v1/me', { method: 'DELETE' })).status).to.equal(428);
    const asked = { method: 'DELETE', headers: { 'if-match': '*' } };
    const plan = (await (await person.raw('/v1/me?validateOnly=true', asked)).json()) as {
      changes: { items: { action: string }[] };
    };
    expect(plan.changes.items.map(({ action }) => action)).to.include.members(['member.leave', 'organization.delete', 'user.erase']);
    expect(await statusOf(tenet, person.token)).to.equal(200);
    const { data } = await person.client.GET('/v1/me/organizations', { params: { query: { kind: 'PERSONAL' } } });
    const personal = data!.items[0]!.id;
    const wrong = await person.client.DELETE('/v1/me', { params: { header: { 'If-Match': '"77"' } } });
    expect(wrong.response.status).to.equal(412);
    await erase(person);
    const left = () =>
      tenet.database.read('platform', (db) =>
        db('organizations').whereIn('personal_of', db('users').whereNotNull('erased_at').select('id')).select('state', 'purging_since'),
      );
    for (const row of await left()) expect(row).to.include({ state: 'DELETED' }).and.to.not.include({ purging_since: null });
    // By the job, however long the grace is.
    await eventually(async () => expect(await left()).to.deep.equal([]), 30_000);
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator', 'platform/auditor', 'platform/policy-admin');
    const operator = await tenet.as('operator@example.com');
    const { data: log } = await operator.client.GET('/v1/audit-events', { params: { query: { organizationId: personal } } });
    expect(log!.items[0]).to.include({ action: 'organization.purge', target: personal });
    const { data: account } = await operator.client.GET('/v1/users/{userId}', { params: { path: { userId: person.id } } });
    expect(account).to.include({ state: 'SUSPENDED', email: null, displayName: null }).and.to.have.property('erasedAt');
    const resumed = await operator.client.POST('/v1/users/{userId}/resume', { params: { path: { userId: person.id } } });
    expect(resumed.error).to.include({ code: 'failed-precondition' });
  });

  it('names everything that has to be settled first, and erases nothing', async () => {
    const boss = await tenet.as('boss@example.com');
    const owned = await foundOrganization(boss, 'Owned');
    await givePlatformRoles(tenet, 'boss@example.com', 'platform/policy-admin');
    await tenet.database.write('platform', (db) =>
      db('platform_grants')
        .whereNot({ user_id: db('users').where({ email: 'boss@example.com' }).select('id') })
        .delete(),
    );
    const { error, response } = await erase(boss);
    expect(response.status).to.equal(409);
    expect(error).to.include({ code: 'erasure-blocked' });
    expect(error!.erasureBlockers!.map(({ reason, organizationId: at }) => [reason, at])).to.deep.equal([
      ['OWNER', owned],
      ['LAST_OPERATOR', undefined],
    ]);
    expect((await boss.client.GET('/v1/me')).data).to.include({ email: 'boss@example.com' });
  });

  it('waits for no operator when the person is none, and operators do not wait for it', async () => {
    const person = await tenet.as('bystander@example.com');
    await person.userId();
    await givePlatformRoles(tenet, 'busy@example.com', 'platform/operator');
    await tenet.database.write('platform', async (db) => {
      await db('users').where({ email: 'busy@example.com' }).forNoKeyUpdate().select('id');
      expect((await erase(person)).response.status).to.equal(204);
    });
  });

  it('leaves the invitations of another account that has the same address to that account', async () => {
    const email = 'shared@example.com';
    const [one, other] = [await tenet.as(email), await tenet.as(email, { subject: 'shared-again' })];
    await one.userId();
    await other.userId();
    await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId } },
      body: { invitees: [{ email }], roles: ['org.member'] },
    });
    expect((await erase(one)).response.status).to.equal(204);
    const { data } = await other.client.GET('/v1/me/invitations');
    expect(data!.items.map((each) => each.email)).to.deep.equal([email]);
    const invitationId = data!.items[0]!.id;
    await other.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId } } });
    // A third account of the address, which never was invited, takes nothing of what the second one has accepted.
    const third = await tenet.as(email, { subject: 'shared-thrice' });
    await third.userId();
    expect((await erase(third)).response.status).to.equal(204);
    const { data: kept } = await owner.client.GET('/v1/organizations/{organizationId}/invitations/{invitationId}', {
      params: { path: { organizationId, invitationId } },
    });
    expect(kept).to.include({ email, state: 'ACCEPTED' });
  });

  it('undoes nothing that operators decided: a suspension blocks it, and a new account gets no entitlement back', async () => {
    const person = await tenet.as('limited@example.com');
    const { data } = await person.client.GET('/v1/me/organizations', { params: { query: { kind: 'PERSONAL' } } });
    const path = { params: { path: { organizationId: data!.items[0]!.id } } };
    await givePlatformRoles(tenet, 'limiter@example.com', 'platform/operator');
    const operator = await tenet.as('limiter@example.com');
    await operator.client.POST('/v1/organizations/{organizationId}/suspend', { ...path, body: { reason: 'Abuse.' } });
    expect((await erase(person)).error!.detail).to.include('has suspended your personal organization');
    await operator.client.POST('/v1/organizations/{organizationId}/resume', path);
    const entitlementsOf = (email: string) =>
      tenet.database.read('platform', (db) => db('users').where({ email }).pluck<string[][]>('entitlements'));
    expect((await entitlementsOf(person.email))[0]).to.not.deep.equal([]);
    await tenet.database.write('platform', (db) => db('users').where({ email: person.email }).update({ entitlements: '{}' }));
    expect((await erase(person)).response.status).to.equal(204);
    await (await tenet.as(person.email)).userId();
    expect(await entitlementsOf(person.email)).to.deep.equal([[]]);
  });

  it('is not the way to a personal organization of which nothing is held back', async () => {
    const person = await tenet.as('held-back@example.com');
    const { data } = await person.client.GET('/v1/me/organizations', { params: { query: { kind: 'PERSONAL' } } });
    const personal = data!.items[0]!.id;
    const entitle = (entitled: boolean) =>
      inDatabase(tenet, personal, `update organizations set entitled = ${entitled} where personal_of is not null`);
    await entitle(false);
    expect((await erase(person)).error!).to.include({ code: 'failed-precondition', status: 409 });
    // No operator has decided that the trial is over.
    await tenet.database.write('platform', (db) => db('plans').insert({ name: 'tried', title: 'Tried' }));
    await inDatabase(
      tenet,
      personal,
      `insert into subscriptions (org_id, plan, state, billing_period, period_starts_at, period_ends_at, is_trial_over)
       values (?, 'tried', 'SUSPENDED', 'MONTHLY', now(), now() + interval '1 month', true)`,
      [toUuid('organization', personal)],
    );
    await entitle(false);
    expect((await erase(person)).response.status).to.equal(204);
  });

  it('ends roles in projects of organizations of which the person is no member, each with its event', async () => {
    const projectId = await foundProject(owner, organizationId, 'Outside');
    const person = await signIn(tenet, 'outside@example.com');
    await inDatabase(tenet, organizationId, "update organizations set externals = 'ALLOW'");
    const setUp = { name: 'test', principal: { subject: userOf(person.id), issuedAt: 0 } };
    const given = { organizationId, projectId, user_id: toUuid('user', person.id), role: 'project.member' };
    await tenet.database.write({ organization: toUuid('organization', organizationId) }, (db) => insertGrant(db, setUp, given));
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId } },
    });
    const { etag: _, ...grant } = data!.items.find(({ subject }) => subject.id === person.id)! as { id: string; etag?: string };
    expect((await erase(person)).response.status).to.equal(204);
    const { data: events } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { target: grant.id } },
    });
    const [event] = events!.items;
    expect([event!.action, event!.actor, event!.before]).to.deep.equal(['grant.revoke', person.id, grant]);
  });

  it('gives nothing to a person who is erased at the same moment', async () => {
    const person = await join(tenet, { organizationId }, 'racer@example.com', 'org.member');
    const elsewhere = await foundOrganization(owner, 'Racing');
    await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
      params: { path: { organizationId: elsewhere } },
      body: { invitees: [{ email: person.email }], roles: ['org.member'] },
    });
    const { data } = await person.client.GET('/v1/me/invitations');
    const accepting = person.client.POST('/v1/me/invitations/{invitationId}/accept', {
      params: { path: { invitationId: data!.items[0]!.id } },
    });
    const [erased] = await Promise.all([erase(person), erase(person), accepting]);
    if (erased.response.status !== 204) await erase(person);
    const held = await tenet.database.read('platform', (db) =>
      db('members as m')
        .join('users as u', 'u.id', 'm.user_id')
        .whereNotNull('u.erased_at')
        .whereNot('m.state', 'REMOVED')
        .select('m.user_id'),
    );
    expect(held).to.deep.equal([]);
  });
});
