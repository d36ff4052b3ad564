import { readdir, readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import {
  declinePath,
  invitationSteps,
  listPath,
  memberPath,
  onePath,
  resendPath,
  revokePath,
  startInviting,
} from '../../helpers/invitations.ts';
import { auditTrail, foundOrganization, inDatabase, join, type Person } from '../../helpers/people.ts';
import { readMail, type TestSmtp, tokenIn } from '../../helpers/smtp.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

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
  const { place, path, address, create, invite, mailsTo, mailTo, byToken, accept, states, expire } = invitationSteps(scene);

  it('PICA-31: one request invites many, in its order, each with a mail and an event of their own', async () => {
    const emails = Array.from({ length: 100 }, (_, index) => address(`many${index}`));
    const { data, response } = await create(owner, emails, 'org.manager');
    expect(response.status).to.equal(201);
    expect(data!.items.map(({ email }) => email)).to.deep.equal(emails);
    expect(await auditTrail(owner, organizationId, 'invitation.create')).to.have.length(100);
    await eventually(() => expect(emails.filter((email) => mailsTo(email).length === 1)).to.have.length(100), 60_000);
  });

  it('PICA-34: to each role of the organization, and to nothing else', async () => {
    for (const role of ['org.admin', 'org.manager', 'org.member']) {
      expect((await create(owner, [address('any')], role)).response.status, role).to.equal(201);
    }
    for (const role of ['org.owner', 'project.member', 'org.nobody']) {
      const { response, error } = await create(owner, [address('any')], role);
      expect(response.status, role).to.equal(400);
      expect(error!.errors![0]).to.include({ pointer: '#/roles/0' });
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
          await caller.client.POST(revokePath, path(id)),
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
        ['POST', `invitations/${id}/revoke`],
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
      expect((await owner.client.POST(revokePath, sibling)).response.status).to.equal(404);
      expect((await owner.client.GET(onePath, path(id))).data!.state).to.equal('PENDING');
    });
  });

  describe('all or nothing', () => {
    const nobodyInvited = async () => expect(await states()).to.deep.equal([]);

    it('an address that is named twice is refused, whatever its case', async () => {
      const email = address('grace');
      const { response, error } = await create(owner, [address('ada'), email, email.toUpperCase()]);
      expect(response.status).to.equal(400);
      expect(error!.errors).to.deep.equal([{ pointer: '#/invitees/2/email', detail: 'names the same address as an earlier one' }]);
      await nobodyInvited();
    });

    it('an address that is no address is refused with a pointer to it', async () => {
      const { response, error } = await create(owner, [address('ada'), 'not an address']);
      expect(response.status).to.equal(400);
      expect(error!.errors![0]!.pointer).to.equal('#/invitees/1/email');
      await nobodyInvited();
    });

    it('a member is refused, whatever the case of their address, and the deactivated too', async () => {
      const active = await join(tenet, place(), address('active'), 'org.member');
      const inactive = await join(tenet, place(), address('inactive'), 'org.member');
      await owner.client.PATCH(memberPath, { params: { path: { organizationId, userId: inactive.id } }, body: { state: 'INACTIVE' } });
      const { response, error } = await create(owner, [address('new'), active.email.toUpperCase(), inactive.email]);
      expect(response.status).to.equal(409);
      expect(error!.code).to.equal('already-exists');
      expect(error!.errors!.map(({ pointer }) => pointer)).to.deep.equal(['#/invitees/1/email', '#/invitees/2/email']);
      await nobodyInvited();
    });

    it('a pending invitation of the address is in the way, and the answer names it', async () => {
      const email = address('grace');
      await invite(email);
      const { response, error } = await create(owner, [address('ada'), email.toUpperCase()]);
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain(email.toUpperCase());
      expect(error!.errors!.map(({ pointer }) => pointer)).to.deep.equal(['#/invitees/1/email']);
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
          body: JSON.stringify({ invitees: [{ email: `once-${organizationId}@example.com` }], roles: ['org.member'] }),
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
    await owner.client.POST(revokePath, path(made[2]!.id));
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
      await owner.client.POST(revokePath, path(revoked!));
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
      expect((await owner.client.POST(revokePath, path(id))).response.status).to.equal(200);
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
      await owner.client.POST(revokePath, path(revoked!.id));
      expect((await owner.client.POST(revokePath, path(revoked!.id))).response.status).to.equal(200);
      expect(await auditTrail(owner, organizationId, 'invitation.revoke')).to.have.length(1);
      await accept(await tenet.as(two), accepted!.id);
      const { response, error } = await owner.client.POST(revokePath, path(accepted!.id));
      expect(response.status).to.equal(409);
      expect(error!.detail).to.equal(
        'The invitation was accepted, so there is nothing to revoke. To end the membership, remove the member.',
      );
    });

    it('heeds If-Match', async () => {
      const { id, etag } = await invite(address('grace'));
      const remove = (ifMatch: string) =>
        owner.raw(`/v1/organizations/${organizationId}/invitations/${id}/revoke`, { method: 'POST', headers: { 'if-match': ifMatch } });
      expect((await remove('"99"')).status).to.equal(412);
      expect((await remove(etag)).status).to.equal(200);
    });
  });

  it("a manifest's invitation is revoked in the manifest", async () => {
    const { id } = await invite(address('grace'));
    await inDatabase(tenet, organizationId, 'update invitations set managed_by = ?::jsonb where id = ?', [
      JSON.stringify({ kind: 'Organization', name: 'acme' }),
      toUuid('invitation', id),
    ]);
    const { response, error } = await owner.client.POST(revokePath, path(id));
    expect(response.status).to.equal(409);
    expect(error!.code).to.equal('managed-by');
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
        body: { invitees: [{ email: 'grace@example.com' }], roles: ['org.member'] },
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
