import type { Knex } from 'knex';
import { appRole } from './session.ts';

/**
 * What others than the owner may do, one grant for each object and grantee, and one for each privilege that holds for columns only; the owner may do
 * everything. $1: schemas, $2: tables left out.
 */
export const grantsSql = `
  with held as (
    select 'schema ' || nspname as object, nspacl as acl, nspowner as owner from pg_namespace where nspname = any ($1)
    union all
    select c.oid::regclass::text, relacl, relowner from pg_class c join pg_namespace n on n.oid = relnamespace
      where nspname = any ($1) and relkind in ('r', 'p', 'v', 'm', 'S') and relname <> all ($2)
    union all
    select 'function ' || p.oid::regprocedure, coalesce(proacl, acldefault('f', proowner)), proowner
      from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = any ($1)
  ), granted as (
    select string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges, object, grantee
    from held, aclexplode(acl) where grantee <> owner group by object, grantee
    union all
    select format('%s (%s)', lower(privilege_type), string_agg(quote_ident(attname), ', ' order by attnum)), attrelid::regclass::text, grantee
    from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace, aclexplode(attacl)
    where nspname = any ($1) and relname <> all ($2) and not attisdropped and grantee <> relowner
    group by attrelid, privilege_type, grantee
  )
  select format('grant %s on %s to %s;', privileges, object, coalesce((select rolname from pg_roles where oid = grantee), 'public')) as text
  from granted
  order by object, text`;

/** The schemas that Tenet owns; that of the job queue belongs to graphile-worker. */
export const ownSchemas = ['tenet', 'tenet_casbin'];

/** Notes what requests may do now, after migrations, for later starts: what was noted before knows nothing of the tables that they made. */
export async function noteRights(db: Knex): Promise<void> {
  await secure(db);
  await db.transaction(async (transaction) => {
    const statements = await rightsNow(transaction);
    await transaction.raw('delete from tenet.rights');
    await transaction.raw('insert into tenet.rights select unnest(?::text[])', [statements]);
  });
}

/**
 * Sets again what a dump and its restore lose or add: the rights of requests as they were noted, no temporary tables where the database is
 * ours, and row level security that holds for the owner of the tables too.
 */
export async function restoreRights(db: Knex): Promise<void> {
  await secure(db);
  const { rows } = await db.raw("select to_regclass('tenet.rights') is not null as exists");
  if (!rows[0].exists) return;
  await db.transaction(async (transaction) => {
    const noted: string[] = (await transaction.raw('select statement from tenet.rights')).rows.map(
      (row: { statement: string }) => row.statement,
    );
    const present = await rightsNow(transaction);
    if (noted.length === 0 || (noted.length === present.length && noted.every((statement) => present.includes(statement)))) return;
    await transaction.raw(revokeSql);
    await transaction.raw(noted.join('\n'));
  });
}

async function secure(db: Knex): Promise<void> {
  await db.raw(forceSql);
  await db.raw(temporarySql);
}

/** Of requests and of everybody: what an administrator gives to other roles is theirs. */
async function rightsNow(transaction: Knex): Promise<string[]> {
  await transaction.raw('set local search_path = tenet');
  const sql = grantsSql.replaceAll('$1', ':schemas').replaceAll('$2', ':leftOut');
  const { rows } = await transaction.raw(sql, { schemas: ownSchemas, leftOut: [] });
  return rows
    .map(({ text }: { text: string }) => text)
    .filter((text: string) => text.endsWith(` to ${appRole};`) || text.endsWith(' to public;'));
}

const revokeSql = ownSchemas
  .flatMap((schema) => [
    `revoke all on all tables in schema ${schema} from public, ${appRole}`,
    `revoke all on all functions in schema ${schema} from public, ${appRole}`,
    `revoke all on schema ${schema} from public, ${appRole}`,
  ])
  .join('; ');

const forceSql = `
do $$
declare
  secured regclass;
begin
  for secured in select oid from pg_class
    where relnamespace = 'tenet'::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relforcerowsecurity loop
    execute format('alter table %s force row level security', secured);
  end loop;
end $$`;

// Only the owner of the database can say so; somebody else's database stays as it is.
const temporarySql = `
do $$
begin
  if has_database_privilege('${appRole}', current_database(), 'temporary') then
    execute format('revoke temporary on database %I from public, ${appRole}', current_database());
  end if;
exception when insufficient_privilege then
  null;
end $$`;
