import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('me', () => {
  let tenet: TestTenet;
  let ada: Caller;

  before(async () => {
    tenet = await startTenet();
    ada = await tenet.as('ada@example.com');
  });
  after(() => tenet.stop());

  const organizations = async (by: Caller, query: { role?: string; pageSize?: number; pageToken?: string } = {}) =>
    (await by.client.GET('/v1/me/organizations', { params: { query } })).data!;

  it('is the user behind the token, made by the first request', async () => {
    const { data, response } = await ada.client.GET('/v1/me');
    expect(data).to.include({ email: 'ada@example.com', displayName: null, etag: '"1"' });
    expect(response.headers.get('etag')).to.equal('"1"');
    expect(await ada.userId()).to.equal(data!.id);
    const unverified = await tenet.as('grace@example.com', { verified: false });
    expect((await unverified.client.GET('/v1/me')).data!.email).to.equal(null);
    expect((await tenet.anonymous().client.GET('/v1/me')).response.status).to.equal(401);
  });

  it('changes its own name at the version that it read', async () => {
    const at = (etag: string) => ({ params: { header: { 'If-Match': etag } } });
    const changed = await ada.client.PATCH('/v1/me', { ...at('"1"'), body: { displayName: 'Ada King' } });
    expect(changed.data).to.include({ displayName: 'Ada King', etag: '"2"' });
    expect((await ada.client.PATCH('/v1/me', { ...at('"1"'), body: { displayName: 'Late' } })).response.status).to.equal(412);
    expect((await ada.client.PATCH('/v1/me', { body: { displayName: null } })).data!.displayName).to.equal(null);
    const bad = await ada.client.PATCH('/v1/me', { body: { email: 'eve@example.com' } as { displayName?: string } });
    expect(bad.response.status).to.equal(400);
  });

  it('lists its organizations with roles and with what it may do in each', async () => {
    const bob = await tenet.as('bob@example.com');
    const own = await foundOrganization(bob, 'Own');
    const other = await foundOrganization(ada, 'Other');
    await join(tenet, { organizationId: other }, 'bob@example.com', 'org.member');
    const { items } = await organizations(bob);
    expect(items.map(({ id }) => id)).to.deep.equal([own, other]);
    expect(items.map(({ roles }) => roles)).to.deep.equal([['org.owner', 'org.admin'], ['org.member']]);
    for (const { id, capabilities } of items) {
      const { data } = await bob.client.GET('/v1/organizations/{organizationId}/capabilities', {
        params: { path: { organizationId: id } },
      });
      expect(capabilities).to.deep.equal(data!.capabilities);
    }
    const by = async (role: string) => (await organizations(bob, { role })).items.map(({ id }) => id);
    expect(await by('org.admin')).to.deep.equal([own]);
    expect(await by('org.owner')).to.deep.equal([own]);
    expect(await by('org.member')).to.deep.equal([other]);
    expect(await by('org.manager')).to.deep.equal([]);
  });

  it('shows where it is switched off, and not where it was removed or what was deleted', async () => {
    const [off, removed, deleted] = [
      await foundOrganization(ada, 'Off'),
      await foundOrganization(ada, 'R'),
      await foundOrganization(ada, 'D'),
    ];
    const carol = await join(tenet, { organizationId: off }, 'carol@example.com', 'org.admin');
    await join(tenet, { organizationId: removed }, 'carol@example.com', 'org.admin');
    await join(tenet, { organizationId: deleted }, 'carol@example.com', 'org.admin');
    const path = (organizationId: string) => ({ params: { path: { organizationId, userId: carol.id } } });
    const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
    await ada.client.PATCH(memberPath, { ...path(off), body: { state: 'INACTIVE' } });
    await ada.client.POST(`${memberPath}/remove`, { ...path(removed), body: {} });
    await inDatabase(tenet, deleted, "update organizations set state = 'DELETED' where id = ?", [toUuid('organization', deleted)]);
    const { items } = await organizations(carol);
    expect(items.map(({ id, memberState, capabilities }) => [id, memberState, capabilities])).to.deep.equal([[off, 'INACTIVE', {}]]);
    // Nothing of it can be read, so the list of what can be read has it not.
    expect((await carol.client.GET('/v1/organizations')).data!.items).to.deep.equal([]);
  });

  it('gets them page by page, and the token is good for nobody else', async () => {
    const dan = await tenet.as('dan@example.com');
    for (const name of ['One', 'Two', 'Three']) await foundOrganization(dan, name);
    const first = await organizations(dan, { pageSize: 2 });
    const pageToken = first.nextPageToken!;
    const second = await organizations(dan, { pageSize: 2, pageToken });
    expect([...first.items, ...second.items].map(({ name }) => name)).to.deep.equal(['One', 'Two', 'Three']);
    expect((await ada.client.GET('/v1/me/organizations', { params: { query: { pageToken } } })).response.status).to.equal(400);
  });
});
