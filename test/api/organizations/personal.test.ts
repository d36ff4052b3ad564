import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, foundProject, givePlatformRoles } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('personal organizations', () => {
  let tenet: TestTenet;
  let ada: Caller;

  before(async () => {
    tenet = await startTenet({ TENET_PERSONAL_BLUEPRINT: 'integrations' });
    ada = await tenet.as('ada@example.com');
  });
  after(() => tenet?.stop());

  const mine = async (caller: Caller, query: { kind?: 'PERSONAL' | 'SHARED'; state?: 'ACTIVE' | 'SUSPENDED' } = {}) =>
    (await caller.client.GET('/v1/me/organizations', { params: { query } })).data!.items;
  const path = (organizationId: string) => ({ params: { path: { organizationId } } });

  const remove = (caller: Caller, organizationId: string) =>
    caller.client.POST('/v1/organizations/{organizationId}/delete', { ...path(organizationId), body: {} });

  it('PICA-03 MIN-01 S003-40: each account has one from its first request, beside the organizations that it shares', async () => {
    expect((await mine(ada)).map(({ kind, blueprint }) => [kind, blueprint])).to.deep.equal([['PERSONAL', 'integrations']]);
    const shared = await foundOrganization(ada, 'Acme');
    expect((await mine(ada, { kind: 'SHARED' })).map(({ id }) => id)).to.deep.equal([shared]);
    expect(await mine(ada, { kind: 'PERSONAL' })).to.have.lengthOf(1);
    const { data } = await ada.client.GET('/v1/organizations', { params: { query: { kind: 'PERSONAL' } } });
    expect(data!.items.map(({ kind }) => kind)).to.deep.equal(['PERSONAL']);
  });

  it('PICA-03: work begins there without any other organization', async () => {
    const bob = await tenet.as('bob@example.com');
    const [personal] = await mine(bob);
    expect(await foundProject(bob, personal!.id)).to.match(/^prj_/);
  });

  it('there is one, however many first requests come at once', async () => {
    const carol = await tenet.as('carol@example.com');
    await Promise.all(Array.from({ length: 12 }, () => carol.client.GET('/v1/me')));
    expect(await mine(carol)).to.have.lengthOf(1);
  });

  it('an account that was there before gets one with its next request', async () => {
    const dave = await tenet.as('dave@example.com');
    const uuid = toUuid('user', await dave.userId());
    await tenet.database.write('platform', (db) => db('organizations').where({ personal_of: uuid }).update({ personal_of: null }));
    const again = await tenet.as('dave@example.com', { verified: false });
    expect((await mine(again, { kind: 'PERSONAL' })).map(({ kind }) => kind)).to.deep.equal(['PERSONAL']);
  });

  it('MIN-01: nobody is invited to it, and it is not deleted or handed over: 409 personal-organization', async () => {
    const { id } = (await mine(ada, { kind: 'PERSONAL' }))[0]!;
    const listed = await ada.client.GET('/v1/organizations/{organizationId}/invitations', path(id));
    const deleted = await remove(ada, id);
    const handed = await ada.client.PUT('/v1/organizations/{organizationId}/hand-over', {
      ...path(id),
      body: { mode: 'ADOPT', cluster: 'directory:/srv/tenet', name: 'acme' },
    });
    const invited = await ada.client.POST('/v1/organizations/{organizationId}/invitations', {
      ...path(id),
      body: { invitees: [{ email: 'eve@example.com' }], roles: ['org.member'] },
    });
    for (const { response, error } of [listed, deleted, handed, invited]) {
      expect(response.status).to.equal(409);
      expect(error).to.include({ code: 'personal-organization' });
    }
  });

  it('strangers learn nothing of it', async () => {
    const { id } = (await mine(ada, { kind: 'PERSONAL' }))[0]!;
    const eve = await tenet.as('eve@example.com');
    expect((await remove(eve, id)).response.status).to.equal(404);
  });

  it('MIN-04 S003-34 PUL-40: the overview has name, state and the numbers of what the caller may list', async () => {
    const id = await foundOrganization(ada, 'Numbers');
    await foundProject(ada, id);
    const found = (await mine(ada, { state: 'ACTIVE' })).find((one) => one.id === id)!;
    expect(found).to.deep.include({ name: 'Numbers', state: 'ACTIVE', counts: { members: 1, projects: 1, pendingInvitations: 0 } });
    expect(await mine(ada, { state: 'SUSPENDED' })).to.deep.equal([]);
  });

  it('one organization is found by its slug, by those who may see it; operators find the deleted ones by state', async () => {
    const id = await foundOrganization(ada, 'Findable');
    const eve = await tenet.as('eve@example.com');
    const bySlug = async (caller: Caller) =>
      (await caller.client.GET('/v1/organizations', { params: { query: { slug: 'findable' } } })).data!.items.map((one) => one.id);
    expect(await bySlug(ada)).to.deep.equal([id]);
    expect(await bySlug(eve)).to.deep.equal([]);
    expect((await remove(ada, id)).response.status).to.equal(204);
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const deleted = async (caller: Caller) =>
      (await caller.client.GET('/v1/organizations', { params: { query: { state: 'DELETED' } } })).data!.items;
    expect(await deleted(ada)).to.deep.equal([]);
    const [shown] = await deleted(await tenet.as('operator@example.com'));
    expect(shown).to.include({ id, slug: 'findable', state: 'DELETED' }).and.have.property('deletedAt');
  });
});
