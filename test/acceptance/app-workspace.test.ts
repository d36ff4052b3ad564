import { expect } from 'chai';
import type { Person } from '../helpers/people.ts';
import { join } from '../helpers/people.ts';
import { allOf, allowed, type Product, startProduct } from '../helpers/product.ts';

const grants = '/v1/organizations/{organizationId}/grants';
const member = '/v1/organizations/{organizationId}/members/{userId}';

describe('an app-workspace, as its product says it', () => {
  let product: Product;
  let others = 0;
  const path = () => ({ organizationId: product.organizationId });
  const newMember = (role = 'org.member') => {
    others += 1;
    return join(product.tenet, path(), `other-${others}@example.com`, role);
  };
  const give = (by: Person, to: Person, role: string) =>
    by.client.POST(grants, { params: { path: path() }, body: { subject: { type: 'USER', id: to.id }, role } });
  const setState = (by: Person, of: Person, state: 'ACTIVE' | 'INACTIVE') =>
    by.client.PATCH(member, { params: { path: { ...path(), userId: of.id } }, body: { state } });

  before(async () => {
    product = await startProduct('app-workspace', ['org.admin', 'org.co-admin', 'org.manager', 'org.member'], { hasProject: false });
  });
  after(() => product?.tenet.stop());

  it('S003-05, S003-37: a member is given another role, made inactive, refused everything, and has the roles of before when active again', async () => {
    const someone = await newMember();
    const reads = async () =>
      (await someone.client.GET('/v1/organizations/{organizationId}', { params: { path: path() } })).response.status;
    expect((await give(product.founder, someone, 'org.manager')).response.status).to.equal(201);
    expect((await setState(product.founder, someone, 'INACTIVE')).data).to.include({ state: 'INACTIVE' });
    expect(await reads()).to.be.oneOf([403, 404]);
    expect(await allowed(someone, path(), ['member:list', 'organization:read', 'project:list'])).to.deep.equal([]);
    const kept = await product.founder.client.GET(member, { params: { path: { ...path(), userId: someone.id } } });
    expect(kept.data).to.include({ state: 'INACTIVE' });
    const again = await setState(product.founder, someone, 'ACTIVE');
    expect(again.data!.roles.map(({ role }) => role)).to.deep.equal(['org.manager']);
    expect(await reads()).to.equal(200);
    expect(await allowed(someone, path(), ['member:list'])).to.deep.equal(['member:list']);
  });

  it('S003-07: Admin and Co-Admin invite, edit and remove members', async () => {
    for (const role of ['org.admin', 'org.co-admin']) {
      const by = product.people[role]!;
      const someone = await newMember();
      const invited = await by.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: path() },
        body: { invitees: [{ email: `${role}-guest@example.com` }], roles: ['org.member'] },
      });
      expect(invited.response.status).to.equal(201);
      expect((await give(by, someone, 'org.manager')).response.status).to.equal(201);
      expect((await setState(by, someone, 'INACTIVE')).response.status).to.equal(200);
      const removed = await by.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
        params: { path: { ...path(), userId: someone.id } },
        body: {},
      });
      expect(removed.response.status).to.equal(204);
    }
  });

  it('S003-09, S003-36: an Admin gives every role, down to the Member below Manager', async () => {
    const roles = await product.founder.client.GET('/v1/organizations/{organizationId}/roles', { params: { path: path() } });
    const ofOrganization = roles.data!.items.filter(({ level, kind }) => level === 'ORG' && kind === 'BUILT_IN');
    expect(ofOrganization.map(({ title }) => title)).to.deep.equal(['Admin', 'Co-Admin', 'Manager', 'Member']);
    const ranks = ofOrganization.map(({ rank }) => rank!);
    expect(ranks).to.deep.equal([...ranks].sort((a, b) => b - a));
    for (const { id } of ofOrganization) {
      const before = id === 'org.member' ? 'org.manager' : 'org.member';
      expect((await give(product.people['org.admin']!, await newMember(before), id)).response.status).to.equal(201);
    }
  });

  it('S003-38: roles and settings are the Admin’s, applications also Co-Admin’s and Manager’s, keys the Admin’s', async () => {
    const of = (role: string, ...permissions: string[]) => allowed(product.people[role]!, path(), permissions);
    const ofAdmin = ['organization:update', ...allOf('role', 'create', 'update', 'delete'), ...allOf('api-key', 'create', 'revoke')];
    expect(await of('org.admin', ...ofAdmin)).to.deep.equal(ofAdmin);
    for (const role of ['org.co-admin', 'org.manager', 'org.member']) expect(await of(role, ...ofAdmin), role).to.deep.equal([]);
    const applications = allOf('instance', 'create', 'list');
    for (const role of ['org.admin', 'org.co-admin', 'org.manager']) {
      expect(await of(role, ...applications), role).to.deep.equal(applications);
    }
    expect(await of('org.member', ...applications)).to.deep.equal(['instance:list']);
  });
});
