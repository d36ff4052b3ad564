import { expect } from 'chai';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('the organizations of one user', () => {
  let tenet: TestTenet;

  before(async () => {
    tenet = await startTenet({ TENET_ORGANIZATIONS_PER_USER: '3', TENET_ORGANIZATIONS_PER_DAY: '5' });
  });
  after(() => tenet.stop());

  const found = (caller: Caller, slug?: string) =>
    caller.client.POST('/v1/organizations', { body: { name: 'Acme', ...(slug === undefined ? {} : { slug }) } });

  it('are bounded, also when they are made at once, and a deleted one makes room', async () => {
    const alice = await tenet.as('alice@example.com');
    const made = await Promise.all(Array.from({ length: 4 }, () => found(alice)));
    expect(made.map(({ response }) => response.status).sort()).to.deep.equal([201, 201, 201, 403]);
    const refused = made.find(({ response }) => response.status === 403)!;
    expect(refused.error).to.include({ code: 'limit-exceeded', limit: 3, current: 3 });
    const [first] = made.flatMap(({ data }) => (data ? [data] : []));
    await alice.client.POST('/v1/organizations/{organizationId}/delete', { params: { path: { organizationId: first!.id } }, body: {} });
    expect((await found(alice)).response.status).to.equal(201);
    const bob = await tenet.as('bob@example.com');
    expect((await found(bob)).response.status).to.equal(201);
  });

  it('are bounded in a day, the deleted ones included', async () => {
    const carol = await tenet.as('carol@example.com');
    for (let time = 0; time < 5; time += 1) {
      const { data } = await found(carol);
      await carol.client.POST('/v1/organizations/{organizationId}/delete', { params: { path: { organizationId: data!.id } }, body: {} });
    }
    const { response, error } = await found(carol);
    expect(response.status).to.equal(429);
    expect(error).to.include({ code: 'rate-limited', limit: 5, current: 5 });
    expect(Number(response.headers.get('retry-after'))).to.be.within(1, 86_400);
  });

  it('have no slug that looks like a part of the installation', async () => {
    const dave = await tenet.as('dave@example.com');
    for (const slug of ['admin', 'api', 'support']) {
      const { response, error } = await found(dave, slug);
      expect(response.status).to.equal(400);
      expect(error).to.deep.include({ errors: [{ pointer: '#/slug', detail: 'is reserved' }] });
    }
    const { data } = await dave.client.POST('/v1/organizations', { body: { name: 'Admin' } });
    expect(data!.slug).to.match(/^admin-\w{5}$/);
    const renamed = await dave.client.PATCH('/v1/organizations/{organizationId}', {
      params: { path: { organizationId: data!.id } },
      body: { slug: 'admin' },
    });
    expect(renamed.response.status).to.equal(400);
  });
});
