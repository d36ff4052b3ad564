import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { purgeDeleted } from '../../../core/organizations/deletions.ts';
import { readContract } from '../../helpers/contract.ts';
import { type ApiKey, giveRole, makeAccount, makeKey, pathIn, send, withKey } from '../../helpers/keys.ts';
import { auditTrail, foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';
import { readOperations } from '../authorization/operations.ts';

type Json = Record<string, unknown>;

describe('keys of policy stores', () => {
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let projectId: string;
  let store: string;
  let key: ApiKey & { secret: string };
  let caller: Caller;

  const place = () => ({ organizationId, projectId });
  const inProject = (rest: string) => pathIn(place(), rest);
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, by: Caller = owner) =>
    send(by, method, path, body, headers);
  const bind = (
    policyStoreId: string,
    body: object = {},
    at: { organizationId: string; projectId?: string } = place(),
    by: Caller = owner,
  ) => call('POST', pathIn(at, '/api-keys'), { name: 'Application', policyStoreId, ...body }, {}, by);
  const made = async (name: string, by: Caller = owner, at = place()): Promise<string> => {
    const { body, text } = await call('POST', pathIn(at, '/policy-stores'), { name }, {}, by);
    const { id } = body as { id: string };
    if (!id) throw new Error(text);
    return id;
  };
  const filled = async (name: string, by: Caller = owner, at = place()): Promise<string> => {
    const id = await made(name, by, at);
    const path = pathIn(at, `/policy-stores/${id}`);
    const entities = [
      { type: 'user', id: 'alice' },
      { type: 'record', id: '1', properties: { status: 'open' } },
      { type: 'record', id: '2', properties: { status: 'archived' } },
    ];
    const statuses = [
      (await call('POST', `${path}/revisions`, { ...storeFiles, reason: 'First.' }, {}, by)).status,
      (await call('PUT', `${path}/head`, { revision: 1 }, { 'if-match': '"1"' }, by)).status,
      (await call('POST', `${path}/entities`, { entities }, {}, by)).status,
    ];
    expect(statuses).to.deep.equal([201, 200, 200]);
    return id;
  };

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    store = await filled('Todo');
    const account = await makeAccount(owner, place(), 'project.member');
    key = await makeKey(owner, place(), { policyStoreId: store, owner: { type: 'SERVICE_ACCOUNT', id: account } });
    caller = withKey(tenet, key);
  });
  after(() => tenet?.stop());

  const subject = { type: 'user', id: 'alice' };
  const action = { name: 'write' };
  const resource = { type: 'record', id: '1' };
  const asked: [string, unknown][] = [
    ['evaluation', { subject, action, resource }],
    ['evaluation', { subject, action, resource: { ...resource, id: '2' }, options: { include_context: true } }],
    ['evaluation', { subject: { type: 'user', id: 'bob' }, action, resource }],
    ['evaluation', { action, resource }],
    ['evaluation', []],
    ['evaluation?more=1', { subject, action, resource }],
    ['evaluations', { subject, action, evaluations: [{ resource }, { resource: { type: 'record', id: '2' } }, {}] }],
    ['evaluations', { subject, action, resource }],
    ['evaluations', { subject, evaluations: [{ resource, action }], options: { evaluations_semantic: 'first_come' } }],
    ['search/subject', { subject: { type: 'user' }, action, resource }],
    ['search/resource', { subject, action, resource: { type: 'record' }, page: { limit: 1 } }],
    ['search/action', { subject, resource }],
  ];

  it('are answered at the root as under the path of their store, and as others are there', async () => {
    for (const [path, body] of asked) {
      const answers = [];
      for (const [by, at] of [
        [caller, ''],
        [caller, inProject(`/policy-stores/${store}`)],
        [owner, inProject(`/policy-stores/${store}`)],
      ] as const) {
        const { status, text } = await call('POST', `${at}/access/v1/${path}`, body, { 'x-request-id': 'same' }, by);
        answers.push(`${status} ${text.replaceAll(/"next_token":"[^"]+"|(req|dec)_[0-9a-z]{26}/g, '')}`);
      }
      expect(new Set(answers).size, answers.join('\n')).to.equal(1);
      expect(answers[0]!.slice(0, 3)).to.be.oneOf(['200', '400']);
    }
    const decided = await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, caller);
    expect(decided.body).to.deep.equal({ decision: true });
    const found = await call('POST', '/access/v1/search/resource', { subject, action, resource: { type: 'record' } }, {}, caller);
    expect(found.body).to.deep.equal({ results: [resource] });
  });

  it('serve a client that knows the base URL alone: the metadata of the root names what answers them', async () => {
    const { body } = await call('GET', '/.well-known/authzen-configuration', undefined, {}, caller);
    const { policy_decision_point: base, access_evaluation_endpoint: endpoint } = body as Record<string, string>;
    expect([base, endpoint]).to.deep.equal([tenet.url, `${tenet.url}/access/v1/evaluation`]);
  });

  it('see no other store, as if it did not exist, byte for byte', async () => {
    const another = await filled('Another');
    const question = { subject, action, resource };
    for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
      const answers = [];
      for (const id of [another, newId('policyStore')]) {
        const at = inProject(`/policy-stores/${id}/access/v1/${path}`);
        const { status, text } = await call('POST', at, question, { 'x-request-id': 'same' }, caller);
        answers.push(`${status} ${text.replaceAll(id, 'ID').replaceAll(/(req|dec)_[0-9a-z]{26}/g, '$1')}`);
      }
      expect(answers[0]).to.match(/^404 .*The API key is bound to the policy store pst_\w+: it asks this store, and does nothing else\./);
      expect(answers[0]).to.equal(answers[1]);
    }
  });

  it('do nothing else: every other operation of the contract is refused to them', async () => {
    const contract = readContract() as { paths: Record<string, Record<string, Json>>; components: Record<string, Record<string, Json>> };
    const values: Record<string, string> = { organizationId, projectId, policyStoreId: store, apiKeyId: key.id };
    const refs = (at: unknown): Json => {
      const ref = (at as { $ref?: string } | undefined)?.$ref;
      return ref === undefined
        ? (at as Json)
        : ref
            .slice(2)
            .split('/')
            .reduce((found, part) => found[part] as Json, contract as unknown as Json);
    };
    const exampleOf = (operation: Json): unknown => {
      const content = refs(operation['requestBody'])?.['content'] as Record<string, { examples?: Json }> | undefined;
      const [media] = Object.values(content ?? {});
      return media && refs(Object.values(media.examples ?? {})[0])['value'];
    };
    const reached: string[] = [];
    let refused = 0;
    for (const { operationId, method, path, permission } of readOperations()) {
      if (!permission) continue;
      const operation = contract.paths[path]![method.toLowerCase()]!;
      const parameters = [
        ...((contract.paths[path]!['parameters'] as unknown as Json[]) ?? []),
        ...((operation['parameters'] as Json[]) ?? []),
      ].map(refs);
      const exampleFor = (name: string): string => {
        const parameter = parameters.find((each) => each['name'] === name);
        const schema = refs(parameter?.['schema']);
        return String(parameter?.['example'] ?? schema['example'] ?? (schema['enum'] as string[] | undefined)?.[0] ?? 1);
      };
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? exampleFor(name)));
      const query = parameters
        .filter((each) => each['in'] === 'query' && each['required'] === true)
        .map((each) => `${each['name']}=${encodeURIComponent(exampleFor(each['name'] as string))}`);
      const body = exampleOf(operation);
      const { status, text } = await call(
        method,
        query.length > 0 ? `${url}?${query.join('&')}` : url,
        body,
        { 'if-match': '"1"' },
        caller,
      );
      if (status === 403 || status === 404) refused += 1;
      else reached.push(`${operationId} ${status === 200 ? '' : `${status} ${text}`}`.trim());
    }
    const isOfStore = (name: string) => /^(evaluate|evaluateMany|search(Subjects|Resources|Actions))(InStore)?$/.test(name);
    expect(reached.filter((name) => !isOfStore(name))).to.deep.equal([]);
    expect(reached).to.have.length(10);
    expect(refused).to.be.greaterThan(150);
  });

  it('have the authority of their owner at the time of each question, and no more', async () => {
    const account = await makeAccount(owner, place());
    const { body } = await bind(store, { owner: { type: 'SERVICE_ACCOUNT', id: account } });
    const theirs = withKey(tenet, body as { secret: string });
    const ask = async () => (await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, theirs)).status;
    expect(await ask()).to.equal(404);
    await giveRole(owner, place(), account, 'project.member');
    expect(await ask()).to.equal(200);
  });

  it('say what they are bound to, and stay it: scopes are neither chosen nor changed', async () => {
    expect(key).to.include({ policyStoreId: store });
    expect(key.scopes).to.deep.equal(['policy-store']);
    const refused = await bind(store, { scopes: [] });
    expect([refused.status, refused.text]).to.satisfy(([status, text]: [number, string]) => status === 400 && text.includes('#/scopes'));
    const at = inProject(`/api-keys/${key.id}`);
    expect((await call('PATCH', at, { scopes: ['policy-store'] }, { 'if-match': key.etag })).status).to.equal(400);
    const renamed = await call('PATCH', at, { name: 'Renamed' }, { 'if-match': key.etag });
    expect(renamed.body).to.include({ name: 'Renamed', policyStoreId: store });
    const rotated = await call('POST', `${at}/rotate`, { overlapSeconds: 60 }, { 'if-match': (renamed.body as ApiKey).etag });
    expect(rotated.body).to.include({ policyStoreId: store });
    const again = await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, withKey(tenet, rotated.body));
    expect(again.body).to.deep.equal({ decision: true });
  });

  it('are bound to a store of their place that their maker may read, and to no other', async () => {
    const elsewhere = await foundProject(owner, organizationId);
    const sibling = await made('Sibling', owner, { organizationId, projectId: elsewhere });
    const other = await signIn(tenet, 'other@example.com');
    const foreign = await foundOrganization(other);
    const theirs = await made('Theirs', other, { organizationId: foreign, projectId: await foundProject(other, foreign) });
    for (const id of [newId('policyStore'), sibling, theirs]) {
      const { status, text } = await bind(id);
      expect([status, text]).to.satisfy(([code, said]: [number, string]) => code === 400 && said.includes('#/policyStoreId'));
    }
    expect((await bind(newId('policyStore'), {}, { organizationId })).status).to.equal(400);
    expect((await bind(theirs, {}, { organizationId })).status).to.equal(400);
    const { body } = await bind(sibling, {}, { organizationId });
    expect(body).to.include({ policyStoreId: sibling });
    expect(body).not.to.have.property('projectId');
    const decided = await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, withKey(tenet, body));
    expect([decided.status, decided.body]).to.deep.equal([200, { decision: false }]);
    const member = await join(tenet, place(), 'member@example.com', 'project.member');
    expect((await bind(store, {}, place(), member)).status).to.equal(403);
  });

  it('ask in a kind of organization whose keys are all of the organization, whatever their scopes are otherwise', async () => {
    const spaces = await foundOrganization(owner, 'Spaces', 'ai-spaces');
    const project = await foundProject(owner, spaces);
    const id = await filled('Spaces', owner, { organizationId: spaces, projectId: project });
    const { body, text } = await bind(id, {}, { organizationId: spaces });
    expect((body as ApiKey).scopes, text).to.deep.equal(['policy-store']);
    const decided = await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, withKey(tenet, body));
    expect(decided.body).to.deep.equal({ decision: true });
  });

  it('end with their store, which is recorded', async () => {
    const id = await filled('Short');
    const { body } = await bind(id);
    const bound = withKey(tenet, body as { secret: string });
    const ask = async () => (await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, bound)).status;
    expect(await ask()).to.equal(200);
    const { headers } = await call('GET', inProject(`/policy-stores/${id}`));
    const deleted = await call('DELETE', inProject(`/policy-stores/${id}`), undefined, { 'if-match': headers.get('etag')! });
    expect(deleted.status, deleted.text).to.equal(204);
    expect(await ask()).to.equal(401);
    const gone = await call('GET', inProject(`/api-keys/${(body as ApiKey).id}`));
    expect(gone.body).to.include({ state: 'REVOKED' }).and.not.to.have.property('policyStoreId');
    const events = (await auditTrail(owner, organizationId)).filter(({ target }) => target === (body as ApiKey).id);
    expect(events.map(({ action: what }) => what).sort()).to.deep.equal(['api-key.create', 'api-key.revoke']);
  });

  it('go with their project, be they of the organization', async () => {
    const project = await foundProject(owner, organizationId);
    const id = await filled('Purged', owner, { organizationId, projectId: project });
    const { body } = await bind(id, {}, { organizationId });
    const path = pathIn({ organizationId, projectId: project }, '');
    const { headers } = await call('GET', path);
    expect((await call('DELETE', path, undefined, { 'if-match': headers.get('etag')! })).status).to.equal(204);
    const decided = await call('POST', '/access/v1/evaluation', { subject, action, resource }, {}, withKey(tenet, body));
    expect(decided.status).to.equal(404);
    const { rows } = await tenet.database.write('platform', (db) =>
      db.raw("select purge_project(org_id, id) as purged from projects where state = 'DELETED'"),
    );
    expect(rows).to.deep.equal([{ purged: true }]);
    expect((await call('GET', pathIn({ organizationId }, `/api-keys/${(body as ApiKey).id}`))).status).to.equal(404);
  });

  it('go with their organization, and keep no other one from going', async () => {
    const [first, second] = [await foundOrganization(owner, 'First'), await foundOrganization(owner, 'Second')];
    const project = await foundProject(owner, first);
    const id = await filled('Kept', owner, { organizationId: first, projectId: project });
    const { body } = await bind(id, {}, { organizationId: first });
    expect(body).to.include({ state: 'ACTIVE' });
    for (const organization of [first, second]) {
      const deleted = await call('POST', `/v1/organizations/${organization}/delete`, {});
      expect(deleted.status, deleted.text).to.equal(204);
    }
    expect(await purgeDeleted(tenet.database, { graceDays: -1 })).to.equal(2);
  });
});
