import { expect } from 'chai';
import { purgeProjects } from '../../../core/access/project-deletions.ts';
import { toUuid } from '../../../core/base/ids.ts';
import { makeAccount, makeKey, send, withKey } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const projectsPath = '/v1/organizations/{organizationId}/projects';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const restorePath = '/v1/organizations/{organizationId}/projects/{projectId}/restore';

describe('a deleted project', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  let projectId: string;
  const path = () => ({ params: { path: { organizationId, projectId } } });
  const remove = () => owner.client.DELETE(projectPath, path());
  const restore = (body: { slug?: string } = {}, by = owner) => by.client.POST(restorePath, { ...path(), body });
  const read = async (by: Caller) => (await by.client.GET(projectPath, path())).response.status;
  const deleted = async (by = owner) => by.client.GET(projectsPath, { params: { path: { organizationId }, query: { state: 'DELETED' } } });
  const age = (days: number) =>
    inDatabase(tenet, organizationId, `update projects set deleted_at = now() - interval '${days} days' where id = ?`, [
      toUuid('project', projectId),
    ]);

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet?.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
  });

  it('is listed for those who may restore it, and comes back with its slug and the grants that ended by its deletion', async () => {
    const admin = await join(tenet, { organizationId, projectId }, 'pa@example.com', 'project.admin');
    const before = (await owner.client.GET(projectPath, path())).data!;
    await remove();
    expect(await read(admin)).to.equal(404);
    const { data } = await deleted();
    expect(data!.items.map(({ id, slug, state }) => [id, slug, state])).to.deep.equal([[projectId, before.slug, 'DELETED']]);
    expect(data!.items[0]!.deletedAt).to.match(/Z$/);
    const { data: back, response } = await restore();
    expect(response.status).to.equal(200);
    expect(back).to.deep.include({ id: projectId, slug: before.slug, state: 'ACTIVE' });
    expect(back).to.not.have.property('deletedAt');
    expect(await read(admin)).to.equal(200);
    expect((await deleted()).data!.items).to.deep.equal([]);
    expect((await restore()).error).to.include({ code: 'failed-precondition' });
    expect(await auditTrail(owner, organizationId, 'project.restore')).to.deep.include({
      action: 'project.restore',
      target: projectId,
      outcome: 'SUCCEEDED',
    });
  });

  it('gives nothing back to who has left since, nor a grant that was revoked before or has ended', async () => {
    const left = await join(tenet, { organizationId, projectId }, 'left@example.com', 'project.admin');
    const lost = await join(tenet, { organizationId, projectId }, 'lost@example.com', 'project.admin');
    const late = await join(tenet, { organizationId, projectId }, 'late@example.com', 'project.admin');
    await inDatabase(tenet, organizationId, 'update grants set revoked_at = now(), revoked_by = ? where user_id = ?', [
      'test',
      toUuid('user', lost.id),
    ]);
    await remove();
    await inDatabase(tenet, organizationId, "update organizations set externals = 'ALLOW'");
    await left.client.POST('/v1/organizations/{organizationId}/leave', { params: { path: { organizationId } }, body: {} });
    await inDatabase(tenet, organizationId, "update grants set until = now() - interval '1 second' where user_id = ?", [
      toUuid('user', late.id),
    ]);
    await restore();
    for (const caller of [left, lost, late]) expect(await read(caller)).to.equal(404);
  });

  it('has no key that opens it again; its service accounts and their roles come back', async () => {
    const account = await makeAccount(owner, { organizationId, projectId }, 'project.admin');
    const key = await makeKey(owner, { organizationId, projectId }, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    const program = withKey(tenet, key);
    expect(await read(program)).to.equal(200);
    await remove();
    expect(await read(program)).to.be.oneOf([401, 404]);
    await restore();
    expect(await read(program)).to.be.oneOf([401, 404]);
    const again = withKey(tenet, await makeKey(owner, { organizationId, projectId }, { owner: { type: 'SERVICE_ACCOUNT', id: account } }));
    expect(await read(again)).to.equal(200);
    expect((await auditTrail(owner, organizationId, 'api-key.revoke')).map(({ target }) => target)).to.deep.equal([key.id]);
  });

  it('whose slug is taken by now gets another one', async () => {
    const { slug } = (await owner.client.GET(projectPath, path())).data!;
    await remove();
    await owner.client.POST(projectsPath, { params: { path: { organizationId } }, body: { name: 'New', slug } });
    expect((await restore()).error).to.deep.include({ code: 'already-exists', errors: [{ pointer: '#/slug', detail: 'is taken' }] });
    expect((await restore({ slug: 'another' })).data).to.include({ slug: 'another' });
  });

  it('is neither seen nor restored by who may delete projects and not restore them, nor by another organization', async () => {
    const admin = await join(tenet, { organizationId, projectId }, 'pa@example.com', 'project.admin');
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    await remove();
    for (const caller of [admin, manager]) {
      expect((await restore({}, caller)).response.status).to.equal(403);
      expect((await deleted(caller)).response.status).to.equal(403);
    }
    const other = await foundOrganization(owner, 'Other');
    const params = { path: { organizationId: other, projectId } };
    expect((await owner.client.POST(restorePath, { params, body: {} })).response.status).to.equal(404);
  });

  it('is purged after the grace with everything that was in it, and cannot be restored then', async () => {
    const account = await makeAccount(owner, { organizationId, projectId }, 'project.admin');
    await makeKey(owner, { organizationId, projectId }, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    await join(tenet, { organizationId, projectId }, 'pa@example.com', 'project.admin');
    const invited = await send(owner, 'POST', `/v1/organizations/${organizationId}/projects/${projectId}/invitations`, {
      invitees: [{ email: 'new@example.com' }],
      role: 'project.admin',
    });
    expect(invited.status).to.equal(201);
    await remove();
    await age(29);
    expect(await purgeProjects(tenet.database, { graceDays: 30 })).to.equal(0);
    await age(31);
    expect(await purgeProjects(tenet.database, { graceDays: 30 })).to.equal(1);
    expect((await restore()).response.status).to.equal(404);
    expect((await deleted()).data!.items).to.deep.equal([]);
    expect((await auditTrail(owner, organizationId, 'project.purge')).map(({ target }) => target)).to.deep.equal([projectId]);
  });

  const make = async (path: string, body: object) => {
    const { status, text } = await send(owner, 'POST', `/v1/organizations/${organizationId}${path}`, body);
    expect(status, text).to.equal(201);
  };
  const purge = async () => {
    await remove();
    await age(31);
    expect(await purgeProjects(tenet.database, { graceDays: 30 })).to.equal(1);
  };

  it('is purged with the links that were made in it, and other links name it no more', async () => {
    await make(`/projects/${projectId}/invitation-links`, { role: 'project.admin' });
    await make('/invitation-links', { roles: ['org.member'], projectRoles: [{ projectId, role: 'project.admin' }] });
    await purge();
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/invitation-links', {
      params: { path: { organizationId } },
    });
    expect(data!.items.map(({ roles, projectRoles }) => ({ roles, projectRoles }))).to.deep.equal([
      { roles: ['org.member'], projectRoles: [] },
    ]);
  });

  it('is purged while role templates name it, which name it no more then', async () => {
    organizationId = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    projectId = await foundProject(owner, organizationId);
    await make('/role-templates', { name: 'Desk', roles: ['org.editor'], projectRoles: [{ projectId, role: 'project.editor' }] });
    await purge();
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/role-templates', { params: { path: { organizationId } } });
    expect(data!.items.find(({ name }) => name === 'Desk')).to.deep.include({ roles: ['org.editor'], projectRoles: [] });
  });

  it('S001-13: is gone for good in a kind that says so, whatever its age', async () => {
    organizationId = (await owner.client.POST('/v1/organizations', { body: { name: 'Teams', blueprint: 'teams' } })).data!.id;
    projectId = await foundProject(owner, organizationId);
    await remove();
    expect((await restore()).response.status).to.equal(403);
    expect(await purgeProjects(tenet.database, { graceDays: 30 })).to.equal(1);
  });

  it('that is restored by two at once comes back once', async () => {
    await remove();
    const answers = await Promise.all([restore(), restore({ slug: 'second' })]);
    expect(answers.map(({ response }) => response.status).sort()).to.deep.equal([200, 409]);
  });
});
