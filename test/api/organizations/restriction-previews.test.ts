import { expect } from 'chai';
import type { components } from '../../../api/contract/openapi.d.ts';
import { send } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Access = components['schemas']['Plan']['access'];

describe('what a restriction would do', function () {
  this.timeout(120_000);
  let tenet: TestTenet;
  let admin: Person;
  let editor: Person;
  let organizationId: string;
  let projectId: string;
  let otherId: string;
  const path = (rest: string) => `/v1/organizations/${organizationId}${rest}`;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    admin = await signIn(tenet, 'admin@example.com');
    organizationId = await foundOrganization(admin, 'Spaces', 'ai-spaces');
    projectId = await foundProject(admin, organizationId, 'Space');
    otherId = await foundProject(admin, organizationId, 'Other space');
    editor = await join(tenet, { organizationId }, 'editor@example.com', 'org.editor');
    await join(tenet, { organizationId, projectId }, 'editor@example.com', 'project.editor');
    for (const where of [projectId, projectId, otherId]) await resource('assistant', where);
    await resource('model');
    const asked = {
      subject: { type: 'user', id: editor.id },
      action: { name: 'use' },
      resource: { type: 'model', id: '*', properties: { organizationId, projectId } },
    };
    expect((await send(editor, 'POST', '/access/v1/evaluation', asked)).body).to.deep.include({ decision: true });
    await tenet.decisionLog!.flush();
  });
  after(() => tenet?.stop());

  async function resource(type: string, project?: string): Promise<void> {
    const where = project === undefined ? '' : `/projects/${project}`;
    const { status, body } = await send(admin, 'POST', path(`${where}/resources/${type}`), { name: `A ${type}`, data: {} });
    expect(status, JSON.stringify(body)).to.equal(201);
  }
  async function preview(wish: object, caller: Caller = admin): Promise<Access> {
    const { status, body } = await send(caller, 'POST', path('/restrictions?validateOnly=true'), { reason: 'Not approved yet', ...wish });
    expect(status, JSON.stringify(body)).to.equal(200);
    return (body as components['schemas']['Plan']).access;
  }
  const make = async (wish: object): Promise<string> =>
    ((await send(admin, 'POST', path('/restrictions'), { reason: 'Not approved yet', ...wish })).body as { id: string }).id;
  const of = (access: Access, subject: string) =>
    access.items.filter((item) => item.subject.id === subject).map(({ kind, place, permission }) => `${kind} ${place} ${permission}`);

  it('PUL-25: names who loses what where, by the row that denies, with the last use first, and counts the resources', async () => {
    const access = await preview({ resourceType: 'model' });
    expect(access.summary).to.deep.include({ gains: 0, withheld: 0, partial: false });
    expect(new Set(access.items.map(({ subject }) => subject.id))).to.deep.equal(new Set([admin.id, editor.id]));
    const [first] = access.items;
    expect(first).to.deep.include({ kind: 'LOSS', subject: { type: 'USER', id: editor.id }, place: 'PROJECT', projectId });
    expect(first!.permission).to.equal('model:use');
    expect(first!.lastUse!.state).to.equal('USED');
    expect(first!.via).to.deep.equal([{ role: 'resource-disabled', source: 'STATE' }]);
    expect(first!.after.rule!.row).to.deep.equal(['state/resource-disabled', 'project', 'model', '*', 'deny']);
    expect(access.items.filter(({ subject }) => subject.id === admin.id)).to.satisfy((items: object[]) =>
      items.every((item) => JSON.stringify(item).includes('"OTHER_PROJECTS","projects":2')),
    );
    expect(access.items.slice(1).map(({ lastUse }) => lastUse!.state)).not.to.include('USED');
    expect(access.resources).to.deep.equal([{ organizationId, effect: 'OFF', resourceType: 'model', resources: 1, projects: 2 }]);
    const { body } = await send(admin, 'GET', path('/restrictions'));
    expect(body).to.deep.equal({ items: [] });
  });

  it('knows listed projects, spared projects and single resources', async () => {
    const listed = await preview({ resourceType: 'assistant', projectIds: [projectId] });
    expect(listed.resources).to.deep.equal([{ organizationId, effect: 'OFF', resourceType: 'assistant', resources: 2, projects: 1 }]);
    expect(new Set(listed.items.map((item) => `${item.place} ${item.projectId}`))).to.deep.equal(new Set([`PROJECT ${projectId}`]));
    const spared = await preview({ resourceType: 'assistant', exceptProjectIds: [projectId] });
    expect(spared.resources![0]).to.include({ resources: 1, projects: 1 });
    expect(new Set(spared.items.map(({ place, projects }) => `${place} ${projects}`))).to.deep.equal(new Set(['OTHER_PROJECTS 1']));
    const one = await preview({ resourceType: 'model', resourceId: 'gpt-x' });
    expect(new Set(one.items.map(({ resourceId }) => resourceId))).to.deep.equal(new Set(['gpt-x']));
    expect(of(one, editor.id)).to.include('LOSS PROJECT model:use');
    const lost = (access: Access) => new Set(access.items.map(({ permission }) => permission));
    expect([...lost(one)], 'a list still shows one resource that is off').not.to.include('model:list');
    expect([...lost(await preview({ resourceType: 'model' }))]).to.include('model:list');
    expect(one.resources).to.deep.equal([
      { organizationId, effect: 'OFF', resourceType: 'model', resourceId: 'gpt-x', resources: 1, projects: 2 },
    ]);
  });

  it('says of the end of a restriction who gains what, and of one that changes nothing that it changes nothing', async () => {
    const all = await make({ resourceType: 'model' });
    const inside = await preview({ resourceType: 'model', resourceId: 'gpt-x' });
    expect(inside.summary).to.deep.include({ subjects: 0, losses: 0 });
    expect(inside.resources![0]).to.include({ effect: 'OFF', resources: 0, projects: 0 });
    const reply = await send(admin, 'DELETE', path(`/restrictions/${all}?validateOnly=true`));
    const { access } = reply.body as components['schemas']['Plan'];
    expect(access.summary).to.deep.include({ losses: 0 });
    expect(of(access, editor.id)).to.include('GAIN PROJECT model:use');
    expect(access.items.some(({ lastUse }) => lastUse)).to.equal(false);
    expect(access.resources).to.deep.equal([{ organizationId, effect: 'ON', resourceType: 'model', resources: 1, projects: 2 }]);
    expect((await send(admin, 'DELETE', path(`/restrictions/${all}`))).status).to.equal(204);
  });

  it('is known to the plans of other changes: what is switched off is not gained with a role', async () => {
    const restriction = await make({ resourceType: 'model' });
    const viewer = await join(tenet, { organizationId }, 'viewer@example.com', 'org.viewer');
    const { body } = await send(admin, 'POST', path('/grants?validateOnly=true'), {
      subject: { type: 'USER', id: viewer.id },
      role: 'org.admin',
    });
    const gained = of((body as components['schemas']['Plan']).access, viewer.id);
    expect(gained.filter((one) => one.startsWith('GAIN'))).not.to.deep.equal([]);
    expect(gained.filter((one) => /_PROJECTS model:/.test(one))).to.deep.equal([]);
    await send(admin, 'DELETE', path(`/restrictions/${restriction}`));
  });

  it('is not for callers who may not switch off', async () => {
    const { status } = await send(editor, 'POST', path('/restrictions?validateOnly=true'), { resourceType: 'model', reason: 'Why not' });
    expect(status).to.equal(403);
  });
});
