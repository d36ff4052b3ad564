import { toId } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import { ownerRole, qualifiedRole } from '../policy/vocabulary.ts';
import type { Holder } from './subjects.ts';

/** Whether a grant is there: it was neither revoked nor has it ended, but it may rest or begin later. */
export const isPresent = (grant: string): string => `${grant}.revoked_at is null and (${grant}.until is null or ${grant}.until > now())`;
const hasBegun = (grant: string): string => `(${grant}.from_at is null or ${grant}.from_at <= now())`;
/** Whether a grant counts now: one may begin later, and one rests while another one that ends has taken its place. */
export const isLiving = (grant: string): string => `${isPresent(grant)} and ${hasBegun(grant)}`;
/** As isPresent and isLiving, of a grant `g`. */
export const presentGrant = isPresent('g');
export const livingGrant = isLiving('g');
/** Whether a support access `s` counts now: an operator who holds no role of the platform any more is let in nowhere. */
export const livingSupport =
  "s.state = 'APPROVED' and s.until > now() and exists (select from platform_grants pg where pg.user_id = s.operator_id)";
/** Whether a key `k` counts now. */
export const livingKey = "k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now())";

/** A role that a subject holds, in the organization or in one project. */
export interface HeldRole {
  readonly role: string;
  readonly projectId?: string;
}

/** What says of a row of a grant which role it is, and where. */
export interface HeldRow {
  readonly role: string;
  readonly project_id: string | null;
}

/** The role of a row. */
export function toHeldRole({ role, project_id }: HeldRow): HeldRole {
  return { role, ...(project_id !== null && { projectId: toId('project', project_id) }) };
}

/** The column of grants and keys that names a holder. */
export const holderColumns = { user: 'user_id', 'service-account': 'service_account_id' } as const satisfies Record<Holder['type'], string>;

/**
 * The CTEs `direct` and `through` (project_id, role, until, from_at, counts): grants of a holder that are there, and grants to the roles that the
 * holder has. `org` and `holder` are placeholders of the statement, `reach` says in which projects a grant `g` counts. With `resting`, roles that
 * do not count yet bring further ones as well; without, only the roles that count now do.
 */
export function heldGrantsSql(about: { type: Holder['type']; org: string; holder: string; reach: string; resting?: boolean }): string {
  const { type, org, holder, reach, resting = false } = about;
  const columns = `g.role, g.until, g.from_at, ${hasBegun('g')} as counts`;
  return `direct as (
  select g.project_id, ${columns} from grants g
  where g.org_id = ${org} and g.${holderColumns[type]} = ${holder} and ${presentGrant} and (g.project_id is null or ${reach})
), through as (
  select coalesce(g.project_id, d.project_id) as project_id, ${columns}
  from direct d join grants g on g.org_id = ${org} and g.subject_role = d.role
  where ${resting ? '' : 'd.counts and '}${presentGrant} and (g.project_id is null or ${reach})
    and (g.project_id is null or d.project_id is null or g.project_id = d.project_id)
)`;
}

// In an archived project no role counts, and nobody may take one there either: it would protect its holder from removal.
const inActiveProject = "exists (select from projects p where p.org_id = g.org_id and p.id = g.project_id and p.state = 'ACTIVE')";

const heldSql = (type: Holder['type'], resting: boolean): string => `
with ${heldGrantsSql({ type, org: ':org', holder: ':holder', reach: inActiveProject, resting })}
select project_id, role from (select * from direct union all select * from through) held ${resting ? '' : 'where counts'}
union select null, '${ownerRole}' from organizations where id = :org and owner_id = :holder`;

/**
 * Every role that a holder, or the user with this uuid, has in an organization and its projects, however it came to them; the ownership
 * included. With `resting` also those that will count again: without the right to take such a role, its holder may not be touched either.
 */
export async function heldRoles(
  db: Db,
  organizationUuid: string,
  holder: string | Pick<Holder, 'type' | 'uuid'>,
  { resting = false } = {},
): Promise<HeldRole[]> {
  const { type, uuid } = typeof holder === 'string' ? { type: 'user' as const, uuid: holder } : holder;
  const { rows } = await db.raw(heldSql(type, resting), { org: organizationUuid, holder: uuid });
  return (rows as HeldRow[]).map(toHeldRole);
}

/** The names of roles as policy rows have them. */
export function roleNames(blueprint: string, roles: readonly string[]): string[] {
  return roles.map((role) => qualifiedRole(blueprint, role));
}
