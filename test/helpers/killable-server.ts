import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { loadDevIssuer } from '../../api/authentication/dev-issuer.ts';
import { createDatabase } from './postgres.ts';
import { type Running, readyUrl, serverOn, spawnTenet } from './tenet-process.ts';

/** A `tenet serve` of its own that a test kills and starts again, on a database and a directory that stay. */
export interface KillableServer {
  readonly directory: string;
  /** On the database, as its owner. */
  readonly client: pg.Client;
  /** A request of Alice, by the path behind the address. */
  call(method: string, path: string, body?: object): Promise<Response>;
  /** What a request of Alice that succeeds answers, as JSON: a POST where there is a body. */
  send(path: string, body?: object): Promise<{ id: string; state: string }>;
  start(): Promise<void>;
  /** Ends it with this signal, and waits until it has gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Ends it, and takes away what it had. */
  remove(): Promise<void>;
}

/** Starts one, with these variables besides. */
export async function startKillableServer(environment: Record<string, string> = {}): Promise<KillableServer> {
  const directory = mkdtempSync(join(tmpdir(), 'tenet-crash-'));
  const copy = await createDatabase();
  const client = new pg.Client(copy.url);
  await client.connect();
  const token = await (await loadDevIssuer(directory)).sign({ subject: 'alice', email: 'alice@example.com', lifetimeSeconds: 3_600 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  let running: Running | undefined;
  let url: string;

  const server: KillableServer = {
    directory,
    client,
    call: (method, path, body) => fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    async send(path, body) {
      const response = await server.call(body ? 'POST' : 'GET', path, body);
      const text = await response.text();
      expect(response.status, text).to.be.oneOf([200, 201]);
      return JSON.parse(text);
    },
    async start() {
      running = spawnTenet(['serve'], { ...serverOn(copy.url, directory), ...environment, TENET_LOG_LEVEL: 'silent' });
      url = await readyUrl(running);
    },
    async kill(signal) {
      running!.child.kill(signal);
      const ended = await running!.ended;
      // Not by itself before.
      if (signal === 'SIGKILL') expect(ended.signal).to.equal(signal);
    },
    async remove() {
      running?.child.kill('SIGTERM');
      await running?.ended;
      await client.end();
      await copy.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return server;
}
