import { findRole, type KnownRoles } from '../authorization/decisions/roles.ts';
import type { GrantSubject } from '../authorization/decisions/subjects.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { externalsOf } from '../organizations/externals.ts';
import type { ManagedBy } from '../organizations/managed-by.ts';

/** The organization, or the project in it, that an operation on grants is about. */
export interface GrantPlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

/** The columns of a grant that name what holds the role. */
export interface SubjectColumns {
  readonly user_id: string | null;
  readonly service_account_id: string | null;
  readonly subject_role: string | null;
  /** The manifest that says what it holds in this place. */
  readonly managed_by: ManagedBy | null;
}

function mayHoldProjectRole({ projects }: Blueprint, type: GrantSubject['type']): boolean {
  // A service account holds roles where a member does.
  return projects !== 'none' && projects.grantees.includes(type === 'ROLE' ? 'role' : 'user');
}

/** Who is to hold the role. The answer does not say that a user exists who is no member. */
export async function findSubject(
  db: Db,
  roles: KnownRoles,
  { organizationId, projectId }: GrantPlace,
  { type, id }: GrantSubject,
): Promise<SubjectColumns> {
  const blueprint = roles.blueprint!;
  const none = { user_id: null, service_account_id: null, subject_role: null, managed_by: null };
  const refuse = (detail: string, pointer = '#/subject/id') =>
    new InvalidInput('The subject cannot hold a role here.', [{ pointer, detail }]);
  if (projectId !== undefined && !mayHoldProjectRole(blueprint, type))
    throw refuse('is no kind of subject that holds roles in projects of this kind of organization', '#/subject/type');
  if (type === 'ROLE') {
    const role = findRole(roles, id);
    if (role && (role.level === 'org' || projectId !== undefined)) return { ...none, subject_role: id };
    throw refuse('must be a role that is held here');
  }
  if (type === 'USER' && id.startsWith('user_')) {
    const person = await findPerson(db, blueprint, { organizationId, projectId }, id);
    if (person) return { ...none, ...person };
  }
  if (type === 'SERVICE_ACCOUNT') {
    const account = await findAccountRow(db, { organizationId, projectId }, id);
    if (account) return { ...none, service_account_id: account.id, managed_by: account.managed_by };
    throw refuse('must be a service account of this place');
  }
  throw refuse('must be a member of the organization');
}

/** A member; in a project also a user of the installation who is none, where the organization allows externals. */
async function findPerson(
  db: Db,
  blueprint: Blueprint,
  { organizationId, projectId }: GrantPlace,
  id: string,
): Promise<{ user_id: string; managed_by?: ManagedBy | null } | undefined> {
  const [org_id, user_id] = [toUuid('organization', organizationId), toUuid('user', id)];
  const member: { user_id: string; managed_by: ManagedBy | null } | undefined = await db('members')
    .where({ org_id, user_id })
    .whereNot({ state: 'REMOVED' })
    .first('user_id', 'managed_by');
  // Roles in projects are given to a managed member by the API too.
  if (member && projectId !== undefined) return { user_id };
  if (member || projectId === undefined || (await externalsOf(db, blueprint, org_id)) !== 'ALLOW') return member;
  return (await db('users').where({ id: user_id, state: 'ACTIVE' }).first('id')) && { user_id };
}

/** The uuid of a service account that is at home in this place: one of a project is in that project alone. Undefined for an id of anything else. */
export async function findAccount(db: Db, { organizationId, projectId }: GrantPlace, id: string): Promise<string | undefined> {
  return (await findAccountRow(db, { organizationId, projectId }, id))?.id;
}

async function findAccountRow(
  db: Db,
  { organizationId, projectId }: GrantPlace,
  id: string,
): Promise<{ id: string; managed_by: ManagedBy | null } | undefined> {
  if (!id.startsWith('svc_')) return undefined;
  const account: { id: string; project_id: string | null; managed_by: ManagedBy | null } | undefined = await db('service_accounts')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('serviceAccount', id), state: 'ACTIVE' })
    .first('id', 'project_id', 'managed_by');
  const project = projectId === undefined ? null : toUuid('project', projectId);
  if (account?.project_id === project) return account;
  // What an account of the organization holds in a project is no manifest's.
  return account?.project_id === null ? { id: account.id, managed_by: null } : undefined;
}

/** Whether what the subject is given here takes the place of what it has: an organization grants roles to people, a project also levels to roles. */
export function hasOneRole({ multipleRoles }: Blueprint, { projectId }: GrantPlace, { subject_role }: SubjectColumns): boolean {
  return projectId === undefined ? subject_role === null && !multipleRoles.org : !multipleRoles.project;
}
