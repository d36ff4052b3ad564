import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { auditTrail, changePolicy, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const templatesPath = '/v1/organizations/{organizationId}/role-templates';
const templatePath = '/v1/organizations/{organizationId}/role-templates/{roleTemplateId}';
const invitationsPath = '/v1/organizations/{organizationId}/invitations';

interface Body {
  name: string;
  description?: string;
  roles?: string[];
  projectRoles?: { projectId: string; role: string }[];
}

describe('role templates', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;
  let projectId: string;
  let number = 0;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    projectId = await foundProject(admin, organizationId, 'Space');
  });
  after(() => tenet.stop());

  const define = (body: Body, by: Caller = admin, where = organizationId) =>
    by.client.POST(templatesPath, { params: { path: { organizationId: where } }, body });
  const made = async (body: Partial<Body> = {}) => {
    const { data, error } = await define({ name: `Template ${++number}`, ...body });
    if (!data) throw new Error(JSON.stringify(error));
    return data;
  };
  const keyOf = (roleTemplateId: string, etag?: string) => ({
    params: { path: { organizationId, roleTemplateId }, header: etag === undefined ? {} : { 'If-Match': etag } },
  });
  const read = (roleTemplateId: string) => admin.client.GET(templatePath, { params: { path: { organizationId, roleTemplateId } } });
  const replace = (roleTemplateId: string, body: Body, etag?: string) =>
    admin.client.PUT(templatePath, { ...keyOf(roleTemplateId, etag), body });
  const invite = (
    template: string,
    said: { roles?: string[]; projectRoles?: { projectId: string; role: string }[] } = {},
    by: Caller = admin,
  ) =>
    by.client.POST(invitationsPath, {
      params: { path: { organizationId } },
      body: { invitees: [{ email: `invited${++number}@example.com` }], template, ...said },
    });
  const pointers = (error: unknown) => (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
  const desk = () => ({ roles: ['org.editor'], projectRoles: [{ projectId, role: 'project.editor' }] });

  it('PUL-38: a standard role configuration is defined once, and invitations reuse it', async () => {
    const template = await made({ name: 'Support desk', description: 'Answers customers.', ...desk() });
    expect(template).to.include({ name: 'Support desk', description: 'Answers customers.', organizationId });
    expect(template).to.deep.include(desk());
    for (const _ of [1, 2]) {
      const { data } = await invite(template.id);
      expect(data!.items[0]).to.deep.include({ ...desk(), state: 'PENDING' });
    }
    const { data } = await admin.client.GET(templatesPath, { params: { path: { organizationId } } });
    expect(data!.items).to.deep.include(template);
    expect((await read(template.id)).data).to.deep.equal(template);
  });

  it('say the role of invitations that name none', async () => {
    expect(await made()).to.deep.include({ roles: ['org.viewer'], projectRoles: [] });
  });

  it('are replaced and deleted, and invitations keep what they offer', async () => {
    const template = await made(desk());
    const invitation = (await invite(template.id)).data!.items[0]!;
    const changed = await replace(template.id, { name: template.name, roles: ['org.viewer'] }, template.etag);
    expect(changed.data).to.deep.include({ roles: ['org.viewer'], projectRoles: [] });
    expect((await replace(template.id, { name: 'Late' }, template.etag)).response.status).to.equal(412);
    expect((await invite(template.id)).data!.items[0]).to.deep.include({ roles: ['org.viewer'], projectRoles: [] });
    expect((await admin.client.DELETE(templatePath, keyOf(template.id, template.etag))).response.status).to.equal(412);
    expect((await admin.client.DELETE(templatePath, keyOf(template.id, changed.data!.etag))).response.status).to.equal(204);
    expect((await read(template.id)).response.status).to.equal(404);
    expect(pointers((await invite(template.id)).error)).to.deep.equal(['#/template']);
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/invitations/{invitationId}', {
      params: { path: { organizationId, invitationId: invitation.id } },
    });
    expect(data).to.deep.include(desk());
    const trail = await auditTrail(admin, organizationId);
    const actions = trail.filter(({ target }) => target === template.id).map(({ action }) => action);
    expect(actions).to.have.members(['role-template.create', 'role-template.update', 'role-template.delete']);
  });

  it('give an inviter nothing that they could not offer role by role', async () => {
    const manager = await join(tenet, { organizationId }, `person${++number}@example.com`, 'org.editor');
    const [admins, viewers] = [await made({ roles: ['org.admin'] }), await made({ roles: ['org.viewer'] })];
    const also = [
      ['ai-spaces/org.editor', 'org', 'invitation', 'create', 'allow'],
      ['ai-spaces/org.editor', 'org', 'role:org.viewer', 'invite', 'allow'],
    ] as const;
    await changePolicy(tenet, also, () => true, 'blueprint/ai-spaces');
    expect((await invite(admins.id, {}, manager)).response.status).to.equal(403);
    expect((await invite(viewers.id, {}, manager)).response.status).to.equal(201);
  });

  it('name roles and projects that there are, each name once, and no roles beside them', async () => {
    const wrong = await define({ name: 'Wrong', roles: ['org.boss'] });
    expect(pointers(wrong.error)).to.deep.equal(['#/roles/0']);
    const elsewhere = { projectId: newId('project'), role: 'project.editor' };
    expect(pointers((await define({ name: 'Wrong', projectRoles: [elsewhere] })).error)).to.deep.equal(['#/projectRoles/0/projectId']);
    const template = await made();
    expect((await define({ name: template.name.toUpperCase() })).response.status).to.equal(409);
    expect(pointers((await invite(template.id, { roles: ['org.viewer'] })).error)).to.deep.equal(['#/roles']);
  });

  it('are those of one organization alone', async () => {
    const other = await tenet.as('other@example.com');
    const elsewhere = await foundOrganization(other, 'Elsewhere', 'ai-spaces');
    const { data: foreign } = await define({ name: 'Foreign' }, other, elsewhere);
    expect((await read(foreign!.id)).response.status).to.equal(404);
    expect(pointers((await invite(foreign!.id)).error)).to.deep.equal(['#/template']);
  });

  it('are for kinds of organization that keep them, and as many as these say', async () => {
    const workspace = await foundOrganization(admin, 'Workspace', 'app-workspace');
    const refused = await define({ name: 'Desk', roles: ['org.member'] }, admin, workspace);
    expect(refused.response.status).to.equal(409);
    const most = `insert into role_templates (org_id, id, name)
      select ?, gen_random_uuid(), 'Filler ' || n from generate_series(1, 49 - (select count(*) from role_templates)::int) n`;
    await inDatabase(tenet, organizationId, most, [toUuid('organization', organizationId)]);
    const answers = await Promise.all([define({ name: 'One of two' }), define({ name: 'The other one' })]);
    expect(answers.map(({ response }) => response.status).sort()).to.deep.equal([201, 403]);
  });
});
