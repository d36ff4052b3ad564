import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const ofOrganization = '/v1/organizations/{organizationId}/settings/{settingKey}';
const ofProject = '/v1/organizations/{organizationId}/projects/{projectId}/settings/{settingKey}';
const ofMember = '/v1/organizations/{organizationId}/members/me/settings/{settingKey}';
const router = 'router_01h455vb4pex5vsknk084sn02q';
const model = (end: string) => `model_01h455vb4pex5vsknk084sn0${end}`;

type Value = boolean | number | string;

describe('settings', () => {
  let tenet: TestTenet;
  let admin: Person;
  let organizationId: string;
  let workspaceId: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    workspaceId = await foundOrganization(admin, 'Workspace', 'app-workspace');
  });
  after(() => tenet.stop());

  const keyAt = (settingKey: string, etag = '*', where = organizationId) => ({
    params: { path: { organizationId: where, settingKey }, header: { 'If-Match': etag } },
  });
  const readAt = (settingKey: string, where = organizationId) => ({ params: { path: { organizationId: where, settingKey } } });
  const keyIn = (projectId: string, settingKey: string, etag = '*') => ({
    params: { path: { organizationId, projectId, settingKey }, header: { 'If-Match': etag } },
  });
  const get = async (settingKey: string, by: Caller = admin) => (await by.client.GET(ofOrganization, readAt(settingKey))).data!;
  const getIn = async (projectId: string, settingKey: string) =>
    (await admin.client.GET(ofProject, { params: { path: { organizationId, projectId, settingKey } } })).data!;
  const set = (settingKey: string, value: Value, said: { isLocked?: boolean } = {}, by: Caller = admin) =>
    by.client.PUT(ofOrganization, { ...keyAt(settingKey), body: { value, isLocked: false, ...said } });
  const setIn = (projectId: string, settingKey: string, value: Value, by: Caller = admin) =>
    by.client.PUT(ofProject, { ...keyIn(projectId, settingKey), body: { value } });

  it('PUL-12: the default router is chosen for the organization, a managed or a custom one, and the answer says where it comes from', async () => {
    expect(await get('default-router')).to.deep.include({ value: 'managed', source: 'DEFAULT', overrides: [], isLocked: false });
    const { data } = await set('default-router', router);
    expect(data).to.deep.include({ value: router, source: 'ORGANIZATION', setBy: await admin.userId() });
    expect(data!.overrides).to.deep.equal([{ source: 'DEFAULT', value: 'managed' }]);
    const { data: events } = await admin.client.GET('/v1/organizations/{organizationId}/audit-events', {
      params: { path: { organizationId }, query: { action: 'setting.update' } },
    });
    expect(events!.items[0]).to.deep.include({ target: 'default-router', before: {}, after: { value: router } });
  });

  it('PUL-13, PUL-14: new spaces take the default router over and keep it; a space may choose another one', async () => {
    await set('default-router', 'managed');
    const old = await foundProject(admin, organizationId, 'Old');
    await set('default-router', router);
    const fresh = await foundProject(admin, organizationId, 'Fresh');
    expect(await getIn(old, 'default-router')).to.include({ value: 'managed', source: 'PROJECT', isCopy: true });
    expect(await getIn(fresh, 'default-router')).to.include({ value: router, source: 'PROJECT', isCopy: true });
    const { data } = await setIn(fresh, 'default-router', 'managed');
    expect(data).to.include({ value: 'managed', source: 'PROJECT' }).and.not.have.property('isCopy');
    await admin.client.DELETE(ofProject, keyIn(fresh, 'default-router'));
    expect(await getIn(fresh, 'default-router')).to.include({ value: router, isCopy: true });
  });

  it('PUL-15: a router is applied to the spaces that there are, but for those with their own; a plan says which', async () => {
    await set('default-router', 'managed');
    const [one, own] = [await foundProject(admin, organizationId, 'One'), await foundProject(admin, organizationId, 'Own')];
    await setIn(own, 'default-router', `${router.slice(0, -1)}z`);
    await set('default-router', router);
    const path = '/v1/organizations/{organizationId}/settings/{settingKey}/apply-to-existing';
    const apply = (body: { projectIds?: string[]; includeOwn?: boolean }, query = {}) =>
      admin.client.POST(path, {
        params: { path: { organizationId, settingKey: 'default-router' }, query },
        body: { includeOwn: false, ...body },
      });
    const plan = (await apply({}, { validateOnly: true })).data as unknown as { changes: { items: { after: object }[] } };
    expect(plan.changes.items.map(({ after }) => after)).to.deep.include({ projectId: one, value: router });
    expect(await getIn(one, 'default-router')).to.include({ value: 'managed' });
    const { data } = await apply({});
    expect(data!.items).to.deep.include({ projectId: one, before: 'managed', after: router });
    expect(data!.items.map(({ projectId }) => projectId)).not.to.include(own);
    expect(data!.remaining).to.equal(0);
    expect(await getIn(one, 'default-router')).to.include({ value: router, isCopy: true });
    expect((await apply({ projectIds: [own], includeOwn: true })).data!.items).to.have.length(1);
    expect((await apply({})).data!.items).to.deep.equal([]);
    const elsewhere = await apply({ projectIds: [own, newId('project')], includeOwn: true });
    expect(elsewhere.error!.errors).to.deep.equal([{ pointer: '#/projectIds/1', detail: 'must be a project of the organization' }]);
  });

  it('PUL-16: the model that names conversations counts in all spaces at once, but for those with their own', async () => {
    const [one, two] = [await foundProject(admin, organizationId, 'Live one'), await foundProject(admin, organizationId, 'Live two')];
    expect(await getIn(one, 'conversation-naming-model'))
      .to.include({ source: 'DEFAULT' })
      .and.not.have.property('value');
    await setIn(two, 'conversation-naming-model', model('2b'));
    await set('conversation-naming-model', model('2a'));
    expect(await getIn(one, 'conversation-naming-model')).to.include({ value: model('2a'), source: 'ORGANIZATION' });
    const own = await getIn(two, 'conversation-naming-model');
    expect(own).to.include({ value: model('2b'), source: 'PROJECT' });
    expect(own.overrides).to.deep.include.members([
      { source: 'ORGANIZATION', value: model('2a'), setBy: await admin.userId(), setAt: (await get('conversation-naming-model')).setAt! },
    ]);
  });

  it('that the organization has locked have no value of a project, and the one that there was counts again later', async () => {
    const projectId = await foundProject(admin, organizationId, 'Locked');
    await setIn(projectId, 'conversation-naming-model', model('2c'));
    const other = await foundProject(admin, organizationId, 'Has the same');
    await set('conversation-naming-model', model('2a'));
    await setIn(other, 'conversation-naming-model', model('2a'));
    // A plan says which projects a lock, and an end of it, gives another value; what stays the same is not in it.
    const plan = async (reply: Promise<{ data?: unknown; error?: unknown }>) => {
      const { data, error } = await reply;
      expect(error, JSON.stringify(error)).to.equal(undefined);
      return (data as { settings?: { total: number; items: { projectId: string }[] } }).settings;
    };
    const at = keyAt('conversation-naming-model');
    const asPlan = { params: { ...at.params, query: { validateOnly: true } } };
    const locked = await plan(admin.client.PUT(ofOrganization, { ...asPlan, body: { value: model('2a'), isLocked: true } }));
    const settingKey = 'conversation-naming-model';
    const change = { organizationId, projectId, settingKey, before: model('2c'), after: model('2a') };
    expect(locked!.items.find((item) => item.projectId === projectId)).to.deep.equal(change);
    expect(locked!.items.map((item) => item.projectId)).not.to.include(other);
    expect(locked!.total).to.equal(locked!.items.length);
    const cleared = await plan(admin.client.DELETE(ofOrganization, asPlan));
    expect(cleared!.items.map((item) => item.projectId))
      .not.to.include(projectId)
      .and.not.include(other);
    const ofOne = { params: { ...keyIn(projectId, settingKey).params, query: { validateOnly: true } } };
    expect(await plan(admin.client.PUT(ofProject, { ...ofOne, body: { value: model('2d') } }))).to.equal(undefined);
    await set('conversation-naming-model', model('2a'), { isLocked: true });
    expect(await getIn(projectId, 'conversation-naming-model')).to.include({ value: model('2a'), source: 'ORGANIZATION', isLocked: true });
    const { error } = await setIn(projectId, 'conversation-naming-model', model('2d'));
    expect(error).to.include({ code: 'setting-locked', status: 409 });
    await set('conversation-naming-model', model('2a'));
    expect(await getIn(projectId, 'conversation-naming-model')).to.include({ value: model('2c') });
  });

  it('S003-33: each member chooses the mails that they want, and nobody chooses for them', async () => {
    const member = await join(tenet, { organizationId: workspaceId }, 'member@example.com', 'org.member');
    const at = (etag = '*') => keyAt('notify-key-end', etag, workspaceId);
    const first = (await member.client.GET(ofMember, readAt('notify-key-end', workspaceId))).data!;
    expect(first).to.include({ value: true, source: 'DEFAULT' });
    const { data } = await member.client.PUT(ofMember, { ...at(first.etag), body: { value: false } });
    expect(data).to.include({ value: false, source: 'MEMBER' });
    expect((await admin.client.GET(ofMember, readAt('notify-key-end', workspaceId))).data).to.include({ value: true });
    expect((await admin.client.PUT(ofOrganization, { ...at(), body: { value: false, isLocked: false } })).response.status).to.equal(404);
    expect((await member.client.DELETE(ofMember, at(first.etag))).response.status).to.equal(412);
    expect((await member.client.DELETE(ofMember, at(data!.etag))).response.status).to.equal(204);
    const { data: list } = await member.client.GET('/v1/organizations/{organizationId}/members/me/settings', {
      params: { path: { organizationId: workspaceId } },
    });
    expect(list!.items.map(({ key }) => key)).to.deep.equal(['notify-instance-failure', 'notify-key-end']);
  });

  it('that a member has chosen end with the membership: who comes back has the defaults', async () => {
    const place = { organizationId: workspaceId };
    const member = await join(tenet, place, 'returns@example.com', 'org.member');
    await member.client.PUT(ofMember, { ...keyAt('notify-key-end', '*', workspaceId), body: { value: false } });
    const removed = await admin.client.POST('/v1/organizations/{organizationId}/members/{userId}/remove', {
      params: { path: { ...place, userId: member.id } },
      body: { confirmation: 'returns@example.com' },
    });
    expect(removed.response.ok).to.equal(true);
    const back = await join(tenet, place, 'returns@example.com', 'org.member');
    const { data } = await back.client.GET(ofMember, readAt('notify-key-end', workspaceId));
    expect(data).to.include({ value: true, source: 'DEFAULT' });
  });

  it('are shown to those alone who may read each of them, and a page is full of what they may', async () => {
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    const list = (by: Caller, query = {}) =>
      by.client.GET('/v1/organizations/{organizationId}/settings', { params: { path: { organizationId }, query } });
    expect((await list(viewer)).data!.items).to.deep.equal([]);
    const { data } = await list(admin, { pageSize: 1 });
    expect(data!.items.map(({ key }) => key)).to.deep.equal(['conversation-naming-model']);
    const rest = await list(admin, { pageSize: 1, pageToken: data!.nextPageToken });
    expect(rest.data!.items.map(({ key }) => key)).to.deep.equal(['default-router']);
    expect(rest.data).not.to.have.property('nextPageToken');
    const denied = await set('default-router', 'managed', {}, viewer);
    expect(denied.error).to.include({ code: 'permission-denied', requiredPermission: 'setting:default-router:update' });
  });

  it('that are not there are 404, for an admin too, and leave no denial behind', async () => {
    const outsider = await signIn(tenet, 'outsider@example.com');
    const before = (await auditTrail(admin, organizationId)).length;
    for (const key of ['constructor', 'idle-stop-after', 'notify-key-end'])
      expect((await set(key, 'x')).response.status, key).to.equal(404);
    expect((await set('default-router', 'managed', {}, outsider)).response.status).to.equal(404);
    expect(await auditTrail(admin, organizationId)).to.have.length(before);
  });

  it('refuse what their type does not take, and a change without the version that was read', async () => {
    const refused = async (value: Value, key = 'default-router') => (await set(key, value)).error as { errors?: object[] } | undefined;
    const detail = 'must be the id of a resource of the type router or managed';
    for (const value of [true, 3, 'other', '']) expect((await refused(value))?.errors).to.deep.equal([{ pointer: '#/value', detail }]);
    const made = async (type: string, where = organizationId) =>
      (await sendIn(admin, 'POST', `${where}/resources/${type}`, { name: 'Own', data: {} })).body.id as string;
    const other = await foundOrganization(admin, 'Other spaces', 'ai-spaces');
    const gone = 'must be the id of a resource of the type router or managed; this resource is not there';
    for (const value of [newId('resource'), await made('model'), await made('router', other)])
      expect((await refused(value))?.errors).to.deep.equal([{ pointer: '#/value', detail: gone }]);
    expect((await set('default-router', await made('router'))).response.status).to.equal(200);
    const { etag } = await get('default-router');
    await set('default-router', 'managed');
    await set('default-router', router);
    const late = await admin.client.PUT(ofOrganization, { ...keyAt('default-router', etag), body: { value: 'managed', isLocked: false } });
    expect(late.response.status).to.equal(412);
    const bare = await fetch(`${tenet.url}/v1/organizations/${organizationId}/settings/default-router`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ value: 'managed' }),
    });
    expect(bare.status).to.equal(428);
  });
});
