import { expect } from 'chai';
import { applyContents } from '../../../core/policies/policies.ts';
import { foundOrganization, foundProject } from '../../helpers/people.ts';
import { shippedPolicies } from '../../helpers/policies.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('blueprints', () => {
  let tenet: TestTenet;
  let caller: Caller;

  before(async () => {
    tenet = await startTenet();
    caller = await tenet.as('somebody@example.com');
  });
  after(() => tenet.stop());

  const get = (blueprintName: string) => caller.client.GET('/v1/blueprints/{blueprintName}', { params: { path: { blueprintName } } });

  it('are listed with the revision that is in force, page by page', async () => {
    const all = (await caller.client.GET('/v1/blueprints')).data!.items;
    expect(all.map(({ name }) => name)).to.include('integrations');
    expect(all.find(({ name }) => name === 'integrations')).to.include({ title: 'Integrations', revision: 1 });
    const names: string[] = [];
    let pageToken: string | undefined;
    do {
      const query = { pageSize: 1, ...(pageToken === undefined ? {} : { pageToken }) };
      const { data } = await caller.client.GET('/v1/blueprints', { params: { query } });
      names.push(...data!.items.map(({ name }) => name));
      pageToken = data!.nextPageToken;
    } while (pageToken !== undefined);
    expect(names).to.deep.equal(all.map(({ name }) => name));
  });

  it('say roles, levels, resource types and switches', async () => {
    const { data } = await get('integrations');
    expect(data).to.include({ topRole: 'org.admin', lowestRole: 'org.member' });
    expect(data!.roles.map(({ id }) => id)).to.include.members(['org.admin', 'project.member']);
    const secret = data!.resourceTypes.find(({ name }) => name === 'secret');
    expect(secret!.actions).to.have.members(['list', 'create', 'read', 'reveal', 'update', 'delete']);
    expect(secret!.levels).to.deep.equal(['ORG', 'PROJECT']);
    expect(data!.switches).to.deep.include({
      owner: 'exactly-one',
      multipleRoles: { org: false, project: false },
      externals: { default: 'forbid', choices: ['forbid'] },
    });
  });

  it('show the whole matrix as the policy says it', async () => {
    const { data } = await get('integrations');
    const row = { role: 'org.manager', resource: 'project', action: 'create', domain: 'org', effect: 'ALLOW' };
    expect(data!.permissions).to.deep.include(row);
    expect(data!.permissions).to.not.deep.include({ ...row, role: 'org.member' });
    expect(data!.permissions.map(({ role }) => role)).to.not.include('state/suspended');
  });

  it('one that is retired takes no new organizations, and those that live go on', async () => {
    const before = await foundOrganization(caller, 'Before', 'ai-spaces');
    const contents = (await shippedPolicies()).filter(({ scope }) => scope === 'blueprint/ai-spaces');
    const retired = contents.map((content) => ({ ...content, blueprint: { ...content.blueprint!, retired: true as const } }));
    const system = { name: 'system:cli/test', requestId: 'cli' };
    await tenet.database.write('platform', (db) => applyContents(db, retired, { author: system.name, reason: 'Retired' }, system));
    const refused = await caller.client.POST('/v1/organizations', { body: { name: 'After', blueprint: 'ai-spaces' } });
    expect(refused.response.status).to.equal(409);
    expect(refused.error!.detail).to.include('ai-spaces is retired');
    expect((await get('ai-spaces')).data).to.include({ retired: true });
    expect((await caller.client.GET('/v1/blueprints')).data!.items.find(({ name }) => name === 'ai-spaces')).to.include({ retired: true });
    expect(await foundProject(caller, before)).to.match(/^prj_/);
  });

  it('one that is not there is not found', async () => {
    expect((await get('no-such-thing')).response.status).to.equal(404);
    const { response } = await tenet.anonymous().client.GET('/v1/blueprints');
    expect(response.status).to.equal(401);
  });
});
