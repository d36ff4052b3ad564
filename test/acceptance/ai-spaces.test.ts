import { expect } from 'chai';
import { foundOrganization, foundProject } from '../helpers/people.ts';
import { allOf, allowed, type Product, startProduct } from '../helpers/product.ts';

const organization = '/v1/organizations/{organizationId}';
const blueprint = '/v1/blueprints/{blueprintName}';
const administration = [
  'organization:update',
  'organization:delete',
  ...allOf('member', 'list', 'update', 'remove'),
  ...allOf('invitation', 'create', 'revoke'),
  ...allOf('grant', 'create', 'revoke'),
];

describe('ai-spaces, as its product says it', () => {
  let product: Product;
  const path = () => ({ organizationId: product.organizationId });

  before(async () => {
    product = await startProduct('ai-spaces', ['org.admin', 'org.editor', 'org.viewer']);
  });
  after(() => product?.tenet.stop());

  it('PUL-01, PUL-05: an organization has its members and spaces, and shares none of them with another one', async () => {
    const second = await foundOrganization(product.founder, 'Second', 'ai-spaces');
    const space = await foundProject(product.founder, second, 'Space');
    const spaces = async (organizationId: string) =>
      (await product.founder.client.GET('/v1/organizations/{organizationId}/projects', { params: { path: { organizationId } } })).data!
        .items;
    const members = async (organizationId: string) =>
      (await product.founder.client.GET('/v1/organizations/{organizationId}/members', { params: { path: { organizationId } } })).data!
        .items;
    expect((await spaces(second)).map(({ id }) => id)).to.deep.equal([space]);
    expect((await spaces(product.organizationId)).map(({ id }) => id)).to.deep.equal([product.projectId]);
    expect((await members(second)).map(({ userId }) => userId)).to.deep.equal([product.founder.id]);
    await product.founder.client.PATCH(organization, { params: { path: { organizationId: second } }, body: { name: 'Renamed' } });
    expect((await product.founder.client.GET(organization, { params: { path: path() } })).data).to.include({ name: 'Acme' });
  });

  it('PUL-02, PUL-18: an Admin changes the organization, Editor and Viewer do not', async () => {
    const change = async (role: string) =>
      (await product.people[role]!.client.PATCH(organization, { params: { path: path() }, body: { name: 'Acme' } })).response.status;
    expect(await Promise.all(['org.admin', 'org.editor', 'org.viewer'].map(change))).to.deep.equal([200, 403, 403]);
    expect(await allowed(product.people['org.admin']!, path(), administration)).to.deep.equal(administration);
    const { data } = await product.founder.client.GET(blueprint, { params: { path: { blueprintName: 'ai-spaces' } } });
    const resources = data!.resourceTypes
      .filter(({ levels }) => !levels.includes('PROJECT'))
      .flatMap(({ name, actions }) => allOf(name, ...actions));
    resources.push(...allOf('model', 'list', 'read', 'update'));
    expect(await allowed(product.people['org.admin']!, path(), resources)).to.deep.equal(resources);
  });

  it('PUL-03: the list of one’s organizations says which pages to show', async () => {
    const capabilities = async (role: string) => {
      const { data } = await product.people[role]!.client.GET('/v1/me/organizations');
      return data!.items.find(({ id }) => id === product.organizationId)!.capabilities['organization'] ?? [];
    };
    expect(await capabilities('org.admin')).to.include('update');
    expect(await capabilities('org.editor')).to.not.include('update');
    expect(await capabilities('org.viewer')).to.not.include('update');
  });

  it('PUL-04: what belongs to another organization is not there', async () => {
    const second = await foundOrganization(product.founder, 'Fourth', 'ai-spaces');
    const space = await product.founder.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
      params: { path: { organizationId: second, projectId: product.projectId } },
    });
    expect(space.response.status).to.equal(404);
    expect(
      (await product.people['org.admin']!.client.GET(organization, { params: { path: { organizationId: second } } })).response.status,
    ).to.equal(404);
  });

  it('PUL-07: every account creates organizations', async () => {
    const viewer = product.people['org.viewer']!;
    expect(await foundOrganization(viewer, 'Mine', 'ai-spaces')).to.match(/^org_/);
  });

  it('PUL-23: a key is bound to some of five scopes', async () => {
    const make = (...scopes: string[]) =>
      product.founder.client.POST('/v1/organizations/{organizationId}/api-keys', {
        params: { path: path() },
        body: { name: 'Key', scopes },
      });
    const made = await make('data-management', 'space-management');
    expect(made.data!.scopes).to.have.members(['data-management', 'space-management']);
    for (const scope of ['chat-completions', 'conversation-history', 'model-and-router-configuration']) {
      expect((await make(scope)).response.status, scope).to.equal(201);
    }
    expect((await make('billing')).response.status).to.equal(400);
  });
});
