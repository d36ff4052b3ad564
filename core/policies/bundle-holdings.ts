import { isLiving, livingGrant, livingSupport, presentGrant, roleNames } from '../authorization/decisions/held-roles.ts';
import { accountRole, inForce, mfaMissing, organizationStates } from '../authorization/decisions/snapshot.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import { headsOf } from '../authorization/store/rollouts.ts';
import { LimitExceeded, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** A role or a state that a subject has: in the organization and so in each of its projects, or in one project. */
export interface Holding {
  readonly subject: string;
  readonly role: string;
  readonly projectId?: string;
}

/** Who has what in an organization at one moment, and the policy in force then. */
export interface OrganizationHoldings {
  readonly organizationId: string;
  readonly blueprint: string;
  readonly takenAt: Date;
  /** When a grant, a support access or a time for a second factor begins or ends next. */
  readonly until?: Date;
  /** `scope@revision` of what is in force: platform, then blueprint, then the organization's own. */
  readonly revisions: readonly string[];
  /** The active ones; in others no role counts. */
  readonly projectIds: readonly string[];
  readonly holdings: readonly Holding[];
}

interface OrganizationFacts {
  blueprint: string;
  externals: boolean;
  states: string[];
  owner: string | null;
  projects: string[];
  heads: string[];
  now: string;
  until: string | null;
}

interface SubjectFacts {
  id: string;
  kind: 'user' | 'service-account';
  /** Of a person: null for who is no member. Of a service account whether it is at home in the organization. */
  member: 'ACTIVE' | 'INACTIVE' | null;
  account: boolean | null;
  suspended: boolean;
  mfa: boolean;
  support: string | null;
  roles: { role: string; project: string | null }[];
}

const inPlace = (grant: string): string =>
  `(${grant}.project_id is null or exists (select from projects p where p.org_id = ${grant}.org_id and p.id = ${grant}.project_id and p.state = 'ACTIVE'))`;

// One statement, so that all of it is of one moment. What is said here of everyone, core/authorization/decisions/snapshot.ts says of one subject.
const bundleSql = `
with o as (select * from organizations where id = $1 and state <> 'DELETED'),
direct as (
  select g.user_id, g.service_account_id, g.project_id, g.role from grants g
  where g.org_id = $1 and g.subject_role is null and ${livingGrant} and ${inPlace('g')} limit $2
), held as (
  select * from direct
  union
  select d.user_id, d.service_account_id, coalesce(g.project_id, d.project_id), g.role
  from direct d join grants g on g.org_id = $1 and g.subject_role = d.role
  where ${livingGrant} and ${inPlace('g')} and (g.project_id is null or d.project_id is null or g.project_id = d.project_id)
), held_by_people as (
  select user_id, jsonb_agg(jsonb_build_object('role', role, 'project', project_id)) as roles from held where user_id is not null group by 1
), held_by_accounts as (
  select service_account_id, jsonb_agg(jsonb_build_object('role', role, 'project', project_id)) as roles
  from held where service_account_id is not null group by 1
), supporting as (
  select s.operator_id, s.role, s.until from support_accesses s
  where s.org_id = $1 and ${livingSupport}
), living_members as (
  select m.* from members m where m.org_id = $1 and m.state in ('ACTIVE', 'INACTIVE') limit $2
), people as (
  select user_id as id from living_members
  union select user_id from held where user_id is not null
  union select operator_id from supporting
), due as (
  select x.id, m.second_factor_at, case when o.mfa = 'REQUIRED' then mfa_due(o.id, m.first_joined_at) end as at
  from people x cross join o left join members m on m.org_id = o.id and m.user_id = x.id
), organization as (
  select o.blueprint, o.externals = 'ALLOW' as externals, o.owner_id as owner, now() as now,
    ${organizationStates} as states,
    array(select p.id from projects p where p.org_id = o.id and p.state = 'ACTIVE' order by p.id limit $2) as projects,
    ${headsOf('$3')} as heads,
    (select min(at) from (
      select case when ${isLiving('g')} then g.until else g.from_at end as at from grants g where g.org_id = o.id and ${presentGrant}
      union all select until from supporting
      union all select at from due where at > now()
    ) changes) as until
  from o
), subjects as (
  select x.id, 'user' as kind, m.state as member, null::boolean as account, coalesce(u.state = 'SUSPENDED', false) as suspended,
    coalesce(d.at <= now() and d.second_factor_at is null, false) as mfa, s.role as support,
    coalesce(h.roles, '[]') as roles
  from people x join due d using (id) left join users u on u.id = x.id left join held_by_people h on h.user_id = x.id
  left join living_members m on m.user_id = x.id left join supporting s on s.operator_id = x.id
  union all
  select a.id, 'service-account', null, a.project_id is null, false, false, null,
    coalesce(h.roles, '[]')
  from service_accounts a left join held_by_accounts h on h.service_account_id = a.id
  where a.org_id = $1 and a.state in ('ACTIVE', 'INACTIVE')
)
select (select to_jsonb(organization) from organization) as organization,
  (select coalesce(jsonb_agg(to_jsonb(subjects)), '[]') from subjects) as subjects`;

/** Who has which roles and states in the organization now; keys are not among them. Throws NotFound, and LimitExceeded for more than `most` of one sort. */
export async function readHoldings(db: Db, organizationId: string, { most }: { most: number }): Promise<OrganizationHoldings> {
  const values = [toUuid('organization', organizationId), most + 1, organizationId];
  type Found = { organization: OrganizationFacts | null; subjects: SubjectFacts[] };
  const [found] = await prepared<Found>(db, 'policy-bundle', bundleSql, values, 'dear');
  const { organization, subjects } = found!;
  if (organization === null) throw new NotFound();
  return {
    organizationId,
    blueprint: organization.blueprint,
    takenAt: new Date(organization.now),
    ...(organization.until !== null && { until: new Date(organization.until) }),
    revisions: inForce(organization.heads),
    projectIds: bounded(organization.projects, most, 'projects').map((id) => toId('project', id)),
    holdings: bounded(holdingsIn(organization, subjects), most, 'roles that people and service accounts hold').sort(compare),
  };
}

/** All of them as a list. Throws LimitExceeded for more than `most`. */
export function bounded<T>(items: Iterable<T>, most: number, what: string): T[] {
  const list: T[] = [];
  for (const item of items) {
    list.push(item);
    if (list.length > most)
      throw new LimitExceeded(`A bundle holds ${most} ${what} at most, and this organization has more.`, most, list.length);
  }
  return list;
}

function* holdingsIn(organization: OrganizationFacts, subjects: readonly SubjectFacts[]): Iterable<Holding> {
  for (const subject of subjects) yield* holdingsOf(organization, subject);
}

const keyOf = ({ subject, projectId = '', role }: Holding): string => `${subject} ${projectId} ${role}`;
const compare = (a: Holding, b: Holding): number => (keyOf(a) < keyOf(b) ? -1 : 1);

function holdingsOf(organization: OrganizationFacts, facts: SubjectFacts): Holding[] {
  const subject = facts.kind === 'user' ? toId('user', facts.id) : toId('serviceAccount', facts.id);
  const isIn = facts.kind === 'service-account' || facts.member !== null;
  const held = [...standing(organization, facts), ...(isIn ? given(organization, facts) : givenOutside(organization, facts))];
  const all = held.length === 0 ? [] : [...held, ...everywhere(statesOf(organization, facts))];
  const places = new Map<string | null, Set<string>>();
  for (const { project, role } of all) places.set(project, (places.get(project) ?? new Set()).add(role));
  return [...places].flatMap(([project, roles]) =>
    [...roles].map((role) => ({ subject, role, ...(project !== null && { projectId: toId('project', project) }) })),
  );
}

interface PlacedRole {
  readonly project: string | null;
  readonly role: string;
}

const everywhere = (roles: readonly string[]): PlacedRole[] => roles.map((role) => ({ project: null, role }));

/** What a subject is in the organization, without any grant. */
function standing({ blueprint, owner }: OrganizationFacts, { id, member, account, support }: SubjectFacts): PlacedRole[] {
  const owning = member !== null && owner === id ? [ownerRole] : [];
  return everywhere([
    ...(account ? [accountRole] : []),
    ...(member === null ? [] : ['member/self']),
    ...roleNames(blueprint, support === null ? owning : [...owning, support]),
  ]);
}

function given({ blueprint }: OrganizationFacts, { roles }: SubjectFacts): PlacedRole[] {
  return roles.flatMap(({ role, project }) => roleNames(blueprint, [role]).map((name) => ({ project, role: name })));
}

/** People from outside have something in projects alone, where the organization lets them in. */
function givenOutside({ blueprint, externals, projects }: OrganizationFacts, { roles }: SubjectFacts): PlacedRole[] {
  if (!externals) return [];
  return roles.flatMap(({ role, project }) =>
    (project === null ? projects : [project]).flatMap((place) =>
      ['member/external', ...roleNames(blueprint, [role])].map((name) => ({ project: place, role: name })),
    ),
  );
}

/** A state counts wherever its holder is asked about, so it is one of the organization. */
function statesOf({ states }: OrganizationFacts, { member, suspended, mfa }: SubjectFacts): string[] {
  return [
    ...states,
    ...(member === 'INACTIVE' ? ['state/inactive-member'] : []),
    ...(suspended ? ['state/suspended-user'] : []),
    ...(mfa ? [mfaMissing] : []),
  ];
}
