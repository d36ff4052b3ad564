import { Unavailable } from '../../base/errors.ts';
import { toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import type { Domain } from '../policy/domain.ts';
import { ownerRole } from '../policy/vocabulary.ts';
import { heldGrantsSql, livingGrant, roleNames } from './held-roles.ts';

/** Who is asked about, as Casbin and the database know them. */
export type Subject =
  | { readonly type: 'user'; readonly id: string; readonly uuid: string }
  | { readonly type: 'controller'; readonly id: string };

/** Everything that a decision reads from the database, at one moment. */
export interface Snapshot {
  readonly subject: Subject;
  readonly domain: Domain;
  /** Casbin names of all roles and states that the subject has in the domain. */
  readonly roles: readonly string[];
  /** The revisions in force, `scope@revision`: platform, then blueprint, then the organization's own. */
  readonly revisions: readonly string[];
  /** False when the organization or the project of the domain does not exist. */
  readonly exists: boolean;
  readonly organization?: { readonly blueprint: string; readonly state: string; readonly epoch: string };
  /** Tokens issued before this moment do not count. */
  readonly notBefore?: Date;
  /** When time alone will change the roles, because a grant ends. */
  readonly until?: Date;
}

interface PlatformRow {
  user_state: string | null;
  not_before: Date | null;
  roles: string[];
  heads: string[];
}

interface OrganizationRow extends PlatformRow {
  blueprint: string | null;
  organization_state: string | null;
  epoch: string | null;
  owner: boolean | null;
  member_state: string | null;
  project_state: string | null;
  until: Date | null;
}

const platformSql = `
select u.state as user_state, u.not_before,
  array(select role from platform_grants where user_id = $1) as roles,
  array(select scope || '@' || revision from policy_heads where scope = 'platform') as heads
from (select $1::uuid as id) asked left join users u on u.id = asked.id`;

const organizationSql = `
with ${heldGrantsSql({ org: '$2', user: '$1', grant: livingGrant, reach: 'g.project_id = $3' })}
select u.state as user_state, u.not_before,
  o.blueprint, o.state as organization_state, o.epoch, o.owner_id = asked.id as owner,
  m.state as member_state, p.state as project_state,
  array(select role from direct union select role from through) as roles,
  -- A grant that rests counts again when the one that ends in its place does, so its time is among these.
  (select min(until) from (select until from direct union all select until from through) ends) as until,
  array(select scope || '@' || revision from policy_heads where scope in ('platform', 'blueprint/' || o.blueprint, $4)) as heads
from (select $1::uuid as id) asked
left join users u on u.id = asked.id
left join organizations o on o.id = $2
left join members m on m.org_id = $2 and m.user_id = $1
left join projects p on p.org_id = $2 and p.id = $3`;

/** Roles of a subject that is a part of Tenet itself: what it may do stands in the platform policy like everything else. */
const controllerRole = 'platform/controller';

/**
 * Reads the role set of the subject in the domain and the revisions in force: one indexed query. With `lock` the row of the
 * organization is locked first, so that between the check and the act no other change of this organization happens.
 */
export async function takeSnapshot(
  db: Db,
  subject: Subject,
  domain: Domain,
  ids: { organizationId?: string | undefined; projectId?: string | undefined },
  options: { lock?: boolean } = {},
): Promise<Snapshot> {
  const user = subject.type === 'user' ? subject.uuid : null;
  if (ids.organizationId === undefined) {
    const [row] = await prepared<PlatformRow>(db, 'snapshot-platform', platformSql, [user]);
    return fromPlatform(subject, domain, row!);
  }
  const organization = toUuid('organization', ids.organizationId);
  const project = ids.projectId === undefined ? null : toUuid('project', ids.projectId);
  // Not awaited alone: both statements share the round trip, and the second one sees what the lock waited for. Where the lock fails the second
  // one fails as well, with less to say: the failure of the first is the one that counts.
  const locked = options.lock
    ? prepared(db, 'snapshot-lock', 'select from organizations where id = $1 for no key update', [organization])
    : undefined;
  const reading = prepared<OrganizationRow>(db, 'snapshot-organization', organizationSql, [
    user,
    organization,
    project,
    ids.organizationId,
  ]);
  const [, [row]] = await Promise.all([locked, reading]);
  return fromOrganization(subject, domain, row!);
}

function fromPlatform(subject: Subject, domain: Domain, row: PlatformRow): Snapshot {
  const roles =
    subject.type === 'controller' ? [controllerRole] : row.user_state ? ['platform/user', ...row.roles, ...userStates(row)] : [];
  return {
    subject,
    domain,
    roles: Object.freeze(roles),
    revisions: inForce(row.heads),
    exists: true,
    ...moment('notBefore', row.not_before),
  };
}

function fromOrganization(subject: Subject, domain: Domain, row: OrganizationRow): Snapshot {
  const alive =
    row.blueprint !== null && row.organization_state !== 'DELETED' && (domain.level !== 'project' || row.project_state === 'ACTIVE');
  return {
    subject,
    domain,
    // Frozen, as the revisions are, so that what they stand for is looked up once for all questions about this snapshot.
    roles: Object.freeze(alive ? rolesIn(subject, row) : []),
    revisions: inForce(row.heads),
    exists: alive,
    ...(row.blueprint === null ? {} : { organization: { blueprint: row.blueprint, state: row.organization_state!, epoch: row.epoch! } }),
    ...moment('notBefore', row.not_before),
    ...moment('until', row.until),
  };
}

function rolesIn(subject: Subject, row: OrganizationRow): string[] {
  const states = row.organization_state === 'SUSPENDED' ? ['state/suspended'] : [];
  if (subject.type === 'controller') return [controllerRole, ...states];
  if (row.member_state !== 'ACTIVE' && row.member_state !== 'INACTIVE') return [];
  const roles = roleNames(row.blueprint!, row.owner ? [...row.roles, ownerRole] : row.roles);
  if (row.member_state === 'INACTIVE') states.push('state/inactive-member');
  return ['member/self', ...roles, ...states, ...userStates(row)];
}

function userStates(row: PlatformRow): string[] {
  return row.user_state === 'SUSPENDED' ? ['state/suspended-user'] : [];
}

const order = (scope: string): number => (scope.startsWith('platform@') ? 0 : scope.startsWith('blueprint/') ? 1 : 2);

function inForce(heads: readonly string[]): readonly string[] {
  if (!heads.some((head) => head.startsWith('platform@')))
    throw new Unavailable('No policy is in force yet. Apply one: npx tenet policy apply.');
  return Object.freeze([...heads].sort((a, b) => order(a) - order(b)));
}

function moment<K extends string>(key: K, at: Date | null): { [P in K]?: Date } {
  return (at === null ? {} : { [key]: at }) as { [P in K]?: Date };
}
