import { expect } from 'chai';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('resources of the kinds of organization', () => {
  let tenet: TestTenet;
  let admin: Person;
  let spaces: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    spaces = await foundOrganization(admin, 'Spaces', 'ai-spaces');
  });
  after(() => tenet.stop());

  async function made(path: string, body: object, by = admin): Promise<string> {
    const answer = await sendIn(by, 'POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id;
  }

  it('MIN-26: every member, whatever the role, lists and reads the APIs of the organization', async () => {
    const hub = await foundOrganization(admin, 'Hub', 'api-hub');
    const api = { name: 'Payments', data: { documentation: 'https://acme.example/docs', configuration: { version: 2 } } };
    const id = await made(`${hub}/resources/api`, api);
    const { body } = await sendIn(admin, 'GET', `${hub}/roles`);
    const roles = body.items.filter(({ id: role }: { id: string }) => role !== 'org.support' && role !== 'org.owner');
    expect(roles.length).to.be.greaterThan(1);
    for (const { id: role } of roles as { id: string }[]) {
      const member = await join(tenet, { organizationId: hub }, `${role}@example.com`, role);
      expect(
        (await sendIn(member, 'GET', `${hub}/resources/api`)).body.items.map((item: { id: string }) => item.id),
        role,
      ).to.deep.equal([id]);
      expect((await sendIn(member, 'GET', `${hub}/resources/api/${id}`)).body.data, role).to.deep.equal(api.data);
    }
  });

  it('PUL-30: the hierarchy is there for a user interface, with what belongs to the platform', async () => {
    const { body } = await sendIn(admin, 'GET', `${spaces}/resource-groups`);
    expect(
      body.items.map(({ name, types, platformTypes }: { name: string; types: string[]; platformTypes: string[] }) => [
        name,
        types,
        platformTypes,
      ]),
    ).to.deep.equal([
      ['spaces', ['conversation', 'assistant', 'model', 'router', 'tool'], []],
      ['data', ['document', 'dataset', 'custom-data'], []],
      ['permissions', [], ['member', 'role', 'grant', 'api-key']],
      ['tasks', ['task'], []],
    ]);
    const types = await sendIn(admin, 'GET', `${spaces}/resource-types?pageSize=2`);
    expect(types.body.items.map(({ name }: { name: string }) => name)).to.deep.equal(['conversation', 'assistant']);
    expect(types.body.items[0]).to.deep.include({ group: 'spaces', levels: ['PROJECT'] });
    expect((await sendIn(admin, 'GET', `${spaces}/resource-types/completion`)).status).to.equal(404);
  });

  it('PUL-27: routers have strategies of their own, a default of the organization and managed versions', async () => {
    const path = `${spaces}/resources/router`;
    const strategy = { prefer: ['cheapest', 'fastest'] };
    const id = await made(path, { name: 'Standard', data: { kind: 'CUSTOM', isDefault: true, strategy } });
    expect((await sendIn(admin, 'GET', `${path}/${id}`)).body.data).to.deep.equal({ kind: 'CUSTOM', isDefault: true, strategy });
    await made(path, { name: 'Managed', data: { kind: 'MANAGED', version: '2026-11' } });
    const listed = (await sendIn(admin, 'GET', `${path}?orderBy=name`)).body.items;
    expect(listed.map(({ data }: { data: object }) => data)).to.deep.equal([
      { kind: 'MANAGED', version: '2026-11' },
      { kind: 'CUSTOM', isDefault: true },
    ]);
    const refused = await sendIn(admin, 'POST', path, { name: 'Odd', data: { kind: 'OTHER' } });
    expect([refused.status, refused.body.errors[0].pointer]).to.deep.equal([400, '#/data/kind']);
  });

  it('PUL-46: scheduled tasks belong to the organization and not to a space; an editor makes them, a viewer does not', async () => {
    const space = await foundProject(admin, spaces, 'Space');
    const editor = await join(tenet, { organizationId: spaces }, 'editor@example.com', 'org.editor');
    const viewer = await join(tenet, { organizationId: spaces }, 'viewer@example.com', 'org.viewer');
    const task = { name: 'Report', data: { schedule: '0 7 * * 1', runAs: 'svc_01h455vb4pex5vsknk084sn02q' } };
    await made(`${spaces}/resources/task`, task);
    await made(`${spaces}/resources/task`, task, editor);
    expect((await sendIn(viewer, 'POST', `${spaces}/resources/task`, task)).body.requiredPermission).to.equal('task:create');
    expect((await sendIn(admin, 'POST', `${spaces}/projects/${space}/resources/task`, task)).status).to.equal(404);
  });

  it('what no space makes is seen from each of them: the models of the organization, which none of them changes', async () => {
    const space = await foundProject(admin, spaces, 'Seen from');
    const id = await made(`${spaces}/resources/model`, { name: 'Small', data: { provider: 'acme' } });
    const own = await made(`${spaces}/resources/assistant`, { name: 'Of the organization', data: {} });
    const inSpace = `${spaces}/projects/${space}/resources`;
    const listed = (await sendIn(admin, 'GET', `${inSpace}/model`)).body.items;
    expect(listed.map((item: { id: string; projectId?: string }) => [item.id, item.projectId])).to.deep.include([id, undefined]);
    expect((await sendIn(admin, 'GET', `${inSpace}/model/${id}`)).body.data).to.deep.equal({ provider: 'acme' });
    expect((await sendIn(admin, 'DELETE', `${inSpace}/model/${id}`)).status).to.equal(404);
    expect((await sendIn(admin, 'GET', `${inSpace}/assistant`)).body.items).to.deep.equal([]);
    expect((await sendIn(admin, 'GET', `${inSpace}/assistant/${own}`)).status).to.equal(404);
  });
});
