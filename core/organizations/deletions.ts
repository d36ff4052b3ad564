import { type Recorder, record, recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { eachApart } from '../base/each-apart.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { refuseReserved, slugOfDeleted } from '../base/slugs.ts';
import type { Database, Db } from '../database/database.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import { applyChange, type Organization, type OrganizationRow, toOrganization } from './organizations.ts';
import { stateUnder } from './suspensions.ts';

/**
 * Brings a deleted organization back with everything that was in it, under the slug that it had or under another one; one that was
 * suspended is suspended again. Throws NotFound when it is purged, FailedPrecondition when it is not deleted or nobody is left who controls it, and
 * AlreadyExists when the slug is taken by now.
 */
export async function restoreOrganization(
  db: Db,
  actor: Actor,
  { organizationId, slug: wanted }: { organizationId: string; slug?: string | undefined },
): Promise<Organization> {
  const before = await findDeleted(db, toUuid('organization', organizationId));
  if (before.purging_since) throw new FailedPrecondition('failed-precondition', 'The organization is being purged: a part of it is gone.');
  await refuseUncontrolled(db, before.id);
  const slug = wanted ?? before.deleted_slug!;
  if (wanted !== undefined) refuseReserved(wanted);
  const state = stateUnder(before.suspensions);
  const after = await applyChange(db, before.id, { state, slug, deleted_slug: null, deleted_at: null }).catch((error: unknown) => {
    if (!(error instanceof AlreadyExists)) throw error;
    throw new AlreadyExists(`The slug ${slug} is taken by now. Send another one.`, error.fields, { cause: error });
  });
  const event = { action: 'organization.restore', organizationId, target: organizationId };
  await recordInBoth(db, actor, { ...event, before: { state: before.state }, after: { state, slug } });
  return toOrganization(after);
}

const controlledSql = `
select (o.owner_id is null or may_own(o.id, o.owner_id)) and exists (
  select from grants g where g.org_id = o.id and g.user_id is not null and g.project_id is null and g.role = o.top_role
    and g.revoked_at is null and may_own(o.id, g.user_id)
) as controlled from organizations o where o.id = ?`;

/** What keep_top_role and keep_owner demand of a living organization: of a deleted one its owner, and the last at its top, may be erased. */
async function refuseUncontrolled(db: Db, id: string): Promise<void> {
  const [row] = (await db.raw(controlledSql, [id])).rows as [{ controlled: boolean }];
  if (row.controlled) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'Nobody would control the organization: its owner, or everybody at its top level, has left or is erased. It cannot be restored.',
  );
}

/** Forgets a deleted organization for good, but for its audit log. Throws FailedPrecondition when it is not deleted. */
export async function purgeOrganization(db: Db, actor: Actor, { organizationId }: { organizationId: string }): Promise<void> {
  const before = await findDeleted(db, toUuid('organization', organizationId));
  await purge(db, actor, before);
}

/**
 * Deletes the personal organization of a person who is erased, for good: it is not restored, operators do not see it in their lists, and a job
 * purges it at once, in parts. Returns its id.
 */
export async function deletePersonalOrganization(db: Db, actor: Actor, userUuid: string): Promise<string | undefined> {
  const row: OrganizationRow | undefined = await db('organizations').where({ personal_of: userUuid }).forUpdate().first();
  if (!row) return undefined;
  const isDeleted = row.state === 'DELETED';
  const gone = { state: 'DELETED', deleted_at: db.fn.now(), slug: slugOfDeleted(row.id), deleted_slug: row.slug };
  await db('organizations')
    .where({ id: row.id })
    .update({ ...(!isDeleted && gone), purging_since: db.fn.now() });
  await db('members').where({ org_id: row.id, user_id: userUuid }).update({ state: 'REMOVED' });
  const organizationId = toId('organization', row.id);
  if (!isDeleted)
    await record(db, actor, { organizationId, action: 'organization.delete', target: organizationId, before: toOrganization(row) });
  await enqueueAll(db, 'purge-organizations', [{ payload: {}, jobKey: 'purge-organizations', queue: 'purges' }]);
  return organizationId;
}

/** Rows that one transaction of the daily work forgets, so that none lasts long. */
const part = 20_000;

/**
 * The daily work: forgets what was deleted longer ago than the grace, and what is being purged already, each organization in transactions of its own; what was restored meanwhile
 * stays. One that cannot be forgotten keeps no other from it; the error is thrown at the end.
 */
export async function purgeDeleted(database: Database, { graceDays, rows = part }: { graceDays: number; rows?: number }): Promise<number> {
  const who = { name: 'tenet', requestId: newId('request') };
  const due = (db: Db) =>
    db('organizations')
      .where({ state: 'DELETED' })
      .whereRaw("(purging_since is not null or deleted_at < now() - ? * interval '1 day')", [graceDays]);
  const ids: string[] = await database.read('platform', (db) => due(db).orderBy('deleted_at').pluck('id'));
  return eachApart(ids, 'deleted organizations could not be purged', async (id) => {
    const isBegun = await database.write('platform', async (db) => {
      const taken = due(db).where({ id }).select('id').forUpdate().skipLocked();
      // Without its owner every membership may go alone.
      return db('organizations').whereIn('id', taken).update({ purging_since: db.fn.now(), owner_id: null });
    });
    if (!isBegun) return false;
    // A part may be small while the next one is not: what others refer to goes after them.
    while ((await database.write('platform', (db) => purgePart(db, id, rows))) > 0);
    return database.write('platform', async (db) => {
      const row: OrganizationRow | undefined = await db('organizations').where({ id }).forUpdate().skipLocked().first();
      if (row) await purge(db, who, row);
      return row !== undefined;
    });
  });
}

async function purgePart(db: Db, id: string, rows: number): Promise<number> {
  const { rows: answer } = await db.raw('select purge_organization_part(?, ?) as gone', [id, rows]);
  return Number((answer as [{ gone: string }])[0].gone);
}

async function purge(db: Db, actor: Recorder, row: OrganizationRow): Promise<void> {
  await db.raw('select purge_organization(?)', [row.id]);
  const { name, blueprint, deleted_slug: slug } = row;
  const organizationId = toId('organization', row.id);
  const event = { action: 'organization.purge', organizationId, target: organizationId };
  await recordInBoth(db, actor, { ...event, before: { name, slug, blueprint } });
}

async function findDeleted(db: Db, id: string): Promise<OrganizationRow> {
  const row: OrganizationRow | undefined = await db('organizations').where({ id }).forUpdate().first();
  if (!row) throw new NotFound();
  if (row.state === 'DELETED') return row;
  throw new FailedPrecondition(
    'failed-precondition',
    'The organization is not deleted. Only a deleted organization is restored or purged.',
  );
}
