import { expect } from 'chai';
import { foundOrganization, foundProject, givePlatformRoles, join } from '../helpers/people.ts';
import { allowed, type Product, startProduct } from '../helpers/product.ts';

const grants = '/v1/organizations/{organizationId}/projects/{projectId}/grants';
const project = '/v1/organizations/{organizationId}/projects/{projectId}';

describe('teams, as its product says it', () => {
  let product: Product;
  const path = () => ({ organizationId: product.organizationId });

  before(async () => {
    product = await startProduct('teams', ['org.admin', 'org.default']);
  });
  after(() => product?.tenet.stop());

  it('S001-01: people of an organization share some of its projects, or all of them', async () => {
    const { founder } = product;
    const member = product.people['org.default']!;
    const other = await foundProject(founder, product.organizationId, 'Other');
    const reads = async () => {
      const found = await Promise.all(
        [product.projectId, other].map((projectId) => member.client.GET(project, { params: { path: { ...path(), projectId } } })),
      );
      return found.map(({ response }) => response.status);
    };
    const give = (projectId: string) =>
      founder.client.POST(grants, {
        params: { path: { ...path(), projectId } },
        body: { subject: { type: 'USER', id: member.id }, role: 'project.read' },
      });
    expect(await reads()).to.deep.equal([404, 404]);
    await give(product.projectId);
    expect(await reads()).to.deep.equal([200, 404]);
    await give(other);
    expect(await reads()).to.deep.equal([200, 200]);
  });

  it('S001-04: every member reads what the organization says of itself', async () => {
    const { data } = await product.people['org.default']!.client.GET('/v1/organizations/{organizationId}', { params: { path: path() } });
    expect(data).to.include({ id: product.organizationId, name: 'Acme' });
  });

  it('S001-05: ADMIN reads the audit log, DEFAULT does not', async () => {
    const read = (role: string) =>
      product.people[role]!.client.GET('/v1/organizations/{organizationId}/audit-events', { params: { path: path() } });
    expect((await read('org.admin')).data!.items.map(({ action }) => action)).to.include('organization.create');
    expect((await read('org.default')).response.status).to.equal(403);
  });

  it('S001-18: every organization has the roles DEFAULT and ADMIN', async () => {
    const { data } = await product.founder.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: path() } });
    const ofOrganization = data!.items.filter(({ level }) => level === 'ORG');
    expect(ofOrganization.map(({ title, kind }) => ({ title, kind }))).to.have.deep.members([
      { title: 'ADMIN', kind: 'BUILT_IN' },
      { title: 'DEFAULT', kind: 'BUILT_IN' },
    ]);
  });

  it('S001-29: ADMIN sees the roles, and the accounts with the roles of each', async () => {
    const admin = product.people['org.admin']!;
    const [roles, members] = await Promise.all([
      admin.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: path() } }),
      admin.client.GET('/v1/organizations/{organizationId}/members', { params: { path: path() } }),
    ]);
    expect(roles.data!.items.map(({ id }) => id)).to.include.members(['org.admin', 'org.default']);
    const held = new Map(members.data!.items.map(({ userId, roles: its }) => [userId, its.map(({ role }) => role)]));
    expect(held.get(admin.id)).to.deep.equal(['org.admin']);
    expect(held.get(product.people['org.default']!.id)).to.deep.equal(['org.default']);
  });

  it('S001-31: an account is in several organizations and chooses one', async () => {
    const member = product.people['org.default']!;
    await givePlatformRoles(product.tenet, 'org.default@example.com', 'platform/operator');
    const own = await foundOrganization(member, 'Own', 'teams');
    const elsewhere = await foundOrganization(product.founder, 'Elsewhere', 'teams');
    await join(product.tenet, { organizationId: elsewhere }, 'org.default@example.com', 'org.default');
    const { data } = await member.client.GET('/v1/me/organizations');
    expect(data!.items.map(({ id }) => id)).to.include.members([product.organizationId, own, elsewhere]);
    expect(await allowed(member, { organizationId: own }, ['member:list'])).to.deep.equal(['member:list']);
    expect(await allowed(member, { organizationId: elsewhere }, ['audit-event:list'])).to.deep.equal([]);
  });
});
