import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request as plain, type ServerResponse } from 'node:http';
import { request as tls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { parse } from 'yaml';
import type { Connection } from '../../controllers/kube/connection.ts';

/** What goes wrong between a client and the API server. All can be changed while calls are under way. */
export interface Faults {
  /** Answers in place of the server. */
  answer?: ((method: string, url: URL) => { status: number; body: string; headers?: Record<string, string> } | undefined) | undefined;
  /** Lines in place of one line of a watch. */
  watchLine?: ((line: string) => readonly string[]) | undefined;
  /** Connections stay open, but nothing comes through any more: a half-open TCP connection. */
  stalled?: boolean;
}

/** A proxy in front of a real API server. */
export interface FaultProxy {
  readonly faults: Faults;
  /** A connection through the proxy, as the user of the kubeconfig. */
  readonly connection: Connection;
  /** Cuts everything that is open. */
  cut(): void;
  /** How many calls were seen whose method and path match. */
  seen(pattern: RegExp): number;
  close(): Promise<void>;
}

/** Starts the proxy for the cluster of a kubeconfig with a token or a plain user. */
export async function startFaultProxy(kubeconfig: string): Promise<FaultProxy> {
  const config = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: { server: string; 'certificate-authority-data'?: string } }];
    users: [{ user: { token?: string } }];
  };
  const { server: target, 'certificate-authority-data': authority } = config.clusters[0].cluster;
  const ca = authority ? Buffer.from(authority, 'base64') : undefined;
  const faults: Faults = {};
  const sockets = new Set<Socket>();
  const calls: string[] = [];
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url!, target);
    calls.push(`${incoming.method} ${url.pathname}${url.search}`);
    if (faults.stalled) return;
    const answer = faults.answer?.(incoming.method!, url);
    if (answer) {
      outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
      return;
    }
    forward(incoming, outgoing, url, ca, faults);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    faults,
    cut,
    seen: (pattern) => calls.filter((call) => pattern.test(call)).length,
    connection: {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: 'default',
      authorize: async () => ({ headers: { authorization: `Bearer ${config.users[0].user.token}` }, dispatcher: undefined }),
      close: async () => {},
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, url: URL, ca: Buffer | undefined, faults: Faults): void {
  const send = url.protocol === 'https:' ? tls : plain;
  const { host: _host, ...headers } = incoming.headers;
  const upstream = send(url, { method: incoming.method, headers, ...(ca && { ca }) }, (response) => {
    outgoing.writeHead(response.statusCode!, { 'content-type': response.headers['content-type'] ?? 'application/json' });
    outgoing.flushHeaders();
    let rest = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      if (faults.stalled) return;
      if (!url.searchParams.has('watch')) return void outgoing.write(chunk);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) for (const sent of faults.watchLine?.(line) ?? [line]) outgoing.write(`${sent}\n`);
    });
    response.on('end', () => !faults.stalled && outgoing.end());
    response.on('error', () => outgoing.destroy());
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}
