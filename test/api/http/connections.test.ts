import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type ConnectionLimits, Connections, closeBehind, connectionLimits } from '../../../api/http/connections.ts';
import { eventually } from '../../helpers/eventually.ts';
import { openConnection, type RawConnection } from '../../helpers/raw-http.ts';
import { type Caller, startTenet, type TestTenet } from '../../helpers/tenet.ts';

const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');

describe('the connections of a server', () => {
  let server: Server;
  let opened: RawConnection[];
  /** Requests that were begun. */
  let begun: number;

  beforeEach(() => {
    opened = [];
    begun = 0;
  });

  afterEach(async () => {
    for (const { socket } of opened) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function serve(limits: Partial<ConnectionLimits>, listener: RequestListener): Promise<string> {
    const connections = new Connections({ ...connectionLimits, connections: 100, ...limits });
    server = createServer((message, response) =>
      connections.admit(message, response, () => {
        begun += 1;
        listener(message, response);
        connections.sent(response);
      }),
    );
    connections.watch(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function open(url: string): Promise<RawConnection> {
    const connection = await openConnection(url);
    opened.push(connection);
    return connection;
  }

  /** More than the buffers of both sides take. */
  const large = Buffer.alloc(16_777_216, 'a');

  it('have one request answered at a time, in their order', async () => {
    const answers: (() => void)[] = [];
    const url = await serve({}, (message, response) => void answers.push(() => response.end(message.url)));
    const connection = await open(url);
    connection.send(get('/1') + get('/2') + get('/3'));
    for (const path of ['/1', '/2', '/3']) {
      await eventually(() => expect(answers).to.have.length(1));
      answers.pop()!();
      expect((await connection.reply())!.body).to.equal(path);
    }
  });

  it('begin no request before the client has taken the answer ahead of it', async () => {
    const url = await serve({}, (_message, response) => void response.setHeader('content-length', large.length).end(large));
    const connection = await open(url);
    connection.socket.pause();
    connection.send(get('/').repeat(20));
    await eventually(() => expect(begun).to.equal(1));
    connection.send(get('/').repeat(20));
    await new Promise((resolve) => setImmediate(resolve));
    expect(begun).to.equal(1);
    connection.socket.removeAllListeners('data').resume();
    await eventually(() => expect(begun).to.be.greaterThan(2));
  });

  it('are closed when more requests wait than may', async () => {
    const url = await serve({ waiting: 4 }, () => undefined);
    const [modest, greedy] = [await open(url), await open(url)];
    modest.send(get('/').repeat(5));
    await eventually(() => expect(begun).to.equal(1));
    greedy.send(get('/').repeat(6));
    await greedy.closed;
    expect(modest.socket.destroyed).to.equal(false);
  });

  it('are closed without an error for each request that was read already', async () => {
    const url = await serve({ waiting: 4 }, () => undefined);
    const read: IncomingMessage[] = [];
    server.on('request', (message: IncomingMessage) => read.push(message));
    const greedy = await open(url);
    greedy.send(get('/').repeat(500));
    await greedy.closed;
    await eventually(() => expect(read.every(({ destroyed }) => destroyed)).to.equal(true));
    expect(read).to.have.length.greaterThan(100);
    // The one under way hears of it.
    expect(read.filter(({ errored }) => errored !== null)).to.have.length.at.most(1);
  });

  it('are closed when more requests wait in all than may', async () => {
    const url = await serve({ waitingInAll: 6 }, () => undefined);
    const connections = [await open(url), await open(url)];
    for (const connection of connections) connection.send(get('/').repeat(5));
    await Promise.race(connections.map(({ closed }) => closed));
    // What a closed one had waiting makes room again.
    const later = await open(url);
    later.send(get('/').repeat(3));
    await eventually(() => expect(begun).to.equal(3));
    expect(later.socket.destroyed).to.equal(false);
  });

  it('are closed, the oldest first, when clients leave more bytes unread than may wait', async () => {
    const url = await serve({ unreadBytes: 20_000_000 }, (_message, response) => void response.end(large));
    const first = await open(url);
    first.socket.pause();
    first.send(get('/'));
    await eventually(() => expect(begun).to.equal(1));
    const second = await open(url);
    second.socket.pause();
    second.send(get('/'));
    first.socket.resume();
    await first.closed;
    expect(begun).to.equal(2);
    expect(second.socket.destroyed).to.equal(false);
  });

  it('are closed when an answer is not taken in time', async () => {
    const url = await serve({ unreadFor: 50 }, (_message, response) => void response.end(large));
    const connection = await open(url);
    connection.socket.pause();
    connection.send(get('/'));
    await eventually(() => expect(begun).to.equal(1));
    await eventually(async () => expect(await openConnections()).to.equal(0));
  });

  const openConnections = (): Promise<number> => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));

  it('are closed behind the end, although the client keeps its side open', async () => {
    const url = await serve({}, (message, response) => {
      closeBehind(message.socket);
      response.setHeader('connection', 'close').end();
    });
    const connection = await open(url);
    connection.socket.allowHalfOpen = true;
    connection.send(get('/'));
    expect((await connection.reply())!.status).to.equal(200);
    await eventually(async () => expect(await openConnections()).to.equal(0));
  });

  it('make room for a new one: the one that has rested longest goes, and none with a request', async () => {
    const url = await serve({ connections: 3 }, (message, response) => void (message.url === '/held' || response.end()));
    const busy = await open(url);
    busy.send(get('/held'));
    await eventually(() => expect(begun).to.equal(1));
    const rested = await open(url);
    const used = await open(url);
    used.send(get('/'));
    expect((await used.reply())!.status).to.equal(200);
    const next = await open(url);
    await rested.closed;
    next.send(get('/'));
    expect((await next.reply())!.status).to.equal(200);
    expect([busy, used].map(({ socket }) => socket.destroyed)).to.deep.equal([false, false]);
  });

  it('are refused when all of them have a request', async () => {
    const url = await serve({ connections: 1 }, () => undefined);
    const busy = await open(url);
    busy.send(get('/'));
    await eventually(() => expect(begun).to.equal(1));
    await (await open(url)).closed;
    expect(busy.socket.destroyed).to.equal(false);
  });
});

describe('a client that does not keep to the protocol', () => {
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

  const post = (path: string, ...headers: string[]) => [`POST ${path} HTTP/1.1`, 'Host: x', ...headers, '', ''].join('\r\n');
  const json = 'Content-Type: application/json';
  const signedIn = () => `Authorization: Bearer ${alice.token}`;

  for (const path of ['/v1/organizations', '/access/v1/evaluation']) {
    it(`and is unknown has nothing of its body read at ${path}`, async () => {
      connection.send(post(path, json, 'Content-Length: 1000'));
      const reply = (await connection.reply())!;
      expect(reply.status).to.equal(401);
      expect(reply.headers['connection']).to.equal('close');
      await connection.closed;
    });

    it(`and is unknown is not asked for its body at ${path}`, async () => {
      connection.send(post(path, json, 'Content-Length: 1000', 'Expect: 100-continue'));
      expect((await connection.reply())!.status).to.equal(401);
    });
  }

  it('and sends a body where there is no operation is answered before it', async () => {
    connection.send(post('/v1/nowhere', json, 'Content-Length: 1000'));
    expect((await connection.reply())!.status).to.equal(404);
    await connection.closed;
  });

  it('and announces too large a body is answered before it', async () => {
    connection.send(post('/v1/organizations', json, signedIn(), 'Content-Length: 200000'));
    const reply = (await connection.reply())!;
    expect(reply.status).to.equal(413);
    expect(reply.body).to.include('102400');
    await connection.closed;
  });

  it('and sends a body without end is cut off behind the answer', async () => {
    connection.send(post('/v1/organizations', json, signedIn(), 'Transfer-Encoding: chunked'));
    const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
    const sending = setInterval(() => connection.send(chunk), 1);
    const reply = (await connection.reply())!;
    expect(reply.status).to.equal(413);
    await connection.closed;
    clearInterval(sending);
  });

  it('and sends one body after the other in small pieces finds a bound for all of them together', async () => {
    const pieces = `${post('/v1/policies/platform/revisions', json, signedIn(), 'Content-Length: 1000000')}${'a'.repeat(60_000)}`;
    const connections = await Promise.all(Array.from({ length: 24 }, () => openConnection(tenet.url)));
    for (const each of connections) each.send(pieces);
    for (const each of connections) each.send('a'.repeat(600_000));
    const refused = (await Promise.race(connections.map((each) => each.reply())))!;
    expect(refused.status).to.equal(503);
    expect(refused.headers['retry-after']).to.match(/^\d+$/);
    // Another caller is not held up.
    const bob = await tenet.as('bob@example.com');
    expect((await bob.client.POST('/v1/organizations', { body: { name: 'Acme' } })).response.status).to.equal(201);
    for (const each of connections) each.socket.destroy();
    await eventually(async () => {
      const body = JSON.stringify({ name: 'Acme', ...{ slug: `acme-${Math.random().toString(36).slice(2)}` } });
      const response = await alice.raw('/v1/organizations', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
      expect(response.status).to.equal(201);
    });
  });
});
