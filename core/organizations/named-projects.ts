import type { Actor } from '../authorization/decisions/actor.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** The projects that a request lists, by uuid and in order. Throws InvalidInput for one that is not there, and alike for one that the actor may not read. */
export async function projectsNamed(
  db: Db,
  actor: Actor,
  { organizationId, listed, pointerOf }: { organizationId: string; listed: readonly string[]; pointerOf: (index: number) => string },
): Promise<string[]> {
  if (listed.length === 0) return [];
  const ids = listed.map((id) => toUuid('project', id));
  const found: string[] = await db('projects')
    .where({ org_id: toUuid('organization', organizationId) })
    .whereIn('id', ids)
    .whereNot({ state: 'DELETED' })
    .pluck('id');
  const errors: InputError[] = [];
  for (const [index, projectId] of listed.entries()) {
    const isThere = found.includes(ids[index]!) && (await actor.may('project', 'read', { organizationId, projectId })).allowed;
    if (!isThere) errors.push({ pointer: pointerOf(index), detail: 'must be a project of the organization' });
  }
  if (errors.length > 0) throw new InvalidInput('There is no such project.', errors);
  return [...new Set(ids)].sort();
}
