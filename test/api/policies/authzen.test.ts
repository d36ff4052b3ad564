import { expect } from 'chai';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { newId } from '../../../core/base/ids.ts';
import { makeAccount, makeKey, send, withKey } from '../../helpers/keys.ts';
import { foundOrganization, foundProject, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

type Json = Record<string, unknown>;

// The text is that of the AuthZEN Authorization API 1.0; the numbers are its sections.
describe('AuthZEN', () => {
  let tenet: TestTenet;
  let owner: Person;
  let manager: Person;
  let stranger: Person;
  let organizationId: string;
  let projectId: string;
  let quietId: string;

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    stranger = await signIn(tenet, 'stranger@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    quietId = await foundProject(owner, organizationId);
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
  });
  after(() => tenet?.stop());

  const user = ({ id }: { id: string }) => ({ type: 'user', id });
  const named = (name: string) => ({ name });
  const of = (type: string, properties: object = { organizationId }) => ({ type, id: '*', properties });
  const question = (by: Person, name = 'create', type = 'connection') => ({ subject: user(by), action: named(name), resource: of(type) });
  const post = (caller: Caller, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(caller, 'POST', path, body, headers);

  describe('evaluations (7)', () => {
    const path = '/access/v1/evaluations';
    const ask = async (caller: Caller, body: unknown, headers: Record<string, string> = {}): Promise<Json> => {
      const { status, body: answer, text } = await post(caller, path, body, headers);
      expect(status, text).to.equal(200);
      return answer;
    };
    const actions = (...names: string[]) => names.map((name) => ({ action: named(name) }));
    const decisions = (...all: boolean[]) => ({ evaluations: all.map((decision) => ({ decision })) });

    for (const consistency of ['fully_consistent', 'minimize_latency']) {
      it(`are answered in their order, ${consistency}`, async () => {
        const body = { ...question(manager), evaluations: actions('create', 'delete', 'list') };
        for (let round = 0; round < 2; round++)
          expect(await ask(manager, body, { 'tenet-consistency': consistency })).to.deep.equal(decisions(true, false, true));
      });
    }

    it('each is answered as it is alone, whomever and whatever place those beside it are about', async () => {
      const subjects = [user(owner), user(manager), user(stranger), user({ id: newId('user') }), { type: 'role', id: 'org.owner' }];
      const places = [{ organizationId }, { organizationId, projectId }, {}, { organizationId: newId('organization') }];
      const all = subjects.flatMap((subject) =>
        places.flatMap((place) => ['read', 'delete'].map((name) => ({ subject, action: named(name), resource: of('project', place) }))),
      );
      // Every other one comes from the end, so that neighbours differ, and each subject comes again behind others.
      const evaluations = all.flatMap((one, index) => [one, { ...all.at(-1 - index)!, ...(index % 7 === 3 && { subject: {} }) }]);
      const minimal = { 'tenet-consistency': 'minimize_latency' };
      const alone = new Map<string, boolean>();
      for (const one of all) {
        const { status, body } = await post(owner, '/access/v1/evaluation', one, minimal);
        expect(status).to.be.oneOf([200, 403]);
        alone.set(JSON.stringify(one), status === 200 && (body as Json)['decision'] === true);
      }
      expect([...alone.values()].filter(Boolean).length).to.be.within(3, all.length - 3);
      const expected = evaluations.map((one) => alone.get(JSON.stringify(one)) ?? false);
      for (const headers of [minimal, minimal, { 'tenet-consistency': 'fully_consistent' }])
        expect(await ask(owner, { evaluations }, headers)).to.deep.equal(decisions(...expected));
    });

    it('a request without any, or with an empty list, is one question (7.1)', async () => {
      for (const evaluations of [undefined, []])
        expect(await ask(manager, { ...question(manager), evaluations })).to.deep.equal({ decision: true });
      const { status, body } = await post(manager, path, { evaluations: [] });
      expect([status, (body as { errors: { detail: string }[] }).errors.length > 0]).to.deep.equal([400, true]);
    });

    it('a default is taken as a whole, and never member by member (7.1.1)', async () => {
      const body = {
        subject: user(manager),
        resource: of('connection'),
        evaluations: [
          { action: named('create') },
          { action: named('create'), resource: { type: 'connection', id: '*' } },
          { action: named('create'), resource: of('project') },
        ],
      };
      // Without the organization of the default the second one is about the platform.
      expect(await ask(manager, body)).to.deep.equal(decisions(true, false, true));
    });

    it('end where the semantic says so, with the answer that ended them (7.1.2)', async () => {
      const asked = (evaluations_semantic: string, ...names: string[]) =>
        ask(manager, { ...question(manager), evaluations: actions(...names), options: { evaluations_semantic } });
      expect(await asked('execute_all', 'delete', 'create')).to.deep.equal(decisions(false, true));
      expect(await asked('deny_on_first_deny', 'create', 'delete', 'create')).to.deep.equal(decisions(true, false));
      expect(await asked('permit_on_first_permit', 'delete', 'create', 'delete')).to.deep.equal(decisions(false, true));
      expect(await asked('deny_on_first_deny', 'create', 'list')).to.deep.equal(decisions(true, true));
    });

    it('a broken question is false and leaves the others alone; the context says why to those who ask for it', async () => {
      const body = {
        action: named('create'),
        resource: of('connection'),
        evaluations: [{ subject: user(manager) }, {}, { subject: { type: 'user' } }, { subject: user(owner) }],
      };
      expect(await ask(manager, body)).to.deep.equal(decisions(true, false, false, false));
      const { evaluations } = (await ask(manager, { ...body, options: { include_context: true } })) as {
        evaluations: { decision: boolean; context?: { error?: { status: number; message: string } } }[];
      };
      const errors = evaluations.map(({ context }) => context?.error);
      expect(errors.map((error) => error?.status)).to.deep.equal([undefined, 400, 400, 403]);
      expect(errors[1]!.message).to.match(/subject/);
      expect(errors[2]!.message).to.match(/id/);
      expect(errors[3]!.message).to.match(/decision:evaluate/);
    });

    it('a batch whose only question lacks a subject is one false', async () => {
      expect(await ask(manager, { evaluations: [{ action: named('list'), resource: of('connection') }] })).to.deep.equal(decisions(false));
    });

    for (const [title, body] of Object.entries<unknown>({
      'a list at the top': [],
      'a semantic that it does not know': { evaluations: [{}], options: { evaluations_semantic: 'any' } },
      'questions that are no list': { evaluations: {} },
      'a question that is no object': { evaluations: ['create'] },
      'a subject that is a text': { subject: 'alice', evaluations: [{}] },
      'more than 100 questions': { evaluations: Array.from({ length: 101 }, () => ({})) },
    })) {
      it(`${title} is 400`, async () => {
        expect((await post(manager, path, body)).status).to.equal(400);
      });
    }

    it('unknown members are ignored wherever they stand', async () => {
      const body = { ...question(manager), force: 1, evaluations: [{ hurry: true, action: { name: 'create', x: 1 } }], options: { y: 2 } };
      expect(await ask(manager, body)).to.deep.equal(decisions(true));
    });

    it('401 comes before the body is looked at', async () => {
      expect((await post(tenet.anonymous(), path, { evaluations: 3 })).status).to.equal(401);
    });

    it('a refusal to ask about others is recorded once, and explained', async () => {
      const before = (await tenet.database.read('platform', (db) => db('decisions').count())) as { count: string }[];
      await ask(manager, { ...question(owner), evaluations: actions('create', 'read', 'update', 'delete', 'list') });
      const after = (await tenet.database.read('platform', (db) => db('decisions').count())) as { count: string }[];
      expect(Number(after[0]!.count) - Number(before[0]!.count)).to.be.at.most(1);
    });

    it('a key asks about itself', async () => {
      const key = await makeKey(owner, { organizationId });
      const body = { subject: { type: 'api-key', id: key.id }, resource: of('connection'), evaluations: actions('create', 'launch') };
      expect(await ask(withKey(tenet, key), body)).to.deep.equal(decisions(true, false));
    });

    it('with a query string, which goes another way, the answer is the same', async () => {
      const body = { ...question(manager), evaluations: actions('create', 'delete') };
      const { status, body: answer } = await post(manager, `${path}?`, body);
      expect([status, answer]).to.deep.equal([200, decisions(true, false)]);
      expect((await post(manager, `${path}?`, { evaluations: [] })).status).to.equal(400);
    });
  });

  it('a subject is always named (6.1): without one it is 400', async () => {
    const { subject: _, ...rest } = question(manager);
    const { status, body } = await post(manager, '/access/v1/evaluation', rest);
    expect([status, (body as Json)['code']]).to.deep.equal([400, 'invalid-input']);
  });

  for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
    it(`${path} is a POST of JSON, and says so`, async () => {
      expect((await manager.raw(`/access/v1/${path}`)).status).to.equal(405);
      const headers = { 'content-type': 'text/plain' };
      expect((await manager.raw(`/access/v1/${path}`, { method: 'POST', body: '{}', headers })).status).to.equal(400);
      expect((await manager.raw(`/access/v1/${path}`, { method: 'POST', body: '{', headers: json })).status).to.equal(400);
      expect((await manager.raw(`/access/v1/${path}`, { method: 'POST', body: '[]', headers: json })).status).to.equal(400);
      const utf8 = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'Order 4711: "a/b"' };
      const answer = await post(owner, `/access/v1/${path}`, question(owner), utf8);
      expect([answer.status, answer.headers.get('x-request-id')]).to.deep.equal([200, 'Order 4711: "a/b"']);
    });
  }
  const json = { 'content-type': 'application/json' };

  describe('search for subjects (8.4)', () => {
    const path = '/access/v1/search/subject';
    const search = async (
      caller: Caller,
      body: object,
    ): Promise<{ page?: { next_token: string }; results: { type: string; id: string }[] }> => {
      const { status, body: answer, text } = await post(caller, path, body);
      expect(status, text).to.equal(200);
      return answer;
    };

    it('finds who may do it, by what they hold and not by what they are called', async () => {
      const body = { subject: { type: 'user', id: stranger.id }, action: named('create'), resource: of('connection') };
      const { results, page } = await search(owner, body);
      expect(page).to.equal(undefined);
      expect(results).to.have.deep.members([user(owner), user(manager)]);
      const deleting = await search(owner, { ...body, action: named('delete') });
      expect(deleting.results).to.deep.equal([user(owner)]);
    });

    it('agrees with the evaluation of every member, in every kind of place, page by page', async () => {
      for (const role of ['org.admin', 'org.member', 'org.member'])
        await join(tenet, { organizationId }, `${newId('user')}@example.com`, role);
      await join(tenet, { organizationId, projectId }, 'in-project@example.com', 'project.admin');
      const { data: members } = await owner.client.GET('/v1/organizations/{organizationId}/members', {
        params: { path: { organizationId } },
      });
      for (const properties of [{ organizationId }, { organizationId, projectId }, { organizationId, projectId: quietId }]) {
        for (const permission of [
          'connection:list',
          'connection:update',
          'secret:create',
          'organization:delete',
          'project:update',
          'x:y',
        ]) {
          const [type, name] = permission.split(':') as [string, string];
          const resource = { type, id: '*', properties };
          const expected = [];
          for (const { userId } of members!.items) {
            const { body } = await post(owner, '/access/v1/evaluation', { subject: user({ id: userId }), action: named(name), resource });
            if ((body as { decision: boolean }).decision) expected.push(userId);
          }
          const found: string[] = [];
          let token = '';
          do {
            const { page, results } = await search(owner, {
              subject: { type: 'user' },
              action: named(name),
              resource,
              page: { limit: 2, token },
            });
            expect(results.length).to.be.at.most(2);
            found.push(...results.map(({ id }) => id));
            token = page!.next_token;
          } while (token !== '');
          expect(found, `${permission} ${JSON.stringify(properties)}`).to.have.members(expected);
        }
      }
    });

    it('finds service accounts and keys, and nothing of a type that there is not', async () => {
      const account = await makeAccount(owner, { organizationId }, 'org.manager');
      const idle = await makeAccount(owner, { organizationId });
      const key = await makeKey(owner, { organizationId });
      const ask = async (type: string) =>
        (await search(owner, { subject: { type }, action: named('create'), resource: of('connection') })).results.map(({ id }) => id);
      expect(await ask('service-account'))
        .to.include(account)
        .and.not.include(idle);
      expect(await ask('api-key')).to.include(key.id);
      for (const type of ['role', 'group', 'constructor', '']) expect(await ask(type)).to.deep.equal([]);
    });

    it('needs decision:search there; an outsider learns nothing of what exists', async () => {
      const ask = async (id: string, caller: Caller) => {
        const resource = of('connection', { organizationId: id });
        const { status, text } = await post(caller, path, { subject: { type: 'user' }, action: named('list'), resource });
        return [status, text.replace(/\b(req|dec)_[0-9a-z]{26}\b/g, '$1_')];
      };
      const [status, text] = await ask(organizationId, stranger);
      expect([status, text]).to.deep.equal(await ask(newId('organization'), stranger));
      expect(status).to.equal(403);
      expect(text).to.contain('decision:search');
      expect((await ask(organizationId, manager))[0]).to.equal(403);
    });

    it('a token belongs to its question', async () => {
      const body = { subject: { type: 'user' }, action: named('list'), resource: of('connection'), page: { limit: 1 } };
      const { page } = await search(owner, body);
      expect(page!.next_token).to.not.equal('');
      for (const token of [page!.next_token, 'x']) {
        const other = { ...body, action: named(token === 'x' ? 'list' : 'create'), page: { token } };
        const { status, body: problem } = await post(owner, path, other);
        expect(status).to.equal(400);
        expect((problem as { errors: object[] }).errors[0]).to.include({ pointer: '#/page/token' });
      }
    });
  });

  describe('search for resources (8.5)', () => {
    const path = '/access/v1/search/resource';
    type Result = { type: string; id: string; properties: Json };
    const search = async (caller: Caller, body: object): Promise<Result[]> => {
      const { status, body: answer, text } = await post(caller, path, body);
      expect(status, text).to.equal(200);
      return (answer as { results: Result[] }).results;
    };

    it('finds the projects and organizations in which one may do it', async () => {
      const only = await join(tenet, { organizationId, projectId }, 'only@example.com', 'project.admin');
      const ask = (by: Person, name: string, type: string, properties: object = { organizationId }) =>
        search(by, { subject: user(by), action: named(name), resource: { type, properties } });
      expect((await ask(only, 'update', 'project')).map(({ id }) => id)).to.deep.equal([projectId]);
      expect((await ask(owner, 'update', 'project')).map(({ id }) => id)).to.have.members([projectId, quietId]);
      expect((await ask(owner, 'read', 'organization', {})).map(({ id }) => id)).to.include(organizationId);
      expect(await ask(only, 'update', 'connection')).to.deep.equal([
        { type: 'connection', id: '*', properties: { organizationId, projectId } },
      ]);
      expect(await ask(stranger, 'read', 'project')).to.deep.equal([]);
      expect(await ask(stranger, 'read', 'project', {})).to.deep.equal([]);
      expect(await ask(owner, 'read', 'project', { organizationId: newId('organization') })).to.deep.equal([]);
      expect(await ask(owner, 'paint', 'spaceship')).to.deep.equal([]);
    });

    it('about others it needs decision:search', async () => {
      const body = { subject: user(manager), action: named('read'), resource: { type: 'project', properties: { organizationId } } };
      expect((await search(owner, body)).map(({ id }) => id)).to.have.members([projectId, quietId]);
      expect((await post(stranger, path, body)).status).to.equal(403);
      expect((await post(owner, path, { ...body, resource: { type: 'project' } })).status).to.equal(403);
    });
  });

  describe('search for actions (8.6)', () => {
    const path = '/access/v1/search/action';
    const search = async (caller: Caller, body: object): Promise<string[]> => {
      const { status, body: answer, text } = await post(caller, path, body);
      expect(status, text).to.equal(200);
      return (answer as { results: { name: string }[] }).results.map(({ name }) => name);
    };

    it('finds what one may do, as the capabilities say', async () => {
      const { data } = await manager.client.GET('/v1/organizations/{organizationId}/capabilities', {
        params: { path: { organizationId } },
      });
      const body = { subject: user(manager), resource: of('connection') };
      expect(await search(manager, body)).to.deep.equal(data!.capabilities['connection']);
      expect(await search(owner, body)).to.deep.equal(data!.capabilities['connection']);
      for (const resource of [of('spaceship'), of('connection', { organizationId: newId('organization') }), of('connection', {})])
        expect(await search(manager, { ...body, resource })).to.deep.equal([]);
      expect(await search(owner, { subject: { type: 'role', id: 'org.admin' }, resource: of('connection') })).to.deep.equal([]);
      expect((await post(stranger, path, body)).status).to.equal(403);
    });
  });

  describe('the decision point of an organization', () => {
    it('is found by its metadata, and answers questions that name no organization', async () => {
      const response = await fetch(`${tenet.url}/.well-known/authzen-configuration/v1/organizations/${organizationId}`);
      const metadata = (await response.json()) as Record<string, string>;
      expect(metadata['policy_decision_point']).to.equal(`${tenet.url}/v1/organizations/${organizationId}`);
      const ask = async (endpoint: string, body: object) => {
        const answer = await post(manager, metadata[endpoint]!.slice(tenet.url.length), body);
        expect(answer.status, answer.text).to.equal(200);
        return answer.body as never;
      };
      const resource = { type: 'connection', id: '*' };
      expect(await ask('access_evaluation_endpoint', { subject: user(manager), action: named('create'), resource })).to.deep.equal({
        decision: true,
      });
      const evaluations = [
        { action: named('create') },
        { action: named('create'), resource: of('connection', { organizationId: newId('organization') }) },
      ];
      expect(await ask('access_evaluations_endpoint', { subject: user(manager), resource, evaluations })).to.deep.equal({
        evaluations: [{ decision: true }, { decision: false }],
      });
      expect((await ask('search_action_endpoint', { subject: user(manager), resource }))['results']).to.not.deep.equal([]);
      const projects = await ask('search_resource_endpoint', {
        subject: user(manager),
        action: named('read'),
        resource: { type: 'project' },
      });
      expect((projects as { results: { id: string }[] }).results.map(({ id }) => id)).to.have.members([projectId, quietId]);
      const subjects = { subject: { type: 'user' }, action: named('read'), resource };
      expect((await post(manager, metadata['search_subject_endpoint']!.slice(tenet.url.length), subjects)).status).to.equal(403);
    });

    it('is described for an organization that does not exist as for any other', async () => {
      const response = await fetch(`${tenet.url}/.well-known/authzen-configuration/v1/organizations/${newId('organization')}`);
      expect(response.status).to.equal(200);
    });
  });

  it('the metadata names every endpoint, each of which answers', async () => {
    const metadata = (await (await fetch(`${tenet.url}/.well-known/authzen-configuration`)).json()) as Record<string, string>;
    const { policy_decision_point: point, jwks_uri, signed_metadata, ...endpoints } = metadata;
    expect([point, jwks_uri]).to.deep.equal([tenet.url, `${tenet.url}/.well-known/jwks.json`]);
    expect(signed_metadata).to.be.a('string');
    expect(Object.keys(endpoints)).to.have.length(5);
    for (const endpoint of Object.values(endpoints))
      expect((await post(owner, endpoint.slice(tenet.url.length), question(owner))).status).to.equal(200);
  });

  it('the metadata is signed, for the installation and for an organization, by a key that is published (9.1)', async () => {
    const keys = createRemoteJWKSet(new URL(`${tenet.url}/.well-known/jwks.json`));
    for (const base of ['', `/v1/organizations/${organizationId}`]) {
      const metadata = (await (await fetch(`${tenet.url}/.well-known/authzen-configuration${base}`)).json()) as Record<string, string>;
      const { signed_metadata, ...others } = metadata;
      const { payload } = await jwtVerify(signed_metadata!, keys, { issuer: `${tenet.url}${base}`, algorithms: ['EdDSA'] });
      const { iss: _, iat, ...signed } = payload;
      expect(signed).to.deep.equal(others);
      expect(iat).to.be.closeTo(Date.now() / 1000, 60);
    }
    const { keys: published } = (await (await fetch(`${tenet.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
    for (const key of published) expect(key).to.not.have.property('d');
  });
});
