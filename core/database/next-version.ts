import type { Knex } from 'knex';
import type { Db } from './database.ts';

/** What every change of a row with a version writes beside its own columns: the next version, from which its ETag is made, and the time. */
export function nextVersion(db: Db): { version: Knex.Raw; updated_at: Knex.Raw } {
  return { version: db.raw('version + 1'), updated_at: db.fn.now() };
}
