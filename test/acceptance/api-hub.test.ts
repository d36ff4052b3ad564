import { expect } from 'chai';
import { makeKey } from '../helpers/keys.ts';
import { join } from '../helpers/people.ts';
import { type Product, startProduct } from '../helpers/product.ts';

const member = '/v1/organizations/{organizationId}/members/{userId}';

describe('an api-hub, as its product says it', () => {
  let product: Product;
  const path = () => ({ organizationId: product.organizationId });

  before(async () => {
    product = await startProduct('api-hub', ['org.admin', 'org.member'], { hasProject: false });
  });
  after(() => product?.tenet.stop());

  it('MIN-16: nobody changes the address of a member', async () => {
    const userId = product.people['org.member']!.id;
    const response = await product.founder.raw(`/v1/organizations/${product.organizationId}/members/${userId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'other@example.com' }),
    });
    expect(response.status).to.equal(400);
    const { data } = await product.founder.client.GET(member, { params: { path: { ...path(), userId } } });
    expect(data).to.include({ email: 'org.member@example.com' });
  });

  it('MIN-21: a member sees which keys there are, and never a key', async () => {
    const { secret } = await makeKey(product.founder, path());
    const response = await product.people['org.member']!.raw(`/v1/organizations/${product.organizationId}/api-keys`);
    const text = await response.text();
    expect(response.status).to.equal(200);
    expect((JSON.parse(text) as { items: unknown[] }).items).to.have.length(1);
    expect(text).to.not.include(secret);
  });

  it('MIN-27: an Admin edits the profile, invites, gives roles and removes; a Member reads', async () => {
    const user = product.people['org.member']!;
    const attempts = async ({ client }: Product['founder'], subject: string) => {
      const params = { path: path() };
      const done = [
        await client.PATCH('/v1/organizations/{organizationId}', { params, body: { alertingEmail: 'new@acme.example' } }),
        await client.POST('/v1/organizations/{organizationId}/invitations', {
          params,
          body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.member'] },
        }),
        await client.POST('/v1/organizations/{organizationId}/grants', {
          params,
          body: { subject: { type: 'USER', id: subject }, role: 'org.admin' },
        }),
        await client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
          params: { path: { ...path(), userId: user.id } },
          body: { confirmation: 'org.member@example.com' },
        }),
      ];
      return done.map(({ response }) => response.status);
    };
    const other = await join(product.tenet, path(), 'other@example.com', 'org.member');
    const read = await user.client.GET('/v1/organizations/{organizationId}', { params: { path: path() } });
    expect(read.response.status).to.equal(200);
    expect(await attempts(user, other.id)).to.deep.equal([403, 403, 403, 403]);
    expect(await attempts(product.people['org.admin']!, other.id)).to.deep.equal([200, 201, 201, 204]);
  });
});
