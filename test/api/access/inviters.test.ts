import { expect } from 'chai';
import { type InvitationScene, invitationSteps, resendPath, revokePath, startInviting } from '../../helpers/invitations.ts';
import { foundOrganization, inDatabase, join, type Person } from '../../helpers/people.ts';

describe('who may invite with which role', () => {
  let scene: InvitationScene;
  let stop: () => Promise<void>;
  const { place, path, address, create, invite, accept } = invitationSteps(() => scene);

  before(async () => {
    const started = await startInviting();
    scene = { ...started, organizationId: '' };
    stop = started.stop;
  });
  after(() => stop?.());

  async function found(blueprint: string): Promise<void> {
    scene = { ...scene, organizationId: await foundOrganization(scene.owner, 'Acme', blueprint) };
  }
  const joined = (role: string) => join(scene.tenet, place(), address(role.replace('org.', '')), role);

  describe('in an app-workspace', () => {
    let manager: Person;

    beforeEach(async () => {
      await found('app-workspace');
      manager = await joined('org.manager');
    });

    it('S003-12 D8: a Manager invites with the lowest role, and with no other', async () => {
      const { response, data } = await create(manager, [address('guest')], 'org.member');
      expect(response.status).to.equal(201);
      expect((await manager.client.POST(resendPath, path(data!.items[0]!.id))).response.status).to.equal(200);
      for (const role of ['org.manager', 'org.co-admin', 'org.admin']) {
        const { response, error } = await create(manager, [address('guest')], role);
        expect(response.status, role).to.equal(403);
        expect(error!.requiredPermission).to.equal(`role:${role}:assign`);
      }
    });

    it('S003-08: a Manager sends no offer of others again that they could not make, takes none back, and gives no role', async () => {
      const offered = await invite(address('guest'), 'org.manager');
      const member = await joined('org.member');
      expect((await manager.client.POST(resendPath, path(offered.id))).response.status).to.equal(403);
      expect((await manager.client.POST(revokePath, path(offered.id))).response.status).to.equal(403);
      const { response } = await manager.client.POST('/v1/organizations/{organizationId}/grants', {
        params: { path: place() },
        body: { subject: { type: 'USER', id: member.id }, role: 'org.member' },
      });
      expect(response.status).to.equal(403);
    });

    it('S003-12: what a Manager offered is accepted while they may invite, and not afterwards', async () => {
      const emails = [address('first'), address('second')];
      const [first, second] = (await create(manager, emails, 'org.member')).data!.items;
      const { response, data } = await accept(await scene.tenet.as(emails[0]!), first!.id);
      expect(response.status).to.equal(200);
      expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.member']);
      await scene.owner.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { ...place(), userId: manager.id } },
        body: {},
      });
      const refused = await accept(await scene.tenet.as(emails[1]!), second!.id);
      expect(refused.response.status).to.equal(409);
      expect(refused.error!.detail).to.contain('may not offer the role org.member any more');
    });

    it('nobody invites in a suspended organization', async () => {
      await inDatabase(scene.tenet, scene.organizationId, "update organizations set state = 'SUSPENDED'");
      expect((await create(manager, [address('guest')], 'org.member')).response.status).to.equal(403);
    });
  });

  it('MIN-11, MIN-12, MIN-13: an admin of an api-hub offers either role, and who accepts is a member from then on', async () => {
    await found('api-hub');
    const admin = await joined('org.admin');
    for (const role of ['org.admin', 'org.member']) {
      const email = address('guest');
      const { response, data } = await create(admin, [email], role);
      expect(response.status).to.equal(201);
      expect(data!.items[0]).to.deep.include({ email, roles: [role], state: 'PENDING' });
      const guest = await scene.tenet.as(email);
      const members = async () =>
        (await admin.client.GET('/v1/organizations/{organizationId}/members', { params: { path: place() } })).data!.items.map(
          (member) => member.email,
        );
      expect(await members()).to.not.include(email);
      expect((await guest.client.GET('/v1/organizations/{organizationId}', { params: { path: place() } })).response.status).to.equal(404);
      expect((await accept(guest, data!.items[0]!.id)).response.status).to.equal(200);
      expect(await members()).to.include(email);
    }
  });

  it('an admin of an api-hub, who may take the top role from nobody, takes back the offer of it', async () => {
    await found('api-hub');
    const { id } = await invite(address('guest'), 'org.admin');
    expect((await scene.owner.client.POST(revokePath, path(id))).response.status).to.equal(200);
  });
});
