import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { turnsState } from './affected.ts';
import type { PlannedChange } from './plans.ts';

/** An organization or a project whose state changes, with those who have access to it. */
export interface AffectedPlace {
  readonly organizationId: string;
  readonly projectId?: string;
  readonly people?: number;
  readonly serviceAccounts?: number;
}

const membersSql = `
select (select count(*)::int from members where org_id = :org and state = 'ACTIVE') as people,
  (select count(*)::int from service_accounts where org_id = :org and state = 'ACTIVE') as "serviceAccounts"`;

const holdersSql = `
select count(distinct g.user_id)::int as people, count(distinct g.service_account_id)::int as "serviceAccounts"
from grants g where g.org_id = :org and g.project_id = :project and ${livingGrant}`;

/** The places that these events open or close. */
export async function readPlaces(db: Db, actor: Actor, changes: readonly PlannedChange[], most: number): Promise<AffectedPlace[]> {
  const places = new Map<string, { organizationId: string; projectId?: string }>();
  for (const change of changes) {
    const { organizationId, target } = change;
    if (organizationId === undefined || !turnsState(change)) continue;
    if (target === organizationId) places.set(target, { organizationId });
    if (target.startsWith('prj_')) places.set(target, { organizationId, projectId: target });
  }
  const found: AffectedPlace[] = [];
  for (const place of [...places.values()].slice(0, most)) found.push({ ...place, ...(await countIn(db, actor, place)) });
  return found;
}

async function countIn(
  db: Db,
  actor: Actor,
  { organizationId, projectId }: { organizationId: string; projectId?: string },
): Promise<Pick<AffectedPlace, 'people' | 'serviceAccounts'>> {
  const org = toUuid('organization', organizationId);
  const [resource, sql] = projectId === undefined ? ['member', membersSql] : ['grant', holdersSql];
  if (!(await permits(actor, resource, { organizationId, ...(projectId !== undefined && { projectId }) }))) return {};
  return (await db.raw(sql, { org, ...(projectId !== undefined && { project: toUuid('project', projectId) }) })).rows[0];
}

/** Whether the actor may list these. What this transaction ended may be there no more. */
async function permits(actor: Actor, resource: string, place: { organizationId: string }): Promise<boolean> {
  try {
    return (await actor.may(resource, 'list', place)).allowed;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}
