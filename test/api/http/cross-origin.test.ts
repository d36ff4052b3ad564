import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createCrossOrigin } from '../../../api/http/cross-origin.ts';
import type { Route } from '../../../api/http/exchange.ts';
import { createHttpServer } from '../../../api/http/server.ts';
import { createLog } from '../../../core/base/log.ts';
import { createMetrics } from '../../../core/base/metrics.ts';
import { readContract } from '../../helpers/contract.ts';
import { openConnection, type RawConnection, type RawReply } from '../../helpers/raw-http.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const page = 'https://app.example.com';
const other = 'https://other.example.com';

const ask = (line: string, ...headers: string[]) => [`${line} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
const preflight = (path: string, origin: string) =>
  ask(`OPTIONS ${path}`, `Origin: ${origin}`, 'Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: authorization');
const corsHeaders = ({ headers }: RawReply) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('a page of another origin', () => {
  let tenet: TestTenet;
  let alice: Caller;
  let aliceId: string;
  let connection: RawConnection;
  const send = async (text: string): Promise<RawReply> => {
    connection.send(text);
    return (await connection.reply({ bodyless: text.startsWith('HEAD ') }))!;
  };

  before(async () => {
    tenet = await startTenet({ TENET_CORS_ORIGINS: `${page}, http://localhost:3000` });
    alice = await tenet.as('alice@example.com');
    aliceId = await alice.userId();
  });
  after(() => tenet.stop());
  beforeEach(async () => {
    connection = await openConnection(tenet.url);
  });
  afterEach(() => connection.socket.destroy());

  for (const path of ['/v1/organizations', '/v1/me', '/access/v1/evaluation', '/nowhere']) {
    it(`may ask without a token whether it may call ${path}`, async () => {
      const reply = await send(preflight(path, page));
      expect(reply.status).to.equal(204);
      expect(reply.body).to.equal('');
      expect(reply.headers).to.include({
        vary: 'Origin',
        'access-control-allow-origin': page,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-max-age': '7200',
      });
      expect(reply.headers).not.to.have.property('access-control-allow-credentials');
    });

    it(`is told nothing about ${path} when it is not listed`, async () => {
      for (const origin of [
        other,
        'null',
        `${page}.evil.example`,
        `${page}:444`,
        page.toUpperCase(),
        `${page}/`,
        'http://app.example.com',
        '',
      ]) {
        const reply = await send(preflight(path, origin));
        expect(corsHeaders(reply), origin).to.deep.equal([]);
        expect(reply.status, origin).to.be.oneOf([404, 405]);
        expect(reply.headers['vary']).to.equal('Origin');
      }
    });
  }

  const signedIn = () => `Authorization: Bearer ${alice.token}`;
  const question = () =>
    `{"subject":{"type":"user","id":"${aliceId}"},"action":{"name":"read"},"resource":{"type":"organization","id":"*"}}`;
  const json = 'Content-Type: application/json';
  const answers: Record<string, { status: number; request: (origin: string) => string }> = {
    'an answer': { status: 200, request: (origin) => ask('GET /v1/me', signedIn(), origin) },
    'an answer to HEAD': { status: 200, request: (origin) => ask('HEAD /v1/me', signedIn(), origin) },
    'the page of the reference': { status: 200, request: (origin) => ask('GET /docs', origin) },
    'an answer that says nothing new': { status: 304, request: (origin) => ask('GET /v1/me', signedIn(), 'If-None-Match: *', origin) },
    'a request without a token': { status: 401, request: (origin) => ask('GET /v1/me', origin) },
    'a decision without a token': { status: 401, request: (origin) => ask('POST /access/v1/evaluation', 'Content-Length: 0', origin) },
    'a question that is none': {
      status: 400,
      request: (origin) => `${ask('POST /access/v1/evaluation', signedIn(), json, 'Content-Length: 2', origin)}{}`,
    },
    'a decision': {
      status: 200,
      request: (origin) =>
        `${ask('POST /access/v1/evaluation', signedIn(), json, `Content-Length: ${question().length}`, origin)}${question()}`,
    },
    'a path that is none': { status: 404, request: (origin) => ask('GET /nowhere', origin) },
    'a method that is none': { status: 405, request: (origin) => ask('PUT /v1/me', signedIn(), 'Content-Length: 0', origin) },
    'OPTIONS that is no preflight': { status: 405, request: (origin) => ask('OPTIONS /v1/me', origin) },
    'a head with a fault': { status: 400, request: (origin) => ask('GET /v1/me', 'Host: y', origin) },
    'a body that is too large': {
      status: 413,
      request: (origin) => ask('POST /v1/organizations', signedIn(), json, 'Content-Length: 99999999', origin),
    },
  };
  for (const [what, { status, request }] of Object.entries(answers)) {
    it(`reads ${what} when it is listed, and nothing of it when it is not`, async () => {
      for (const [origin, allowed] of [
        [page, page],
        ['http://localhost:3000', 'http://localhost:3000'],
        [other, undefined],
        ['null', undefined],
      ] as const) {
        connection.socket.destroy();
        connection = await openConnection(tenet.url);
        const reply = await send(request(`Origin: ${origin}`));
        expect(reply.status, `${origin} ${reply.body}`).to.equal(status);
        expect(reply.headers['vary']).to.equal('Origin');
        expect(reply.headers['access-control-allow-origin']).to.equal(allowed);
        expect(corsHeaders(reply)).to.deep.equal(allowed ? ['access-control-allow-origin', 'access-control-expose-headers'] : []);
      }
      const without = await openConnection(tenet.url);
      without.send(request('X-Nothing: 1'));
      const reply = (await without.reply({ bodyless: true }))!;
      without.socket.destroy();
      expect(reply.status).to.equal(status);
      expect(corsHeaders(reply)).to.deep.equal([]);
      expect(reply.headers['vary']).to.equal('Origin');
    });
  }

  it('is told nothing at all where no origin is listed', async () => {
    expect(createCrossOrigin([])).to.equal(undefined);
    const closed = await startTenet();
    const line = await openConnection(closed.url);
    try {
      for (const text of [preflight('/v1/me', page), preflight('/access/v1/evaluation', page), ask('GET /v1/me', `Origin: ${page}`)]) {
        line.send(text);
        const reply = (await line.reply())!;
        expect(reply.status).to.be.oneOf([401, 405]);
        expect(corsHeaders(reply)).to.deep.equal([]);
        expect(reply.headers).not.to.have.property('vary');
      }
    } finally {
      line.socket.destroy();
      await closed.stop();
    }
  });

  it('may send every header, use every method and read every header that the contract names', async () => {
    const contract = readContract() as { paths: object; components: Record<string, unknown> };
    const { headers } = await send(preflight('/v1/me', page));
    const words = (name: string) => headers[name]!.toLowerCase().split(', ');
    const reply = await send(ask('GET /v1/me', signedIn(), `Origin: ${page}`));
    const operations = Object.values(contract.paths).flatMap((item) => Object.entries(item as object));
    const sent = new Set<string>();
    const read = new Set<string>();
    const methods = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { in: place, name, headers: own, ...rest } = node as Record<string, unknown>;
      if (place === 'header') sent.add(String(name).toLowerCase());
      if (typeof own === 'object' && own !== null) for (const header of Object.keys(own)) read.add(header.toLowerCase());
      for (const value of Object.values(rest)) visit(value);
    };
    for (const [method, operation] of operations) {
      methods.add(method);
      visit(operation);
    }
    visit(contract.components['parameters']);
    visit(contract.components['responses']);
    expect(sent.size).to.be.greaterThan(2);
    expect(read.size).to.be.greaterThan(2);
    expect(words('access-control-allow-methods')).to.include.members([...methods, 'head']);
    // A browser sets Accept-Encoding itself; no page may (Fetch standard, forbidden request-header).
    sent.delete('accept-encoding');
    expect(words('access-control-allow-headers')).to.include.members([...sent, 'authorization', 'content-type', 'x-request-id']);
    const exposed = reply.headers['access-control-expose-headers']!.toLowerCase().split(', ');
    expect(exposed).to.include.members([...read, 'x-request-id', 'allow']);
    for (const list of [...Object.values(headers), ...exposed]) expect(list).not.to.equal('*');
  });
});

describe('a server that pages of another origin may call', () => {
  let server: Server;
  let url: string;
  let calls = 0;
  before(async () => {
    const route: Route = {
      admit: () => {
        calls += 1;
        return 1_000;
      },
      handle: () => {
        throw new Error('boom');
      },
    };
    server = createHttpServer({
      route,
      fastRoutes: new Map([['/fast', route]]),
      log: createLog('silent'),
      metrics: createMetrics(() => ({ total: 0, idle: 0, waiting: 0 })),
      problemBase: 'p/',
      connections: 100,
      corsOrigins: [page],
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it('asks no route, so neither an identity provider nor the database, about a preflight', async () => {
    for (const path of ['/fast', '/slow']) {
      const response = await fetch(url + path, { method: 'OPTIONS', headers: { origin: page, 'access-control-request-method': 'POST' } });
      expect(response.status).to.equal(204);
    }
    expect(calls).to.equal(0);
  });

  it('lets the page read that something failed', async () => {
    for (const path of ['/fast', '/slow']) {
      const response = await fetch(url + path, { method: 'POST', headers: { origin: page } });
      expect(response.status).to.equal(500);
      expect(response.headers.get('access-control-allow-origin')).to.equal(page);
      expect(response.headers.get('vary')).to.equal('Origin');
    }
  });
});
