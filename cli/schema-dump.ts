import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../core/database/migrate.ts';
import { grantsSql, ownSchemas } from '../core/database/rights.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/embedded-postgres.ts';

/** What knex keeps about the migrations themselves. */
const bookkeeping = ['migrations', 'migrations_lock', 'migrations_lock_index_seq', 'migrations_id_seq'];

const header = `-- The schema that all migrations together make. Made by \`npm run generate\` from a fresh database; for reading and for
-- reviewing: a new migration shows here what it changed. Nothing runs this file.
`;

/** The text of migrations/schema.sql: what the migrations make of a fresh embedded database. */
export async function schemaOfMigrations(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tenet-schema-'));
  const directories = [dataDir];
  try {
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off', autovacuum: 'off' } });
    directories.push(server.dataDirectory);
    try {
      await migrate(server.url);
      return await dumpSchema(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
  }
}

/** Describes the schema of a database as SQL, from its catalogs: the same schema is the same text, whatever order it was made in. */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet' });
  await client.connect();
  try {
    const parts = [header];
    for (const { title, sql, between } of sections) {
      const { rows } = await client.query<{ text: string }>(sql, [ownSchemas, bookkeeping]);
      parts.push(`-- ${title}\n\n${rows.map(({ text }) => `${text.trim()}\n`).join(between)}`);
    }
    return parts.join('\n');
  } finally {
    await client.end();
  }
}

const tables = `
  select format(E'create table %s (\\n%s\\n)%s;%s', c.oid::regclass,
    concat_ws(E',\\n',
      (select string_agg(format('  %I %s%s%s', attname, format_type(atttypid, atttypmod),
          case when attnotnull then ' not null' else '' end, case when attgenerated = '' then coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
            else format(' generated always as (%s) stored', pg_get_expr(adbin, adrelid)) end), E',\\n' order by attnum)
        from pg_attribute a left join pg_attrdef d on adrelid = attrelid and adnum = attnum
        where attrelid = c.oid and attnum > 0 and not attisdropped),
      (select string_agg(format('  constraint %I %s', conname, pg_get_constraintdef(k.oid)), E',\\n' order by contype <> 'p', conname)
        from pg_constraint k where conrelid = c.oid and contype in ('p', 'u', 'c', 'f', 'x'))),
    ' partition by ' || pg_get_partkeydef(c.oid),
    concat(
      (select string_agg(E'\\n' || pg_get_indexdef(indexrelid) || ';', '' order by indexrelid::regclass::text)
        from pg_index i where indrelid = c.oid and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))),
      (select string_agg(E'\\n' || pg_get_triggerdef(t.oid) || ';', '' order by tgname) from pg_trigger t where tgrelid = c.oid and not tgisinternal),
      case when relrowsecurity then format(E'\\nalter table %s enable row level security;', c.oid::regclass) end,
      case when relforcerowsecurity then format(E'\\nalter table %s force row level security;', c.oid::regclass) end,
      (select string_agg(format(E'\\ncreate policy %I on %s as %s for %s to %s%s%s;', policyname, c.oid::regclass, lower(permissive), lower(cmd),
          array_to_string(roles, ', '), coalesce(' using ' || qual, ''), coalesce(' with check ' || with_check, '')), '' order by policyname)
        from pg_policies p where p.schemaname = n.nspname and p.tablename = c.relname))) as text
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = any ($1) and relkind in ('r', 'p') and relname <> all ($2)
  order by nspname, relname`;

const functions = `
  select rtrim(pg_get_functiondef(p.oid), E'\\n') || ';' as text
  from pg_proc p join pg_namespace n on n.oid = pronamespace
  where nspname = any ($1) and prokind in ('f', 'p') and $2::text[] is not null
  order by nspname, p.oid::regprocedure::text`;

const views = `
  select format(E'create view %s as\\n%s', c.oid::regclass, pg_get_viewdef(c.oid, true)) as text
  from pg_class c join pg_namespace n on n.oid = relnamespace
  where nspname = any ($1) and relkind in ('v', 'm') and relname <> all ($2)
  order by nspname, relname`;

const sections = [
  { title: 'Tables', sql: tables, between: '\n' },
  { title: 'Views', sql: views, between: '\n' },
  { title: 'Functions', sql: functions, between: '\n' },
  { title: 'Grants', sql: grantsSql, between: '' },
] as const;
