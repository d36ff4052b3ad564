import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Ports that nobody else of us takes until they are released. */
export interface Ports {
  readonly numbers: readonly number[];
  release(): void;
}

/** Below the ports that the kernel gives out by itself (from 32768 on Linux, 49152 elsewhere), so that no connection and no `listen(0)` takes one. */
const first = 20_000;
const last = 32_000;

/**
 * Reserves ports for programs that must be told theirs: finding free ones and letting go of them before the program binds them is a race.
 * The reservation is the port before them, which is held open; the kernel gives it to one process of this machine and takes it back when that ends.
 */
export async function reservePorts(count: number): Promise<Ports> {
  const step = count + 1;
  const blocks = Math.floor((last - first) / step);
  // Runs side by side begin at different places.
  const start = Math.floor(Math.random() * blocks);
  for (let tried = 0; tried < blocks; tried++) {
    const block = first + ((start + tried) % blocks) * step;
    const reservation = await listen(block);
    if (!reservation) continue;
    reservation.unref();
    const numbers = Array.from({ length: count }, (_, index) => block + 1 + index);
    // Programs that know nothing of this may have one of them.
    const free = await Promise.all(numbers.map(isFree));
    if (free.every(Boolean)) return { numbers, release: () => void reservation.close() };
    reservation.close();
  }
  throw new Error(`No ${count} free ports between ${first} and ${last}.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
