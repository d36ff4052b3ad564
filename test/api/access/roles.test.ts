import { expect } from 'chai';
import { foundOrganization, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const rolesPath = '/v1/organizations/{organizationId}/roles';
const rolePath = '/v1/organizations/{organizationId}/roles/{roleId}';

describe('roles', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
  });
  after(() => tenet.stop());

  const list = async (by: Caller, query: { pageSize?: number; pageToken?: string } = {}) =>
    (await by.client.GET(rolesPath, { params: { path: { organizationId }, query } })).data!;

  it('PICA-06, PICA-36: there are exactly admin, manager and member, in the organization and in projects', async () => {
    const { items } = await list(owner);
    expect(items.map(({ id, level, kind }) => [id, level, kind])).to.deep.equal([
      ['org.admin', 'ORG', 'BUILT_IN'],
      ['org.manager', 'ORG', 'BUILT_IN'],
      ['org.member', 'ORG', 'BUILT_IN'],
      ['project.admin', 'PROJECT', 'BUILT_IN'],
      ['project.manager', 'PROJECT', 'BUILT_IN'],
      ['project.member', 'PROJECT', 'BUILT_IN'],
    ]);
  });

  it('say whether the caller may give them', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    expect((await list(owner)).items.every(({ assignable }) => assignable)).to.equal(true);
    expect((await list(manager)).items.some(({ assignable }) => assignable)).to.equal(false);
  });

  it('S003-12 say whether the caller may invite with them, which some may who give no role', async () => {
    const workspace = await foundOrganization(owner, 'Workspace', 'app-workspace');
    const manager = await join(tenet, { organizationId: workspace }, 'inviter@example.com', 'org.manager');
    const { data } = await manager.client.GET(rolesPath, { params: { path: { organizationId: workspace } } });
    const offers = data!.items.filter(({ level }) => level === 'ORG').map(({ id, assignable, invitable }) => [id, assignable, invitable]);
    expect(offers).to.deep.equal([
      ['org.admin', false, false],
      ['org.co-admin', false, false],
      ['org.manager', false, false],
      ['org.member', false, true],
    ]);
  });

  it('show every row of the policy that speaks about them', async () => {
    const { data } = await owner.client.GET(rolePath, { params: { path: { organizationId, roleId: 'org.member' } } });
    expect(data!.permissions).to.deep.include({ resource: 'secret', action: 'create', domain: 'org', effect: 'ALLOW' });
    expect(data!.permissions.some(({ resource, action }) => resource === 'secret' && action === 'read')).to.equal(false);
  });

  it('come page by page', async () => {
    const first = await list(owner, { pageSize: 4 });
    const second = await list(owner, { pageSize: 4, pageToken: first.nextPageToken! });
    expect([first.items.length, second.items.length]).to.deep.equal([4, 2]);
    expect(second).to.not.have.property('nextPageToken');
  });

  it('a role that is not there is not found, and ownership is no role of the list', async () => {
    for (const roleId of ['org.boss', 'org.owner', 'project.owner', 'boss.org', 'role_01h455vb4pex5vsknk084sn02q']) {
      const { response } = await owner.client.GET(rolePath, { params: { path: { organizationId, roleId } } });
      expect(response.status, roleId).to.equal(404);
    }
  });

  it('what cannot be a role is refused by its form', async () => {
    for (const roleId of ['boss', 'role_01h455vb4pex5vsknk084sn02', 'Org.Admin']) {
      const { response } = await owner.client.GET(rolePath, { params: { path: { organizationId, roleId } } });
      expect(response.status, roleId).to.equal(400);
    }
  });

  it('a member and a stranger do not read them', async () => {
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const stranger = await tenet.as('stranger@example.com');
    const params = { path: { organizationId } };
    expect((await member.client.GET(rolesPath, { params })).response.status).to.equal(403);
    expect((await stranger.client.GET(rolesPath, { params })).response.status).to.equal(404);
  });
});
