import { linkStateSql } from '../access/invitation-link-rows.ts';
import { type Recorder, recordAll } from '../audit/record.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

// What becomes of the roles of invitation links when a policy lacks them that comes into force.

const ofActive = `exists (
  select from invitation_links l join organizations o on o.id = l.org_id
  where l.org_id = r.org_id and l.id = r.link_id and o.blueprint = :blueprint and ${linkStateSql} = 'ACTIVE')`;

const endDoublesSql = `
delete from invitation_link_roles r where r.role = :from and ${ofActive} and exists (
  select from invitation_link_roles s where s.org_id = r.org_id and s.link_id = r.link_id
    and s.project_id is not distinct from r.project_id and s.role = :to)`;

const renameSql = `update invitation_link_roles r set role = :to where r.role = :from and ${ofActive} returning org_id`;

const revokeSql = `
update invitation_links l set revoked_at = now(), version = version + 1, updated_at = now()
where (l.org_id, l.id) in (select r.org_id, r.link_id from invitation_link_roles r where r.role = any(:roles) and ${ofActive})
returning org_id, id`;

/** Gives the roles of active links their new name. Returns the organization of each. */
export async function renameLinkRoles(db: Db, renaming: { blueprint: string; from: string; to: string }): Promise<{ org_id: string }[]> {
  await db.raw(endDoublesSql, renaming);
  return (await db.raw(renameSql, renaming)).rows;
}

/** Revokes the active links that offer one of these roles: what is left of an offer is not what its author has made. */
export async function revokeLinksTo(db: Db, actor: Recorder, dropped: { blueprint: string; roles: readonly string[] }): Promise<void> {
  const rows: { org_id: string; id: string }[] = (await db.raw(revokeSql, { ...dropped, roles: [...dropped.roles] })).rows;
  for (const org of [...new Set(rows.map(({ org_id }) => org_id))].sort()) {
    const entries = rows
      .filter(({ org_id }) => org_id === org)
      .map(({ id }) => ({ target: toId('invitationLink', id), before: { state: 'ACTIVE' }, after: { state: 'REVOKED' } }));
    await recordAll(db, actor, { organizationId: toId('organization', org), action: 'invitation-link.revoke' }, entries);
  }
}
