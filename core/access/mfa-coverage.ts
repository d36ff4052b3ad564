import type { Actor } from '../authorization/decisions/actor.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';

export type CoverageState = 'COVERED' | 'IN_GRACE' | 'MISSING';

/** A member and the second factor. */
export interface MfaCoverage {
  readonly userId: string;
  readonly email: string | null;
  readonly displayName: string | null;
  readonly state: CoverageState;
  readonly secondFactorAt?: string;
  readonly graceUntil?: string;
}

interface Row {
  user_id: string;
  email: string | null;
  name: string | null;
  state: CoverageState;
  second_factor_at: Date | null;
  due: Date | null;
}

/** The members of an organization (`:org`) and the second factor of each. Without a requirement nobody has to show one, so whoever shows none is not in any grace. */
export const coverageSql = `
select m.user_id, u.email, coalesce(m.display_name, u.display_name, u.name) as name, m.second_factor_at, d.due,
  case when m.second_factor_at > now() - interval '30 days' then 'COVERED' when d.due > now() then 'IN_GRACE' else 'MISSING' end as state
from members m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
cross join lateral (select case when o.mfa = 'REQUIRED' then mfa_due(o.id, m.first_joined_at) end as due) d
where m.org_id = :org and m.state <> 'REMOVED'`;

/** The members in the order of their ids, with when each last used the organization with a second factor and until when each has grace. */
export async function getMfaCoverage(
  db: Db,
  _actor: Actor,
  input: { organizationId: string; state?: CoverageState | undefined } & PageQuery,
): Promise<Page<MfaCoverage>> {
  const { organizationId, state } = input;
  const list = JSON.stringify(['mfa-coverage', organizationId, state]);
  const page = readPage(input, list, uuidKey);
  const { rows } = await db.raw(
    `select * from (${coverageSql}) c
     where (cast(:after as uuid) is null or c.user_id > :after) and (cast(:state as text) is null or c.state = :state) order by c.user_id limit :limit`,
    { org: toUuid('organization', organizationId), after: page.after ?? null, state: state ?? null, limit: page.limit + 1 },
  );
  return toPage(rows as Row[], page, list, ({ user_id }) => user_id, toCoverage);
}

function toCoverage({ user_id, email, name, state, second_factor_at, due }: Row): MfaCoverage {
  return {
    ...{ userId: toId('user', user_id), email, displayName: name, state },
    ...(second_factor_at !== null && { secondFactorAt: second_factor_at.toISOString() }),
    ...(due !== null && { graceUntil: due.toISOString() }),
  };
}
