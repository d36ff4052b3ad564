import { linkStateSql } from '../access/invitation-link-rows.ts';
import { livingKey, presentGrant } from '../authorization/decisions/held-roles.ts';

/** What a row is about by its id: pseudonyms take the place of all of them. */
export type IdColumn =
  | 'users'
  | 'organizations'
  | 'projects'
  | 'service_accounts'
  | 'api_keys'
  | 'invitations'
  | 'invitation_links'
  | 'policy_stores'
  | 'roles';

/** What a column of a snapshot may hold. `role` and `scope` are names that may be ids; `word` and `words` are of vocabularies, never of people. */
export type Kind =
  | { readonly id: IdColumn; readonly isList?: true }
  | 'role'
  | 'scope'
  | 'word'
  | 'words'
  | 'permissions'
  | 'time'
  | 'flag'
  | 'number'
  | 'content';

/** A column of a table, under the name that it has in the database. */
export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly isNullable?: true;
  /** What it is of the row `t`, where that is not the column itself. */
  readonly sql?: string;
}

/** What is taken of a table, and what stands in the columns that are left out and must have a value where a snapshot is loaded. */
export interface Table {
  readonly name: string;
  /** Says `t`. */
  readonly from: string;
  readonly where?: string;
  readonly columns: readonly Column[];
  /** By the number of the row. */
  readonly fill: Readonly<Record<string, (number: number) => string>>;
}

const id = (name: string, of: IdColumn): Column => ({ name, kind: { id: of } });
const maybe = (column: Column): Column => ({ ...column, isNullable: true });
const word = (name: string): Column => ({ name, kind: 'word' });
const flag = (name: string): Column => ({ name, kind: 'flag' });
const time = (name: string, sql: string): Column => ({ name, kind: 'time', sql: `(${sql})` });

// Times are of whole hours, so that one that is known elsewhere finds nobody. What is over stays so, and what is not over.
const hourOf = (sql: string): string => `date_trunc('hour', ${sql}, 'UTC')`;
/** The next whole hour, before the year 10000. */
const hourAfter = (sql: string): string =>
  `case when ${sql} < '9999-12-31 23:00:00+00' then ${hourOf(`${sql} + interval '1 hour' - interval '1 microsecond'`)} else ${hourOf(sql)} end`;
const ends = (name: string): Column => time(name, hourAfter(`t.${name}`));
/** Of what is still to come, the next one. */
const beginSql = (sql: string): string => `case when ${sql} > now() then ${hourAfter(sql)} else ${hourOf(sql)} end`;
const begins = (name: string): Column => time(name, beginSql(`t.${name}`));
const role = (name = 'role'): Column => ({ name, kind: 'role' });
const orgId = id('org_id', 'organizations');
const projectId = maybe(id('project_id', 'projects'));

/** A moment that is over, for what counts by being there at all. */
const over = "'2000-01-01 00:00:00+00'::timestamptz";

// Since when the time runs that a member has for a second factor. When they joined is told only of those whose time still runs.
const joinedSql = `coalesce((
  select case when greatest(r.began_at, t.first_joined_at) + r.grace_days * interval '1 day' <= now() then ${beginSql('r.began_at')}
    else ${hourAfter('greatest(r.began_at, t.first_joined_at)')} end
  from organizations o join mfa_requirements r on r.org_id = o.id
  where o.id = t.org_id and o.mfa = 'REQUIRED' and t.second_factor_at is null and r.ended_at > t.first_joined_at
  order by r.ended_at limit 1), ${over})`;

// A requirement whose time still runs, for people who are no members it begins with the requirement, is told of the next hour; one that is over, of the hour it was in.
const requirementTime = (name: string): string =>
  `case when t.began_at + t.grace_days * interval '1 day' > now() then ${hourAfter(`t.${name}`)} else ${hourOf(`t.${name}`)} end`;
// Requirements of an organization are told apart by their ends, in their order, also where two end in the same hour.
const requirementEnds = time(
  'ended_at',
  `${requirementTime('ended_at')} + row_number() over (partition by t.org_id, ${requirementTime('ended_at')} order by t.ended_at) * interval '1 millisecond'`,
);

const numbered = (prefix: string) => (number: number) => `${prefix}${number}`;
/** Bytes of the length of a hash, different in each row. */
const hash = (number: number): string => `\\x${number.toString(16).padStart(64, '0')}`;
const uuid = (number: number): string => `00000000-0000-8000-8000-${number.toString(16).padStart(12, '0')}`;
const always = (text: string) => () => text;
const snapshot = always('snapshot');
const pending = "t.state = 'PENDING' and least(t.expires_at, t.until) > now()";
const active = `(select ${linkStateSql} from invitation_links l where l.org_id = t.org_id and l.id = `;

/**
 * Everything that the statements of an access plan read, in an order in which rows refer to earlier ones alone. What is not named here is not in a
 * snapshot; test/core/policy-snapshots/left-out.ts names every other column of the schema, so that a new one is decided about.
 */
export const tables: readonly Table[] = [
  {
    name: 'policy_revisions',
    from: 'policy_heads h join policy_revisions t on t.scope = h.scope and t.revision = h.revision',
    columns: [
      { name: 'scope', kind: 'scope' },
      { name: 'revision', kind: 'number' },
      {
        name: 'content',
        kind: 'content',
        sql: "jsonb_build_object('model', t.model, 'rows', t.rows, 'sources', t.sources, 'documents', t.documents)::text",
      },
    ],
    fill: {},
  },
  { name: 'users', from: 'users t', columns: [id('id', 'users'), word('state')], fill: { issuer: snapshot, subject: numbered('') } },
  { name: 'platform_grants', from: 'platform_grants t', columns: [id('user_id', 'users'), role()], fill: { granted_by: snapshot } },
  {
    name: 'organizations',
    from: 'organizations t',
    columns: [
      ...[id('id', 'organizations'), word('blueprint'), word('state'), word('top_role'), word('externals'), flag('entitled')],
      ...[word('mfa'), maybe(id('owner_id', 'users')), maybe(id('personal_of', 'users'))],
    ],
    fill: { slug: numbered('organization-'), name: numbered('Organization ') },
  },
  {
    name: 'mfa_requirements',
    from: 'mfa_requirements t',
    columns: [orgId, time('began_at', requirementTime('began_at')), requirementEnds, { name: 'grace_days', kind: 'number' }],
    fill: {},
  },
  {
    name: 'projects',
    from: 'projects t',
    columns: [orgId, id('id', 'projects'), word('state')],
    fill: { slug: numbered('project-'), name: numbered('Project ') },
  },
  {
    name: 'restrictions',
    from: 'restrictions t',
    // Of whole types: plans say nothing of single resources.
    where: 't.lifted_at is null and t.resource_id is null',
    columns: [
      ...[orgId, word('resource_type'), flag('is_exception')],
      maybe({ name: 'project_ids', kind: { id: 'projects', isList: true } }),
    ],
    fill: { id: uuid, reason: snapshot, created_by: snapshot },
  },
  {
    name: 'roles',
    from: 'roles t',
    columns: [orgId, id('id', 'roles'), word('tier'), { name: 'permissions', kind: 'permissions' }],
    fill: { title: numbered('Role ') },
  },
  {
    name: 'members',
    from: 'members t',
    columns: [
      ...[orgId, id('user_id', 'users'), word('state'), time('first_joined_at', joinedSql)],
      maybe(time('second_factor_at', `case when t.second_factor_at is not null then ${over} end`)),
    ],
    fill: {},
  },
  {
    name: 'service_accounts',
    from: 'service_accounts t',
    columns: [orgId, id('id', 'service_accounts'), projectId, word('state')],
    fill: { name: numbered('account-'), created_by: snapshot },
  },
  {
    name: 'grants',
    from: 'grants t',
    where: presentGrant.replaceAll('g.', 't.'),
    columns: [
      ...[orgId, projectId, maybe(id('user_id', 'users')), maybe(id('service_account_id', 'service_accounts'))],
      ...[maybe(role('subject_role')), role(), maybe(ends('until')), maybe(begins('from_at'))],
    ],
    fill: { id: uuid, source: always('DIRECT'), granted_by: snapshot },
  },
  {
    name: 'api_keys',
    from: 'api_keys t',
    where: livingKey.replaceAll('k.', 't.'),
    columns: [
      ...[orgId, id('id', 'api_keys'), projectId, maybe(id('user_id', 'users')), maybe(id('service_account_id', 'service_accounts'))],
      ...[maybe({ name: 'scopes', kind: 'words' }), maybe(ends('expires_at')), maybe(id('policy_store_id', 'policy_stores'))],
    ],
    fill: { type: snapshot, name: snapshot, created_by: snapshot },
  },
  {
    name: 'support_accesses',
    from: 'support_accesses t',
    where: "t.state in ('REQUESTED', 'APPROVED') and coalesce(t.until, t.expires_at) > now()",
    columns: [orgId, id('operator_id', 'users'), role(), word('state'), ends('expires_at'), maybe(ends('until'))],
    fill: { id: uuid, reason: snapshot, minutes: always('1') },
  },
  {
    name: 'invitations',
    from: 'invitations t',
    where: pending,
    columns: [orgId, id('id', 'invitations'), ends('expires_at'), maybe(ends('until'))],
    fill: { email: (number) => `invitation-${number}@snapshot.invalid`, token_hash: hash, invited_by: snapshot },
  },
  {
    name: 'invitation_roles',
    from: 'invitation_roles t',
    where: `exists (select from invitations i where i.org_id = t.org_id and i.id = t.invitation_id and ${pending.replaceAll('t.', 'i.')})`,
    columns: [orgId, id('invitation_id', 'invitations'), projectId, role()],
    fill: {},
  },
  {
    name: 'invitation_links',
    from: 'invitation_links t',
    where: `${active}t.id) = 'ACTIVE'`,
    columns: [orgId, id('id', 'invitation_links'), ends('expires_at'), maybe(ends('until'))],
    fill: { token_hash: hash, invited_by: snapshot },
  },
  {
    name: 'invitation_link_roles',
    from: 'invitation_link_roles t',
    where: `${active}t.link_id) = 'ACTIVE'`,
    columns: [orgId, id('link_id', 'invitation_links'), projectId, role()],
    fill: {},
  },
];
