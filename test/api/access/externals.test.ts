import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';
const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const grantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

type Externals = 'FORBID' | 'AUTO_ADD' | 'ALLOW';

describe('people from outside', () => {
  let tenet: TestTenet;
  let admin: Caller;
  let outsider: Person;
  let organizationId: string;
  let projectId: string;

  const place = () => ({ params: { path: { organizationId } } });
  const project = () => ({ params: { path: { organizationId, projectId } } });
  const choose = (externals: Externals, revokeExternalGrants?: boolean) =>
    admin.client.PATCH(organizationPath, {
      ...place(),
      body: { externals, ...(revokeExternalGrants === undefined ? {} : { revokeExternalGrants }) },
    });
  const give = (by: Caller, id: string, role = 'project.read') =>
    by.client.POST(grantsPath, { ...project(), body: { subject: { type: 'USER', id }, role } });
  const read = async (by: Caller) => (await by.client.GET(projectPath, project())).response.status;
  const grants = async () => (await admin.client.GET(grantsPath, project())).data!.items;
  const failure = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'nothing',
      (error: { constraint?: string }) => error.constraint ?? String(error),
    );

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
    outsider = await signIn(tenet, 'outsider@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = (await admin.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint: 'teams' } })).data!.id;
    projectId = await foundProject(admin, organizationId);
  });

  it('keep a role in a project when they join by an invitation that offers it too', async () => {
    expect((await give(admin, outsider.id)).response.status).to.equal(201);
    const invited = await admin.client.POST(`${organizationPath}/invitations`, {
      ...place(),
      body: { invitees: [{ email: outsider.email }], projectRoles: [{ projectId, role: 'project.read' }] },
    });
    expect(invited.response.status).to.equal(201);
    const { response } = await outsider.client.POST('/v1/me/invitations/{invitationId}/accept', {
      params: { path: { invitationId: invited.data!.items[0]!.id } },
    });
    expect(response.status).to.equal(200);
    const here = (await grants()).filter(({ subject }) => subject.id === outsider.id);
    expect(here).to.have.length(1);
    expect(here[0]).to.include({ role: 'project.read', source: 'DIRECT', external: false });
  });

  it('S001-10: hold a role in a project where the organization allows it, and see nothing of the organization', async () => {
    expect((await admin.client.GET(organizationPath, place())).data).to.include({ externals: 'ALLOW' });
    expect(await read(outsider)).to.equal(404);
    expect((await give(admin, outsider.id)).response.status).to.equal(201);
    expect(await read(outsider)).to.equal(200);
    const capabilities = await outsider.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/capabilities', project());
    expect(capabilities.response.status).to.equal(200);
    expect((await outsider.client.GET(grantsPath, project())).response.status).to.equal(403);
    for (const path of [
      organizationPath,
      `${organizationPath}/members`,
      `${organizationPath}/capabilities`,
      `${organizationPath}/projects`,
    ] as const)
      expect((await outsider.client.GET(path, place())).response.status, path).to.equal(404);
    const sibling = await foundProject(admin, organizationId, 'Sibling');
    expect((await outsider.client.GET(projectPath, { params: { path: { organizationId, projectId: sibling } } })).response.status).to.equal(
      404,
    );
    expect((await outsider.client.GET('/v1/me/organizations')).data!.items.map(({ id }) => id)).to.not.include(organizationId);
  });

  it('S001-09: are told apart from members in the list of grants', async () => {
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.write');
    await give(admin, outsider.id);
    await admin.client.POST(grantsPath, { ...project(), body: { subject: { type: 'ROLE', id: 'org.default' }, role: 'project.read' } });
    expect((await grants()).map(({ subject, external }) => [subject.id, external])).to.deep.equal([
      [member.id, false],
      [outsider.id, true],
      ['org.default', undefined],
    ]);
  });

  it('S001-15: are let in, given another level and sent away by the owner of the project, too', async () => {
    const owner = await join(tenet, { organizationId, projectId }, 'owner@example.com', 'project.owner');
    await give(owner, outsider.id);
    expect((await give(owner, outsider.id, 'project.write')).response.status).to.equal(201);
    const [, grant] = await grants();
    expect(grant).to.include({ role: 'project.write', external: true });
    await owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants/{grantId}/revoke', {
      params: { path: { organizationId, projectId, grantId: grant!.id } },
    });
    expect(await read(outsider)).to.equal(404);
  });

  it('PICA-41: hold nothing where the organization forbids it, in the database neither', async () => {
    expect((await choose('FORBID')).data).to.include({ externals: 'FORBID' });
    const { response, error } = await give(admin, outsider.id);
    expect(response.status).to.equal(400);
    expect(JSON.stringify(error)).to.include('#/subject/id');
    const insert = `insert into grants (org_id, id, project_id, user_id, role, source, granted_by)
      values (?, gen_random_uuid(), nullif(?, '')::uuid, ?, 'project.read', 'DIRECT', 'test')`;
    const ids = [toUuid('organization', organizationId), toUuid('project', projectId), toUuid('user', outsider.id)];
    expect(await failure(inDatabase(tenet, organizationId, insert, ids))).to.equal('grants_of_members');
    await choose('ALLOW');
    const inOrganization = [ids[0]!, '', ids[2]!];
    expect(await failure(inDatabase(tenet, organizationId, insert, inOrganization))).to.equal('grants_of_members');
    expect(await failure(inDatabase(tenet, organizationId, insert, ids))).to.equal('nothing');
  });

  it('become members with the lowest role where the organization adds them', async () => {
    await choose('AUTO_ADD');
    const owner = await join(tenet, { organizationId, projectId }, 'owner@example.com', 'project.owner');
    const reader = await join(tenet, { organizationId, projectId }, 'reader@example.com', 'project.read');
    expect((await give(reader, outsider.id)).response.status).to.equal(403);
    expect((await admin.client.GET(memberPath, { params: { path: { organizationId, userId: outsider.id } } })).response.status).to.equal(
      404,
    );
    expect((await give(owner, outsider.id)).data).to.include({ external: false });
    const { data } = await admin.client.GET(memberPath, { params: { path: { organizationId, userId: outsider.id } } });
    expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.default']);
    const trail = await auditTrail(admin, organizationId);
    expect(trail.slice(-2).map(({ action }) => action)).to.deep.equal(['member.add', 'grant.create']);
    expect((await outsider.client.GET(organizationPath, place())).response.status).to.equal(200);
  });

  it('are in the way of forbidding them, with their number, until their grants are ended or that is asked for', async () => {
    await give(admin, outsider.id);
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.write');
    for (const externals of ['FORBID', 'AUTO_ADD'] as const) {
      const { response, error } = await choose(externals);
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'grants-remain' });
      expect(error!.detail).to.include('one grant');
      const update = `update organizations set externals = '${externals}' where id = ?`;
      const direct = inDatabase(tenet, organizationId, update, [toUuid('organization', organizationId)]);
      expect(await failure(direct)).to.equal('organizations_externals_hold_grants');
    }
    expect((await choose('FORBID', true)).response.status).to.equal(200);
    expect(await read(outsider)).to.equal(404);
    expect((await grants()).map(({ subject }) => subject.id)).to.deep.equal([member.id]);
  });

  it('are not offered by every kind of organization', async () => {
    organizationId = await foundOrganization(admin);
    const { response, error } = await choose('ALLOW');
    expect(response.status).to.equal(400);
    expect(JSON.stringify(error)).to.include('must be one of FORBID');
  });

  it('S001-23: are not made by a removal: it ends direct grants as well, and whoever comes again begins with none', async () => {
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.read');
    expect(await read(member)).to.equal(200);
    await admin.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
      params: { path: { organizationId, userId: member.id } },
      body: {},
    });
    expect(await read(member)).to.equal(404);
    expect(await grants()).to.deep.equal([]);
    await join(tenet, { organizationId }, 'member@example.com', 'org.default');
    expect(await read(member)).to.equal(404);
    expect((await give(admin, member.id)).response.status).to.equal(201);
    expect(await read(member)).to.equal(200);
    const leave = "update members set state = 'REMOVED' where user_id = ?";
    expect(await failure(inDatabase(tenet, organizationId, leave, [toUuid('user', member.id)]))).to.equal('members_leave_without_grants');
  });

  describe('and invitations with roles in projects', () => {
    const invite = (email: string, role = 'project.read') =>
      admin.client.POST('/v1/organizations/{organizationId}/invitations', {
        ...place(),
        body: { invitees: [{ email }], projectRoles: [{ projectId, role }] },
      });
    const accept = async (by: Caller) => {
      const [invitation] = (await by.client.GET('/v1/me/invitations')).data!.items;
      return by.client.POST('/v1/me/invitations/{invitationId}/accept', { params: { path: { invitationId: invitation!.id } } });
    };
    it('make members with the lowest role, also where people from outside would be let in without', async () => {
      const guest = await tenet.as('guest@example.com');
      await invite(guest.email);
      expect((await accept(guest)).data!.roles.map(({ role }) => role)).to.deep.equal(['org.default']);
      expect((await grants()).map(({ external, source }) => [external, source])).to.deep.equal([[false, 'INVITATION']]);
      expect((await guest.client.GET(organizationPath, place())).response.status).to.equal(200);
    });

    it('make a member of a person from outside, who keeps as a member what they had', async () => {
      await give(admin, outsider.id);
      const first = projectId;
      projectId = await foundProject(admin, organizationId, 'Sibling');
      expect((await invite(outsider.email, 'project.write')).response.status).to.equal(201);
      expect((await accept(outsider)).response.status).to.equal(200);
      expect((await grants()).map(({ role }) => role)).to.deep.equal(['project.write']);
      projectId = first;
      expect((await grants()).map(({ external, role }) => [external, role])).to.deep.equal([[false, 'project.read']]);
    });

    it('are counted as pending until what they offer has ended', async () => {
      const pending = async () => {
        const { data } = await admin.client.GET('/v1/me/organizations', { params: { query: { pageSize: 200 } } });
        return data!.items.find(({ id }) => id === organizationId)!.counts.pendingInvitations;
      };
      await invite('guest-of-one-hour@example.com');
      expect(await pending()).to.equal(1);
      const sql = "update invitations set until = now() - interval '1 second' where org_id = ?";
      await inDatabase(tenet, organizationId, sql, [toUuid('organization', organizationId)]);
      expect(await pending()).to.equal(0);
    });
  });
});
