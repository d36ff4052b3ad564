import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { dearFiles, storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Json = Record<string, unknown>;

describe('policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let number = 0;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
  });
  after(() => tenet?.stop());

  const stores = (project = projectId, organization = organizationId) =>
    `/v1/organizations/${organization}/projects/${project}/policy-stores`;
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, by: Caller = owner) =>
    send(by, method, path, body, headers);
  const made = async (name = `Store ${++number}`, project = projectId): Promise<string> => {
    const { status, body, text } = await call('POST', stores(project), { name });
    expect(status, text).to.equal(201);
    return `${stores(project)}/${(body as Json)['id']}`;
  };
  const propose = (store: string, files: object = {}, by: Caller = owner) =>
    call('POST', `${store}/revisions`, { ...storeFiles, reason: 'First.', ...files }, {}, by);
  const activate = async (store: string, revision = 1) => {
    const head = await call('GET', `${store}/head`);
    return call('PUT', `${store}/head`, { revision }, { 'if-match': String((head.body as Json)['etag']) });
  };
  const inForce = async (files: object = {}): Promise<string> => {
    const store = await made();
    const proposed = await propose(store, files);
    expect(proposed.status, proposed.text).to.equal(201);
    const { status, text } = await activate(store);
    expect(status, text).to.equal(200);
    return store;
  };
  const question = (id: string, name: string, properties: object = {}) => ({
    subject: { type: 'user', id },
    action: { name },
    resource: { type: 'record', id: '1', properties },
  });
  const ask = async (store: string, body: object, by: Caller = owner): Promise<Json> => {
    const { status, body: answer, text } = await call('POST', `${store}/access/v1/evaluation`, body, {}, by);
    expect(status, text).to.equal(200);
    return answer as Json;
  };

  it('deny everything until a revision is in force, and decide by it then', async () => {
    const store = await made();
    expect(await ask(store, question('alice', 'write', { status: 'open' }))).to.deep.equal({ decision: false });
    const { body: revision } = await propose(store);
    expect(revision).to.include({ revision: 1, policy: storeFiles.policy });
    expect(await ask(store, question('alice', 'write', { status: 'open' }))).to.deep.equal({ decision: false });
    const { status, body: head } = await activate(store);
    expect([status, (head as Json)['revision']]).to.deep.equal([200, 1]);
    expect(await ask(store, question('alice', 'write', { status: 'open' }))).to.deep.equal({ decision: true });
    expect(await ask(store, question('alice', 'write', { status: 'archived' }))).to.deep.equal({ decision: false });
    expect(await ask(store, question('bob', 'write', { status: 'open' }))).to.deep.equal({ decision: false });
    expect(await ask(store, question('mallory', 'read', { isPublic: true }))).to.deep.equal({ decision: false });
  });

  it('have another ETag once another revision is in force or their entities are others', async () => {
    const store = await made();
    let known: string | null = null;
    const expectChange = async (expected: Json) => {
      const etag = String(((await call('GET', store)).body as Json)['etag']);
      expect(etag).not.to.equal(known);
      expect((await call('GET', store, undefined, { 'if-none-match': etag })).status).to.equal(304);
      const again = await call('GET', store, undefined, { 'if-none-match': known ?? '"0"' });
      expect(again.status, again.text).to.equal(200);
      expect(again.body).to.include(expected);
      known = etag;
    };
    await expectChange({ entityCount: 0 });
    await propose(store);
    await activate(store);
    await expectChange({ entityCount: 0, revision: 1 });
    await call('POST', `${store}/entities`, { entities: [{ type: 'user', id: 'alice' }] });
    await expectChange({ entityCount: 1, revision: 1 });
  });

  it('have no name that the command line reads as a revision of another store', async () => {
    const store = await made('Todo');
    const named = (method: string, path: string, name: string) => call(method, path, { name });
    for (const refused of [await named('POST', stores(), 'Todo@3'), await named('PATCH', store, 'Tasks@12')]) {
      expect(refused.status, refused.text).to.equal(400);
      const [error] = (refused.body as { errors: Json[] }).errors;
      expect(error).to.have.property('pointer', '#/name');
      expect(error!['detail']).to.match(/^must not end in @(3|12), which means a revision where a store is named$/);
    }
    expect((await named('PATCH', store, 'Todo@home')).status).to.equal(200);
  });

  it('refuse a question that brings more values than an entity may have, however it is asked', async () => {
    const store = await inForce();
    const many = { list: Array.from({ length: 501 }, (_, index) => index) };
    const large = { ...question('alice', 'write'), context: many };
    const { subject, action, resource } = question('alice', 'write', many);
    const requests: [string, object, string][] = [
      ['evaluation', large, '#/context'],
      ['evaluations', { context: many, evaluations: [question('alice', 'write')] }, '#/context'],
      ['search/resource', { subject: { ...subject, properties: many }, action, resource: { type: 'record' } }, '#/subject/properties'],
      ['search/subject', { subject: { type: 'user' }, action, resource }, '#/resource/properties'],
      ['search/action', { subject, resource, context: many }, '#/context'],
    ];
    for (const [path, body, pointer] of requests) {
      const { status, text } = await call('POST', `${store}/access/v1/${path}`, body);
      expect([status, text], path).to.satisfy(([code, said]: [number, string]) => code === 400 && said.includes(pointer));
    }
    const fits = { ...large, resource: { type: 'record', id: '1', properties: { status: 'open' } }, context: { list: many.list.slice(3) } };
    expect(await ask(store, fits)).to.deep.equal({ decision: true });
  });

  it('say why, where that is asked for', async () => {
    const store = await inForce();
    const options = { include_context: true };
    const why = async (body: object) => (await ask(store, { ...body, options }))['context'];
    expect(await why(question('alice', 'write', { status: 'open' }))).to.deep.equal({ reason: 'RULE', revision: 1, rules: [1] });
    expect(await why(question('mallory', 'read', { isPublic: true }))).to.deep.equal({ reason: 'RULE', revision: 1, rules: [3] });
    expect(await why(question('bob', 'write', {}))).to.deep.equal({ reason: 'NO_MATCH', revision: 1 });
    const answer = await ask(await made(), { ...question('bob', 'write'), options });
    expect(answer).to.deep.equal({ decision: false, context: { reason: 'NO_POLICY' } });
  });

  it('take a question as AuthZEN has it: unknown members, any text as an id, and 400 for what is none', async () => {
    const store = await inForce();
    for (const id of ['a'.repeat(5_000), "'; drop table policy_stores; --", '__proto__']) {
      expect(await ask(store, { ...question(id, 'write', { status: 'open' }), more: 1 }), id.slice(0, 20)).to.deep.equal({
        decision: false,
      });
    }
    const { subject, ...lacking } = question('alice', 'write');
    for (const body of [lacking, { ...lacking, subject: 'alice' }, { ...lacking, subject: { type: 'user' } }, [subject]]) {
      expect((await call('POST', `${store}/access/v1/evaluation`, body)).status).to.equal(400);
    }
    expect(
      (await call('POST', `${store}/access/v1/evaluation`, question('alice', 'write'), { 'content-type': 'text/plain' })).status,
    ).to.equal(400);
    expect((await call('GET', `${store}/access/v1/evaluation`)).status).to.equal(405);
  });

  it('refuse files that do not hold, with file and line, and store nothing of them', async () => {
    const store = await made();
    const { status, body } = await propose(store, {
      policy: `p, role:writer, record:*, write, true, allow\np, user:a, record:*, read, r.res.x.repeat(9) == 1, allow\n`,
    });
    expect(status).to.equal(400);
    const [error] = (body as { errors: { pointer: string; detail: string }[] }).errors;
    expect(error!.pointer).to.equal('#/policy');
    expect(error!.detail).to.match(/^policy\.csv:2: error: /);
    expect(((await call('GET', `${store}/revisions`)).body as { items: unknown[] }).items).to.deep.equal([]);
    const { body: lint } = await call('POST', `${store}/lint`, { model: 'nonsense', policy: '' });
    expect((lint as Json)['errors']).to.be.greaterThan(0);
    expect((lint as { findings: Json[] }).findings[0]).to.include({ file: 'model.conf', level: 'ERROR' });
  });

  it('keep revisions: the same files are the same one, and going back is moving the head', async () => {
    const store = await inForce();
    expect((await propose(store)).body).to.include({ revision: 1 });
    const { body: second } = await propose(store, { policy: 'p, *, record:*, read, true, allow\n' });
    expect(second).to.include({ revision: 2 });
    expect((await activate(store, 2)).status).to.equal(200);
    expect(await ask(store, question('bob', 'read'))).to.deep.equal({ decision: true });
    expect((await activate(store, 1)).status).to.equal(200);
    expect(await ask(store, question('bob', 'read'))).to.deep.equal({ decision: false });
    const { body: list } = await call('GET', `${store}/revisions?pageSize=1`);
    expect((list as { items: Json[] }).items.map((item) => item['revision'])).to.deep.equal([2]);
    expect(list).to.have.property('nextPageToken');
    expect((await call('GET', `${store}/revisions/2`)).body).to.deep.equal(second);
    expect((await call('GET', `${store}/revisions/3`)).status).to.equal(404);
    expect((await activate(store, 3)).status).to.equal(400);
  });

  it('move a head that is where the caller saw it, and no other', async () => {
    const store = await inForce();
    expect((await call('PUT', `${store}/head`, { revision: 1 })).status).to.equal(428);
    expect((await call('PUT', `${store}/head`, { revision: 1 }, { 'if-match': '"1"' })).status).to.equal(412);
    await propose(store, { policy: `${storeFiles.policy}p, user:carol, record:*, read, true, allow\n` });
    const { body: head } = await call('GET', `${store}/head`);
    const move = () => call('PUT', `${store}/head`, { revision: 2 }, { 'if-match': String((head as Json)['etag']) });
    const moves = await Promise.all([move(), move()]);
    expect(moves.map(({ status }) => status).sort()).to.deep.equal([200, 412]);
  });

  it('are renamed and deleted, with a name once in a project', async () => {
    const store = await made('Mine');
    expect((await call('POST', stores(), { name: 'MINE' })).status).to.equal(409);
    const { status, body } = await call('PATCH', store, { name: 'Yours' });
    expect([status, (body as Json)['name']]).to.deep.equal([200, 'Yours']);
    expect((await call('DELETE', store, undefined, { 'if-match': '"1"' })).status).to.equal(412);
    expect((await call('DELETE', store, undefined, { 'if-match': String((body as Json)['etag']) })).status).to.equal(204);
    expect((await call('GET', store)).status).to.equal(404);
    const events = (await auditTrail(owner, organizationId)).filter(({ target }) => store.endsWith(target));
    expect(events.map(({ action }) => action).sort()).to.deep.equal(['policy-store.create', 'policy-store.delete', 'policy-store.update']);
  });

  it('answer a caller of another project or organization as if they did not exist, byte for byte', async () => {
    const store = await inForce();
    const id = store.slice(store.lastIndexOf('/') + 1);
    const elsewhere = await foundProject(owner, organizationId);
    const other = await signIn(tenet, 'other@example.com');
    const theirs = await foundOrganization(other);
    const theirProject = await foundProject(other, theirs);
    const rest: [string, string, unknown?][] = [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/head'],
      ['GET', '/revisions'],
      ['GET', '/revisions/1'],
      ['POST', '/revisions', { ...storeFiles, reason: 'Theirs.' }],
      ['POST', '/lint', storeFiles],
      ['POST', '/access/v1/evaluation', question('alice', 'write')],
    ];
    const places: [Caller, string][] = [
      [owner, stores(elsewhere)],
      [other, stores(theirProject, theirs)],
      [other, stores()],
    ];
    for (const [by, at] of places) {
      for (const [method, tail, body] of rest) {
        const answers = [];
        for (const named of [id, newId('policyStore')]) {
          const { status, text } = await call(method, `${at}/${named}${tail}`, body, { 'x-request-id': 'same' }, by);
          answers.push(`${status} ${text.replaceAll(named, 'ID')}`);
        }
        expect(answers[0], `${method} ${at}${tail}`).to.match(/^404 /);
        expect(withoutIds(answers[0]!), `${method} ${at}${tail}`).to.equal(withoutIds(answers[1]!));
      }
    }
    expect(await ask(store, question('alice', 'write', { status: 'open' }))).to.deep.equal({ decision: true });
  });

  it('are asked by those who may ask, and changed by those who may change them', async () => {
    const store = await inForce();
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.member');
    const manager = await join(tenet, { organizationId, projectId }, 'manager@example.com', 'project.manager');
    expect(await ask(store, question('alice', 'write', { status: 'open' }), member)).to.deep.equal({ decision: true });
    expect((await call('GET', store, undefined, {}, member)).status).to.equal(403);
    expect((await propose(store, {}, member)).status).to.equal(403);
    expect((await propose(store, { policy: 'p, *, record:*, read, true, allow\n' }, manager)).status).to.equal(201);
    expect((await call('PUT', `${store}/head`, { revision: 2 }, { 'if-match': '"2"' }, manager)).status).to.equal(403);
  });

  it('are 20 of a project at most', async () => {
    const project = await foundProject(owner, organizationId);
    const answers = await Promise.all(Array.from({ length: 22 }, (_, index) => call('POST', stores(project), { name: `Store ${index}` })));
    expect(answers.filter(({ status }) => status === 201).length).to.equal(20);
    expect(answers.filter(({ status }) => status === 403).length).to.equal(2);
  });

  it('are proposed whatever another organization has checked in a loop', async () => {
    const busy = await signIn(tenet, 'busy@example.com');
    const theirs = await foundOrganization(busy);
    const project = await foundProject(busy, theirs);
    const { body } = await call('POST', stores(project, theirs), { name: 'Busy' }, {}, busy);
    const lint = `${stores(project, theirs)}/${(body as Json)['id']}/lint`;
    const files = { ...dearFiles, policy: dearFiles.policy.split('\n').slice(0, 500).join('\n') };
    const answers: number[] = [];
    let isOver = false;
    const loops = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push((await call('POST', lint, files, {}, busy)).status);
    });
    const store = await made();
    try {
      for (const comment of ['a', 'b']) {
        const { status, text } = await propose(store, { policy: `${storeFiles.policy}# ${comment}\n` });
        expect(status, text).to.equal(201);
      }
    } finally {
      isOver = true;
      await Promise.all(loops);
    }
    expect(answers).to.include.members([200, 503]);
  });
});

/** Ids of requests and decisions differ. */
function withoutIds(text: string): string {
  return text.replaceAll(/(req|dec)_[0-9a-z]{26}/g, '$1');
}
