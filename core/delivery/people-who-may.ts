import { decide } from '../authorization/decisions/decide.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { userOf } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** People whom one notice goes to at most, and people of whom it is asked whether they may do something. */
const most = { recipients: 20, candidates: 200 };

// Holders of roles that few hold come first, so that the many members of a large organization do not crowd out its administrators.
const candidatesSql = `select id from (
    select owner_id as id, 0 as rank from organizations where id = :org
    union all select user_id, count(*) over (partition by g.project_id, g.role) from grants g
      where g.org_id = :org and g.user_id is not null and g.revoked_at is null and (g.project_id is null or g.project_id = :project)
  ) people where id is not null group by id order by min(rank), id limit ${most.candidates}`;

/** Something that may be done in a place. */
export interface Doing {
  readonly place: { readonly organizationId: string; readonly projectId?: string | undefined };
  readonly permission: readonly [resource: string, action: string];
}

/** The people (uuids) with a role in a place who may do something there, which is asked of the policy. */
export async function peopleWhoMay(db: Db, policies: LivePolicies, doing: Doing): Promise<string[]> {
  const { organizationId, projectId } = doing.place;
  const values = { org: toUuid('organization', organizationId), project: projectId === undefined ? null : toUuid('project', projectId) };
  const { rows } = (await db.raw(candidatesSql, values)) as { rows: { id: string }[] };
  const people: string[] = [];
  for (const { id } of rows) {
    if (await personMay(db, policies, id, doing)) people.push(id);
    if (people.length === most.recipients) break;
  }
  return people;
}

/** Whether a person (uuid) may do something in a place. */
export async function personMay(db: Db, policies: LivePolicies, id: string, { place, permission }: Doing): Promise<boolean> {
  const snapshot = await takeSnapshot(db, userOf(toId('user', id)), domainOf(place), place);
  return (await decide(policies, snapshot, ...permission)).allowed;
}
