import { TenetError } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/**
 * The organization, or the project in it, that a person names on the command line: `acme`, `acme/web`, by slugs or ids. Undefined where there is
 * none, or it is deleted.
 */
export async function findPlace(db: Db, name: string): Promise<{ organizationId: string; projectId?: string } | undefined> {
  const [organization = '', project, ...rest] = name.split('/');
  const where = named('organization', organization);
  if (!where || rest.length > 0) return undefined;
  const owner: { id: string } | undefined = await db('organizations').where(where).whereNot({ state: 'DELETED' }).first('id');
  if (!owner) return undefined;
  const organizationId = toId('organization', owner.id);
  if (project === undefined) return { organizationId };
  const inside = named('project', project);
  const found: { id: string } | undefined =
    inside &&
    (await db('projects')
      .where({ org_id: owner.id, state: 'ACTIVE', ...inside })
      .first('id'));
  return found && { organizationId, projectId: toId('project', found.id) };
}

/** The column that a slug or an id stands in; undefined for an id that is none. */
export function named(kind: 'organization' | 'project', name: string): { id: string } | { slug: string } | undefined {
  if (!/^(org|prj)_/.test(name)) return { slug: name };
  try {
    return { id: toUuid(kind, name) };
  } catch (error) {
    if (error instanceof TenetError) return undefined;
    throw error;
  }
}
