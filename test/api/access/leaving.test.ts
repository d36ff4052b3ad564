import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';
const leavePath = '/v1/organizations/{organizationId}/leave';
const removePath = '/v1/organizations/{organizationId}/members/{userId}/remove';
const deletePath = '/v1/organizations/{organizationId}/delete';

describe('leaving an organization, and what has to be confirmed', () => {
  let tenet: TestTenet;
  let owner: Person;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());

  const leave = (by: Caller, organizationId: string, confirmation?: string, key?: string) =>
    by.client.POST(leavePath, {
      params: { path: { organizationId }, ...(key === undefined ? {} : { header: { 'Idempotency-Key': key } }) },
      body: confirmation === undefined ? {} : { confirmation },
    });
  const remove = (by: Caller, organizationId: string, userId: string, confirmation?: string) =>
    by.client.POST(removePath, { params: { path: { organizationId, userId } }, body: confirmation === undefined ? {} : { confirmation } });
  const statusOf = async (by: Caller, organizationId: string) =>
    (await by.client.GET(organizationPath, { params: { path: { organizationId } } })).response.status;
  const found = (name: string, blueprint: string) => foundOrganization(owner, name, blueprint);

  describe('where nothing is confirmed', () => {
    it('MIN-10: a member leaves, and every grant in the organization and its projects ends with one event', async () => {
      const organizationId = await found('Acme', 'integrations');
      const projectId = await foundProject(owner, organizationId);
      const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
      await join(tenet, { organizationId, projectId }, 'grace@example.com', 'project.admin');
      expect((await leave(grace, organizationId)).response.status).to.equal(204);
      expect(await statusOf(grace, organizationId)).to.equal(404);
      const grants = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
        params: { path: { organizationId, projectId } },
      });
      expect(grants.data!.items).to.deep.equal([]);
      const { data } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
        params: { path: { organizationId }, query: { action: 'member.leave' } },
      });
      expect(data!.items).to.have.length(1);
      expect(data!.items[0]).to.include({ actor: grace.id, target: grace.id, outcome: 'SUCCEEDED' });
      expect(data!.items[0]!.before).to.deep.include({ projectRoles: [{ role: 'project.admin', projectId }] });
    });

    it('the owner stays, and so does the member of a manifest', async () => {
      const organizationId = await found('Acme', 'integrations');
      await join(tenet, { organizationId }, 'grace@example.com', 'org.admin');
      const own = await leave(owner, organizationId);
      expect(own.error).to.include({ status: 409, code: 'last-owner' });
      const managed = await join(tenet, { organizationId }, 'managed@example.com', 'org.member');
      const manager = JSON.stringify({ kind: 'Organization', name: 'acme', uid: 'secret-uid' });
      await inDatabase(tenet, organizationId, 'update members set managed_by = ? where user_id = ?', [manager, toUuid('user', managed.id)]);
      expect((await leave(managed, organizationId)).error).to.include({ status: 409, code: 'managed-by' });
      expect(await statusOf(managed, organizationId)).to.equal(200);
    });

    it('to an outsider and to somebody who is gone it looks like what does not exist', async () => {
      const organizationId = await found('Acme', 'integrations');
      const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
      expect((await leave(await tenet.as('stranger@example.com'), organizationId)).response.status).to.equal(404);
      const answers = await Promise.all(Array.from({ length: 6 }, () => leave(grace, organizationId)));
      expect(answers.map(({ response }) => response.status).sort()).to.deep.equal([204, 404, 404, 404, 404, 404]);
      expect(await auditTrail(owner, organizationId, 'member.leave')).to.have.length(1);
    });
  });

  describe('where the kind of organization wants confirmation', () => {
    it('MIN-17: a member is removed by typing their e-mail address, and by nothing else', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const grace = await join(tenet, { organizationId }, 'Grace.Hopper@example.com', 'org.member');
      for (const typed of [undefined, 'grace@example.com', 'owner@example.com', 'Hub', grace.id, ' grace.hopper@example.com']) {
        const { error } = await remove(owner, organizationId, grace.id, typed);
        expect(error, typed).to.include({ status: 422, code: 'confirmation-mismatch' });
        expect(JSON.stringify(error))
          .to.include('e-mail address')
          .and.not.match(/hopper/i);
      }
      expect(await statusOf(grace, organizationId)).to.equal(200);
      expect(await auditTrail(owner, organizationId, 'member.remove')).to.deep.equal([]);
      expect((await remove(owner, organizationId, grace.id, 'grace.hopper@example.com')).response.status).to.equal(204);
    });

    it('MIN-18: whoever was removed is not listed and has no access', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
      await remove(owner, organizationId, grace.id, 'grace@example.com');
      const { data } = await owner.client.GET(`${organizationPath}/members`, { params: { path: { organizationId } } });
      expect(data!.items.map(({ userId }) => userId)).to.deep.equal([owner.id]);
      expect(await statusOf(grace, organizationId)).to.equal(404);
    });

    it('a member without an address is confirmed by their id', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const nameless = await join(tenet, { organizationId }, 'nameless@example.com', 'org.member');
      await tenet.database.write('platform', (db) => db.raw('update users set email = null where id = ?', [toUuid('user', nameless.id)]));
      expect((await remove(owner, organizationId, nameless.id, 'nameless@example.com')).response.status).to.equal(422);
      expect((await remove(owner, organizationId, nameless.id, nameless.id)).response.status).to.equal(204);
    });

    it('MIN-19: an admin is removed by nobody in the organization, whatever is typed', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const admin = await join(tenet, { organizationId }, 'admin@example.com', 'org.admin');
      const { error } = await remove(owner, organizationId, admin.id, 'admin@example.com');
      expect(error).to.include({ status: 403, requiredPermission: 'role:org.admin:unassign' });
    });

    it('a stranger and a member who may not remove learn nothing of what is to be typed', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
      expect((await remove(await tenet.as('stranger@example.com'), organizationId, member.id)).response.status).to.equal(404);
      expect((await remove(member, organizationId, owner.id)).error).to.include({ status: 403, requiredPermission: 'member:remove' });
    });

    it('MIN-22: leaving is confirmed by the name of the organization; afterwards there is no access', async () => {
      const organizationId = await found('Café Hub', 'api-hub');
      const grace = await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
      for (const typed of [undefined, 'café hub', 'Cafe Hub', 'grace@example.com']) {
        expect((await leave(grace, organizationId, typed)).error, typed).to.include({ status: 422, code: 'confirmation-mismatch' });
      }
      expect(await statusOf(grace, organizationId)).to.equal(200);
      expect((await leave(grace, organizationId, 'Café Hub'.normalize('NFD'))).response.status).to.equal(204);
      expect(await statusOf(grace, organizationId)).to.equal(404);
    });

    it('MIN-23, S001-26: an admin leaves, the last admin does not', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const admin = await join(tenet, { organizationId }, 'admin@example.com', 'org.admin');
      await join(tenet, { organizationId }, 'grace@example.com', 'org.member');
      expect((await leave(owner, organizationId, 'Hub')).response.status).to.equal(204);
      expect((await leave(admin, organizationId, 'Hub')).error).to.include({ status: 409, code: 'last-owner' });
      expect(await statusOf(admin, organizationId)).to.equal(200);
    });

    it('an organization is deleted by typing its name', async () => {
      const organizationId = await found('Hub', 'api-hub');
      const remove = (confirmation?: string) =>
        owner.client.POST(deletePath, { params: { path: { organizationId } }, body: confirmation === undefined ? {} : { confirmation } });
      expect((await remove()).error).to.include({ status: 422, code: 'confirmation-mismatch' });
      expect((await remove('hub')).error).to.include({ status: 422, code: 'confirmation-mismatch' });
      expect(await statusOf(owner, organizationId)).to.equal(200);
      expect((await remove('Hub')).response.status).to.equal(204);
      expect(await statusOf(owner, organizationId)).to.equal(404);
    });
  });
});
