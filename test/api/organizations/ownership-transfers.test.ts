import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { ownershipTransferMail } from '../../../core/delivery/ownership-transfer-mail.ts';
import { eventually } from '../../helpers/eventually.ts';
import { auditTrail, foundOrganization, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { rounds } from '../../helpers/rounds.ts';
import { startSmtp, type TestSmtp } from '../../helpers/smtp.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';
const listPath = `${organizationPath}/ownership-transfers` as const;
const onePath = `${listPath}/{transferId}` as const;
const memberPath = `${organizationPath}/members/{userId}` as const;
const removePath = `${memberPath}/remove` as const;

type Answer = 'accept' | 'decline' | 'cancel';

describe('ownership transfers', () => {
  let tenet: TestTenet;
  let smtp: TestSmtp;
  let owner: Person;
  let admin: Person;
  let organizationId: string;

  before(async function () {
    this.timeout(120_000);
    smtp = await startSmtp();
    tenet = await startTenet({ TENET_SMTP_URL: smtp.url });
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(async () => {
    await tenet?.stop();
    await smtp?.stop();
  });
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
    admin = await member('admin', 'org.admin');
  });

  const member = (name: string, role = 'org.member', where = organizationId) =>
    join(tenet, { organizationId: where }, `${name}@example.com`, role);
  const offer = (recipientId = admin.id, by: Caller = owner) =>
    by.client.POST(listPath, { params: { path: { organizationId } }, body: { recipientId } });
  const offered = async (recipientId?: string) => (await offer(recipientId)).data!.id;
  const answer = (transferId: string, how: Answer, by: Caller, where = organizationId) =>
    by.client.POST(`${onePath}/${how}`, { params: { path: { organizationId: where, transferId } } });
  const get = (transferId: string, by: Caller) => by.client.GET(onePath, { params: { path: { organizationId, transferId } } });
  const ownerOf = async (by: Caller = owner, where = organizationId) =>
    (await by.client.GET(organizationPath, { params: { path: { organizationId: where } } })).data!.ownerId;
  const rolesOf = async (userId: string) =>
    (await admin.client.GET(memberPath, { params: { path: { organizationId, userId } } })).data!.roles.map(({ role }) => role);

  it('PICA-07, PICA-08: the owner offers, another admin accepts and owns it; the old owner stays an admin', async () => {
    const { response, data } = await offer();
    expect(response.status).to.equal(201);
    expect(data).to.include({ organizationId, offeredBy: owner.id, recipientId: admin.id, state: 'OFFERED' });
    expect(response.headers.get('location')).to.equal(`/v1/organizations/${organizationId}/ownership-transfers/${data!.id}`);
    expect(Date.parse(data!.expiresAt) - Date.parse(data!.createdAt)).to.be.closeTo(7 * 86_400_000, 1_000);
    expect(await ownerOf()).to.equal(owner.id);

    const accepted = await answer(data!.id, 'accept', admin);
    expect(accepted.data).to.include({ id: data!.id, state: 'ACCEPTED' });
    expect(accepted.response.headers.get('etag')).to.equal(accepted.data!.etag).and.not.equal(data!.etag);
    expect(await ownerOf()).to.equal(admin.id);
    expect(await rolesOf(admin.id)).to.deep.equal(['org.owner', 'org.admin']);
    expect(await rolesOf(owner.id)).to.deep.equal(['org.admin']);
    const trail = await auditTrail(admin, organizationId);
    expect(trail.filter(({ target }) => target === data!.id).map(({ action }) => action)).to.deep.equal([
      'ownership-transfer.create',
      'ownership-transfer.accept',
    ]);
  });

  it('PICA-08: is offered to nobody but another active member with the top role for good', async () => {
    const mere = await member('mere');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const passing = await member('passing');
    await owner.client.POST('/v1/organizations/{organizationId}/grants', {
      params: { path: { organizationId } },
      body: { subject: { type: 'USER', id: passing.id }, role: 'org.admin', until },
    });
    const off = await member('off', 'org.admin');
    await owner.client.PATCH(memberPath, { params: { path: { organizationId, userId: off.id } }, body: { state: 'INACTIVE' } });
    for (const id of [owner.id, mere.id, passing.id, off.id, newId('user')]) {
      const { response, error } = await offer(id);
      expect(response.status).to.equal(400);
      expect(error!.errors![0]!.pointer).to.equal('#/recipientId');
    }
  });

  it('PICA-09: only the owner offers, and only the owner takes an offer back', async () => {
    const other = await member('other', 'org.admin');
    expect((await offer(other.id, admin)).error).to.include({ code: 'permission-denied', requiredPermission: 'ownership:transfer' });
    const id = await offered();
    for (const by of [admin, other])
      expect((await answer(id, 'cancel', by)).error).to.include({ requiredPermission: 'ownership:transfer' });
    expect((await answer(id, 'cancel', owner)).data!.state).to.equal('CANCELLED');
    expect((await answer(id, 'cancel', owner)).data!.state).to.equal('CANCELLED');
    const late = await answer(id, 'accept', admin);
    expect(late.response.status).to.equal(409);
    expect(late.error!.code).to.equal('ownership-transfer-not-pending');
    expect(await ownerOf()).to.equal(owner.id);
  });

  it('only the recipient answers, and only the two of them see it', async () => {
    const other = await member('other', 'org.admin');
    const id = await offered();
    expect((await get(id, admin)).data!.state).to.equal('OFFERED');
    expect((await get(id, owner)).data!.state).to.equal('OFFERED');
    for (const path of [get(id, other), answer(id, 'accept', other), answer(id, 'decline', other)])
      expect((await path).response.status).to.equal(404);
    const own = await answer(id, 'accept', owner);
    expect(own.error!.code).to.equal('failed-precondition');
    expect(own.error!.detail).to.contain('cancelOwnershipTransfer');
    const list = async (by: Caller, state?: 'OFFERED' | 'DECLINED') => {
      const query = state === undefined ? {} : { state };
      return (await by.client.GET(listPath, { params: { path: { organizationId }, query } })).data!.items.map((item) => item.id);
    };
    expect(await list(other)).to.deep.equal([]);
    expect((await answer(id, 'decline', admin)).data!.state).to.equal('DECLINED');
    expect(await list(admin, 'DECLINED')).to.deep.equal([id]);
    expect(await list(owner)).to.deep.equal([id]);
    expect(await list(owner, 'OFFERED')).to.deep.equal([]);
  });

  it('one offer is pending at most; one that has expired makes way, and cannot be accepted', async () => {
    const other = await member('other', 'org.admin');
    const id = await offered();
    const second = await offer(other.id);
    expect(second.error!.code).to.equal('already-exists');
    await inDatabase(tenet, organizationId, "update ownership_transfers set expires_at = now() - interval '1 second'");
    expect((await get(id, admin)).data!.state).to.equal('EXPIRED');
    expect((await answer(id, 'accept', admin)).error!.detail).to.contain('has expired');
    const third = await offered(other.id);
    expect((await answer(third, 'accept', other)).data!.state).to.equal('ACCEPTED');
    expect((await auditTrail(admin, organizationId, 'ownership-transfer.expire')).map(({ target }) => target)).to.deep.equal([id]);
  });

  it('accepting asks again whether the recipient holds the top role', async () => {
    const id = await offered();
    const body = { subject: { type: 'USER' as const, id: admin.id }, role: 'org.manager' };
    await owner.client.POST('/v1/organizations/{organizationId}/grants', { params: { path: { organizationId } }, body });
    const { response, error } = await answer(id, 'accept', admin);
    expect(response.status).to.equal(409);
    expect(error!.detail).to.contain('org.admin');
    expect(await ownerOf()).to.equal(owner.id);
  });

  it('accepting asks again whether who offered still owns it', async () => {
    const id = await offered();
    const heir = await member('heir', 'org.admin');
    await inDatabase(tenet, organizationId, 'update organizations set owner_id = ? where id = ?', [
      toUuid('user', heir.id),
      toUuid('organization', organizationId),
    ]);
    const { error } = await answer(id, 'accept', admin);
    expect(error!.code).to.equal('failed-precondition');
    expect(await ownerOf()).to.equal(heir.id);
  });

  it('PICA-07: the database takes no owner without the top role', async () => {
    const mere = await member('mere');
    const change = inDatabase(tenet, organizationId, 'update organizations set owner_id = ? where id = ?', [
      toUuid('user', mere.id),
      toUuid('organization', organizationId),
    ]);
    expect(await change.catch((error: { constraint?: string }) => error.constraint)).to.equal('organizations_keep_owner');
  });

  it('PICA-10: who would remove or demote the owner is told of the transfer', async () => {
    const path = { organizationId, userId: owner.id };
    const removal = await admin.client.POST(removePath, { params: { path }, body: {} });
    expect(removal.error!.detail).to.contain('createOwnershipTransfer');
    await answer(await offered(), 'accept', admin);
    expect((await admin.client.POST(removePath, { params: { path }, body: {} })).response.status).to.equal(204);
  });

  it('a kind of organization without an owner has no ownership to transfer', async () => {
    const { data } = await owner.client.POST('/v1/organizations', { body: { name: 'Spaces', blueprint: 'ai-spaces' } });
    const { response, error } = await answer(newId('ownershipTransfer'), 'accept', owner, data!.id);
    expect(response.status).to.equal(409);
    expect(error!.detail).to.contain('has no owner');
  });

  it("the ownership of a manifest's organization is not the manifest's", async () => {
    const manager = JSON.stringify({ kind: 'Organization', name: 'acme' });
    await inDatabase(tenet, organizationId, 'update organizations set managed_by = ?::jsonb', [manager]);
    expect((await answer(await offered(), 'accept', admin)).data!.state).to.equal('ACCEPTED');
    expect(await ownerOf()).to.equal(admin.id);
  });

  it('ten offers in a day are enough', async () => {
    for (let made = 0; made < 10; made++) await answer(await offered(), 'cancel', owner);
    expect((await offer()).response.status).to.equal(429);
  });

  it('the recipient gets a mail with what to send', async () => {
    smtp.received.length = 0;
    const id = await offered();
    const mail = await eventually(async () => {
      expect(smtp.received).to.have.length(1);
      return smtp.received[0]!;
    });
    expect(mail.to).to.deep.equal(['admin@example.com']);
    for (const part of [id, organizationId, 'owner@example.com', '/ownership-transfers/$TRANSFER/accept'])
      expect(mail.text).to.contain(part);
  });

  it('a name cannot make the mail say something else', () => {
    const { text, html } = ownershipTransferMail({
      ...{ organizationId, transferId: newId('ownershipTransfer'), email: 'a@example.com', expiresAt: new Date(), publicUrl: 'http://x' },
      organization: 'A\n<b>',
    });
    expect(text).to.contain('"A<b>"').and.contain('The owner offers');
    expect(html).to.not.contain('<b>');
  });

  it('PICA-07: 50 acceptances, withdrawals and removals at once leave exactly one owner (soak)', async function () {
    this.timeout(600_000);
    const statuses = new Map<number, number>();
    let changed = 0;
    for (const round of rounds(2, 100)) {
      const where = await foundOrganization(owner);
      const to = await member('admin', 'org.admin', where);
      const params = { params: { path: { organizationId: where } } };
      const { data } = await owner.client.POST(listPath, { ...params, body: { recipientId: to.id } });
      const strikes = Array.from({ length: 50 }, async (_, index) => {
        const way = (index + round) % 3;
        if (way === 0) return (await answer(data!.id, 'accept', to, where)).response.status;
        if (way === 1) return (await answer(data!.id, 'cancel', owner, where)).response.status;
        return (await owner.client.POST(removePath, { params: { path: { organizationId: where, userId: to.id } }, body: {} })).response
          .status;
      });
      for (const status of await Promise.all(strikes)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const final = await ownerOf(owner, where);
      expect(final).to.be.oneOf([owner.id, to.id]);
      const standing = await owner.client.GET(memberPath, { params: { path: { organizationId: where, userId: final! } } });
      expect(standing.data!.state).to.equal('ACTIVE');
      expect(standing.data!.roles.map(({ role }) => role)).to.deep.equal(['org.owner', 'org.admin']);
      if (final === to.id) changed += 1;
    }
    console.log(`      ${changed} changed hands; answers by status: ${JSON.stringify(Object.fromEntries([...statuses].sort()))}`);
    for (const status of statuses.keys()) expect(status).to.be.oneOf([200, 204, 403, 404, 409]);
  });
});
