import { type Actor, isSignedOut } from '../authorization/decisions/actor.ts';
import { storeOf } from '../authorization/decisions/subjects.ts';
import { NotFound, Unauthenticated } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import { type Reachable, reachInstance } from './access.ts';
import type { InstancePlace } from './instance-rows.ts';

/** Where the instance with this uuid is, for any caller; undefined where there is none. */
export async function placeOfInstance(db: Db, instance: string): Promise<InstancePlace | undefined> {
  const sql = 'select org_id from instances where id = $1';
  const [row] = await prepared<{ org_id: string }>(db, 'place-of-instance', sql, [instance]);
  return row && { organizationId: toId('organization', row.org_id), instanceId: toId('instance', instance) };
}

/**
 * Asks whether the actor may open an instance, and answers how it is. Both statements leave together. Throws Unauthenticated for a token from before
 * its user was signed out, PermissionDenied, or NotFound.
 */
export async function enterInstance(db: Db, actor: Actor, place: InstancePlace & { readonly projectId: string }): Promise<Reachable> {
  const { organizationId, projectId } = place;
  const [snapshot, reachable] = await Promise.all([actor.snapshot({ organizationId, projectId }), reachInstance(db, place)]);
  if (isSignedOut(actor.principal, snapshot)) throw new Unauthenticated('revoked');
  await actor.require('instance', 'open', { organizationId, projectId });
  // A key that is bound to a policy store opens nothing, also where the policy allows it.
  if (reachable === undefined || storeOf(actor.principal.subject)) throw new NotFound();
  return reachable;
}

// A row that is being changed is left for the next time: nothing waits for another change here.
const touchSql = `
update instances i set last_active_at = now()
from (select org_id, id from instances where id = any($1::uuid[]) order by org_id, id for no key update skip locked) a
where i.org_id = a.org_id and i.id = a.id`;

/** Notes that instances (uuids) are in use now. */
export async function touchInstances(db: Db, instances: readonly string[]): Promise<void> {
  if (instances.length > 0) await prepared(db, 'touch-instances', touchSql, [instances]);
}
