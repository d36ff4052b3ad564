import { expect } from 'chai';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { openConnection } from '../../helpers/raw-http.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

interface Problem {
  code: string;
  detail: string;
  requestId: string;
  instance: string;
  errors?: { pointer?: string; parameter?: string }[];
}

describe('the HTTP server', () => {
  let tenet: TestTenet;
  let alice: Caller;
  let organizationId: string;

  before(async () => {
    tenet = await startTenet();
    alice = await tenet.as('alice@example.com');
    organizationId = await foundOrganization(alice);
  });

  after(() => tenet.stop());

  const json = { 'content-type': 'application/json' };
  const organizations = '/v1/organizations';

  async function expectProblem(response: Response, status: number, code: string): Promise<Problem> {
    expect(response.status).to.equal(status);
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    const problem = (await response.json()) as Problem;
    expect(problem.code).to.equal(code);
    expect(problem.requestId).to.equal(response.headers.get('x-request-id'));
    expect(problem.instance).to.equal(`urn:tenet:request:${encodeURIComponent(problem.requestId)}`);
    return problem;
  }

  describe('answers with a problem', () => {
    it('404 to a path that is not there, known or not', async () => {
      await expectProblem(await alice.raw('/v1/nowhere'), 404, 'not-found');
      await expectProblem(await tenet.anonymous().raw('/v1/nowhere'), 404, 'not-found');
      await expectProblem(await alice.raw('//v1/me'), 404, 'not-found');
      await expectProblem(await alice.raw('/v1/me/'), 404, 'not-found');
    });

    it('405 with Allow to a method that is not there', async () => {
      const response = await alice.raw(organizations, { method: 'DELETE' });
      await expectProblem(response, 405, 'method-not-allowed');
      expect(response.headers.get('allow')).to.equal('GET, HEAD, POST');
    });

    it('406 when no type is left to answer with', async () => {
      await expectProblem(await alice.raw('/v1/me', { headers: { accept: 'text/html' } }), 406, 'not-acceptable');
    });

    it('415 to a body that is no JSON by its type', async () => {
      const response = await alice.raw(organizations, { method: 'POST', body: 'name=Acme', headers: { 'content-type': 'text/plain' } });
      const { detail } = await expectProblem(response, 415, 'unsupported-media-type');
      expect(detail).to.include('application/json');
    });

    it('400 to a query parameter that is given twice', async () => {
      const problem = await expectProblem(await alice.raw(`${organizations}?pageSize=1&pageSize=2`), 400, 'invalid-input');
      expect(problem.errors?.[0]?.parameter).to.equal('pageSize');
    });

    it('400 to a malformed escape in the path', async () => {
      await expectProblem(await alice.raw('/v1/organizations/%zz'), 400, 'invalid-input');
    });

    for (const value of ['%00', 'a%00b', '%ff', '%ed%a0%80', "'%20or%201=1--"]) {
      it(`4xx to ${value} in a path and in a query, never 5xx`, async () => {
        for (const path of [`/v1/organizations/${value}`, `/v1/organizations/${organizationId}/members/${value}`]) {
          expect((await alice.raw(path)).status, path).to.be.within(400, 404);
        }
        for (const parameter of ['pageToken', 'role', 'state', 'email']) {
          const response = await alice.raw(`/v1/organizations/${organizationId}/members?${parameter}=${value}`);
          expect(response.status, parameter).to.be.lessThan(500);
        }
        expect((await alice.raw(`/v1/organizations/${organizationId}/audit-events?action=${value}&actor=${value}`)).status).to.be.lessThan(
          500,
        );
        expect((await alice.raw(`/v1/blueprints/${value}`)).status).to.be.lessThan(500);
      });
    }
  });

  describe('reads bodies', () => {
    const post = (body: string | Buffer | ReadableStream, more: Record<string, unknown> = {}) =>
      alice.raw(organizations, { method: 'POST', body, headers: json, ...more } as RequestInit);

    it('413 to more than one MiB, with the bytes that the operation takes', async () => {
      const problem = await expectProblem(await post(JSON.stringify({ name: 'x'.repeat(1_048_577) })), 413, 'payload-too-large');
      expect(problem.detail).to.include('102400');
    });

    it('413 to more than one MiB in chunks that do not say how much will come', async () => {
      let sent = 0;
      const body = new ReadableStream({
        pull(controller) {
          if (sent++ < 20) controller.enqueue(new Uint8Array(65_536).fill(120));
          else controller.close();
        },
      });
      await expectProblem(await post(body, { duplex: 'half' }), 413, 'payload-too-large');
    });

    it('takes one of exactly 100 KiB for what it says, and none that is longer', async () => {
      const text = JSON.stringify({ name: 'Acme' });
      const response = await post(text + ' '.repeat(102_400 - text.length));
      expect(response.status).to.equal(201);
      await expectProblem(await post(text + ' '.repeat(102_401 - text.length)), 413, 'payload-too-large');
    });

    const malformed: Record<string, string | Buffer> = {
      'cut short': '{"name": "Acme"',
      'with a comma too much': '{"name": "Acme",}',
      'with single quotes': "{'name': 'Acme'}",
      'with a byte order mark': '\ufeff{"name": "Acme"}',
      'that is no UTF-8': Buffer.from([...Buffer.from('{"name": "'), 0xff, 0xfe, ...Buffer.from('"}')]),
      'that is not JSON at all': '<name>Acme</name>',
    };
    for (const [title, body] of Object.entries(malformed)) {
      it(`400 malformed-json to one ${title}`, async () => void (await expectProblem(await post(body), 400, 'malformed-json')));
    }

    const refused: Record<string, string> = {
      'that is nested 33 levels deep': `${'['.repeat(33)}${']'.repeat(33)}`,
      'that is nested 50000 levels deep': `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'with the key __proto__': '{"name": "Acme", "__proto__": {"admin": true}}',
      'with the key __proto__ deep inside': '{"name": "Acme", "x": [{"y": {"__proto__": 1}}]}',
      'with a character that no database keeps': '{"name": "Ac\\u0000me"}',
      'that is a list': '[]',
      'that is text': '"name"',
      'that is null': 'null',
      'that is a number beyond numbers': '{"name": 1e999}',
      'with the key constructor': '{"name": "Acme", "constructor": {"prototype": {}}}',
    };
    for (const [title, body] of Object.entries(refused)) {
      it(`400 invalid-input to one ${title}`, async () => void (await expectProblem(await post(body), 400, 'invalid-input')));
    }

    it('of names with letters of all the world', async () => {
      const response = await post(JSON.stringify({ name: 'Ünïcödé 日本語 🏢' }));
      expect(response.status).to.equal(201);
      expect(((await response.json()) as { name: string }).name).to.equal('Ünïcödé 日本語 🏢');
    });

    const unstorable: [string, string, string][] = [
      ['{"name": "half \\ud83d letter"}', '#/name', 'must not have half of a surrogate pair: it is no Unicode text'],
      ['{"name": "half \\udc00"}', '#/name', 'must not have half of a surrogate pair: it is no Unicode text'],
      ['{"name": "Ac\\u0000me"}', '#/name', 'must not have the character U+0000'],
      ['{"name": "Acme", "a/b": [{"~": "\\u0000"}]}', '#/a~1b/0/~0', 'must not have the character U+0000'],
      ['{"name": "Acme", "x": {"\\u0000": 1}}', '#/x', 'has a key that must not have the character U+0000'],
      ['{"name": "Acme", "__proto__": 1}', '#', 'must not have the key __proto__'],
    ];
    for (const [body, pointer, detail] of unstorable) {
      it(`400 to ${body}, and points at what no database keeps`, async () => {
        const problem = await expectProblem(await post(body), 400, 'invalid-input');
        expect(problem.errors).to.deep.equal([{ pointer, detail }]);
      });
    }

    it('401 before 400: a stranger learns nothing about what they sent', async () => {
      const stranger = tenet.anonymous();
      const bodies = [...Object.values(malformed), ...Object.values(refused), JSON.stringify({ name: 'x'.repeat(1_048_577) })];
      for (const body of bodies) {
        for (const headers of [json, { 'content-type': 'text/plain' }, { ...json, accept: 'image/png' }]) {
          await expectProblem(await stranger.raw(organizations, { method: 'POST', body, headers }), 401, 'unauthenticated');
        }
      }
      const response = await stranger.raw(`${organizations}?pageSize=nonsense`);
      await expectProblem(response, 401, 'unauthenticated');
      expect(response.headers.get('www-authenticate')).to.match(/^Bearer/);
    });
  });

  describe('says with every answer', () => {
    const answers: Record<string, () => Promise<Response>> = {
      '200': () => alice.raw('/v1/me'),
      '401': () => tenet.anonymous().raw('/v1/me'),
      '404': () => alice.raw('/v1/nowhere'),
      '413': () => alice.raw(organizations, { method: 'POST', body: 'x'.repeat(1_100_000), headers: json }),
      'a public page': () => tenet.anonymous().raw('/docs'),
      'a decision': () => tenet.anonymous().raw('/access/v1/evaluation', { method: 'POST', body: '{}', headers: json }),
    };
    for (const [title, ask] of Object.entries(answers)) {
      it(`${title}: the headers that keep browsers and caches from harm, and nothing about its make`, async () => {
        const { headers } = await ask();
        expect(headers.get('x-content-type-options')).to.equal('nosniff');
        expect(headers.get('content-security-policy')).to.include("default-src 'none'");
        expect(headers.get('strict-transport-security')).to.match(/max-age=\d+/);
        expect(headers.get('referrer-policy')).to.equal('no-referrer');
        expect(headers.get('cache-control')).to.be.a('string');
        expect(headers.get('x-request-id')).to.match(/^req_/);
        for (const name of ['x-powered-by', 'server', 'set-cookie', 'access-control-allow-origin'])
          expect(headers.get(name), name).to.equal(null);
      });
    }

    it('the X-Request-Id of the caller, if it is one', async () => {
      for (const id of ['abc-123', 'a', 'A_b.c-9'.repeat(16), 'a b', '<script>', 'a, b', '"']) {
        const response = await alice.raw('/v1/nowhere', { headers: { 'x-request-id': id } });
        await expectProblem(response, 404, 'not-found');
        expect(response.headers.get('x-request-id')).to.equal(id);
      }
      for (const id of ['', 'x'.repeat(129), 'ü']) {
        const response = await alice.raw('/v1/me', {
          headers: { 'x-request-id': encodeURI(id) === id ? id : Buffer.from(id).toString('latin1') },
        });
        expect(response.headers.get('x-request-id')).to.match(/^req_[0-9a-z]{26}$/);
      }
    });

    it('the X-Request-Id of the caller, which the audit keeps beside an id of its own', async () => {
      const name = `Renamed ${Date.now()}`;
      const headers = { ...json, 'x-request-id': 'forged' };
      const body = JSON.stringify({ name });
      const path = `/v1/organizations/${organizationId}`;
      expect((await alice.raw(path, { method: 'PATCH', body, headers })).status).to.equal(200);
      const { data } = await alice.client.GET('/v1/organizations/{organizationId}/audit-events', {
        params: { path: { organizationId }, query: { action: 'organization.update' } },
      });
      expect(data!.items[0]).to.include({ clientRequestId: 'forged' });
      expect(data!.items[0]!.requestId).to.match(/^req_[0-9a-z]{26}$/);
    });

    it('the trace of the caller, with a part of its own', async () => {
      const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
      const response = await alice.raw('/v1/me', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
      expect(response.headers.get('traceparent'))
        .to.match(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
        .and.not.include('00f067aa0ba902b7');
    });

    it('a trace of its own when there is none that is well formed', async () => {
      const bad = [
        '',
        'x',
        `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
        `00-${'G'.repeat(32)}-00f067aa0ba902b7-01`,
        `01-${'a'.repeat(31)}-b-01`,
      ];
      for (const traceparent of bad) {
        const own = (await alice.raw('/v1/me', { headers: { traceparent } })).headers.get('traceparent');
        expect(own).to.match(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/);
      }
    });
  });

  it('answers HEAD like GET, without the body', async () => {
    const [get, head] = await Promise.all([alice.raw('/v1/me'), alice.raw('/v1/me', { method: 'HEAD' })]);
    expect(head.status).to.equal(get.status);
    for (const name of ['etag', 'content-type', 'content-length'])
      expect(head.headers.get(name), name).to.equal(get.headers.get(name)).and.be.a('string');
    expect(await head.text()).to.equal('');
    expect((await tenet.anonymous().raw('/v1/me', { method: 'HEAD' })).status).to.equal(401);
  });

  it('takes the target in the form that proxies send', async () => {
    const connection = await openConnection(tenet.url);
    connection.send(`GET ${tenet.url}/livez HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect((await connection.reply())!.status).to.equal(200);
    connection.send(`GET http://other.example.com/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${alice.token}\r\n\r\n`);
    expect((await connection.reply())!.status).to.equal(200);
    connection.socket.destroy();
  });

  it('answers 500 without a word about the inside, and 503 while the database is away', async () => {
    const broken = await startTenet();
    const caller = await broken.as('alice@example.com');
    await caller.userId();
    await broken.database.close();
    const response = await caller.raw('/v1/me');
    const problem = await expectProblem(response, 503, 'unavailable');
    expect(response.headers.get('retry-after')).to.match(/^\d+$/);
    expect(JSON.stringify(problem)).not.to.match(/pool|pg|postgres|at .*:\d+/i);
    expect((await broken.anonymous().raw('/livez')).status).to.equal(200);
    expect((await broken.anonymous().raw('/readyz')).status).to.equal(503);
    await broken.stop().catch(() => undefined);
  });

  it('says while it starts, and in its readiness, that an identity provider cannot be reached', async () => {
    const lines: string[] = [];
    const log = createLog('warn', { write: (line) => void lines.push(line) });
    const lonely = await startTenet({ TENET_ISSUER: 'http://127.0.0.1:9/realm', TENET_AUDIENCE: 'tenet' }, { log });
    try {
      await eventually(async () => {
        expect(lines.join('')).to.match(
          /"issuer":"http:\/\/127\.0\.0\.1:9\/realm".*"serving":"nothing".*the keys of an issuer could not be read/,
        );
        // One line that says why, and where the program failed is no part of it.
        const [line] = lines as [string];
        expect(JSON.parse(line)).to.have.property('reason', 'http://127.0.0.1:9/realm has no readable metadata: bad port');
        expect(line.length).to.be.below(400);
        const response = await lonely.anonymous().raw('/readyz');
        expect(response.status).to.equal(200);
        const { state, checks } = (await response.json()) as { state: string; checks: { name: string; state: string; detail?: string }[] };
        expect(state).to.equal('DEGRADED');
        const { detail, ...check } = checks.find(({ name }) => name === 'issuers')!;
        expect(check).to.deep.equal({ name: 'issuers', state: 'DEGRADED' });
        expect(detail).not.to.include('127.0.0.1');
      });
    } finally {
      await lonely.stop();
    }
  });

  it('counts every decision, however often it is asked for the count', async () => {
    const counted = async (): Promise<number> => {
      const text = await (await fetch(tenet.metricsUrl)).text();
      return Number(/tenet_decisions_total\{allowed="true"\} (\d+)/.exec(text)?.[1]);
    };
    const before = await counted();
    expect(await counted()).to.equal(before);
    for (let time = 0; time < 3; time++) expect((await alice.raw('/v1/me')).status).to.equal(200);
    expect(await counted()).to.equal(before + 3);
  });

  it('counts every answer by operation and status', async () => {
    await alice.raw('/v1/me');
    await eventually(async () => {
      const text = await (await fetch(tenet.metricsUrl)).text();
      expect(text).to.match(/http_server_request_duration_seconds_count\{operation="getMe",method="GET",status="200"\} \d+/);
      expect(text).to.match(/tenet_database_connections\{state="idle"\}/);
    });
  });
});
