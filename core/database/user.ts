import type { Database } from './database.ts';

/** The user of DATABASE_URL when row level security does not hold for them: a superuser, or one who may bypass it. Undefined for anybody else. */
export async function unboundUser(database: Database): Promise<string | undefined> {
  // Requests run as another role; session_user is who signed in.
  const { rows } = await database.read('platform', (db) =>
    db.raw('select rolname from pg_roles where rolname = session_user and (rolsuper or rolbypassrls)'),
  );
  return rows[0]?.rolname;
}
