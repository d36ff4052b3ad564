import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const eventsPath = '/v1/organizations/{organizationId}/audit-events';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';

describe('audit events', () => {
  let tenet: TestTenet;
  let owner: Person;
  let manager: Person;
  let organizationId: string;
  let projectId: string;
  type Filters = {
    actor?: string;
    action?: string;
    outcome?: 'SUCCEEDED' | 'DENIED';
    since?: string;
    before?: string;
    pageSize?: number;
    pageToken?: string;
  };
  const list = async (query: Filters = {}, by: Caller = owner) =>
    (await by.client.GET(eventsPath, { params: { path: { organizationId }, query } })).data!;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    projectId = await foundProject(manager, organizationId);
    const project = { params: { path: { organizationId, projectId } } };
    await manager.client.PATCH(projectPath, { ...project, body: { name: 'Shop' } });
    await manager.client.DELETE(projectPath, project);
  });
  after(() => tenet.stop());

  it('come newest first, without gaps, with who, what, before and after', async () => {
    const { items } = await list();
    expect(items.map(({ action, sequence, outcome }) => [sequence, action, outcome])).to.deep.equal([
      [4, 'project.delete', 'DENIED'],
      [3, 'project.update', 'SUCCEEDED'],
      [2, 'project.create', 'SUCCEEDED'],
      [1, 'organization.create', 'SUCCEEDED'],
    ]);
    const [denied, update] = items;
    expect(denied).to.include({ actor: manager.id, target: projectId });
    expect(denied!.decisionId).to.match(/^dec_/);
    expect(denied!.requestId).to.match(/^req_/);
    expect(update!.before).to.deep.equal({ name: 'Website', slug: 'website', labels: {} });
    expect(update!.after).to.deep.equal({ name: 'Shop', slug: 'website', labels: {} });
  });

  it('each hash covers the one before it', async () => {
    await tenet.database.read({ organization: toUuid('organization', organizationId) }, async (db) => {
      let previous = Buffer.alloc(0);
      for (const row of await db('audit_events').orderBy('seq')) {
        const text = `${row.seq}\n${row.event}`;
        previous = createHash('sha256').update(previous).update(text).digest();
        expect(previous.equals(row.hash)).to.equal(true);
      }
      expect((await list()).items[0]!.hash).to.equal(previous.toString('hex'));
    });
  });

  it('are filtered by actor, action, outcome and time', async () => {
    const actions = async (filters: Filters) => (await list(filters)).items.map(({ action }) => action);
    expect(await actions({ actor: owner.id })).to.deep.equal(['organization.create']);
    expect(await actions({ action: 'project.update' })).to.deep.equal(['project.update']);
    expect(await actions({ outcome: 'DENIED', actor: manager.id })).to.deep.equal(['project.delete']);
    const { at } = (await list({ action: 'project.update' })).items[0]!;
    expect(await actions({ since: at })).to.deep.equal(['project.delete', 'project.update']);
    expect(await actions({ before: at })).to.deep.equal(['project.create', 'organization.create']);
    const { response, error } = await owner.client.GET(eventsPath, {
      params: { path: { organizationId }, query: { since: at, before: at } },
    });
    expect([response.status, error?.['errors']]).to.deep.equal([400, [{ parameter: 'before', detail: 'must be later than since' }]]);
  });

  it('come page by page while new ones are appended', async () => {
    const first = await list({ pageSize: 3 });
    await foundProject(owner, organizationId, 'Meanwhile');
    const second = await list({ pageSize: 3, pageToken: first.nextPageToken! });
    expect(second.items.map(({ sequence }) => sequence)).to.deep.equal([1]);
    expect(second).to.not.have.property('nextPageToken');
  });

  it('PICA-14: a manager and a stranger do not read them', async () => {
    const params = { path: { organizationId } };
    expect((await manager.client.GET(eventsPath, { params })).response.status).to.equal(403);
    const stranger = await tenet.as('stranger@example.com');
    await foundOrganization(stranger, 'Sibling');
    expect((await stranger.client.GET(eventsPath, { params })).response.status).to.equal(404);
  });

  it('what a member tried and may not is there as denied', async () => {
    const before = (await list({ pageSize: 1 })).items[0]!.sequence;
    const member = await join(tenet, { organizationId }, 'tries@example.com', 'org.member');
    await member.client.DELETE(projectPath, { params: { path: { organizationId, projectId } } });
    const [newest] = (await list({ pageSize: 1 })).items;
    expect(newest!.sequence).to.be.greaterThan(before);
    expect(newest).to.include({ outcome: 'DENIED', actor: await member.userId() });
  });

  it('what was denied has the target that it would have had, or the place where something would have been made', async () => {
    const member = await join(tenet, { organizationId }, 'aims@example.com', 'org.member');
    const path = { organizationId };
    await member.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
      params: { path: { ...path, userId: manager.id } },
      body: {},
    });
    await member.client.PATCH('/v1/organizations/{organizationId}', { params: { path }, body: { name: 'Mine' } });
    await member.client.POST('/v1/organizations/{organizationId}/projects', { params: { path }, body: { name: 'Mine' } });
    const { items } = await list({ actor: member.id, outcome: 'DENIED' });
    expect(items.map(({ action, target }) => [action, target])).to.deep.equal([
      ['project.create', organizationId],
      ['organization.update', organizationId],
      ['member.remove', manager.id],
    ]);
  });

  it('strangers fill nothing, whatever they try', async () => {
    const before = (await list({ pageSize: 1 })).items[0]!.sequence;
    const stranger = await tenet.as('stranger@example.com');
    await stranger.client.DELETE(projectPath, { params: { path: { organizationId, projectId } } });
    expect((await list({ pageSize: 1 })).items[0]!.sequence).to.equal(before);
  });
});
