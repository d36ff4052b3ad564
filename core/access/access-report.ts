import type { Actor } from '../authorization/decisions/actor.ts';
import { isPresent, roleNames } from '../authorization/decisions/held-roles.ts';
import type { ShownHolder } from '../authorization/decisions/subjects.ts';
import { anyProjectOf } from '../authorization/policy/domain.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import { toId, toUuid } from '../base/ids.ts';
import { nextPage, type PageQuery, readPage } from '../base/pages.ts';
import { type Db, milliseconds } from '../database/database.ts';
import { findProject } from '../organizations/projects.ts';
import { type AccessSummary, readSummary } from './access-summary.ts';

/** One way in which a person or a service account has access, or that a member has none. */
export interface AccessEntry {
  readonly subject: ShownHolder;
  readonly displayName?: string;
  readonly email?: string;
  readonly relation: 'MEMBER' | 'EXTERNAL' | 'SERVICE_ACCOUNT';
  readonly state: 'ACTIVE' | 'INACTIVE' | 'SUSPENDED';
  readonly isOwner: boolean;
  /** When something of this organization was last changed, or tried, by the subject, or one of their keys was used. */
  readonly lastUsedAt?: string;
  /** Absent for a member without any role. */
  readonly role?: string;
  readonly level?: 'ORGANIZATION' | 'PROJECT';
  readonly projectId?: string;
  readonly projectName?: string;
  /** Whether a role in the organization allows something in each of its projects. */
  readonly reachesProjects?: boolean;
  /** The role that the subject holds and that this role was given to. */
  readonly through?: string;
  readonly grantId?: string;
  /** When it begins to count, where that is still to come. */
  readonly from?: string;
  readonly until?: string;
}

/** A page of who has access to an organization, or to one of its projects. */
export interface AccessReport {
  /** On the first page. */
  readonly summary?: AccessSummary;
  readonly items: AccessEntry[];
  readonly nextPageToken?: string;
}

/** Where it is looked for: in the organization with all projects, or in one project. */
export interface AccessScope {
  readonly org: string;
  /** The uuid of the project. */
  readonly project?: string | undefined;
  /** The roles in the organization that reach projects. */
  readonly reaching: readonly string[];
}

interface EntryRow {
  id: string;
  type: ShownHolder['type'];
  path: string;
  name: string | null;
  email: string | null;
  relation: AccessEntry['relation'];
  state: AccessEntry['state'];
  is_owner: boolean;
  grant_id: string | null;
  project_id: string | null;
  project_name: string | null;
  role: string | null;
  through: string | null;
  from_at: number | null;
  until: number | null;
}

// Whether a holder has access to the project: there, or by a role in the organization that reaches projects, or through one of these roles.
const reachesProject = (holder: string, column: string): string => `exists (
  select from grants g left join grants t on t.org_id = :org and t.subject_role = g.role and ${isPresent('t')}
  where g.org_id = :org and g.${column} = ${holder} and ${isPresent('g')} and (
    g.project_id = :project or (g.project_id is null and (g.role = any(:reaching) or t.project_id = :project or (t.project_id is null and t.role = any(:reaching))))
  )
)`;
const isWanted = (holder: string, column: string): string => `(:project::uuid is null or ${reachesProject(holder, column)}
  or (:owner = any(:reaching) and ${holder} = (select owner_id from organizations where id = :org)))`;

// The next holders in the order of their ids, and then each way in which one of them has access, in the order of the grants that it is made of.
const entriesSql = `
with candidates as (
  (select m.user_id as id, 'USER' as type, 'user_id' as kind, 'MEMBER' as relation from members m
   where m.org_id = :org and m.state <> 'REMOVED' and m.user_id >= :holder and ${isWanted('m.user_id', 'user_id')} order by m.user_id limit :most)
  union all
  (select distinct x.user_id, 'USER', 'user_id', 'EXTERNAL' from grants x
   where x.org_id = :org and x.user_id is not null and x.user_id >= :holder and ${isPresent('x')}
     and not exists (select from members m where m.org_id = :org and m.user_id = x.user_id and m.state <> 'REMOVED')
     and ${isWanted('x.user_id', 'user_id')} order by 1 limit :most)
  union all
  (select s.id, 'SERVICE_ACCOUNT', 'service_account_id', 'SERVICE_ACCOUNT' from service_accounts s
   where s.org_id = :org and s.state = 'ACTIVE' and s.id >= :holder and ${isWanted('s.id', 'service_account_id')} order by s.id limit :most)
), holders as (select * from candidates order by id limit :most
), direct as (
  select h.id, g.id as grant_id, g.id as via, g.project_id, g.role, null::text as through, g.from_at, g.until
  from holders h join grants g on g.org_id = :org and g.user_id = h.id and ${isPresent('g')} where h.type = 'USER'
  union all
  select h.id, g.id, g.id, g.project_id, g.role, null, g.from_at, g.until
  from holders h join grants g on g.org_id = :org and g.service_account_id = h.id and ${isPresent('g')} where h.type <> 'USER'
), ways as (
  select * from direct
  union all
  select d.id, g.id, d.via, coalesce(g.project_id, d.project_id), g.role, d.role, greatest(d.from_at, g.from_at), least(d.until, g.until)
  from direct d join grants g on g.org_id = :org and g.subject_role = d.role and ${isPresent('g')}
  where g.project_id is null or d.project_id is null or g.project_id = d.project_id
  union all
  select h.id, null, null, null, :owner, null, null, null from holders h join organizations o on o.id = :org and o.owner_id = h.id
), wanted as (
  select * from ways w where :project::uuid is null or w.project_id = :project or (w.project_id is null and w.role = any(:reaching))
), paths as (
  select h.id, h.type, h.relation, w.grant_id, w.project_id, w.role, w.through, w.from_at, w.until,
    coalesce(w.via::text, '-') || '.' || coalesce(w.grant_id::text, '-') as path
  from holders h left join wanted w on w.id = h.id where w.role is not null or :project::uuid is null
), page as (
  select * from paths where (id, path collate "C") > (:holder, :path) order by id, path collate "C" limit :limit
)
select p.id, p.type, p.relation, p.path, p.grant_id, p.project_id, j.name as project_name, p.role, p.through,
  case when p.from_at > now() then ${milliseconds('p.from_at')} end as from_at, ${milliseconds('p.until')} as until,
  case p.relation when 'MEMBER' then coalesce(m.display_name, u.display_name, u.name) when 'SERVICE_ACCOUNT' then s.name end as name,
  case p.relation when 'MEMBER' then u.email end as email,
  case when u.state <> 'ACTIVE' then 'SUSPENDED' when p.relation = 'MEMBER' then m.state else 'ACTIVE' end as state,
  coalesce(o.owner_id = p.id, false) as is_owner
from page p join organizations o on o.id = :org
left join projects j on j.org_id = :org and j.id = p.project_id
left join members m on p.relation = 'MEMBER' and m.org_id = :org and m.user_id = p.id
left join users u on p.type = 'USER' and u.id = p.id
left join service_accounts s on s.org_id = :org and s.id = p.id
order by p.id, p.path collate "C"`;

const usedSql = `
select h.id, ${milliseconds('greatest(acted.at, used.at)')} as at from unnest(:ids::uuid[], :names::text[]) as h (id, name)
left join lateral (select e.at from audit_events e where e.org_id = :org and e.actor_id = h.name order by e.seq desc limit 1) acted on true
left join lateral (
  select max(x.last_used_at) as at from (
    select id from api_keys where org_id = :org and state = 'ACTIVE' and user_id = h.id
    union all select id from api_keys where org_id = :org and state = 'ACTIVE' and service_account_id = h.id
  ) k join api_key_secrets x on x.org_id = :org and x.key_id = k.id
) used on true`;

const noHolder = '00000000-0000-0000-0000-000000000000';
const placeKey = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} [0-9a-f.-]{3,73}$/;

/** Who has access to an organization and to each of its projects: every person and service account, with every way in which they have it. */
export async function getAccessReport(db: Db, actor: Actor, input: { organizationId: string } & PageQuery): Promise<AccessReport> {
  return readReport(db, await accessScope(db, actor, input), input, `access report of ${input.organizationId}`);
}

/** Who has access to one project, also by roles in the organization that reach projects. Throws NotFound. */
export async function getProjectAccessReport(
  db: Db,
  actor: Actor,
  input: { organizationId: string; projectId: string } & PageQuery,
): Promise<AccessReport> {
  return readReport(db, await accessScope(db, actor, input), input, `access report of ${input.projectId}`);
}

/** What a report looks at. Which roles in the organization reach projects is asked of the policy. Throws NotFound. */
export async function accessScope(
  db: Db,
  actor: Actor,
  { organizationId, projectId }: { organizationId: string; projectId?: string | undefined },
): Promise<AccessScope> {
  const org = toUuid('organization', organizationId);
  const project = projectId === undefined ? undefined : (await findProject(db, { organizationId, projectId })).id;
  const engine = await actor.engine({ organizationId });
  const domain = anyProjectOf({ organizationId });
  const { rows } = await db.raw('select distinct role from grants where org_id = ? and project_id is null and revoked_at is null', [org]);
  const reaches = (role: string): boolean => {
    const roles = engine.roleSet(roleNames(engine.blueprint!.name, [role]));
    return engine.permissions('project').some((permission) => engine.decide({ roles, domain, ...permission }).allowed);
  };
  const held = [...(rows as { role: string }[]).map(({ role }) => role), ownerRole];
  return { org, project, reaching: held.filter(reaches) };
}

async function readReport(db: Db, scope: AccessScope, input: PageQuery, list: string): Promise<AccessReport> {
  const page = readPage(input, list, placeKey);
  const summary = input.pageToken === undefined ? { summary: await readSummary(db, scope) } : {};
  const { entries, position } = await accessEntriesBehind(db, { ...scope, position: page.after ?? null, limit: page.limit + 1 });
  if (entries.length <= page.limit) return { ...summary, items: entries };
  return { ...summary, items: entries.slice(0, page.limit), nextPageToken: nextPage(list, position.at(-2)!) };
}

/** The entries behind a position, with the position of each. */
export async function accessEntriesBehind(
  db: Db,
  { org, project = undefined, reaching, position, limit }: AccessScope & { position: string | null; limit: number },
): Promise<{ entries: AccessEntry[]; position: string[] }> {
  const [holder, path] = position?.split(' ') ?? [noHolder, ''];
  // The holder that the last page ended in may have no entry left; every other one has.
  const values = { org, project: project ?? null, reaching, owner: ownerRole, holder: holder!, path: path!, limit, most: limit + 1 };
  const rows: EntryRow[] = (await db.raw(entriesSql, values)).rows;
  const used = await readUsed(db, org, rows);
  return {
    entries: rows.map((row) => toEntry(row, used.get(row.id), reaching)),
    position: rows.map(({ id, path: way }) => `${id} ${way}`),
  };
}

const idOf = ({ type, id }: EntryRow): string => toId(type === 'USER' ? 'user' : 'serviceAccount', id);

async function readUsed(db: Db, org: string, rows: readonly EntryRow[]): Promise<Map<string, number | null>> {
  const holders = new Map(rows.map((row) => [row.id, idOf(row)]));
  const found = await db.raw(usedSql, { org, ids: [...holders.keys()], names: [...holders.values()] });
  return new Map((found.rows as { id: string; at: number | null }[]).map(({ id, at }) => [id, at]));
}

const moment = (time: number): string => new Date(time).toISOString();

function toEntry(row: EntryRow, used: number | null | undefined, reaching: readonly string[]): AccessEntry {
  const { type, name, email, relation, state, is_owner, role } = row;
  return {
    subject: { type, id: idOf(row) },
    ...(name !== null && { displayName: name }),
    ...(email !== null && { email }),
    relation,
    state,
    isOwner: is_owner,
    ...(typeof used === 'number' && { lastUsedAt: moment(used) }),
    ...(role !== null && toWay(row, role, reaching)),
  };
}

function toWay(row: EntryRow, role: string, reaching: readonly string[]): Partial<AccessEntry> {
  const { project_id, project_name, through, grant_id, from_at, until } = row;
  return {
    role,
    level: project_id === null ? 'ORGANIZATION' : 'PROJECT',
    ...(project_id === null
      ? { reachesProjects: reaching.includes(role) }
      : { projectId: toId('project', project_id), projectName: project_name! }),
    ...(through !== null && { through }),
    ...(grant_id !== null && { grantId: toId('grant', grant_id) }),
    ...(from_at !== null && { from: moment(from_at) }),
    ...(until !== null && { until: moment(until) }),
  };
}
