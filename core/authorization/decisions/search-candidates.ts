import { toId, toUuid } from '../../base/ids.ts';
import { uuidKey } from '../../base/pages.ts';
import type { Db } from '../../database/database.ts';
import { ownerRole, storedRole } from '../policy/vocabulary.ts';
import type { Place } from './actor.ts';
import { livingGrant } from './held-roles.ts';
import { type Subject, subjectNamed } from './subjects.ts';

/** What comes into question in a search, in the order of its keys. */
export interface Candidates<C> {
  read(after: string | undefined, limit: number): Promise<C[]>;
  keyOf(candidate: C): string;
  /** The shape of a key. */
  readonly key: RegExp;
}

const first = '00000000-0000-0000-0000-000000000000';

/** What may be held that allows something by itself. */
export interface AllowingNames {
  /** Stored names of roles. */
  readonly roles: readonly string[];
  readonly owner: boolean;
  /** Whether a name is among them that no grant gives, such as what every member is. */
  readonly everyone: boolean;
}

/** Sorts names of policy rows into those that are granted and the others. */
export function allowingNames(names: readonly string[], blueprint: string): AllowingNames {
  const given = names.filter((name) => name.startsWith('role_') || name.startsWith(`${blueprint}/`));
  const roles = given.map(storedRole);
  const others = names.filter((name) => !given.includes(name) && !name.startsWith('scope/'));
  return { roles, owner: roles.includes(ownerRole), everyone: others.length > 0 };
}

/** Whether a row has a living grant of one of these roles here, or of a role that was given one of them. */
const hasGrant = (column: string, holder: string) => `exists (
  select from grants g where g.org_id = :org and g.${column} = ${holder} and (g.project_id is null or g.project_id = :project::uuid)
    and ${livingGrant} and g.role in (select role from reach))`;

const statements: Readonly<Record<string, string>> = {
  user: `
    select m.user_id as id from members m join organizations o on o.id = m.org_id
    where m.org_id = :org and m.state <> 'REMOVED' and (:everyone or (o.owner_id = m.user_id and :owner) or ${hasGrant('user_id', 'm.user_id')})
    union
    select g.user_id from grants g where g.org_id = :org and g.user_id is not null and g.project_id = :project::uuid and ${livingGrant}
    union
    select s.operator_id from support_accesses s where s.org_id = :org and s.state = 'APPROVED' and s.until > now()`,
  'service-account': `
    select a.id from service_accounts a
    where a.org_id = :org and a.state = 'ACTIVE' and (:everyone or ${hasGrant('service_account_id', 'a.id')})`,
  'api-key': `
    select k.id from api_keys k where k.org_id = :org and k.state = 'ACTIVE' and (k.project_id is null or k.project_id = :project::uuid)`,
};

const prefixes = { user: 'user', 'service-account': 'serviceAccount', 'api-key': 'apiKey' } as const;

/**
 * The subjects of a type in a place that may hold one of the names, all of them where no grant gives one of the names; undefined
 * for a type that there is not. Wider than the truth: who is found is asked about.
 */
export function subjectsAfter(
  db: Db,
  type: string,
  place: Place,
  { roles, everyone, owner }: AllowingNames,
): Candidates<Subject> | undefined {
  const statement = Object.hasOwn(statements, type) ? statements[type] : undefined;
  if (statement === undefined) return undefined;
  const prefix = prefixes[type as keyof typeof prefixes];
  const sql = `
    with reach as (
      select unnest(:roles::text[]) as role
      union
      select g.subject_role from grants g
      where g.org_id = :org and g.subject_role is not null and (g.project_id is null or g.project_id = :project::uuid)
        and ${livingGrant} and g.role = any(:roles::text[])
    )
    select id from (${statement}) found where id > :after::uuid order by id limit :limit`;
  const org = toUuid('organization', place.organizationId!);
  const project = place.projectId === undefined ? null : toUuid('project', place.projectId);
  return {
    async read(after = first, limit) {
      const { rows } = await db.raw(sql, { org, project, roles, everyone, owner, after, limit });
      return (rows as { id: string }[]).map(({ id }) => subjectNamed(toId(prefix, id)));
    },
    keyOf: (subject) => ('uuid' in subject ? subject.uuid : first),
    key: uuidKey,
  };
}

const placesSql = `
  select places.org_id, places.project_id from (
    select o.id as org_id, null::uuid as project_id from organizations o where o.id in (:home:)
    union all
    select p.org_id, p.id from projects p where p.org_id in (:home:) and p.state = 'ACTIVE'
  ) places
  where (places.org_id, coalesce(places.project_id, :first::uuid)) > (:org::uuid, :project::uuid)
  order by places.org_id, places.project_id nulls first limit :limit`;

const homes = {
  user: `select org_id from members where user_id = :subject and state <> 'REMOVED'
    union select org_id from support_accesses where operator_id = :subject and state = 'APPROVED' and until > now()`,
  'service-account': 'select org_id from service_accounts where id = :subject',
  'api-key': 'select :keyHome::uuid',
  controller: 'select null::uuid',
} as const satisfies Record<Subject['type'], string>;

/** The organizations and active projects of a place, each organization before its projects; on the platform, of those that the subject belongs to. */
export function placesAfter(db: Db, subject: Subject, { organizationId, projectId }: Place): Candidates<Place> {
  const only = organizationId === undefined ? undefined : toUuid('organization', organizationId);
  const home = only === undefined ? homes[subject.type] : 'select :only::uuid';
  const sql = placesSql.replaceAll(':home:', home);
  const named = {
    only: only ?? null,
    subject: 'uuid' in subject ? subject.uuid : first,
    keyHome: (subject.type === 'api-key' && subject.home?.organization) || null,
    first,
  };
  return {
    async read(after, limit) {
      if (projectId !== undefined) return after === undefined ? [{ organizationId, projectId }] : [];
      const [org = first, project = first] = after?.split('/') ?? [];
      const { rows } = await db.raw(sql, { ...named, org, project, limit });
      return (rows as { org_id: string; project_id: string | null }[]).map(toPlace);
    },
    keyOf: (place) =>
      [toUuid('organization', place.organizationId!), ...(place.projectId === undefined ? [] : [toUuid('project', place.projectId)])].join(
        '/',
      ),
    key: placeKey,
  };
}

const placeKey = new RegExp(`^${uuidKey.source.slice(1, -1)}(/${uuidKey.source.slice(1, -1)})?$`);

function toPlace({ org_id, project_id }: { org_id: string; project_id: string | null }): Place {
  const organizationId = toId('organization', org_id);
  return project_id === null ? { organizationId } : { organizationId, projectId: toId('project', project_id) };
}
