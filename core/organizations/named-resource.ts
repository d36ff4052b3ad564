import { InvalidInput } from '../base/errors.ts';
import { isId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** One resource that a request names; where there is no project, anywhere in the organization. */
export interface NamedResource {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly type: string;
  readonly resourceId?: string | undefined;
}

/** Throws InvalidInput where `resourceId` of the body names a resource that is not there: of another organization, type or project, or none at all. */
export async function checkResource(db: Db, named: NamedResource): Promise<void> {
  const { type, resourceId } = named;
  if (resourceId === undefined || (await mayBeResource(db, { ...named, resourceId }))) return;
  const detail = `must be the id of a resource of the type ${type}, or of one that is kept elsewhere`;
  throw new InvalidInput('There is no such resource.', [{ pointer: '#/resourceId', detail }]);
}

/**
 * Whether an id may be that of a resource of this type. What has an id of Tenet's must be there: in the organization, or, where a project is
 * given, in that project or above it. Other resources are kept elsewhere, and may have any id.
 */
export async function mayBeResource(
  db: Db,
  { organizationId, projectId, type, resourceId }: NamedResource & { resourceId: string },
): Promise<boolean> {
  if (!resourceId.startsWith('res_')) return true;
  if (!isId('resource', resourceId)) return false;
  const query = db('resources').where({ org_id: toUuid('organization', organizationId), id: toUuid('resource', resourceId), type });
  if (projectId !== undefined) query.where((any) => any.whereNull('project_id').orWhere({ project_id: toUuid('project', projectId) }));
  return (await query.first('id')) !== undefined;
}
