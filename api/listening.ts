import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../core/base/config.ts';

/** Something that keeps Tenet from starting; the message is for the operator. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A port that is taken is noticed before a database is made for nothing. */
export async function checkPorts({ TENET_HOST: host, ...config }: Config): Promise<void> {
  for (const variable of ['TENET_PORT', 'TENET_METRICS_PORT'] as const) {
    const probe = createServer();
    await listen(probe, host, config[variable], variable);
    await new Promise((resolve) => probe.close(resolve));
  }
}

/** Where the server can be reached. Throws StartError. */
export function listen(server: Server, host: string, port: number, variable: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken by another program. Set ${variable} to another port, or to 0 for a free one.`
          : undefined;
      reject(new StartError(taken ?? `Cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`);
    });
  });
}
