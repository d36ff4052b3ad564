import { expect } from 'chai';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { send } from '../../helpers/keys.ts';
import { type Person, signIn } from '../../helpers/people.ts';
import { foundStore, putFirstIntoForce } from '../../helpers/policy-stores.ts';
import { startTenet, type TestTenet } from '../../helpers/tenet.ts';

// The cases of the certification scenario of the AuthZEN Authorization API 1.0, by their numbers, read in openid/authzen,
// certification/authorization-api-1_0-scenario.md, and asked of a policy store with its fixture (section 1).

const policy = `p, user:alice, record:*, read, true, allow
p, user:bob, record:*, read, true, allow
p, user:alice, record:*, write, r.res.status != 'archived', allow
p, *, record:*, write, r.sub.role == 'admin' && r.res.status == 'archived', allow
p, user:alice, record:*, delete, r.act.soft == true, allow
`;

const entities = [
  { type: 'user', id: 'alice' },
  { type: 'user', id: 'bob', properties: { role: 'admin' } },
  { type: 'record', id: 'record-1', properties: { status: 'active' } },
  { type: 'record', id: 'record-2', properties: { status: 'archived' } },
];

const user = (id: string, properties?: object) => ({ type: 'user', id, ...(properties && { properties }) });
const record = (id: string, properties?: object) => ({ type: 'record', id, ...(properties && { properties }) });
const action = (name: string, properties?: object) => ({ name, ...(properties && { properties }) });
const [alice, bob, first, second] = [user('alice'), user('bob'), record('record-1'), record('record-2')];
const [active, archived] = [record('record-1', { status: 'active' }), record('record-2', { status: 'archived' })];
const admin = user('bob', { role: 'admin' });
const plain = { subject: alice, action: action('read'), resource: first };
const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

const evaluations: Record<string, [question: object, decision: boolean]> = {
  '2.2.1 a permit': [plain, true],
  '2.2.2 a denial': [{ subject: bob, action: action('write'), resource: first }, false],
  '1.4 rule 2': [{ ...plain, action: action('write') }, true],
  '1.4 rule 3': [{ ...plain, subject: bob }, true],
  '2.2.3 with a context': [{ ...plain, context }, true],
  '2.2.4 a denial by a property': [{ subject: alice, action: action('write'), resource: archived }, false],
  '2.2.5 a permit by a property of the subject': [{ subject: admin, action: action('write'), resource: archived }, true],
  '2.2.6 a permit by a property of the action': [{ ...plain, action: action('delete', { soft: true }) }, true],
  '2.2.7 a denial by a property of the action': [{ ...plain, action: action('delete', { soft: false }) }, false],
  '2.2.8 with more properties': [
    {
      subject: user('alice', { department: 'Sales', role: 'manager' }),
      action: action('read', { method: 'GET' }),
      resource: record('record-1', { status: 'active', owner: 'bob' }),
    },
    true,
  ],
  '2.2.9 with unknown members': [{ ...plain, foo: 'bar', futureField: { nested: true } }, true],
};

const { subject: _subject, ...noSubject } = plain;
const { action: _action, ...noAction } = plain;
const { resource: _resource, ...noResource } = plain;

const refused: Record<string, unknown> = {
  '2.4.1 no subject': noSubject,
  '2.4.1 no action': noAction,
  '2.4.1 no resource': noResource,
  '2.4.2 a subject without type': { ...plain, subject: { id: 'alice' } },
  '2.4.2 a subject without id': { ...plain, subject: { type: 'user' } },
  '2.4.2 an action without name': { ...plain, action: {} },
  '2.4.2 a resource without type': { ...plain, resource: { id: 'record-1' } },
  '2.4.2 a resource without id': { ...plain, resource: { type: 'record' } },
  '2.4.6 a subject that is text': { ...plain, subject: 'alice' },
  '2.4.6 a name that is a number': { ...plain, action: { name: 123 } },
};

const batches: Record<string, [batch: object, decisions: readonly (boolean | undefined)[]]> = {
  '3.2.1 two resources': [
    { subject: alice, action: action('read'), evaluations: [{ resource: first }, { resource: second }] },
    [true, undefined],
  ],
  '3.2.2 decisions in their order': [
    { subject: bob, resource: first, evaluations: [{ action: action('read') }, { action: action('write') }] },
    [true, false],
  ],
  '3.2.3 properties of each resource': [
    { subject: alice, action: action('write'), evaluations: [{ resource: active }, { resource: archived }] },
    [true, false],
  ],
  '3.2.4 properties of each subject': [
    { action: action('write'), resource: archived, evaluations: [{ subject: alice }, { subject: admin }] },
    [false, true],
  ],
  '3.2.5 without defaults': [{ evaluations: [plain, { subject: bob, action: action('write'), resource: first }] }, [true, false]],
  '3.2.6 a context for all, and one of its own': [
    {
      subject: alice,
      action: action('read'),
      context,
      evaluations: [{ resource: first }, { resource: second, context: { source: 'batch-override' } }],
    },
    [true, undefined],
  ],
  '3.2.7 a type from above': [
    {
      subject: alice,
      action: action('write'),
      resource: { type: 'record' },
      evaluations: [{ resource: { id: 'record-1', properties: { status: 'active' } } }, { resource: archived }],
    },
    [true, false],
  ],
  '3.4.1 one that lacks its resource': [{ subject: alice, action: action('read'), evaluations: [{ resource: first }, {}] }, [true, false]],
};

const searches: Record<string, [path: string, question: object, found: readonly string[]]> = {
  '4.2.1 subjects': ['subject', { subject: { type: 'user' }, action: action('read'), resource: first }, ['alice', 'bob']],
  '4.2.2 subjects, with a context': [
    'subject',
    { subject: { type: 'user' }, action: action('read'), resource: first, context },
    ['alice', 'bob'],
  ],
  '4.2.4 subjects by a property': ['subject', { subject: { type: 'user' }, action: action('write'), resource: archived }, ['bob']],
  '4.3.1 resources': ['resource', { subject: alice, action: action('read'), resource: { type: 'record' } }, ['record-1']],
  '4.3.3 resources by a property': ['resource', { subject: admin, action: action('write'), resource: { type: 'record' } }, ['record-2']],
  '4.4.1 actions': ['action', { subject: alice, resource: first }, ['read', 'write']],
  '4.4.2 actions, with a context': ['action', { subject: alice, resource: first, context }, ['read', 'write']],
  '4.4.3 actions by a property': ['action', { subject: admin, resource: archived }, ['write']],
};

const searchesRefused: Record<string, [path: string, question: object]> = {
  '4.7.1 subjects without an action': ['subject', { subject: { type: 'user' }, resource: first }],
  '4.7.1 resources without a subject': ['resource', { action: action('read'), resource: { type: 'record' } }],
  '4.7.1 actions without a resource': ['action', { subject: alice }],
  '4.7.2 subjects of a resource without an id': [
    'subject',
    { subject: { type: 'user' }, action: action('read'), resource: { type: 'record' } },
  ],
  '4.7.2 resources of a subject without an id': [
    'resource',
    { subject: { type: 'user' }, action: action('read'), resource: { type: 'record' } },
  ],
};

describe('the certification scenario of AuthZEN 1.0', () => {
  let tenet: TestTenet;
  let owner: Person;
  let store: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    ({ store } = await foundStore(owner));
    await putFirstIntoForce(owner, store, { model: storeModel, policy, tests: '' });
    await succeed('POST', `${store}/entities`, { entities: entities.map((entity) => ({ properties: {}, ...entity })) });
  });
  after(() => tenet?.stop());

  async function succeed(method: string, path: string, body?: unknown) {
    const { status, body: answer, text } = await send(owner, method, path, body);
    expect(status, text).to.be.oneOf([200, 201]);
    return answer as Record<string, unknown>;
  }

  const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(owner, 'POST', `${store}/access/v1/${path}`, body, headers);

  describe('Basic', () => {
    for (const [title, [question, decision]] of Object.entries(evaluations)) {
      it(title, async () => {
        const { status, body, headers } = await ask('evaluation', question);
        expect([status, body]).to.deep.equal([200, { decision }]);
        expect(headers.get('content-type')).to.match(/^application\/json/);
      });
    }

    for (const [title, question] of Object.entries(refused)) {
      it(title, async () => {
        expect((await ask('evaluation', question)).status).to.equal(400);
      });
    }

    for (const [title, [text, type]] of Object.entries({
      '2.4.3 another type of content': [JSON.stringify(plain), 'text/plain'],
      '2.4.4 broken JSON': ['{"subject":', 'application/json'],
      '2.4.5 an empty body': ['', 'application/json'],
    })) {
      it(title!, async () => {
        const response = await owner.raw(`${store}/access/v1/evaluation`, {
          method: 'POST',
          headers: { 'content-type': type! },
          body: text!,
        });
        expect(response.status).to.equal(400);
      });
    }

    it('2.5 the id of a request comes back, and is not needed', async () => {
      const { headers } = await ask('evaluation', plain, { 'x-request-id': 'cert 1/2' });
      expect(headers.get('x-request-id')).to.equal('cert 1/2');
      expect((await ask('evaluation', plain)).status).to.equal(200);
    });

    it('2.6 the same question has the same answer', async () => {
      for (let round = 0; round < 5; round++) expect((await ask('evaluation', plain)).body).to.deep.equal({ decision: true });
    });
  });

  describe('Batch', () => {
    for (const [title, [batch, expected]] of Object.entries(batches)) {
      it(title, async () => {
        const { status, body } = await ask('evaluations', batch);
        expect(status).to.equal(200);
        const decisions = (body as { evaluations: { decision: boolean }[] }).evaluations.map(({ decision }) => decision);
        expect(decisions.length).to.equal(expected.length);
        for (const [index, decision] of decisions.entries())
          expect(decision)
            .to.equal(expected[index] ?? decision)
            .and.be.a('boolean');
        expect(body).not.to.have.property('decision');
      });
    }

    for (const [title, more] of Object.entries({ '3.4.2 no list': {}, '3.4.3 an empty list': { evaluations: [] } })) {
      it(title, async () => {
        expect((await ask('evaluations', { ...plain, ...more })).body).to.deep.equal({ decision: true });
      });
    }
  });

  it('a request of one question lacks nothing either, as a batch of them', async () => {
    const question = { subject: { type: 'user' }, action: action('read'), resource: first };
    expect((await ask('evaluations', question)).status).to.equal(400);
    expect((await ask('evaluations', { ...question, evaluations: [{}] })).body).to.deep.equal({ evaluations: [{ decision: false }] });
  });

  describe('Search', () => {
    type Found = { results: { type?: string; id?: string; name?: string }[]; page?: { next_token: string } };

    for (const [title, [path, question, expected]] of Object.entries(searches)) {
      it(title, async () => {
        const { status, body } = await ask(`search/${path}`, question);
        expect(status).to.equal(200);
        const { results } = body as Found;
        expect(results.map(({ id, name }) => id ?? name)).to.include.members(expected);
        if (path !== 'action') expect(new Set(results.map(({ type }) => type)).size).to.equal(1);
      });
    }

    it('4.5 pages', async () => {
      const question = { subject: { type: 'user' }, action: action('read'), resource: first };
      const { body: one } = (await ask('search/subject', { ...question, page: { limit: 1 } })) as { body: Found };
      expect(one.results.length).to.equal(1);
      expect(one.page!.next_token).to.be.a('string').and.not.equal('');
      const { body: rest } = (await ask('search/subject', { ...question, page: { token: one.page!.next_token } })) as { body: Found };
      expect([...one.results, ...rest.results].map(({ id }) => id)).to.have.members(['alice', 'bob']);
      expect(rest.page!.next_token).to.equal('');
    });

    it('4.6 what is not there is an empty list', async () => {
      const nobody = { subject: user('nonexistent-user'), resource: first };
      const ship = { subject: { type: 'spaceship' }, action: action('read'), resource: first };
      for (const [path, question] of [
        ['action', nobody],
        ['subject', ship],
      ] as const) {
        const { status, body } = await ask(`search/${path}`, question);
        expect([status, (body as Found).results]).to.deep.equal([200, []]);
      }
    });

    for (const [title, [path, question]] of Object.entries(searchesRefused)) {
      it(title, async () => {
        expect((await ask(`search/${path}`, question)).status).to.equal(400);
      });
    }
  });

  it('Discovery: 6 the metadata of the store', async () => {
    const response = await fetch(`${tenet.url}/.well-known/authzen-configuration${store}`);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    const metadata = (await response.json()) as Record<string, string>;
    expect(metadata['policy_decision_point']).to.match(new RegExp(`${store}$`));
    for (const name of [
      'access_evaluation_endpoint',
      'access_evaluations_endpoint',
      'search_subject_endpoint',
      'search_resource_endpoint',
      'search_action_endpoint',
    ])
      expect(new URL(metadata[name]!).pathname.startsWith(`${store}/access/v1/`), name).to.equal(true);
  });
});
