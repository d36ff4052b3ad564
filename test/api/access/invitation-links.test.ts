import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { newKeySecret } from '../../../core/base/key-secret.ts';
import { tokenHash } from '../../../core/base/keyring.ts';
import { type InvitationScene, invitationSteps, memberPath, removePath, startInviting } from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import type { Caller } from '../../helpers/tenet.ts';

const linksPath = '/v1/organizations/{organizationId}/invitation-links';
const linkPath = '/v1/organizations/{organizationId}/invitation-links/{invitationLinkId}';
const revokePath = '/v1/organizations/{organizationId}/invitation-links/{invitationLinkId}/revoke';
const inProject = '/v1/organizations/{organizationId}/projects/{projectId}/invitation-links';

interface How {
  readonly roles?: string[];
  readonly domains?: string[];
  readonly maxUses?: number;
  readonly expiresInDays?: number;
  readonly until?: string;
}

describe('invitation links', () => {
  let scene: InvitationScene;
  let stop: () => Promise<void>;
  const { place, address, byToken } = invitationSteps(() => scene);

  before(async () => {
    const started = await startInviting();
    scene = { ...started, organizationId: '' };
    stop = started.stop;
  });
  after(() => stop?.());
  beforeEach(async () => {
    scene = { ...scene, organizationId: await foundOrganization(scene.owner) };
  });

  const offer = (by: Caller, how: How = {}) =>
    by.client.POST(linksPath, { params: { path: place() }, body: { roles: ['org.member'], ...how } });
  const withToken = <T extends { token?: string }>(link: T) => ({ ...link, token: link.token! });
  const make = async (how?: How, by: Caller = scene.owner) => withToken((await offer(by, how)).data!);
  const one = (invitationLinkId: string) => ({ params: { path: { ...place(), invitationLinkId } } });
  const preview = (caller: Caller, token: string) => caller.client.POST('/v1/invitations/preview', { body: { token } });
  const somebody = (name = 'guest') => scene.tenet.as(address(name));
  const change = (sql: string, id: string) =>
    inDatabase(scene.tenet, scene.organizationId, `update invitation_links set ${sql} where id = ?`, [toUuid('invitationLink', id)]);

  it('let several people join with the roles, each by their own account, and record who it was', async () => {
    const created = await offer(scene.owner, { roles: ['org.manager'] });
    expect(created.response.status).to.equal(201);
    const { token, ...link } = withToken(created.data!);
    expect(created.response.headers.get('location')).to.equal(`/v1/organizations/${scene.organizationId}/invitation-links/${link.id}`);
    expect(link).to.deep.include({
      roles: ['org.manager'],
      projectRoles: [],
      domains: [],
      uses: 0,
      state: 'ACTIVE',
      invitedBy: await scene.owner.userId(),
    });
    expect(token).to.match(/^tntl_[0-9A-Za-z]{36}$/);
    for (const uses of [1, 2]) {
      const guest = await somebody();
      const joined = await byToken(guest, token);
      expect(joined.response.status).to.equal(200);
      expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.manager']);
      const read = await scene.owner.client.GET(linkPath, one(link.id));
      expect(read.data).to.include({ uses, state: 'ACTIVE' });
      const events = (await auditTrail(scene.owner, scene.organizationId)).slice(-2);
      expect(events.map(({ action, target }) => [action, target])).to.deep.equal([
        ['invitation-link.accept', link.id],
        ['member.create', await guest.userId()],
      ]);
    }
  });

  it('show the token once: neither a list, a reading, a replay, the audit log nor the database has it', async () => {
    const headers = { 'idempotency-key': 'once' };
    const post = () =>
      scene.owner.raw(`/v1/organizations/${scene.organizationId}/invitation-links`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"roles":["org.member"]}',
      });
    const { id, token } = (await (await post()).json()) as { id: string; token: string };
    const replayed = await post();
    expect(replayed.headers.get('idempotent-replayed')).to.equal('true');
    const answers = [
      await replayed.text(),
      JSON.stringify((await scene.owner.client.GET(linksPath, { params: { path: place() } })).data),
      JSON.stringify((await scene.owner.client.GET(linkPath, one(id))).data),
      JSON.stringify(await auditTrail(scene.owner, scene.organizationId)),
    ];
    for (const text of answers) expect(text).to.include(id).and.not.include(token);
    const rows = await scene.tenet.database.read('platform', (db) => db('invitation_links'));
    expect(JSON.stringify(rows)).to.not.include(token);
    expect(rows.some((row) => row.token_hash.equals(tokenHash(token)))).to.equal(true);
  });

  it('are listed by state, and read under their organization alone', async () => {
    const [first, second] = [await make(), await make({ maxUses: 1 })];
    await byToken(await somebody(), second.token);
    const list = async (state?: 'ACTIVE' | 'USED_UP') =>
      (await scene.owner.client.GET(linksPath, { params: { path: place(), ...(state && { query: { state } }) } })).data!.items.map(
        ({ id }) => id,
      );
    expect(await list()).to.deep.equal([first.id, second.id]);
    expect(await list('ACTIVE')).to.deep.equal([first.id]);
    expect(await list('USED_UP')).to.deep.equal([second.id]);
    scene = { ...scene, organizationId: await foundOrganization(scene.owner, 'Other') };
    expect((await scene.owner.client.GET(linkPath, one(first.id))).response.status).to.equal(404);
    expect((await scene.owner.client.POST(revokePath, one(first.id))).response.status).to.equal(404);
  });

  it('are used by people with an address of their domain, whatever its letters, and by no others', async () => {
    const { token, domains } = await make({ domains: ['Acme.Example.com', 'acme.example.com', 'example.org'] });
    expect(domains).to.deep.equal(['acme.example.com', 'example.org']);
    const answers: number[] = [];
    for (const email of [
      'ada@ACME.example.com',
      'ada@example.org',
      'ada@example.com',
      'ada@sub.acme.example.com',
      'ada@acme.example.com.evil.example',
    ]) {
      answers.push((await byToken(await scene.tenet.as(email), token)).response.status);
    }
    expect(answers).to.deep.equal([200, 200, 404, 404, 404]);
    const unverified = await scene.tenet.as('bob@example.org', { verified: false });
    expect((await byToken(unverified, token)).response.status).to.equal(409);
  });

  it('are answered alike when there is no such token, when it is mistyped and when it is for others', async () => {
    const { token } = await make({ domains: ['acme.example.com'] });
    const guest = await somebody();
    const ask = async (path: string, sent: string) => {
      const body = JSON.stringify({ token: sent });
      const response = await guest.raw(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return [response.status, (await response.text()).replace(/"(requestId|instance)":"[^"]*"/g, '')];
    };
    for (const path of ['/v1/invitations/accept', '/v1/invitations/preview']) {
      const unknown = await ask(path, newKeySecret('tntl_'));
      expect(unknown[0]).to.equal(404);
      expect(await ask(path, `${token.slice(0, -1)}!`.replace('!', token.endsWith('0') ? '1' : '0'))).to.deep.equal(unknown);
      expect(await ask(path, token)).to.deep.equal(unknown);
      expect(await ask(path, `tnti_test.${'x'.repeat(43)}`)).to.deep.equal(unknown);
    }
  });

  it('tell a person who has joined by them, and follows them once more, that nothing is left to do', async () => {
    const { token } = await make({ maxUses: 1 });
    const [guest, late] = [await somebody(), await somebody('late')];
    expect((await byToken(guest, token)).response.status).to.equal(200);
    const again = (await byToken(guest, token)).error as { code: string; detail: string };
    expect(again.code).to.equal('invitation-not-pending');
    expect(again.detail).to.include('you are a member of the organization');
    expect(((await byToken(late, token)).error as { detail: string }).detail).to.include('Ask for an invitation');
  });

  it('end: by their number of uses, their time, the time of their roles, and when they are revoked', async () => {
    const used = await make({ maxUses: 1 });
    expect((await byToken(await somebody(), used.token)).response.status).to.equal(200);
    const [late, over, revoked] = [await make(), await make({ until: new Date(Date.now() + 3_600_000).toISOString() }), await make()];
    await change("expires_at = now() - interval '1 second'", late.id);
    await change("until = now() - interval '1 second'", over.id);
    const { data } = await scene.owner.client.POST(revokePath, one(revoked.id));
    expect(data).to.include({ state: 'REVOKED' });
    expect((await scene.owner.client.POST(revokePath, one(revoked.id))).data!.etag).to.equal(data!.etag);
    const said = {
      [used.token]: 'as many people',
      [late.token]: 'has expired',
      [over.token]: 'has expired',
      [revoked.token]: 'was revoked',
    };
    const guest = await somebody();
    for (const [token, sentence] of Object.entries(said)) {
      for (const { response, error } of [await byToken(guest, token), await preview(guest, token)]) {
        expect(response.status).to.equal(409);
        expect(error).to.include({ code: 'invitation-not-pending' });
        expect(error!.detail).to.include(sentence);
      }
    }
    expect((await auditTrail(scene.owner, scene.organizationId, 'invitation-link.revoke')).length).to.equal(1);
  });

  it('give the end of their roles to who joins by them', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { token, expiresAt } = await make({ until, expiresInDays: 30 });
    expect(expiresAt).to.equal(until);
    expect((await byToken(await somebody(), token)).data!.roles)
      .to.deep.include.members([])
      .and.have.length(1);
    const other = await byToken(await somebody(), token);
    expect(other.data!.roles[0]).to.include({ role: 'org.member', until });
  });

  it('are worth what their author may do now', async () => {
    const admin = await join(scene.tenet, place(), address('admin'), 'org.admin');
    const { token } = await make({ roles: ['org.admin'] }, admin);
    expect((await byToken(await somebody(), token)).response.status).to.equal(200);
    await scene.owner.client.POST(removePath, { params: { path: { ...place(), userId: admin.id } }, body: {} });
    for (const { response, error } of [await byToken(await somebody(), token), await preview(await somebody(), token)]) {
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain('may not offer the role org.admin any more');
    }
  });

  it('are made and revoked by who may offer their roles', async () => {
    const manager = await join(scene.tenet, place(), address('manager'), 'org.manager');
    const { id } = await make();
    const answers = [
      await offer(manager),
      await manager.client.GET(linksPath, { params: { path: place() } }),
      await manager.client.GET(linkPath, one(id)),
      await manager.client.POST(revokePath, one(id)),
    ];
    expect(answers.map(({ response }) => response.status)).to.deep.equal([403, 403, 403, 403]);
    const guest = await somebody();
    expect((await guest.client.GET(linksPath, { params: { path: place() } })).response.status).to.equal(404);
    scene = { ...scene, organizationId: await foundOrganization(scene.owner, 'Acme', 'app-workspace') };
    const inviter = await join(scene.tenet, place(), address('manager'), 'org.manager');
    expect((await offer(inviter)).response.status).to.equal(201);
    const refused = await offer(inviter, { roles: ['org.manager'] });
    expect(refused.response.status).to.equal(403);
    expect(refused.error!.requiredPermission).to.equal('role:org.manager:assign');
  });

  it('neither add a member twice, nor bring back one who was removed since, nor switch one on', async () => {
    const { token } = await make();
    const guest = await somebody();
    await byToken(guest, token);
    const member = { params: { path: { ...place(), userId: await guest.userId() } } };
    const again = await byToken(guest, token);
    expect(again.response.status).to.equal(409);
    expect(again.error!.detail).to.contain('You are a member of this organization already');
    await scene.owner.client.PATCH(memberPath, { ...member, body: { state: 'INACTIVE' } });
    expect((await byToken(guest, token)).response.status).to.equal(409);
    await scene.owner.client.POST(removePath, { ...member, body: {} });
    const back = await byToken(guest, token);
    expect(back.response.status).to.equal(409);
    expect(back.error!.detail).to.contain('has ended since the link was made');
    expect((await byToken(guest, (await make()).token)).response.status).to.equal(200);
  });

  it('offer no role that is none here, and roles in projects with those of the organization', async () => {
    expect((await offer(scene.owner, { roles: ['org.boss'] })).error!.errors![0]!.pointer).to.equal('#/roles/0');
    expect((await offer(scene.owner, { roles: [] })).response.status).to.equal(400);
    expect((await offer(scene.owner, { until: '2001-01-01T00:00:00Z' })).error!.errors![0]!.pointer).to.equal('#/until');
    expect((await offer(scene.owner, { domains: ['localhost'] })).error!.errors![0]!.pointer).to.equal('#/domains/0');
    const projectId = await foundProject(scene.owner, scene.organizationId);
    const projectRoles = [{ projectId, role: 'project.member' }];
    const body = { roles: ['org.member'], projectRoles };
    const { data } = await scene.owner.client.POST(linksPath, { params: { path: place() }, body });
    expect(data).to.deep.include({ projectRoles });
    const guest = await somebody();
    const seen = (await preview(guest, data!.token!)).data!;
    expect(seen.offers).to.deep.equal([
      { role: 'org.member', title: 'Organization member' },
      { role: 'project.member', title: 'Project member', projectId, projectName: seen.offers[1]!.projectName },
    ]);
    await byToken(guest, data!.token!);
    const grants = await scene.owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { ...place(), projectId }, query: { subjectId: await guest.userId() } },
    });
    expect(grants.data!.items.map(({ role, source }) => [role, source])).to.deep.equal([['project.member', 'INVITATION']]);
  });

  it('of a project give its role, and membership where the organization lets its projects add members', async () => {
    const projectId = await foundProject(scene.owner, scene.organizationId);
    const admin = await join(scene.tenet, place(), address('admin'), 'org.member');
    const projectPlace = { params: { path: { ...place(), projectId } } };
    await scene.owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      ...projectPlace,
      body: { subject: { type: 'USER', id: admin.id }, role: 'project.admin' },
    });
    const made = await admin.client.POST(inProject, { ...projectPlace, body: { role: 'project.member', maxUses: 5 } });
    expect(made.data).to.deep.include({ projectId, roles: [], projectRoles: [{ projectId, role: 'project.member' }] });
    expect((await offer(admin)).response.status).to.equal(403);
    const link = { params: { path: { ...projectPlace.params.path, invitationLinkId: made.data!.id } } };
    expect((await admin.client.GET(`${inProject}/{invitationLinkId}`, link)).response.status).to.equal(200);
    expect((await admin.client.GET(inProject, projectPlace)).data!.items).to.have.length(1);
    const ofOrganization = await make();
    expect(
      (
        await scene.owner.client.GET(`${inProject}/{invitationLinkId}`, {
          params: { path: { ...link.params.path, invitationLinkId: ofOrganization.id } },
        })
      ).response.status,
    ).to.equal(404);
    const joined = await byToken(await somebody(), made.data!.token!);
    expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
    const events = (await auditTrail(scene.owner, scene.organizationId)).slice(-3);
    expect(events.map(({ action }) => action)).to.deep.equal(['invitation-link.accept', 'member.create', 'grant.create']);
    const member = await join(scene.tenet, place(), address('member'), 'org.member');
    await scene.owner.client.PATCH('/v1/organizations/{organizationId}', {
      params: { path: place() },
      body: { projectInvitesMayAddMembers: false },
    });
    expect((await byToken(await somebody(), made.data!.token!)).error!.detail).to.contain('invites members of the organization only');
    expect((await byToken(member, made.data!.token!)).response.status).to.equal(200);
    expect((await byToken(member, made.data!.token!)).error!.detail).to.contain('a role in this project already');
    expect((await admin.client.POST(`${inProject}/{invitationLinkId}/revoke`, link)).data).to.include({ state: 'REVOKED', uses: 2 });
  });

  it('are dead while the organization is suspended', async () => {
    const { token } = await make();
    await inDatabase(scene.tenet, scene.organizationId, "update organizations set state = 'SUSPENDED'");
    expect((await byToken(await somebody(), token)).response.status).to.equal(409);
  });

  it('show what they offer before anything happens', async () => {
    await scene.owner.client.PATCH('/v1/me', { body: { displayName: 'Ada Lovelace' } });
    const { token, expiresAt, id } = await make({ roles: ['org.manager'] });
    const guest = await somebody();
    const { data } = await preview(guest, token);
    expect(data).to.deep.equal({
      organizationName: 'Acme',
      offers: [{ role: 'org.manager', title: 'Organization manager' }],
      inviterName: 'Ada Lovelace',
      expiresAt,
    });
    expect((await scene.owner.client.GET(linkPath, one(id))).data).to.include({ uses: 0 });
    expect((await guest.client.GET('/v1/organizations/{organizationId}', { params: { path: place() } })).response.status).to.equal(404);
  });

  it('are not guessed: who sends many wrong tokens waits, and others do not', async () => {
    const guest = await somebody();
    const { token } = await make();
    let { response } = await byToken(guest, newKeySecret('tntl_'));
    for (let sent = 1; sent <= 30; sent++) ({ response } = await (sent % 2 ? preview : byToken)(guest, newKeySecret('tntl_')));
    expect(response.status).to.equal(429);
    expect(Number(response.headers.get('retry-after'))).to.be.within(1, 600);
    expect((await byToken(guest, token)).response.status).to.equal(429);
    expect((await byToken(await somebody(), token)).response.status).to.equal(200);
  });

  it('are 100 at a time in an organization', async () => {
    await inDatabase(
      scene.tenet,
      scene.organizationId,
      `insert into invitation_links (org_id, id, token_hash, expires_at, invited_by)
       select ?, gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), now() + interval '1 day', 'system' from generate_series(1, 100)`,
      [toUuid('organization', scene.organizationId)],
    );
    const { response, error } = await offer(scene.owner);
    expect(response.status).to.equal(403);
    expect(error).to.include({ code: 'limit-exceeded', limit: 100 });
  });

  it('let in as many of 50 people at once as may use them, and not one more (soak)', async function () {
    this.timeout(600_000);
    const people: Caller[] = [];
    for (let index = 0; index < 50; index++) people.push(await somebody(`crowd-${index}`));
    for (const round of rounds(2, 100)) {
      scene = { ...scene, organizationId: await foundOrganization(scene.owner, `Crowd ${round}`) };
      const maxUses = 1 + (round % 7);
      const { token, id } = await make({ maxUses });
      const answers = await Promise.all(people.map((caller) => byToken(caller, token)));
      const statuses = answers.map(({ response }) => response.status);
      // One that has waited too long for its turn is told to try again.
      expect(statuses.filter((status) => ![200, 409, 503].includes(status))).to.deep.equal([]);
      const joined = statuses.filter((status) => status === 200).length;
      const link = (await scene.owner.client.GET(linkPath, one(id))).data!;
      expect(link.uses).to.equal(joined);
      expect(joined).to.be.at.most(maxUses);
      if (!statuses.includes(503)) expect(joined).to.equal(maxUses);
      const members = await scene.owner.client.GET('/v1/organizations/{organizationId}/members', {
        params: { path: place(), query: { pageSize: 200 } },
      });
      expect(members.data!.items).to.have.length(1 + joined);
    }
  });
});
