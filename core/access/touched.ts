import { toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** Subjects of one organization, by uuid. */
export interface SubjectIds {
  readonly users: readonly string[];
  readonly accounts: readonly string[];
  readonly keys: readonly string[];
}

/** Whom a transaction may have given or taken something in one organization, by the rows that it wrote. The owners of keys are among them. */
export interface TouchedSubjects extends SubjectIds {
  /** All who hold one of these roles. */
  readonly roles: readonly string[];
  /** Pending invitations and links; they are no subjects. */
  readonly offers: { readonly invitations: readonly string[]; readonly links: readonly string[] };
  /** Everyone there. */
  readonly everyone: boolean;
}

/** What a transaction has written about who may do what. */
export interface Touched {
  /** By organization, `org_...`. */
  readonly organizations: ReadonlyMap<string, TouchedSubjects>;
  /** Whether it has moved a policy of more than one organization. */
  readonly movesPolicies: boolean;
}

// A row that this transaction wrote has its number, or that of a savepoint in it, which is a later one and as unfinished as it is. It is the only one
// that changes rows of the organization meanwhile, because it holds its lock; what others have written and not committed is not seen.
const ageOfThis = '(select age(pg_current_xact_id()::xid)::bigint)';
/** Whether this transaction wrote the row as it is now. */
export const written = (table: string): string => `(case when age(${table}.xmin) <= ${ageOfThis} then
  pg_xact_status((pg_current_xact_id()::text::bigint + ${ageOfThis} - age(${table}.xmin))::text::xid8) = 'in progress' else false end)`;

const touchedSql = `
select g.org_id, s.kind, s.id from grants g
  cross join lateral (values ('user', g.user_id::text), ('account', g.service_account_id::text), ('role', g.subject_role)) s(kind, id)
  where g.org_id = any ($1) and s.id is not null and ${written('g')}
union select m.org_id, 'user', m.user_id::text from members m where m.org_id = any ($1) and ${written('m')}
union select s.org_id, 'user', s.operator_id::text from support_accesses s where s.org_id = any ($1) and ${written('s')}
union select a.org_id, 'account', a.id::text from service_accounts a where a.org_id = any ($1) and ${written('a')}
union select k.org_id, s.kind, s.id from api_keys k
  cross join lateral (values ('key', k.id::text), ('user', k.user_id::text), ('account', k.service_account_id::text)) s(kind, id)
  where k.org_id = any ($1) and s.id is not null and ${written('k')}
union select i.org_id, 'invitation', i.id::text from invitations i where i.org_id = any ($1) and i.state = 'PENDING' and ${written('i')}
union select l.org_id, 'link', l.id::text from invitation_links l where l.org_id = any ($1) and l.revoked_at is null and ${written('l')}
union select r.org_id, 'everyone', '' from mfa_requirements r where r.org_id = any ($1) and ${written('r')}
union select null, 'policy', '' from policy_heads h where h.scope not like 'org\\_%' and ${written('h')}`;

/** Reads it, of these organizations (uuid). It looks at each row of theirs once. */
export async function readTouched(db: Db, organizations: readonly string[]): Promise<Touched> {
  const rows = await prepared<{ org_id: string; kind: string; id: string }>(db, 'touched', touchedSql, [organizations]);
  const idsOf = (organization: string, kind: string): string[] =>
    rows.flatMap((row) => (row.org_id === organization && row.kind === kind ? row.id : []));
  return {
    movesPolicies: rows.some(({ kind }) => kind === 'policy'),
    organizations: new Map(
      organizations.map((uuid) => [
        toId('organization', uuid),
        {
          ...{ users: idsOf(uuid, 'user'), accounts: idsOf(uuid, 'account'), keys: idsOf(uuid, 'key'), roles: idsOf(uuid, 'role') },
          offers: { invitations: idsOf(uuid, 'invitation'), links: idsOf(uuid, 'link') },
          everyone: idsOf(uuid, 'everyone').length > 0,
        },
      ]),
    ),
  };
}

const holdersSql = `
select distinct user_id, service_account_id from grants g
where g.org_id = $1 and g.role = any ($2) and g.revoked_at is null and g.subject_role is null limit $3`;

/** The subjects, with those who hold one of the roles; undefined where they are more than `most`. */
export async function withHolders(
  db: Db,
  organization: string,
  { users, accounts, keys }: SubjectIds,
  roles: readonly string[],
  most: number,
): Promise<SubjectIds | undefined> {
  if (users.length + accounts.length > most) return undefined;
  if (roles.length === 0) return { users, accounts, keys };
  const values = [organization, roles, most + 1];
  const holders = await prepared<{ user_id: string | null; service_account_id: string | null }>(db, 'touched-holders', holdersSql, values);
  if (holders.length > most) return undefined;
  return {
    users: [...new Set([...users, ...holders.flatMap(({ user_id }) => user_id ?? [])])],
    accounts: [...new Set([...accounts, ...holders.flatMap(({ service_account_id }) => service_account_id ?? [])])],
    keys,
  };
}
