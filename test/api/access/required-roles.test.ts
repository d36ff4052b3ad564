import { expect } from 'chai';
import { foundOrganization, foundProject, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const grantsPath = '/v1/organizations/{organizationId}/grants';
const projectGrantsPath = '/v1/organizations/{organizationId}/projects/{projectId}/grants';
const editors = 'asks the subject to hold org.admin or org.editor';

describe('a role in a project that requires one in the organization', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    projectId = await foundProject(owner, organizationId);
  });

  const letIn = (subject: { type: 'USER' | 'ROLE'; id: string }, role: string) =>
    owner.client.POST(projectGrantsPath, { params: { path: { organizationId, projectId } }, body: { subject, role } });
  const give = (id: string, role: string) =>
    owner.client.POST(grantsPath, { params: { path: { organizationId } }, body: { subject: { type: 'USER', id }, role } });
  const inProject = async () =>
    (await owner.client.GET(projectGrantsPath, { params: { path: { organizationId, projectId } } })).data!.items.map(
      ({ subject, role }) => [subject.id, role],
    );
  const revoked = async () => {
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action: 'grant.revoke' } },
    });
    return data!.items.map(({ before }) => (before as { role: string }).role);
  };

  it('PUL-21: is not given to a Viewer, nor to the role of Viewers', async () => {
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    const { error } = await letIn({ type: 'USER', id: viewer.id }, 'project.editor');
    expect(error).to.deep.include({ status: 400, errors: [{ pointer: '#/role', detail: editors }] });
    expect((await letIn({ type: 'USER', id: viewer.id }, 'project.viewer')).response.status).to.equal(201);
    const nobody = await join(tenet, { organizationId }, 'nobody@example.com');
    expect((await letIn({ type: 'USER', id: nobody.id }, 'project.editor')).response.status).to.equal(400);
  });

  it('PUL-21: ends with the role that it requires, in the same transaction and with an event', async () => {
    const editor = await join(tenet, { organizationId }, 'editor@example.com', 'org.editor');
    expect((await letIn({ type: 'USER', id: editor.id }, 'project.editor')).response.status).to.equal(201);
    expect((await give(editor.id, 'org.admin')).response.status).to.equal(201);
    expect(await inProject()).to.deep.include([editor.id, 'project.editor']);
    expect((await give(editor.id, 'org.viewer')).response.status).to.equal(201);
    expect(await inProject()).not.to.deep.include([editor.id, 'project.editor']);
    expect(await revoked()).to.include.members(['project.editor', 'org.admin']);
  });

  it('PUL-21: ends when the required role is revoked, and leaves what requires nothing and what others hold', async () => {
    const editor = await join(tenet, { organizationId }, 'editor@example.com', 'org.editor');
    const other = await join(tenet, { organizationId }, 'other@example.com', 'org.editor');
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    await letIn({ type: 'USER', id: editor.id }, 'project.editor');
    await letIn({ type: 'USER', id: other.id }, 'project.editor');
    await letIn({ type: 'USER', id: viewer.id }, 'project.viewer');
    const { data } = await owner.client.GET(grantsPath, { params: { path: { organizationId }, query: { subjectId: editor.id } } });
    const path = { organizationId, grantId: data!.items[0]!.id };
    const { response } = await owner.client.POST(`${grantsPath}/{grantId}/revoke`, { params: { path } });
    expect(response.status).to.equal(204);
    const left = await inProject();
    expect(left).to.deep.include.members([
      [other.id, 'project.editor'],
      [viewer.id, 'project.viewer'],
    ]);
    expect(left).not.to.deep.include([editor.id, 'project.editor']);
  });

  it('S003-14: roles have a rank where the kind of organization gives them one, and say what they require', async () => {
    const workspace = await foundOrganization(owner, 'Workspace', 'app-workspace');
    const rolesOf = async (id: string) =>
      (await owner.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: { organizationId: id } } })).data!.items;
    expect((await rolesOf(workspace)).flatMap(({ id, rank }) => (rank === undefined ? [] : [[id, rank]]))).to.deep.equal([
      ['org.admin', 100],
      ['org.co-admin', 80],
      ['org.manager', 60],
      ['org.member', 10],
    ]);
    const spaces = await rolesOf(organizationId);
    expect(spaces.flatMap(({ id, requires }) => (requires === undefined ? [] : [[id, requires]]))).to.deep.equal([
      ['project.editor', ['org.admin', 'org.editor']],
    ]);
  });
});
