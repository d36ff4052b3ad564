import { allowingNames } from '../authorization/decisions/search-candidates.ts';
import { type Db, prepared } from '../database/database.ts';

/** Invitations without an answer yet, with a role that answers otherwise after the change. */
export interface PendingInvitations {
  readonly blueprint: string;
  readonly role: string;
  readonly count: number;
}

const pendingSql = `
select r.role, count(distinct (i.org_id, i.id))::int as count
from organizations o join invitations i on i.org_id = o.id join invitation_roles r on r.org_id = i.org_id and r.invitation_id = i.id
where o.blueprint = $1 and o.state <> 'DELETED' and i.state = 'PENDING' and least(i.expires_at, i.until) > now() and r.role = any ($2)
group by r.role order by r.role`;

/** Those of a kind of organization, by role. */
export async function pendingInvitations(db: Db, blueprint: string, touched: ReadonlySet<string>): Promise<PendingInvitations[]> {
  const { roles } = allowingNames([...touched], blueprint);
  if (roles.length === 0) return [];
  const rows = await prepared<{ role: string; count: number }>(db, 'plan-invitations', pendingSql, [blueprint, roles]);
  return rows.map((row) => ({ blueprint, ...row }));
}
