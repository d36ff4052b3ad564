import { readdir, readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { expect } from 'chai';
import { toUuid } from '../../core/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { auditTrail, foundOrganization, inDatabase, join } from '../helpers/people.ts';
import { readMail, startSmtp, type TestSmtp, tokenIn } from '../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';

const listPath = '/v1/organizations/{organizationId}/invitations';
const onePath = '/v1/organizations/{organizationId}/invitations/{invitationId}';
const resendPath = '/v1/organizations/{organizationId}/invitations/{invitationId}/resend';
const acceptPath = '/v1/me/invitations/{invitationId}/accept';
const declinePath = '/v1/me/invitations/{invitationId}/decline';
const memberPath = '/v1/organizations/{organizationId}/members/{userId}';

describe('invitations', () => {
  let tenet: TestTenet;
  let smtp: TestSmtp;
  let owner: Caller & { id: string };
  let organizationId: string;
  let people = 0;

  before(async () => {
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url, TENET_MAIL_FROM: 'Acme <accounts@acme.example>' });
    const caller = await tenet.as('owner@example.com');
    owner = { ...caller, id: await caller.userId() };
  });
  after(async () => {
    await tenet?.stop();
    await smtp.stop();
  });
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  const place = () => ({ organizationId });
  const path = (invitationId: string) => ({ params: { path: { organizationId, invitationId } } });
  /** An address that no other test uses. */
  const address = (name: string) => {
    people += 1;
    return `${name}-${people}@example.com`;
  };
  const create = (caller: Caller, emails: string[], role = 'org.member', more: { expiresInDays?: number } = {}) =>
    caller.client.POST(listPath, { params: { path: place() }, body: { emails, role, ...more } });
  const invite = async (email: string, role?: string) => (await create(owner, [email], role)).data!.items[0]!;
  const mailsTo = (email: string) => smtp.received.filter(({ to }) => to.includes(email));
  const mailTo = (email: string, count = 1) =>
    eventually(() => {
      const mails = mailsTo(email);
      expect(mails).to.have.length(count);
      return mails.at(-1)!;
    });
  const byToken = (caller: Caller, token: string) => caller.client.POST('/v1/invitations/accept', { body: { token } });
  const accept = (caller: Caller, invitationId: string) => caller.client.POST(acceptPath, { params: { path: { invitationId } } });
  const states = async () =>
    (await owner.client.GET(listPath, { params: { path: place() } })).data!.items.map(({ email, state }) => ({ email, state }));
  const expire = (invitationId: string) =>
    inDatabase(tenet, organizationId, "update invitations set expires_at = now() - interval '1 second' where id = ?", [
      toUuid('invitation', invitationId),
    ]);

  it('PICA-12, PICA-31, PICA-32, PICA-33: invited, mailed, joined by the token, given another role, and removed', async () => {
    const email = address('grace');
    const created = await create(owner, [email], 'org.member');
    expect(created.response.status).to.equal(201);
    const invitation = created.data!.items[0]!;
    expect(invitation).to.include({ organizationId, email, role: 'org.member', state: 'PENDING', sentCount: 0, invitedBy: owner.id });
    expect(invitation).not.to.have.any.keys('token', 'tokenHash');

    const mail = await mailTo(email);
    expect(mail.from).to.equal('accounts@acme.example');
    expect(mail.text)
      .to.contain('owner@example.com invites you to join the organization\n"Acme"')
      .and.contain(`${tenet.url}/v1/invitations/accept`);
    await eventually(async () => {
      const { data } = await owner.client.GET(onePath, path(invitation.id));
      expect(data).to.include({ sentCount: 1 }).and.to.have.property('lastSentAt');
    });

    const grace = await tenet.as(email.toUpperCase(), { subject: email });
    const joined = await byToken(grace, tokenIn(mail));
    expect(joined.response.status).to.equal(200);
    const userId = await grace.userId();
    expect(joined.data).to.include({ organizationId, userId, state: 'ACTIVE' });
    expect(joined.data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
    expect((await grace.client.GET('/v1/organizations/{organizationId}', { params: { path: place() } })).response.status).to.equal(200);
    const { data: grants } = await owner.client.GET('/v1/organizations/{organizationId}/grants', { params: { path: place() } });
    expect(grants!.items.find(({ subject }) => subject.id === userId)).to.include({ source: 'INVITATION', grantedBy: owner.id });

    const promoted = await owner.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: place() },
      body: { subject: { type: 'USER', id: userId }, role: 'org.manager' },
    });
    expect(promoted.response.status).to.equal(201);
    const { data: member } = await owner.client.GET(memberPath, { params: { path: { organizationId, userId } } });
    expect(member!.roles.map(({ role }) => role)).to.deep.equal(['org.manager']);

    const removed = await owner.client.DELETE(memberPath, { params: { path: { organizationId, userId } } });
    expect(removed.response.status).to.equal(204);
    expect((await grace.client.GET('/v1/organizations/{organizationId}', { params: { path: place() } })).response.status).to.equal(404);

    const trail = await auditTrail(owner, organizationId);
    const actions = trail.filter(({ action }) => /^(invitation|member)/.test(action)).map(({ action }) => action);
    expect(actions).to.deep.equal(['invitation.create', 'invitation.accept', 'member.create', 'member.remove']);
  });

  it('PICA-31: one request invites many, in its order, each with a mail and an event of their own', async () => {
    const emails = Array.from({ length: 100 }, (_, index) => address(`many${index}`));
    const { data, response } = await create(owner, emails, 'org.manager');
    expect(response.status).to.equal(201);
    expect(data!.items.map(({ email }) => email)).to.deep.equal(emails);
    expect(await auditTrail(owner, organizationId, 'invitation.create')).to.have.length(100);
    await eventually(() => expect(emails.filter((email) => mailsTo(email).length === 1)).to.have.length(100), 15_000);
  });

  it('PICA-34: to each role of the organization, and to nothing else', async () => {
    for (const role of ['org.admin', 'org.manager', 'org.member']) {
      expect((await create(owner, [address('any')], role)).response.status, role).to.equal(201);
    }
    for (const role of ['org.owner', 'project.member', 'org.nobody']) {
      const { response, error } = await create(owner, [address('any')], role);
      expect(response.status, role).to.equal(400);
      expect(error!.errors![0]).to.include({ pointer: '#/role' });
    }
  });

  it('PICA-35: it ends after the days of the blueprint, or of the request', async () => {
    const days = ({ expiresAt, createdAt }: { expiresAt: string; createdAt: string }) =>
      (Date.parse(expiresAt) - Date.parse(createdAt)) / 86_400_000;
    expect(days(await invite(address('a')))).to.equal(7);
    const { data } = await create(owner, [address('b')], 'org.member', { expiresInDays: 30 });
    expect(days(data!.items[0]!)).to.equal(30);
  });

  describe('who may', () => {
    it('PICA-17: a manager neither invites nor lists, reads, resends or revokes; nor does a member', async () => {
      const { id } = await invite(address('grace'));
      for (const role of ['org.manager', 'org.member']) {
        const caller = await join(tenet, place(), address('x'), role);
        const answers = [
          await create(caller, [address('y')]),
          await caller.client.GET(listPath, { params: { path: place() } }),
          await caller.client.GET(onePath, path(id)),
          await caller.client.POST(resendPath, path(id)),
          await caller.client.DELETE(onePath, path(id)),
        ];
        expect(
          answers.map(({ response }) => response.status),
          role,
        ).to.deep.equal([403, 403, 403, 403, 403]);
      }
    });

    it('a stranger learns nothing: every answer is the same as for an organization that is not there', async () => {
      const { id } = await invite(address('grace'));
      const stranger = await tenet.as(address('stranger'));
      const absent = 'org_01h455vb4pex5vsknk084sn02q';
      for (const [method, rest] of [
        ['GET', 'invitations'],
        ['GET', `invitations/${id}`],
        ['DELETE', `invitations/${id}`],
        ['POST', `invitations/${id}/resend`],
      ] as const) {
        const answer = async (organization: string) => {
          const response = await stranger.raw(`/v1/organizations/${organization}/${rest}`, { method, headers: { 'x-request-id': 'same' } });
          return { status: response.status, body: await response.text() };
        };
        const there = await answer(organizationId);
        expect(there, `${method} ${rest}`).to.deep.equal(await answer(absent));
        expect(there.status).to.equal(404);
      }
    });

    it('an invitation of another organization is not there', async () => {
      const { id } = await invite(address('grace'));
      const elsewhere = await foundOrganization(owner, 'Sibling');
      const sibling = { params: { path: { organizationId: elsewhere, invitationId: id } } };
      expect((await owner.client.GET(onePath, sibling)).response.status).to.equal(404);
      expect((await owner.client.POST(resendPath, sibling)).response.status).to.equal(404);
      expect((await owner.client.DELETE(onePath, sibling)).response.status).to.equal(404);
      expect((await owner.client.GET(onePath, path(id))).data!.state).to.equal('PENDING');
    });
  });

  describe('all or nothing', () => {
    const nobodyInvited = async () => expect(await states()).to.deep.equal([]);

    it('an address that is named twice is refused, whatever its case', async () => {
      const email = address('grace');
      const { response, error } = await create(owner, [address('ada'), email, email.toUpperCase()]);
      expect(response.status).to.equal(400);
      expect(error!.errors).to.deep.equal([{ pointer: '#/emails/2', detail: 'names the same address as an earlier one' }]);
      await nobodyInvited();
    });

    it('an address that is no address is refused with a pointer to it', async () => {
      const { response, error } = await create(owner, [address('ada'), 'not an address']);
      expect(response.status).to.equal(400);
      expect(error!.errors![0]!.pointer).to.equal('#/emails/1');
      await nobodyInvited();
    });

    it('a member is refused, whatever the case of their address, and the deactivated too', async () => {
      const active = await join(tenet, place(), address('active'), 'org.member');
      const inactive = await join(tenet, place(), address('inactive'), 'org.member');
      await owner.client.PATCH(memberPath, { params: { path: { organizationId, userId: inactive.id } }, body: { state: 'INACTIVE' } });
      const { response, error } = await create(owner, [address('new'), active.email.toUpperCase(), inactive.email]);
      expect(response.status).to.equal(409);
      expect(error!.code).to.equal('already-exists');
      expect(error!.errors!.map(({ pointer }) => pointer)).to.deep.equal(['#/emails/1', '#/emails/2']);
      await nobodyInvited();
    });

    it('a pending invitation of the address is in the way, and the answer names it', async () => {
      const email = address('grace');
      await invite(email);
      const { response, error } = await create(owner, [address('ada'), email.toUpperCase()]);
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain(email.toUpperCase());
      expect(error!.errors!.map(({ pointer }) => pointer)).to.deep.equal(['#/emails/1']);
      expect(await states()).to.have.length(1);
    });

    it('of many requests for one address at once, exactly one invites', async () => {
      const email = address('grace');
      const answers = await Promise.all(Array.from({ length: 8 }, () => create(owner, [email])));
      expect(answers.filter(({ response }) => response.status === 201)).to.have.length(1);
      expect(answers.filter(({ response }) => response.status === 409)).to.have.length(7);
      await mailTo(email);
    });

    it('an expired invitation is not in the way', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      await expire(id);
      expect((await create(owner, [email])).response.status).to.equal(201);
      expect((await states()).map(({ state }) => state)).to.deep.equal(['EXPIRED', 'PENDING']);
      expect(await auditTrail(owner, organizationId, 'invitation.expire')).to.have.length(1);
    });

    it('the same Idempotency-Key invites once', async () => {
      const send = () =>
        owner.raw(`/v1/organizations/${organizationId}/invitations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': `once-${organizationId}` },
          body: JSON.stringify({ emails: [`once-${organizationId}@example.com`], role: 'org.member' }),
        });
      const [first, second] = [await send(), await send()];
      expect([first.status, second.status]).to.deep.equal([201, 201]);
      expect(second.headers.get('idempotent-replayed')).to.equal('true');
      expect(await second.json()).to.deep.equal(await first.json());
      expect(await states()).to.have.length(1);
    });
  });

  it('are listed page by page and by the state that they have now', async () => {
    const made = [await invite(address('a')), await invite(address('b')), await invite(address('c'))];
    await expire(made[1]!.id);
    await owner.client.DELETE(onePath, path(made[2]!.id));
    const by = async (state?: 'PENDING' | 'EXPIRED' | 'REVOKED' | 'ACCEPTED') =>
      (await owner.client.GET(listPath, { params: { path: place(), query: state ? { state } : {} } })).data!.items.map(({ id }) => id);
    expect(await by()).to.deep.equal(made.map(({ id }) => id));
    expect(await by('PENDING')).to.deep.equal([made[0]!.id]);
    expect(await by('EXPIRED')).to.deep.equal([made[1]!.id]);
    expect(await by('REVOKED')).to.deep.equal([made[2]!.id]);
    expect(await by('ACCEPTED')).to.deep.equal([]);
    const first = await owner.client.GET(listPath, { params: { path: place(), query: { pageSize: 2 } } });
    const pageToken = first.data!.nextPageToken!;
    const second = await owner.client.GET(listPath, { params: { path: place(), query: { pageSize: 2, pageToken } } });
    expect([...first.data!.items, ...second.data!.items].map(({ id }) => id)).to.deep.equal(made.map(({ id }) => id));
    expect(second.data).not.to.have.property('nextPageToken');
    const other = await owner.client.GET(listPath, { params: { path: place(), query: { pageToken, state: 'PENDING' } } });
    expect(other.response.status).to.equal(400);
  });

  describe('resend', () => {
    it('PICA-33: sends a new token with a new expiry; the old one is dead', async () => {
      const email = address('grace');
      const { id, expiresAt } = await invite(email);
      const old = tokenIn(await mailTo(email));
      await inDatabase(tenet, organizationId, "update invitations set expires_at = now() + interval '1 hour' where id = ?", [
        toUuid('invitation', id),
      ]);
      const again = await owner.client.POST(resendPath, path(id));
      expect(again.response.status).to.equal(200);
      expect(again.response.headers.get('etag')).to.equal(again.data!.etag);
      expect(Date.parse(again.data!.expiresAt)).to.be.at.least(Date.parse(expiresAt));
      const token = tokenIn(await mailTo(email, 2));
      expect(token).not.to.equal(old);
      const grace = await tenet.as(email);
      expect((await byToken(grace, old)).response.status).to.equal(404);
      expect((await byToken(grace, token)).response.status).to.equal(200);
    });

    it('brings an expired one back, and none that was answered or revoked', async () => {
      const emails = ['a', 'b', 'c', 'd'].map(address);
      const [expired, accepted, declined, revoked] = (await create(owner, emails)).data!.items.map(({ id }) => id);
      await expire(expired!);
      await accept(await tenet.as(emails[1]!), accepted!);
      await (await tenet.as(emails[2]!)).client.POST(declinePath, { params: { path: { invitationId: declined! } } });
      await owner.client.DELETE(onePath, path(revoked!));
      expect((await owner.client.POST(resendPath, path(expired!))).data!.state).to.equal('PENDING');
      for (const id of [accepted, declined, revoked]) {
        const { response, error } = await owner.client.POST(resendPath, path(id!));
        expect(response.status).to.equal(409);
        expect(error!.code).to.equal('invitation-not-pending');
        expect(error!.detail).to.match(/^The invitation was \w+ and cannot be sent again\. Create a new one/);
      }
    });

    it('does not make a second pending invitation of an address', async () => {
      const email = address('grace');
      const first = await invite(email);
      await expire(first.id);
      await invite(email);
      const { response, error } = await owner.client.POST(resendPath, path(first.id));
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain(email);
    });
  });

  describe('revoke', () => {
    it('PICA-33: a revoked token no longer works, and it stays in the list as revoked', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      const token = tokenIn(await mailTo(email));
      expect((await owner.client.DELETE(onePath, path(id))).response.status).to.equal(204);
      const grace = await tenet.as(email);
      const { response, error } = await byToken(grace, token);
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'invitation-not-pending' });
      expect(error!.detail).to.contain('was revoked');
      expect(await states()).to.deep.equal([{ email, state: 'REVOKED' }]);
    });

    it('again changes nothing and records nothing; what was accepted cannot be revoked', async () => {
      const [one, two] = [address('a'), address('b')];
      const [revoked, accepted] = (await create(owner, [one, two])).data!.items;
      await owner.client.DELETE(onePath, path(revoked!.id));
      expect((await owner.client.DELETE(onePath, path(revoked!.id))).response.status).to.equal(204);
      expect(await auditTrail(owner, organizationId, 'invitation.revoke')).to.have.length(1);
      await accept(await tenet.as(two), accepted!.id);
      const { response, error } = await owner.client.DELETE(onePath, path(accepted!.id));
      expect(response.status).to.equal(409);
      expect(error!.detail).to.equal(
        'The invitation was accepted, so there is nothing to revoke. To end the membership, remove the member.',
      );
    });

    it('heeds If-Match', async () => {
      const { id, etag } = await invite(address('grace'));
      const remove = (ifMatch: string) =>
        owner.raw(`/v1/organizations/${organizationId}/invitations/${id}`, { method: 'DELETE', headers: { 'if-match': ifMatch } });
      expect((await remove('"99"')).status).to.equal(412);
      expect((await remove(etag)).status).to.equal(204);
    });
  });

  it("a manifest's invitation is revoked in the manifest", async () => {
    const { id } = await invite(address('grace'));
    await inDatabase(tenet, organizationId, 'update invitations set managed_by = ?::jsonb where id = ?', [
      JSON.stringify({ kind: 'Organization', name: 'acme' }),
      toUuid('invitation', id),
    ]);
    const { response, error } = await owner.client.DELETE(onePath, path(id));
    expect(response.status).to.equal(409);
    expect(error!.code).to.equal('managed-by');
  });

  describe('answers', () => {
    it('your invitations, of every organization, are those to your verified address that still wait', async () => {
      const email = address('grace');
      const here = await invite(email);
      const sibling = organizationId;
      organizationId = await foundOrganization(owner, 'Elsewhere');
      const there = await invite(email.toUpperCase());
      const gone = await foundOrganization(owner, 'Gone');
      organizationId = gone;
      await invite(email);
      await owner.raw(`/v1/organizations/${gone}`, { method: 'DELETE' });
      const mine = async (caller: Caller) => (await caller.client.GET('/v1/me/invitations')).data!.items;
      const items = await mine(await tenet.as(email, { subject: `${email} of another name` }));
      expect(items.map(({ id, organizationName }) => ({ id, organizationName }))).to.deep.equal([
        { id: here.id, organizationName: 'Acme' },
        { id: there.id, organizationName: 'Elsewhere' },
      ]);
      expect(await mine(await tenet.as(email, { subject: 'unverified', verified: false }))).to.deep.equal([]);
      expect(await mine(await tenet.as(address('other')))).to.deep.equal([]);
      organizationId = sibling;
      await expire(here.id);
      expect(await mine(await tenet.as(email))).to.have.length(1);
    });

    it('somebody else cannot answer: with or without the token it looks like an invitation that is not there', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      const token = tokenIn(await mailTo(email));
      const eve = await tenet.as(address('eve'));
      const ask = async (target: string, body?: unknown) => {
        const response = await eve.raw(target, {
          method: 'POST',
          headers: { 'x-request-id': 'same', 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { status: response.status, body: await response.text() };
      };
      const unknown = await ask('/v1/invitations/accept', { token: `tnti_test.${'x'.repeat(43)}` });
      expect(unknown.status).to.equal(404);
      expect(await ask('/v1/invitations/accept', { token })).to.deep.equal(unknown);
      for (const answer of ['accept', 'decline']) {
        const random = await ask(`/v1/me/invitations/inv_01h455vb4pex5vsknk084sn02q/${answer}`);
        expect(random.status).to.equal(404);
        expect(await ask(`/v1/me/invitations/${id}/${answer}`)).to.deep.equal(random);
      }
    });

    it('an address that only looks the same in Unicode is another one', async () => {
      const email = address('kelvin');
      const { id } = await invite(email);
      const lookalike = await tenet.as(email.replace('k', '\u212a'));
      expect((await accept(lookalike, id)).response.status).to.equal(404);
    });

    it('an address that is not verified is no address, and the answer says so', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      const token = tokenIn(await mailTo(email));
      const unverified = await tenet.as(email, { verified: false });
      for (const { response, error } of [await accept(unverified, id), await byToken(unverified, token)]) {
        expect(response.status).to.equal(409);
        expect(error!.detail).to.contain('no verified e-mail address');
      }
      expect(await states()).to.deep.equal([{ email, state: 'PENDING' }]);
    });

    it('of many acceptances at once exactly one wins', async () => {
      const email = address('grace');
      const { id } = await invite(email, 'org.manager');
      const token = tokenIn(await mailTo(email));
      const grace = await tenet.as(email);
      const userId = await grace.userId();
      const answers = await Promise.all([...Array(4)].flatMap(() => [accept(grace, id), byToken(grace, token)]));
      expect(answers.map(({ response }) => response.status).sort()).to.deep.equal([200, ...Array(7).fill(409)]);
      const { data } = await owner.client.GET(memberPath, { params: { path: { organizationId, userId } } });
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.manager']);
      expect(await auditTrail(owner, organizationId, 'member.create')).to.have.length(1);
      expect(await auditTrail(owner, organizationId, 'invitation.accept')).to.have.length(1);
    });

    it('of an acceptance and a revocation at once exactly one wins', async () => {
      for (let round = 0; round < 5; round += 1) {
        const email = address('race');
        const { id } = await invite(email);
        const racer = await tenet.as(email);
        await racer.userId();
        const [accepted, revoked] = await Promise.all([accept(racer, id), owner.client.DELETE(onePath, path(id))]);
        const statuses = [accepted.response.status, revoked.response.status];
        expect([
          [200, 409],
          [409, 204],
        ]).to.deep.include(statuses);
      }
    });

    it('an expired one is not accepted', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      await expire(id);
      const { response, error } = await accept(await tenet.as(email), id);
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain('has expired');
    });

    it('a declined one shows as declined and cannot be accepted any more', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      const grace = await tenet.as(email);
      expect((await grace.client.POST(declinePath, { params: { path: { invitationId: id } } })).response.status).to.equal(204);
      expect(await states()).to.deep.equal([{ email, state: 'DECLINED' }]);
      expect((await accept(grace, id)).response.status).to.equal(409);
      expect((await auditTrail(owner, organizationId, 'invitation.decline')).map(({ target }) => target)).to.deep.equal([id]);
      expect((await create(owner, [email])).response.status).to.equal(201);
    });

    it('whoever invited must still be allowed to give the role when it is accepted', async () => {
      const email = address('grace');
      const admin = await join(tenet, place(), address('admin'), 'org.admin');
      const invitation = (await create(admin, [email], 'org.admin')).data!.items[0]!;
      await owner.client.POST('/v1/organizations/{organizationId}/grants', {
        params: { path: place() },
        body: { subject: { type: 'USER', id: admin.id }, role: 'org.member' },
      });
      const grace = await tenet.as(email);
      const { response, error } = await accept(grace, invitation.id);
      expect(response.status).to.equal(409);
      expect(error!.code).to.equal('failed-precondition');
      expect(error!.detail).to.contain('may not give the role org.admin any more');
      // Whoever resends it vouches for it from then on.
      await owner.client.POST(resendPath, path(invitation.id));
      expect((await accept(grace, invitation.id)).response.status).to.equal(200);
    });

    it("nobody joins an organization that is suspended, by a person's invitation or a manifest's", async () => {
      const emails = [address('grace'), address('ada')];
      const [invited, declared] = (await create(owner, emails)).data!.items;
      await inDatabase(tenet, organizationId, 'update invitations set managed_by = ?::jsonb, invited_by = ? where id = ?', [
        JSON.stringify({ kind: 'Organization', name: 'acme' }),
        'Organization/acme@3',
        toUuid('invitation', declared!.id),
      ]);
      await inDatabase(tenet, organizationId, "update organizations set state = 'SUSPENDED' where id = ?", [
        toUuid('organization', organizationId),
      ]);
      const [grace, ada] = [await tenet.as(emails[0]!), await tenet.as(emails[1]!)];
      expect((await accept(grace, invited!.id)).response.status).to.equal(409);
      expect((await accept(ada, declared!.id)).response.status).to.equal(409);
      await inDatabase(tenet, organizationId, "update organizations set state = 'ACTIVE' where id = ?", [
        toUuid('organization', organizationId),
      ]);
      const joined = await accept(ada, declared!.id);
      expect(joined.response.status).to.equal(200);
      expect(joined.data!.managedBy).to.deep.equal({ kind: 'Organization', name: 'acme' });
    });

    it('a member cannot use one to come back from being deactivated, or to take another role', async () => {
      const email = address('grace');
      const { id } = await invite(email, 'org.admin');
      const grace = await join(tenet, place(), email, 'org.member');
      await owner.client.PATCH(memberPath, { params: { path: { organizationId, userId: grace.id } }, body: { state: 'INACTIVE' } });
      const { response, error } = await accept(grace, id);
      expect(response.status).to.equal(409);
      expect(error!.code).to.equal('already-exists');
      const { data } = await owner.client.GET(memberPath, { params: { path: { organizationId, userId: grace.id } } });
      expect(data).to.include({ state: 'INACTIVE' });
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
    });

    it('somebody who was removed comes back by a new invitation, with its role alone', async () => {
      const email = address('grace');
      const grace = await join(tenet, place(), email, 'org.admin');
      await owner.client.DELETE(memberPath, { params: { path: { organizationId, userId: grace.id } } });
      const { id } = await invite(email, 'org.member');
      const { data, response } = await accept(grace, id);
      expect(response.status).to.equal(200);
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
      // Answered again: only who is no member any more needs a new one.
      expect((await accept(grace, id)).error!.detail).to.contain('accepted already, and you are a member');
      await owner.client.DELETE(memberPath, { params: { path: { organizationId, userId: grace.id } } });
      expect((await accept(grace, id)).error!.detail).to.equal('The invitation was accepted. Ask for a new one.');
    });
  });

  it('the database holds no token, and a hash that is written into it opens nothing', async () => {
    const email = address('grace');
    const { id } = await invite(email);
    const token = tokenIn(await mailTo(email));
    const forged = `tnti_test.${'A'.repeat(43)}`;
    await inDatabase(tenet, organizationId, "update invitations set token_hash = sha256(convert_to(?, 'UTF8')) where id = ?", [
      forged,
      toUuid('invitation', id),
    ]);
    expect((await byToken(await tenet.as(email), forged)).response.status).to.equal(404);
    const dump = await tenet.database.read('platform', async (db) =>
      JSON.stringify([await db('invitations').select(), await db('audit_events').select(), await db('idempotency_keys').select()]),
    );
    expect(dump).not.to.contain(token).and.not.to.contain('tnti_');
  });
});

describe('invitations without an SMTP server', () => {
  it('become .eml files in the data directory', async () => {
    const tenet = await startTenet();
    try {
      const owner = await tenet.as('owner@example.com');
      const organizationId = await foundOrganization(owner);
      const { data } = await owner.client.POST(listPath, {
        params: { path: { organizationId } },
        body: { emails: ['grace@example.com'], role: 'org.member' },
      });
      const directory = joinPath(tenet.dataDir, 'mail');
      const file = await eventually(async () => {
        const [name] = await readdir(directory);
        expect(name).to.equal(`${data!.items[0]!.id}.1.eml`);
        return readFile(joinPath(directory, name!), 'utf8');
      });
      const grace = await tenet.as('grace@example.com');
      const { response } = await grace.client.POST('/v1/invitations/accept', { body: { token: tokenIn(readMail(file)) } });
      expect(response.status).to.equal(200);
    } finally {
      await tenet.stop();
    }
  });
});
