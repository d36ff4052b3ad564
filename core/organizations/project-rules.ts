import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { subjectOf } from '../authorization/decisions/subjects.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** More of them are counted, but not listed. */
const maxBlockers = 100;

/** A grant that is in the way, with the number of all of them. */
export interface BlockingRow {
  id: string;
  user_id: string | null;
  service_account_id: string | null;
  subject_role: string | null;
  role: string;
  total: number;
}

/** Whether a project that is deleted can be restored for some time. */
export function isRestorable({ projects }: Blueprint): boolean {
  return projects !== 'none' && projects.restorable !== false;
}

/** Throws failed-precondition where organizations of this kind have no projects. */
export function requireProjects({ projects, title }: Blueprint): void {
  if (projects === 'none') {
    throw new FailedPrecondition('failed-precondition', `An organization of this kind (${title}) has no projects. Nothing can be created.`);
  }
}

/**
 * Where the blueprint says that only projects without grants are deleted, throws grants-remain with those that are left, grants to roles
 * without holders among them. The grants that a manifest made go with the project that it deletes.
 */
export async function requireNoGrants(
  db: Db,
  { projects }: Blueprint,
  { org_id, id, managed_by }: { org_id: string; id: string; managed_by: object | null },
): Promise<void> {
  if (projects === 'none' || projects.deletion === 'free') return;
  const query = db('grants as g')
    .where({ 'g.org_id': org_id, 'g.project_id': id })
    .whereRaw(presentGrant)
    .orderBy('g.id')
    .limit(maxBlockers)
    .select('g.id', 'g.user_id', 'g.service_account_id', 'g.subject_role', 'g.role', db.raw('count(*) over ()::int as total'));
  if (managed_by !== null) query.whereNot('g.source', 'MANIFEST');
  refuseWhile(
    await query,
    (total) => `The project has ${total}. A project of this kind of organization is deleted when nobody has access to it.`,
  );
}

/** Throws grants-remain when there are any. */
export function refuseWhile(rows: readonly BlockingRow[], sentence: (total: string) => string): void {
  const total = rows[0]?.total ?? 0;
  if (total === 0) return;
  const blockers = rows.map((row) => ({ grantId: toId('grant', row.id), subject: subjectOf(row), role: row.role }));
  const detail = `${sentence(total === 1 ? 'one grant' : `${total} grants`)} Revoke what blockers lists first.`;
  throw new FailedPrecondition('grants-remain', detail, { blockers });
}
