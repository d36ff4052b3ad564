import { readdir, readFile } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import createKnex, { type Knex } from 'knex';
import { appRole } from './db.ts';

const directory = new URL('../migrations/', import.meta.url);
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
 * migrations that this program does not know is breaking: then SchemaError.
 */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  const knex = createKnex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'tenet-migrate' },
    pool: { min: 0, max: 2 },
  });
  try {
    return await knex.transaction(async (lock) => {
      // Held until the end by this transaction alone; the migrations run in their own.
      await lock.raw("select pg_advisory_xact_lock(hashtext('tenet.migrate'))");
      await prepare(knex);
      const known = await migrationNames();
      await refuseNewer(knex, known);
      const [, applied] = (await knex.migrate.latest({
        migrationSource: source(known),
        schemaName: 'tenet',
        tableName: 'migrations',
        disableMigrationsListValidation: true,
      })) as [number, string[]];
      await runMigrations({ connectionString: url });
      await knex.raw(queue);
      return { applied };
    });
  } finally {
    await knex.destroy();
  }
}

async function prepare(knex: Knex): Promise<void> {
  const [{ exists }] = (await knex.raw('select exists (select from pg_roles where rolname = ?)', [appRole])).rows;
  try {
    if (!exists) await knex.raw(`create role ${appRole} nologin`);
    await knex.raw(`grant ${appRole} to current_user`);
  } catch (cause) {
    throw new SchemaError(
      `The database user may not make the role ${appRole}. Let an administrator run: create role ${appRole} nologin; grant ${appRole} to <the user of DATABASE_URL>;`,
      { cause },
    );
  }
  await knex.raw('create schema if not exists tenet');
}

async function refuseNewer(knex: Knex, known: readonly string[]): Promise<void> {
  const [{ exists }] = (await knex.raw("select to_regclass('tenet.migrations') is not null as exists")).rows;
  if (!exists) return;
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
          await knex.raw('set local search_path = tenet');
          await knex.raw(sql.replaceAll('?', '\\?'));
        },
        down: () => Promise.reject(new SchemaError('Migrations only go forward.')),
      };
    },
  };
}

/** Requests may put jobs into the queue, and see nothing of it. */
const queue = `
create or replace function tenet.enqueue(task text, payload json, job_key text default null) returns void
language sql security definer set search_path = pg_catalog as $$
  select graphile_worker.add_job(identifier => task, payload => payload, job_key => job_key, max_attempts => 20);
$$;
revoke all on function tenet.enqueue from public;
grant execute on function tenet.enqueue to ${appRole};
`;
