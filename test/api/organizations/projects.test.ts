import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, inDatabase, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const projectsPath = '/v1/organizations/{organizationId}/projects';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';

describe('projects', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });
  const path = (projectId: string) => ({ params: { path: { organizationId, projectId } } });
  const create = (by: Caller, body: { name: string; slug?: string }) => by.client.POST(projectsPath, { params: { path: place() }, body });
  const listed = async (by: Caller) =>
    (await by.client.GET(projectsPath, { params: { path: place() } })).data!.items.map(({ name }) => name);

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('PICA-38: an organization admin and a manager create one, a member does not', async () => {
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    for (const caller of [owner, manager]) {
      const { data, response } = await create(caller, { name: 'Café & Bar' });
      expect(response.status).to.equal(201);
      expect(data).to.deep.include({ organizationId, name: 'Café & Bar', state: 'ACTIVE', etag: '"1"' });
      expect(data!.slug).to.match(/^cafe-bar/);
      expect(response.headers.get('location')).to.equal(`/v1/organizations/${organizationId}/projects/${data!.id}`);
      expect(response.headers.get('etag')).to.equal('"1"');
    }
    const refused = await create(member, { name: 'Mine' });
    expect(refused.response.status).to.equal(403);
    expect(refused.error).to.include({ requiredPermission: 'project:create' });
    expect((await auditTrail(owner, organizationId, 'project.create')).map(({ outcome }) => outcome)).to.deep.equal([
      'SUCCEEDED',
      'SUCCEEDED',
      'DENIED',
    ]);
  });

  it('a slug is taken once in an organization, and free in the next one', async () => {
    expect((await create(owner, { name: 'One', slug: 'shop' })).response.status).to.equal(201);
    const taken = await create(owner, { name: 'Two', slug: 'shop' });
    expect(taken.response.status).to.equal(409);
    expect(taken.error).to.deep.include({ code: 'already-exists', errors: [{ pointer: '#/slug', detail: 'is taken' }] });
    const two = await create(owner, { name: 'Two' });
    const renamed = await owner.client.PATCH(projectPath, { ...path(two.data!.id), body: { slug: 'shop' } });
    expect(renamed.response.status).to.equal(409);
    organizationId = await foundOrganization(owner, 'Next');
    expect((await create(owner, { name: 'One', slug: 'shop' })).response.status).to.equal(201);
  });

  it('a change names the version that it is for, or changes nothing', async () => {
    const projectId = await foundProject(owner, organizationId);
    const at = (etag: string) => ({ params: { path: { organizationId, projectId }, header: { 'If-Match': etag } } });
    const first = await owner.client.PATCH(projectPath, { ...at('"1"'), body: { name: 'Shop' } });
    expect(first.data).to.include({ name: 'Shop', slug: 'website', etag: '"2"' });
    expect((await owner.client.PATCH(projectPath, { ...at('"1"'), body: { name: 'Late' } })).response.status).to.equal(412);
    expect((await owner.client.DELETE(projectPath, at('"1"'))).response.status).to.equal(412);
    expect((await owner.client.PATCH(projectPath, { ...at('"2"'), body: { name: 'Shop' } })).data!.etag).to.equal('"2"');
    expect(await auditTrail(owner, organizationId, 'project.update')).to.have.length(1);
  });

  it('PICA-46: an organization admin reaches every project as its admin, a manager as its manager, a member none', async () => {
    const projectId = await foundProject(owner, organizationId);
    const admin = await join(tenet, place(), 'admin@example.com', 'org.admin');
    const manager = await join(tenet, place(), 'manager@example.com', 'org.manager');
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const status = async (by: Caller) => [
      (await by.client.GET(projectPath, path(projectId))).response.status,
      (await by.client.PATCH(projectPath, { ...path(projectId), body: { name: 'Website' } })).response.status,
      (await by.client.DELETE(projectPath, path(projectId))).response.status,
    ];
    expect(await status(member)).to.deep.equal([404, 404, 404]);
    expect(await status(manager)).to.deep.equal([200, 200, 403]);
    expect(await status(admin)).to.deep.equal([200, 200, 204]);
  });

  it('nobody keeps an organization or a project from being deleted by taking a slug that looks like its id', async () => {
    const projectId = await foundProject(owner, organizationId);
    const stranger = await tenet.as('stranger@example.com');
    const squatted = { name: 'Mine', slug: toUuid('organization', organizationId) };
    expect((await stranger.client.POST('/v1/organizations', { body: squatted })).response.status).to.equal(201);
    expect((await create(owner, { name: 'Mine', slug: toUuid('project', projectId) })).response.status).to.equal(201);
    expect((await owner.client.DELETE(projectPath, path(projectId))).response.status).to.equal(204);
    const whole = await owner.client.POST('/v1/organizations/{organizationId}/delete', { params: { path: { organizationId } }, body: {} });
    expect(whole.response.status).to.equal(204);
  });

  it('a deleted project is gone for everybody, with the grants in it, and its slug is free', async () => {
    const projectId = await foundProject(owner, organizationId);
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.admin');
    expect((await member.client.DELETE(projectPath, path(projectId))).response.status).to.equal(204);
    for (const caller of [member, owner]) {
      expect((await caller.client.GET(projectPath, path(projectId))).response.status).to.equal(404);
    }
    expect(await listed(owner)).to.deep.equal([]);
    expect((await create(owner, { name: 'Again', slug: 'website' })).response.status).to.equal(201);
    const { data } = await owner.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: place(), query: { action: 'project.delete' } },
    });
    expect(data!.items[0]!.before).to.deep.include({ slug: 'website', grantsRevoked: 1 });
  });

  it('to strangers and from a sibling organization, a project looks like what does not exist', async () => {
    const projectId = await foundProject(owner, organizationId);
    const stranger = await tenet.as('stranger@example.com');
    const siblingId = await foundOrganization(stranger, 'Sibling');
    const bodies = await Promise.all(
      [
        `${organizationId}/projects/${projectId}`,
        `${organizationId}/projects/${newId('project')}`,
        `${siblingId}/projects/${projectId}`,
      ].map(async (tail) => {
        const response = await stranger.raw(`/v1/organizations/${tail}`);
        expect(response.status).to.equal(404);
        const { requestId, instance, ...problem } = (await response.json()) as Record<string, unknown>;
        return JSON.stringify(problem);
      }),
    );
    expect(new Set(bodies).size).to.equal(1);
    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    expect((await member.client.GET(projectPath, path(projectId))).response.status).to.equal(404);
  });

  it('are listed page by page, each once', async () => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) await foundProject(owner, organizationId, name);
    const names: string[] = [];
    let pageToken: string | undefined;
    do {
      const query = { pageSize: 2, ...(pageToken === undefined ? {} : { pageToken }) };
      const { data } = await owner.client.GET(projectsPath, { params: { path: place(), query } });
      names.push(...data!.items.map(({ name }) => name));
      pageToken = data!.nextPageToken;
    } while (pageToken !== undefined);
    expect(names).to.deep.equal(['A', 'B', 'C', 'D', 'E']);
  });

  it("a manifest's project is changed in the manifest", async () => {
    const projectId = await foundProject(owner, organizationId);
    await inDatabase(tenet, organizationId, 'update projects set managed_by = ? where id = ?', [
      JSON.stringify({ kind: 'Project', namespace: 'teams', name: 'website' }),
      toUuid('project', projectId),
    ]);
    const change = await owner.client.PATCH(projectPath, { ...path(projectId), body: { name: 'Shop' } });
    const removal = await owner.client.DELETE(projectPath, path(projectId));
    for (const { response, error } of [change, removal]) {
      expect(response.status).to.equal(409);
      expect(error).to.deep.include({ code: 'managed-by', managedBy: { kind: 'Project', namespace: 'teams', name: 'website' } });
    }
  });

  it('the same Idempotency-Key makes one project', async () => {
    const send = () =>
      owner.client.POST(projectsPath, {
        params: { path: place(), header: { 'Idempotency-Key': `make-${organizationId}` } },
        body: { name: 'Once' },
      });
    const [first, second] = [await send(), await send()];
    expect(second.data).to.deep.equal(first.data);
    expect(await listed(owner)).to.deep.equal(['Once']);
  });

  it('bad input is refused with the place of the fault', async () => {
    const bad: [{ name: string; slug?: string; organizationId?: string }, string][] = [
      [{ name: '' }, '/name'],
      [{ name: 'A', slug: 'Not A Slug' }, '/slug'],
      [{ name: 'A', organizationId: newId('organization') }, 'organizationId'],
    ];
    for (const [body, pointer] of bad) {
      const { response, error } = await create(owner, body);
      expect(response.status).to.equal(400);
      expect(JSON.stringify(error)).to.include(pointer);
    }
  });

  describe('the list that members see', () => {
    it('they see only those that they may read, in full pages', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) {
        const projectId = await foundProject(owner, organizationId, name);
        if ('BDF'.includes(name)) await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.member');
      }
      expect(await listed(member)).to.deep.equal(['B', 'D', 'F']);
      const first = await member.client.GET(projectsPath, { params: { path: place(), query: { pageSize: 2 } } });
      expect(first.data!.items.map(({ name }) => name)).to.deep.equal(['B', 'D']);
      const pageToken = first.data!.nextPageToken!;
      const second = await member.client.GET(projectsPath, { params: { path: place(), query: { pageSize: 2, pageToken } } });
      expect(second.data!.items.map(({ name }) => name)).to.deep.equal(['F']);
      expect(await listed(owner)).to.have.length(6);
    });

    it('a project that everybody with their role was given is among them', async () => {
      const member = await join(tenet, place(), 'member@example.com', 'org.member');
      const projectId = await foundProject(owner, organizationId, 'Shared');
      await foundProject(owner, organizationId, 'Closed');
      await owner.client.POST(`${projectPath}/grants`, {
        ...path(projectId),
        body: { subject: { type: 'ROLE', id: 'org.member' }, role: 'project.member' },
      });
      expect(await listed(member)).to.deep.equal(['Shared']);
    });
  });
});
