import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { sendIn } from '../../helpers/resources.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('resources', () => {
  let tenet: TestTenet;
  let admin: Person;
  let member: Person;
  let stranger: Person;
  let organizationId: string;
  let projectId: string;

  before(async () => {
    tenet = await startTenet();
    admin = await signIn(tenet, 'admin@example.com');
    stranger = await signIn(tenet, 'stranger@example.com');
    organizationId = await foundOrganization(admin, 'Acme');
    projectId = await foundProject(admin, organizationId, 'Website');
    member = await join(tenet, { organizationId }, 'member@example.com', 'org.member');
  });
  after(() => tenet.stop());

  const typeOf = (type: string, where = organizationId) => `${where}/resources/${type}`;
  const connection = (data: object = {}) => ({ name: 'Source code', data: { platform: 'github', ...data } });
  async function made(type = 'connection', body: object = connection(), by = admin, where?: string): Promise<string> {
    const answer = await sendIn(by, 'POST', typeOf(type, where), body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id;
  }

  it('PICA-11, PICA-13: an admin makes, lists, reads, changes and deletes what the organization has', async () => {
    const answer = await sendIn(admin, 'POST', typeOf('connection'), {
      ...connection({ settings: { repository: 'acme/site' } }),
      labels: { team: 'web' },
    });
    expect(answer.status).to.equal(201);
    const { id } = answer.body;
    expect(answer.body).to.include({ organizationId, type: 'connection', name: 'Source code', createdBy: admin.id });
    expect(answer.body).not.to.have.property('projectId');
    const path = `${typeOf('connection')}/${id}`;
    const read = await sendIn(admin, 'GET', path);
    expect(read.body.data).to.deep.equal({ platform: 'github', settings: { repository: 'acme/site' } });
    const changed = await sendIn(
      admin,
      'PATCH',
      path,
      { name: 'Sources', data: { environment: 'LIVE', settings: { branch: 'main' } } },
      { 'if-match': read.etag! },
    );
    expect(changed.status).to.equal(200);
    expect((await sendIn(admin, 'GET', path)).body.data).to.deep.equal({
      platform: 'github',
      environment: 'LIVE',
      settings: { repository: 'acme/site', branch: 'main' },
    });
    expect((await sendIn(admin, 'PATCH', path, { name: 'Late' }, { 'if-match': read.etag! })).status).to.equal(412);
    expect((await sendIn(admin, 'GET', path, undefined, { 'if-none-match': changed.etag! })).status).to.equal(304);
    expect((await sendIn(admin, 'DELETE', path)).status).to.equal(204);
    expect((await sendIn(admin, 'GET', path)).status).to.equal(404);
    const events = (await sendIn(admin, 'GET', `${organizationId}/audit-events?target=${id}`)).body.items;
    expect(events.map(({ action }: { action: string }) => action)).to.deep.equal(['resource.delete', 'resource.update', 'resource.create']);
    expect(JSON.stringify(events)).not.to.include('acme/site');
  });

  it('PICA-21: a member lists connections, sees their summary alone, and may not read one', async () => {
    const id = await made('connection', connection({ environment: 'TEST', settings: { token: 'not-for-lists' } }));
    const list = await sendIn(member, 'GET', typeOf('connection'));
    expect(list.status).to.equal(200);
    expect(JSON.stringify(list.body)).not.to.include('not-for-lists');
    expect(list.body.items.find((item: { id: string }) => item.id === id).data).to.deep.equal({ platform: 'github', environment: 'TEST' });
    const read = await sendIn(member, 'GET', `${typeOf('connection')}/${id}`);
    expect([read.status, read.body.requiredPermission]).to.deep.equal([403, 'connection:read']);
    expect((await sendIn(member, 'POST', typeOf('connection'), connection())).body.requiredPermission).to.equal('connection:create');
  });

  it('answers 404 to every name that is no type of this kind of organization, whatever the policy says about it', async () => {
    const names = [
      'nothing',
      'organization',
      'member',
      'role:org.admin',
      'setting:theme',
      'state',
      '*',
      'Connection',
      'connection:read',
      '__proto__',
      'constructor',
    ];
    for (const name of names) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['POST', '', connection()],
        ['GET', `/${newId('resource')}`, undefined],
        ['DELETE', `/${newId('resource')}`, undefined],
      ] as const) {
        const answer = await sendIn(admin, method, `${typeOf(encodeURIComponent(name))}${path}`, body);
        expect([answer.status, answer.body.code], `${method} ${name}`).to.deep.equal([404, 'not-found']);
      }
    }
  });

  it('keeps what is in a project apart from what is in the organization, and a type apart from another', async () => {
    const inProject = `${organizationId}/projects/${projectId}/resources/connection`;
    const answer = await sendIn(admin, 'POST', inProject, connection());
    expect(answer.body).to.include({ organizationId, projectId });
    expect((await sendIn(admin, 'GET', `${inProject}/${answer.body.id}`)).status).to.equal(200);
    expect((await sendIn(admin, 'GET', `${typeOf('connection')}/${answer.body.id}`)).status).to.equal(404);
    expect((await sendIn(admin, 'GET', `${typeOf('authkit')}/${answer.body.id}`)).status).to.equal(404);
    const listed = (await sendIn(admin, 'GET', inProject)).body.items.map(({ id }: { id: string }) => id);
    expect(listed).to.deep.equal([answer.body.id]);
  });

  it('MIN-25: shows the resources of one organization and never those of another', async () => {
    const other = await foundOrganization(admin, 'Other', 'api-hub');
    const mine = await foundOrganization(admin, 'Mine', 'api-hub');
    const foreign = await made('api', { name: 'Foreign' }, admin, other);
    const own = await made('api', { name: 'Own' }, admin, mine);
    expect((await sendIn(admin, 'GET', typeOf('api', mine))).body.items.map(({ id }: { id: string }) => id)).to.deep.equal([own]);
    expect((await sendIn(admin, 'GET', `${typeOf('api', mine)}/${foreign}`)).status).to.equal(404);
    for (const type of ['api', 'nothing', 'organization']) {
      const answer = await sendIn(stranger, 'GET', typeOf(type, mine));
      expect([answer.status, answer.body.code], type).to.deep.equal([404, 'not-found']);
    }
  });

  it('refuses what a type does not know, with a pointer to each', async () => {
    const cases: [data: unknown, pointers: string[]][] = [
      [{}, ['#/data/platform']],
      [{ platform: 'a', color: 'red', 'a/b': 1 }, ['#/data/color', '#/data/a~1b']],
      [{ platform: 1, environment: 'PROD', settings: [] }, ['#/data/platform', '#/data/environment', '#/data/settings']],
      [{ platform: 'x'.repeat(20_001) }, ['#/data/platform']],
      [{ platform: 'a\u202eb' }, ['#/data/platform']],
      [{ platform: null }, ['#/data/platform']],
      [{ platform: 'a', settings: { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } } }, ['#/data/settings/a/b/c/d/e/f/g/h']],
      [{ platform: 'a', settings: { list: Array(5_001).fill(0) } }, ['#/data']],
      [{ platform: 'a', settings: { a: 'x'.repeat(66_000) } }, ['#/data']],
      [JSON.parse('{"platform":"a","__proto__":{"x":1}}'), ['#/data']],
    ];
    for (const [data, pointers] of cases) {
      const answer = await sendIn(admin, 'POST', typeOf('connection'), { name: 'Bad', data });
      expect(answer.status, JSON.stringify(data).slice(0, 80)).to.equal(400);
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).to.have.members(pointers);
    }
    const id = await made();
    const patch = await sendIn(admin, 'PATCH', `${typeOf('connection')}/${id}`, { data: { platform: null } });
    expect([patch.status, patch.body.errors[0].pointer]).to.deep.equal([400, '#/data/platform']);
    expect((await sendIn(admin, 'PATCH', `${typeOf('connection')}/${id}`, { color: 'red' })).status).to.equal(400);
  });

  it('is searched, selected by labels, sorted by name and read in pages', async () => {
    const where = await foundOrganization(admin, 'Sorted');
    for (const [name, team] of [
      ['beta', 'a'],
      ['Alpha', 'b'],
      ['alpha 2', 'a'],
      ['Gamma', 'b'],
    ] as const) {
      await made('connection', { ...connection(), name, labels: { team } }, admin, where);
    }
    const names = async (query: string) =>
      (await sendIn(admin, 'GET', `${typeOf('connection', where)}?${query}`)).body.items.map(({ name }: { name: string }) => name);
    expect(await names('orderBy=name')).to.deep.equal(['Alpha', 'alpha 2', 'beta', 'Gamma']);
    expect(await names('orderBy=name&order=desc&labelSelector=team%3Db')).to.deep.equal(['Gamma', 'Alpha']);
    expect(await names('q=ALPHA')).to.deep.equal(['Alpha', 'alpha 2']);
    for (const order of ['', '&orderBy=name', '&order=desc', '&orderBy=name&order=desc']) {
      const whole = await names(order);
      const seen: string[] = [];
      let token = '';
      do {
        const { body } = await sendIn(admin, 'GET', `${typeOf('connection', where)}?pageSize=1${order}${token}`);
        seen.push(...body.items.map(({ name }: { name: string }) => name));
        token = body.nextPageToken === undefined ? '' : `&pageToken=${body.nextPageToken}`;
      } while (token !== '');
      expect(seen, order).to.deep.equal(whole);
    }
  });

  it('loses nothing when two change it at once with the same version', async () => {
    const id = await made();
    const path = `${typeOf('connection')}/${id}`;
    const { etag } = await sendIn(admin, 'GET', path);
    const answers = await Promise.all(
      ['TEST', 'LIVE'].map((environment) => sendIn(admin, 'PATCH', path, { data: { environment } }, { 'if-match': etag! })),
    );
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
  });

  it('goes with its project and comes back with it', async () => {
    const gone = await foundProject(admin, organizationId, 'Gone');
    const path = `${organizationId}/projects/${gone}/resources/connection`;
    const { body } = await sendIn(admin, 'POST', path, connection());
    expect((await sendIn(admin, 'DELETE', `${organizationId}/projects/${gone}`)).status).to.equal(204);
    expect((await sendIn(admin, 'GET', `${path}/${body.id}`)).status).to.equal(404);
    expect((await sendIn(admin, 'POST', `${organizationId}/projects/${gone}/restore`, {})).status).to.equal(200);
    expect((await sendIn(admin, 'GET', `${path}/${body.id}`)).status).to.equal(200);
  });
});
