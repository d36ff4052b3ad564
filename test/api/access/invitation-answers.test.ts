import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import {
  declinePath,
  invitationSteps,
  memberPath,
  onePath,
  removePath,
  resendPath,
  revokePath,
  startInviting,
} from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, inDatabase, join, type Person } from '../../helpers/people.ts';
import { type TestSmtp, tokenIn } from '../../helpers/smtp.ts';
import type { Caller, TestTenet } from '../../helpers/tenet.ts';

describe('invitations', () => {
  let tenet: TestTenet;
  let smtp: TestSmtp;
  let owner: Person;
  let stop: () => Promise<void>;
  let organizationId: string;

  before(async () => {
    ({ tenet, smtp, owner, stop } = await startInviting());
  });
  after(() => stop?.());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  const scene = () => ({ tenet, smtp, owner, organizationId });
  const { place, path, address, create, invite, mailTo, byToken, accept, states, expire } = invitationSteps(scene);

  it('PICA-12, PICA-31, PICA-32, PICA-33: invited, mailed, joined by the token, given another role, and removed', async () => {
    const email = address('grace');
    const created = await create(owner, [email], 'org.member');
    expect(created.response.status).to.equal(201);
    const invitation = created.data!.items[0]!;
    const asked = { organizationId, email, roles: ['org.member'], projectRoles: [], state: 'PENDING', sentCount: 0, invitedBy: owner.id };
    expect(invitation).to.deep.include(asked);
    expect(invitation).not.to.have.any.keys('token', 'tokenHash');

    const mail = await mailTo(email);
    expect(mail.from).to.equal('accounts@acme.example');
    expect(mail.text)
      .to.match(/owner@example\.com invites you to join the organization\s+"Acme"/)
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

    const removed = await owner.client.POST(removePath, { params: { path: { organizationId, userId } }, body: {} });
    expect(removed.response.status).to.equal(204);
    expect((await grace.client.GET('/v1/organizations/{organizationId}', { params: { path: place() } })).response.status).to.equal(404);

    const trail = await auditTrail(owner, organizationId);
    const actions = trail.filter(({ action }) => /^(invitation|member)/.test(action)).map(({ action }) => action);
    expect(actions).to.deep.equal(['invitation.create', 'invitation.accept', 'member.create', 'member.remove']);
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
      await owner.client.POST('/v1/organizations/{organizationId}/delete', { params: { path: { organizationId: gone } }, body: {} });
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

    it('an address that only looks the same in Unicode is no address', async () => {
      const email = address('kelvin');
      const { id } = await invite(email);
      const lookalike = await tenet.as(email.replace('k', '\u212a'));
      expect((await accept(lookalike, id)).error).to.include({ code: 'failed-precondition' });
    });

    it('an address that is not verified is no address, and the answer says so', async () => {
      const email = address('grace');
      const { id } = await invite(email);
      const token = tokenIn(await mailTo(email));
      const unverified = await tenet.as(email, { verified: false });
      for (const { response, error } of [await accept(unverified, id), await byToken(unverified, token)]) {
        expect(response.status).to.equal(409);
        expect(error!.detail).to.contain('does not send the claims email and email_verified');
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
        const [accepted, revoked] = await Promise.all([accept(racer, id), owner.client.POST(revokePath, path(id))]);
        const statuses = [accepted.response.status, revoked.response.status];
        expect([
          [200, 409],
          [409, 200],
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
      expect(error!.detail).to.contain('may not offer the role org.admin any more');
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
      await owner.client.POST(removePath, { params: { path: { organizationId, userId: grace.id } }, body: {} });
      const { id } = await invite(email, 'org.member');
      const { data, response } = await accept(grace, id);
      expect(response.status).to.equal(200);
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
      // Answered again: only who is no member any more needs a new one.
      expect((await accept(grace, id)).error!.detail).to.contain('accepted already, and you are a member');
      await owner.client.POST(removePath, { params: { path: { organizationId, userId: grace.id } }, body: {} });
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
