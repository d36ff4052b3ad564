import { isLiving } from '../authorization/decisions/held-roles.ts';
import type { Db } from '../database/database.ts';
import type { AccessScope } from './access-report.ts';

/** Access in numbers. */
export interface AccessSummary {
  readonly members: { readonly active: number; readonly inactive: number };
  /** People who are no members and have a role in a project. */
  readonly externals: number;
  readonly serviceAccounts: number;
  readonly projects: number;
  /** How many hold each role at each level by a grant of their own, and how many roles it is given to. */
  readonly roles: {
    readonly role: string;
    readonly level: 'ORGANIZATION' | 'PROJECT';
    readonly holders: number;
    readonly givenToRoles: number;
  }[];
}

// Of a project: who has a grant there. What reaches it from the organization is counted with the organization.
const numbersSql = `
with living as (select * from grants g where org_id = :org and ${isLiving('g')} and (:project::uuid is null or project_id = :project))
select
  (select count(*)::int from members m where m.org_id = :org and m.state = 'ACTIVE'
     and (:project::uuid is null or exists (select from living g where g.user_id = m.user_id))) as active,
  (select count(*)::int from members m where m.org_id = :org and m.state = 'INACTIVE'
     and (:project::uuid is null or exists (select from living g where g.user_id = m.user_id))) as inactive,
  (select count(distinct g.user_id)::int from living g where g.user_id is not null
     and not exists (select from members m where m.org_id = :org and m.user_id = g.user_id and m.state <> 'REMOVED')) as externals,
  (select count(*)::int from service_accounts s where s.org_id = :org and s.state = 'ACTIVE'
     and (:project::uuid is null or exists (select from living g where g.service_account_id = s.id))) as service_accounts,
  (select count(*)::int from projects p where p.org_id = :org and p.state = 'ACTIVE' and (:project::uuid is null or p.id = :project)) as projects,
  (select coalesce(jsonb_agg(r order by r.level, r.role), '[]') from (
    select role, case when project_id is null then 'ORGANIZATION' else 'PROJECT' end as level,
      count(distinct coalesce(user_id, service_account_id)) as holders, count(distinct subject_role) as "givenToRoles"
    from living group by 1, 2
  ) r) as roles`;

/** Counts who has access. */
export async function readSummary(db: Db, { org, project }: Pick<AccessScope, 'org' | 'project'>): Promise<AccessSummary> {
  const { rows } = await db.raw(numbersSql, { org, project: project ?? null });
  const [{ active, inactive, externals, service_accounts, projects, roles }] = rows as [
    { active: number; inactive: number; externals: number; service_accounts: number; projects: number; roles: AccessSummary['roles'] },
  ];
  return { members: { active, inactive }, externals, serviceAccounts: service_accounts, projects, roles };
}
