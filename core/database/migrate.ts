import { readdir, readFile } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import createKnex, { type Knex } from 'knex';
import { packageRoot } from '../base/package-root.ts';
import { databaseFailure } from './failure.ts';
import { noteRights, ownSchemas, restoreRights } from './rights.ts';
import { appRole } from './session.ts';

const directory = new URL('migrations/', packageRoot);
const pattern = /^\d{4}_[a-z0-9_]+?(\.breaking)?\.sql$/;

/** The schema of the database is newer than this program understands, or cannot be brought up to date; the message is for an operator. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** The migrations of this program, oldest first. One whose name ends in `.breaking.sql` must not be met by an older program. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(directory)).filter((name) => pattern.test(name)).sort();
}

/**
 * Brings the schema up to date, once, however many replicas start together. A newer schema is fine unless one of the
 * migrations that this program does not know is breaking: then SchemaError. `beforeFirst` is called ahead of anything that is
 * written to a database without a schema of Tenet; when it throws, nothing is.
 */
export async function migrate(url: string, { beforeFirst }: { beforeFirst?: () => Promise<unknown> } = {}): Promise<{ applied: string[] }> {
  const knex = createKnex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'tenet-migrate', connectionTimeoutMillis: 10_000 } as Knex.PgConnectionConfig,
    pool: { min: 0, max: 2 },
    log: silent,
  });
  try {
    return await knex.transaction(async (lock) => {
      // Held until the end by this transaction alone; the migrations run in their own.
      await lock.raw("select pg_advisory_xact_lock(hashtext('tenet.migrate'))");
      await refuseForeignSchema(knex);
      const isFirst = !(await hasSchema(knex));
      if (isFirst) await beforeFirst?.();
      await prepare(knex);
      const known = await migrationNames();
      if (!isFirst) {
        await refuseNewer(knex, known);
        await restoreRights(knex);
      }
      const [, applied] = (await knex.migrate.latest({
        migrationSource: source(known),
        schemaName: 'tenet',
        tableName: 'migrations',
        disableMigrationsListValidation: true,
      })) as [number, string[]];
      await runMigrations({ connectionString: url });
      await knex.raw(queue);
      if (applied.length > 0) await noteRights(knex);
      return { applied };
    });
  } catch (error) {
    throw databaseFailure(error, url) ?? error;
  } finally {
    await knex.destroy();
  }
}

/** What goes wrong is thrown; knex would write it to the console besides. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

async function prepare(knex: Knex): Promise<void> {
  const [server] = (
    await knex.raw(
      "select current_setting('server_version_num')::int as version, current_setting('server_version') as name, current_setting('server_encoding') as encoding",
    )
  ).rows;
  if (server.version < 150_000) throw new SchemaError(`PostgreSQL ${server.name} is too old for Tenet, which needs 15 or newer.`);
  if (server.encoding !== 'UTF8')
    throw new SchemaError(
      `The database has the encoding ${server.encoding}, which cannot hold every name. Create one with: create database tenet encoding 'UTF8' template template0;`,
    );
  await haveAppRole(knex, server.version);
  try {
    await knex.raw('create schema if not exists tenet');
  } catch (cause) {
    throw new SchemaError(
      'The database user may not create schemas. Let an administrator run: grant create on database <the database of DATABASE_URL> to <its user>;',
      { cause },
    );
  }
}

/** Schemas of these names that belong to another user are not ours to change. */
async function refuseForeignSchema(knex: Knex): Promise<void> {
  const { rows } = await knex.raw(
    `select nspname as schema, nspowner::regrole::text as owner, current_user as user from pg_namespace
    where nspname = any(?) and not pg_has_role(current_user, nspowner, 'USAGE') order by nspname`,
    [[...ownSchemas, 'graphile_worker']],
  );
  const [foreign] = rows as { schema: string; owner: string; user: string }[];
  if (!foreign) return;
  const { schema, owner, user } = foreign;
  throw new SchemaError(
    `The schema ${schema} of the database belongs to ${owner}, and DATABASE_URL signs in as ${user}. Connect as ${owner}, use another database, or let an administrator run, connected to this database: reassign owned by ${owner} to ${user};`,
  );
}

/** Makes sure that there is the role of requests and that this user may become it. Roles belong to the server: another database may have made it. */
async function haveAppRole(knex: Knex, version: number): Promise<void> {
  try {
    const [{ exists }] = (await knex.raw('select exists (select from pg_roles where rolname = ?)', [appRole])).rows;
    if (!exists) await knex.raw(`create role ${appRole} nologin`).catch(ignoreDuplicate);
    const [{ held }] = (await knex.raw('select pg_has_role(current_user, ?, ?) as held', [appRole, version < 160_000 ? 'MEMBER' : 'SET']))
      .rows;
    if (!held) await knex.raw(`grant ${appRole} to current_user`);
  } catch (cause) {
    throw new SchemaError(
      `The database user may not make the role ${appRole}. Let an administrator run: create role ${appRole} nologin; grant ${appRole} to <the user of DATABASE_URL>;`,
      { cause },
    );
  }
}

/** Two databases of one server may be migrated at the same moment. */
function ignoreDuplicate(error: { code?: string }): void {
  if (error.code !== '42710' && error.code !== '23505') throw error;
}

async function hasSchema(knex: Knex): Promise<boolean> {
  return (await knex.raw("select to_regclass('tenet.migrations') is not null as exists")).rows[0].exists;
}

async function refuseNewer(knex: Knex, known: readonly string[]): Promise<void> {
  const rows: { name: string }[] = await knex('migrations').withSchema('tenet').select('name');
  const breaking = rows.map(({ name }) => name).filter((name) => !known.includes(name) && name.endsWith('.breaking.sql'));
  if (breaking.length > 0) {
    throw new SchemaError(
      `The database has a schema of a newer version of Tenet (${breaking.join(', ')}), which this version would damage. Start the newer version.`,
    );
  }
}

function source(names: readonly string[]): Knex.MigrationSource<string> {
  return {
    getMigrations: async () => [...names],
    getMigrationName: (name) => name,
    getMigration: async (name) => {
      const sql = await readFile(new URL(name, directory), 'utf8');
      return {
        up: async (knex) => {
          // Row level security holds for the owner too: without the scope a migration would change no row, and say nothing.
          await knex.raw("set local search_path = tenet; set local tenet.scope = 'platform'");
          await knex.raw(sql.replaceAll('?', '\\?')).catch((cause: Error) => {
            // knex puts the whole statement in front of what the server said.
            const said = cause.message.slice(cause.message.lastIndexOf(' - ') + 3);
            throw new SchemaError(`The migration ${name} failed and changed nothing: ${said}.`, { cause });
          });
        },
        down: () => Promise.reject(new SchemaError('Migrations only go forward.')),
      };
    },
  };
}

/** Requests may put jobs into the queue, and see nothing of it. */
const queue = `
create or replace function tenet.enqueue(task text, payload json, job_key text default null) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select graphile_worker.add_job(identifier => task, payload => payload, job_key => job_key, max_attempts => 20);
$$;
revoke all on function tenet.enqueue from public;
grant execute on function tenet.enqueue to ${appRole};
create or replace function tenet.enqueue_all(task text, jobs json) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  select graphile_worker.add_jobs(array(
    select row(task, job -> 'payload', job ->> 'queue', null, 20, job ->> 'jobKey', null, null)::graphile_worker.job_spec from json_array_elements(jobs) as job
  ));
$$;
revoke all on function tenet.enqueue_all from public;
grant execute on function tenet.enqueue_all to ${appRole};
`;
