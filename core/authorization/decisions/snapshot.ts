import { Unauthenticated, Unavailable } from '../../base/errors.ts';
import { toId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { Domain } from '../policy/domain.ts';
import { controllerRole, ownerRole } from '../policy/vocabulary.ts';
import { headsOf } from '../store/rollouts.ts';
import { heldGrantsSql, livingKey, livingSupport, roleNames } from './held-roles.ts';
import { type Restricted, restrictedSql, toRestricted } from './restricted.ts';
import { type ApiKeySubject, authorityOf, type Holder, holderOf, type Subject } from './subjects.ts';

/** Everything that a decision reads from the database, at one moment. */
export interface Snapshot {
  readonly subject: Subject;
  readonly domain: Domain;
  /** Casbin names of all roles and states that the subject has in the domain; those of its owner, for a key. */
  readonly roles: readonly string[];
  /** Casbin names of the scopes of a key: the second question. Undefined where there is none to ask. */
  readonly scopes?: readonly string[];
  /** What the organization has switched off here; undefined where that is nothing. */
  readonly restricted?: Restricted | undefined;
  /** The revisions in force, `scope@revision`: platform, then blueprint, then the organization's own. */
  readonly revisions: readonly string[];
  /** False when the organization or the project of the domain does not exist. */
  readonly exists: boolean;
  /** The support access by which an operator has a role in the organization. */
  readonly supportAccessId?: string;
  readonly organization?: {
    readonly blueprint: string;
    readonly state: string;
    readonly epoch: string;
    /** The person who owns it, or who made it where it has no owner: whose turns dear work in it has. Null for one that belongs to no person. */
    readonly payer: string | null;
  };
  /** Tokens issued before this moment do not count. */
  readonly notBefore?: Date;
  /** On the platform: what the plan of the account includes. */
  readonly entitlements?: readonly string[];
  /** When time alone will change the roles, because a grant begins or ends, or a key ends. */
  readonly until?: Date;
}

interface KeyColumns {
  /** Null where the key is none of the rows in scope. */
  key_living: boolean | null;
  key_project: string | null;
  /** Whether it is bound to a policy store. */
  key_bound: boolean | null;
  key_scopes: string[] | null;
  key_until: Date | null;
}

interface PlatformRow extends Partial<KeyColumns> {
  user_state: string | null;
  entitlements?: string[] | null;
  not_before: Date | null;
  roles: string[];
  heads: string[];
}

interface OrganizationRow extends PlatformRow {
  blueprint: string | null;
  organization_state: string | null;
  externals: string | null;
  epoch: string | null;
  payer: string | null;
  owner: boolean | null;
  personal: boolean | null;
  entitled: boolean | null;
  member_state: string | null;
  project_state: string | null;
  member_not_before: Date | null;
  /** When a second factor is needed; null where none is. */
  mfa_due: Date | null;
  /** Whether the person has ever signed in with one here. */
  second_factor: boolean | null;
  /** Of an operator, while the organization lets them in. */
  support_id?: string | null;
  support_role?: string | null;
  support_until?: Date | null;
  /** Of a service account. */
  account_project?: string | null;
  until: Date | null;
  /** Null where the organization has switched off nothing anywhere. */
  restricted: string[] | null;
}

// $5 is the organization of the key, $6 the key, $7 the secret that it is called with and $8 from where; with no secret the key alone counts.
const keyColumns = `,
  ${livingKey}
    and ($7::int is null or (x.version is not null and (x.until is null or x.until > now())
      and (k.allowed_addresses is null or $8::inet <<= any (k.allowed_addresses)))) as key_living,
  k.project_id as key_project, k.policy_store_id is not null as key_bound, k.scopes as key_scopes, least(k.expires_at, x.until) as key_until`;
const keyJoins = `
left join api_keys k on k.org_id = $5 and k.id = $6
left join api_key_secrets x on x.org_id = $5 and x.key_id = $6 and x.version = $7`;

const platformSql = (isKey: boolean): string => `
select u.state as user_state, u.not_before, u.entitlements,
  array(select role from platform_grants where user_id = $1) as roles,
  array(select scope || '@' || revision from policy_heads where scope = 'platform') as heads${isKey ? renumbered(keyColumns) : ''}
from (select $1::uuid as id) asked left join users u on u.id = asked.id${isKey ? renumbered(keyJoins) : ''}`;

/** The statement for the platform has no organization and no project of the question. */
function renumbered(sql: string): string {
  return sql.replace(/\$([5678])/g, (_, place: string) => `$${Number(place) - 3}`);
}

// There is one open support access of a person at most.
const supportColumns = ', s.id as support_id, s.role as support_role, s.until as support_until';
const supportJoin = `
left join support_accesses s on s.org_id = $2 and s.operator_id = $1 and ${livingSupport}`;

/** A service account is no member: as long as it is there it holds what it was given. */
const standing = {
  user: {
    columns: `u.state as user_state, u.not_before, o.owner_id = asked.id as owner, m.state as member_state, m.not_before as member_not_before,
  case when o.mfa = 'REQUIRED' then mfa_due(o.id, m.first_joined_at) end as mfa_due, m.second_factor_at is not null as second_factor`,
    joins: 'left join users u on u.id = asked.id\nleft join members m on m.org_id = $2 and m.user_id = $1',
  },
  'service-account': {
    columns:
      'null as user_state, null::timestamptz as not_before, null::timestamptz as member_not_before, null::timestamptz as mfa_due, false as owner, a.state as member_state, a.project_id as account_project',
    joins: 'left join service_accounts a on a.org_id = $2 and a.id = $1',
  },
} as const satisfies Record<Holder['type'], object>;

/** What an organization lets an operator do is for the operator in person, not for their keys. */
const mayBeSupport = (type: Holder['type'], isKey: boolean): boolean => type === 'user' && !isKey;

const organizationSql = (type: Holder['type'], isKey: boolean): string => `
with ${heldGrantsSql({ type, org: '$2', holder: '$1', reach: 'g.project_id = $3' })},
held as (select role, until, from_at, counts from direct union all select role, until, from_at, counts from through)
select ${standing[type].columns},
  o.blueprint, o.state as organization_state, o.externals, o.epoch, coalesce(o.owner_id, o.created_by) as payer, o.personal_of is not null as personal, o.entitled, p.state as project_state,
  array(select distinct role from held where counts) as roles,
  (select min(case when counts then until else from_at end) from held) as until,
  case when o.restricted then ${restrictedSql} end as restricted,
  ${headsOf('$4')} as heads${isKey ? keyColumns : ''}${mayBeSupport(type, isKey) ? supportColumns : ''}
from (select $1::uuid as id) asked
left join organizations o on o.id = $2
${standing[type].joins}
left join projects p on p.org_id = $2 and p.id = $3${isKey ? keyJoins : ''}${mayBeSupport(type, isKey) ? supportJoin : ''}`;

const statements = {
  platform: { plain: platformSql(false), key: platformSql(true) },
  user: { plain: organizationSql('user', false), key: organizationSql('user', true) },
  'service-account': { plain: organizationSql('service-account', false), key: organizationSql('service-account', true) },
};

/** The state of an account, or of an organization, whose plan does not include what the kind of organization asks for. */
export const notEntitled = 'state/not-entitled';

/** The states that everyone in an organization `o` is in, as rolesIn() names them. */
export const organizationStates = `array_remove(array[case when o.state = 'SUSPENDED' then 'state/suspended' end,
    case when o.personal_of is not null then 'state/personal' end, case when not o.entitled then '${notEntitled}' end], null)`;

/** The state of a person who needs a second factor and has not shown one. */
export const mfaMissing = 'state/mfa-missing';

/** What every service account of an organization is in it, whatever else it holds there. */
export const accountRole = 'member/service-account';
/** What every person is on the platform, whatever else they hold there. */
export const personRole = 'platform/user';
/** What every key is outside of organizations, where its owner's authority does not follow it. */
export const keyRole = 'platform/api-key';

/** Where a question is asked; nothing means the platform. */
interface Ids {
  readonly organizationId?: string | undefined;
  readonly projectId?: string | undefined;
}

/**
 * Reads the role set of the subject in the domain and the revisions in force: one indexed query. With `lock` the row of the
 * organization is locked first, so that between the check and the act no other change of this organization happens.
 * Throws Unauthenticated for a key that is called with and does not count any more.
 */
export async function takeSnapshot(db: Db, asked: Subject, domain: Domain, ids: Ids, options: { lock?: boolean } = {}): Promise<Snapshot> {
  const subject = asked.type === 'api-key' && !asked.home ? await withHome(db, asked, ids) : asked;
  const { holder, kind, keyValues } = countedOf(subject, ids);
  const uuid = holder?.uuid ?? null;
  if (ids.organizationId === undefined) {
    const user = holder?.type === 'user' ? uuid : null;
    const [row] = await prepared<PlatformRow>(db, `snapshot-platform-${kind}`, statements.platform[kind], [user, ...keyValues]);
    return fromPlatform(subject, domain, row!);
  }
  const organization = toUuid('organization', ids.organizationId);
  const project = ids.projectId === undefined ? null : toUuid('project', ids.projectId);
  const type = holder?.type ?? 'user';
  // Not awaited alone: both statements share the round trip, and the second one sees what the lock waited for. Where the lock fails the second
  // one fails as well, with less to say: the failure of the first is the one that counts.
  const locked = options.lock
    ? prepared(db, 'snapshot-lock', 'select from organizations where id = $1 for no key update', [organization])
    : undefined;
  const values = [uuid, organization, project, ids.organizationId, ...keyValues];
  const reading = prepared<OrganizationRow>(db, `snapshot-${type}-${kind}`, statements[type][kind], values);
  const [, [row]] = await Promise.all([locked, reading]);
  return fromOrganization(subject, domain, row!, project);
}

/** Whose grants count here, and what says whether the key does. In another organization a key holds nothing, and its row is out of sight. */
function countedOf(subject: Subject, ids: Ids): { holder: Holder | undefined; kind: 'plain' | 'key'; keyValues: unknown[] } {
  if (subject.type !== 'api-key') return { holder: authorityOf(subject), kind: 'plain', keyValues: [] };
  const { home, uuid, secret = null, from = null } = subject;
  if (!home || !isAtHome(subject, ids)) return { holder: undefined, kind: 'plain', keyValues: [] };
  return { holder: home.owner, kind: 'key', keyValues: [home.organization, uuid, secret, from] };
}

function isAtHome({ home }: ApiKeySubject, { organizationId }: Ids): boolean {
  return home !== undefined && (organizationId === undefined || toUuid('organization', organizationId) === home.organization);
}

/** A key that is asked about, with its owner; as it is where this organization has no such key. */
async function withHome(db: Db, subject: ApiKeySubject, { organizationId }: Ids): Promise<ApiKeySubject> {
  if (organizationId === undefined) return subject;
  const organization = toUuid('organization', organizationId);
  const row: { user_id: string | null; service_account_id: string | null } | undefined = await db('api_keys')
    .where({ org_id: organization, id: subject.uuid })
    .first('user_id', 'service_account_id');
  return row ? { ...subject, home: { organization, owner: holderOf(row) } } : subject;
}

function fromPlatform(subject: Subject, domain: Domain, row: PlatformRow): Snapshot {
  return {
    subject,
    domain,
    roles: Object.freeze(platformRoles(subject, row)),
    revisions: inForce(row.heads),
    exists: true,
    entitlements: row.entitlements ?? [],
    ...moment('notBefore', row.not_before),
    ...moment('until', row.key_until ?? null),
  };
}

function platformRoles(subject: Subject, row: PlatformRow): string[] {
  if (subject.type === 'controller') return [controllerRole];
  if (subject.type === 'api-key') return isLiving(subject, row) && !row.key_bound ? [keyRole, ...userStates(row)] : [];
  if (subject.type === 'service-account') return [];
  return row.user_state ? [personRole, ...row.roles, ...userStates(row)] : [];
}

function fromOrganization(subject: Subject, domain: Domain, row: OrganizationRow, project: string | null): Snapshot {
  const alive =
    row.blueprint !== null && row.organization_state !== 'DELETED' && (domain.level !== 'project' || row.project_state === 'ACTIVE');
  const ends = [row.until, row.key_until ?? null, row.support_until ?? null, secondFactorChanges(subject, row)];
  return {
    subject,
    domain,
    // Frozen, as the revisions are, so that what they stand for is looked up once for all questions about this snapshot.
    roles: Object.freeze(alive && reaches(subject, row, project) ? rolesIn(subject, row, domain) : []),
    ...(row.key_scopes && { scopes: Object.freeze(row.key_scopes.map((name) => `scope/${name}`)) }),
    ...(alive && row.restricted !== null && row.restricted.length > 0 && { restricted: toRestricted(row.restricted) }),
    revisions: inForce(row.heads),
    exists: alive,
    ...(row.blueprint !== null && {
      organization: { blueprint: row.blueprint, state: row.organization_state!, epoch: row.epoch!, payer: row.payer },
    }),
    ...moment('notBefore', later(row.not_before, row.member_state === 'REMOVED' ? null : row.member_not_before)),
    ...(alive && row.support_id && { supportAccessId: toId('supportAccess', row.support_id) }),
    ...moment('until', ends.reduce(earlier)),
  };
}

/** A key holds something in its own organization, or in its own project alone. */
function reaches(subject: Subject, row: OrganizationRow, project: string | null): boolean {
  if (subject.type !== 'api-key') return true;
  if (row.key_living === undefined || !isLiving(subject, row)) return false;
  return row.key_project === null || row.key_project === project;
}

/** Throws for a dead key that the caller calls with. */
function isLiving({ secret }: ApiKeySubject, { key_living }: PlatformRow): boolean {
  if (!key_living && secret !== undefined) throw new Unauthenticated('revoked-key');
  return key_living === true;
}

function rolesIn(subject: Subject, row: OrganizationRow, domain: Domain): string[] {
  const states = [
    ...(row.organization_state === 'SUSPENDED' ? ['state/suspended'] : []),
    ...(row.personal ? ['state/personal'] : []),
    ...(row.entitled ? [] : [notEntitled]),
  ];
  if (subject.type === 'controller') return [controllerRole, ...states];
  const support = row.support_role ? roleNames(row.blueprint!, [row.support_role]) : [];
  if (row.member_state !== 'ACTIVE' && row.member_state !== 'INACTIVE') {
    const external = externalRoles(subject, row, domain, states);
    return support.length > 0 && external.length === 0
      ? [...support, ...states, ...signInStates(subject, row), ...userStates(row)]
      : [...support, ...external];
  }
  const roles = roleNames(row.blueprint!, row.owner ? [...row.roles, ownerRole] : row.roles);
  if (authorityOf(subject)?.type !== 'user') return [...(row.account_project === null ? [accountRole] : []), ...roles, ...states];
  if (row.member_state === 'INACTIVE') states.push('state/inactive-member');
  return ['member/self', ...roles, ...support, ...states, ...signInStates(subject, row), ...userStates(row)];
}

/** People from outside have what they were given in this project, where the organization allows that, and nothing in the organization itself. */
function externalRoles(subject: Subject, row: OrganizationRow, { level }: Domain, states: readonly string[]): string[] {
  const isExternal = authorityOf(subject)?.type === 'user' && level === 'project' && row.externals === 'ALLOW' && row.roles.length > 0;
  if (!isExternal) return [];
  return ['member/external', ...roleNames(row.blueprint!, row.roles), ...states, ...signInStates(subject, row), ...userStates(row)];
}

/** Until when the second factor of a person counts, in milliseconds since 1970. Without a token, such as for a key, it counts that they ever showed one. */
function secondFactorUntil(subject: Subject, { second_factor }: OrganizationRow): number {
  if (subject.type === 'user' && subject.signIn !== undefined) return subject.signIn.secondFactorUntil;
  return second_factor ? Number.POSITIVE_INFINITY : 0;
}

function signInStates(subject: Subject, row: OrganizationRow): string[] {
  const now = Date.now();
  return row.mfa_due !== null && row.mfa_due.getTime() <= now && secondFactorUntil(subject, row) <= now ? [mfaMissing] : [];
}

/** When the lack of a second factor begins to count; null where it does not, or does already. */
function secondFactorChanges(subject: Subject, row: OrganizationRow): Date | null {
  if (row.mfa_due === null) return null;
  const change = Math.max(row.mfa_due.getTime(), secondFactorUntil(subject, row));
  return Number.isFinite(change) && change > Date.now() ? new Date(change) : null;
}

function userStates(row: PlatformRow): string[] {
  return row.user_state === 'SUSPENDED' ? ['state/suspended-user'] : [];
}

const order = (scope: string): number => (scope.startsWith('platform@') ? 0 : scope.startsWith('blueprint/') ? 1 : 2);

/** Revisions in force in the order in which they count: platform, blueprint, organization. Throws Unavailable where there is none. */
export function inForce(heads: readonly string[]): readonly string[] {
  if (!heads.some((head) => head.startsWith('platform@')))
    throw new Unavailable('No policy is in force yet. Apply one: npx tenet policy apply.');
  return Object.freeze([...heads].sort((a, b) => order(a) - order(b)));
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function later(a: Date | null, b: Date | null): Date | null {
  return a === null || (b !== null && b > a) ? b : a;
}

function moment<K extends string>(key: K, at: Date | null): { [P in K]?: Date } {
  return (at === null ? {} : { [key]: at }) as { [P in K]?: Date };
}
