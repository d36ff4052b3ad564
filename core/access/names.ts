import { type IdKind, isId, toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

/** What is to be named: an organization or a user by the id alone, what belongs to an organization together with that. */
export interface Unnamed {
  readonly id: string;
  /** Of a user: where they are called as members' lists call them. */
  readonly organizationId?: string | undefined;
}

/** How people call something. */
export interface Name {
  /** The slug of an organization or project, the title of a role, else a name; nothing for a user who has none. */
  readonly name?: string;
  /** Of a user. */
  readonly email?: string;
  /** It is a person, a key of one, or belongs to the personal organization of one. */
  readonly isPersonal: boolean;
}

/** The names that were read. */
export type Names = (unnamed: Unnamed) => Name | undefined;

const namedKinds = ['organization', 'project', 'user', 'serviceAccount', 'apiKey', 'role'] as const satisfies readonly IdKind[];
type NamedKind = (typeof namedKinds)[number];

const namesSql = `
with wanted as (select * from unnest($1::text[], $2::uuid[], $3::uuid[]) as w (kind, org_id, id))
select w.kind, w.org_id, w.id, coalesce(o.deleted_slug, o.slug) as name, null as email, o.personal_of is not null as personal
  from wanted w join organizations o on o.id = w.id where w.kind = 'organization'
union all
select w.kind, w.org_id, w.id, coalesce(p.deleted_slug, p.slug), null, o.personal_of is not null
  from wanted w join projects p on p.org_id = w.org_id and p.id = w.id join organizations o on o.id = w.org_id where w.kind = 'project'
union all
select w.kind, w.org_id, w.id, coalesce(m.display_name, u.display_name, u.name), u.email, true
  from wanted w join users u on u.id = w.id left join members m on m.org_id = w.org_id and m.user_id = w.id where w.kind = 'user'
union all
select w.kind, w.org_id, w.id, s.name, null, o.personal_of is not null
  from wanted w join service_accounts s on s.org_id = w.org_id and s.id = w.id join organizations o on o.id = w.org_id
  where w.kind = 'serviceAccount'
union all
select w.kind, w.org_id, w.id, k.name, null, k.user_id is not null or o.personal_of is not null
  from wanted w join api_keys k on k.org_id = w.org_id and k.id = w.id join organizations o on o.id = w.org_id where w.kind = 'apiKey'
union all
select w.kind, w.org_id, w.id, r.title, null, o.personal_of is not null
  from wanted w join roles r on r.org_id = w.org_id and r.id = w.id join organizations o on o.id = w.org_id where w.kind = 'role'`;

interface NameRow {
  readonly kind: NamedKind;
  readonly org_id: string | null;
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly personal: boolean;
}

/** Reads how people call what has these ids, in one statement, for callers who may read all of it. What is no such id, or has been erased, has no name. */
export async function readNames(db: Db, wanted: readonly Unnamed[]): Promise<Names> {
  const byKey = new Map(wanted.map((each) => [keyOf(each), each]));
  const asked = [...byKey.values()].flatMap(({ id, organizationId }) => {
    const kind = kindOf(id);
    if (!kind || (organizationId !== undefined && !isId('organization', organizationId))) return [];
    const place = kind === 'organization' || organizationId === undefined ? null : toUuid('organization', organizationId);
    return [{ kind, place, uuid: toUuid(kind, id) }];
  });
  const values = [asked.map(({ kind }) => kind), asked.map(({ place }) => place), asked.map(({ uuid }) => uuid)];
  const rows = asked.length === 0 ? [] : await prepared<NameRow & Record<string, unknown>>(db, 'names', namesSql, values);
  const names = new Map(rows.map((row) => [keyOf(unnamedOf(row)), nameOf(row)]));
  return (unnamed) => names.get(keyOf(unnamed));
}

const kindOf = (id: string): NamedKind | undefined => namedKinds.find((kind) => isId(kind, id));

const keyOf = ({ id, organizationId = '' }: Unnamed): string => (isId('organization', id) ? id : `${organizationId} ${id}`);

function unnamedOf({ kind, org_id, id }: NameRow): Unnamed {
  return { id: toId(kind, id), ...(org_id !== null && { organizationId: toId('organization', org_id) }) };
}

function nameOf({ name, email, personal }: NameRow): Name {
  return { ...(name !== null && { name }), ...(email !== null && { email }), isPersonal: personal };
}
