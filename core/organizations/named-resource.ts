import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

const resourcePattern = /^res_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/**
 * Whether an id may be that of a resource of this type. What has an id of Tenet's must be there: in the organization, or, where a project is
 * given, in that project or above it. Other resources are kept elsewhere, and may have any id.
 */
export async function mayBeResource(
  db: Db,
  {
    organizationId,
    projectId,
    type,
    resourceId,
  }: { organizationId: string; projectId?: string | undefined; type: string; resourceId: string },
): Promise<boolean> {
  if (!resourceId.startsWith('res_')) return true;
  if (!resourcePattern.test(resourceId)) return false;
  const query = db('resources').where({ org_id: toUuid('organization', organizationId), id: toUuid('resource', resourceId), type });
  if (projectId !== undefined) query.where((any) => any.whereNull('project_id').orWhere({ project_id: toUuid('project', projectId) }));
  return (await query.first('id')) !== undefined;
}
