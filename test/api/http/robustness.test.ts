import { expect } from 'chai';
import { createLog } from '../../../core/base/log.ts';
import { eventually } from '../../helpers/eventually.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { openConnection, type RawConnection } from '../../helpers/raw-http.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

describe('on the wire', () => {
  let tenet: TestTenet;
  let alice: Caller;
  let connection: RawConnection;

  before(async () => {
    tenet = await startTenet();
    alice = await tenet.as('alice@example.com');
    await alice.userId();
  });

  after(() => tenet.stop());

  beforeEach(async () => {
    connection = await openConnection(tenet.url);
  });

  afterEach(() => connection.socket.destroy());

  const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
  const signedIn = () => `Authorization: Bearer ${alice.token}`;

  describe('bytes that are not HTTP get a problem, and the connection is closed:', () => {
    const cases: Record<string, { send: string; status: number; code: string }> = {
      'no request at all': { send: 'hello\r\n\r\n', status: 400, code: 'bad-request' },
      'the beginning of a TLS handshake': { send: '\x16\x03\x01\x02\x00\x01\x00', status: 400, code: 'bad-request' },
      'a control character in a header': { send: get('/livez', 'X-A: a\x01b'), status: 400, code: 'bad-request' },
      'a header without a name': { send: get('/livez', ': x'), status: 400, code: 'bad-request' },
      'a blank before the colon': { send: get('/livez', 'X-A : x'), status: 400, code: 'bad-request' },
      'a folded header': { send: get('/livez', 'X-A: a', ' b'), status: 400, code: 'bad-request' },
      'a length that is no number': { send: get('/livez', 'Content-Length: x'), status: 400, code: 'bad-request' },
      'two lengths': { send: get('/livez', 'Content-Length: 1', 'Content-Length: 2'), status: 400, code: 'bad-request' },
      'a length beside chunks': {
        send: get('/livez', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
        status: 400,
        code: 'bad-request',
      },
      'a chunk that is no number': {
        send: `${get('/livez', 'Transfer-Encoding: chunked')}zz\r\nx\r\n0\r\n\r\n`,
        status: 400,
        code: 'bad-request',
      },
      'headers of more than 16 KiB': { send: get('/livez', `X-A: ${'a'.repeat(20_000)}`), status: 431, code: 'header-fields-too-large' },
      'many headers of more than 16 KiB': {
        send: get('/livez', ...Array.from({ length: 1000 }, (_, index) => `X-${index}: ${'a'.repeat(20)}`)),
        status: 431,
        code: 'header-fields-too-large',
      },
      'a path of more than 16 KiB': { send: get(`/${'a'.repeat(20_000)}`), status: 431, code: 'header-fields-too-large' },
    };
    for (const [title, { send, status, code }] of Object.entries(cases)) {
      it(title, async () => {
        connection.send(send);
        const reply = (await connection.reply())!;
        expect(reply.status).to.equal(status);
        expect(reply.headers['content-type']).to.equal('application/problem+json');
        expect(reply.headers).to.include({ connection: 'close', 'x-content-type-options': 'nosniff' });
        expect(JSON.parse(reply.body)).to.include({ code, status, requestId: reply.headers['x-request-id'] });
        await connection.closed;
      });
    }

    it('a request that ends in the middle of its headers', async () => {
      connection.send('GET /livez HTTP/1.1\r\nHost:');
      connection.socket.end();
      const reply = await connection.reply();
      expect(reply && JSON.parse(reply.body).code).to.equal('bad-request');
      await connection.closed;
    });
  });

  for (const [title, headers] of Object.entries({ 'no Host': [], 'two Hosts': ['Host: a', 'Host: b'] })) {
    it(`a request with ${title} is a bad request`, async () => {
      connection.send(['GET /livez HTTP/1.1', ...headers, '', ''].join('\r\n'));
      const reply = (await connection.reply())!;
      expect(reply.status).to.equal(400);
      expect(JSON.parse(reply.body)).to.include({ code: 'bad-request', detail: 'The request must have exactly one Host header.' });
    });
  }

  for (const name of ['Authorization', 'Content-Type', 'Idempotency-Key', 'Origin', 'Tenet-Consistency']) {
    it(`two ${name} headers are refused, whichever is the good one`, async () => {
      const own = name === 'Authorization' ? [] : [signedIn()];
      for (const values of [
        ['a', 'b'],
        ['a', 'a'],
      ]) {
        connection.send(get('/v1/me', ...own, ...values.map((value) => `${name}: ${value}`)));
        const { status, body } = (await connection.reply())!;
        expect({ status, ...JSON.parse(body) }).to.deep.include({
          status: 400,
          code: 'bad-request',
          errors: [{ parameter: name, detail: 'must come once' }],
        });
      }
    });
  }

  for (const host of ['a/b?c', 'a?b', 'a#b', 'a@b', 'a b', 'a:b', '[', '::1', 'a\\b', 'a"b', '<a>']) {
    it(`Host: ${host} is a bad request`, async () => {
      connection.send(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      const { status, body } = (await connection.reply())!;
      expect(status).to.equal(400);
      expect(JSON.parse(body)).to.deep.include({
        code: 'bad-request',
        errors: [{ parameter: 'Host', detail: 'must be host or host:port' }],
      });
    });
  }

  it('every form of a host is taken', async () => {
    for (const host of [
      'a',
      'a:80',
      'A.example.com:',
      '127.0.0.1:8080',
      '[::1]',
      '[::1]:8080',
      'my_service:80',
      'xn--bcher-kva.example',
      '',
    ]) {
      connection.send(`GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect((await connection.reply())?.status, host).to.equal(200);
    }
  });

  for (const expectation of ['banana', '100-continue, banana', '200-ok']) {
    it(`Expect: ${expectation} is answered 417 with a problem`, async () => {
      connection.send(get('/livez', `Expect: ${expectation}`));
      let reply = await connection.reply();
      if (reply?.status === 100) reply = await connection.reply();
      expect(reply?.status).to.equal(417);
      expect(reply?.headers).to.include({ 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' });
      expect(JSON.parse(reply!.body)).to.include({ code: 'expectation-failed', requestId: reply!.headers['x-request-id'] });
    });
  }

  it('CONNECT is answered with a problem, and the connection is closed', async () => {
    connection.send('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    const reply = (await connection.reply())!;
    expect(reply.status).to.equal(405);
    expect(reply.headers).to.include({ 'content-type': 'application/problem+json', connection: 'close' });
    expect(reply.headers['allow']).to.include('GET');
    expect(JSON.parse(reply.body)).to.include({ code: 'method-not-allowed', requestId: reply.headers['x-request-id'] });
    await connection.closed;
  });

  it('a connection lives on after every kind of error behind which nothing is left unread', async () => {
    const post = (body: string, ...headers: string[]) =>
      ['POST /v1/organizations HTTP/1.1', 'Host: x', `Content-Length: ${Buffer.byteLength(body)}`, ...headers, '', body].join('\r\n');
    const json = 'Content-Type: application/json';
    const steps: [string, number][] = [
      [get('/v1/me'), 401],
      [get('/v1/nowhere', signedIn()), 404],
      [get('/v1/me', signedIn()), 200],
      [post('{', json, signedIn()), 400],
      [post('{}', json), 401],
      [post('x', 'Content-Type: text/plain', signedIn()), 415],
      [get('/v1/me', signedIn(), 'Accept: image/png'), 406],
      ['PUT /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}', 405],
      [post('{"name":"Acme"}', json, signedIn()), 201],
      [get('/v1/me', signedIn()), 200],
    ];
    for (const [request, status] of steps) {
      connection.send(request);
      expect((await connection.reply())?.status, request.slice(0, 80)).to.equal(status);
    }
  });

  it('requests that are sent without waiting are answered in their order', async () => {
    connection.send([get('/v1/me', signedIn()), get('/livez'), get('/v1/nowhere'), get('/v1/me', signedIn())].join(''));
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await connection.reply())!.status);
    expect(statuses).to.deep.equal([200, 200, 404, 200]);
  });

  it('a caller who waits for permission to send a body gets it', async () => {
    connection.send(
      `POST /v1/organizations HTTP/1.1\r\nHost: x\r\n${signedIn()}\r\nContent-Type: application/json\r\nContent-Length: 15\r\nExpect: 100-continue\r\n\r\n`,
    );
    expect((await connection.reply())!.status).to.equal(100);
    connection.send('{"name":"Acme"}');
    expect((await connection.reply())!.status).to.equal(201);
  });

  it('a target that no router can read is answered like any other path that is not there', async () => {
    connection.send('GET http://[/nothing HTTP/1.1\r\nHost: x\r\n\r\n');
    const reply = (await connection.reply())!;
    expect(reply.status).to.equal(404);
    expect(reply.headers['content-type']).to.equal('application/problem+json');
    expect(reply.headers).to.include.keys('x-request-id', 'x-content-type-options');
  });

  it('a body in chunks of one byte is read like any other', async () => {
    const body = [...'{"name":"Acme"}'].map((letter) => `1\r\n${letter}\r\n`).join('');
    const head = `POST /v1/organizations HTTP/1.1\r\nHost: x\r\n${signedIn()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked`;
    connection.send(`${head}\r\n\r\n${body}0\r\n\r\n`);
    expect((await connection.reply())!.status).to.equal(201);
  });

  it('a caller who hangs up in the middle of a body does no harm, and is no fault of the server', async () => {
    const lines: string[] = [];
    const logged = await startTenet({}, { log: createLog('info', { write: (line) => void lines.push(line) }) });
    const caller = await logged.as('alice@example.com');
    const hasty = await openConnection(logged.url);
    hasty.send(
      `POST /v1/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${caller.token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na`,
    );
    hasty.socket.end();
    hasty.socket.destroy();
    await eventually(() => expect(lines.join('')).to.include('"status":499'));
    expect(lines.join('')).not.to.include('"level":"error"');
    expect((await caller.raw('/v1/me')).status).to.equal(200);
    await logged.stop();
  });

  it('garbage of a thousand kinds leaves the server as it was', async () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    const good = Buffer.from(
      `POST /v1/organizations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{"name":"Acme"}`,
    );
    for (let batch = 0; batch < 20; batch++) {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const bytes = Buffer.from(good);
          for (let count = 0; count <= random(5); count++) bytes[random(bytes.length)] = random(256);
          const one = await openConnection(tenet.url);
          one.send(bytes.subarray(0, 1 + random(bytes.length)));
          one.socket.end();
          for (;;) {
            const reply = await one.reply();
            if (!reply) break;
            expect(reply.status, bytes.toString('latin1')).to.be.lessThan(500);
          }
        }),
      );
    }
    expect((await alice.raw('/v1/me')).status).to.equal(200);
  }).timeout(60_000);

  describe('when it stops', () => {
    it('a running request ends, its connection is closed after it, and new ones are not taken', async () => {
      const stopping = await startTenet();
      const caller = await stopping.as('alice@example.com');
      const organizationId = await foundOrganization(caller);
      // Another transaction holds the organization, so that the request is still running when the stop begins.
      let letGo = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const uuid = await stopping.database.read('platform', async (db) => (await db('organizations').first('id')).id as string);
      const holder = stopping.database.write({ organization: uuid }, async (db) => {
        await db('organizations').where({ id: uuid }).forUpdate();
        await held;
      });
      const running = caller.raw(`/v1/organizations/${organizationId}`, {
        method: 'PATCH',
        body: '{"name":"Renamed"}',
        headers: { 'content-type': 'application/json', 'if-match': '*' },
      });
      await eventually(async () => {
        const waiting = await stopping.database.read('platform', (db) => db.raw('select from pg_locks where not granted'));
        expect(waiting.rows.length).to.be.greaterThan(0);
      });
      const stopped = stopping.stop();
      await eventually(async () => expect(await fetch(`${stopping.url}/livez`).catch(() => 'refused')).to.equal('refused'));
      letGo();
      await holder;
      const response = await running;
      expect(response.status).to.equal(200);
      expect(response.headers.get('connection')).to.equal('close');
      await stopped;
    });

    it('a connection whose answer was on its way is closed when it has come', async () => {
      for (let round = 0; round < 4; round += 1) {
        const stopping = await startTenet();
        const open = await Promise.all(Array.from({ length: 16 }, () => openConnection(stopping.url)));
        for (const one of open) one.send(get('/livez'));
        await open[0]!.reply();
        const began = performance.now();
        await stopping.stop();
        // What is not idle by then is cut after ten seconds.
        expect(performance.now() - began).to.be.below(8_000);
      }
    }).timeout(60_000);

    it('a request that is only half sent is cut after ten seconds', async () => {
      const stopping = await startTenet();
      const half = await openConnection(stopping.url);
      half.send('POST /v1/organizations HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"na');
      const idle = await openConnection(stopping.url);
      idle.send(get('/livez'));
      expect((await idle.reply())!.status).to.equal(200);
      const stopped = stopping.stop();
      await idle.closed;
      await half.closed;
      await stopped;
    }).timeout(30_000);
  });
});
