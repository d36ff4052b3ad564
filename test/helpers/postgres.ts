import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { isAlive } from '../../embedded-postgres/processes.ts';

/** The one server of the run and the templates in it; made by the first test that asks. */
const run: { server?: Promise<{ url: string; stop(): Promise<void> }>; templates: Map<string, Promise<void>> } = { templates: new Map() };

/** The server's connection string, as a superuser: that of TENET_TEST_DATABASE_URL, or an embedded server that does not wait for the disk. */
export async function serverUrl(): Promise<string> {
  run.server ??= startServer();
  return (await run.server).url;
}

/** An empty database, or a copy of the template with this name; `drop` also ends the connections that are left. `options` are those of `create database`. */
export async function createDatabase(template?: string, options = ''): Promise<{ url: string; drop(): Promise<void> }> {
  if (template !== undefined) await run.templates.get(template);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}${template === undefined ? '' : ` template ${templateName(template)}`} ${options}`);
  return { url: await urlOf(name), drop: () => administer(`drop database if exists ${name} with (force)`) };
}

/** Makes a database to copy, once per run; `prepare` must close its connections before it resolves. */
export function templateDatabase(name: string, prepare: (url: string) => Promise<void>): Promise<void> {
  const made = run.templates.get(name) ?? makeTemplate(name, prepare);
  run.templates.set(name, made);
  return made;
}

/** Ends what the run has started; the root hook calls it. */
export async function stopPostgres(): Promise<void> {
  await (await run.server)?.stop();
}

async function makeTemplate(name: string, prepare: (url: string) => Promise<void>): Promise<void> {
  const database = templateName(name);
  await administer(`drop database if exists ${database} with (force)`);
  await administer(`create database ${database}`);
  await prepare(await urlOf(database));
}

/** With the process id, because a server of TENET_TEST_DATABASE_URL may serve more than one run at a time. */
function templateName(name: string): string {
  return `template_${name}_${process.pid}`;
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env['TENET_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: dropTemplates };
  removeLeftovers();
  const dataDir = join(tmpdir(), `tenet-test-${process.pid}-${randomBytes(4).toString('hex')}`);
  const server: EmbeddedPostgres = await startEmbeddedPostgres({
    dataDir,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      for (const directory of [server.dataDirectory, dataDir]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What runs that were killed could not remove; their servers have ended with them. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^tenet-test-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's, or its server is still ending: the next run finds it again.
    }
  }
}

async function dropTemplates(): Promise<void> {
  for (const name of run.templates.keys()) await administer(`drop database if exists ${templateName(name)} with (force)`);
}

async function urlOf(database: string): Promise<string> {
  const url = new URL(await serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
