import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}/capabilities';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}/capabilities';

describe('capabilities', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
  });
  after(() => tenet.stop());

  const inOrganization = async (by: Caller) => (await by.client.GET(organizationPath, { params: { path: { organizationId } } })).data!;
  const inProject = (by: Caller) => by.client.GET(projectPath, { params: { path: { organizationId, projectId } } });

  it('an admin may manage members and give every role', async () => {
    const { capabilities } = await inOrganization(owner);
    expect(capabilities['member']).to.have.members(['list', 'read', 'update', 'remove', 'leave']);
    expect(capabilities['role:org.admin']).to.have.members(['assign', 'unassign']);
    expect(capabilities).to.not.have.property('user');
  });

  it('a member sees what works, and nothing else is named', async () => {
    const member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
    const { capabilities } = await inOrganization(member);
    expect(capabilities).to.have.all.keys(
      'organization',
      'capability',
      'member',
      'ownership',
      'project',
      'connection',
      'secret',
      'authkit',
    );
    expect(capabilities['member']).to.deep.equal(['leave']);
    expect(capabilities['connection']).to.deep.equal(['list']);
    expect(capabilities['secret']).to.have.members(['list', 'create']);
    expect(capabilities['authkit']).to.have.members(['list', 'read']);
  });

  it('what they say is what happens', async () => {
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    const { capabilities } = await inOrganization(manager);
    const status = async (path: string) => (await manager.raw(`/v1/organizations/${organizationId}/${path}`)).status;
    for (const [resource, path] of [
      ['member', 'members'],
      ['grant', 'grants'],
      ['project', 'projects'],
      ['audit-event', 'audit-events'],
      ['role', 'roles'],
    ] as const) {
      expect(await status(path), resource).to.equal(capabilities[resource]?.includes('list') ? 200 : 403);
    }
  });

  it('PICA-46: roles of the organization and of the project add up in the project', async () => {
    const member = await join(tenet, { organizationId }, 'both@example.com', 'org.member');
    expect((await inProject(member)).response.status).to.equal(404);
    await join(tenet, { organizationId, projectId }, 'both@example.com', 'project.manager');
    const { data } = await inProject(member);
    expect(data!.projectId).to.equal(projectId);
    expect(data!.capabilities['connection']).to.have.members(['list', 'create', 'read', 'update']);
    expect(data!.capabilities['project']).to.have.members(['read', 'update']);
    const admin = await inProject(owner);
    expect(admin.data!.capabilities['project']).to.have.members(['read', 'update', 'delete', 'hand-over']);
  });

  it('a suspended organization leaves only looking', async () => {
    const other = await foundOrganization(owner, 'Suspended');
    await inDatabase(tenet, other, "update organizations set state = 'SUSPENDED' where id = ?", [toUuid('organization', other)]);
    const { data } = await owner.client.GET(organizationPath, { params: { path: { organizationId: other } } });
    expect(data!.capabilities).to.deep.equal({
      organization: ['read', 'archive'],
      capability: ['read'],
      member: ['list', 'read', 'leave'],
      'audit-event': ['list', 'export', 'verify'],
      decision: ['explain'],
      'access-report': ['read'],
      mfa: ['read'],
      plan: ['read'],
      'billing-profile': ['read', 'update'],
      limit: ['read'],
      usage: ['read'],
      export: ['list', 'read'],
      summary: ['read'],
    });
  });

  it('a stranger learns nothing', async () => {
    const stranger = await tenet.as('stranger@example.com');
    expect((await stranger.client.GET(organizationPath, { params: { path: { organizationId } } })).response.status).to.equal(404);
    expect((await inProject(stranger)).response.status).to.equal(404);
  });
});
