import { expect } from 'chai';
import { foundOrganization, foundProject, givePlatformRoles, join } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const organizationPath = '/v1/organizations/{organizationId}';
const projectsPath = '/v1/organizations/{organizationId}/projects';
const projectPath = '/v1/organizations/{organizationId}/projects/{projectId}';
const membersPath = '/v1/organizations/{organizationId}/members';
const memberPath = '/v1/organizations/{organizationId}/members/{userId}';
const accountsPath = '/v1/organizations/{organizationId}/service-accounts';
const accountPath = '/v1/organizations/{organizationId}/service-accounts/{serviceAccountId}';
const auditPath = '/v1/organizations/{organizationId}/audit-events';

describe('labels over HTTP', () => {
  let tenet: TestTenet;
  let owner: Caller;
  let organizationId: string;
  const place = () => ({ organizationId });
  const changesOf = async (action: string) =>
    (await owner.client.GET(auditPath, { params: { path: place(), query: { action } } })).data!.items.map(({ before, after }) => [
      before?.['labels'],
      after?.['labels'],
    ]);

  before(async () => {
    tenet = await startTenet();
    owner = await tenet.as('owner@example.com');
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    organizationId = await foundOrganization(owner);
  });

  it('PICA-65: a project says by a label which environment it stands for, and is found by it', async () => {
    const make = async (name: string, labels?: Record<string, string>) =>
      (await owner.client.POST(projectsPath, { params: { path: place() }, body: { name, ...(labels && { labels }) } })).data!;
    const dev = await make('Dev', { env: 'dev' });
    await make('Prod', { env: 'prod', tier: 'web' });
    await make('Other');
    expect(dev.labels).to.deep.equal({ env: 'dev' });
    const found = async (labelSelector: string) => {
      const { data } = await owner.client.GET(projectsPath, { params: { path: place(), query: { labelSelector } } });
      return data!.items.map(({ name }) => name);
    };
    expect(await found('env=dev')).to.deep.equal(['Dev']);
    expect(await found('env!=dev')).to.deep.equal(['Prod', 'Other']);
    expect(await found('env in (dev,prod),!tier')).to.deep.equal(['Dev']);
    expect(await found('env notin (prod)')).to.deep.equal(['Dev', 'Other']);
    expect(await found('tier')).to.deep.equal(['Prod']);
  });

  it('a patch merges: what is absent stays, null takes one away, and the audit has what was before and after', async () => {
    const projectId = await foundProject(owner, organizationId);
    const path = { organizationId, projectId };
    const patch = (labels: Record<string, string | null>) => owner.client.PATCH(projectPath, { params: { path }, body: { labels } });
    expect((await patch({ env: 'dev', 'acme.example/team': 'a' })).data!.labels).to.deep.equal({ env: 'dev', 'acme.example/team': 'a' });
    expect((await patch({ env: 'prod', 'acme.example/team': null })).data!.labels).to.deep.equal({ env: 'prod' });
    const same = await patch({ env: 'prod' });
    expect(same.data!.etag).to.equal('"3"');
    expect((await patch({ env: null })).data!.labels).to.deep.equal({});
    expect(await changesOf('project.update')).to.deep.equal([
      [{ env: 'prod' }, {}],
      [{ env: 'dev', 'acme.example/team': 'a' }, { env: 'prod' }],
      [{}, { env: 'dev', 'acme.example/team': 'a' }],
    ]);
  });

  it('organizations, members and service accounts have them too, in answers and in lists', async () => {
    const made = await owner.client.POST('/v1/organizations', { body: { name: 'Labelled', labels: { plan: 'gold' } } });
    expect(made.data!.labels).to.deep.equal({ plan: 'gold' });
    organizationId = made.data!.id;
    await owner.client.PATCH(organizationPath, { params: { path: place() }, body: { labels: { region: 'eu' } } });
    const query = { labelSelector: 'plan=gold,region in (eu)' };
    for (const path of ['/v1/organizations', '/v1/me/organizations'] as const) {
      const { data } = await owner.client.GET(path, { params: { query } });
      expect(data!.items.map(({ id, labels }) => [id, labels])).to.deep.equal([[organizationId, { plan: 'gold', region: 'eu' }]]);
    }
    expect(await changesOf('organization.update')).to.deep.equal([[{ plan: 'gold' }, { plan: 'gold', region: 'eu' }]]);

    const member = await join(tenet, place(), 'member@example.com', 'org.member');
    const named = await owner.client.PATCH(memberPath, {
      params: { path: { organizationId, userId: member.id } },
      body: { labels: { team: 'a' } },
    });
    expect(named.data!.labels).to.deep.equal({ team: 'a' });
    const members = await owner.client.GET(membersPath, { params: { path: place(), query: { labelSelector: 'team' } } });
    expect(members.data!.items.map(({ userId, labels }) => [userId, labels])).to.deep.equal([[member.id, { team: 'a' }]]);
    expect(await changesOf('member.update')).to.deep.equal([[{}, { team: 'a' }]]);

    const account = (await owner.client.POST(accountsPath, { params: { path: place() }, body: { name: 'CI', labels: { use: 'ci' } } }))
      .data!;
    await owner.client.POST(accountsPath, { params: { path: place() }, body: { name: 'Other' } });
    const path = { organizationId, serviceAccountId: account.id };
    const changed = await owner.client.PATCH(accountPath, { params: { path }, body: { labels: { use: null, uses: 'ci' } } });
    expect(changed.data!.labels).to.deep.equal({ uses: 'ci' });
    const accounts = await owner.client.GET(accountsPath, { params: { path: place(), query: { labelSelector: 'uses!=web,uses' } } });
    expect(accounts.data!.items.map(({ name }) => name)).to.deep.equal(['CI']);
  });

  it('a member who comes back has no labels of before', async () => {
    const member = await join(tenet, place(), 'back@example.com', 'org.member');
    const path = { organizationId, userId: member.id };
    await owner.client.PATCH(memberPath, { params: { path }, body: { labels: { team: 'a' } } });
    await owner.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', { params: { path }, body: {} });
    await join(tenet, place(), 'back@example.com', 'org.member');
    expect((await owner.client.GET(memberPath, { params: { path } })).data!.labels).to.deep.equal({});
  });

  it('the selector counts before the page is cut, and a token of it serves no other selector', async () => {
    for (let index = 0; index < 7; index++) {
      const body = { name: `P${index}`, labels: { parity: index % 2 === 0 ? 'even' : 'odd' } };
      await owner.client.POST(projectsPath, { params: { path: place() }, body });
    }
    const list = (query: { labelSelector: string; pageToken?: string }) =>
      owner.client.GET(projectsPath, { params: { path: place(), query: { pageSize: 2, ...query } } });
    const first = (await list({ labelSelector: 'parity=even' })).data!;
    expect(first.items.map(({ name }) => name)).to.deep.equal(['P0', 'P2']);
    const pageToken = first.nextPageToken!;
    const second = (await list({ labelSelector: 'parity=even', pageToken })).data!;
    expect(second.items.map(({ name }) => name)).to.deep.equal(['P4', 'P6']);
    expect(second.nextPageToken).to.equal(undefined);
    expect((await list({ labelSelector: 'parity=odd', pageToken })).response.status).to.equal(400);
  });

  it('what is no label and no selector is 400, which says where', async () => {
    const projectId = await foundProject(owner, organizationId);
    const patch = (labels: Record<string, string | null>) =>
      owner.client.PATCH(projectPath, { params: { path: { organizationId, projectId } }, body: { labels } });
    expect((await patch({ 'a b': 'x' })).error!.errors![0]!.pointer).to.equal('#/labels/a%20b');
    expect((await patch({ a: 'x y' })).error!.errors![0]).to.deep.equal({
      pointer: '#/labels/a',
      detail: 'must be letters, digits, dots, underscores and hyphens, with a letter or digit at both ends',
    });
    expect((await patch({ 'tenet.dev/a': 'x' })).error!.errors![0]!.pointer).to.equal('#/labels/tenet.dev~1a');
    const { error, response } = await owner.client.GET(projectsPath, { params: { path: place(), query: { labelSelector: 'a in (b' } } });
    expect(response.status).to.equal(400);
    expect(error!.errors).to.deep.equal([{ parameter: 'labelSelector', detail: 'at character 8: expected a comma or )' }]);
  });

  it('an operator finds organizations of others by their labels, and a member finds only their own', async () => {
    await owner.client.PATCH(organizationPath, { params: { path: place() }, body: { labels: { mark: 'x1' } } });
    const operator = await tenet.as('operator@example.com');
    await givePlatformRoles(tenet, 'operator@example.com', 'platform/operator');
    const other = await tenet.as('other@example.com');
    const found = async (by: Caller) =>
      (await by.client.GET('/v1/organizations', { params: { query: { labelSelector: 'mark=x1' } } })).data!.items.map(({ id }) => id);
    expect(await found(operator)).to.deep.equal([organizationId]);
    expect(await found(other)).to.deep.equal([]);
  });
});
