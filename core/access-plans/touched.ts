import { written } from '../access/affected.ts';
import { groupedBy } from '../base/grouped.ts';
import { type Db, prepared } from '../database/database.ts';
import type { SubjectIds } from './subject-groups.ts';

/** Whom the transaction may have given or taken something, in one organization. */
export interface Touched {
  /** By the rows that it wrote. */
  readonly subjects: SubjectIds;
  /** All who hold one of these roles. */
  readonly roles: readonly string[];
  /** Everyone there. */
  readonly everyone: boolean;
}

const touchedSql = `
select 'user' as kind, g.user_id::text as id from grants g where g.org_id = $1 and g.user_id is not null and ${written('g')}
union select 'account', g.service_account_id::text from grants g where g.org_id = $1 and g.service_account_id is not null and ${written('g')}
union select 'role', g.subject_role from grants g where g.org_id = $1 and g.subject_role is not null and ${written('g')}
union select 'user', m.user_id::text from members m where m.org_id = $1 and ${written('m')}
union select 'user', s.operator_id::text from support_accesses s where s.org_id = $1 and ${written('s')}
union select 'account', a.id::text from service_accounts a where a.org_id = $1 and ${written('a')}
union select k.kind, k.id from api_keys key
  cross join lateral (values ('key', key.id::text), ('user', key.user_id::text), ('account', key.service_account_id::text)) k(kind, id)
  where key.org_id = $1 and k.id is not null and ${written('key')}
union select 'everyone', null from mfa_requirements r where r.org_id = $1 and ${written('r')}
union select 'policy', null from policy_heads h where h.scope not like 'org\\_%' and ${written('h')}`;

const holdersSql = `
select distinct user_id, service_account_id from grants g
where g.org_id = $1 and g.role = any ($2) and g.revoked_at is null and g.subject_role is null limit $3`;

/** Whom the rows that this transaction wrote are about; undefined where it has moved the policy of more than one organization. */
export async function readTouched(db: Db, organization: string): Promise<Touched | undefined> {
  const rows = await prepared<{ kind: string; id: string }>(db, 'change-touched', touchedSql, [organization]);
  const by = groupedBy(rows, ({ kind }) => kind);
  const idsOf = (kind: string): string[] => (by.get(kind) ?? []).map(({ id }) => id);
  if (by.has('policy')) return undefined;
  return {
    subjects: { users: idsOf('user'), accounts: idsOf('account'), keys: idsOf('key') },
    roles: idsOf('role'),
    everyone: by.has('everyone'),
  };
}

/** The subjects, with those who hold one of the roles; undefined where they are more than `most`. */
export async function withHolders(
  db: Db,
  organization: string,
  { subjects, roles }: { subjects: SubjectIds; roles: readonly string[] },
  most: number,
): Promise<SubjectIds | undefined> {
  if (subjects.users.length + subjects.accounts.length > most) return undefined;
  if (roles.length === 0) return subjects;
  const values = [organization, roles, most + 1];
  const holders = await prepared<{ user_id: string | null; service_account_id: string | null }>(db, 'change-holders', holdersSql, values);
  if (holders.length > most) return undefined;
  return {
    users: [...new Set([...subjects.users, ...holders.flatMap(({ user_id }) => user_id ?? [])])],
    accounts: [...new Set([...subjects.accounts, ...holders.flatMap(({ service_account_id }) => service_account_id ?? [])])],
    keys: subjects.keys,
  };
}
