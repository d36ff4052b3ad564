import { expect } from 'chai';
import { foundProject } from '../helpers/people.ts';
import { allOf, allowed, type Product, startProduct } from '../helpers/product.ts';

const organization = '/v1/organizations/{organizationId}';
const crud = ['list', 'create', 'read', 'update', 'delete'];
const resources = ['connection', 'secret', 'authkit'].flatMap((resource) => allOf(resource, ...crud));

describe('integrations, as its product says it', () => {
  let product: Product;
  const path = () => ({ organizationId: product.organizationId });
  const inProject = () => ({ organizationId: product.organizationId, projectId: product.projectId });

  before(async () => {
    product = await startProduct('integrations', ['org.manager', 'org.member', 'project.admin', 'project.manager', 'project.member']);
  });
  after(() => product?.tenet.stop());

  it('PICA-04: an organization needs a name and nothing else', async () => {
    const create = (body: object) =>
      product.founder.raw('/v1/organizations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await create({ name: 'Second' })).status).to.equal(201);
    const refused = await create({});
    expect(refused.status).to.equal(400);
    expect(await refused.text()).to.include('/name');
  });

  it('PICA-15, PICA-18: a manager neither changes nor deletes the organization', async () => {
    const { client } = product.people['org.manager']!;
    const params = { path: path() };
    expect((await client.PATCH(organization, { params, body: { name: 'Mine' } })).response.status).to.equal(403);
    const deletion = await client.POST('/v1/organizations/{organizationId}/delete', { params, body: { confirmation: 'acme' } });
    expect(deletion.response.status).to.equal(403);
    expect((await product.founder.client.GET(organization, { params: { path: path() } })).data).to.include({ name: 'Acme' });
  });

  it('PICA-16, PICA-61: a manager makes projects, changes them, and sees projects, members and roles', async () => {
    const manager = product.people['org.manager']!;
    const projectId = await foundProject(manager, product.organizationId, 'Shop');
    const project = { params: { path: { ...path(), projectId } } };
    const changed = await manager.client.PATCH('/v1/organizations/{organizationId}/projects/{projectId}', {
      ...project,
      body: { name: 'Store' },
    });
    expect(changed.data).to.include({ name: 'Store' });
    const lists = await Promise.all([
      manager.client.GET('/v1/organizations/{organizationId}/projects', { params: { path: path() } }),
      manager.client.GET('/v1/organizations/{organizationId}/members', { params: { path: path() } }),
      manager.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: path() } }),
    ]);
    for (const { data } of lists) expect(data!.items).to.not.be.empty;
  });

  it('PICA-19, PICA-20: a manager deletes secrets and AuthKit configurations, and no connections', async () => {
    const manager = product.people['org.manager']!;
    for (const place of [path(), inProject()]) {
      expect(await allowed(manager, place, resources)).to.deep.equal(resources.filter((one) => one !== 'connection:delete'));
    }
  });

  it('PICA-22, PICA-23, PICA-25: a member lists connections, reads AuthKit, changes and invites nobody', async () => {
    const member = product.people['org.member']!;
    const changes = resources.filter((one) => /:(update|delete)$/.test(one));
    expect(await allowed(member, path(), allOf('connection', 'list', 'read'))).to.deep.equal(['connection:list']);
    expect(await allowed(member, path(), allOf('authkit', 'list', 'read'))).to.deep.equal(['authkit:list', 'authkit:read']);
    expect(await allowed(member, path(), changes)).to.deep.equal([]);
    expect(await allowed(member, path(), ['invitation:create', 'project:create'])).to.deep.equal([]);
    expect(await allowed(member, inProject(), ['project:update', 'project:delete'])).to.deep.equal([]);
    const create = await member.client.POST('/v1/organizations/{organizationId}/projects', {
      params: { path: path() },
      body: { name: 'No' },
    });
    expect(create.response.status).to.equal(403);
  });

  it('PICA-37: a project admin does everything, a manager all but deleting the project, a member reads and makes little', async () => {
    const all = [...allOf('project', 'read', 'update', 'delete'), ...resources];
    const of = (role: string) => allowed(product.people[role]!, inProject(), all);
    expect(await of('project.admin')).to.deep.equal(all);
    expect(await of('project.manager')).to.deep.equal(all.filter((one) => one !== 'project:delete' && one !== 'connection:delete'));
    const member = await of('project.member');
    expect(member).to.include('project:read');
    expect(member.filter((one) => /:(update|delete)$/.test(one))).to.deep.equal([]);
  });

  it('PICA-39: a project has people and keys of its own, which say nothing in another project', async () => {
    const admin = product.people['project.admin']!;
    const other = await foundProject(product.founder, product.organizationId, 'Other');
    const permissions = ['connection:create', 'api-key:create', 'grant:create'];
    expect(await allowed(admin, inProject(), permissions)).to.deep.equal(permissions);
    expect(await allowed(admin, { ...path(), projectId: other }, permissions)).to.deep.equal([]);
    const grants = await admin.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: inProject() },
    });
    expect(grants.data!.items.map(({ subject }) => subject.id)).to.include(admin.id);
  });

  it('PICA-62: the People page shows members and offers to an admin, who gives another role and removes', async () => {
    const { founder } = product;
    const [member, manager] = [product.people['org.member']!, product.people['org.manager']!];
    const people = await founder.client.GET('/v1/organizations/{organizationId}/members', { params: { path: path() } });
    const offers = await founder.client.GET('/v1/organizations/{organizationId}/invitations', { params: { path: path() } });
    expect(people.data!.items.map(({ userId }) => userId)).to.include.members([member.id, manager.id]);
    expect(offers.response.status).to.equal(200);
    const give = (by: typeof founder) =>
      by.client.POST('/v1/organizations/{organizationId}/grants', {
        params: { path: path() },
        body: { subject: { type: 'USER', id: member.id }, role: 'org.manager' },
      });
    const remove = (by: typeof founder) =>
      by.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { ...path(), userId: member.id } },
        body: {},
      });
    expect((await give(manager)).response.status).to.equal(403);
    expect((await give(founder)).response.status).to.equal(201);
    expect((await remove(manager)).response.status).to.equal(403);
    expect((await remove(founder)).response.status).to.equal(204);
  });
});
