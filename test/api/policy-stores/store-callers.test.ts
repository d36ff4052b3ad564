import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Page {
  readonly results: readonly { readonly name: string }[];
  readonly page?: { readonly next_token: string };
}

describe('answers to callers of policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let place: { organizationId: string; projectId: string };
  let id: string;
  let store: string;

  const actions = ['archive', 'copy', 'delete', 'read', 'write'];
  const subject = { type: 'user', id: 'alice' };
  const resource = { type: 'record', id: '1' };
  const post = (path: string, body: object, by: Caller = owner) => send(by, 'POST', path, body);

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    place = { organizationId, projectId: await foundProject(owner, organizationId) };
    ({ id } = (await post(pathIn(place, '/policy-stores'), { name: 'Records' })).body as { id: string });
    store = pathIn(place, `/policy-stores/${id}`);
    // Its lines end as on Windows.
    const model = storeFiles.model.replaceAll('\n', '\r\n');
    const policy = actions.map((action) => `p, *, record:*, ${action}, true, allow\r\n`).join('');
    const made = await post(`${store}/revisions`, { model, policy, tests: '', reason: 'First.' });
    expect(made.status, made.text).to.equal(201);
    const { status } = await send(owner, 'PUT', `${store}/head`, { revision: 1 }, { 'if-match': '"1"' });
    expect(status).to.equal(200);
  });
  after(() => tenet?.stop());

  async function pages(path: string, body: object, limit: number): Promise<string[][]> {
    const found: string[][] = [];
    let token: string | undefined;
    do {
      const answer = await post(path, { ...body, page: { ...(token ? { token } : { limit }) } });
      expect(answer.status, answer.text).to.equal(200);
      const { results, page } = answer.body as Page;
      found.push(results.map(({ name }) => name));
      token = page?.next_token;
    } while (token && found.length < 20);
    return found;
  }

  it('search/action has pages, in a store and of Tenet itself, as the other searches have', async () => {
    const own = { subject: { type: 'user', id: owner.id }, resource: { type: 'project', id: '*', properties: { organizationId } } };
    const whole = (await post('/access/v1/search/action', own)).body as Page;
    const all = whole.results.map(({ name }) => name);
    expect(all.length).to.be.greaterThan(2);
    for (const [path, body, names] of [
      [`${store}/access/v1/search/action`, { subject, resource }, actions],
      ['/access/v1/search/action', own, all],
    ] as const) {
      const found = await pages(path, body, 2);
      expect(found.flat()).to.deep.equal(names);
      expect(found.map(({ length }) => length)).to.deep.equal(
        Array.from({ length: Math.ceil(names.length / 2) }, (_, index) => Math.min(2, names.length - 2 * index)),
      );
      // 0 is no error by the standard: nothing, and where it begins.
      const none = (await post(path, { ...body, page: { limit: 0 } })).body as Page;
      expect(none.results).to.deep.equal([]);
      const begun = (await post(path, { ...body, page: { token: none.page!.next_token, limit: 1 } })).body as Page;
      expect(begun.results.map(({ name }) => name)).to.deep.equal([names[0]]);
      const token = begun.page!.next_token;
      for (const page of [{ token: 'junk' }, { token, limit: 2 }, { limit: -1 }]) {
        const refused = await post(path, { ...body, page });
        expect(refused.status, JSON.stringify(page)).to.equal(400);
      }
      expect((await post(path, { ...body, resource: { ...body.resource, type: 'other' }, page: { token } })).status).to.equal(400);
      expect((await post(path, { ...body, page: { token, limit: 1 } })).status).to.equal(200);
    }
  });

  it('the other searches refuse another limit with a token too, and find nothing with 0', async () => {
    const entities = ['1', '2', '3'].map((one) => ({ type: 'record', id: one, properties: {} }));
    expect((await post(`${store}/entities`, { entities })).status).to.equal(200);
    const asked = { subject, action: { name: 'read' }, resource: { type: 'record' } };
    const path = `${store}/access/v1/search/resource`;
    const none = (await post(path, { ...asked, page: { limit: 0 } })).body as Page;
    expect(none.results).to.deep.equal([]);
    const first = (await post(path, { ...asked, page: { token: none.page!.next_token, limit: 2 } })).body as Page;
    const token = first.page!.next_token;
    expect([first.results.length, (await post(path, { ...asked, page: { token, limit: 3 } })).status]).to.deep.equal([2, 400]);
    expect(((await post(path, { ...asked, page: { token } })).body as Page).results).to.deep.equal([{ type: 'record', id: '3' }]);
    const people = {
      subject: { type: 'user' },
      action: { name: 'read' },
      resource: { type: 'organization', id: organizationId, properties: { organizationId } },
    };
    const empty = await post('/access/v1/search/subject', { ...people, page: { limit: 0 } });
    expect([empty.status, (empty.body as Page).results]).to.deep.equal([200, []]);
  });

  it('a question of a batch that brings too much is answered false by itself', async () => {
    const action = { name: 'read' };
    const large = { values: Array.from({ length: 501 }, () => 1) };
    const evaluations = [{ resource }, { resource, context: large }, { resource }];
    const { status, body, text } = await post(`${store}/access/v1/evaluations`, {
      ...{ subject, action, evaluations, options: { include_context: true } },
    });
    expect(status, text).to.equal(200);
    const { evaluations: answers } = body as {
      evaluations: { decision: boolean; context: { error?: { status: number; message: string } } }[];
    };
    expect(answers.map(({ decision }) => decision)).to.deep.equal([true, false, true]);
    expect(answers[1]!.context.error).to.include({ status: 400 });
    expect(answers[1]!.context.error!.message).to.match(/^#\/context .*500/);
    // A question by itself is refused, as any other that cannot be asked.
    for (const path of ['evaluation', 'evaluations'])
      expect((await post(`${store}/access/v1/${path}`, { subject, action, resource, context: large })).status).to.equal(400);
  });

  it('the refusal of a key whose owner has no role in the project says what the owner needs, whichever way the key asks', async () => {
    const account = await makeAccount(owner, { organizationId });
    const key = await makeKey(owner, place, { policyStoreId: id, owner: { type: 'SERVICE_ACCOUNT', id: account } });
    const caller = withKey(tenet, key);
    const question = { subject, action: { name: 'read' }, resource };
    for (const at of ['', store])
      for (const [path, body] of [
        ['evaluation', question],
        ['evaluations', question],
        ['evaluations', { ...question, evaluations: [{}] }],
        ['search/action', { subject, resource }],
      ] as const) {
        const { status, text } = await post(`${at}/access/v1/${path}`, body, caller);
        expect([status, text], `${at} ${path}`).to.satisfy(([code]: [number]) => code === 404 || code === 403);
        expect(text, `${at} ${path}`).to.include(
          `${account} needs a role with policy-store:${path.startsWith('search') ? 'search' : 'evaluate'} in the project of the store.`,
        );
      }
    // The refusal of anything else still says that the key does nothing else.
    const other = await send(caller, 'GET', pathIn(place, `/policy-stores/${newId('policyStore')}`));
    expect([other.status, other.text]).to.satisfy(([, text]: [number, string]) =>
      text.includes('it asks this store, and does nothing else.'),
    );
  });
});
