import { expect } from 'chai';
import { eventually } from '../../helpers/eventually.ts';
import { send } from '../../helpers/keys.ts';
import { foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce, storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('decisions of policy stores that would rather be fast', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let store: string;

  const fast = { 'tenet-consistency': 'minimize_latency' };
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, by: Caller = owner) =>
    send(by, method, path, body, headers);
  const write = { subject: { type: 'user', id: 'alice' }, action: { name: 'write' } };
  const record = (id: string, properties: object = {}) => ({ type: 'record', id, properties });
  const ask = (body: object, by: Caller = owner, at = store, kind = 'evaluation') =>
    call('POST', `${at}/access/v1/${kind}`, body, fast, by);
  const keep = (...entities: object[]) => call('POST', `${store}/entities`, { entities });

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    ({ organizationId, projectId, store } = await foundStore(owner));
    await putFirstIntoForce(owner, store);
    await keep(record('1', { status: 'open' }), record('2', { status: 'archived' }));
  });
  after(() => tenet?.stop());

  it('are those of the store, one at a time and together, from the database and from memory', async () => {
    const options = { include_context: true };
    const bodies: [string, object][] = [
      ['evaluation', { ...write, resource: record('1'), options }],
      ['evaluation', { ...write, resource: record('2', { status: 'open' }), options }],
      ['evaluation', { ...write, resource: record('3', { status: 'open' }), options }],
      ['evaluations', { ...write, evaluations: [{ resource: record('1') }, {}, { resource: record('2') }], options }],
      ['evaluations', { ...write, evaluations: [{ resource: record('2') }, {}], options: { evaluations_semantic: 'deny_on_first_deny' } }],
      ['evaluations', { ...write, resource: record('1') }],
    ];
    for (const [kind, body] of bodies) {
      const { text } = await call('POST', `${store}/access/v1/${kind}`, body, { 'tenet-consistency': 'fully_consistent' });
      for (const time of ['first', 'second']) {
        const answer = await ask(body, owner, store, kind);
        expect([answer.status, answer.text], `${kind} ${time}`).to.deep.equal([200, text]);
      }
    }
  });

  it('refuse what the store refuses in the same words', async () => {
    const bodies = [{}, { ...write }, [], { ...write, resource: record('1', { list: Array.from({ length: 501 }, () => 1) }) }];
    const plain = (text: string) => text.replaceAll(/req_[0-9a-z]{26}/g, '');
    for (const kind of ['evaluation', 'evaluations']) {
      for (const body of bodies) {
        const slow = await call('POST', `${store}/access/v1/${kind}`, body, { 'tenet-consistency': 'fully_consistent' });
        const { status, text } = await ask(body, owner, store, kind);
        expect([status, plain(text)]).to.deep.equal([400, plain(slow.text)]);
      }
      expect((await call('POST', `${store}/access/v1/${kind}`, bodies[3], { ...fast, accept: 'text/plain' })).status).to.equal(406);
      expect((await call('POST', `${store}/access/v1/${kind}`, write, { 'tenet-consistency': 'soon' })).status).to.equal(400);
    }
  });

  it('follow a change of entities and of the head as soon as this is heard of', async () => {
    const decided = async (id: string) => ((await ask({ ...write, resource: record(id) })).body as { decision: boolean }).decision;
    await keep(record('9', { status: 'open' }));
    await eventually(async () => expect(await decided('9')).to.equal(true));
    await keep(record('9', { status: 'archived' }));
    await eventually(async () => expect(await decided('9')).to.equal(false));
    await call('DELETE', `${store}/entities/record/9`);
    await eventually(async () => expect(await decided('9')).to.equal(false));
    await call('POST', `${store}/revisions`, { ...storeFiles, policy: 'p, *, record:*, *, true, allow\n', reason: 'Open.' });
    const { headers } = await call('GET', `${store}/head`);
    const moved = await call('PUT', `${store}/head`, { revision: 2 }, { 'if-match': headers.get('etag')! });
    expect(moved.status, moved.text).to.equal(200);
    await eventually(async () => expect(await decided('2')).to.equal(true));
    await call('PUT', `${store}/head`, { revision: 1 }, { 'if-match': moved.headers.get('etag')! });
    await eventually(async () => expect(await decided('2')).to.equal(false));
  });

  it('are given to those who may ask, as long as they may, and to a store of this path alone', async () => {
    const body = { ...write, resource: record('1') };
    const member = await join(tenet, { organizationId, projectId }, 'member@example.com', 'project.member');
    expect((await ask(body, member)).status).to.equal(200);
    expect((await ask(body, member)).status).to.equal(200);
    const stranger = await signIn(tenet, 'stranger@example.com');
    expect((await ask(body, stranger)).status).to.equal(404);
    expect((await ask(body, tenet.anonymous())).status).to.equal(401);
    const elsewhere = store.replace(projectId, await foundProject(owner, organizationId));
    expect((await ask(body, owner, elsewhere)).status).to.equal(404);
    const { headers } = await call('GET', `/v1/organizations/${organizationId}/members/${member.id}`);
    const removed = await call(
      'POST',
      `/v1/organizations/${organizationId}/members/${member.id}/remove`,
      {},
      { 'if-match': headers.get('etag') ?? '*' },
    );
    expect(removed.status, removed.text).to.be.lessThan(300);
    await eventually(async () => expect((await ask(body, member)).status).to.equal(404));
  });

  it('end with the store', async () => {
    const body = { ...write, resource: record('1') };
    expect((await ask(body)).status).to.equal(200);
    const { headers } = await call('GET', store);
    expect((await call('DELETE', store, undefined, { 'if-match': headers.get('etag')! })).status).to.equal(204);
    await eventually(async () => expect((await ask(body)).status).to.equal(404));
  });
});
