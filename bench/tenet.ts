import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDevIssuer } from '../api/dev-issuer.ts';
import { startEmbeddedPostgres } from '../core/embedded-postgres.ts';
import { type ServerProcess, startServer } from './harness.ts';

/** Tenet as production runs it (responses not validated, log lines written), with one organization in it. */
export interface MeasuredTenet {
  readonly server: ServerProcess;
  /** For baselines that read the same database with a pool of the same size. */
  readonly environment: Record<string, string>;
  readonly organizationId: string;
  /** Headers of the organization's owner. */
  readonly owner: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a database in a temporary directory, and Tenet on it in a process of its own. */
export async function startMeasuredTenet(): Promise<MeasuredTenet> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const environment = {
    DATABASE_URL: postgres.url,
    TENET_DATABASE_POOL: '10',
    TENET_DATA_DIR: dataDir,
    TENET_ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TENET_PORT: '0',
    TENET_METRICS_PORT: '0',
  };
  const server = await startServer('tenet', environment);
  const issuer = await loadDevIssuer(dataDir);
  const owner = { authorization: `Bearer ${await issuer.sign({ subject: 'owner', email: 'owner@example.com' })}` };
  const made = await fetch(`${server.url}/v1/organizations`, {
    method: 'POST',
    headers: { ...owner, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Acme' }),
  });
  const { id } = (await made.json()) as { id: string };
  return {
    server,
    environment,
    organizationId: id,
    owner,
    async stop() {
      await server.stop();
      await postgres.stop();
      for (const directory of [postgres.dataDirectory, dataDir]) rmSync(directory, { recursive: true, force: true });
    },
  };
}
