import { expect } from 'chai';
import { allowAlso, foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const grantsPath = '/v1/organizations/{organizationId}/grants';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';

describe('the administration of members and spaces', () => {
  let tenet: TestTenet;
  let admin: Caller;

  before(async () => {
    tenet = await startTenet();
    admin = await tenet.as('admin@example.com');
  });
  after(() => tenet.stop());

  it('PUL-17 to PUL-19: an Admin changes roles, lets people into spaces and removes them; an Editor makes spaces and does none of it', async () => {
    const organizationId = (await admin.client.POST('/v1/organizations', { body: { name: 'Acme', blueprint: 'ai-spaces' } })).data!.id;
    const editor = await join(tenet, { organizationId }, 'editor@example.com', 'org.editor');
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    const projectId = await foundProject(editor, organizationId);
    const space = { params: { path: { organizationId, projectId } } };
    const read = async () => (await viewer.client.GET(projectPath, space)).response.status;
    const subject = { type: 'USER' as const, id: viewer.id };
    const change = (by: Caller, role: string) =>
      by.client.POST(grantsPath, { params: { path: { organizationId } }, body: { subject, role } });
    const remove = (by: Caller) =>
      by.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { organizationId, userId: viewer.id } },
        body: {},
      });

    expect(await read()).to.equal(404);
    const letIn = await admin.client.POST(projectGrantsPath, { ...space, body: { subject, role: 'project.viewer' } });
    expect(letIn.response.status).to.equal(201);
    expect(await read()).to.equal(200);
    expect((await change(editor, 'org.editor')).response.status).to.equal(403);
    expect((await remove(editor)).response.status).to.equal(403);
    expect((await change(admin, 'org.editor')).response.status).to.equal(201);
    expect((await remove(admin)).response.status).to.equal(204);
    expect(await read()).to.equal(404);
  });

  it('PICA-63: a project manager changes the settings of the project, and does not delete it', async () => {
    const organizationId = await foundOrganization(admin);
    const projectId = await foundProject(admin, organizationId);
    const manager = await join(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
    const project = { params: { path: { organizationId, projectId } } };
    expect((await manager.client.PATCH(projectPath, { ...project, body: { name: 'Shop' } })).data).to.include({ name: 'Shop' });
    expect((await manager.client.DELETE(projectPath, project)).response.status).to.equal(403);
  });

  it('a member is switched on again by callers who may give what the member holds, and off by callers who may take it', async () => {
    const organizationId = await foundOrganization(admin);
    await allowAlso(
      tenet,
      ['integrations/org.manager', 'org', 'member', 'update', 'allow'],
      ['integrations/org.manager', 'org', 'role:org.admin', 'unassign', 'allow'],
    );
    const manager = await join(tenet, { organizationId }, 'org-manager@example.com', 'org.manager');
    const other = await join(tenet, { organizationId }, 'other-admin@example.com', 'org.admin');
    const turn = (by: Caller, state: 'ACTIVE' | 'INACTIVE') =>
      by.client.PATCH('/v1/organizations/{organizationId}/members/{userId}', {
        params: { path: { organizationId, userId: other.id } },
        body: { state },
      });
    expect((await turn(manager, 'INACTIVE')).response.status).to.equal(200);
    const { error, response } = await turn(manager, 'ACTIVE');
    expect([response.status, error!.requiredPermission]).to.deep.equal([403, 'role:org.admin:assign']);
    expect((await turn(admin, 'ACTIVE')).data!.state).to.equal('ACTIVE');
  });
});
