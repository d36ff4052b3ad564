import { type Recorder, record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { eachApart } from '../base/each-apart.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { slugOfDeleted } from '../base/slugs.ts';
import { etagOf } from '../base/versions.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { refuseManaged } from '../organizations/managed-by.ts';
import { isRestorable, requireNoGrants } from '../organizations/project-rules.ts';
import { applyProjectChange, findProject, type Project, type ProjectRow, toProject } from '../organizations/projects.ts';
import { allKeyRows } from './api-key-rows.ts';
import { revokeKeys } from './api-keys.ts';
import { endUnmetGrants } from './grants.ts';

/**
 * Deletes the project at once, for all who use it: the grants and keys in it end, and its slug is free again. It can be restored until it is
 * purged, where the blueprint does not say that a deletion is for good. Throws grants-remain where the blueprint wants grants revoked first.
 */
export async function deleteProject(
  db: Db,
  actor: Actor,
  input: { organizationId: string; projectId: string; preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, projectId } = input;
  const before = await findProject(db, input, { lock: true });
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  refuseManaged(before.managed_by, actor);
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  await requireNoGrants(db, blueprint, before);
  const { org_id, id } = before;
  // What ends by this has its moment, by which a restoration finds it.
  const grantsRevoked = await db('grants')
    .where({ org_id, project_id: id, revoked_at: null })
    .update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  const keys = await revokeKeys(db, actor, await allKeyRows(db, org_id).where({ 'k.project_id': id, 'k.state': 'ACTIVE' }).orderBy('k.id'));
  const deleted_slug = isRestorable(blueprint) ? before.slug : null;
  await db('projects')
    .where({ org_id, id })
    .update({ state: 'DELETED', slug: slugOfDeleted(id), deleted_slug, deleted_at: db.fn.now(), ...nextVersion(db) });
  await record(db, actor, {
    organizationId,
    action: 'project.delete',
    target: projectId,
    before: { ...toProject(before), grantsRevoked, keysRevoked: keys.length },
  });
}

/**
 * Brings a deleted project back under the slug that it had or under another one, with the grants that ended by its deletion and whose holders could
 * still be given them. Its keys stay revoked: a secret that was thought dead opens nothing. Throws NotFound when it is purged or was deleted for
 * good, FailedPrecondition when it is not deleted, and AlreadyExists when the slug is taken by now.
 */
export async function restoreProject(
  db: Db,
  actor: Actor,
  { organizationId, projectId, slug: wanted }: { organizationId: string; projectId: string; slug?: string | undefined },
): Promise<Project> {
  const key = { org_id: toUuid('organization', organizationId), id: toUuid('project', projectId) };
  const before: ProjectRow | undefined = await db('projects').where(key).forNoKeyUpdate().first();
  if (!before || (before.state === 'DELETED' && before.deleted_slug === null)) throw new NotFound();
  if (before.state !== 'DELETED') {
    throw new FailedPrecondition('failed-precondition', 'The project is not deleted. Only a deleted project is restored.');
  }
  const slug = wanted ?? before.deleted_slug!;
  const blueprint = (await actor.engine({ organizationId })).blueprint!;
  const roles = blueprint.roles.filter(({ level }) => level === 'project').map(({ id }) => id);
  const { rows } = await db.raw(grantsSql, { ...key, roles });
  const after = await applyProjectChange(db, before, { state: 'ACTIVE', slug, deleted_slug: null, deleted_at: null }).catch(
    (error: unknown) => {
      if (!(error instanceof AlreadyExists)) throw error;
      throw new AlreadyExists(`The slug ${slug} is taken by now. Send another one.`, error.fields, { cause: error });
    },
  );
  await endUnmetGrants(db, actor, { organizationId, projectId });
  await record(db, actor, {
    organizationId,
    action: 'project.restore',
    target: projectId,
    before: { state: before.state },
    after: { ...toProject(after), grantsRestored: (rows as unknown[]).length },
  });
  return toProject(after);
}

// A person who has left since gets nothing back, not even as one from outside; nor does what the kind of organization does not know any more.
const grantsSql = `
update grants g set revoked_at = null, revoked_by = null, source = case g.source when 'MANIFEST' then 'DIRECT' else g.source end
from projects p join organizations o on o.id = p.org_id
where p.org_id = :org_id and p.id = :id and g.org_id = p.org_id and g.project_id = p.id and g.revoked_at = p.deleted_at
  and (g.until is null or g.until > now()) and g.role = any(:roles)
  and (g.user_id is null
    or exists (select from members m where m.org_id = g.org_id and m.user_id = g.user_id and m.state <> 'REMOVED')
    or o.externals = 'ALLOW'
      and not exists (select from members m where m.org_id = g.org_id and m.user_id = g.user_id and m.updated_at >= p.deleted_at))
  and (g.service_account_id is null
    or exists (select from service_accounts s where s.org_id = g.org_id and s.id = g.service_account_id and s.state = 'ACTIVE'))
returning g.id`;

/**
 * The daily work: forgets projects that were deleted for good, or longer ago than the grace, each in a transaction of its own; what was restored
 * meanwhile stays. One that cannot be forgotten keeps no other from it; the error is thrown at the end.
 */
export async function purgeProjects(database: Database, { graceDays }: { graceDays: number }): Promise<number> {
  const who = { name: 'tenet', requestId: newId('request') };
  const due = (db: Db) =>
    db('projects').where({ state: 'DELETED' }).whereRaw("(deleted_slug is null or deleted_at < now() - ? * interval '1 day')", [graceDays]);
  const keys: Pick<ProjectRow, 'org_id' | 'id'>[] = await database.read('platform', (db) =>
    due(db).orderBy('deleted_at').select('org_id', 'id'),
  );
  return eachApart(keys, 'deleted projects could not be purged', ({ org_id, id }) =>
    database.write('platform', async (db) => {
      const row: ProjectRow | undefined = await due(db).where({ org_id, id }).forUpdate().skipLocked().first();
      if (row) await purge(db, who, row);
      return row !== undefined;
    }),
  );
}

async function purge(db: Db, who: Recorder, row: ProjectRow): Promise<void> {
  await db.raw('select purge_project(?, ?)', [row.org_id, row.id]);
  const { name, deleted_slug: slug } = row;
  const organizationId = toId('organization', row.org_id);
  await record(db, who, { organizationId, action: 'project.purge', target: toId('project', row.id), before: { name, slug } });
}
