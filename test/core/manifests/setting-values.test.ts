import { expect } from 'chai';
import { toUuid } from '../../../core/base/ids.ts';
import { exportOrganization } from '../../../core/manifests/export.ts';
import { auditTrail, inDatabase, join } from '../../helpers/people.ts';
import type { Caller } from '../../helpers/tenet.ts';
import { manifestTests } from './manifests.ts';

const ofOrganization = '/v1/organizations/{organizationId}/settings/{settingKey}';
const ofProject = '/v1/organizations/{organizationId}/projects/{projectId}/settings/{settingKey}';
const router = 'router_01h455vb4pex5vsknk084sn02q';

describe('the settings that a manifest says', () => {
  const tests = manifestTests();
  const workspace = { blueprint: 'app-workspace' } as const;
  const spaces = { blueprint: 'ai-spaces' } as const;
  const changes = (done: readonly string[]): string[] => done.filter((step) => !step.startsWith('note'));
  const adminOf = (organizationId: string): Promise<Caller> => join(tests.tenet, { organizationId }, 'admin@example.com', 'org.admin');
  const at = (organizationId: string, settingKey = 'idle-stop-after') => ({ params: { path: { organizationId, settingKey } } });
  const written = { header: { 'If-Match': '*' } };
  const get = async (by: Caller, id: string) => (await by.client.GET(ofOrganization, at(id))).data!;
  const set = (by: Caller, id: string, value: string) =>
    by.client.PUT(ofOrganization, { params: { ...at(id).params, ...written }, body: { value, isLocked: false } });
  const clear = (by: Caller, id: string) => by.client.DELETE(ofOrganization, { params: { ...at(id).params, ...written } });
  const idle = (value: string, locked?: boolean) => ({ settingValues: { 'idle-stop-after': { value, locked } } });

  it('are set and locked, recorded, shown with the manifest, refused to the API, and cleared when they are not said any more', async () => {
    const { result, done } = await tests.applyOrganization('said', { ...workspace, ...idle('P1D', true) });
    expect(changes(done)).to.deep.equal(['create the organization said', 'set the setting idle-stop-after to P1D and lock it']);
    const id = result.id!;
    const admin = await adminOf(id);
    expect(await get(admin, id)).to.deep.include({
      ...{ value: 'P1D', source: 'ORGANIZATION', isLocked: true, setBy: 'manifest:Organization/said@1' },
      managedBy: { kind: 'Organization', name: 'said' },
    });
    expect(await auditTrail(admin, id, 'setting.update')).to.deep.equal([
      { action: 'setting.update', target: 'idle-stop-after', outcome: 'SUCCEEDED' },
    ]);
    for (const { error } of [await set(admin, id, 'PT1H'), await clear(admin, id)]) expect(error).to.include({ code: 'managed-by' });
    expect(changes((await tests.applyOrganization('said', { ...workspace, ...idle('P1D', true) })).done)).to.deep.equal([]);
    expect(changes((await tests.applyOrganization('said', workspace)).done)).to.deep.equal(['clear the setting idle-stop-after']);
    const after = await get(admin, id);
    expect(after).to.include({ value: 'PT12H', source: 'DEFAULT', isLocked: false }).and.not.have.property('managedBy');
    expect((await set(admin, id, 'PT1H')).response.status).to.equal(200);
    expect(changes((await tests.applyOrganization('said', workspace)).done)).to.deep.equal([]);
  });

  it("take over a value of the API's, are put right behind its back, and one that only looks says what differs", async () => {
    const { result } = await tests.applyOrganization('drift', workspace);
    const id = result.id!;
    const admin = await adminOf(id);
    await set(admin, id, 'PT1H');
    expect(changes((await tests.applyOrganization('drift', { ...workspace, ...idle('PT1H') })).done)).to.deep.equal([]);
    expect(await get(admin, id)).to.have.property('managedBy');
    const behind = `update setting_values set value = '"P2D"' where org_id = ?`;
    await inDatabase(tests.tenet, id, behind, [toUuid('organization', id)]);
    const looked = await tests.applyOrganization('drift', { ...workspace, ...idle('PT1H'), manage: false });
    expect(looked.result.differences).to.deep.equal(['set the setting idle-stop-after to PT1H']);
    expect(changes((await tests.applyOrganization('drift', { ...workspace, ...idle('PT1H') })).done)).to.deep.equal(
      looked.result.differences,
    );
    // Without its manifest, everything is the API's again.
    await tests.releaseOrganization('drift', 'Retain');
    expect(await get(admin, id))
      .to.include({ value: 'PT1H' })
      .and.not.have.property('managedBy');
    expect((await clear(admin, id)).response.status).to.equal(204);
  });

  it('that its kind does not have, or not with this value, are named by their place, and everything else is done', async () => {
    const settingValues = {
      'idle-stop-afte': { value: 'P1D' },
      'idle-stop-after': { value: 7 },
      'notify-key-end': { value: true },
    };
    const { result, done } = await tests.applyOrganization('wrong', { ...workspace, settingValues });
    expect(changes(done)).to.deep.equal(['create the organization wrong']);
    const none = 'This kind of organization has no such setting';
    expect(result.problems).to.deep.equal([
      { path: 'spec.settings.idle-stop-afte', detail: `${none}, did you mean "idle-stop-after"?; there are idle-stop-after.` },
      {
        path: 'spec.settings.idle-stop-after.value',
        detail:
          'The setting does not take this: it must be a duration of one unit, such as PT12H or P30D, at least PT15M and at most P30D.',
      },
      { path: 'spec.settings.notify-key-end', detail: `${none}; there are idle-stop-after.` },
    ]);
    const { result: plain } = await tests.applyOrganization('plain', { blueprint: 'teams', ...idle('P1D') });
    expect(plain.problems).to.deep.equal([{ path: 'spec.settings.idle-stop-after', detail: `${none}; there are none here.` }]);
    // An object is no value, whatever the schema of the cluster lets in.
    const object = { 'idle-stop-after': { value: { a: 1 } as never } };
    expect((await tests.applyOrganization('wrong', { ...workspace, settingValues: object })).result.problems).to.have.length(1);
  });

  it("a Project has its own, in the place of the copy that it was made with; the organization's lock and missing resources refuse", async () => {
    const { result: organization } = await tests.applyOrganization('spaces', spaces);
    const id = organization.id!;
    const admin = await adminOf(id);
    const own = (value: string, key = 'default-router') => ({ settingValues: { [key]: { value } } });
    const { result, done } = await tests.applyProject('space', 'spaces', own(router));
    expect(changes(done)).to.deep.equal(['create the project space', `set the setting default-router to ${router}`]);
    const place = { params: { path: { organizationId: id, projectId: result.id!, settingKey: 'default-router' } } };
    const inProject = async () => (await admin.client.GET(ofProject, place)).data!;
    expect(await inProject()).to.deep.include({
      ...{ value: router, source: 'PROJECT' },
      managedBy: { kind: 'Project', namespace: 'team-a', name: 'space' },
    });
    const put = await admin.client.PUT(ofProject, { params: { ...place.params, ...written }, body: { value: 'managed' } });
    expect(put.error).to.include({ code: 'managed-by' });
    const fixed = { 'default-router': { value: 'managed', locked: true } };
    await tests.applyOrganization('spaces', { ...spaces, settingValues: fixed });
    const locked = await tests.applyProject('space', 'spaces', { ...own(router), displayName: 'Renamed' });
    expect(changes(locked.done)).to.deep.equal(['set name and slug to Renamed and space']);
    expect(locked.result.refusals).to.have.length(1);
    expect(locked.result.refusals[0]).to.include({ path: 'spec.settings.default-router' });
    expect(locked.result.refusals[0]!.detail).to.match(/^The organization has locked this setting/);
    await tests.applyOrganization('spaces', spaces);
    const cleared = await tests.applyProject('space', 'spaces', { displayName: 'Renamed' });
    expect(changes(cleared.done)).to.deep.equal(['clear the setting default-router']);
    expect(await inProject())
      .to.include({ value: 'managed', isCopy: true })
      .and.not.have.property('managedBy');
    const foreign = await tests.applyProject('space', 'spaces', { displayName: 'Renamed', ...own('model_x', 'default-router') });
    expect(foreign.result.problems.map(({ path }) => path)).to.deep.equal(['spec.settings.default-router.value']);
    await tests.applyProject('space', 'spaces', { displayName: 'Renamed', ...own(router) });
    await tests.releaseProject('space', 'Retain');
    expect(await inProject())
      .to.include({ value: router })
      .and.not.have.property('managedBy');
  });

  it('are exported as they are said, without the copies that projects were made with, and what is not admitted any more is left out', async () => {
    const { result } = await tests.applyOrganization('export', {
      ...spaces,
      settingValues: { 'default-router': { value: 'managed', locked: true } },
    });
    const id = result.id!;
    await tests.applyProject('copied', 'export');
    await tests.applyOrganization('export', { ...spaces, settingValues: { 'default-router': { value: 'managed' } } });
    await tests.applyProject('chosen', 'export', { settingValues: { 'default-router': { value: router } } });
    const old = `insert into setting_values (org_id, key, value, set_by) values (?, 'conversation-naming-model', '7', 'x')`;
    await inDatabase(tests.tenet, id, old, [toUuid('organization', id)]);
    const read = () => tests.tenet.database.read('platform', (db) => exportOrganization(db, id, { namespace: 'team-a' }));
    const { manifests, leftOut } = await read();
    expect(manifests.map(({ metadata: { name }, spec }) => [name, spec['settings']])).to.deep.equal([
      ['export', { 'default-router': { value: 'managed' } }],
      ['copied', undefined],
      ['chosen', { 'default-router': { value: router } }],
    ]);
    expect(leftOut).to.deep.equal(['export: the setting conversation-naming-model, whose value its kind does not admit any more']);
    await tests.applyOrganization('export', { ...spaces, settingValues: { 'default-router': { value: 'managed', locked: true } } });
    expect((await read()).manifests[0]!.spec['settings']).to.deep.equal({ 'default-router': { value: 'managed', locked: true } });
  });
});
