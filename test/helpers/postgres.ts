import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { fixture } from '../run/fixtures.ts';
import { type TestServer, templateName } from '../run/postgres.ts';

/** What this process knows already: the server of the run, and the templates in it that are finished. */
const known: { server?: Promise<TestServer>; readonly templates: Map<string, Promise<void>> } = { templates: new Map() };

/** The server's connection string, as a superuser: that of TENET_TEST_DATABASE_URL, or of an embedded server that all files of a run share. */
export async function serverUrl(): Promise<string> {
  return (await server()).url;
}

/** An empty database, or a copy of the template with this name; `drop` also ends the connections that are left after a moment. `options` are those of `create database`. */
export async function createDatabase(template?: string, options = ''): Promise<{ url: string; drop(): Promise<void> }> {
  if (template !== undefined) await known.templates.get(template);
  const { copying } = await server();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const from = template === undefined ? '' : `template ${templateName(template)} ${copying}`;
  await administer(`create database ${name} ${from} ${options}`);
  return { url: await urlOf(name), drop: () => dropDatabase(name) };
}

/**
 * A pool that has ended still closes its connections, and a client whose connection is ended by force meanwhile throws where no test can catch it.
 * So they get the time to go by themselves.
 */
async function dropDatabase(name: string): Promise<void> {
  await withClient(async (client) => {
    for (let left = 50; left > 0; left--) {
      const { rowCount } = await client.query('select from pg_stat_activity where datname = $1', [name]);
      if (rowCount === 0) break;
      await wait(20);
    }
    await client.query(`drop database if exists ${name} with (force)`);
  });
}

/** Makes a database to copy, once per run; `prepare` must close its connections before it resolves. */
export function templateDatabase(name: string, prepare: (url: string) => Promise<void>): Promise<void> {
  const made = known.templates.get(name) ?? makeTemplate(templateName(name), prepare);
  known.templates.set(name, made);
  return made;
}

/** The process that comes first makes it and the others wait; the comment says that it is finished. */
async function makeTemplate(database: string, prepare: (url: string) => Promise<void>): Promise<void> {
  await withClient(async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [database]);
    const { rows } = await client.query(
      "select 1 from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = 'finished'",
      [database],
    );
    if (rows.length === 1) return;
    // The process that began it may have failed.
    await client.query(`drop database if exists ${database} with (force)`);
    await client.query(`create database ${database}`);
    await prepare(await urlOf(database));
    await client.query(`comment on database ${database} is 'finished'`);
  });
}

function server(): Promise<TestServer> {
  known.server ??= fixture<TestServer>('postgres');
  return known.server;
}

async function urlOf(database: string): Promise<string> {
  const url = new URL(await serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

async function administer(statement: string): Promise<void> {
  await withClient((client) => client.query(statement));
}

async function withClient(use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: await serverUrl() });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
