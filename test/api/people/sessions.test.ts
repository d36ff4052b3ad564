import { expect } from 'chai';
import { tokenIssuedAt } from '../../helpers/dated-tokens.ts';
import { eventually } from '../../helpers/eventually.ts';
import { auditTrail, foundOrganization, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('signing out', function () {
  this.timeout(30_000);
  let a: TestTenet;
  /** The other replica: the same database, and the same issuer. */
  let b: TestTenet;
  let owner: Caller;
  let organizationId: string;
  let elsewhere: string;
  let people = 0;

  before(async () => {
    a = await startTenet();
    b = await startTenet({ DATABASE_URL: a.databaseUrl, TENET_DATA_DIR: a.dataDir });
    owner = await a.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    elsewhere = await foundOrganization(owner, 'Elsewhere');
  });
  after(async () => {
    await b?.stop();
    await a?.stop();
  });

  /** A fresh member of both organizations. */
  async function member(role = 'org.member') {
    const email = `member-${++people}@example.com`;
    await join(a, { organizationId: elsewhere }, email, role);
    return { ...(await join(a, { organizationId }, email, role)), email };
  }

  const everywhere = (by: Caller) => by.client.POST('/v1/me/sign-out-everywhere');
  const outOf = (by: Caller, userId: string, organization = organizationId) =>
    by.client.POST('/v1/organizations/{organizationId}/members/{userId}/sign-out', {
      params: { path: { organizationId: organization, userId } },
    });
  const statusOn = async (tenet: TestTenet, token: string, path: string) => (await tenet.bearing(token).raw(path)).status;
  const organization = (id: string) => `/v1/organizations/${id}`;
  const decisionOn = (tenet: TestTenet, token: string, id: string) =>
    tenet.bearing(token).raw('/access/v1/evaluation', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'tenet-consistency': 'minimize_latency' },
      body: JSON.stringify({
        subject: { type: 'user', id },
        action: { name: 'read' },
        resource: { type: 'organization', id: '*', properties: { organizationId } },
      }),
    });

  describe('everywhere', () => {
    it('ends every token of before on each replica, and lets in who signs in when the answer has come', async () => {
      const { token, email } = await member();
      for (const replica of [a, b]) expect(await statusOn(replica, token, '/v1/me')).to.equal(200);
      const { data, response } = await everywhere(a.bearing(token));
      expect(response.status).to.equal(200);
      // Signed in at once, without waiting for anything.
      const fresh = (await a.as(email)).token;
      for (const replica of [a, b]) {
        for (const path of ['/v1/me', organization(organizationId), organization(elsewhere)]) {
          expect(await statusOn(replica, token, path), path).to.equal(401);
          expect(await statusOn(replica, fresh, path), path).to.equal(200);
        }
      }
      expect(data!.tokensFrom).to.match(/:\d\d\.000Z$/);
    });

    it('counts the whole second in which it happens as before: tokens know no smaller time', async () => {
      const { token, email } = await member();
      const { data } = await everywhere(a.bearing(token));
      const from = Date.parse(data!.tokensFrom) / 1000;
      const issued = (at: number) => tokenIssuedAt(a.dataDir, email, at);
      expect(await statusOn(a, await issued(from - 1), '/v1/me')).to.equal(401);
      expect(await statusOn(a, await issued(from), '/v1/me')).to.equal(200);
    });

    it('reaches the decisions that another replica has in memory', async () => {
      const { token, id, email } = await member();
      expect(await (await decisionOn(b, token, id)).json()).to.include({ decision: true });
      await everywhere(a.bearing(token));
      await eventually(async () => expect((await decisionOn(b, token, id)).status).to.equal(401));
      expect(await (await decisionOn(b, (await a.as(email)).token, id)).json()).to.include({ decision: true });
    });

    it('is recorded, and is nothing for an API key', async () => {
      const { token, id } = await member();
      await everywhere(a.bearing(token));
      const events = await a.database.read('platform', (db) => db('audit_events').where({ action: 'user.sign-out', target: id }));
      expect(events).to.have.length(1);
      const admin = await member('org.manager');
      const { data } = await admin.client.POST('/v1/organizations/{organizationId}/api-keys', {
        params: { path: { organizationId } },
        body: { name: 'Program', type: 'SECRET' },
      });
      const key = a.bearing(data!.secret!);
      expect((await everywhere(key)).response.status).to.equal(403);
      await everywhere(admin);
      expect(
        (await key.client.GET('/v1/organizations/{organizationId}', { params: { path: { organizationId } } })).response.status,
      ).to.equal(200);
    });
  });

  describe('a member, by an administrator', () => {
    it('ends the tokens of before in this organization alone, on each replica', async () => {
      const { token, id, email } = await member();
      for (const replica of [a, b]) expect(await statusOn(replica, token, organization(organizationId))).to.equal(200);
      const { data, response } = await outOf(owner, id);
      expect([response.status, data!.userId]).to.deep.equal([200, id]);
      const fresh = (await a.as(email)).token;
      for (const replica of [a, b]) {
        expect(await statusOn(replica, token, organization(organizationId))).to.equal(401);
        expect(await statusOn(replica, token, organization(elsewhere))).to.equal(200);
        expect(await statusOn(replica, token, '/v1/me')).to.equal(200);
        expect(await statusOn(replica, fresh, organization(organizationId))).to.equal(200);
      }
      const mine = await a.bearing(token).client.GET('/v1/me/organizations');
      expect(mine.data!.items.find(({ id: one }) => one === organizationId)!.capabilities).to.deep.equal({});
      const listed = await a.bearing(token).client.GET('/v1/organizations');
      expect(listed.data!.items.map(({ id: one }) => one)).to.deep.equal([elsewhere]);
      expect((await auditTrail(owner, organizationId, 'member.sign-out')).filter(({ target }) => target === id)).to.have.length(1);
    });

    it('reaches the decisions that another replica has in memory, and no other member', async () => {
      const { token, id } = await member();
      const other = await member();
      for (const each of [{ token, id }, other])
        expect(await (await decisionOn(b, each.token, each.id)).json()).to.include({ decision: true });
      await outOf(owner, id);
      await eventually(async () => expect((await decisionOn(b, token, id)).status).to.equal(401));
      expect(await (await decisionOn(b, other.token, other.id)).json()).to.include({ decision: true });
    });

    it('asks whether who signs them out may take every role that they hold', async () => {
      const [admin, manager] = [await member('org.admin'), await member('org.manager')];
      const { response, error } = await outOf(admin, await owner.userId());
      expect([response.status, error!.requiredPermission]).to.deep.equal([403, 'role:org.owner:unassign']);
      expect((await outOf(admin, manager.id)).response.status).to.equal(200);
    });

    it('is for those who may change members, and in their own organization', async () => {
      const { id, token } = await member();
      const other = await member();
      expect((await outOf(other, id)).response.status).to.equal(403);
      expect((await outOf(await a.as('eve@example.com'), id)).response.status).to.equal(404);
      expect((await outOf(owner, await (await a.as('eve@example.com')).userId())).response.status).to.equal(404);
      expect(await statusOn(a, token, organization(organizationId))).to.equal(200);
    });
  });
});
