import { holderColumns, livingGrant, livingKey } from '../authorization/decisions/held-roles.ts';
import { resourceDisabled } from '../authorization/policy/states.ts';
import { ownerRole, qualifiedRole } from '../authorization/policy/vocabulary.ts';
import { type Db, prepared } from '../database/database.ts';
import { foldOf } from './folds.ts';
import { flags, type OrganizationFacts, personStates } from './organizations.ts';
import type { RoleBits } from './role-bits.ts';

/** Subjects who hold the same in the same place; they hold nothing else that has a say. */
export interface Group {
  readonly subject: 'user' | 'service-account' | 'api-key';
  /** Whose authority it is: of a key, that of its owner. */
  readonly holder: 'user' | 'service-account';
  readonly organization: string;
  /** Where `projectRoles` are held; null for what is held in the organization, where there are none. */
  readonly project: string | null;
  readonly roles: readonly string[];
  readonly projectRoles: readonly string[];
  readonly flags: number;
  /** The role of an operator whom the organization lets in. */
  readonly support?: string;
  /** Of a key: the project that it is bound to, and those of its scopes that have a say. */
  readonly keyProject?: string | null;
  readonly scopes?: readonly string[];
  readonly count: number;
  /** Of the ids (folds.ts). */
  readonly fold: bigint;
  /** The ones who are decided again one by one. */
  readonly sampled: readonly string[];
  /** All of them in order, where they are wanted. */
  readonly subjects?: readonly string[];
}

/** What is wanted of a batch of organizations. */
export interface GroupQuery {
  readonly organizations: readonly OrganizationFacts[];
  readonly bits: RoleBits;
  /** Names that have a say, and those that are touched, in any of the organizations. */
  readonly relevant: ReadonlySet<string>;
  readonly touched: ReadonlySet<string>;
  readonly sampled: readonly string[];
  readonly withSubjects: boolean;
  /** The only kinds of subjects that are wanted. */
  readonly kinds?: readonly Kind[];
}

type Kind = 'member' | 'external' | 'supporter' | 'service-account' | 'key-of-user' | 'key-of-service-account';

interface GroupRow {
  org_id: string;
  project_id: string | null;
  mask: string;
  pmask: string;
  flags: number;
  support: string | null;
  key_project: string | null;
  scopes: string[] | null;
  n: number;
  fold: string;
  sampled: string[] | null;
  subjects: string[] | null;
}

/**
 * The groups of a batch. PostgreSQL joins members and grants, so that what comes here is bounded by the sets that are held and not by people. Of
 * the people without any role that has a say only those are in a group whom a state or their membership itself may touch.
 */
export async function groupsOf(db: Db, query: GroupQuery): Promise<Group[]> {
  const kinds: Kind[] = ['member', 'service-account', 'key-of-user', 'key-of-service-account'];
  if (query.organizations.some(({ letsExternalsIn }) => letsExternalsIn)) kinds.push('external');
  if (query.organizations.some(({ supporters }) => supporters.length > 0)) kinds.push('supporter');
  // Estimates of how organizations and people go together are wrong by orders of magnitude, and loops over them take minutes. For one who is asked
  // about alone, behind this, they are right.
  await db.raw("set local enable_nestloop = off; set local work_mem = '256MB'; set local plan_cache_mode = force_custom_plan");
  const wanted = query.kinds ?? kinds;
  const groups = await Promise.all(wanted.map((kind) => groupsOfKind(db, kind, query)));
  await db.raw('set local enable_nestloop = on; set local work_mem to default; set local plan_cache_mode to default');
  return groups.flat();
}

async function groupsOfKind(db: Db, kind: Kind, query: GroupQuery): Promise<Group[]> {
  const { organizations, bits, withSubjects, sampled } = query;
  const isUser = kind === 'member' || kind === 'external' || kind === 'supporter';
  const subject = isUser ? 'user' : kind === 'service-account' ? kind : 'api-key';
  const holder = kind === 'service-account' || kind === 'key-of-service-account' ? 'service-account' : 'user';
  const supporters = organizations.flatMap(({ uuid, supporters: all }) => all.map((one) => ({ organization: uuid, ...one })));
  const everyone = organizations.map((organization) => everyoneMatters(organization, query));
  const touched = flagsIn(query.touched, organizations);
  const values = [
    organizations.map(({ uuid }) => uuid),
    bits.roles.map(({ role }) => role),
    bits.roles.map(({ place }) => '0'.repeat(place).concat('1').padEnd(bits.width, '0')),
    bits.roles.map(({ isAffected }) => isAffected),
    organizations.map(({ owner }) => owner),
    organizations.map(({ requiresMfa }) => requiresMfa),
    everyone,
    flagsIn(query.relevant, organizations),
    touched,
    sampled,
    [...query.relevant].filter((name) => name.startsWith('scope/')).map((name) => name.slice('scope/'.length)),
    supporters.map(({ organization }) => organization),
    supporters.map(({ user }) => user),
    supporters.map(({ role }) => role),
  ];
  // Only roles are touched: who holds none of them need not be looked at.
  const isNarrow = touched === 0 && !everyone.includes(true);
  const isRare = isNarrow && kind === 'member' && (await areRare(db, query));
  const shape = { width: bits.width, withSubjects, isNarrow, isRare, hasSupporters: supporters.length > 0 };
  const rows = await prepared<GroupRow>(db, `plan-${kind}-${Object.values(shape).join('-')}`, statement(kind, shape), values);
  return rows.map(
    (row): Group => ({
      ...{
        subject,
        holder,
        organization: row.org_id,
        project: row.project_id,
        flags: row.flags,
        count: row.n,
        fold: foldOf(BigInt(row.fold)),
      },
      roles: bits.read(row.org_id, row.mask),
      projectRoles: bits.read(row.org_id, row.pmask),
      ...(row.support !== null && { support: row.support }),
      ...(subject === 'api-key' && { keyProject: row.key_project }),
      ...(row.scopes && { scopes: row.scopes }),
      sampled: row.sampled ?? [],
      ...(row.subjects && { subjects: row.subjects }),
    }),
  );
}

/** Whether so few people hold what is touched that each is looked up among the members, and not all members are read: 100 in an organization. */
async function areRare(db: Db, { organizations, bits }: GroupQuery): Promise<boolean> {
  const most = 100 * organizations.length;
  const roles = [...new Set(bits.roles.flatMap(({ role, isAffected }) => (isAffected ? role : [])))];
  const values = [organizations.map(({ uuid }) => uuid), roles, most + 1];
  const [{ count }] = (await prepared<{ count: number }>(db, 'plan-holders', holdersSql, values)) as [{ count: number }];
  return count <= most;
}

const holdersSql = `select count(*)::int as count from (
  select from grants g where g.org_id = any ($1) and g.role = any ($2) and g.user_id is not null and g.revoked_at is null limit $3) g`;

/** Whether the change may touch people there who hold no role that has a say: as members, or by a state that everyone there is in or asks in. */
function everyoneMatters({ states, switchedOff }: OrganizationFacts, { touched }: GroupQuery): boolean {
  if (touched.has(resourceDisabled) && switchedOff.some(({ id }) => id === null)) return true;
  return [...touched].some((name) => name.startsWith('member/') || states.includes(name));
}

function flagsIn(names: ReadonlySet<string>, organizations: readonly OrganizationFacts[]): number {
  const states = Object.values(personStates).reduce((sum, { name, bit }) => (names.has(name) ? sum | bit : sum), 0);
  const isOwned = organizations.some(({ blueprint }) => names.has(qualifiedRole(blueprint, ownerRole)));
  return states | (isOwned ? flags.owner : 0);
}

const always = flags.outsider | flags.everywhere | flags.ofOrganization;

const isMember = (member: string): string => `coalesce(${member}.state in ('ACTIVE', 'INACTIVE'), false)`;

// A table of its own for each statement: joined to a number of people that is estimated wrongly, all of them would be sorted for it.
const suspended = "(select id from users where state = 'SUSPENDED')";
// A second factor is taken for shown where the person ever showed one there, as for keys: how they will sign in next is not known.
const personFlags = `((case when m.state = 'INACTIVE' then ${personStates.inactive.bit} else 0 end)
  | (case when $holder in ${suspended} then ${personStates.suspended.bit} else 0 end)
  | (case when ${isMember('m')} and o.owner_id = $holder then ${flags.owner} else 0 end)
  | (case when o.mfa and m.second_factor_at is null and mfa_due(o.id, m.first_joined_at) <= now() then ${personStates.mfaMissing.bit} else 0 end)
  | (case when ${isMember('m')} then 0 else ${flags.outsider} | (case when h.everywhere then ${flags.everywhere} else 0 end) end)) & ($8 | ${always})`;
const accountFlags = `(case when a.project_id is null then ${flags.ofOrganization} else 0 end)`;
const keyMore = `, k.project_id as key_project, case when k.scopes is not null
  then array(select s from unnest(k.scopes) s where s = any ($11) order by s) end as scopes`;
/** Of a person or account without a role that has a say: whether they may be touched all the same. */
const matters = (flagged: string): string => `(h.hit or o.everyone or (${flagged}) & $9 <> 0)`;

interface Part {
  readonly subject: string;
  readonly flags: string;
  readonly from: string;
  readonly where: string;
  readonly more?: string;
  /** Who is none of these while they are let in as an operator. */
  readonly unlessSupporter?: string;
}

const held = 'left join held h on h.org_id = o.id and h.holder =';
const people = (holder: string): Omit<Part, 'from' | 'where'> => ({
  subject: holder,
  flags: personFlags.replaceAll('$holder', holder),
});

const parts: Record<Kind, Part> = {
  member: {
    ...people('m.user_id'),
    from: `members m join orgs o on o.id = m.org_id ${held} m.user_id`,
    where: `m.org_id = any ($1) and m.state in ('ACTIVE', 'INACTIVE') and ${matters(personFlags.replaceAll('$holder', 'm.user_id'))}`,
    unlessSupporter: 'm.user_id',
  },
  external: {
    ...people('h.holder'),
    from: `held h join orgs o on o.id = h.org_id left join members m on m.org_id = h.org_id and m.user_id = h.holder`,
    where: `not ${isMember('m')}`,
    unlessSupporter: 'h.holder',
  },
  supporter: {
    ...people('s.user_id'),
    more: ', s.role as support, null::uuid as key_project, null::text[] as scopes',
    from: `supporters s join orgs o on o.id = s.org_id ${held} s.user_id
      left join members m on m.org_id = s.org_id and m.user_id = s.user_id`,
    where: 'true',
  },
  'service-account': {
    subject: 'a.id',
    flags: accountFlags,
    from: `service_accounts a join orgs o on o.id = a.org_id ${held} a.id`,
    where: `a.org_id = any ($1) and a.state = 'ACTIVE' and ${matters('0')}`,
  },
  'key-of-user': {
    ...people('k.user_id'),
    subject: 'k.id',
    more: `, null::text as support${keyMore}`,
    from: `api_keys k join orgs o on o.id = k.org_id ${held} k.user_id left join members m on m.org_id = k.org_id and m.user_id = k.user_id`,
    where: `k.org_id = any ($1) and k.user_id is not null and ${livingKey}`,
  },
  'key-of-service-account': {
    subject: 'k.id',
    flags: accountFlags,
    more: `, null::text as support${keyMore}`,
    from: `api_keys k join orgs o on o.id = k.org_id join service_accounts a on a.org_id = k.org_id and a.id = k.service_account_id ${held} a.id`,
    where: `k.org_id = any ($1) and a.state = 'ACTIVE' and ${livingKey}`,
  },
};

/** Which grants are looked at: of members only those of roles that have a say, of others all, because holding anything lets them in. */
function heldSql(kind: Kind, zero: string, isNarrow: boolean): string {
  const column = holderColumns[kind === 'service-account' || kind === 'key-of-service-account' ? 'service-account' : 'user'];
  const ofKeys = ` and g.${column} in (select ${column} from api_keys k where k.org_id = any ($1) and k.${column} is not null and ${livingKey})`;
  const some = kind.startsWith('key') ? ofKeys : kind === 'supporter' ? ' and g.user_id = any ($13)' : '';
  const join = kind === 'member' || kind === 'service-account' ? 'join' : 'left join';
  return `select g.org_id, g.${column} as holder, coalesce(bit_or(r.bits) filter (where g.project_id is null), ${zero}) as mask,
    array_agg(g.project_id) filter (where g.project_id is not null) as projects,
    array_agg(coalesce(r.bits, ${zero})) filter (where g.project_id is not null) as bits,
    bool_or(g.project_id is null) as everywhere, coalesce(bool_or(r.affected), false) as hit
  from grants g ${join} roles r on r.role = g.role
  where g.org_id = any ($1) and g.${column} is not null and ${livingGrant}${some}${join === 'join' ? ' and g.role = any ($2)' : ''}
  group by g.org_id, g.${column}${isNarrow && join === 'join' ? ' having bool_or(r.affected)' : ''}`;
}

interface Shape {
  readonly width: number;
  readonly withSubjects: boolean;
  readonly isNarrow: boolean;
  readonly isRare: boolean;
  readonly hasSupporters: boolean;
}

const lookedUp = `held h join orgs o on o.id = h.org_id
    cross join lateral (select * from members m where m.org_id = h.org_id and m.user_id = h.holder offset 0) m`;

/** Where people are, and which of them. */
function whoSql(kind: Kind, { isNarrow, isRare, hasSupporters }: Shape): string {
  const { from, where, unlessSupporter } = parts[kind];
  const narrowed = isNarrow && (kind === 'member' || kind === 'service-account') ? from.replace(held, held.replace('left ', '')) : from;
  const none = `not exists (select from supporters s where s.org_id = o.id and s.user_id = ${unlessSupporter})`;
  return `from ${isRare ? lookedUp : narrowed} where ${where}${hasSupporters && unlessSupporter !== undefined ? ` and ${none}` : ''}`;
}

function statement(kind: Kind, shape: Shape): string {
  const { width, withSubjects, isNarrow } = shape;
  const zero = `'${'0'.repeat(width)}'::bit(${width})`;
  const part = parts[kind];
  const columns = part.more === undefined ? '' : ', support, key_project, scopes';
  const shown = part.more === undefined ? ', null as support, null as key_project, null as scopes' : columns;
  return `
with asked as (
  select $8::int, $9::int, $10::uuid[], $11::text[]
), supporters as (
  select * from unnest($12::uuid[], $13::uuid[], $14::text[]) s(org_id, user_id, role)
), roles as (
  select role, b::bit(${width}) as bits, affected from unnest($2::text[], $3::text[], $4::boolean[]) r(role, b, affected)
), orgs as (
  select * from unnest($1::uuid[], $5::uuid[], $6::boolean[], $7::boolean[]) o(id, owner_id, mfa, everyone)
), held as (
  ${heldSql(kind, zero, isNarrow)}
), who as (
  select o.id as org_id, ${part.subject} as subject, coalesce(h.mask, ${zero})::text as mask, h.projects, h.bits, (${part.flags})::int as flags${part.more ?? ''}
  ${whoSql(kind, shape)}
), places as (
  select org_id, subject, null::uuid as project_id, mask, ${zero}::text as pmask, flags${columns} from who
  union all
  select w.org_id, w.subject, x.project_id, w.mask, bit_or(x.bits)::text, w.flags${columns}
  from who w cross join lateral unnest(w.projects, w.bits) x(project_id, bits)
  where w.projects is not null
  group by w.org_id, w.subject, x.project_id, w.mask, w.flags${columns}
)
select org_id, project_id, mask, pmask, flags${shown}, count(*)::int as n, sum(uuid_hash_extended(subject, 0))::text as fold,
  array_agg(subject) filter (where subject = any ($10::uuid[])) as sampled, ${withSubjects ? 'array_sort(array_agg(subject))' : 'null::uuid[]'} as subjects
from places
group by org_id, project_id, mask, pmask, flags${columns}`;
}
