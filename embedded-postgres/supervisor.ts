import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import { type Running, type ServerOptions, startServer, stopServer } from './server.ts';

/**
 * Keeps the server running at its port until the returned function stops it: a server that ends by itself is started again, so that
 * those who hold its address need not know. It also ends with this process.
 */
export function superviseServer(options: ServerOptions, first: Running): () => Promise<void> {
  const stopping = new AbortController();
  let running = first;

  const pause = (milliseconds: number) => wait(milliseconds, undefined, { ref: false, signal: stopping.signal });
  const watch = async () => {
    for (;;) {
      while (isAlive(running.pid)) await pause(250);
      running.letGo();
      options.say(`PostgreSQL (process ${running.pid}) has ended; starting it again.`);
      running = await restart();
    }
  };
  const restart = async () => {
    let told = '';
    for (let seconds = 1; ; seconds = Math.min(seconds * 2, 30)) {
      try {
        return await startServer(options, first.port);
      } catch (error) {
        const { message } = error as Error;
        if (message !== told) options.say(`${message} Trying again until it starts.`);
        told = message;
        await pause(seconds * 1_000);
      }
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return async () => {
    stopping.abort();
    await watching;
    await stopServer(running.pid);
    running.letGo();
  };
}
