import { request } from 'node:http';
import { connect, createServer } from 'node:net';

const patience = 2_000;

/** A port of this machine on which nothing listens at the moment, and which is not taken. */
export async function freePort(isTaken: (port: number) => boolean): Promise<number> {
  for (;;) {
    const port = await openPort();
    if (!isTaken(port)) return port;
  }
}

function openPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Whether a program takes requests: it answers its path with 2xx, or listens where it has none. */
export function takesRequests({ port, healthPath }: { readonly port: number; readonly healthPath?: string }): Promise<boolean> {
  return healthPath === undefined ? listens(port) : answers(port, healthPath);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: patience });
    const end = (listening: boolean) => () => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
  });
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false, timeout: patience }, (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      resolve(statusCode >= 200 && statusCode < 300);
    });
    asked.once('error', () => resolve(false));
    asked.once('timeout', () => asked.destroy());
    asked.end();
  });
}
