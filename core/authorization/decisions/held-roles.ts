import { toId } from '../../base/ids.ts';
import type { Db } from '../../database/database.ts';
import { ownerRole } from '../policy/vocabulary.ts';

/** Whether a grant `g` is there: it was neither revoked nor has it ended, but it may rest. */
export const presentGrant = 'g.revoked_at is null and (g.until is null or g.until > now())';
/** Whether a grant `g` counts now: one rests while another one that ends has taken its place. */
export const livingGrant = `${presentGrant} and (g.from_at is null or g.from_at <= now())`;

/** A role that somebody holds, in the organization or in one project. */
export interface HeldRole {
  readonly role: string;
  readonly projectId?: string;
}

// The same reach as the snapshot that decides: grants of the user, and grants to the roles that the user holds. In an archived
// project nobody holds anything, and nobody may take anything there either: its roles would protect their holder from removal.
const heldSql = (grant: string): string => `
with direct as (
  select g.project_id, g.role from grants g left join projects p on p.org_id = g.org_id and p.id = g.project_id
  where g.org_id = :org and g.user_id = :user and ${grant} and (g.project_id is null or p.state = 'ACTIVE')
), through as (
  select coalesce(g.project_id, d.project_id) as project_id, g.role
  from direct d join grants g on g.org_id = :org and g.subject_role = d.role
  left join projects p on p.org_id = g.org_id and p.id = g.project_id
  where ${livingGrant} and (g.project_id is null or p.state = 'ACTIVE') and (g.project_id is null or d.project_id is null or g.project_id = d.project_id)
)
select project_id, role from direct union select project_id, role from through
union select null, '${ownerRole}' from organizations where id = :org and owner_id = :user`;

/**
 * Every role that a user holds in an organization and its projects, however it came to them; the ownership included. With `resting` also
 * those that will count again: whoever may not take such a role may not touch its holder either.
 */
export async function heldRoles(db: Db, organizationUuid: string, userUuid: string, { resting = false } = {}): Promise<HeldRole[]> {
  const { rows } = await db.raw(heldSql(resting ? presentGrant : livingGrant), { org: organizationUuid, user: userUuid });
  return (rows as { project_id: string | null; role: string }[]).map(({ project_id, role }) => ({
    role,
    ...(project_id === null ? {} : { projectId: toId('project', project_id) }),
  }));
}

/** The names of roles as policy rows have them: `integrations/org.admin`; a custom role's id is its name. */
export function roleNames(blueprint: string, roles: readonly string[]): string[] {
  return roles.map((role) => (role.startsWith('role_') ? role : `${blueprint}/${role}`));
}
