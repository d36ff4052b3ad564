import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';

/**
 * A Tenet that has nothing but its database, for tests that kill it: starts PostgreSQL on the directory of its first argument, prints one
 * line of JSON, and stops when its standard input ends.
 */
try {
  const said: string[] = [];
  const server = await startEmbeddedPostgres({ dataDir: process.argv[2]!, say: (line) => said.push(line) });
  const { url, dataDirectory, adopted } = server;
  console.log(JSON.stringify({ url, dataDirectory, adopted, said }));
  process.stdin.resume().once('end', () => server.stop());
} catch (error) {
  console.log(JSON.stringify({ refused: error instanceof Error ? error.message : String(error) }));
}
