import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { loadDevIssuer } from '../api/authentication/dev-issuer.ts';
import { newId, toUuid } from '../core/base/ids.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';
import { type ServerProcess, startServer } from './harness.ts';

/** Tenet as production runs it (responses not validated, log lines written), with one organization in it. */
export interface MeasuredTenet {
  readonly server: ServerProcess;
  /** For baselines that read the same database with a pool of the same size. */
  readonly environment: Record<string, string>;
  readonly organizationId: string;
  readonly owner: Caller;
  /** A member with the least of the roles, who may not explain decisions. */
  readonly member: Caller;
  /** Signs somebody in. */
  caller(subject: string): Promise<Caller>;
  /** Signs in a person who may propose policies. */
  policyAdmin(): Promise<Caller>;
  stop(): Promise<void>;
}

/** Somebody who sends requests. */
export interface Caller {
  readonly id: string;
  readonly headers: Record<string, string>;
}

/** Makes the build where it is not fresh, and starts a database in a temporary directory, and Tenet on it in a process of its own, with more variables than it needs where they are given. */
export async function startMeasuredTenet(more: Record<string, string> = {}): Promise<MeasuredTenet> {
  execFileSync(process.execPath, [fileURLToPath(new URL('../bin/build.js', import.meta.url))]);
  const dataDir = mkdtempSync(join(tmpdir(), 'tenet-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const environment = {
    DATABASE_URL: postgres.url,
    TENET_DATABASE_POOL: '10',
    TENET_DATA_DIR: dataDir,
    TENET_ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
    TENET_PORT: '0',
    TENET_METRICS_PORT: '0',
    ...more,
  };
  const server = await startServer('tenet', environment);
  const issuer = await loadDevIssuer(dataDir);
  const caller = async (subject: string): Promise<Caller> => {
    const headers = { authorization: `Bearer ${await issuer.sign({ subject, email: `${subject}@example.com` })}` };
    const { id } = (await (await fetch(`${server.url}/v1/me`, { headers })).json()) as { id: string };
    return { id, headers };
  };
  const owner = await caller('owner');
  const member = await caller('member');
  const made = await fetch(`${server.url}/v1/organizations`, {
    method: 'POST',
    headers: { ...owner.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Acme' }),
  });
  const { id } = (await made.json()) as { id: string };
  await addMember(postgres.url, id, member.id);
  return {
    server,
    environment,
    organizationId: id,
    owner,
    member,
    caller,
    async policyAdmin() {
      const admin = await caller('policy-admin');
      await inDatabase(
        postgres.url,
        "insert into platform_grants (user_id, role, granted_by) values ($1, 'platform/policy-admin', 'bench')",
        [toUuid('user', admin.id)],
      );
      return admin;
    },
    async stop() {
      await server.stop();
      await postgres.stop();
      for (const directory of [postgres.dataDirectory, dataDir]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** As an accepted invitation would. */
async function addMember(url: string, organizationId: string, userId: string): Promise<void> {
  const ids = [toUuid('organization', organizationId), toUuid('user', userId)];
  await inDatabase(url, 'insert into members (org_id, user_id) values ($1, $2)', ids);
  await inDatabase(
    url,
    "insert into grants (org_id, id, user_id, role, source, granted_by) values ($1, $3, $2, 'org.member', 'INVITATION', 'bench')",
    [...ids, toUuid('grant', newId('grant'))],
  );
}

async function inDatabase(url: string, sql: string, values: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet' });
  await client.connect();
  await client.query(sql, [...values]);
  await client.end();
}
