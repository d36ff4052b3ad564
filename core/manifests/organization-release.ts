import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { deleteOrganization } from '../organizations/organizations.ts';
import { suspensionEvent, writeSuspensions } from '../organizations/suspensions.ts';
import { controllerActor, identity, joinTerm, lockOrganization, type ManifestContext, type ManifestRef, storedRef } from './apply.ts';
import { findByManifest, type Row, reassign } from './organization.ts';

/**
 * What becomes of the organization when its manifest goes. Retain: it stays, and the API may change everything. Archive: it stays,
 * suspended, until the manifest comes again. Delete: it is deleted. Does nothing when it is done already, and nothing as long as one
 * of these Project manifests has a project in it: their uids are returned.
 */
export function releaseOrganization(
  context: ManifestContext,
  ref: ManifestRef,
  policy: 'Retain' | 'Archive' | 'Delete',
  projects: readonly string[] = [],
): Promise<readonly string[]> {
  return context.database.write('platform', async (db) => {
    await joinTerm(db, context.fence);
    await lockOrganization(db, ref.uid);
    const row = await findByManifest(db, ref);
    if (!row) return [];
    const inIt = await projectsOf(db, row.id, projects);
    if (inIt.length > 0) return inIt;
    const actor = controllerActor(db, context, ref);
    const organizationId = toId('organization', row.id);
    await reassign(db, row.id, ref, null);
    if (policy === 'Delete') {
      await actor.require('organization', 'delete', { organizationId });
      await deleteOrganization(db, actor, { organizationId });
    }
    if (policy === 'Archive' && row.state === 'ACTIVE') await archive(db, actor, row, ref);
    await db('organizations').where({ id: row.id }).update({ managed_by: null });
    await record(db, actor, {
      organizationId,
      action: 'organization.release',
      target: organizationId,
      before: { managedBy: storedRef(ref) },
      after: { policy },
    });
    return [];
  });
}

/** Those of these Project manifests that have a living project in the organization. */
async function projectsOf(db: Db, org_id: string, uids: readonly string[]): Promise<string[]> {
  if (uids.length === 0) return [];
  const rows: { uid: string }[] = await db('projects')
    .where({ org_id, state: 'ACTIVE' })
    .whereRaw("managed_by ->> 'uid' = any(?)", [[...uids]])
    .select(db.raw("managed_by ->> 'uid' as uid"));
  return rows.map(({ uid }) => uid);
}

async function archive(db: Db, actor: Actor, row: Row, ref: ManifestRef): Promise<void> {
  await actor.require('organization', 'update', { organizationId: toId('organization', row.id) });
  const suspensions = { ...row.suspensions, ARCHIVE: { since: new Date().toISOString() } };
  const after = await writeSuspensions(db, row, suspensions, { archived_by: identity(ref) });
  await record(db, actor, suspensionEvent('organization.suspend', row, after));
}
