import { expect } from 'chai';
import { reachInstance, wakeInstance } from '../../../core/apps/access.ts';
import { desiredInstance, SecretMissing } from '../../../core/apps/desired.ts';
import { listWork, readWork, type Work, writeSeen } from '../../../core/apps/work.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import type { Db } from '../../../core/database/database.ts';
import { failedLook, install, notes, publish, setInstance, signInPublisher } from '../../helpers/apps.ts';
import { allowAlso, auditTrail, foundOrganization, inDatabase, join, type Person, writeIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const at = '/v1/organizations/{organizationId}/instances/{instanceId}';

describe('installed applications', function () {
  this.timeout(60_000);
  let tenet: TestTenet;
  let publisher: Caller;
  let admin: Caller;
  let user: Person;
  let organizationId: string;
  let itemId: string;

  before(async () => {
    tenet = await startTenet({ TENET_APPS_DRIVER: 'process' });
    publisher = await signInPublisher(tenet);
    admin = await tenet.as('admin@example.com');
    organizationId = await foundOrganization(admin, 'Acme', 'app-workspace');
    user = await join(tenet, { organizationId }, 'user@example.com', 'org.member');
    itemId = await publish(publisher);
  });

  after(() => tenet.stop());

  const pathOf = (instanceId: string) => ({ params: { path: { organizationId, instanceId } } });
  const get = (caller: Caller, instanceId: string) => caller.client.GET(at, pathOf(instanceId));
  const inOrganization = <T>(work: (db: Db) => Promise<T>) => writeIn(tenet, organizationId, work);
  const set = (instanceId: string, columns: object) => setInstance(tenet, organizationId, instanceId, columns);
  const tries = (body: object) =>
    admin.client.POST('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId } }, body: body as never });

  it('S003-21 is installed from the catalogue with variables and access; S003-20: the list shows name, status, template and last use', async () => {
    const made = await install(admin, organizationId, { itemId, name: 'Team notes', environment: { TEAM_NAME: 'Payments' } });
    expect(made).to.deep.include({
      state: 'INSTALLING',
      environment: { TEAM_NAME: 'Payments' },
      itemName: 'Notes',
      idleStopAfter: 'PT12H',
    });
    expect(made.projectId.slice(4)).to.equal(made.id.slice(5));
    expect((await get(user, made.id)).response.status, 'before access is given').to.equal(404);
    const grant = await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId: made.projectId } },
      body: { subject: { type: 'USER', id: user.id }, role: 'project.user' } as never,
    });
    expect(grant.response.status, JSON.stringify(grant.error)).to.equal(201);
    expect((await get(user, made.id)).data).to.include({ name: 'Team notes' });
    await install(admin, organizationId, { itemId, name: 'Without access' });
    const { data } = await user.client.GET('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId } } });
    expect(data!.items).to.have.length(1);
    expect(data!.items[0]).to.include({ name: 'Team notes', state: 'INSTALLING', itemName: 'Notes' }).and.to.have.property('lastActiveAt');
    const all = await admin.client.GET('/v1/organizations/{organizationId}/instances', { params: { path: { organizationId } } });
    expect(all.data!.items.map(({ name }) => name)).to.deep.equal(['Team notes', 'Without access']);
  });

  it('S003-23 is configured and restarted; only variables of the application are taken', async () => {
    const { id } = await install(admin, organizationId, { itemId });
    const patch = (body: object) => admin.client.PATCH(at, { ...pathOf(id), body });
    const refused = await patch({ environment: { LD_PRELOAD: '/tmp/x.so', TEAM_NAME: 'A' } });
    expect((refused.error as { errors: unknown }).errors).to.deep.equal([
      { pointer: '#/environment/LD_PRELOAD', detail: 'must be one of TEAM_NAME' },
    ]);
    expect((await patch({ environment: { TEAM_NAME: 'Billing' }, name: 'Bills' })).data).to.deep.include({
      name: 'Bills',
      environment: { TEAM_NAME: 'Billing' },
    });
    expect((await patch({ environment: { TEAM_NAME: null } })).data!.environment).to.deep.equal({});
    await set(id, { state: 'RUNNING' });
    const restarted = await admin.client.POST(`${at}/restart`, pathOf(id));
    expect(restarted.data).to.include({ state: 'RESTARTING' });
    expect((await admin.client.POST(`${at}/stop`, pathOf(id))).response.status).to.equal(200);
    expect((await admin.client.POST(`${at}/restart`, pathOf(id))).response.status).to.equal(409);
    expect((await admin.client.POST(`${at}/start`, pathOf(id))).data).to.include({ state: 'STARTING' });
  });

  it('refuses what is not in the catalogue of its kind, foreign secrets, and more than it has: nothing is half done', async () => {
    const secretive = await publish(publisher, {
      environment: [
        { name: 'TOKEN', secret: true, required: true },
        { name: 'TEAM', required: true },
      ],
    });
    const games = await publish(publisher);
    // As an earlier version has taken it.
    await tenet.database.write('platform', (db) =>
      db('catalog_items')
        .where({ id: toUuid('catalogItem', games) })
        .update({ category: 'Games' }),
    );
    expect((await tries({ itemId: games, name: 'A' })).response.status).to.equal(400);
    const { error } = await tries({ itemId: secretive, name: 'A', environment: { TOKEN: 'plain' } });
    expect((error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).to.deep.equal([
      '#/environment/TOKEN',
      '#/environment/TEAM',
    ]);
    const reference = { resourceId: 'res_01h455vb4pex5vsknk084sn02q', field: 'value' };
    const foreign = await tries({ itemId: secretive, name: 'Half', environment: { TEAM: 'A' }, secrets: { TOKEN: reference } });
    expect((foreign.error as { errors: unknown[] }).errors).to.have.length(1);
    const projects = await admin.client.GET('/v1/organizations/{organizationId}/projects', { params: { path: { organizationId } } });
    expect(projects.data!.items.map(({ name }) => name)).not.to.include('Half');
    const direct = await admin.client.POST('/v1/organizations/{organizationId}/projects', {
      params: { path: { organizationId } },
      body: { name: 'Alone' },
    });
    expect(direct.response.status).to.equal(403);
  });

  it('S003-39 is uninstalled: its project and its access end, the data waits for the purge; another organization sees nothing of it', async () => {
    const { id, projectId } = await install(admin, organizationId, { itemId });
    const stranger = await tenet.as('stranger@example.com');
    const elsewhere = await foundOrganization(stranger, 'Other', 'app-workspace');
    const foreign = { params: { path: { organizationId: elsewhere, instanceId: id } } };
    for (const { response } of [await stranger.client.GET(at, foreign), await stranger.client.DELETE(at, foreign)])
      expect(response.status).to.equal(404);
    expect((await user.client.DELETE(at, pathOf(id))).response.status).to.equal(404);
    expect((await admin.client.DELETE(at, pathOf(id))).response.status).to.equal(204);
    expect((await get(admin, id)).response.status).to.equal(404);
    const row = await inOrganization((db) =>
      db('instances')
        .where({ id: toUuid('instance', id) })
        .first(),
    );
    expect(row).to.include({ desired: 'REMOVED', state: 'UNINSTALLING', deletes_data: false });
    expect(await inOrganization((db) => reachInstance(db, { organizationId, instanceId: id }))).to.equal(undefined);
    const uuid = toUuid('project', projectId);
    await tenet.database.write('platform', (db) => db.raw('select purge_project(?, ?)', [toUuid('organization', organizationId), uuid]));
    expect(await tenet.database.read('platform', (db) => db('instance_remains').pluck('id'))).to.deep.equal([uuid]);
  });

  it('is stopped when its project is restored or archived, and looked at until that was seen', async () => {
    const { id } = await install(admin, organizationId, { itemId });
    const uuid = toUuid('instance', id);
    await set(id, { state: 'RUNNING', host: '127.0.0.1', port: 4711 });
    await admin.client.DELETE(at, pathOf(id));
    const setProject = (state: string) => inOrganization((db) => db('projects').where({ id: uuid }).update({ state }));
    await setProject('ACTIVE');
    const row = () => inOrganization((db) => db('instances').where({ id: uuid }).first());
    const work = () => tenet.database.read('platform', listWork);
    expect(await row()).to.include({ desired: 'STOPPED', state: 'UNINSTALLING', removed_at: null });
    await set(id, { host: null, port: null });
    expect(await work()).to.include(uuid);
    await set(id, { state: 'STOPPED' });
    expect(await work()).not.to.include(uuid);

    await set(id, { deletes_data: true });
    await setProject('DELETED');
    expect(await row()).to.include({ desired: 'REMOVED', deletes_data: true });
    await setProject('ACTIVE');
    expect(await row(), 'what was said of its data has ended').to.include({ desired: 'STOPPED', deletes_data: false });

    await set(id, { desired: 'RUNNING', state: 'RUNNING' });
    await setProject('ARCHIVED');
    expect(await row()).to.include({ desired: 'STOPPED', state: 'RUNNING' });
    expect(await work()).to.include(uuid);
    expect((await admin.client.POST(`${at}/start`, pathOf(id))).response.status).to.equal(404);
  });

  it('comes back with its project only where the organization has room for it', async () => {
    const full = await foundOrganization(admin, 'Full', 'app-workspace');
    const { id } = await install(admin, full, { itemId });
    const org_id = toUuid('organization', full);
    const run = (sql: string) => inDatabase(tenet, full, sql, [org_id]);
    await run(`insert into projects (org_id, id, name, slug)
      select ?::uuid, lpad(n::text, 32, '0')::uuid, 'Copy', 'copy-' || n from generate_series(1, 200) n`);
    await run(`insert into instances select (jsonb_populate_record(i, jsonb_build_object('id', lpad(n::text, 32, '0')::uuid))).*
      from instances i, generate_series(1, 200) n where i.org_id = ?`);
    const restore = () =>
      sendIn(
        admin,
        'POST',
        `${full}/projects/${toId('project', toUuid('instance', id))}/restore`,
        {},
        { 'Idempotency-Key': newId('request') },
      );
    await admin.client.DELETE(at, { params: { path: { organizationId: full, instanceId: id } } });
    const refused = await restore();
    expect([refused.status, refused.body.code, refused.body.limit], JSON.stringify(refused.body)).to.deep.equal([
      403,
      'limit-exceeded',
      200,
    ]);
    await run(`update projects set state = 'DELETED', deleted_at = now() where org_id = ? and slug = 'copy-1'`);
    expect((await restore()).status).to.equal(200);
  });

  it('is given what its application names alone: no variable that is secret by now, and nothing that is switched off', async () => {
    const item = await publish(publisher, {
      environment: [{ name: 'TEAM' }, { name: 'TOKEN', secret: true }, { name: 'LATER', secret: true }],
    });
    const { id } = await install(admin, organizationId, { itemId: item });
    const [org_id, project_id] = [toUuid('organization', organizationId), toUuid('instance', id)];
    const resourceId = newId('resource');
    const secrets = { TOKEN: { resourceId, field: 'value' }, GONE: { resourceId: newId('resource'), field: 'value' } };
    await set(id, { env: { TEAM: 'a', LATER: 'plain', LD_PRELOAD: '/tmp/x.so' }, secrets });
    await inOrganization(async (db) => {
      const resource = { org_id, id: toUuid('resource', resourceId), type: 'credential', name: 'A', data: { value: 'hidden' } };
      await db('resources').insert({ ...resource, created_by: 'test' });
    });
    const desired = () =>
      tenet.database.read('platform', async (db) => {
        const work = await readWork(db, project_id);
        return (await desiredInstance(db, tenet.keyring, work!, 1)).env;
      });
    expect(await desired()).to.deep.equal({ TEAM: 'a', TOKEN: 'hidden' });
    const restriction = { org_id, reason: 'test', created_by: 'test' };
    const restrict = (more: object) =>
      inOrganization((db) => db('restrictions').insert({ ...restriction, id: toUuid('restriction', newId('restriction')), ...more }));
    await restrict({ resource_type: 'credential', project_ids: [project_id], is_exception: true });
    await restrict({ resource_type: 'credential', resource_id: newId('resource') });
    expect(await desired(), 'it is off elsewhere').to.include({ TOKEN: 'hidden' });
    const { generation } = await inOrganization((db) => db('instances').where({ id: project_id }).first('generation'));
    const again = { TOKEN: { field: 'value', resourceId }, GONE: { field: 'value', resourceId: secrets.GONE.resourceId } };
    expect((await admin.client.PATCH(at, { ...pathOf(id), body: { secrets: again } })).response.status).to.equal(200);
    const after = await inOrganization((db) => db('instances').where({ id: project_id }).first('generation'));
    expect(after, 'the same reference is no other start, however its members are ordered').to.deep.equal({ generation });
    await restrict({ resource_type: 'credential', resource_id: resourceId });
    expect(await desired().catch((error: Error) => error)).to.be.instanceOf(SecretMissing);
    await set(id, { secrets: {} });
    expect(await desired()).to.deep.equal({ TEAM: 'a' });
  });

  it('keeps a resource that installed applications use: the refusal names those that the caller may list, until none uses it', async () => {
    // A manager, who invites members, may then do no less.
    const mayDelete = ['org.member', 'org.manager'].map(
      (role) => [`app-workspace/${role}`, 'org', 'credential', 'delete', 'allow'] as const,
    );
    await allowAlso(tenet, ...mayDelete);
    const item = await publish(publisher, { prices: [], environment: [{ name: 'TOKEN', secret: true }] });
    const credential = async (data: object = { value: 'hidden' }) =>
      (await sendIn(admin, 'POST', `${organizationId}/resources/credential`, { name: 'Token', data })).body.id as string;
    const resourceId = await credential();
    const remove = (by: Caller, id = resourceId) =>
      sendIn(by, 'DELETE', `${organizationId}/resources/credential/${id}`, undefined, { 'If-Match': '*' });
    const use = (name: string, id = resourceId) => tries({ itemId: item, name, secrets: { TOKEN: { resourceId: id, field: 'value' } } });
    const empty = (await use('Empty', await credential({}))).error;
    const detail = 'must be a field that has a value: set value with updateResource first';
    expect(empty).to.deep.include({ errors: [{ pointer: '#/secrets/TOKEN', detail }] });
    const [first, second] = [(await use('First')).data!, (await use('Second')).data!];
    await admin.client.POST('/v1/organizations/{organizationId}/projects/{projectId}/grants', {
      params: { path: { organizationId, projectId: second.projectId } },
      body: { subject: { type: 'USER', id: user.id }, role: 'project.user' } as never,
    });
    const advice = 'Give each another one with updateInstance, or uninstall it, and delete the resource then.';
    expect((await remove(user)).body).to.deep.include({
      ...{ status: 409, code: 'resource-in-use', instances: 2, instanceBlockers: [{ instanceId: second.id, name: 'Second' }] },
      detail: `2 installed applications use this resource (Second, and 1 more). ${advice}`,
    });
    const all = (await remove(admin)).body;
    expect(all.detail).to.equal(`2 installed applications use this resource (First, Second). ${advice}`);
    expect(all.instanceBlockers).to.deep.equal([first, second].map(({ id, name }) => ({ instanceId: id, name })));
    await admin.client.PATCH(at, { ...pathOf(first.id), body: { environment: { TOKEN: null } } });
    expect((await remove(admin)).body).to.include({ instances: 1 });
    await admin.client.DELETE(at, pathOf(second.id));
    expect((await remove(admin)).status).to.equal(204);

    const raced = await credential();
    const [removed, made] = await Promise.all([remove(admin, raced), use('Third', raced)]);
    expect([removed.status, made.response.status].join()).to.be.oneOf(['204,400', '409,201']);
  });

  it('starts anew what has failed, whatever a look says that began before', async () => {
    const { id } = await install(admin, organizationId, { itemId });
    await set(id, { state: 'FAILED', failure: 'It ended.', failures: 3, next_attempt_at: new Date() });
    const uuid = toUuid('instance', id);
    const before = await tenet.database.read('platform', (db) => readWork(db, uuid));
    expect((await admin.client.POST(`${at}/start`, pathOf(id))).data).to.include({ state: 'STARTING' });
    expect(await tenet.database.write('platform', (db) => writeSeen(db, before!, failedLook(before!, 4)))).to.equal(false);
    expect((await get(admin, id)).data)
      .to.include({ state: 'STARTING' })
      .and.not.to.have.property('failure');

    // The log of the organization has one event of the third failure in a row, however many passes see it.
    const told = async () => (await auditTrail(admin, organizationId, 'instance.fail')).filter(({ target }) => target === id).length;
    const work = async () => (await tenet.database.read('platform', (db) => readWork(db, uuid)))!;
    const write = (row: Work, failures: number) =>
      tenet.database.write('platform', (db) => writeSeen(db, row, { ...failedLook(before!, failures), failure: `It ended: ${failures}.` }));
    for (const failures of [1, 2]) expect(await write(await work(), failures)).to.equal(true);
    expect(await told()).to.equal(0);
    const row = await work();
    const looks = await Promise.all(Array.from({ length: 4 }, () => write(row, 3)));
    expect(looks.filter(Boolean)).to.have.length(1);
    for (const failures of [4, 5]) expect(await write(await work(), failures)).to.equal(true);
    expect(await told()).to.equal(1);
    expect((await admin.client.POST(`${at}/start`, pathOf(id))).data).to.include({ state: 'STARTING' });
    for (const failures of [1, 2, 3]) expect(await write(await work(), failures)).to.equal(true);
    expect(await told(), 'another start that fails is another failure').to.equal(2);
  });

  it('is reached where it runs, and woken by one of many accesses at once', async () => {
    const { id: instanceId } = await install(admin, organizationId, { itemId });
    const place = { organizationId, instanceId };
    await set(instanceId, { state: 'RUNNING', host: '127.0.0.1', port: 4711 });
    expect(await inOrganization((db) => reachInstance(db, place))).to.deep.include({ address: { host: '127.0.0.1', port: 4711 } });
    expect(JSON.stringify((await get(admin, instanceId)).data)).not.to.include('4711');
    await set(instanceId, { state: 'IDLE_STOPPED', desired: 'IDLE_STOPPED', last_active_at: new Date(0) });
    const before = (await get(admin, instanceId)).data!.etag;
    const woken = await Promise.all(Array.from({ length: 5 }, () => inOrganization((db) => wakeInstance(db, place))));
    expect(woken.map((each) => each!.state)).to.deep.equal(Array(5).fill('STARTING'));
    expect(Number((await get(admin, instanceId)).data!.etag.slice(1, -1))).to.equal(Number(before.slice(1, -1)) + 1);
  });

  it('is refused where the installation runs none, and where the kind of organization installs none', async () => {
    const teams = await foundOrganization(admin, 'Teams', 'teams');
    const there = await admin.client.POST('/v1/organizations/{organizationId}/instances', {
      params: { path: { organizationId: teams } },
      body: { itemId, name: 'A' },
    });
    expect(there.response.status).to.be.oneOf([403, 409]);
    expect(notes.program.command).to.equal(process.execPath);
  });
});
