import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Gateway, type GatewayOptions, startConfiguredGateway } from '../../apps/gateway/main.ts';
import { readConfig } from '../../core/base/config.ts';
import { newId, newUuid, toId, toUuid } from '../../core/base/ids.ts';
import type { TestTenet } from './tenet.ts';

/** A program that says what it was asked. */
export interface Program {
  readonly port: number;
  /** Requests that have come to it. */
  readonly seen: { method: string; url: string; headers: IncomingMessage['headers']; raw: readonly string[]; body: string }[];
  readonly sockets: Set<Duplex>;
  stop(): Promise<void>;
}

/** Starts a program: it echoes WebSockets byte for byte, breaks off at /break and at /first where it is not the first request of its connection, answers odd headers at /odd, sets cookies and more that reaches others at /cookies and never at /silent. */
export async function startProgram(): Promise<Program> {
  const seen: Program['seen'] = [];
  const sockets = new Set<Duplex>();
  const used = new WeakSet<Socket>();
  const server: Server = createServer(async (request, response) => {
    const isFirst = !used.has(request.socket);
    used.add(request.socket);
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method!, url: request.url!, headers: request.headers, raw: request.rawHeaders, body });
    if (request.url === '/silent') return;
    if (request.url === '/break' || (request.url === '/first' && !isFirst)) return void response.socket!.destroy();
    if (request.url === '/endless') return void response.writeHead(200).write('first');
    if (request.url === '/odd') {
      response.writeHead(200, {
        connection: 'x-inner, keep-alive',
        'x-inner': 'of this connection',
        'keep-alive': 'timeout=5',
        'proxy-authenticate': 'Basic',
        'x-tenet-user': 'forged',
        'set-cookie': ['a=1; Domain=example.com; Path=/', 'b=2'],
      });
      return void response.end('odd');
    }
    if (request.url === '/cookies') {
      const theirs = ['__Host-tenet=1; Path=/', ' __HOST-tenet =2', '=__Host-tenet=3', 'tenet-open=4', 'tenet-open', 'kept=1; Path=/'];
      const reaching = { 'clear-site-data': '"cookies", "storage"', 'x-accel-redirect': '/secret', 'x-sendfile': '/etc/passwd' };
      return void response.writeHead(200, { 'set-cookie': theirs, ...reaching }).end();
    }
    response.end(JSON.stringify({ url: request.url, user: request.headers['x-tenet-user'], body }));
  });
  server.on('upgrade', (request, socket) => {
    seen.push({ method: 'UPGRADE', url: request.url!, headers: request.headers, raw: request.rawHeaders, body: '' });
    if (request.url === '/refused') return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nx-tenet-user: forged\r\n\r\nno');
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade, x-inner\r\nx-inner: 1\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    sockets,
    async stop() {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Starts a gateway of this server. */
export function startTestGateway(
  tenet: TestTenet,
  environment: Record<string, string> = {},
  limits: GatewayOptions['limits'] = {},
): Promise<Gateway> {
  const config = readConfig({ TENET_APPS_GATEWAY_PORT: '0', TENET_DATA_DIR: tenet.dataDir, ...environment });
  return startConfiguredGateway(tenet, config, limits);
}

/** Writes an instance into the database as if it had been installed; the test plays the part of the manager. Returns its id. */
export async function insertInstance(tenet: TestTenet, organizationId: string, columns: object): Promise<string> {
  const organization = toUuid('organization', organizationId);
  const instance = newUuid();
  const item = newUuid();
  await tenet.database.write('platform', async (db) => {
    await db('catalog_items').insert({
      id: item,
      name: 'Echo',
      category: 'Tests',
      description: '',
      program: '{}',
      created_by: newId('user'),
    });
  });
  await tenet.database.write({ organization }, async (db) => {
    await db('projects').insert({ org_id: organization, id: instance, slug: `app-${instance}`, name: 'Echo' });
    await db('instances').insert({ org_id: organization, id: instance, item_id: item, created_by: newId('user'), ...columns });
  });
  return toId('instance', instance);
}
