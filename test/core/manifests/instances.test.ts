import { expect } from 'chai';
import { blueprintScope } from '../../../core/authorization/policy/scopes.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { exportOrganization } from '../../../core/manifests/export.ts';
import type { DesiredInstance } from '../../../core/manifests/instances.ts';
import { planManifests } from '../../../core/manifests/plan.ts';
import { install, publish, signInPublisher } from '../../helpers/apps.ts';
import { allowAlso, auditTrail, changePolicy, inDatabase, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { cluster, manifestTests, refusal } from './manifests.ts';

const listPath = '/v1/organizations/{organizationId}/instances';
const onePath = '/v1/organizations/{organizationId}/instances/{instanceId}';

describe('the applications that a manifest says', () => {
  const tests = manifestTests();
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const apply = async (name: string, ...instances: DesiredInstance[]) => {
    const { result, done } = await tests.applyOrganization(name, { blueprint: 'app-workspace', instances });
    return { ...result, done: changes(done) };
  };
  const admins = new Map<string, Promise<Caller>>();
  const adminOf = (organizationId: string): Promise<Caller> => {
    const admin = admins.get(organizationId) ?? join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
    admins.set(organizationId, admin);
    return admin;
  };
  const list = async (by: Caller, organizationId: string) =>
    (await by.client.GET(listPath, { params: { path: { organizationId } } })).data!.items;
  const at = (organizationId: string, instanceId: string) => ({
    params: { path: { organizationId, instanceId }, header: { 'If-Match': '*' } },
  });
  const get = async (by: Caller, organizationId: string, instanceId: string) =>
    (await by.client.GET(onePath, { params: { path: { organizationId, instanceId } } })).data!;
  const exported = (id: string) => tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));
  let publisher: Caller;
  let notes: string;

  before(async () => {
    await allowAlso(tests.tenet, ['app-workspace/org.admin', 'project', 'project', 'hand-over', 'allow']);
    publisher = await signInPublisher(tests.tenet);
    notes = await publish(publisher);
    await publish(publisher, { name: 'Board', prices: [], environment: [{ name: 'SIZE', required: true }, { name: 'COLOR' }] });
  });

  it('are installed, changed, stopped and uninstalled, each as the manifest; the API changes what it does not say', async () => {
    const said = { name: 'notes', displayName: 'Team notes', item: 'Notes', environment: { TEAM_NAME: 'Payments' } };
    const { id = '', done } = await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: false });
    expect(done).to.deep.equal(['create the organization acme', 'install Notes as notes', 'install Board as board']);
    const admin = await adminOf(id);
    const [first, second] = await list(admin, id);
    const managedBy = { kind: 'Organization', name: 'acme' };
    expect(first).to.deep.include({ name: 'Team notes', itemId: notes, state: 'INSTALLING', managedBy });
    const made = await get(admin, id, first!.id);
    expect(made).to.deep.include({ createdBy: 'manifest:Organization/acme@1', environment: { TEAM_NAME: 'Payments' }, managedBy });
    expect(await get(admin, id, second!.id)).to.include({ name: 'board' });
    expect((await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: false })).done).to.deep.equal(
      [],
    );

    const here = at(id, first!.id);
    for (const body of [{ name: 'Mine' }, { environment: { TEAM_NAME: 'Mine' } }])
      expect((await admin.client.PATCH(onePath, { ...here, body })).error)
        .to.include({ code: 'managed-by' })
        .and.deep.include({ managedBy });
    expect((await admin.client.DELETE(onePath, here)).error).to.include({ code: 'managed-by' });
    expect((await admin.client.PATCH(onePath, { ...here, body: { priceKind: 'MONTHLY' } })).response.status).to.equal(200);
    expect((await admin.client.POST(`${onePath}/stop`, here)).response.status).to.equal(200);
    expect((await admin.client.POST(`${onePath}/start`, at(id, second!.id))).error, 'running is said').to.include({ code: 'managed-by' });
    expect((await apply('acme', said, { name: 'board', item: 'Board', environment: { SIZE: '3' }, running: true })).done).to.deep.equal([
      'start the application board',
    ]);
    const changed = await apply('acme', { name: 'notes', item: notes, priceKind: 'LIFETIME', running: true });
    expect(changed.done).to.deep.equal([
      'uninstall the application board',
      'set name, priceKind, variables of the application notes',
      'start the application notes',
    ]);
    expect(await get(admin, id, first!.id)).to.deep.include({ name: 'notes', environment: {}, priceKind: 'LIFETIME' });
    expect((await admin.client.PATCH(onePath, { ...here, body: { priceKind: 'MONTHLY' } })).error).to.include({ code: 'managed-by' });
    expect((await list(admin, id)).map(({ name }) => name)).to.deep.equal(['notes']);
    const trail = [...(await auditTrail(admin, id, 'instance.delete')), ...(await auditTrail(admin, id, 'instance.start'))];
    expect(trail.map(({ target }) => target)).to.have.members([first!.id, second!.id, second!.id]);

    const setState = (state: 'WITHDRAWN' | 'PUBLISHED') =>
      publisher.client.PATCH('/v1/catalog-items/{itemId}', {
        params: { path: { itemId: notes }, header: { 'If-Match': '*' } },
        body: { state },
      });
    await setState('WITHDRAWN');
    const kept = await apply('acme', { name: 'notes', item: 'Notes' });
    expect(kept, 'what is withdrawn stays installed').to.deep.include({ done: [], refusals: [], problems: [] });
    await setState('PUBLISHED');
    const { manifests, leftOut } = await exported(id);
    expect(manifests).to.have.length(1);
    expect(manifests[0]!.spec['instances']).to.deep.equal([{ name: 'notes', item: 'Notes', priceKind: 'Lifetime' }]);
    expect(leftOut).to.deep.equal([]);
    await tests.releaseOrganization('acme', 'Retain');
    expect((await list(admin, id))[0]).not.to.have.property('managedBy');
    expect((await admin.client.DELETE(onePath, here)).response.status, "it is the API's again").to.equal(204);
  });

  it('that cannot be carried out are named by their place, and everything else is done', async () => {
    const board = { name: 'board', item: 'Board', environment: { SIZE: '3' } };
    await publish(publisher, { name: 'Twin', prices: [] });
    await publish(publisher, { name: 'Twin', prices: [] });
    const elsewhere = toUuid('catalogItem', await publish(publisher, { name: 'Elsewhere' }));
    // As an earlier version has taken it.
    await tests.tenet.database.write('platform', (db) => db('catalog_items').where({ id: elsewhere }).update({ category: 'Games' }));
    await publish(publisher, { name: 'Paid', trialDays: undefined });
    const tried = toUuid('catalogItem', await publish(publisher, { name: 'Tried' }));
    const { id = '' } = await apply('wrong', board);
    await inDatabase(tests.tenet, id, "insert into application_trials (org_id, item_id, ends_at) values (?, ?, '2026-02-03')", [
      toUuid('organization', id),
      tried,
    ]);
    await tests.applyProject('site', 'wrong');
    const { done, result } = await tests.applyOrganization('wrong', {
      blueprint: 'app-workspace',
      limits: [{ name: 'instances', hard: 2 }],
      instances: [
        { ...board, item: 'Notes' },
        { name: 'nothing', item: 'Nots' },
        { name: 'games', item: 'Elsewhere' },
        { name: 'twin', item: 'Twin' },
        { name: 'paid', item: 'Paid' },
        { name: 'bare', item: 'Board', environment: { LD_PRELOAD: '/x.so' }, secrets: { SIZE: { resource: 'None', field: 'value' } } },
        { name: 'loud', item: 'Board', environment: { LD_PRELOAD: '/x.so', SIZE: '1' } },
        { name: 'turned', item: 'Notes', environment: { TEAM_NAME: 'a\u202eb' } },
        { name: 'site', item: 'Notes' },
        { name: 'foreign', item: 'Board', secrets: { SIZE: { resource: newId('resource'), field: 'value' } } },
        { name: 'fine', item: 'Notes' },
        { name: 'fine', item: 'Board' },
        { name: 'over', item: 'Notes' },
        { name: 'nothing-at-all', item: 'Not\0es' },
        { name: 'hidden', item: 'Board', displayName: 'a\u202eb', secrets: { SIZE: { resource: '\0', field: 'value' } } },
        { name: 'tried', item: 'Tried' },
      ],
    });
    expect(changes(done)).to.deep.equal(['set the limit instances to hard 2', 'install Notes as fine']);
    const { problems, refusals } = result;
    expect(problems.map(({ path }) => path)).to.deep.equal([
      'spec.instances[7].environment.TEAM_NAME',
      'spec.instances[11].name',
      'spec.instances[13].item',
      'spec.instances[14].displayName',
      'spec.instances[14].secrets.SIZE.resource',
    ]);
    const at = (number: number, field: string) => `spec.instances[${number}]${field}`;
    const found = new Map(refusals.map(({ path, detail }) => [path, detail]));
    expect([...found.keys()]).to.deep.equal([
      at(0, '.item'),
      at(1, '.item'),
      at(2, '.item'),
      at(3, '.item'),
      at(4, '.priceKind'),
      at(5, '.secrets.SIZE.resource'),
      at(6, '.environment.LD_PRELOAD'),
      at(8, '.name'),
      at(9, '.secrets.SIZE'),
      at(12, ''),
      at(15, '.priceKind'),
    ]);
    expect(found.get(at(0, '.item'))).to.include('The application Board is installed under this name, and that does not change.');
    expect(found.get(at(3, '.item'))).to.equal('The catalogue has 2 applications Twin. Name the one that is meant by its id.');
    expect(found.get(at(4, '.priceKind'))).to.equal(
      'A price has to be chosen: it must be Monthly or Lifetime: this application has no trial.',
    );
    expect(found.get(at(15, '.priceKind'))).to.equal(
      'A price has to be chosen: it must be Monthly or Lifetime: the one trial that an organization has of this application ended on 2026-02-03.',
    );
    expect(found.get(at(6, '.environment.LD_PRELOAD'))).to.equal(
      'The application cannot run with these variables: it must be one of SIZE, COLOR.',
    );
    expect(found.get(at(8, '.name'))).to.equal(
      'The project of the manifest Project team-a/site has the slug site in this organization. Choose another name.',
    );
    expect(found.get(at(12, ''))).to.match(/^The organization has 2 installed applications/);
    const admin = await adminOf(id);
    expect(
      (await list(admin, id)).map(({ name }) => name),
      'nothing is uninstalled by a mistake',
    ).to.deep.equal(['board', 'fine']);
    const { code, message } = await refusal(tests.applyProject('fine', 'wrong'));
    expect({ code, message }).to.deep.equal({
      code: 'already-exists',
      message: 'Organization wrong has the slug fine in this organization. Choose another slug.',
    });
    const other = await tests.applyOrganization('plain', { instances: [board] });
    expect(other.result.refusals.map(({ path, detail }) => `${path}: ${detail}`).join()).to.match(/^spec\.instances\[0\].*Board/);
    const { context } = tests;
    tests.context = { ...context, appsDriver: 'off' };
    const off = await apply('off', board);
    tests.context = context;
    const detail = 'This installation runs no applications. Its operator sets TENET_APPS_DRIVER.';
    expect(off).to.deep.include({ done: ['create the organization off'], refusals: [{ path: 'spec.instances[0]', detail }] });
  });

  it("take over what the API has installed, are planned without being done, and are not a Project's too", async () => {
    const { id = '' } = await apply('taken');
    const admin = await adminOf(id);
    const mine = await install(admin, id, { itemId: notes, name: 'Mine', environment: { TEAM_NAME: 'A' } });
    const said = { name: 'mine', displayName: 'Mine', item: 'Notes', environment: { TEAM_NAME: 'A' } };
    const { fence: _, ...planning } = tests.context;
    const common = {
      slug: 'taken',
      displayName: 'taken',
      members: [],
      membersPolicy: 'Additive' as const,
      manage: true,
      blueprint: 'app-workspace',
    };
    const plan = async (...instances: DesiredInstance[]) => {
      const manifest = { ...common, instances };
      const own = { kind: 'Organization' as const, name: 'taken', uid: tests.organizationRef('taken').uid, manifest };
      return (await planManifests(planning, [{ organization: 'taken', own, projects: [] }]))[0]!.manifests[0]!;
    };
    const planned = await plan({ ...said, environment: {} }, { name: 'board', item: 'Board', environment: { SIZE: '1' } });
    expect(planned.steps).to.deep.equal(['set variables of the application mine', 'install Board as board']);
    expect(planned.changes.map(({ action, target }) => [action, target.replace(mine.id, 'mine')])).to.deep.equal([
      ['instance.update', 'mine'],
      ['project.create', 'prj_new1'],
      ['instance.create', 'inst_new1'],
    ]);
    expect(await list(admin, id)).to.have.length(1);
    expect(await plan({ name: 'mine', item: 'Notes', environment: { NO: 'x' } }))
      .to.have.property('problems')
      .with.length(1);

    const { manifests } = await exported(id);
    expect(manifests.map(({ spec }) => spec['instances'])).to.deep.equal([[said]]);
    const { etag } = await get(admin, id, mine.id);
    expect((await apply('taken', said)).done).to.deep.equal([]);
    const again = { params: { path: { organizationId: id, instanceId: mine.id }, header: { 'If-None-Match': etag } } };
    expect((await admin.client.GET(onePath, again)).data, 'whose it is now is another ETag').to.deep.include({
      managedBy: { kind: 'Organization', name: 'taken' },
    });
    expect((await admin.client.DELETE(onePath, at(id, mine.id))).error).to.include({ code: 'managed-by' });
    const handOver = await admin.client.PUT('/v1/organizations/{organizationId}/projects/{projectId}/hand-over', {
      params: { path: { organizationId: id, projectId: mine.projectId } },
      body: { mode: 'ADOPT', cluster, namespace: 'team-a', name: 'mine' },
    });
    expect(handOver.response.status, JSON.stringify(handOver.error)).to.be.oneOf([200, 201]);
    const { message } = await refusal(tests.applyProject('mine', 'taken', { adopt: mine.projectId }));
    expect(message).to.equal(
      'Organization taken says the application mine, which is this project (spec.instances). Take its entry out first.',
    );
    expect((await apply('taken')).done).to.deep.equal(['uninstall the application mine']);
  });

  it('take their secrets from resources of the organization itself, which manifests have to be allowed to reveal', async () => {
    await tests.tenet.database.write('platform', async (db) => {
      const [head] = await listHeads(db, [blueprintScope('integrations')]);
      const { tests: _, blueprint, ...content } = await loadContent(db, head!.scope, head!.revision);
      const catalog = { categories: ['Productivity'], priceKinds: ['MONTHLY' as const] };
      const changed = { ...content, blueprint: { ...blueprint!, catalog, instances: { dataOnUninstall: 'delete' as const } } };
      const { revision } = await insertRevision(db, changed, { author: 'test', reason: 'it installs applications' });
      await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
    });
    const manifest = (act: string, level: string, resource = 'instance') => ['platform/controller', level, resource, act, 'allow'] as const;
    const rows = [manifest('create', 'org'), ...['update', 'restart', 'stop', 'delete'].map((act) => manifest(act, 'project'))];
    await changePolicy(tests.tenet, rows, () => true);
    await publish(publisher, {
      name: 'Vault',
      prices: [],
      environment: [{ name: 'TOKEN', secret: true, required: true }, { name: 'SIZE' }],
    });
    const vault = (resource: string) => ({ name: 'vault', item: 'Vault', secrets: { TOKEN: { resource, field: 'value' } } });
    const applySecret = async (name: string, ...instances: DesiredInstance[]) => {
      const { result, done } = await tests.applyOrganization(name, { instances });
      return { ...result, done: changes(done) };
    };
    const { id = '' } = await applySecret('sealed');
    const { id: foreignId = '' } = await applySecret('foreign');
    const secretIn = async (organizationId: string, name: string) => {
      const path = { organizationId, resourceType: 'secret' };
      const body = { name, data: { value: 'hidden-value' } };
      const admin = await adminOf(organizationId);
      return (await admin.client.POST('/v1/organizations/{organizationId}/resources/{resourceType}', { params: { path }, body })).data!.id;
    };
    const [token, foreign] = [await secretIn(id, 'Deploy'), await secretIn(foreignId, 'Theirs')];
    const may = 'must be a field of a resource of the organization, or of the project of the instance, that you may use';
    const refused = [{ path: 'spec.instances[0].secrets.TOKEN', detail: `The application cannot run with these variables: it ${may}.` }];
    expect((await applySecret('sealed', vault('Deploy'))).refusals, 'manifests may not reveal it').to.deep.equal(refused);
    await changePolicy(tests.tenet, [manifest('reveal', 'org', 'secret')], () => true);
    expect((await applySecret('sealed', vault(foreign))).refusals, "another organization's").to.deep.equal(refused);
    expect((await applySecret('sealed', vault('Theirs'))).refusals.map(({ path }) => path)).to.deep.equal([
      'spec.instances[0].secrets.TOKEN.resource',
    ]);
    const text = { name: 'vault', item: 'Vault', environment: { TOKEN: 'plain' } };
    expect((await applySecret('sealed', text)).refusals.map(({ path }) => path)).to.deep.equal(['spec.instances[0].environment.TOKEN']);
    expect((await applySecret('sealed', vault('Deploy'))).done).to.deep.equal(['install Vault as vault']);
    const org_id = toUuid('organization', id);
    const kept = await tests.tenet.database.read('platform', (db) => db('instances').where({ org_id }).first());
    expect(kept).to.deep.include({ secrets: { TOKEN: { resourceId: token, field: 'value' } }, env: {} });
    expect((await applySecret('sealed', vault(token))).done, 'by its id it is the same').to.deep.equal([]);
    expect((await exported(id)).manifests[0]!.spec['instances']).to.deep.equal([vault('Deploy')]);
    const moved = { name: 'vault', item: 'Vault', environment: { SIZE: '2' }, secrets: vault(token).secrets };
    expect((await applySecret('sealed', moved)).done).to.deep.equal(['set variables of the application vault']);
    await secretIn(id, 'Deploy');
    expect((await applySecret('sealed', vault('Deploy'))).refusals[0]!.detail).to.include('has 2 resources with the name Deploy');
    const events = await tests.tenet.database.read('platform', (db) => db('audit_events').select('event'));
    expect(JSON.stringify(events)).not.to.include('hidden-value');

    // A secret that the manifest says no more stays as long as an application has it, and goes after that.
    await secretIn(id, 'Own');
    const own = { name: 'own', item: 'Vault', secrets: { TOKEN: { resource: 'Own', field: 'value' } } };
    const instances = [vault(token), own];
    const said = await tests.applyOrganization('sealed', { instances, resources: [{ type: 'secret', name: 'Own' }] });
    expect(said.result.refusals).to.deep.equal([]);
    const held = await tests.applyOrganization('sealed', { instances });
    expect([changes(held.done), held.result.refusals.map(({ path }) => path)]).to.deep.equal([[], ['spec.resources (secret Own)']]);
    expect(held.result.refusals[0]!.detail).to.match(/^1 installed application uses this resource/);
    expect(changes((await tests.applyOrganization('sealed', { instances: [vault(token)] })).done)).to.deep.equal([
      'uninstall the application own',
      'delete the secret Own',
    ]);
  });
});
