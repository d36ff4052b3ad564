import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { exportOrganization } from '../../../core/manifests/export.ts';
import type { DesiredSecret } from '../../../core/manifests/resource-secrets.ts';
import type { DesiredResource } from '../../../core/manifests/resources.ts';
import { auditTrail, changePolicy, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const listPath = '/v1/organizations/{organizationId}/resources/{resourceType}';
const onePath = '/v1/organizations/{organizationId}/resources/{resourceType}/{resourceId}';

describe('the resources that a manifest says', () => {
  const tests = manifestTests();
  const connection = (name: string, data: DesiredResource['data'] = { platform: 'github' }): DesiredResource => ({
    ...{ type: 'connection', name },
    data,
  });
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const apply = async (name: string, ...resources: DesiredResource[]) => {
    const { result, done } = await tests.applyOrganization(name, { resources });
    return { ...result, done: changes(done) };
  };
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const list = async (by: Caller, organizationId: string, resourceType = 'connection') =>
    (await by.client.GET(listPath, { params: { path: { organizationId, resourceType } } })).data!.items;
  const create = async (by: Caller, organizationId: string, resourceType: string, name: string, data: Record<string, unknown>) =>
    (await by.client.POST(listPath, { params: { path: { organizationId, resourceType } }, body: { name, data } })).data!;
  const at = (organizationId: string, resourceType: string, resourceId: string) => ({
    params: { path: { organizationId, resourceType, resourceId }, header: { 'If-Match': '*' } },
  });
  const exported = (id: string) => tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));

  it('are made, changed as a whole and deleted when they are not listed any more; the API changes their labels alone', async () => {
    const settings = { repository: 'acme/site', branches: { main: true } };
    const { id = '', done } = await apply('acme', connection('Code', { platform: 'github', settings }), connection('Board'));
    expect(done).to.deep.equal(['create the organization acme', 'create the connection Code', 'create the connection Board']);
    const admin = await adminOf(id);
    const [code] = await list(admin, id);
    const managedBy = { kind: 'Organization', name: 'acme' };
    expect(code).to.deep.include({ name: 'Code', createdBy: 'manifest:Organization/acme@1', managedBy });
    const here = at(id, 'connection', code!.id);
    for (const body of [{ name: 'Mine' }, { data: { platform: 'gitlab' } }])
      expect((await admin.client.PATCH(onePath, { ...here, body })).error).to.include({ code: 'managed-by' });
    expect((await admin.client.DELETE(onePath, here)).error).to.include({ code: 'managed-by' });
    expect((await admin.client.PATCH(onePath, { ...here, body: { labels: { team: 'web' } } })).response.status).to.equal(200);
    expect((await apply('acme', connection('Code', { platform: 'github', settings }), connection('Board'))).done).to.deep.equal([]);
    const other = { platform: 'gitlab', settings: { branches: { next: true, main: null } } };
    expect((await apply('acme', connection('Code', other))).done).to.deep.equal([
      'set platform, settings of the connection Code',
      'delete the connection Board',
    ]);
    const { data } = await admin.client.GET(onePath, { params: { path: here.params.path } });
    expect(data).to.deep.include({ data: { platform: 'gitlab', settings: { branches: { next: true } } }, labels: { team: 'web' } });
    expect((await auditTrail(admin, id, 'resource.delete')).map(({ outcome }) => outcome)).to.deep.equal(['SUCCEEDED']);
    await tests.releaseOrganization('acme', 'Retain');
    expect((await admin.client.DELETE(onePath, here)).response.status).to.equal(204);
  });

  it("take over one of the API's, whose sensitive fields stay, and are exported without them", async () => {
    const { id = '' } = await apply('taken');
    const admin = await adminOf(id);
    const secret = await create(admin, id, 'secret', 'Deploy', { usage: 'Builds', value: 's3cret' });
    for (const name of ['Twin', 'Twin', 'Mine']) await create(admin, id, 'connection', name, { platform: 'x' });
    const deploy = { type: 'secret', name: 'Deploy', data: { usage: 'Releases' } };
    const { done, refusals } = await apply('taken', deploy, connection('Twin'));
    expect(done).to.deep.equal(['set usage of the secret Deploy']);
    expect(refusals).to.deep.equal([
      {
        path: 'spec.resources[1]',
        detail: 'There are 2 of this type and name here. Rename all of them but one by the API, or choose another name.',
      },
    ]);
    const revealed = await admin.client.POST(`${onePath}/reveal`, { params: { path: at(id, 'secret', secret.id).params.path } });
    expect(revealed.data!.data).to.deep.equal({ value: 's3cret' });
    const { manifests, leftOut } = await exported(id);
    expect(manifests[0]!.spec['resources']).to.deep.equal([deploy, connection('Mine', { platform: 'x' })]);
    expect(leftOut).to.deep.equal([
      'taken: the connection Twin, whose name others have too',
      'taken: the connection Twin, whose name others have too',
      'taken: value of the secret Deploy, which no manifest shows',
    ]);
    expect(JSON.stringify({ manifests, leftOut })).not.to.include('s3cret');
    expect((await apply('taken')).done, 'what it has taken over goes with its entry, and nothing else').to.deep.equal([
      'delete the secret Deploy',
    ]);
  });

  it('that do not fit their type are named by their place without the value, and keep what there is', async () => {
    await apply('wrong', connection('Code'));
    const { done, problems } = await apply(
      'wrong',
      connection('Code', { platform: 7, color: 'red' }),
      { type: 'conection', name: 'X' },
      { type: 'secret', name: 'S', data: { value: 'plain-s3cret' } },
      { type: 'secret', name: 'T' },
      connection('Board'),
      connection('Board'),
    );
    expect(done).to.deep.equal(['create the connection Board']);
    expect(problems.map(({ path }) => path)).to.have.members([
      'spec.resources[0].data.platform',
      'spec.resources[0].data.color',
      'spec.resources[1].type',
      'spec.resources[2].data.value',
      'spec.resources[3].data.value',
      'spec.resources[5]',
    ]);
    expect(JSON.stringify(problems)).not.to.include('plain-s3cret');
    const wide = await tests.applyOrganization('wide', { blueprint: 'teams', resources: [connection('Code')] });
    expect(wide.result.problems[0]).to.include({
      path: 'spec.resources[0].type',
      detail: 'No resources of this type are kept here; there are none here.',
    });
  });

  it('beyond those that an export reads are named as left out, with their number', async () => {
    const { result } = await tests.applyOrganization('many');
    const leftOut = await tests.tenet.database.write('platform', async (db) => {
      await db.raw(
        `insert into resources (org_id, id, type, name, created_by)
         select ?, gen_random_uuid(), 'connection', 'c' || n, 'test' from generate_series(1, 10003) n`,
        [toUuid('organization', result.id!)],
      );
      return (await exportOrganization(db, result.id!, { namespace: 'team-a' })).leftOut;
    });
    expect(leftOut).to.include.members([
      'many: resources beyond the 10000 that an export reads: 3',
      'many: resources beyond the 100 that a manifest has: 9900',
    ]);
  });

  it('take sensitive fields from elsewhere, follow a change, and say no value; what cannot be had keeps what there is', async () => {
    const { result: organization } = await tests.applyOrganization('kept');
    const id = organization.id!;
    const admin = await adminOf(id);
    const deploy = (...secrets: DesiredSecret[]) => ({
      resources: [{ type: 'secret', name: 'Deploy', data: { usage: 'Builds' }, secrets }],
    });
    const bring = async (...secrets: DesiredSecret[]) => {
      const { result, done } = await tests.applyProject('site', 'kept', deploy(...secrets));
      expect(JSON.stringify({ result, done })).not.to.match(/first-value|second-value/);
      return { ...result, done: changes(done) };
    };
    const { id: projectId = '', done } = await bring({ field: 'value', value: 'first-value' });
    expect(done).to.deep.equal(['create the project site', 'create the secret Deploy']);
    const inProject = '/v1/organizations/{organizationId}/projects/{projectId}/resources/{resourceType}' as const;
    const place = { organizationId: id, projectId, resourceType: 'secret' };
    const { data: found } = await admin.client.GET(inProject, { params: { path: place } });
    const path = { ...place, resourceId: found!.items[0]!.id };
    const value = async () => (await admin.client.POST(`${inProject}/{resourceId}/reveal`, { params: { path } })).data!.data['value'];
    expect(await value()).to.equal('first-value');
    expect((await bring({ field: 'value', value: 'first-value' })).done).to.deep.equal([]);
    const patch = (body: { data: Record<string, unknown> }) =>
      admin.client.PATCH(`${inProject}/{resourceId}`, { params: { path, header: { 'If-Match': '*' } }, body });
    expect((await patch({ data: { value: 'mine' } })).error).to.include({ code: 'managed-by' });
    expect((await bring({ field: 'value', value: 'second-value' })).done).to.deep.equal(['set value of the secret Deploy']);
    expect(await value()).to.equal('second-value');
    // A plan does not know the value, and one that is there is taken for the same.
    expect((await bring({ field: 'value' })).done).to.deep.equal([]);
    const gone = await bring({ field: 'value', problem: 'There is no Secret.' });
    expect(gone).to.deep.include({ done: [], refusals: [{ path: 'spec.resources[0].secrets[0]', detail: 'There is no Secret.' }] });
    const wrong = await bring({ field: 'usage', value: 'second-value' }, { field: 'value', value: 'x'.repeat(20_001) });
    expect(wrong.problems.map(({ path: at }) => at)).to.deep.equal(['spec.resources[0].secrets[0].field']);
    const long = await bring({ field: 'value', value: 'second-value'.repeat(2_000) });
    expect(long.problems.map(({ path: at }) => at)).to.deep.equal(['spec.resources[0].secrets']);
    expect(await value()).to.equal('second-value');
    // What the manifest does not say any more stays, and is the API's.
    expect((await bring()).done).to.deep.equal([]);
    expect((await patch({ data: { value: 'mine' } })).response.status).to.equal(200);
    expect((await patch({ data: { usage: 'mine' } })).error).to.include({ code: 'managed-by' });
    const events = await tests.tenet.database.read('platform', (db) => db('audit_events').select('event'));
    expect(JSON.stringify([events, await exported(id)])).not.to.match(/first-value|second-value/);
  });

  it('are those of a Project too, and refused where the policy does not let manifests make them', async () => {
    const { id = '' } = await apply('home', connection('Code'));
    const { done } = await tests.applyProject('page', 'home', { resources: [connection('Code')] });
    expect(changes(done)).to.deep.equal(['create the project page', 'create the connection Code']);
    const { manifests } = await exported(id);
    expect(manifests.map(({ spec }) => spec['resources'])).to.deep.equal([[connection('Code')], [connection('Code')]]);
    expect(changes((await tests.applyProject('page', 'home')).done)).to.deep.equal(['delete the connection Code']);
    await changePolicy(tests.tenet, [], ([sub, , obj]) => sub !== 'platform/controller' || obj !== 'connection');
    const refused = await tests.applyProject('page', 'home', { resources: [connection('Code')] });
    expect(refused.result.refusals).to.deep.equal([
      { path: 'spec.resources[0]', detail: 'The policy does not let manifests do this (connection:create).' },
    ]);
  });
});
