import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import { type ServerOptions, startServer, stopServer, stopServerWithUs } from './server.ts';

/**
 * Keeps the server running at its port until the returned function stops it: a server that ends by itself is started again, so that
 * those who hold its address need not know. It also ends with this process.
 */
export function superviseServer(options: ServerOptions, server: { pid: number; port: number }): () => Promise<void> {
  const stopping = new AbortController();
  let pid = server.pid;
  let letGo = stopServerWithUs(pid, options.cluster, options.account);

  const pause = (milliseconds: number) => wait(milliseconds, undefined, { ref: false, signal: stopping.signal });
  const watch = async () => {
    for (;;) {
      while (isAlive(pid)) await pause(250);
      letGo();
      options.say(`PostgreSQL (process ${pid}) has ended; starting it again.`);
      pid = await restart();
      letGo = stopServerWithUs(pid, options.cluster, options.account);
    }
  };
  const restart = async () => {
    let told = '';
    for (let seconds = 1; ; seconds = Math.min(seconds * 2, 30)) {
      try {
        return (await startServer(options, server.port)).pid;
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
    await stopServer(pid);
    letGo();
  };
}
