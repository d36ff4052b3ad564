import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import type { GrantSubject } from '../authorization/decisions/subjects.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, milliseconds, prepared } from '../database/database.ts';
import { madeBy } from './dispositions.ts';
import type { PlannedChange } from './plans.ts';
import { type TouchedSubjects, written } from './touched.ts';

/** A role that somebody gains or loses, in the organization or in a project. */
interface PlannedRole {
  readonly role: string;
  readonly projectId?: string;
  /** It counts only from then on. */
  readonly from?: string;
  readonly until?: string;
}

type MembershipChange = 'JOINS' | 'ENDS' | 'RESTS' | 'RETURNS';

/** What a subject gains and loses in an organization. */
export interface AffectedSubject {
  readonly organizationId: string;
  readonly subject: GrantSubject;
  readonly displayName?: string;
  readonly email?: string;
  readonly external?: true;
  readonly membership?: MembershipChange;
  readonly rolesGained: PlannedRole[];
  readonly rolesLost: PlannedRole[];
  readonly keysGained: number;
  readonly keysLost: number;
  /** What a member who goes leaves behind that goes on. */
  readonly keeps?: KeptWork;
}

interface KeptWork {
  readonly invitations: number;
  readonly serviceAccounts: number;
  readonly apiKeys: number;
}

interface AffectedRow {
  org_id: string;
  kind: GrantSubject['type'];
  /** Of the user or of the service account. */
  id: string | null;
  role: string | null;
  member_state: string | null;
  joins: boolean;
  /** Whether the membership itself was changed. */
  is_written: boolean;
  gained: RoleRow[];
  lost: RoleRow[];
  keys_gained: number;
  keys_lost: number;
  display_name: string | null;
  email: string | null;
  total: number;
}

interface RoleRow {
  readonly role: string;
  /** Absent for ownership. */
  readonly project?: string | null;
  readonly from?: number | null;
  readonly until?: number | null;
}

const roleJson = `jsonb_build_object('role', g.role, 'project', g.project_id, 'until', ${milliseconds('g.until')},
    'from', case when g.from_at > now() then ${milliseconds('g.from_at')} end)`;
/**
 * Grants and keys that begin or end, and memberships that change, by subject. `$1` and `$2` are members who are switched on or off: all of
 * their living grants and keys count. `$8` to `$10` are those who begin to own an organization, or end. To plan it takes ten times as long as to run it.
 */
const affectedSql = `
with turned as (
  select org_id, user_id from unnest($1::uuid[], $2::uuid[]) as t (org_id, user_id)
), steps as (
  select g.org_id, g.user_id, g.service_account_id, g.subject_role, ${roleJson} as role, g.revoked_at is null as gains, null::boolean as key
  from grants g where g.org_id = any($3::uuid[])
    and (g.user_id = any($4::uuid[]) or g.service_account_id = any($5::uuid[]) or g.subject_role = any($6::text[]))
    and ${written('g')} and not (g.revoked_at is not null and g.created_at = now())
  union all
  select g.org_id, g.user_id, null, null, ${roleJson}, m.state = 'ACTIVE', null
  from turned join members m using (org_id, user_id) join grants g using (org_id, user_id)
  where m.state in ('ACTIVE', 'INACTIVE') and ${livingGrant} and not ${written('g')}
  union all
  select org_id, user_id, null, null, jsonb_build_object('role', '${ownerRole}'), gains, null
  from unnest($8::uuid[], $9::uuid[], $10::boolean[]) as o (org_id, user_id, gains)
  union all
  select k.org_id, k.user_id, k.service_account_id, null, null, null, k.state = 'ACTIVE'
  from api_keys k where k.org_id = any($3::uuid[]) and k.id = any($7::uuid[]) and ${written('k')} and (k.state <> 'ACTIVE' or k.created_at = now())
  union all
  select k.org_id, k.user_id, null, null, null, null, m.state = 'ACTIVE'
  from turned join members m using (org_id, user_id) join api_keys k using (org_id, user_id)
  where m.state in ('ACTIVE', 'INACTIVE') and k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now()) and not ${written('k')}
  union all
  select m.org_id, m.user_id, null, null, null, null, null
  from members m left join turned t using (org_id, user_id)
  where m.org_id = any($3::uuid[]) and m.user_id = any($4::uuid[]) and ${written('m')} and (t.user_id is not null or m.state = 'REMOVED' or m.joined_at = now())
), affected as (
  select org_id, user_id, service_account_id, subject_role,
    coalesce(jsonb_agg(role order by role ->> 'role', role ->> 'project') filter (where gains), '[]') as gained,
    coalesce(jsonb_agg(role order by role ->> 'role', role ->> 'project') filter (where not gains), '[]') as lost,
    count(*) filter (where key)::int as keys_gained, count(*) filter (where not key)::int as keys_lost
  from steps group by 1, 2, 3, 4
)
select p.org_id, case when p.user_id is not null then 'USER' when p.service_account_id is not null then 'SERVICE_ACCOUNT' else 'ROLE' end as kind,
  coalesce(p.user_id, p.service_account_id) as id, p.subject_role as role, p.gained, p.lost, p.keys_gained, p.keys_lost,
  m.state as member_state, coalesce(${written('m')} and m.state = 'ACTIVE' and m.joined_at = now(), false) as joins,
  coalesce(${written('m')}, false) as is_written,
  coalesce(m.display_name, u.display_name, u.name, s.name) as display_name, u.email, count(*) over ()::int as total
from affected p
left join members m on m.org_id = p.org_id and m.user_id = p.user_id
left join users u on u.id = p.user_id
left join service_accounts s on s.org_id = p.org_id and s.id = p.service_account_id
order by p.org_id, kind desc, p.user_id, p.service_account_id, p.subject_role
limit $11`;

/** What a user made in the organization that goes on without them. */
const keptSql = `
select
  (select count(*)::int from invitations i where i.org_id = :org and i.state = 'PENDING' and least(i.expires_at, i.until) > now() and ${madeBy('i.invited_by')}) as "invitations",
  (select count(*)::int from service_accounts s where s.org_id = :org and s.state = 'ACTIVE' and ${madeBy('s.created_by')}) as "serviceAccounts",
  (select count(*)::int from api_keys k where k.org_id = :org and k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now())
    and k.service_account_id is not null and ${madeBy('k.created_by')}) as "apiKeys"`;

/** Whose access the transaction has touched in these organizations, as far as the actor may know of them, and how many there are in all. */
export async function readAffected(
  db: Db,
  actor: Actor,
  { changes, touched }: { changes: readonly PlannedChange[]; touched: ReadonlyMap<string, TouchedSubjects> },
  most: number,
): Promise<{ subjects: AffectedSubject[]; total: number }> {
  if (touched.size === 0) return { subjects: [], total: 0 };
  const all = [...touched.values()];
  const turned = changes.filter((change) => change.target.startsWith('user_') && turnsState(change));
  const owners = changes.flatMap(ownersOf);
  const rows = await prepared<AffectedRow>(db, 'affected', affectedSql, [
    turned.map(({ organizationId }) => toUuid('organization', organizationId!)),
    turned.map(({ target }) => toUuid('user', target)),
    [...touched.keys()].map((id) => toUuid('organization', id)),
    all.flatMap(({ users }) => users),
    all.flatMap(({ accounts }) => accounts),
    all.flatMap(({ roles }) => roles),
    all.flatMap(({ keys }) => keys),
    owners.map(({ organizationId }) => toUuid('organization', organizationId)),
    owners.map(({ ownerId }) => toUuid('user', ownerId)),
    owners.map(({ gains }) => gains),
    most,
  ]);
  const isTurned = ({ id }: AffectedRow) => id !== null && turned.some(({ target }) => toUuid('user', target) === id);
  const subjects: AffectedSubject[] = [];
  for (const row of rows) subjects.push(...(await shown(db, actor, row, membershipOf(row, isTurned(row)))));
  return { subjects, total: rows[0]?.total ?? 0 };
}

/** Whether an event is about another state of the same thing, or about its end. */
export function turnsState({ before, after }: PlannedChange): boolean {
  return before?.['state'] !== undefined && before['state'] !== after?.['state'];
}

/** Who begins and who ends to own an organization by an event. One that is deleted keeps its owner. */
function ownersOf({ organizationId, before, after }: PlannedChange): { organizationId: string; ownerId: string; gains: boolean }[] {
  if (organizationId === undefined || after === undefined || before?.['ownerId'] === after['ownerId']) return [];
  const owner = (ownerId: unknown, gains: boolean) => (typeof ownerId === 'string' ? [{ organizationId, ownerId, gains }] : []);
  return [...owner(before?.['ownerId'], false), ...owner(after['ownerId'], true)];
}

function membershipOf({ kind, member_state, joins, is_written }: AffectedRow, isTurned: boolean): MembershipChange | undefined {
  if (kind !== 'USER') return undefined;
  if (member_state === 'REMOVED') return is_written ? 'ENDS' : undefined;
  if (joins) return 'JOINS';
  if (!isTurned) return undefined;
  return member_state === 'ACTIVE' ? 'RETURNS' : 'RESTS';
}

/** The row as a plan shows it; nothing for an actor who may not know of the subject. */
async function shown(db: Db, actor: Actor, row: AffectedRow, membership: MembershipChange | undefined): Promise<AffectedSubject[]> {
  const { org_id, kind, id, keys_gained, keys_lost } = row;
  const organizationId = toId('organization', org_id);
  const { subject: asker } = actor.principal;
  const isSelf = kind === 'USER' && asker.type === 'user' && asker.uuid === id;
  const mayRead =
    isSelf || (await actor.may(kind === 'SERVICE_ACCOUNT' ? 'service-account' : 'member', 'read', { organizationId })).allowed;
  const [gained, lost] = [row.gained.map(toRole), row.lost.map(toRole)];
  if (!mayRead && !(await mayListGrants(actor, organizationId, [...gained, ...lost]))) return [];
  const isExternal = kind === 'USER' && membership === undefined && (row.member_state ?? 'REMOVED') === 'REMOVED';
  const shownId = idOf(row);
  const isGoing = membership === 'ENDS' || membership === 'RESTS';
  return [
    {
      organizationId,
      subject: { type: kind, id: shownId },
      ...((isSelf || (mayRead && !isExternal)) && namesOf(row)),
      ...(isExternal && { external: true as const }),
      ...(membership !== undefined && { membership }),
      rolesGained: gained,
      rolesLost: lost,
      keysGained: keys_gained,
      keysLost: keys_lost,
      ...(isGoing && { keeps: await readKept(db, org_id, shownId) }),
    },
  ];
}

function idOf({ kind, id, role }: AffectedRow): string {
  return kind === 'ROLE' ? role! : toId(kind === 'USER' ? 'user' : 'serviceAccount', id!);
}

function namesOf({ display_name, email }: AffectedRow): { displayName?: string; email?: string } {
  return { ...(display_name !== null && { displayName: display_name }), ...(email !== null && { email }) };
}

/** Whether the actor sees the grants of a place that one of these roles is in. */
async function mayListGrants(actor: Actor, organizationId: string, roles: readonly PlannedRole[]): Promise<boolean> {
  for (const projectId of new Set(roles.map((one) => one.projectId))) {
    if ((await actor.may('grant', 'list', { organizationId, projectId })).allowed) return true;
  }
  return false;
}

async function readKept(db: Db, org: string, name: string): Promise<KeptWork> {
  return (await db.raw(keptSql, { org, name })).rows[0];
}

function toRole({ role, project, from, until }: RoleRow): PlannedRole {
  return {
    role,
    ...(project && { projectId: toId('project', project) }),
    ...(from && { from: new Date(from).toISOString() }),
    ...(until && { until: new Date(until).toISOString() }),
  };
}
