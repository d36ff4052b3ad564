import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { auditTrail, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const restrictionsPath = '/v1/organizations/{organizationId}/restrictions';
const restrictionPath = '/v1/organizations/{organizationId}/restrictions/{restrictionId}';

interface Wish {
  resourceType: string;
  resourceId?: string;
  projectIds?: string[];
  exceptProjectIds?: string[];
  reason?: string;
}

describe('restrictions', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Person;
  let editor: Person;
  let organizationId: string;
  let projectId: string;
  let otherId: string;
  const made: string[] = [];

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    projectId = await foundProject(admin, organizationId, 'Space');
    otherId = await foundProject(admin, organizationId, 'Other space');
    editor = await join(tenet, { organizationId }, 'editor@example.com', 'org.editor');
  });
  after(() => tenet.stop());
  afterEach(async () => {
    for (const id of made.splice(0)) await lift(id);
  });

  const post = ({ reason = 'Not approved yet', ...wish }: Wish, by: Caller = admin, where = organizationId) =>
    by.client.POST(restrictionsPath, { params: { path: { organizationId: where } }, body: { ...wish, reason } });
  const lift = (restrictionId: string, by: Caller = admin, etag?: string) =>
    by.client.DELETE(restrictionPath, {
      params: { path: { organizationId, restrictionId }, header: etag === undefined ? {} : { 'If-Match': etag } },
    });
  async function restrict(wish: Wish): Promise<{ id: string; etag: string }> {
    const { data, error } = await post(wish);
    if (!data) throw new Error(JSON.stringify(error));
    made.push(data.id);
    return data;
  }

  interface Answer {
    decision: boolean;
    context?: { reason: string; state?: { name: string; problem: string }; rule?: { row: string[] } };
  }
  async function ask(type: string, id = '*', how: { name?: string; in?: string; consistency?: string } = {}): Promise<Answer> {
    const { name = 'use', in: place = projectId, consistency = 'minimize_latency' } = how;
    const response = await fetch(`${tenet.url}/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json', 'tenet-consistency': consistency },
      body: JSON.stringify({
        subject: { type: 'user', id: admin.id },
        action: { name },
        resource: { type, id, properties: { organizationId, ...(place !== '' && { projectId: place }) } },
      }),
    });
    expect(response.status).to.equal(200);
    return (await response.json()) as Answer;
  }
  const may = async (...asked: Parameters<typeof ask>): Promise<boolean> => (await ask(...asked)).decision;
  const pointers = (error: unknown) => (error as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);

  it('PUL-25 PUL-28 PUL-29: a type that is switched off is off in all projects, for an admin too, and the decision says why', async () => {
    for (const type of ['model', 'assistant', 'tool', 'router']) {
      expect(await may(type)).to.equal(true);
      const { id } = await restrict({ resourceType: type });
      const { decision, context } = await ask(type, '*', { consistency: 'fully_consistent' });
      expect(decision).to.equal(false);
      expect(context).to.deep.include({ reason: 'DENY' });
      expect(context!.state).to.include({ name: 'state/resource-disabled', problem: 'resource-disabled' });
      expect(context!.rule!.row).to.deep.equal(['state/resource-disabled', 'project', type, '*', 'deny']);
      expect(await may(type, 'any', { in: otherId })).to.equal(false);
      expect(await may(type, '*', { name: 'read', in: '' }), 'in the organization it can be seen, to be switched on again').to.equal(true);
      await lift(id);
      expect(await may(type, '*', { consistency: 'fully_consistent' })).to.equal(true);
    }
  });

  it('PUL-25: one resource that is switched off leaves the others alone', async () => {
    await restrict({ resourceType: 'model', resourceId: 'gpt-x' });
    const consistency = 'fully_consistent';
    expect(await may('model', 'gpt-x', { consistency })).to.equal(false);
    expect(await may('model', 'gpt-y', { consistency })).to.equal(true);
    expect(await may('model', '*', { consistency })).to.equal(true);
    expect(await may('tool', 'gpt-x', { consistency })).to.equal(true);
  });

  it('PUL-26: is off in listed projects, or visible in listed projects alone', async () => {
    const consistency = 'fully_consistent';
    const { id } = await restrict({ resourceType: 'model', resourceId: 'gpt-x', projectIds: [projectId] });
    expect(await may('model', 'gpt-x', { consistency })).to.equal(false);
    expect(await may('model', 'gpt-x', { consistency, in: otherId })).to.equal(true);
    await lift(id);
    const { data } = await post({ resourceType: 'model', resourceId: 'gpt-x', exceptProjectIds: [projectId] });
    made.push(data!.id);
    expect(data).to.deep.include({ exceptProjectIds: [projectId] });
    expect(await may('model', 'gpt-x', { consistency })).to.equal(true);
    expect(await may('model', 'gpt-x', { consistency, in: otherId })).to.equal(false);
    const later = await foundProject(admin, organizationId, 'Later space');
    expect(await may('model', 'gpt-x', { consistency, in: later })).to.equal(false);
  });

  it('are what capabilities, searches and explanations say', async () => {
    await restrict({ resourceType: 'model' });
    await restrict({ resourceType: 'tool', resourceId: 'web' });
    const path = { organizationId, projectId };
    const { data } = await admin.client.GET('/v1/organizations/{organizationId}/projects/{projectId}/capabilities', { params: { path } });
    expect(data!.capabilities).not.to.have.property('model');
    expect(data!.capabilities['tool']).to.include('use');
    const actions = async (type: string, id: string) => {
      const subject = { type: 'user', id: admin.id };
      const resource = { type, id, properties: { organizationId, projectId } };
      const { data: found } = await admin.client.POST('/access/v1/search/action', { body: { subject, resource } });
      return found!.results;
    };
    expect(await actions('model', '*')).to.deep.equal([]);
    expect(await actions('tool', 'web')).to.deep.equal([]);
    expect(await actions('tool', 'shell')).not.to.deep.equal([]);
    const subjects = async (id: string) => {
      const resource = { type: 'tool', id, properties: { organizationId, projectId } };
      const body = { subject: { type: 'user' }, action: { name: 'use' }, resource };
      const { data: found } = await admin.client.POST('/access/v1/search/subject', { body });
      return found!.results.map((one) => one.id);
    };
    expect(await subjects('web')).to.deep.equal([]);
    expect(await subjects('shell')).to.include(admin.id);
  });

  it('one resource that is switched off explains itself, is what nobody may use there, and is out of what a subject can do', async () => {
    await restrict({ resourceType: 'model', resourceId: 'gpt-x' });
    const params = { path: { organizationId } };
    const question = { resource: 'model', action: 'use', projectId };
    const explain = async (resourceId?: string) => {
      const body = { ...question, subject: admin.id, ...(resourceId !== undefined && { resourceId }) };
      return (await admin.client.POST('/v1/organizations/{organizationId}/decisions/explain', { params, body })).data!;
    };
    const off = await explain('gpt-x');
    expect(off).to.deep.include({ decision: false, resourceId: 'gpt-x', nearestRoles: [] });
    expect(off.state).to.include({ name: 'state/resource-disabled' });
    expect(off.rule!.row).to.deep.equal(['state/resource-disabled', 'project', 'model', '*', 'deny']);
    expect(off.roles).to.deep.include({ role: 'state/resource-disabled', source: 'STATE' });
    for (const id of ['gpt-y', undefined]) expect(await explain(id)).to.include({ decision: true });
    const whoCan = async (resourceId: string) => {
      const body = { ...question, resourceId };
      return (await admin.client.POST('/v1/organizations/{organizationId}/decisions/who-can', { params, body })).data!.items;
    };
    expect(await whoCan('gpt-x')).to.deep.equal([]);
    expect((await whoCan('gpt-y')).map(({ subject }) => subject)).to.include(admin.id);
    const whatCan = (body: { resource?: string; resourceId?: string }) =>
      admin.client.POST('/v1/organizations/{organizationId}/decisions/what-can', { params, body: { projectId, ...body } });
    expect((await whatCan({ resource: 'model', resourceId: 'gpt-x' })).data!.capabilities).to.deep.equal({});
    expect((await whatCan({ resource: 'model' })).data!.capabilities).to.have.all.keys('model');
    expect(pointers((await whatCan({ resourceId: 'gpt-x' })).error)).to.deep.equal(['#/resource']);
  });

  it('a resource of another organization, of another type or of another project is answered like one that does not exist', async () => {
    const foreign = await foundOrganization(admin, 'Elsewhere', 'ai-spaces');
    const paths = '/v1/organizations/{organizationId}/resources/{resourceType}';
    const ofType = (resourceType: string, where: string) =>
      admin.client.POST(paths, { params: { path: { organizationId: where, resourceType } }, body: { name: 'GPT', data: {} } });
    const [there, otherType] = [await ofType('model', foreign), await ofType('tool', organizationId)];
    expect([there.response.status, otherType.response.status], JSON.stringify([there.error, otherType.error])).to.deep.equal([201, 201]);
    const answers = new Set<string>();
    for (const resourceId of [newId('resource'), there.data!.id, otherType.data!.id, 'res_nonsense']) {
      const body = { resource: 'model', action: 'use', projectId, resourceId };
      const params = { path: { organizationId } };
      const refusals = [
        await post({ resourceType: 'model', resourceId }),
        await admin.client.POST('/v1/organizations/{organizationId}/decisions/explain', { params, body }),
        await admin.client.POST('/v1/organizations/{organizationId}/decisions/who-can', { params, body }),
      ];
      const said = refusals.map(({ response, error }) => {
        const { title, detail, errors } = error as { title: string; detail: string; errors: unknown[] };
        return [response.status, title, detail, errors];
      });
      answers.add(JSON.stringify(said));
      expect(said.map(([status]) => status)).to.deep.equal([400, 400, 400]);
    }
    expect(answers.size).to.equal(1);
  });

  it('name what they refuse: unknown types, types that cannot be switched off, foreign projects, both lists', async () => {
    const foreign = await signIn(tenet, 'foreign@example.com');
    const theirs = await foundOrganization(foreign, 'Theirs', 'ai-spaces');
    const theirProject = await foundProject(foreign, theirs);
    const refused = async (wish: Wish, ...expected: string[]) => {
      const { response, error } = await post(wish);
      expect(response.status, JSON.stringify(wish)).to.equal(400);
      expect(pointers(error)).to.deep.equal(expected);
    };
    await refused({ resourceType: 'modle' }, '#/resourceType');
    await refused({ resourceType: 'conversation' }, '#/resourceType');
    await refused({ resourceType: 'member' }, '#/resourceType');
    await refused({ resourceType: 'model', projectIds: [projectId, theirProject] }, '#/projectIds/1');
    await refused({ resourceType: 'model', exceptProjectIds: [newId('project')] }, '#/exceptProjectIds/0');
    await refused({ resourceType: 'model', projectIds: [projectId], exceptProjectIds: [otherId] }, '#/exceptProjectIds');
    await refused({ resourceType: 'router', projectIds: [projectId] }, '#/projectIds');
    await refused({ resourceType: 'model', resourceId: '*' }, '#/resourceId');
    await refused({ resourceType: 'model', resourceId: 'a b' }, '#/resourceId');
    await refused({ resourceType: 'model', resourceId: newId('resource') }, '#/resourceId');
    await refused({ resourceType: 'model', resourceId: 'res_none' }, '#/resourceId');
    await refused({ resourceType: 'model', reason: '' }, '#/reason');
  });

  it('are not for members who may not switch off, and out of sight for others', async () => {
    const { id } = await restrict({ resourceType: 'model' });
    expect((await post({ resourceType: 'tool' }, editor)).response.status).to.equal(403);
    expect((await lift(id, editor)).response.status).to.equal(403);
    const stranger = await signIn(tenet, 'stranger@example.com');
    expect((await post({ resourceType: 'tool' }, stranger)).response.status).to.equal(404);
    expect((await lift(id, stranger)).response.status).to.equal(404);
    const elsewhere = await foundOrganization(stranger, 'Elsewhere', 'ai-spaces');
    const { response } = await stranger.client.GET(restrictionPath, {
      params: { path: { organizationId: elsewhere, restrictionId: id } },
    });
    expect(response.status).to.equal(404);
  });

  it('are listed while they are in force, and recorded with who, what and why', async () => {
    const first = await restrict({ resourceType: 'model', resourceId: 'gpt-x', reason: 'Leaks prompts' });
    const second = await restrict({ resourceType: 'tool' });
    const again = await post({ resourceType: 'tool' });
    expect(again.response.status).to.equal(409);
    const list = async () => (await admin.client.GET(restrictionsPath, { params: { path: { organizationId } } })).data!.items;
    expect((await list()).map(({ id }) => id)).to.deep.equal([first.id, second.id]);
    expect((await list())[0]).to.include({ resourceId: 'gpt-x', reason: 'Leaks prompts', createdBy: admin.id });
    expect((await lift(second.id, admin, '"other"')).response.status).to.equal(412);
    expect((await lift(second.id, admin, second.etag)).response.status).to.equal(204);
    expect((await lift(second.id)).response.status).to.equal(404);
    expect((await list()).map(({ id }) => id)).to.deep.equal([first.id]);
    const trail = await auditTrail(admin, organizationId);
    expect(trail).to.deep.include({ action: 'restriction.create', target: first.id, outcome: 'SUCCEEDED' });
    expect(trail).to.deep.include({ action: 'restriction.delete', target: second.id, outcome: 'SUCCEEDED' });
  });

  it('say that the resource which they are about was deleted', async () => {
    const paths = '/v1/organizations/{organizationId}/resources/{resourceType}';
    const params = { path: { organizationId, resourceType: 'model' } };
    const { data: model } = await admin.client.POST(paths, { params, body: { name: 'GPT', data: {} } });
    const { id, etag } = await restrict({ resourceType: 'model', resourceId: model!.id });
    const read = async () => (await admin.client.GET(restrictionPath, { params: { path: { organizationId, restrictionId: id } } })).data!;
    expect(await read())
      .to.deep.include({ etag })
      .and.not.to.have.property('resourceDeleted');
    const gone = { path: { ...params.path, resourceId: model!.id } };
    expect((await admin.client.DELETE(`${paths}/{resourceId}`, { params: gone })).response.status).to.equal(204);
    expect(await read())
      .to.include({ resourceDeleted: true })
      .and.not.to.include({ etag });
    const { items } = (await admin.client.GET(restrictionsPath, { params: { path: { organizationId } } })).data!;
    expect(items.map(({ resourceDeleted }) => resourceDeleted)).to.deep.equal([true]);
    expect((await lift(id, admin, etag)).response.status).to.equal(412);
  });

  it('are 200 at most, whoever makes them at one time', async () => {
    const fill = `insert into restrictions (org_id, id, resource_type, resource_id, reason, created_by)
      select o.id, uuidv7(), 'model', 'm' || n, 'test', 'test' from organizations o, generate_series(1, 195) n where o.name = 'Full'`;
    const full = await foundOrganization(admin, 'Full', 'ai-spaces');
    await tenet.database.write({ organization: toUuid('organization', full) }, (db) => db.raw(fill));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => post({ resourceType: 'tool', resourceId: `t${index}` }, admin, full)),
    );
    expect(replies.filter(({ response }) => response.status === 201)).to.have.length(5);
    expect(replies.filter(({ response }) => response.status === 403)).to.have.length(5);
  });
});
