import { expect } from 'chai';
import { purgeProjects } from '../../../core/access/project-deletions.ts';
import { insertRevision, listHeads, loadContent, moveHead } from '../../../core/authorization/store/revisions.ts';
import { newId } from '../../../core/base/ids.ts';
import { allowAlso, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Answer, sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

const detail = 'must be the id of a secret here, or of the organization, that you may read, use or change';

describe('references of resources', () => {
  let tenet: TestTenet;
  let admin: Person;
  let member: Person;
  let home: string;
  let project: string;
  let sibling: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    home = await foundOrganization(admin, 'Acme');
    project = `${home}/projects/${await foundProject(admin, home, 'Website')}`;
    sibling = `${home}/projects/${await foundProject(admin, home, 'Shop')}`;
    member = await join(tenet, { organizationId: home }, 'member@example.com', 'org.member');
    await withOwnTypes();
    await allowAlso(
      tenet,
      ['integrations/org.member', 'org', 'connection', 'create', 'allow'],
      ['integrations/org.member', 'org', 'secret', 'delete', 'allow'],
      ...(['create', 'update', 'read', 'delete'] as const).map((act) => ['integrations/org.admin', '*', 'page', act, 'allow'] as const),
    );
  });
  after(() => tenet.stop());

  /** A type whose resources refer to each other, and to service accounts. */
  async function withOwnTypes(): Promise<void> {
    await tenet.database.write('platform', async (db) => {
      const [head] = await listHeads(db, ['blueprint/integrations']);
      const { tests: _, ...content } = await loadContent(db, head!.scope, head!.revision);
      const levels = ['org' as const, 'project' as const];
      const page = {
        ...{ name: 'page', title: 'Pages', actions: { create: levels, read: levels, update: levels, delete: levels, list: levels } },
        fields: {
          parent: { class: 'summary' as const, type: 'reference' as const, to: ['page'] },
          next: { class: 'summary' as const, type: 'reference' as const, to: ['page', 'secret'] },
          writer: { class: 'detail' as const, type: 'reference' as const, to: ['service-account'] },
          text: { class: 'detail' as const, type: 'string' as const },
        },
      };
      const blueprint = { ...content.blueprint!, resourceTypes: [...content.blueprint!.resourceTypes, page] };
      const { revision } = await insertRevision(db, { ...content, blueprint }, { author: 'test', reason: 'what the test needs' });
      await moveHead(db, head!.scope, { revision, how: 'PROPOSAL', by: 'test' });
    });
  }

  const post = (where: string, type: string, data: object, by = admin, name = 'One'): Promise<Answer> =>
    sendIn(by, 'POST', `${where}/resources/${type}`, { name, data });
  const patch = (where: string, type: string, id: string, data: object, by = admin) =>
    sendIn(by, 'PATCH', `${where}/resources/${type}/${id}`, { data });
  const remove = (where: string, type: string, id: string, by = admin) => sendIn(by, 'DELETE', `${where}/resources/${type}/${id}`);
  async function made(where: string, type: string, data: object, name = 'One'): Promise<string> {
    const answer = await post(where, type, data, admin, name);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id;
  }
  const secretIn = (where: string) => made(where, 'secret', { value: 's3cret' }, 'Deploy');
  const connect = (where: string, secret: string, by = admin) => post(where, 'connection', { platform: 'github', secret }, by);

  it('shows the id alone, and says in the JSON Schema of the type what may be named', async () => {
    const secret = await secretIn(home);
    const id = (await connect(project, secret)).body.id;
    expect((await sendIn(admin, 'GET', `${project}/resources/connection/${id}`)).body.data).to.deep.equal({ platform: 'github', secret });
    const { schema } = (await sendIn(admin, 'GET', `${home}/resource-types/connection`)).body;
    expect(schema.properties.secret).to.include({ type: 'string', format: 'reference' });
    expect(schema.properties.secret['x-references']).to.deep.equal(['secret']);
  });

  it('refuses what is not there, of another type, place or organization, or not for the caller, in the same words', async () => {
    const elsewhere = await foundOrganization(admin, 'Other');
    const wrong = [
      await secretIn(elsewhere),
      await secretIn(sibling),
      await made(home, 'connection', { platform: 'github' }),
      newId('resource'),
      newId('serviceAccount'),
    ];
    const refused = await Promise.all(wrong.map((secret) => connect(project, secret)));
    const unseen = await connect(home, await secretIn(home), member);
    const fromBelow = await connect(home, await secretIn(project));
    for (const { status, body } of [...refused, unseen, fromBelow]) {
      expect([status, body.errors]).to.deep.equal([400, [{ pointer: '#/data/secret', detail }]]);
    }
    for (const secret of ['sa_nope', 7, `res_${'z'.repeat(26)}`]) {
      const { status, body } = await connect(home, secret as string);
      expect([status, body.errors[0].pointer]).to.deep.equal([400, '#/data/secret']);
    }
    expect((await sendIn(admin, 'GET', `${project}/resources/connection?q=One`)).body.items).to.have.length(1);
  });

  it('asks of a change only what it names anew: a caller who may not use the resource changes other fields', async () => {
    const id = (await connect(home, await secretIn(home))).body.id;
    await allowAlso(tenet, ['integrations/org.member', 'org', 'connection', 'update', 'allow']);
    expect((await patch(home, 'connection', id, { platform: 'gitlab' }, member)).status).to.equal(200);
    const other = await patch(home, 'connection', id, { secret: await secretIn(home) }, member);
    expect([other.status, other.body.errors[0].detail]).to.deep.equal([400, detail]);
    expect((await patch(home, 'connection', id, { secret: null }, member)).status).to.equal(200);
  });

  it('refuses a resource that refers to itself, at once or over others, also by two changes at one moment', async () => {
    const first = await made(home, 'page', {});
    const self = await patch(home, 'page', first, { parent: first });
    expect([self.status, self.body.errors?.[0].pointer], JSON.stringify(self.body)).to.deep.equal([400, '#/data/parent']);
    const second = await made(home, 'page', { next: first });
    const third = await made(home, 'page', { parent: second });
    const round = await patch(home, 'page', first, { parent: third });
    expect([round.status, round.body.errors]).to.deep.equal([
      400,
      [{ pointer: '#/data/parent', detail: 'must not lead back to this resource, neither at once nor by what the other one refers to' }],
    ]);
    const [one, other] = [await made(home, 'page', {}), await made(home, 'page', {})];
    const both = await Promise.all([patch(home, 'page', one, { parent: other }), patch(home, 'page', other, { next: one })]);
    expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 400]);
  });

  it('keeps a resource that others refer to: the refusal names those that the caller may list, until none does', async () => {
    const secret = await secretIn(home);
    const id = await made(home, 'connection', { platform: 'github', secret }, 'Sources');
    const hidden = await made(project, 'page', { next: secret }, 'Hidden');
    const advice = 'Give each another one with updateResource, and delete the resource then.';
    expect((await remove(home, 'secret', secret, member)).body).to.deep.include({
      ...{ status: 409, code: 'resource-in-use', resources: 2 },
      resourceBlockers: [{ resourceId: id, type: 'connection', name: 'Sources' }],
      detail: `2 resources refer to this resource (Sources, and 1 more). ${advice}`,
    });
    expect((await patch(home, 'connection', id, { secret: null })).status).to.equal(200);
    expect((await remove(home, 'secret', secret)).status).to.equal(409);
    expect((await remove(project, 'page', hidden)).status).to.equal(204);
    expect((await remove(home, 'secret', secret)).status).to.equal(204);

    const raced = await secretIn(home);
    const [removed, referring] = await Promise.all([remove(home, 'secret', raced), connect(home, raced)]);
    expect([removed.status, referring.status].join()).to.be.oneOf(['204,400', '409,201']);
  });

  it('lets a caller name a service account who may change it and give all that it holds, not one who may read it alone', async () => {
    const key = () => ({ 'Idempotency-Key': newId('request') });
    const account = (await sendIn(admin, 'POST', `${home}/service-accounts`, { name: 'Deployer' }, key())).body.id;
    await allowAlso(
      tenet,
      ...(['create', 'update'] as const).map((act) => ['integrations/org.member', 'org', 'page', act, 'allow'] as const),
      ['integrations/org.member', 'org', 'service-account', 'read', 'allow'],
    );
    const seen = await post(home, 'page', { writer: account }, member);
    expect([seen.status, seen.body.requiredPermission]).to.deep.equal([403, 'service-account:update']);
    const id = (await post(home, 'page', { text: 'none' }, member)).body.id;
    expect((await patch(home, 'page', id, { writer: account }, member)).status).to.equal(403);
    expect((await post(home, 'page', { writer: newId('serviceAccount') }, member)).status).to.equal(400);

    await allowAlso(tenet, ['integrations/org.member', 'org', 'service-account', 'update', 'allow']);
    expect((await patch(home, 'page', id, { writer: account }, member)).status).to.equal(200);
    expect((await patch(home, 'page', id, { writer: null }, member)).status).to.equal(200);
    const grant = { subject: { type: 'SERVICE_ACCOUNT', id: account }, role: 'org.admin' };
    expect((await sendIn(admin, 'POST', `${home}/grants`, grant, key())).status).to.equal(201);
    const held = await patch(home, 'page', id, { writer: account }, member);
    expect([held.status, held.body.requiredPermission]).to.deep.equal([403, 'role:org.admin:assign']);
    expect((await patch(home, 'page', id, { writer: account })).status).to.equal(200);
  });

  it('keeps a service account that a resource names', async () => {
    const account = async (where: string) =>
      (await sendIn(admin, 'POST', `${where}/service-accounts`, { name: 'Writer' }, { 'Idempotency-Key': newId('request') })).body.id;
    const writer = await account(home);
    const id = await made(home, 'page', { writer }, 'Written');
    const inUse = await sendIn(admin, 'DELETE', `${home}/service-accounts/${writer}`);
    expect([inUse.status, inUse.body.code, inUse.body.resources]).to.deep.equal([409, 'resource-in-use', 1]);
    expect((await post(home, 'page', { writer: await account(project) })).status).to.equal(400);
    expect((await patch(home, 'page', id, { writer: null })).status).to.equal(200);
    expect((await sendIn(admin, 'DELETE', `${home}/service-accounts/${writer}`)).status).to.equal(204);
    expect((await patch(home, 'page', id, { writer })).status).to.equal(400);
  });

  it('goes with its project, and holds nothing of the organization any more', async () => {
    const where = await foundProject(admin, home, 'Short');
    const secret = await secretIn(home);
    const below = await secretIn(`${home}/projects/${where}`);
    await made(`${home}/projects/${where}`, 'page', { next: secret });
    await made(`${home}/projects/${where}`, 'page', { next: below });
    expect((await sendIn(admin, 'DELETE', `${home}/projects/${where}`, undefined, { 'If-Match': '*' })).status).to.equal(204);
    expect((await remove(home, 'secret', secret)).body).to.deep.include({
      ...{ resources: 1, resourceBlockers: [] },
      detail:
        '1 resource refers to this resource. It is in a deleted project: restore what is deleted with restoreProject and change it there, or wait until it is forgotten, the days of grace of this installation after its deletion.',
    });
    expect(await purgeProjects(tenet.database, { graceDays: 0 })).to.equal(1);
    expect((await remove(home, 'secret', secret)).status).to.equal(204);
  });
});

describe('references of the shipped kinds', () => {
  let tenet: TestTenet;
  let admin: Person;
  let spaces: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    spaces = await foundOrganization(admin, 'Spaces', 'ai-spaces');
  });
  after(() => tenet.stop());

  it('keeps a router that is the value of a setting, in the organization or in a project', async () => {
    const space = await foundProject(admin, spaces, 'Space');
    const router = (await sendIn(admin, 'POST', `${spaces}/resources/router`, { name: 'Fast', data: { kind: 'CUSTOM' } })).body.id;
    const set = (where: string, value: string) => sendIn(admin, 'PUT', `${where}/settings/default-router`, { value }, { 'If-Match': '*' });
    expect((await set(spaces, router)).status).to.equal(200);
    expect((await set(`${spaces}/projects/${space}`, router)).status).to.equal(200);
    const remove = () => sendIn(admin, 'DELETE', `${spaces}/resources/router/${router}`);
    expect((await remove()).body).to.deep.include({
      ...{ status: 409, code: 'resource-in-use', settings: 2 },
      settingBlockers: [{ key: 'default-router' }, { key: 'default-router', projectId: space }],
      detail:
        '2 settings have as their value this resource (default-router of the organization, default-router of the project Space). Give each another one with replaceSetting, and delete the resource then.',
    });
    expect((await sendIn(admin, 'GET', `${spaces}/settings/default-router`)).body.value).to.equal(router);
    await set(spaces, 'managed');
    expect((await remove()).body.settings).to.equal(1);
    await set(`${spaces}/projects/${space}`, 'managed');
    const restrictions = `${spaces}/restrictions`;
    const off = (await sendIn(admin, 'POST', restrictions, { resourceType: 'router', resourceId: router, reason: 'Costs' })).body;
    const refused = await set(spaces, router);
    expect([refused.status, refused.body.errors?.[0].pointer]).to.deep.equal([400, '#/value']);
    expect(refused.body.errors[0].detail).to.contain('this resource is switched off');
    expect((await sendIn(admin, 'DELETE', `${restrictions}/${off.id}`)).status).to.equal(204);
    expect((await remove()).status).to.equal(204);
    expect((await set(spaces, router)).status).to.equal(400);
  });

  it('refers from a space to a model of the organization, unless that is switched off', async () => {
    const space = `${spaces}/projects/${await foundProject(admin, spaces, 'Other space')}`;
    const model = (await sendIn(admin, 'POST', `${spaces}/resources/model`, { name: 'Large', data: {} })).body.id;
    const assistant = () => sendIn(admin, 'POST', `${space}/resources/assistant`, { name: 'Helper', data: { answeredBy: model } });
    expect((await assistant()).status).to.equal(201);
    const off = { resourceType: 'model', resourceId: model, reason: 'Costs' };
    expect((await sendIn(admin, 'POST', `${spaces}/restrictions`, off)).status).to.equal(201);
    const refused = await assistant();
    expect([refused.status, refused.body.errors[0].pointer]).to.deep.equal([400, '#/data/answeredBy']);
  });
});
