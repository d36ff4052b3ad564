import { request } from 'node:http';
import { expect } from 'chai';
import { newId } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization, foundProject, inDatabase, join, type Person, signIn } from '../../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const path = '/access/v1/evaluation';

describe('evaluation', () => {
  let tenet: TestTenet;
  let owner: Person;
  let admin: Person;
  let manager: Person;
  let stranger: Person;
  let organizationId: string;
  let projectId: string;
  let foreignId: string;

  const person = (email: string): Promise<Person> => signIn(tenet, email);

  before(async () => {
    tenet = await startTenet();
    owner = await person('owner@example.com');
    stranger = await person('stranger@example.com');
    organizationId = await foundOrganization(owner);
    projectId = await foundProject(owner, organizationId);
    foreignId = await foundOrganization(stranger);
    admin = await join(tenet, { organizationId }, 'admin@example.com', 'org.admin');
    manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
  });
  after(() => tenet?.stop());

  const send = (caller: Caller, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    caller.raw(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const about = (permission: string, properties: object = { organizationId }, subject?: { type: string; id: string }) => {
    const [type, name] = permission.split(':');
    return { ...(subject && { subject }), action: { name }, resource: { type, id: '*', properties } };
  };
  const user = ({ id }: Person) => ({ type: 'user', id });
  /** The answer; without a subject the question is about the caller. */
  async function decide(caller: Caller, body: object, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const response = await send(caller, { subject: { type: 'user', id: await caller.userId() }, ...body }, headers);
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.match(/^application\/json/);
    return (await response.json()) as Record<string, unknown>;
  }
  async function problem(response: Response): Promise<Record<string, unknown> & { status: number }> {
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    const body = (await response.json()) as Record<string, unknown> & { status: number };
    expect(body.status).to.equal(response.status);
    return body;
  }

  describe('speaks AuthZEN', () => {
    it('a permit is 200 with decision true, and a denial is 200 with decision false', async () => {
      expect(await decide(manager, about('connection:create'))).to.deep.equal({ decision: true });
      expect(await decide(manager, about('connection:delete'))).to.deep.equal({ decision: false });
    });

    it('members that it does not know are ignored, wherever they stand', async () => {
      const { action, resource } = about('connection:create');
      const question = {
        subject: { ...user(manager), properties: { department: 'Sales' }, role: 'org.owner' },
        action: { ...action, properties: { method: 'GET' }, force: true },
        resource: { ...resource, owner: manager.id, properties: { ...resource.properties, color: 'red' } },
        context: { time: '2026-11-21T09:30:00Z' },
        options: { evaluations_semantic: 'execute_all' },
        evaluations: [],
      };
      expect(await decide(manager, question)).to.deep.equal({ decision: true });
    });

    const question = {
      subject: { type: 'user', id: 'user_01h455vb4pex5vsknk084sn02q' },
      action: { name: 'create' },
      resource: { type: 'connection', id: '*' },
    };
    const broken: Record<string, unknown> = {
      'no action': { ...question, action: undefined },
      'no resource': { ...question, resource: undefined },
      'an action without a name': { ...question, action: {} },
      'a subject without a type': { ...question, subject: { id: question.subject.id } },
      'a subject without an id': { ...question, subject: { type: 'user' } },
      'a resource without a type': { ...question, resource: { id: '*' } },
      'a resource without an id': { ...question, resource: { type: 'connection' } },
      'an action that is a word': { ...question, action: 'create' },
      'an action whose name is a number': { ...question, action: { name: 1 } },
      'a subject that is null': { ...question, subject: null },
      'a subject whose id is an array': { ...question, subject: { type: 'user', id: [question.subject.id] } },
      'a resource that is an array': { ...question, resource: [question.resource] },
      'a resource whose type is true': { ...question, resource: { type: true, id: '*' } },
      'properties that are a word': { ...question, resource: { ...question.resource, properties: 'none' } },
      'an organization that is a number': { ...question, resource: { ...question.resource, properties: { organizationId: 7 } } },
      'a context that is a word': { ...question, context: 'now' },
      'a list': [question],
      'a word': '"question"',
      nothing: '',
      null: 'null',
      'half a body': '{"action": {"name": "create"',
      'a body that names its prototype': '{"action":{"name":"create"},"resource":{"type":"a","id":"b"},"__proto__":{"decision":true}}',
    };
    for (const [title, body] of Object.entries(broken)) {
      it(`${title} is 400`, async () => {
        const response = await send(owner, body);
        expect(response.status).to.equal(400);
        expect(await problem(response))
          .to.have.property('code')
          .that.is.oneOf(['invalid-input', 'malformed-json']);
      });
    }

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', 'application/problem+json']) {
      it(`a body that says it is ${type} is 400, even when it is JSON`, async () => {
        expect(
          (await problem(await send(owner, about('connection:create', { organizationId }, user(owner)), { 'content-type': type }))).status,
        ).to.equal(400);
      });
    }

    it('a body that is encoded is refused, and so is an answer that the caller does not take', async () => {
      const encoded = await send(owner, about('connection:create', { organizationId }, user(owner)), { 'content-encoding': 'gzip' });
      expect((await problem(encoded)).status).to.equal(415);
      expect(
        (await problem(await send(owner, about('connection:create', { organizationId }, user(owner)), { accept: 'text/html' }))).status,
      ).to.equal(406);
      for (const accept of ['*/*', 'application/json', 'text/html, */*;q=0.1'])
        expect(await decide(manager, about('connection:create'), { accept })).to.deep.equal({ decision: true });
    });

    it('a media type with a charset is JSON all the same', async () => {
      for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'])
        expect(await decide(manager, about('connection:create'), { 'content-type': type })).to.deep.equal({ decision: true });
    });

    it('X-Request-ID comes back as it was sent, with an answer and with a refusal', async () => {
      for (const [caller, body] of [
        [manager, about('connection:create')],
        [manager, '{'],
        [tenet.anonymous(), about('connection:create')],
      ] as const) {
        const response = await send(caller, body, { 'x-request-id': 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716' });
        expect(response.headers.get('x-request-id')).to.equal('bfe9eb29-ab87-4ca3-be83-a1d5d8305716');
      }
    });

    it('without a token it is 401 with a challenge, whatever the body', async () => {
      for (const body of [about('connection:create'), '{']) {
        const response = await send(tenet.anonymous(), body);
        expect(response.status).to.equal(401);
        expect(response.headers.get('www-authenticate')).to.match(/^Bearer/);
      }
    });

    it('the metadata names the endpoint that answers', async () => {
      const response = await fetch(`${tenet.url}/.well-known/authzen-configuration`);
      expect(response.status).to.equal(200);
      const metadata = (await response.json()) as Record<string, string>;
      expect(metadata['policy_decision_point']).to.equal(tenet.url);
      const answer = await fetch(metadata['access_evaluation_endpoint']!, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${manager.token}` },
        body: JSON.stringify(about('connection:create', { organizationId }, user(manager))),
      });
      expect(await answer.json()).to.deep.equal({ decision: true });
    });

    it('a parameter that the contract does not know is 400, and an empty query string is none', async () => {
      const body = JSON.stringify(about('connection:create', { organizationId }, user(manager)));
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${manager.token}` };
      expect((await manager.raw(`${path}?trace=1`, { method: 'POST', headers, body })).status).to.equal(400);
      // More of them at a time than there are connections to the database.
      const answers = Array.from({ length: 30 }, () => postAsWritten(`${tenet.url}${path}?`, headers, body));
      for (const answer of await Promise.all(answers)) expect(answer).to.deep.equal({ status: 200, body: '{"decision":true}' });
    });
  });

  describe('who may ask about whom', () => {
    it('one asks about oneself by naming oneself; without a subject it is no question', async () => {
      expect((await send(manager, about('project:create'))).status).to.equal(400);
      expect(await decide(manager, about('project:create', { organizationId }, user(manager)))).to.deep.equal({ decision: true });
    });

    it('about somebody else it needs decision:evaluate there', async () => {
      expect(await decide(admin, about('project:create', { organizationId }, user(manager)))).to.include({ decision: true });
      const response = await send(manager, about('project:create', { organizationId }, user(admin)));
      expect(response.status).to.equal(403);
      expect(await problem(response)).to.include({ code: 'permission-denied', requiredPermission: 'decision:evaluate' });
    });

    it('a refusal says what the question lacks when it is about no organization', async () => {
      for (const [properties, hint] of [
        [undefined, /Without resource\.properties\.organizationId the question is about the platform/],
        [{}, /Without resource\.properties\.organizationId/],
        [{ organizationId: 'acme' }, /organizationId or projectId is not an id/],
        [{ organizationId }, /^You do not have the permission decision:evaluate here\.$/],
      ] as const) {
        const body = { subject: user(admin), action: { name: 'list' }, resource: { type: 'connection', id: '*', properties } };
        expect((await problem(await send(manager, body)))['detail']).to.match(hint);
      }
    });

    it('the decision of that refusal is explained to whoever may explain', async () => {
      for (const consistency of ['fully_consistent', 'minimize_latency']) {
        const headers = { 'tenet-consistency': consistency };
        const { decisionId } = await problem(await send(manager, about('project:create', { organizationId }, user(admin)), headers));
        const { data } = await admin.client.GET('/v1/organizations/{organizationId}/decisions/{decisionId}', {
          params: { path: { organizationId, decisionId: decisionId as string } },
        });
        expect(data).to.include({ subject: manager.id, resource: 'decision', action: 'evaluate', decision: false });
      }
    });

    it('a project admin asks about others in the project, and not in the organization', async () => {
      const projectAdmin = await join(tenet, { organizationId, projectId }, 'project-admin@example.com', 'project.admin');
      expect(await decide(projectAdmin, about('connection:list', { organizationId, projectId }, user(manager)))).to.deep.equal({
        decision: true,
      });
      expect((await send(projectAdmin, about('connection:list', { organizationId }, user(manager)))).status).to.equal(403);
    });

    it('a stranger is refused the same, whether or not the organization exists', async () => {
      const ask = async (id: string) => {
        const response = await send(stranger, about('project:create', { organizationId: id }, user(manager)));
        return { status: response.status, body: (await response.text()).replace(/\b(req|dec)_[0-9a-z]{26}\b/g, '$1_') };
      };
      const known = await ask(organizationId);
      expect(known.status).to.equal(403);
      expect(await ask(newId('organization'))).to.deep.equal(known);
      // What is no id says so, which follows from the question alone.
      const noId = await ask('org_none');
      expect(noId.body).to.contain('is not an id');
      expect(await ask('platform')).to.deep.equal(noId);
    });

    for (const type of ['role', 'group', 'service-account', 'api-key', 'User', '']) {
      it(`a subject of the type ${JSON.stringify(type)} is allowed nothing, whatever its id says`, async () => {
        for (const id of ['integrations/org.admin', 'org.admin', admin.id]) {
          const answer = await decide(admin, about('connection:list', { organizationId }, { type, id }));
          expect(answer).to.deep.equal({ decision: false, context: { reason: 'UNKNOWN_SUBJECT' } });
        }
        expect((await send(manager, about('connection:list', { organizationId }, { type, id: manager.id }))).status).to.equal(403);
      });
    }

    it('a user whose id is the name of a role, or of nobody, is allowed nothing', async () => {
      for (const id of ['integrations/org.admin', 'state/suspended', '*', '', newId('user'), stranger.id]) {
        expect(await decide(admin, about('connection:list', { organizationId }, { type: 'user', id }))).to.include({ decision: false });
      }
    });
  });

  describe('where it is asked', () => {
    const nowhere: Record<string, () => object> = {
      'an organization that never was': () => ({ organizationId: newId('organization') }),
      'a project of another organization': () => ({ organizationId: foreignId, projectId }),
      'another organization': () => ({ organizationId: foreignId }),
    };
    for (const [title, properties] of Object.entries(nowhere)) {
      it(`${title} is a plain false`, async () => {
        for (const consistency of ['fully_consistent', 'minimize_latency']) {
          const headers = { 'tenet-consistency': consistency };
          expect(await decide(owner, about('connection:list', properties()), headers)).to.deep.equal({ decision: false });
        }
      });
    }

    const mistaken: Record<string, [properties: () => object, reason: string]> = {
      'a word for an organization': [() => ({ organizationId: 'acme' }), 'UNKNOWN_SCOPE'],
      'a star for an organization': [() => ({ organizationId: '*' }), 'UNKNOWN_SCOPE'],
      'the platform by name': [() => ({ organizationId: 'platform' }), 'UNKNOWN_SCOPE'],
      'a project without its organization': [() => ({ projectId }), 'UNKNOWN_SCOPE'],
      'a path for an organization': [() => ({ organizationId: `${organizationId}/${projectId}` }), 'UNKNOWN_SCOPE'],
      'an organization and its project in one word': [() => ({ organizationId: `${organizationId} ${projectId}` }), 'UNKNOWN_SCOPE'],
      'an empty project': [() => ({ organizationId, projectId: '' }), 'UNKNOWN_SCOPE'],
      'an organization by another member': [() => ({ organization: organizationId }), 'UNKNOWN_RESOURCE'],
      'no organization': [() => ({}), 'UNKNOWN_RESOURCE'],
    };
    for (const [title, [properties, reason]] of Object.entries(mistaken)) {
      it(`${title} is false, and everybody is told that the question is mistaken`, async () => {
        // Proper questions first, whose places are remembered.
        await decide(owner, about('connection:list', { organizationId, projectId }));
        await decide(owner, about('connection:list'));
        for (const who of [owner, stranger]) {
          const answer = await decide(who, about('connection:list', properties(), { type: 'user', id: who.id }));
          expect(answer).to.deep.equal({ decision: false, context: { reason } });
        }
      });
    }

    it('a project that never was is false, and those who may explain are told that it is nowhere', async () => {
      for (const consistency of ['fully_consistent', 'minimize_latency']) {
        const question = about('connection:list', { organizationId, projectId: newId('project') });
        expect(await decide(owner, question, { 'tenet-consistency': consistency })).to.deep.equal({
          decision: false,
          context: { reason: 'UNKNOWN_SCOPE' },
        });
      }
    });

    it('those who may explain in the organization are told why in its projects as well', async () => {
      const answer = await decide(owner, about('connection:delete', { organizationId, projectId }));
      expect(answer).to.have.nested.property('context.reason', 'ALLOW');
    });

    it('without an organization it is the platform', async () => {
      expect(await decide(owner, about('organization:create', {}))).to.deep.equal({ decision: true });
      expect(await decide(owner, { action: { name: 'create' }, resource: { type: 'organization', id: '*' } })).to.deep.equal({
        decision: true,
      });
      expect(await decide(owner, about('policy:activate', {}))).to.deep.equal({ decision: false });
    });

    it('what is not in the vocabulary is denied, and the id of the resource is no place', async () => {
      for (const permission of ['spaceship:launch', 'connection:launch', '*:list', 'connection:*', 'role:org.owner'])
        expect(await decide(owner, about(permission))).to.include({ decision: false });
      const elsewhere = { action: { name: 'list' }, resource: { type: 'connection', id: organizationId } };
      expect(await decide(owner, elsewhere)).to.deep.equal({ decision: false, context: { reason: 'UNKNOWN_RESOURCE' } });
    });
  });

  describe('why', () => {
    it('is told to those who hold decision:explain, with rule, line and revisions', async () => {
      const answer = await decide(admin, about('connection:delete', { organizationId }, user(manager)));
      const context = answer['context'] as Record<string, unknown>;
      expect(context).to.include({ reason: 'NO_MATCH' });
      expect(context['decisionId']).to.match(/^dec_/);
      const allowed = (await decide(admin, about('connection:create', { organizationId }, user(manager))))['context'] as {
        rule: { scope: string; file: string; line: number; row: string[] };
        revisions: { scope: string; sha256: string }[];
      };
      expect(allowed.rule).to.deep.include({
        scope: 'blueprint.integrations',
        file: 'blueprints/integrations/policy.csv',
        row: ['integrations/org.manager', '*', 'connection', 'create', 'allow'],
      });
      expect(allowed.rule.line).to.be.a('number');
      expect(allowed.revisions.map(({ scope }) => scope)).to.deep.equal(['platform', 'blueprint.integrations']);
    });

    it('is not told to anybody else, not even about themselves', async () => {
      for (const permission of ['connection:create', 'connection:delete', 'spaceship:launch'])
        expect(await decide(manager, about(permission))).to.have.all.keys('decision');
      expect(await decide(stranger, about('connection:create'))).to.deep.equal({ decision: false });
    });
  });

  describe('how fresh', () => {
    it('another word in Tenet-Consistency is 400', async () => {
      const response = await send(manager, about('connection:create'), { 'tenet-consistency': 'whatever' });
      expect(response.status).to.equal(400);
      expect(JSON.stringify(await problem(response))).to.include('Tenet-Consistency');
    });

    for (const [title, change] of Object.entries({
      'a grant that is revoked': (id: string) =>
        inDatabase(
          tenet,
          organizationId,
          `update grants set revoked_at = now(), revoked_by = 'test' where org_id = (select id from organizations where slug = 'acme') and user_id = (select id from users where subject = ?)`,
          [id],
        ),
      'a member who is switched off': (id: string) =>
        inDatabase(
          tenet,
          organizationId,
          `update members set state = 'INACTIVE' where user_id = (select id from users where subject = ?)`,
          [id],
        ),
      'a person who is suspended': async (id: string) => {
        await tenet.database.write('platform', (db) => db('users').where({ subject: id }).update({ state: 'SUSPENDED' }));
      },
    })) {
      it(`${title} counts at once with fully_consistent, and soon with minimize_latency`, async () => {
        const email = `${title.replace(/\W/g, '-')}@example.com`;
        const member = await join(tenet, { organizationId }, email, 'org.manager');
        const question = about('connection:create', { organizationId }, user(member));
        const fast = { 'tenet-consistency': 'minimize_latency' };
        for (let round = 0; round < 3; round += 1) expect(await decide(admin, question, fast)).to.include({ decision: true });
        await change(email);
        expect(await decide(admin, question, { 'tenet-consistency': 'fully_consistent' })).to.include({ decision: false });
        await eventually(async () => expect(await decide(admin, question, fast)).to.include({ decision: false }));
        // What is forgotten stays forgotten.
        for (let round = 0; round < 5; round += 1) expect(await decide(admin, question, fast)).to.include({ decision: false });
      });
    }

    it('a revocation through the API counts at once and soon, and what replaced it too', async () => {
      const member = await join(tenet, { organizationId }, 'demoted@example.com', 'org.manager');
      const fast = { 'tenet-consistency': 'minimize_latency' };
      expect(await decide(member, about('connection:create'), fast)).to.deep.equal({ decision: true });
      const { response } = await owner.client.POST('/v1/organizations/{organizationId}/grants', {
        params: { path: { organizationId } },
        body: { subject: { type: 'USER', id: member.id }, role: 'org.member' },
      });
      expect(response.status).to.equal(201);
      expect(await decide(member, about('connection:create'), { 'tenet-consistency': 'fully_consistent' })).to.deep.equal({
        decision: false,
      });
      await eventually(async () => {
        expect(await decide(member, about('connection:create'), fast)).to.deep.equal({ decision: false });
        expect(await decide(member, about('connection:list'), fast)).to.deep.equal({ decision: true });
      });
    });

    /** A member whose role of org.manager has been given such times. */
    async function managerFor(email: string, times: string): Promise<Person> {
      const member = await join(tenet, { organizationId }, email, 'org.manager');
      const sql = `update grants set ${times} where user_id = (select id from users where subject = ?)`;
      await inDatabase(tenet, organizationId, sql, [email]);
      return member;
    }

    it('a grant begins by itself, with minimize_latency too', async () => {
      const member = await managerFor('from-a-moment@example.com', "from_at = now() + interval '3 seconds'");
      const fast = { 'tenet-consistency': 'minimize_latency' };
      expect(await decide(member, about('connection:create'), fast)).to.deep.equal({ decision: false });
      await eventually(async () => expect(await decide(member, about('connection:create'), fast)).to.deep.equal({ decision: true }));
    });

    it('a grant ends by itself, with minimize_latency too', async () => {
      const member = await managerFor('for-a-moment@example.com', "until = now() + interval '1500 milliseconds'");
      const slow = { 'tenet-consistency': 'fully_consistent' };
      const fast = { 'tenet-consistency': 'minimize_latency' };
      await eventually(async () => expect(await decide(member, about('connection:create'), fast)).to.deep.equal({ decision: false }));
      expect(await decide(member, about('connection:create'), slow)).to.deep.equal({ decision: false });
    });
  });
});

/** A POST whose URL is sent as it is written; fetch would take an empty query string away. */
function postAsWritten(url: string, headers: Record<string, string>, body: string): Promise<{ status: number | undefined; body: string }> {
  const { hostname, port, origin } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: url.slice(origin.length), method: 'POST', headers }, async (response) => {
      response.setEncoding('utf8');
      let text = '';
      for await (const part of response) text += part;
      resolve({ status: response.statusCode, body: text });
    });
    sent.on('error', reject).end(body);
  });
}
