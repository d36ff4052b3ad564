import type { Db } from '../database/database.ts';

// What becomes of the roles of role templates when a policy lacks them that comes into force. A template gives nothing, so what is dropped is
// named no more.

const ofKind = 'r.org_id in (select id from organizations where blueprint = :blueprint)';

const endDoublesSql = `
delete from role_template_roles r where r.role = :from and ${ofKind} and exists (
  select from role_template_roles s where s.org_id = r.org_id and s.template_id = r.template_id
    and s.project_id is not distinct from r.project_id and s.role = :to)`;

const renameSql = `update role_template_roles r set role = :to where r.role = :from and ${ofKind} returning org_id, template_id`;

const dropSql = `delete from role_template_roles r where r.role = any(:roles) and ${ofKind} returning org_id, template_id`;

const changedSql = `
update role_templates set version = version + 1, updated_at = now()
where (org_id, id) in (select * from unnest(:orgs::uuid[], :ids::uuid[])) returning org_id`;

interface Named {
  readonly org_id: string;
  readonly template_id: string;
}

/** Gives the roles of templates their new name. Returns the organization of each template. */
export async function renameTemplateRoles(
  db: Db,
  renaming: { blueprint: string; from: string; to: string },
): Promise<{ org_id: string }[]> {
  const doubles: Named[] = (await db.raw(`${endDoublesSql} returning org_id, template_id`, renaming)).rows;
  return changed(db, [...doubles, ...(await db.raw(renameSql, renaming)).rows]);
}

/** Takes roles out of templates. */
export async function dropTemplateRoles(db: Db, dropped: { blueprint: string; roles: readonly string[] }): Promise<void> {
  await changed(db, (await db.raw(dropSql, { ...dropped, roles: [...dropped.roles] })).rows);
}

async function changed(db: Db, named: readonly Named[]): Promise<{ org_id: string }[]> {
  if (named.length === 0) return [];
  return (await db.raw(changedSql, { orgs: named.map(({ org_id }) => org_id), ids: named.map(({ template_id }) => template_id) })).rows;
}
