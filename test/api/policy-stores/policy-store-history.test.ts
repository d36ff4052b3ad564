import { expect } from 'chai';
import { send } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Json = Record<string, unknown>;

describe('the history of a policy store', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let stores: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    stores = `/v1/organizations/${organizationId}/projects/${await foundProject(owner, organizationId)}/policy-stores`;
  });
  after(() => tenet?.stop());

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { status, body: answer, text } = await send(owner, method, path, body, headers);
    return { status, body: answer as Json, text };
  };
  /** A store with so many revisions, of which none is in force. */
  const made = async (name: string, revisions = 3): Promise<string> => {
    const { body } = await call('POST', stores, { name });
    const store = `${stores}/${body['id']}`;
    for (let number = 1; number <= revisions; number++) {
      const policy = `${storeFiles.policy}p, user:u${number}, record:*, read, true, allow\n`;
      expect((await call('POST', `${store}/revisions`, { ...storeFiles, policy, reason: `Number ${number}` })).status).to.equal(201);
    }
    return store;
  };
  const etagOf = async (store: string) => String((await call('GET', `${store}/head`)).body['etag']);
  const activate = async (store: string, revision: number) =>
    call('PUT', `${store}/head`, { revision, reason: `To ${revision}` }, { 'if-match': await etagOf(store) });
  const rollBack = async (store: string, body: object = {}) =>
    call('POST', `${store}/rollback`, { reason: 'Back', ...body }, { 'if-match': await etagOf(store) });
  const historyOf = async (store: string, query = '') =>
    (await call('GET', `${store}/history${query}`)).body as { items: Json[]; nextPageToken?: string };

  it('has an entry for each revision that came into force, newest first, page by page', async () => {
    const store = await made('Pages');
    expect((await historyOf(store)).items).to.deep.equal([]);
    for (const revision of [1, 3, 2]) expect((await activate(store, revision)).status).to.equal(200);
    const head = await call('GET', `${store}/head`);
    expect((await activate(store, 2)).body, 'what is in force').to.deep.equal(head.body);
    const { items } = await historyOf(store);
    expect(items.map(({ revision, previousRevision, how, reason }) => [revision, previousRevision, how, reason])).to.deep.equal([
      [2, 3, 'ACTIVATION', 'To 2'],
      [3, 1, 'ACTIVATION', 'To 3'],
      [1, undefined, 'ACTIVATION', 'To 1'],
    ]);
    expect(items[0]).to.include({ activatedBy: await owner.userId(), etag: await etagOf(store) });
    const first = await historyOf(store, '?pageSize=2');
    const second = await historyOf(store, `?pageSize=2&pageToken=${first.nextPageToken}`);
    expect([...first.items, ...second.items]).to.deep.equal(items);
    expect(second).not.to.have.property('nextPageToken');
  });

  it('leads a rollback further back each time, and to a revision that was in force by its number', async () => {
    const store = await made('Back');
    for (const revision of [1, 2, 3]) await activate(store, revision);
    expect((await rollBack(store)).body).to.include({ revision: 2 });
    expect((await rollBack(store)).body).to.include({ revision: 1 });
    const end = await rollBack(store);
    expect([end.status, end.text]).to.satisfy(
      ([status, text]: [number, string]) => status === 400 && text.includes('nothing before revision 1'),
    );
    expect((await rollBack(store, { revision: 3 })).body).to.include({ revision: 3, reason: 'Back' });
    expect((await historyOf(store)).items.map(({ how }) => how)).to.deep.equal([
      ...['ROLLBACK', 'ROLLBACK', 'ROLLBACK', 'ACTIVATION', 'ACTIVATION', 'ACTIVATION'],
    ]);
    const events = (await auditTrail(owner, organizationId)).filter(({ action }) => action === 'policy-store.activate');
    expect(events.length).to.be.greaterThan(5);
  });

  it('refuses a rollback to what never was, is, or cannot be in force, and one that was overtaken', async () => {
    const store = await made('Refused');
    expect((await rollBack(store)).status).to.equal(400);
    await activate(store, 1);
    for (const revision of [1, 2, 9]) {
      const { status, body } = await rollBack(store, { revision });
      expect([status, (body['errors'] as Json[])[0]!['pointer']], String(revision)).to.deep.equal([400, '#/revision']);
    }
    const etag = await etagOf(store);
    await activate(store, 2);
    expect((await call('POST', `${store}/rollback`, { reason: 'Late' }, { 'if-match': etag })).status).to.equal(412);
    expect((await call('POST', `${store}/rollback`, { reason: 'Blind' })).status).to.equal(428);
    const both = await Promise.all([1, 2].map(async () => rollBack(store)));
    expect(both.map(({ status }) => status).sort()).to.satisfy((codes: number[]) => codes[0] === 200 && [400, 412].includes(codes[1]!));
  });

  it('is not kept of files that are only tested: they say which tests fail, and which rows no test looks at', async () => {
    const store = await made('Tested', 1);
    const tests = `cases:
  - { name: writers write, subject: 'user:alice', action: write, resource: 'record:1', expect: allow }
  - { name: strangers do not, subject: 'user:bob', action: write, resource: 'record:1', expect: deny }
`;
    const { status, body } = await call('POST', `${store}/test`, { ...storeFiles, tests });
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      ...{ passed: 1, failed: 1, rows: 3, untestedRows: [1, 2, 3] },
      failures: [
        {
          name: 'writers write',
          line: 2,
          message: 'expected allow, but write on record:1 is denied to user:alice because no row allows it',
        },
      ],
    });
    const broken = await call('POST', `${store}/test`, { ...storeFiles, tests: 'cases: 1' });
    expect([broken.status, (broken.body['errors'] as Json[])[0]!['pointer']]).to.deep.equal([400, '#/tests']);
    expect((await call('GET', `${store}/revisions`)).body['items']).to.have.length(1);
  });
});
