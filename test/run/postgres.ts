import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { isAlive } from '../../embedded-postgres/processes.ts';
import { type Fixture, runId } from './fixtures.ts';

/** The server that the tests of a run share. */
export interface TestServer {
  /** Connection string of a superuser. */
  readonly url: string;
  /** What `create database ... template ...` ends with: a server that writes to memory copies files faster than it logs pages. */
  readonly copying: string;
}

const memory = '/dev/shm';

/** What a run may need there; a run has taken 2 GB. */
const room = 4 * 2 ** 30;

/** Nothing of it outlives the run, so nothing has to survive a crash. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
  max_connections: '500',
};

/** The server that TENET_TEST_DATABASE_URL names, or an embedded one that does not wait for the disk. */
export async function startTestServer(): Promise<Fixture<TestServer>> {
  const given = process.env['TENET_TEST_DATABASE_URL'];
  if (given) {
    const templates = templateName('');
    return { value: { url: given, copying: '' }, stop: () => dropDatabases(given, templates) };
  }
  for (const folder of new Set([memory, tmpdir()])) removeLeftovers(folder);
  const dataDir = join(hasRoom(memory) ? memory : tmpdir(), `tenet-test-${process.pid}-${randomBytes(4).toString('hex')}`);
  const server = await startEmbeddedPostgres({ dataDir, settings });
  return {
    value: { url: server.url, copying: 'strategy file_copy' },
    async stop() {
      await server.stop();
      for (const directory of [server.dataDirectory, dataDir]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** With the name of the run, because a server of TENET_TEST_DATABASE_URL may serve more than one at a time. */
export function templateName(name: string): string {
  return `template_${runId()}_${name}`;
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > room;
  } catch {
    return false;
  }
}

/** What runs that were killed could not remove; their servers have ended with them. */
function removeLeftovers(folder: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // There is no such folder on this machine.
  }
  for (const name of names) {
    const pid = /^tenet-(?:test|run)-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another user's, or its server is still ending: the next run finds it again.
    }
  }
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
}
