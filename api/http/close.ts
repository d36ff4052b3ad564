import type { Server } from 'node:http';

/** Lets running requests end; after ten seconds the connections are cut. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // Again and again: an answer that was on its way becomes an idle connection.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), 10_000);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
