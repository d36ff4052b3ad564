import { isLiving, presentGrant } from '../authorization/decisions/held-roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import type { SubjectColumns } from './grant-subjects.ts';

/** Whether the user or service account of a grant or row `g` holds one of the roles `:requires` in the organization, directly or by a role of theirs. */
const holdsRequired = `exists (
  select from grants d where d.org_id = g.org_id and (d.user_id = g.user_id or d.service_account_id = g.service_account_id) and d.project_id is null and ${isLiving('d')}
    and (d.role = any(:requires) or exists (
      select from grants t where t.org_id = g.org_id and t.subject_role = d.role and t.project_id is null and ${isLiving('t')} and t.role = any(:requires)
    )))`;

/** Throws InvalidInput when the role asks for another one in the organization that the subject has not. */
export async function checkRequired(db: Db, blueprint: Blueprint, orgUuid: string, role: string, subject: SubjectColumns): Promise<void> {
  const requires = blueprint.roles.find(({ id }) => id === role)?.requires;
  if (requires === undefined) return;
  if (subject.subject_role !== null ? requires.includes(subject.subject_role) : await holds(db, orgUuid, subject, requires)) return;
  throw new InvalidInput(`${role} is only for those who hold ${requires.join(' or ')} in the organization.`, [
    { pointer: '#/role', detail: `asks the subject to hold ${requires.join(' or ')}` },
  ]);
}

async function holds(db: Db, org: string, { user_id, service_account_id }: SubjectColumns, requires: readonly string[]): Promise<boolean> {
  const asked = 'select :org::uuid as org_id, :user_id::uuid as user_id, :service_account_id::uuid as service_account_id';
  const { rows } = await db.raw(`select ${holdsRequired} as holds from (${asked}) g`, {
    org,
    user_id,
    service_account_id,
    requires: [...requires],
  });
  return rows[0].holds;
}

/** The grants in projects of an organization whose holders have not what they require any more; of one holder, or of all. */
export async function findUnmet<Row>(db: Db, blueprint: Blueprint, org: string, holder: string | null): Promise<Row[]> {
  const found: Row[] = [];
  for (const { id, requires } of blueprint.roles) {
    if (requires === undefined) continue;
    const { rows } = await db.raw(
      `select g.* from grants g
       where g.org_id = :org and g.role = :role and g.project_id is not null and g.subject_role is null and ${presentGrant}
         and (:holder::uuid is null or coalesce(g.user_id, g.service_account_id) = :holder) and not ${holdsRequired} order by g.id`,
      { org, role: id, holder, requires: [...requires] },
    );
    found.push(...(rows as Row[]));
  }
  return found;
}
