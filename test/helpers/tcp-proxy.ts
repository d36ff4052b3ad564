import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of a database, on which the network can break. */
export interface TcpProxy {
  /** The URL of the database through the proxy. */
  readonly url: string;
  /** Connections stay open, but nothing comes through any more. */
  stall(stalled: boolean): void;
  /** Cuts everything that is open; with `refuse`, new connections too. */
  cut(options?: { refuse: boolean }): void;
  close(): Promise<void>;
}

/** Starts a proxy for the server of this URL. */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let stalled = false;
  let refusing = false;
  const server = createServer((incoming) => {
    if (refusing) return void incoming.destroy();
    const outgoing = connect(Number(port || 5432), hostname);
    for (const [from, to] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (chunk) => stalled || to.write(chunk));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    stall(value) {
      stalled = value;
    },
    cut({ refuse } = { refuse: false }) {
      refusing = refuse;
      cut();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}
