import { expect } from 'chai';
import { newId, toUuid } from '../../../core/base/ids.ts';
import { send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { dearFiles, storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Json = Record<string, unknown>;

interface Entity {
  type: string;
  id: string;
  properties?: Json;
}

describe('entities of policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let stores: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    stores = `/v1/organizations/${organizationId}/projects/${projectId}/policy-stores`;
  });
  after(() => tenet?.stop());

  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, by: Caller = owner) =>
    send(by, method, path, body, headers);
  const ok = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> => {
    const { status, body: answer, text } = await call(method, path, body, headers);
    expect(status, text).to.be.within(200, 299);
    return answer as Json;
  };
  const storeOf = async (policy = storeFiles.policy): Promise<string> => {
    const store = `${stores}/${(await ok('POST', stores, { name: newId('request') }))['id']}`;
    await ok('POST', `${store}/revisions`, { ...storeFiles, policy, reason: 'First.' });
    await ok('PUT', `${store}/head`, { revision: 1 }, { 'if-match': '"1"' });
    return store;
  };
  const write = (store: string, entities: Entity[]) => call('POST', `${store}/entities`, { entities });
  const record = (id: string, properties: Json = {}): Entity => ({ type: 'record', id, properties });
  const search = (store: string, what: string, body: Json) => ok('POST', `${store}/access/v1/search/${what}`, body);
  const user = (id: string, properties: Json = {}) => ({ type: 'user', id, properties });
  const ids = (answer: Json) => (answer['results'] as { id: string }[]).map(({ id }) => id);

  it('are written, replaced, listed by type, read and deleted, and counted', async () => {
    const store = await storeOf();
    const first = await ok('POST', `${store}/entities`, { entities: [record('b', { status: 'open' }), record('a/ü 1'), user('alice')] });
    expect(first).to.deep.equal({ created: 3, updated: 0 });
    const second = await ok('POST', `${store}/entities`, { entities: [record('b', { status: 'archived' }), record('c')] });
    expect(second).to.deep.equal({ created: 1, updated: 1 });
    const pages: string[][] = [];
    for (let token: unknown = ''; token !== undefined; ) {
      const more = token === '' ? '' : `&pageToken=${token}`;
      const page = await ok('GET', `${store}/entities?type=record&pageSize=2${more}`);
      pages.push((page['items'] as Entity[]).map(({ id }) => id));
      token = page['nextPageToken'];
    }
    expect(pages).to.deep.equal([['a/ü 1', 'b'], ['c']]);
    const all = (await ok('GET', `${store}/entities`))['items'] as Entity[];
    expect(all.map(({ type, id }) => `${type} ${id}`)).to.deep.equal(['record a/ü 1', 'record b', 'record c', 'user alice']);
    expect((await ok('GET', `${store}/entities/record/b`))['properties']).to.deep.equal({ status: 'archived' });
    const bytes = ['{"status":"archived"}', '{}', '{}', '{}'].join('').length;
    expect(await ok('GET', store)).to.include({ entityCount: 4, entityBytes: bytes });
    expect((await call('DELETE', `${store}/entities/record/${encodeURIComponent('a/ü 1')}`)).status).to.equal(204);
    expect((await call('DELETE', `${store}/entities/record/nothing`)).status).to.equal(404);
    expect(await ok('GET', store)).to.include({ entityCount: 3, entityBytes: bytes - 2 });
    const trail = (await auditTrail(owner, organizationId)).filter(({ target }) => store.endsWith(target));
    expect(JSON.stringify(trail)).not.to.match(/archived|alice|ü/);
    expect(trail.filter(({ action }) => action.endsWith('entities')).length).to.equal(2);
  });

  it('are refused as a whole where one of them cannot be kept', async () => {
    const store = await storeOf();
    const deep = JSON.parse(`${'{"a":'.repeat(12)}1${'}'.repeat(12)}`) as Json;
    const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, 1]));
    const rich = Array.from({ length: 300 }, (_, one) => record(`${one}`, { list: Array.from({ length: 400 }, (__, value) => value) }));
    for (const [fault, at] of [
      [rich, '#/entities/50'],
      [[record('1'), record('1')], '#/entities/1'],
      [[record('1', { text: 'x'.repeat(17_000) })], '#/entities/0/properties'],
      [[record('1'), record('2', deep)], '#/entities/1/properties'],
      [[record('1', wide)], '#/entities/0/properties'],
    ] as [Entity[], string][]) {
      const { status, body } = await write(store, fault);
      expect([status, (body as { errors: { pointer: string }[] }).errors[0]!.pointer]).to.deep.equal([400, at]);
    }
    for (const fault of [[], [{ type: 'a:b', id: '1' }], [{ type: 'record', id: '' }], [record('\0')], [record('1', { a: '\ud800' })]]) {
      expect((await write(store, fault)).status).to.equal(400);
    }
    expect(
      (
        await write(
          store,
          Array.from({ length: 1_001 }, (_, index) => record(`${index}`)),
        )
      ).status,
    ).to.equal(400);
    expect(await ok('GET', store)).to.include({ entityCount: 0, entityBytes: 0 });
  });

  it('are as many as a store may have, and no more', async () => {
    const store = await storeOf();
    const id = toUuid('policyStore', store.slice(store.lastIndexOf('/') + 1));
    await tenet.database.write('platform', (db) => db('policy_stores').where({ id }).update({ entity_count: 99_999 }));
    expect((await write(store, [record('1'), record('2')])).status).to.equal(403);
    expect((await write(store, [record('1')])).status).to.equal(200);
    await tenet.database.write('platform', (db) => db('policy_stores').where({ id }).update({ entity_count: 1, entity_bytes: 67_108_860 }));
    expect((await write(store, [record('2', { a: 'long enough' })])).status).to.equal(403);
  });

  it('win over what a question says of them, and add to it', async () => {
    const store = await storeOf();
    await write(store, [record('1', { status: 'archived' }), record('2', { status: 'open' })]);
    const ask = (id: string, properties: Json) =>
      ok('POST', `${store}/access/v1/evaluation`, { subject: user('alice'), action: { name: 'write' }, resource: record(id, properties) });
    expect(await ask('1', { status: 'open' })).to.deep.equal({ decision: false });
    expect(await ask('2', {})).to.deep.equal({ decision: true });
    expect(await ask('3', { status: 'open' })).to.deep.equal({ decision: true });
    expect(await ask('3', {})).to.deep.equal({ decision: false });
  });

  it('are asked about in batches, with the three semantics and defaults that are whole objects', async () => {
    const store = await storeOf();
    await write(store, [record('1', { status: 'archived' }), record('2', { status: 'open' }), record('3', { status: 'open' })]);
    const many = (options: Json, resources: unknown[]) =>
      ok('POST', `${store}/access/v1/evaluations`, {
        ...{ subject: user('alice'), action: { name: 'write' }, resource: record('2', { status: 'archived' }), options },
        evaluations: resources.map((resource) => (resource === undefined ? {} : { resource })),
      });
    const decisions = async (semantic: string | undefined, ...all: unknown[]) =>
      ((await many(semantic === undefined ? {} : { evaluations_semantic: semantic }, all))['evaluations'] as Json[]).map((answer) => {
        expect(Object.keys(answer)).to.deep.equal(['decision']);
        return answer['decision'];
      });
    const [no, yes] = [record('1'), record('3')];
    expect(await decisions(undefined, yes, no, undefined)).to.deep.equal([true, false, true]);
    expect(await decisions('deny_on_first_deny', yes, no, yes)).to.deep.equal([true, false]);
    expect(await decisions('permit_on_first_permit', no, yes, no)).to.deep.equal([false, true]);
    expect(await decisions('execute_all', yes, { type: 'record' })).to.deep.equal([true, false]);
    const explained = (await many({ include_context: true }, [yes, { type: 'record' }]))['evaluations'] as { context: Json }[];
    expect(explained[0]!.context).to.deep.equal({ reason: 'RULE', revision: 1, rules: [1] });
    expect(explained[1]!.context['error']).to.include({ status: 400 });
    expect(
      (await call('POST', `${store}/access/v1/evaluations`, { evaluations: [], options: { evaluations_semantic: 'x' } })).status,
    ).to.equal(400);
    const { evaluations, ...one } = { evaluations: [], subject: user('alice'), action: { name: 'write' }, resource: yes };
    expect(evaluations.length === 0 && (await ok('POST', `${store}/access/v1/evaluations`, { evaluations, ...one }))).to.deep.equal({
      decision: true,
    });
  });

  it('are found by what the policy allows, page by page, from both sides', async () => {
    const store = await storeOf();
    const records = Array.from({ length: 30 }, (_, index) =>
      record(`r${String(index).padStart(2, '0')}`, { owner: index % 3 === 0 ? 'bob' : 'carol', isPublic: index % 10 === 0 }),
    );
    await write(store, [
      ...records,
      user('alice'),
      user('bob'),
      user('carol'),
      user('mallory'),
      { type: 'folder', id: '1', properties: { owner: 'bob' } },
    ]);
    const wanted = records.filter(({ properties }) => properties!['owner'] === 'bob' || properties!['isPublic']).map(({ id }) => id);
    const body = { subject: user('bob'), action: { name: 'read' }, resource: { type: 'record', id: 'ignored' } };
    expect(await search(store, 'resource', body)).to.deep.equal({ results: wanted.map((id) => ({ type: 'record', id })) });
    const found: string[] = [];
    let token: string | undefined;
    do {
      const answer = await search(store, 'resource', { ...body, page: { limit: 5, ...(token && { token }) } });
      expect(Object.keys(answer)).to.deep.equal(['page', 'results']);
      found.push(...ids(answer));
      token = (answer['page'] as { next_token: string }).next_token;
    } while (token);
    expect(found).to.deep.equal(wanted);
    expect(ids(await search(store, 'resource', { ...body, subject: user('mallory') }))).to.deep.equal([]);
    expect(ids(await search(store, 'resource', { ...body, resource: { type: 'nothing' } }))).to.deep.equal([]);
    const readers = { subject: { type: 'user' }, action: { name: 'read' } };
    expect(ids(await search(store, 'subject', { ...readers, resource: { type: 'record', id: 'r01' } }))).to.deep.equal(['carol']);
    expect(ids(await search(store, 'subject', { ...readers, resource: { type: 'record', id: 'r00' } }))).to.deep.equal([
      'alice',
      'bob',
      'carol',
    ]);
    const actions = { subject: user('alice'), resource: record('new', { status: 'open', owner: 'alice' }) };
    expect(await search(store, 'action', actions)).to.deep.equal({ results: [{ name: 'read' }, { name: 'write' }] });
    const foreign = await search(store, 'resource', { ...body, page: { limit: 1 } });
    const page = { token: (foreign['page'] as { next_token: string }).next_token };
    expect((await call('POST', `${store}/access/v1/search/resource`, { ...body, subject: user('carol'), page })).status).to.equal(400);
  });

  it('are decided one by one up to so many comparisons for a page, where the policy is no filter, and the pages have all of them', async () => {
    const { id } = (await ok('POST', stores, { name: 'Dear' })) as { id: string };
    const store = `${stores}/${id}`;
    await ok('POST', `${store}/revisions`, { ...dearFiles, reason: 'Dear.' });
    await ok('PUT', `${store}/head`, { revision: 1 }, { 'if-match': '"1"' });
    const docs = Array.from({ length: 300 }, (_, index) => ({ type: 'doc', id: String(1_000 + index) }));
    // Each takes 14,702 comparisons to deny; the last one is allowed by the first row.
    const properties = docs.map((_, index) => ({ owner: 'nobody', first: 1, second: index === 299 ? 1 : 2 }));
    await write(
      store,
      docs.map((doc, index) => ({ ...doc, properties: properties[index]! })),
    );
    const body = { subject: user('eve'), action: { name: 'read' }, resource: { type: 'doc' } };
    const perPage: number[] = [];
    let token: string | undefined;
    do {
      const answer = await search(store, 'resource', { ...body, page: { ...(token && { token }) } });
      perPage.push(ids(answer).length);
      token = (answer['page'] as { next_token: string }).next_token;
    } while (token);
    expect(perPage).to.deep.equal([0, 0, 1]);
  });

  it('have metadata of their decision point, which is the same for a store that does not exist', async () => {
    const store = await storeOf();
    const read = async (path: string) => (await (await fetch(`${tenet.url}/.well-known/authzen-configuration${path}`)).json()) as Json;
    const metadata = await read(store);
    expect(metadata['policy_decision_point']).to.equal(`${tenet.url}${store}`);
    expect(metadata['search_action_endpoint']).to.equal(`${tenet.url}${store}/access/v1/search/action`);
    expect(Object.keys(await read(`${stores}/${newId('policyStore')}`))).to.deep.equal(Object.keys(metadata));
  });

  it('of another store, project or organization are never seen: by a question, a search or a page', async () => {
    const [mine, theirs] = [await storeOf(), await storeOf()];
    await write(theirs, [record('1', { owner: 'bob', isPublic: true })]);
    const body = { subject: user('bob'), action: { name: 'read' }, resource: record('1') };
    expect(await ok('POST', `${mine}/access/v1/evaluation`, body)).to.deep.equal({ decision: false });
    expect(await search(mine, 'resource', body)).to.deep.equal({ results: [] });
    const other = await signIn(tenet, 'other@example.com');
    const elsewhere = await foundOrganization(other);
    const at = `/v1/organizations/${elsewhere}/projects/${await foundProject(other, elsewhere)}/policy-stores`;
    const id = theirs.slice(theirs.lastIndexOf('/') + 1);
    for (const [method, tail, sent] of [
      ['GET', '/entities?type=record'],
      ['GET', '/entities/record/1'],
      ['POST', '/entities', { entities: [record('1')] }],
      ['DELETE', '/entities/record/1'],
      ['POST', '/access/v1/evaluations', body],
      ['POST', '/access/v1/search/resource', body],
      ['POST', '/access/v1/search/subject', body],
      ['POST', '/access/v1/search/action', body],
    ] as [string, string, unknown?][]) {
      const answers = [];
      for (const named of [id, newId('policyStore')]) {
        const { status, text } = await call(method, `${at}/${named}${tail}`, sent, { 'x-request-id': 'same' }, other);
        answers.push(`${status} ${text}`.replaceAll(named, 'ID').replaceAll(/(req|dec)_[0-9a-z]{26}/g, '$1'));
      }
      expect(answers[0], `${method} ${tail}`).to.match(/^404 /);
      expect(answers[0], `${method} ${tail}`).to.equal(answers[1]);
    }
  });
});
