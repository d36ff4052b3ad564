import type { Db } from '../database/database.ts';

/**
 * Locks what the limits of an organization (uuid) are kept by, before they change: nothing that they count is made or reported meanwhile, and what was
 * begun without them is seen. In this order, which is that of who reports usage.
 */
export async function lockLimits(db: Db, org: string): Promise<void> {
  await db.raw('select from usage_heads where org_id = ? for update', [org]);
  await db.raw('select from organizations where id = ? for update', [org]);
}
