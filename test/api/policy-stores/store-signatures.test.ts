import { generateKeyPairSync, sign } from 'node:crypto';
import { expect } from 'chai';
import type { StoreContents } from '../../../core/authorization/policy-stores/types.ts';
import { canonical } from '../../../core/base/canonical.ts';
import { readSigningKey, type SigningKey } from '../../../core/base/detached-jws.ts';
import { digestOf } from '../../../core/policy-stores/revisions.ts';
import { signStoreFiles } from '../../../core/policy-stores/store-signatures.ts';
import { send } from '../../helpers/keys.ts';
import { allowAlso, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Json = Record<string, unknown>;

/** Files that differ by a row. */
const filesOf = (number: number): StoreContents => ({
  ...storeFiles,
  policy: `${storeFiles.policy}p, user:u${number}, record:*, read, true, allow\n`,
});

describe('signatures of policy stores', function () {
  this.timeout(120_000);
  const pairs = { first: generateKeyPairSync('ed25519'), second: generateKeyPairSync('ed25519'), foreign: generateKeyPairSync('ed25519') };
  const keys = {} as Record<keyof typeof pairs, SigningKey>;
  let tenet: TestTenet;
  let owner: Person;
  let place: { organizationId: string; projectId: string };
  let stores: string;

  before(async () => {
    for (const name of ['first', 'second', 'foreign'] as const)
      keys[name] = await readSigningKey(pairs[name].privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    place = { organizationId, projectId: await foundProject(owner, organizationId) };
    stores = `/v1/organizations/${organizationId}/projects/${place.projectId}/policy-stores`;
  });
  after(() => tenet?.stop());

  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, by: Caller = owner) => {
    const { status, body: answer, text } = await send(by, method, path, body, headers);
    return { status, body: answer as Json, text };
  };
  const made = async (name: string, ...signers: SigningKey[]): Promise<string> => {
    const { status, body, text } = await call('POST', stores, { name, signingKeys: signers.map(({ publicKey }) => publicKey) });
    expect(status, text).to.equal(201);
    return `${stores}/${body['id']}`;
  };
  const setKeys = (store: string, ...signers: SigningKey[]) =>
    call('PATCH', store, { signingKeys: signers.map(({ publicKey }) => publicKey) });
  const propose = (store: string, number: number, signature?: string) =>
    call('POST', `${store}/revisions`, { ...filesOf(number), reason: `Number ${number}`, ...(signature !== undefined && { signature }) });
  const signed = (policyStore: string, number: number, key: SigningKey) =>
    signStoreFiles({ policyStore, sha256: digestOf(filesOf(number)) }, key);
  const etagOf = async (store: string) => String((await call('GET', `${store}/head`)).body['etag']);
  const activate = async (store: string, revision: number) =>
    call('PUT', `${store}/head`, { revision }, { 'if-match': await etagOf(store) });
  const rollBack = async (store: string, body: object = {}) =>
    call('POST', `${store}/rollback`, { reason: 'Back', ...body }, { 'if-match': await etagOf(store) });
  const pointersOf = ({ body }: { body: Json }) => (body['errors'] as Json[]).map(({ pointer }) => pointer);
  const eventsOf = async (...actions: string[]) => {
    const { body } = await call('GET', `/v1/organizations/${place.organizationId}/audit-events?pageSize=200`);
    return (body['items'] as Json[]).filter(({ action }) => actions.includes(String(action)));
  };

  it('a store shows its keys, none at first; their change is in the audit log with both lists', async () => {
    const store = await made('Shown');
    expect((await call('GET', store)).body['signingKeys']).to.deep.equal([]);
    const { status, body } = await setKeys(store, keys.first, keys.second);
    expect(status).to.equal(200);
    expect(body['signingKeys']).to.deep.equal([keys.first.publicKey, keys.second.publicKey]);
    const { etag } = (await call('GET', store)).body;
    expect((await setKeys(store, keys.first, keys.second)).body['etag'], 'the same keys change nothing').to.equal(etag);
    expect((await setKeys(store, keys.first)).body['signingKeys']).to.deep.equal([keys.first.publicKey]);
    expect((await call('PATCH', store, { description: 'Another' })).body['signingKeys']).to.deep.equal([keys.first.publicKey]);
    const changes = (await eventsOf('policy-store.update')).map(({ before, after }) =>
      [before, after].map((side) => ((side as Json)['signingKeys'] as Json[]).map(({ kid }) => kid)),
    );
    const [a, b] = [keys.first.publicKey.kid, keys.second.publicKey.kid];
    expect(changes)
      .to.deep.include([[], [a, b]])
      .and.deep.include([[a, b], [a]]);
  });

  it('keys that are none, private, of one kid or too many are refused by their field, and never said again', async () => {
    const store = await made('Refusing', keys.first);
    const { publicKey } = keys.first;
    const d = pairs.first.privateKey.export({ format: 'jwk' }).d!;
    const cases: [unknown, string][] = [
      [[{ ...publicKey, d }], '#/signingKeys/0/d'],
      [[publicKey, { ...keys.second.publicKey, kid: publicKey.kid }], '#/signingKeys/1/kid'],
      [[{ ...publicKey, use: 'sig' }], '#/signingKeys/0/use'],
      [[{ ...publicKey, x: 'dG9vIHNob3J0' }], '#/signingKeys/0/x'],
      [[{ ...publicKey, x: `${'A'.repeat(42)}B` }], '#/signingKeys/0/x'],
      [[{ ...publicKey, x: Buffer.from(`01${'00'.repeat(31)}`, 'hex').toString('base64url') }], '#/signingKeys/0/x'],
      [[{ ...publicKey, kid: 'a b' }], '#/signingKeys/0/kid'],
      [[{ ...publicKey, crv: 'X25519' }], '#/signingKeys/0/crv'],
      [[{ ...publicKey, kty: 'RSA' }], '#/signingKeys/0/kty'],
      [[{ crv: 'Ed25519', x: publicKey.x, kid: 'a' }], '#/signingKeys/0/kty'],
      [Array.from({ length: 11 }, (_, index) => ({ ...publicKey, kid: `k${index}` })), '#/signingKeys'],
    ];
    for (const [signingKeys, pointer] of cases)
      for (const answer of [await call('PATCH', store, { signingKeys }), await call('POST', stores, { name: 'Never', signingKeys })]) {
        expect([answer.status, pointersOf(answer)], answer.text).to.deep.equal([400, [pointer]]);
        expect(answer.text).not.to.include(d);
      }
    expect((await call('GET', store)).body['signingKeys']).to.deep.equal([publicKey]);
    const names = ((await call('GET', stores)).body['items'] as Json[]).map(({ name }) => name);
    expect(names).not.to.include('Never');
  });

  it('what no key has signed comes into force neither forwards nor back; what one has signed does, also for other revisions of the same files', async () => {
    const store = await made('Todo');
    for (const number of [1, 2]) await propose(store, number);
    for (const revision of [1, 2]) expect((await activate(store, revision)).status).to.equal(200);
    await setKeys(store, keys.first, keys.second);
    expect((await call('GET', `${store}/head`)).body, 'what is in force stays').to.include({ revision: 2 });
    expect((await activate(store, 2)).status, 'and may be put into force again').to.equal(200);
    await propose(store, 3);
    for (const refused of [await activate(store, 3), await rollBack(store), await rollBack(store, { revision: 1 })]) {
      expect(refused.status).to.equal(409);
      expect(refused.body['detail']).to.match(
        /^No signing key of the policy store "Todo" has signed these files \(sha256 [0-9a-f]{12}\): sign them with `npx tenet policy-store sign`, and propose them again/,
      );
    }
    const added = await propose(store, 3, await signed('Todo', 3, keys.second));
    expect([added.status, added.body['revision'], added.body['signedBy']]).to.deep.equal([201, 3, [keys.second.publicKey.kid]]);
    expect((await activate(store, 3)).body).to.include({ revision: 3 });
    expect((await rollBack(store)).status, 'revision 2 is unsigned').to.equal(409);
    // The same files once more are another revision, and the signature counts for both.
    expect((await propose(store, 1, await signed('Todo', 1, keys.first))).body).to.include({ revision: 4 });
    expect((await rollBack(store, { revision: 1 })).body).to.include({ revision: 1 });
    const { items } = (await call('GET', `${store}/revisions`)).body as { items: Json[] };
    const [a, b] = [keys.first.publicKey.kid, keys.second.publicKey.kid];
    expect(items.map(({ revision, signedBy }) => [revision, signedBy])).to.deep.equal([
      [4, [a]],
      [3, [b]],
      [2, []],
      [1, [a]],
    ]);
    expect((await call('GET', `${store}/revisions/1`)).body['signedBy']).to.deep.equal([a]);
  });

  it('a second key signs what the first one has signed: no new revision, one event, and none for what is there', async () => {
    const store = await made('Twice', keys.first, keys.second);
    const by = async (key: SigningKey) => (await propose(store, 1, await signed('Twice', 1, key))).body;
    expect(await by(keys.first)).to.deep.include({ revision: 1, signedBy: [keys.first.publicKey.kid] });
    const both = [keys.first.publicKey.kid, keys.second.publicKey.kid].sort();
    for (let again = 0; again < 2; again++) expect(await by(keys.second)).to.deep.include({ revision: 1, signedBy: both });
    expect((await propose(store, 1)).body, 'without a signature those that are there stay').to.deep.include({
      revision: 1,
      signedBy: both,
    });
    const target = store.split('/').at(-1);
    const events = (await eventsOf('policy-store.propose', 'policy-store.sign')).filter((event) => event['target'] === target);
    expect(events.map(({ action, after }) => [action, (after as Json)['signedBy']])).to.have.deep.members([
      ['policy-store.propose', [keys.first.publicKey.kid]],
      ['policy-store.sign', both],
    ]);
    expect((await activate(store, 1)).status).to.equal(200);
  });

  it('a signature for another store, of other files, by another key or with another header is refused by its field', async () => {
    const store = await made('Strict', keys.first);
    const { kid } = keys.first.publicKey;
    const payload = Buffer.from(canonical({ policyStore: 'Strict', sha256: digestOf(filesOf(1)) })).toString('base64url');
    /** As the first key would sign it under this header. */
    const under = (fields: object) => {
      const header = Buffer.from(JSON.stringify(fields)).toString('base64url');
      return `${header}..${sign(null, Buffer.from(`${header}.${payload}`), pairs.first.privateKey).toString('base64url')}`;
    };
    const typ = 'tenet-policy-store+jws';
    const [header, , value] = (await signed('Strict', 1, keys.first)).split('.');
    const cases = {
      'another store': await signed('Stricter', 1, keys.first),
      'other case': await signed('strict', 1, keys.first),
      'other files': await signed('Strict', 2, keys.first),
      'another key': await signed('Strict', 1, keys.foreign),
      'another key under the kid': await signed('Strict', 1, { ...keys.foreign, publicKey: { ...keys.foreign.publicKey, kid } }),
      'no algorithm': under({ alg: 'none', typ, kid }),
      'another algorithm': under({ alg: 'HS256', typ, kid }),
      'of a policy of Tenet': under({ alg: 'EdDSA', typ: 'tenet-policy+jws', kid }),
      'no typ': under({ alg: 'EdDSA', kid }),
      'no kid': under({ alg: 'EdDSA', typ }),
      'unknown kid': under({ alg: 'EdDSA', typ, kid: 'other' }),
      'unknown extension': under({ alg: 'EdDSA', typ, kid, crit: ['exp'], exp: 1 }),
      'other header': `${Buffer.from(JSON.stringify({ typ, alg: 'EdDSA', kid })).toString('base64url')}..${value}`,
      'with its payload': `${header}.${payload}.${value}`,
      'no signature': `${header}..`,
    };
    for (const [name, signature] of Object.entries(cases)) {
      const refused = await propose(store, 1, signature);
      expect([refused.status, refused.status === 400 && pointersOf(refused)], `${name}: ${refused.text}`).to.deep.equal([
        400,
        ['#/signature'],
      ]);
    }
    expect((await call('GET', `${store}/revisions`)).body['items']).to.deep.equal([]);
    expect((await propose(store, 1, under({ alg: 'EdDSA', typ, kid }))).body['signedBy']).to.deep.equal([kid]);
    const keyless = await made('Keyless');
    const refused = await propose(keyless, 1, await signed('Keyless', 1, keys.first));
    expect(refused.status).to.equal(400);
    expect(refused.body['errors']).to.deep.equal([
      { pointer: '#/signature', detail: 'cannot be checked: the policy store has no signingKeys' },
    ]);
  });

  it('a signature counts while the store has its key and its name, and is replaced by that of a new one', async () => {
    const store = await made('Moving', keys.first);
    await propose(store, 1, await signed('Moving', 1, keys.first));
    const signedBy = async () => (await call('GET', `${store}/revisions/1`)).body['signedBy'];
    await setKeys(store, keys.second);
    expect([await signedBy(), (await activate(store, 1)).status]).to.deep.equal([[], 409]);
    // Another key under the kid of the first.
    await setKeys(store, { ...keys.second, publicKey: { ...keys.second.publicKey, kid: keys.first.publicKey.kid } });
    expect([await signedBy(), (await activate(store, 1)).status]).to.deep.equal([[], 409]);
    await setKeys(store, keys.second, keys.first);
    expect(await signedBy()).to.deep.equal([keys.first.publicKey.kid]);
    await call('PATCH', store, { name: 'Moved' });
    expect([await signedBy(), (await activate(store, 1)).status]).to.deep.equal([[], 409]);
    const renewed = await propose(store, 1, await signed('Moved', 1, keys.first));
    expect(renewed.body).to.deep.include({ revision: 1, signedBy: [keys.first.publicKey.kid] });
    expect((await activate(store, 1)).status).to.equal(200);
    await propose(store, 2);
    expect((await activate(store, 2)).status).to.equal(409);
    await setKeys(store);
    expect((await activate(store, 2)).status, 'without keys nothing is demanded').to.equal(200);
    expect((await call('DELETE', store)).status).to.equal(204);
  });

  it('who may propose and activate and not update lets nothing unsigned in', async () => {
    const { organizationId, projectId } = place;
    await allowAlso(tenet, ['integrations/project.manager', 'project', 'policy-store', 'activate', 'allow']);
    const pipeline = await join(tenet, { organizationId, projectId }, 'pipeline@example.com', 'project.manager');
    const store = await made('Guarded', keys.first);
    const asPipeline = (method: string, path: string, body: object, headers = {}) => call(method, path, body, headers, pipeline);
    for (const signingKeys of [[], [keys.foreign.publicKey]])
      expect((await asPipeline('PATCH', store, { signingKeys })).status).to.equal(403);
    expect((await asPipeline('POST', `${store}/revisions`, { ...filesOf(1), reason: 'Unsigned' })).status).to.equal(201);
    const head = { 'if-match': await etagOf(store) };
    expect((await asPipeline('PUT', `${store}/head`, { revision: 1 }, head)).status).to.equal(409);
    const foreign = await signed('Guarded', 1, keys.foreign);
    expect((await asPipeline('POST', `${store}/revisions`, { ...filesOf(1), reason: 'Foreign', signature: foreign })).status).to.equal(400);
    const signature = await signed('Guarded', 1, keys.first);
    expect((await asPipeline('POST', `${store}/revisions`, { ...filesOf(1), reason: 'Signed', signature })).status).to.equal(201);
    expect((await asPipeline('PUT', `${store}/head`, { revision: 1 }, head)).status).to.equal(200);
  });
});
