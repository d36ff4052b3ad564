import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { allowAlso, auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const grantsPath = '/v1/organizations/{organizationId}/grants';
const grantPath = '/v1/organizations/{organizationId}/grants/{grantId}/revoke';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';
const projectGrantPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke';

describe('grants', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const place = () => ({ organizationId });
  const user = (id: string) => ({ type: 'USER' as const, id });
  const give = (by: Caller, id: string, role: string, more: { until?: string; reason?: string } = {}) =>
    by.client.POST(grantsPath, { params: { path: place() }, body: { subject: user(id), role, ...more } });
  const giveIn = (projectId: string, by: Caller, id: string, role: string) =>
    by.client.POST(projectGrantsPath, { params: { path: { organizationId, projectId } }, body: { subject: user(id), role } });
  const rolesOf = async (subjectId: string) =>
    (await owner.client.GET(grantsPath, { params: { path: place(), query: { subjectId } } })).data!.items.map(({ role }) => role);
  const grantOf = async (subjectId: string) =>
    (await owner.client.GET(grantsPath, { params: { path: place(), query: { subjectId } } })).data!.items[0]!.id;
  const take = (by: Caller, grantId: string) => by.client.POST(grantPath, { params: { path: { organizationId, grantId } } });

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('a role that is given replaces the one that was held, and both are recorded', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const { data, response } = await give(owner, member.id, 'org.manager', { reason: 'Covers for Grace' });
    expect(response.status).to.equal(201);
    expect(response.headers.get('location')).to.equal(`/v1/organizations/${organizationId}/grants/${data!.id}`);
    expect(data).to.deep.include({
      role: 'org.manager',
      source: 'DIRECT',
      grantedBy: owner.id,
      reason: 'Covers for Grace',
    });
    expect(await rolesOf(member.id)).to.deep.equal(['org.manager']);
    const trail = await auditTrail(owner, organizationId);
    expect(trail.map(({ action }) => action)).to.deep.equal(['organization.create', 'grant.revoke', 'grant.create']);
  });

  describe('with an end', () => {
    const until = '2099-06-30T18:00:00.000Z';
    const memberRoles = async (userId: string) =>
      (
        await owner.client.GET('/v1/organizations/{organizationId}/members/{userId}', { params: { path: { organizationId, userId } } })
      ).data!.roles.map(({ role }) => role);
    const grantsOf = async (subjectId: string) =>
      (await owner.client.GET(grantsPath, { params: { path: place(), query: { subjectId } } })).data!.items;

    it('take the place of the lasting one for their time, and then it counts again', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      expect((await give(owner, member.id, 'org.manager', { until })).response.status).to.equal(201);
      expect(await memberRoles(member.id)).to.deep.equal(['org.manager']);
      expect((await grantsOf(member.id)).map(({ role, from, until: end }) => ({ role, from, until: end }))).to.deep.equal([
        { role: 'org.member', from: until, until: undefined },
        { role: 'org.manager', from: undefined, until },
      ]);
      const ended = "update grants set until = until - interval '100 years', from_at = from_at - interval '100 years' where user_id = ?";
      await inDatabase(tenet, organizationId, ended, [toUuid('user', member.id)]);
      expect(await memberRoles(member.id)).to.deep.equal(['org.member']);
      expect((await member.client.GET('/v1/me/organizations')).data!.items.find(({ id }) => id === organizationId)!.roles).to.deep.equal([
        'org.member',
      ]);
      const [left] = await grantsOf(member.id);
      expect(left).to.not.have.property('from');
    });

    it('that are revoked give way to the lasting one at once', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      const { data } = await give(owner, member.id, 'org.manager', { until });
      expect((await take(owner, data!.id)).response.status).to.equal(204);
      expect(await memberRoles(member.id)).to.deep.equal(['org.member']);
    });

    it('are replaced by a lasting one for good, and nothing comes back', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      await give(owner, member.id, 'org.manager', { until });
      expect((await give(owner, member.id, 'org.manager')).response.status).to.equal(201);
      expect((await grantsOf(member.id)).map(({ role }) => role)).to.deep.equal(['org.manager']);
    });

    it('do not replace a lasting one of the same role', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      const { response, error } = await give(owner, member.id, 'org.member', { until });
      expect(response.status).to.equal(409);
      expect(error!.detail).to.contain('without an end');
      expect((await grantsOf(member.id)).map(({ role, until: end }) => [role, end])).to.deep.equal([['org.member', undefined]]);
    });

    it('do not let the last member at the top level rest', async () => {
      const { response, error } = await give(owner, owner.id, 'org.member', { until });
      expect(response.status, JSON.stringify(error)).to.be.oneOf([403, 409]);
      expect(await memberRoles(owner.id)).to.deep.equal(['org.owner', 'org.admin']);
    });
  });

  it('the same role again is a conflict and leaves no trace', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const { response, error } = await give(owner, member.id, 'org.member');
    expect(response.status).to.equal(409);
    expect(error).to.include({ code: 'already-exists' });
    expect(await auditTrail(owner, organizationId, 'grant.create')).to.deep.equal([]);
  });

  it('a grant ends by itself, in the future only', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    const past = await give(owner, member.id, 'org.manager', { until: '2020-01-01T00:00:00Z' });
    expect(past.response.status).to.equal(400);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const given = await give(owner, member.id, 'org.manager', { until });
    expect(given.data!.until).to.equal(until);
    await inDatabase(tenet, organizationId, "update grants set until = now() - interval '1 second' where user_id = ?", [
      toUuid('user', member.id),
    ]);
    expect(await rolesOf(member.id)).to.deep.equal([]);
    expect((await take(owner, given.data!.id)).response.status).to.equal(404);
    expect((await give(owner, member.id, 'org.manager')).response.status).to.equal(201);
  });

  it('PICA-06: a role that the blueprint does not have here is bad input', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    for (const role of ['org.boss', 'org.owner', 'project.admin', newId('role')]) {
      const { response, error } = await give(owner, member.id, role);
      expect(response.status, role).to.equal(400);
      expect(JSON.stringify(error)).to.include('#/role');
      // What has no form of a role is refused by the contract, before the blueprint is asked.
      if (!role.startsWith('role_')) expect(JSON.stringify(error)).to.include('org.admin, org.manager, org.member');
    }
  });

  it('PICA-41: somebody who is no member holds nothing, neither in the organization nor in a project', async () => {
    const projectId = await foundProject(owner, organizationId);
    const stranger = await (await tenet.as('stranger@example.com')).userId();
    for (const id of [stranger, newId('user')]) {
      const inOrganization = await give(owner, id, 'org.member');
      const inProject = await giveIn(projectId, owner, id, 'project.member');
      for (const { response, error } of [inOrganization, inProject]) {
        expect(response.status).to.equal(400);
        expect(JSON.stringify(error)).to.include('#/subject/id');
      }
    }
  });

  it('a manager gives no role, not even to themselves, and a member neither', async () => {
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    for (const caller of [manager, member]) {
      const { response, error } = await give(caller, caller.id, 'org.admin');
      expect(response.status).to.equal(403);
      expect(error).to.include({ requiredPermission: 'grant:create' });
    }
    const denied = await auditTrail(owner, organizationId, 'grant.create');
    expect(denied.map(({ outcome }) => outcome)).to.deep.equal(['DENIED', 'DENIED']);
  });

  it('PICA-10: an admin demotes another admin, and nobody demotes the owner', async () => {
    const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
    const second = await join(tenet, place(), 'second@example.com', 'org.admin');
    for (const caller of [admin, owner]) {
      const demotion = await give(caller, owner.id, 'org.member');
      const revocation = await take(caller, await grantOf(owner.id));
      for (const { response, error } of [demotion, revocation]) {
        expect(response.status).to.equal(403);
        expect(error).to.include({ requiredPermission: 'role:org.owner:unassign' });
      }
    }
    expect((await give(admin, second.id, 'org.member')).response.status).to.equal(201);
    expect((await take(owner, await grantOf(admin.id))).response.status).to.equal(204);
    expect(await rolesOf(admin.id)).to.deep.equal([]);
    expect((await give(admin, admin.id, 'org.admin')).response.status).to.equal(403);
    expect(await rolesOf(owner.id)).to.deep.equal(['org.admin']);
  });

  it('without an owner, the last admin cannot step down', async () => {
    await inDatabase(tenet, organizationId, 'update organizations set owner_id = null where id = ?', [
      toUuid('organization', organizationId),
    ]);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    for (const { response, error } of [
      await give(owner, owner.id, 'org.member'),
      await give(owner, owner.id, 'org.member', { until }),
      await take(owner, await grantOf(owner.id)),
    ]) {
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'last-owner' });
    }
    const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
    expect((await give(owner, owner.id, 'org.member')).response.status).to.equal(201);
    expect((await give(admin, admin.id, 'org.member')).response.status).to.equal(409);
  });

  it('PICA-36: a project role counts in its own project only', async () => {
    const [one, two] = [await foundProject(owner, organizationId, 'One'), await foundProject(owner, organizationId, 'Two')];
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    await giveIn(one, owner, member.id, 'project.admin');
    await giveIn(two, owner, member.id, 'project.member');
    const list = (projectId: string) => member.client.GET(projectGrantsPath, { params: { path: { organizationId, projectId } } });
    expect((await list(one)).data!.items.map(({ role }) => role)).to.deep.equal(['project.admin']);
    expect((await list(two)).response.status).to.equal(403);
    expect(await rolesOf(member.id)).to.deep.equal(['org.member']);
  });

  it('a project admin gives and takes the roles of the project, also of somebody who stands higher in the organization', async () => {
    const projectId = await foundProject(owner, organizationId);
    const admin = await join(tenet, { organizationId, projectId }, 'padmin@example.com', 'project.admin');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    for (const id of [member.id, owner.id]) {
      const given = await giveIn(projectId, admin, id, 'project.manager');
      expect(given.response.status).to.equal(201);
      expect(given.data!.projectId).to.equal(projectId);
      const params = { path: { organizationId, projectId, grantId: given.data!.id } };
      expect((await admin.client.POST(projectGrantPath, { params })).response.status).to.equal(204);
    }
    expect((await giveIn(projectId, admin, member.id, 'org.admin')).response.status).to.equal(400);
    expect((await give(admin, admin.id, 'org.admin')).response.status).to.equal(403);
  });

  it('a grant is revoked where it was given and nowhere else', async () => {
    const projectId = await foundProject(owner, organizationId);
    const other = await foundProject(owner, organizationId, 'Other');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const { data } = await giveIn(projectId, owner, member.id, 'project.member');
    const grantId = data!.id;
    expect((await take(owner, grantId)).response.status).to.equal(404);
    const elsewhere = { params: { path: { organizationId, projectId: other, grantId } } };
    expect((await owner.client.POST(projectGrantPath, elsewhere)).response.status).to.equal(404);
    const stranger = await tenet.as('stranger@example.com');
    const siblingId = await foundOrganization(stranger, 'Sibling');
    const sibling = { params: { path: { organizationId: siblingId, grantId } } };
    expect((await stranger.client.POST(grantPath, sibling)).response.status).to.equal(404);
    const here = { params: { path: { organizationId, projectId, grantId } } };
    expect((await owner.client.POST(projectGrantPath, here)).response.status).to.equal(204);
    expect((await owner.client.POST(projectGrantPath, here)).response.status).to.equal(404);
  });

  it('everybody who holds a role can be given another one', async () => {
    const projectId = await foundProject(owner, organizationId);
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const params = { path: { organizationId, projectId } };
    const body = { subject: { type: 'ROLE' as const, id: 'org.member' }, role: 'project.manager' };
    const given = await owner.client.POST(projectGrantsPath, { params, body });
    expect(given.data!.subject).to.deep.equal(body.subject);
    const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
    expect((await member.client.GET(projectPath, { params })).response.status).to.equal(200);
    const filtered = await owner.client.GET(projectGrantsPath, { params: { ...params, query: { subjectId: 'org.member' } } });
    expect(filtered.data!.items.map(({ id }) => id)).to.deep.equal([given.data!.id]);
    expect((await owner.client.POST(projectGrantsPath, { params, body })).response.status).to.equal(409);
    const unknown = await owner.client.POST(projectGrantsPath, { params, body: { ...body, subject: { type: 'ROLE', id: 'org.owner' } } });
    expect(unknown.response.status).to.equal(400);
  });

  it('the same Idempotency-Key gives the role once and answers the same', async () => {
    const member = await join(tenet, place(), 'member@example.com');
    const headers = { 'Idempotency-Key': `give-${organizationId}` };
    const send = (role: string) =>
      owner.client.POST(grantsPath, { params: { path: place(), header: headers }, body: { subject: user(member.id), role } });
    const [first, second] = [await send('org.member'), await send('org.member')];
    expect(second.data).to.deep.equal(first.data);
    expect(second.response.headers.get('idempotent-replayed')).to.equal('true');
    expect((await send('org.admin')).response.status).to.equal(422);
    expect(await rolesOf(member.id)).to.deep.equal(['org.member']);
  });

  it("a manifest's member gets roles in the manifest", async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const manager = JSON.stringify({ kind: 'Organization', name: 'acme' });
    await inDatabase(tenet, organizationId, 'update members set managed_by = ? where user_id = ?', [manager, toUuid('user', member.id)]);
    for (const { response, error } of [await give(owner, member.id, 'org.manager'), await take(owner, await grantOf(member.id))]) {
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'managed-by' });
    }
  });

  it('are listed page by page', async () => {
    for (const name of ['a', 'b', 'c']) await join(tenet, place(), `${name}@example.com`, 'org.member');
    const page = async (pageToken?: string) =>
      (
        await owner.client.GET(grantsPath, {
          params: { path: place(), query: { pageSize: 2, role: 'org.member', ...(pageToken === undefined ? {} : { pageToken }) } },
        })
      ).data!;
    const first = await page();
    const second = await page(first.nextPageToken);
    expect([...first.items, ...second.items].map(({ role }) => role)).to.deep.equal(['org.member', 'org.member', 'org.member']);
    expect(second).to.not.have.property('nextPageToken');
  });

  it('the same role given by many at once is given once', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const given = await Promise.all(Array.from({ length: 10 }, () => give(owner, member.id, 'org.manager')));
    expect(given.map(({ response }) => response.status).sort()).to.deep.equal([201, ...Array(9).fill(409)]);
    expect(await rolesOf(member.id)).to.deep.equal(['org.manager']);
    expect(await auditTrail(owner, organizationId, 'grant.create')).to.have.length(1);
  });

  it("a project's manifest keeps the grants that it made, and no other", async () => {
    const projectId = await foundProject(owner, organizationId);
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.member');
    const other = await join(tenet, { organizationId, projectId }, 'other@example.com', 'project.member');
    await inDatabase(tenet, organizationId, 'update projects set managed_by = ?', [JSON.stringify({ kind: 'Project', name: 'website' })]);
    await inDatabase(tenet, organizationId, "update grants set source = 'MANIFEST' where user_id = ?", [toUuid('user', member.id)]);
    const refused = await giveIn(projectId, owner, member.id, 'project.admin');
    expect(refused.response.status).to.equal(409);
    expect(refused.error).to.deep.include({ code: 'managed-by', managedBy: { kind: 'Project', name: 'website' } });
    expect((await giveIn(projectId, owner, other.id, 'project.admin')).response.status).to.equal(201);
  });

  it('nothing is given or taken in a suspended organization', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const grantId = await grantOf(member.id);
    await inDatabase(tenet, organizationId, "update organizations set state = 'SUSPENDED' where id = ?", [
      toUuid('organization', organizationId),
    ]);
    expect((await give(owner, member.id, 'org.admin')).response.status).to.equal(403);
    expect((await take(owner, grantId)).response.status).to.equal(403);
  });

  describe('where the policy lets managers give the lowest role', () => {
    before(() =>
      allowAlso(
        tenet,
        ['integrations/org.manager', 'org', 'grant', 'create', 'allow'],
        ['integrations/org.manager', 'org', 'grant', 'revoke', 'allow'],
        ['integrations/org.manager', 'org', 'role:org.member', 'assign', 'allow'],
        ['integrations/org.manager', 'org', 'role:org.member', 'unassign', 'allow'],
      ),
    );

    it('they give it, no higher one, and never to somebody who holds a higher one', async () => {
      const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
      const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
      const member = await join(tenet, place(), 'member@example.com');
      expect((await give(manager, member.id, 'org.member')).response.status).to.equal(201);
      const higher = await give(manager, manager.id, 'org.admin');
      expect(higher.error).to.include({ requiredPermission: 'role:org.admin:assign' });
      const demotion = await give(manager, admin.id, 'org.member');
      expect(demotion.error).to.include({ requiredPermission: 'role:org.admin:unassign' });
      const revocation = await take(manager, await grantOf(admin.id));
      expect(revocation.error).to.include({ requiredPermission: 'role:org.admin:unassign' });
      expect(await rolesOf(admin.id)).to.deep.equal(['org.admin']);
    });
  });
});
