import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In a server process that harness.ts started: tells it the address, and the CPU time used so far (microseconds) and its memory whenever it asks. */
export function report(url: string): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send!({ cpu: user + system, rss: process.memoryUsage.rss() });
  });
  // Nobody is left to ask: an interrupted benchmark leaves no server behind.
  process.on('disconnect', () => process.exit());
  process.send!({ url });
}

/** Serves on a free port of the loopback address and reports it. */
export function serve(listener: RequestListener): void {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1', () => report(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
}
