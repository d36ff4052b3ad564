import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { makeKey, send, withKey } from '../../helpers/keys.ts';
import { allowAlso, auditTrail, foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const membersPath = '/v1/organizations/{organizationId}/members';
const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
const removePath = '/v1/organizations/{organizationId}/members/{userId}/remove';

describe('members', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  const place = () => ({ organizationId });
  const path = (userId: string) => ({ params: { path: { organizationId, userId } } });

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('PICA-05, PICA-07: the creator is a member with the top role, and the owner', async () => {
    const { data } = await owner.client.GET(memberPath, path(owner.id));
    expect(data!.roles.map(({ role }) => role)).to.deep.equal(['org.owner', 'org.admin']);
    expect(data!.roles[0]).to.not.have.property('grantId');
    expect(data!.email).to.equal('owner@example.com');
  });

  it('are listed page by page, by state and by role', async () => {
    const ids = [owner.id];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await join(tenet, place(), `${name}@example.com`, 'org.member')).id);
    await owner.client.PATCH(memberPath, { ...path(ids[2]!), body: { state: 'INACTIVE' } });
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const { data } = await owner.client.GET(membersPath, {
        params: { path: place(), query: { pageSize: 2, ...(pageToken === undefined ? {} : { pageToken }) } },
      });
      expect(data!.items.length).to.be.at.most(2);
      seen.push(...data!.items.map(({ userId }) => userId));
      pageToken = data!.nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).to.have.members(ids).and.have.length(5);

    const by = async (query: { state?: 'ACTIVE' | 'INACTIVE'; role?: string }) =>
      (await owner.client.GET(membersPath, { params: { path: place(), query } })).data!.items.map(({ userId }) => userId);
    expect(await by({ state: 'INACTIVE' })).to.deep.equal([ids[2]]);
    expect(await by({ role: 'org.admin' })).to.deep.equal([owner.id]);
    expect(await by({ role: 'org.owner' })).to.deep.equal([owner.id]);
    expect(await by({ role: 'org.member', state: 'ACTIVE' })).to.have.length(3);
  });

  it('S003-03: are found by the beginning of their name or address, in whatever case', async () => {
    const grace = await join(tenet, place(), 'grace.hopper@example.com', 'org.member');
    const ada = await join(tenet, place(), 'ada@example.com', 'org.member');
    await owner.client.PATCH(memberPath, { ...path(ada.id), body: { displayName: 'Gräfin 100%' } });
    const by = async (q: string) =>
      (await owner.client.GET(membersPath, { params: { path: place(), query: { q } } })).data!.items.map(({ userId }) => userId);
    expect(await by('GRACE.')).to.deep.equal([grace.id]);
    expect(await by('gr')).to.have.members([grace.id, ada.id]);
    expect(await by('gräfin 100%')).to.deep.equal([ada.id]);
    expect(await by('hopper')).to.deep.equal([]);
    expect(await by('%')).to.deep.equal([]);
    expect(await by('_')).to.deep.equal([]);
    const { response } = await owner.client.GET(membersPath, { params: { path: place(), query: { q: 'x'.repeat(101) } } });
    expect(response.status).to.equal(400);
  });

  it('S003-06: a member is shown with everything that they may do', async () => {
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    const capabilitiesPath = '/v1/organizations/{organizationId}/members/{userId}/capabilities';
    const { data } = await owner.client.GET(capabilitiesPath, path(manager.id));
    const own = await manager.client.GET('/v1/organizations/{organizationId}/capabilities', { params: { path: place() } });
    expect(data).to.deep.equal({ organizationId, userId: manager.id, capabilities: own.data!.capabilities });
    expect(data!.capabilities).to.deep.include({ organization: ['read'] });
    await owner.client.PATCH(memberPath, { ...path(manager.id), body: { state: 'INACTIVE' } });
    expect((await owner.client.GET(capabilitiesPath, path(manager.id))).data!.capabilities).to.deep.equal({});
    expect((await owner.client.GET(capabilitiesPath, path(newId('user')))).response.status).to.equal(404);
  });

  it('a page token of other filters, or a forged one, is bad input', async () => {
    const forged = Buffer.from('x\nx').toString('base64url');
    const { response } = await owner.client.GET(membersPath, { params: { path: place(), query: { pageToken: forged } } });
    expect(response.status).to.equal(400);
    await join(tenet, place(), 'a@example.com', 'org.member');
    const { data } = await owner.client.GET(membersPath, { params: { path: place(), query: { pageSize: 1 } } });
    const elsewhere = await owner.client.GET(membersPath, {
      params: { path: place(), query: { pageToken: data!.nextPageToken!, state: 'ACTIVE' } },
    });
    expect(elsewhere.response.status).to.equal(400);
    const mark = Buffer.from(data!.nextPageToken!, 'base64url').toString().split('\n')[0];
    const pageToken = Buffer.from(`${mark}\n'; drop`).toString('base64url');
    const broken = await owner.client.GET(membersPath, { params: { path: place(), query: { pageToken } } });
    expect(broken.response.status).to.equal(400);
  });

  it('a manager sees the members and changes none of them', async () => {
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    expect((await manager.client.GET(membersPath, { params: { path: place() } })).response.status).to.equal(200);
    const removal = await manager.client.POST(removePath, { ...path(member.id), body: {} });
    expect(removal.response.status).to.equal(403);
    expect(removal.error).to.include({ requiredPermission: 'member:remove' });
    expect((await member.client.GET(membersPath, { params: { path: place() } })).response.status).to.equal(403);
  });

  it('to a stranger and to a sibling organization, they look like what does not exist', async () => {
    const stranger = await tenet.as('stranger@example.com');
    const siblingId = await foundOrganization(stranger, 'Sibling');
    const bodies = await Promise.all(
      [organizationId, newId('organization')].map(async (id) => {
        const response = await stranger.raw(`/v1/organizations/${id}/members/${owner.id}`);
        expect(response.status).to.equal(404);
        const { requestId, instance, ...problem } = (await response.json()) as Record<string, unknown>;
        return JSON.stringify(problem);
      }),
    );
    expect(bodies[0]).to.equal(bodies[1]);
    const sibling = { params: { path: { organizationId: siblingId, userId: owner.id } } };
    expect((await stranger.client.GET(memberPath, sibling)).response.status).to.equal(404);
    expect((await stranger.client.POST(removePath, { ...sibling, body: {} })).response.status).to.equal(404);
  });

  it('an inactive member keeps the roles and is denied everything, until switched on again', async () => {
    const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
    const off = await owner.client.PATCH(memberPath, { ...path(admin.id), body: { state: 'INACTIVE' } });
    expect(off.data).to.deep.include({ state: 'INACTIVE' });
    expect(off.data!.roles.map(({ role }) => role)).to.deep.equal(['org.admin']);
    expect((await admin.client.GET(membersPath, { params: { path: place() } })).response.status).to.equal(404);
    await owner.client.PATCH(memberPath, { ...path(admin.id), body: { state: 'ACTIVE' } });
    expect((await admin.client.GET(membersPath, { params: { path: place() } })).response.status).to.equal(200);
    expect(await auditTrail(owner, organizationId, 'member.update')).to.have.length(2);
  });

  it('PICA-10: nobody switches off or removes the owner, not even the owner', async () => {
    const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
    for (const caller of [admin, owner]) {
      const off = await caller.client.PATCH(memberPath, { ...path(owner.id), body: { state: 'INACTIVE' } });
      const removal = await caller.client.POST(removePath, { ...path(owner.id), body: {} });
      for (const { response, error } of [off, removal]) {
        expect(response.status).to.equal(403);
        expect(error).to.include({ requiredPermission: 'role:org.owner:unassign' });
      }
    }
    expect((await owner.client.GET(memberPath, path(owner.id))).data!.state).to.equal('ACTIVE');
    const denied = (await auditTrail(owner, organizationId)).filter(({ outcome }) => outcome === 'DENIED');
    expect(denied).to.have.length(4);
  });

  it('a change names the version that it is for, or changes nothing', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const headers = (value: string) => ({ params: { path: { organizationId, userId: member.id }, header: { 'If-Match': value } } });
    const read = (await owner.client.GET(memberPath, { params: { path: { organizationId, userId: member.id } } })).data!.etag;
    const first = await owner.client.PATCH(memberPath, { ...headers(read), body: { displayName: 'Grace' } });
    const { etag } = first.data!;
    expect(first.data).to.include({ displayName: 'Grace' });
    expect(etag).to.not.equal(read);
    expect((await owner.client.PATCH(memberPath, { ...headers(read), body: { displayName: 'Ada' } })).response.status).to.equal(412);
    expect((await owner.client.POST(removePath, { ...headers(read), body: {} })).response.status).to.equal(412);
    const same = await owner.client.PATCH(memberPath, { ...headers(etag), body: { displayName: 'Grace' } });
    expect(same.data!.etag).to.equal(etag);
    expect(await auditTrail(owner, organizationId, 'member.update')).to.have.length(1);
    const cleared = await owner.client.PATCH(memberPath, { ...headers(etag), body: { displayName: null } });
    expect(cleared.data!.displayName).to.equal(null);
  });

  it('PICA-45: removing a member ends every grant in the organization and its projects at once', async () => {
    const projectId = await foundProject(owner, organizationId);
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.admin');
    const project = { params: { path: { organizationId, projectId } } };
    const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
    expect((await member.client.GET(projectPath, project)).response.status).to.equal(200);

    expect((await owner.client.POST(removePath, { ...path(member.id), body: {} })).response.status).to.equal(204);
    expect((await member.client.GET(projectPath, project)).response.status).to.equal(404);
    expect((await owner.client.GET(memberPath, path(member.id))).response.status).to.equal(404);
    expect((await owner.client.POST(removePath, { ...path(member.id), body: {} })).response.status).to.equal(404);
    const inProject = await owner.client.GET(`${projectPath}/grants`, project);
    expect(inProject.data!.items).to.deep.equal([]);
    expect(await auditTrail(owner, organizationId, 'member.remove')).to.deep.equal([
      { action: 'member.remove', target: member.id, outcome: 'SUCCEEDED' },
    ]);
  });

  it('a role in an archived project keeps nobody from switching off or removing its holder', async () => {
    const projectId = await foundProject(owner, organizationId);
    const lead = await join(tenet, place(), 'lead@example.com', 'org.member');
    await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.admin');
    await inDatabase(tenet, organizationId, "update projects set state = 'ARCHIVED' where id = ?", [toUuid('project', projectId)]);
    const change = await owner.client.PATCH(memberPath, { ...path(lead.id), body: { state: 'INACTIVE' } });
    expect(change.response.status).to.equal(200);
    expect((await owner.client.POST(removePath, { ...path(lead.id), body: {} })).response.status).to.equal(204);
    // Nor is there anything to come back to when the project does.
    await inDatabase(tenet, organizationId, "update projects set state = 'ACTIVE' where id = ?", [toUuid('project', projectId)]);
    await join(tenet, place(), 'lead@example.com', 'org.member');
    const { response } = await lead.client.GET('/v1/organizations/{organizationId}/projects/{projectId}', {
      params: { path: { organizationId, projectId } },
    });
    expect(response.status).to.equal(404);
  });

  it('somebody who comes back is a fresh member without the roles of before', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.admin');
    await owner.client.POST(removePath, { ...path(member.id), body: {} });
    await join(tenet, place(), 'member@example.com');
    const { data } = await owner.client.GET(memberPath, path(member.id));
    expect(data).to.deep.include({ state: 'ACTIVE', roles: [], displayName: null });
    expect((await member.client.GET(membersPath, { params: { path: place() } })).response.status).to.equal(403);
  });

  for (const [way, end] of [
    ['is removed', (userId: string, _self: Caller) => owner.client.POST(removePath, { ...path(userId), body: {} })],
    [
      'leaves',
      (_userId: string, self: Caller) =>
        self.client.POST('/v1/organizations/{organizationId}/leave', { params: { path: place() }, body: {} }),
    ],
  ] as const) {
    it(`S001-22: the keys of a member who ${way} end with an event, and do not come back with the member`, async () => {
      const admin = await join(tenet, place(), 'keyed@example.com', 'org.admin');
      const key = await makeKey(admin, place());
      const read = () => send(withKey(tenet, key), 'GET', `/v1/organizations/${organizationId}/members`);
      expect((await read()).status).to.equal(200);
      expect((await end(admin.id, admin)).response.status).to.equal(204);
      expect((await read()).status).to.equal(401);
      expect((await auditTrail(owner, organizationId, 'api-key.revoke')).map(({ target }) => target)).to.deep.equal([key.id]);
      await join(tenet, place(), 'keyed@example.com', 'org.admin');
      expect((await read()).status).to.equal(401);
    });
  }

  it("a manifest's member is changed in the manifest", async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const manager = JSON.stringify({ kind: 'Organization', namespace: 'teams', name: 'acme', uid: 'secret-uid' });
    await inDatabase(tenet, organizationId, 'update members set managed_by = ? where user_id = ?', [manager, toUuid('user', member.id)]);
    const off = await owner.client.PATCH(memberPath, { ...path(member.id), body: { state: 'INACTIVE' } });
    const removal = await owner.client.POST(removePath, { ...path(member.id), body: {} });
    for (const { response, error } of [off, removal]) {
      expect(response.status).to.equal(409);
      expect(error).to.deep.include({ code: 'managed-by', managedBy: { kind: 'Organization', namespace: 'teams', name: 'acme' } });
    }
  });

  it('bad input is refused with the place of the fault', async () => {
    const { response, error } = await owner.client.PATCH(memberPath, { ...path(owner.id), body: { state: 'REMOVED' as 'ACTIVE' } });
    expect(response.status).to.equal(400);
    expect(JSON.stringify(error)).to.include('/state');
    expect((await owner.raw(`/v1/organizations/${organizationId}/members/nobody`)).status).to.be.oneOf([400, 404]);
  });

  it('two removals at once end the membership once', async () => {
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const removals = await Promise.all(Array.from({ length: 8 }, () => owner.client.POST(removePath, { ...path(member.id), body: {} })));
    expect(removals.map(({ response }) => response.status).sort()).to.deep.equal([204, ...Array(7).fill(404)]);
    expect(await auditTrail(owner, organizationId, 'member.remove')).to.have.length(1);
  });

  it('PICA-41: a grant that is given while its member is removed does not outlive the membership', async () => {
    const projectId = await foundProject(owner, organizationId);
    for (let round = 0; round < 5; round++) {
      const member = await join(tenet, place(), `gone${round}@example.com`, 'org.member');
      const give = () =>
        owner.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
          params: { path: { organizationId, projectId } },
          body: { subject: { type: 'USER', id: member.id }, role: 'project.admin' },
        });
      const [given, , removal] = await Promise.all([
        give(),
        give(),
        owner.client.POST(removePath, { ...path(member.id), body: {} }),
        give(),
      ]);
      expect(removal.response.status).to.equal(204);
      expect(given.response.status).to.be.oneOf([201, 400, 409]);
    }
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId } },
    });
    expect(data!.items).to.deep.equal([]);
  });

  describe('where the policy lets managers remove members', () => {
    before(() =>
      allowAlso(
        tenet,
        ['integrations/org.manager', 'org', 'member', 'remove', 'allow'],
        ['integrations/org.manager', 'org', 'member', 'update', 'allow'],
        ['integrations/org.manager', 'org', 'role:org.member', 'unassign', 'allow'],
        ['integrations/org.member', 'org', 'member', 'remove', 'allow'],
        ['integrations/org.member', 'org', 'role:org.member', 'unassign', 'allow'],
      ),
    );

    it('they touch nobody who holds a role that they may not take, in the organization or in a project', async () => {
      const projectId = await foundProject(owner, organizationId);
      const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
      const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
      const lead = await join(tenet, place(), 'lead@example.com', 'org.member');
      await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.admin');
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      for (const [target, role] of [
        [admin, 'org.admin'],
        [lead, 'project.admin'],
        [owner, 'org.owner'],
      ] as const) {
        for (const { response, error } of [
          await manager.client.POST(removePath, { ...path(target.id), body: {} }),
          await manager.client.PATCH(memberPath, { ...path(target.id), body: { state: 'INACTIVE' } }),
        ]) {
          expect(response.status, role).to.equal(403);
          expect(error)
            .to.have.property('requiredPermission')
            .that.matches(/^role:.*:unassign$/);
        }
      }
      expect((await manager.client.POST(removePath, { ...path(member.id), body: {} })).response.status).to.equal(204);
    });

    it('a role in a project that they may not read protects as well, and is a denial', async () => {
      const projectId = await foundProject(owner, organizationId);
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      const lead = await join(tenet, place(), 'lead@example.com', 'org.member');
      await join(tenet, { organizationId, projectId }, 'lead@example.com', 'project.admin');
      const { response, error } = await member.client.POST(removePath, { ...path(lead.id), body: {} });
      expect(response.status).to.equal(403);
      expect(error).to.include({ requiredPermission: 'role:project.admin:unassign' });
      expect((await auditTrail(owner, organizationId, 'member.remove')).map(({ outcome }) => outcome)).to.deep.equal(['DENIED']);
    });
  });
});
