import type { SubjectIds } from '../access/touched.ts';
import { livingGrant, livingKey } from '../authorization/decisions/held-roles.ts';
import { groupedBy } from '../base/grouped.ts';
import { type Db, prepared } from '../database/database.ts';
import type { Group } from './groups.ts';
import { flags, type OrganizationFacts, personStates } from './organizations.ts';

interface PersonRow {
  id: string;
  suspended: boolean;
  member: string | null;
  lacks_factor: boolean | null;
}

interface GrantRow {
  holder: string;
  role: string;
  project_id: string | null;
}

interface KeyRow {
  id: string;
  user_id: string | null;
  service_account_id: string | null;
  project_id: string | null;
  scopes: string[] | null;
}

const peopleSql = `
select u.id, u.state = 'SUSPENDED' as suspended, m.state as member,
  m.second_factor_at is null and mfa_due($1, m.first_joined_at) <= now() as lacks_factor
from users u left join members m on m.org_id = $1 and m.user_id = u.id where u.id = any ($2)`;
const accountsSql = `
select a.id, a.project_id from service_accounts a where a.org_id = $1 and a.state = 'ACTIVE' and a.id = any ($2)`;
const grantsSql = `
select g.user_id as holder, g.role, g.project_id from grants g where g.org_id = $1 and g.user_id = any ($2) and ${livingGrant}
union all
select g.service_account_id, g.role, g.project_id from grants g where g.org_id = $1 and g.service_account_id = any ($3) and ${livingGrant}`;
const keysSql = `
select k.id, k.user_id, k.service_account_id, k.project_id, k.scopes from api_keys k
where k.org_id = $1 and (k.id = any ($4) or k.user_id = any ($2) or k.service_account_id = any ($3)) and ${livingKey}`;

/** Whose authority a group is about. */
type Authority = Pick<Group, 'holder' | 'flags'>;

/**
 * The groups of these subjects, each alone, and of the keys that are theirs. groupsOf says the same of all in an organization; this reads the rows of
 * some, by index. The owners of keys must be among the subjects.
 */
export async function groupsOfSubjects(db: Db, facts: OrganizationFacts, { users, accounts, keys }: SubjectIds): Promise<Group[]> {
  const [people, accountRows, granted, keyRows] = await Promise.all([
    prepared<PersonRow>(db, 'change-people', peopleSql, [facts.uuid, users]),
    prepared<{ id: string; project_id: string | null }>(db, 'change-accounts', accountsSql, [facts.uuid, accounts]),
    prepared<GrantRow>(db, 'change-grants', grantsSql, [facts.uuid, users, accounts]),
    prepared<KeyRow>(db, 'change-keys', keysSql, [facts.uuid, users, accounts, keys]),
  ]);
  const held = groupedBy(granted, ({ holder }) => holder);
  const authorities = new Map<string, Authority>();
  for (const row of people) authorities.set(row.id, { holder: 'user', flags: personFlags(facts, row, held.get(row.id) ?? []) });
  for (const { id, project_id } of accountRows)
    authorities.set(id, { holder: 'service-account', flags: project_id === null ? flags.ofOrganization : 0 });

  const groups: Group[] = [];
  const add = (id: string, owner: string, more: Pick<Group, 'subject'> & Partial<Group>): void => {
    const authority = authorities.get(owner);
    if (authority) groups.push(...groupsOfOne({ ...authority, ...more, organization: facts.uuid, subjects: [id] }, held.get(owner) ?? []));
  };
  for (const { id } of people) {
    const support = facts.supporters.find(({ user }) => user === id)?.role;
    add(id, id, { subject: 'user', ...(support !== undefined && { support }) });
  }
  for (const { id } of accountRows) add(id, id, { subject: 'service-account' });
  for (const { id, user_id, service_account_id, project_id, scopes } of keyRows)
    add(id, (user_id ?? service_account_id)!, { subject: 'api-key', keyProject: project_id, ...(scopes && { scopes: scopes.toSorted() }) });
  return groups;
}

function personFlags(facts: OrganizationFacts, { id, suspended, member, lacks_factor }: PersonRow, held: readonly GrantRow[]): number {
  const isMember = member === 'ACTIVE' || member === 'INACTIVE';
  const isEverywhere = held.some(({ project_id }) => project_id === null);
  return (
    (member === 'INACTIVE' ? personStates.inactive.bit : 0) |
    (suspended ? personStates.suspended.bit : 0) |
    (facts.requiresMfa && lacks_factor ? personStates.mfaMissing.bit : 0) |
    (isMember && facts.owner === id ? flags.owner : 0) |
    (isMember ? 0 : flags.outsider | (isEverywhere ? flags.everywhere : 0))
  );
}

/** What is held in the organization, and in each project where a role of one's own is. */
function groupsOfOne(
  about: Omit<Group, 'project' | 'roles' | 'projectRoles' | 'count' | 'fold' | 'sampled'>,
  held: readonly GrantRow[],
): Group[] {
  const rolesIn = (project: string | null): string[] =>
    [...new Set(held.flatMap((row) => (row.project_id === project ? row.role : [])))].sort();
  const roles = rolesIn(null);
  const projects = new Set(held.map(({ project_id }) => project_id));
  return [null, ...[...projects].filter((project) => project !== null)].map((project) => ({
    ...about,
    project,
    roles,
    projectRoles: project === null ? [] : rolesIn(project),
    count: 1,
    fold: 0n,
    sampled: [],
  }));
}
