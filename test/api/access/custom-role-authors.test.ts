import { expect } from 'chai';
import { changePolicy, foundOrganization, type Person, signIn } from '../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { roleSteps } from './custom-role-steps.ts';

const rolesPath = '/v1/organizations/{organizationId}/roles';

describe('roles that an organization defines', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Workspace', 'app-workspace');
  });
  after(() => tenet.stop());

  const { unused, newMember, define, made, replace, remove, give } = roleSteps(() => ({ tenet, admin, organizationId }));

  describe('S003-19: whose author or giver lacks something', () => {
    let coAdmin: Person;
    before(async () => {
      const also = ['create', 'update', 'delete'].map((action) => ['app-workspace/org.co-admin', 'org', 'role', action, 'allow'] as const);
      // Another part of this file may have added the same rows.
      const isKept = ([sub, , obj, act]: readonly string[]) =>
        !(sub === 'app-workspace/org.co-admin' && (obj === 'usage' || also.some((row) => row[2] === obj && row[3] === act)));
      await changePolicy(tenet, also, isKept, 'blueprint/app-workspace');
      coAdmin = await newMember('org.co-admin');
    });

    it('cannot contain it', async () => {
      expect((await define(coAdmin, { title: 'Mine', tier: 'org.member', permissions: ['member:list'] })).response.status).to.equal(201);
      const refused = await define(coAdmin, { title: 'More', tier: 'org.member', permissions: ['member:list', 'usage:read'] });
      expect(refused.response.status).to.equal(403);
      expect(refused.error).to.include({ requiredPermission: 'usage:read' });
    });

    it('is not given by them, to nobody and in no way', async () => {
      const role = await made({ permissions: ['usage:read'] });
      const member = await newMember();
      expect((await give(coAdmin, member.id, role.id)).error).to.include({ requiredPermission: 'usage:read' });
      const { response } = await coAdmin.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email: 'nobody@example.com' }], roles: [role.id] },
      });
      expect(response.status).to.equal(403);
      const shown = (await coAdmin.client.GET(rolesPath, { params: { path: { organizationId } } })).data!.items.find(
        ({ id }) => id === role.id,
      );
      expect(shown).to.include({ assignable: false, invitable: false });
      const smaller = await made();
      await give(admin, member.id, smaller.id);
      expect((await remove(coAdmin, smaller.id, role.id)).response.status).to.equal(403);
      const plain = { title: role.title, tier: 'org.member' };
      expect((await replace(coAdmin, role.id, { ...plain, permissions: [] })).response.status).to.equal(403);
      expect(
        (await replace(coAdmin, smaller.id, { ...plain, title: smaller.title, permissions: ['usage:read'] })).response.status,
      ).to.equal(403);
    });

    it('cannot be accepted from them once it has grown', async () => {
      const role = await made();
      const email = `invited${unused()}@example.com`;
      const { data } = await coAdmin.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email }], roles: [role.id] },
      });
      await replace(admin, role.id, { title: role.title, tier: 'org.member', permissions: ['usage:read'] });
      const guest = await tenet.as(email);
      const path = { invitationId: data!.items[0]!.id };
      expect((await guest.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path } })).response.status).to.equal(409);
    });
  });

  it('a role that is given while it grows is given by nobody who lacks what is in it (5 rounds)', async () => {
    const also = ['create', 'update', 'delete'].map((action) => ['app-workspace/org.co-admin', 'org', 'role', action, 'allow'] as const);
    await changePolicy(
      tenet,
      also,
      ([sub, , obj]) => !(sub === 'app-workspace/org.co-admin' && obj === 'usage'),
      'blueprint/app-workspace',
    );
    const coAdmin = await newMember('org.co-admin');
    for (let round = 0; round < 5; round++) {
      const role = await made();
      const member = await newMember();
      const [grown, given] = await Promise.all([
        replace(admin, role.id, { title: role.title, tier: 'org.member', permissions: ['usage:read'] }),
        give(coAdmin, member.id, role.id),
      ]);
      expect(grown.response.status).to.equal(200);
      // Either it was given first, as it was, or its giver was asked for what it has become.
      expect(given.response.status).to.be.oneOf([201, 403]);
      if (given.error) expect(given.error).to.include({ requiredPermission: 'usage:read' });
      const { data } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
        params: { path: { organizationId }, query: { pageSize: 10 } },
      });
      const order = data!.items.filter(({ target }) => target === role.id || (given.data && target === given.data.id));
      if (given.data) expect(order.map(({ action }) => action)).to.deep.equal(['role.update', 'grant.create', 'role.create']);
    }
  });
});
