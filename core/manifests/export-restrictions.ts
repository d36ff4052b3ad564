import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type RestrictionRow, readRestrictions, restrictionFault } from '../organizations/restrictions.ts';
import type { DesiredRestriction } from './restrictions.ts';

interface Input {
  readonly organizationId: string;
  readonly blueprint: Blueprint;
  readonly leave: (what: string) => void;
}

/**
 * What an organization has switched off, as its manifest says it. Projects that are deleted are not named; `leave` gets what was about nothing else,
 * and what cannot be switched off any more in this kind of organization.
 */
export async function exportRestrictions(db: Db, { organizationId, blueprint, leave }: Input): Promise<DesiredRestriction[]> {
  const rows = await readRestrictions(db, organizationId);
  const listed = rows.flatMap(({ project_ids }) => project_ids ?? []);
  const projects: { id: string; slug: string }[] =
    listed.length === 0
      ? []
      : await db('projects')
          .where({ org_id: toUuid('organization', organizationId) })
          .whereNot({ state: 'DELETED' })
          .whereIn('id', listed)
          .select('id', 'slug');
  const slugOf = new Map(projects.map(({ id, slug }) => [id, slug]));
  return rows.flatMap((row) => {
    const restriction = toDesired(row, slugOf);
    const { resourceType, resourceId, projects: projectIds, exceptProjects: exceptProjectIds, reason } = restriction;
    const isAdmitted =
      projectIds?.length !== 0 &&
      restrictionFault(blueprint, { organizationId, resourceType, resourceId, projectIds, exceptProjectIds, reason }) === undefined;
    if (isAdmitted) return [restriction];
    leave(
      `the restriction ${toId('restriction', row.id)} of ${resourceType}, whose projects are deleted or which its kind does not admit any more`,
    );
    return [];
  });
}

function toDesired(row: RestrictionRow, slugOf: ReadonlyMap<string, string>): DesiredRestriction {
  const slugs = row.project_ids?.flatMap((id) => slugOf.get(id) ?? []);
  // All but nowhere is everywhere.
  const where = !slugs || (row.is_exception && slugs.length === 0) ? {} : { [row.is_exception ? 'exceptProjects' : 'projects']: slugs };
  return {
    resourceType: row.resource_type,
    ...(row.resource_id !== null && { resourceId: row.resource_id }),
    ...where,
    reason: row.reason,
  };
}
