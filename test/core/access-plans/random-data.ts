import pg from 'pg';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import type { Vocabulary } from '../../../core/authorization/policy/vocabulary.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import { randomNumbers } from '../../helpers/shuffled.ts';
import { house, model, vocabulary } from '../authorization/contents.ts';

/** Numbers by chance that are the same for the same seed. */
export interface Chance {
  /** True for so many of a hundred. */
  often(percent: number): boolean;
  below(limit: number): number;
  one<T>(list: readonly T[]): T;
  some<T>(list: readonly T[], most: number): T[];
}

export function chanceOf(seed: number): Chance {
  const next = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return {
    often: (percent) => next() * 100 < percent,
    below,
    one,
    some: (list, most) => Array.from({ length: below(most + 1) }, () => one(list)),
  };
}

/** The kinds of organization of the test. */
export const kinds = ['house', 'barn'] as const;
const orgRoles = ['org.owner-like', 'org.guest', 'org.helper'];
const projectRoles = ['project.painter', 'project.sweeper'];
const supportRole = 'org.support';
const scopes = ['read', 'write'];

/** What can be asked. */
export const words: Vocabulary = {
  ...vocabulary,
  roles: {
    ...vocabulary.roles,
    'platform/operator': 'Operators',
    'platform/api-key': 'Keys',
    'platform/controller': 'Tenet',
    'member/external': 'From outside',
    'member/service-account': 'Accounts',
  },
};

const common = [
  ...['platform/user', 'platform/operator', 'platform/api-key', 'platform/controller'],
  ...['member/self', 'member/external', 'member/service-account'],
  ...['suspended', 'personal', 'not-entitled', 'inactive-member', 'suspended-user', 'mfa-missing', 'resource-disabled'].map(
    (name) => `state/${name}`,
  ),
];
const ofKind = (kind: string): string[] => [
  ...[...orgRoles, ...projectRoles, supportRole, 'org.owner'].map((role) => `${kind}/${role}`),
  ...scopes.map((scope) => `scope/${scope}`),
];

/** A row by chance; states mostly take away and roles mostly give. */
function rowBy(chance: Chance, subjects: readonly string[], domains: readonly string[]): Row {
  const drawn = chance.one(subjects);
  const subject = drawn.startsWith('state/') ? chance.one(subjects) : drawn;
  const resource = chance.one(Object.keys(words.resources));
  const act = chance.one(Object.keys(words.resources[resource]!.actions));
  const eft = chance.often(subject.startsWith('state/') ? 15 : 85) ? 'allow' : 'deny';
  return [subject, chance.one(domains), chance.often(10) ? '*' : resource, chance.often(15) ? '*' : act, eft];
}

function rowsBy(chance: Chance, count: number, subjects: readonly string[], domains: readonly string[]): Row[] {
  const rows = Array.from({ length: count }, () => rowBy(chance, subjects, domains));
  return [...new Map(rows.map((row) => [row.slice(0, 4).join(' '), row])).values()];
}

function placed(scope: string, rows: readonly Row[]): Pick<PolicyContent, 'scope' | 'model' | 'rows' | 'sources'> {
  return { scope, model, rows, sources: rows.map((_, index) => ({ file: `${scope}.csv`, line: index + 1 })) };
}

function blueprintOf(name: string): Blueprint {
  const more = [...orgRoles, ...projectRoles, supportRole].filter((id) => !house.roles.some((role) => role.id === id));
  return {
    ...house,
    name,
    roles: [
      ...house.roles,
      ...more.map((id) => ({
        ...{ id, title: id, description: id, level: id.startsWith('org.') ? ('org' as const) : ('project' as const) },
        ...(id === supportRole && { holders: ['support'] as ['support'] }),
      })),
    ],
    scopes: scopes.map((scope) => ({ name: scope, title: scope })),
  };
}

const platformDomains = ['platform', '*', 'org', 'project'];
const kindDomains = ['*', 'org', 'project'];

/** What organizations may switch off, and what that means. */
const restrictable = ['door', 'room', 'key'] as const;
const rowsOfRestrictions: readonly Row[] = [
  ['state/resource-disabled', 'project', 'room', '*', 'deny'],
  ['state/resource-disabled', '*', 'key', '*', 'deny'],
];

/** A policy by chance: of the platform and of each kind. */
export function policyBy(chance: Chance): PolicyContent[] {
  return [
    { ...placed('platform', [...rowsBy(chance, 22, common, platformDomains), ...rowsOfRestrictions]), vocabulary: words },
    ...kinds.map((kind) => ({
      ...placed(`blueprint/${kind}`, rowsBy(chance, 18, ofKind(kind), kindDomains)),
      blueprint: blueprintOf(kind),
    })),
  ];
}

/** The contents after a change by chance. */
export function changedBy(chance: Chance, contents: readonly PolicyContent[]): PolicyContent[] {
  return contents.map((content) => {
    if (chance.often(35)) return content;
    const kind = content.blueprint?.name;
    const kept = content.rows.filter(() => !chance.often(20));
    const turned = kept.map(
      (row): Row => (chance.often(5) ? ([...row.slice(0, 4), row[4] === 'allow' ? 'deny' : 'allow'] as unknown as Row) : row),
    );
    const added = rowsBy(chance, chance.below(8), kind ? ofKind(kind) : common, kind ? kindDomains : platformDomains);
    const changed = { ...content, ...placed(content.scope, [...turned, ...added]) };
    return content.vocabulary && chance.often(25) ? { ...changed, vocabulary: withoutSome(chance, content.vocabulary) } : changed;
  });
}

/** The contents with rows that allow everything to some subjects, or deny everything where they are states. */
export function withMore(contents: readonly PolicyContent[], subjects: RegExp): PolicyContent[] {
  return contents.map((content) => {
    const names = (content.blueprint ? ofKind(content.blueprint.name) : common).filter((name) => subjects.test(name));
    const added = names.flatMap((name) =>
      Object.keys(words.resources).map((resource): Row => [name, '*', resource, '*', name.startsWith('state/') ? 'deny' : 'allow']),
    );
    return added.length === 0 ? content : { ...content, ...placed(content.scope, [...content.rows, ...added]) };
  });
}

/** An action that cannot be asked any more, or at fewer levels. */
function withoutSome(chance: Chance, from: Vocabulary): Vocabulary {
  const resource = chance.one(Object.keys(from.resources));
  const { title, actions } = from.resources[resource]!;
  const action = chance.one(Object.keys(actions));
  const left = chance.often(50) ? [] : actions[action]!.slice(1);
  const { [action]: _, ...others } = actions;
  return {
    ...from,
    resources: { ...from.resources, [resource]: { title, actions: left.length > 0 ? { ...others, [action]: left } : others } },
  };
}

/** The rows of an organization's own roles. */
function ownBy(chance: Chance, organization: string, roles: readonly string[], projects: readonly string[]): PolicyContent {
  const id = toId('organization', organization);
  const domains = ['org', 'project', id, ...projects.map((project) => `${id}/${toId('project', project)}`)];
  const rows = rowsBy(chance, 6, roles, domains);
  return { ...placed(id, rows), customRoles: Object.fromEntries(roles.map((role) => [role, { tier: 'org.guest' }])) };
}

const uuidOf = (kind: Parameters<typeof newId>[0]): string => toUuid(kind, newId(kind));

/**
 * Fills a database by chance, without triggers: members in every state, people from outside, grants that rest, ended or were revoked, grants to
 * roles, accounts, keys, owners, operators. Returns what organizations have of their own.
 */
export async function fillBy(chance: Chance, url: string, size: { organizations: number; users: number }): Promise<PolicyContent[]> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=tenet -c session_replication_role=replica' });
  await client.connect();
  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    const names = Object.keys(row);
    await client.query(
      `insert into ${table} (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')}) on conflict do nothing`,
      Object.values(row),
    );
  };
  const users = Array.from({ length: size.users }, () => uuidOf('user'));
  for (const [number, id] of users.entries()) {
    await insert('users', { id, issuer: 'https://idp.example', subject: id, state: chance.often(15) ? 'SUSPENDED' : 'ACTIVE' });
    if (number < 3 || chance.often(20)) await insert('platform_grants', { user_id: id, role: 'platform/operator', granted_by: 'test' });
  }
  const own: PolicyContent[] = [];
  for (let number = 0; number < size.organizations; number++) own.push(...(await organizationBy(chance, { insert, users, number })));
  // Last, so that everything before is the same with and without.
  const { rows: all } = await client.query<{ id: string; projects: string[] }>(
    'select o.id, array(select p.id from projects p where p.org_id = o.id order by p.created_at, p.id) as projects from organizations o order by o.created_at, o.id',
  );
  for (const { id, projects } of all) await restrictionsBy(chance, insert, { id, projects });
  await client.query(
    'update organizations o set restricted = exists (select from restrictions r where r.org_id = o.id and r.lifted_at is null)',
  );
  await client.end();
  return own;
}

/** What an organization has switched off: types everywhere, in some projects or in all but some; single resources; and what it has switched on again. */
async function restrictionsBy(
  chance: Chance,
  insert: Filling['insert'],
  { id, projects }: { id: string; projects: readonly string[] },
): Promise<void> {
  for (let restriction = chance.below(4); restriction > 0; restriction--) {
    const listed = projects.length > 0 && chance.often(60) ? [chance.one(projects), ...chance.some(projects, 1)] : null;
    const isLifted = chance.often(20);
    await insert('restrictions', {
      ...{ org_id: id, id: uuidOf('restriction'), reason: 'test', created_by: 'test', resource_type: chance.one(restrictable) },
      ...{ resource_id: chance.often(20) ? 'blue' : null, is_exception: listed !== null && chance.often(40) },
      project_ids: listed && [...new Set(listed)].sort(),
      ...(isLifted && { lifted_at: past, lifted_by: 'test' }),
    });
  }
}

interface Filling {
  readonly insert: (table: string, row: Record<string, unknown>) => Promise<void>;
  readonly users: readonly string[];
  readonly number: number;
}

const past = new Date(Date.now() - 86_400_000);
const future = new Date(Date.now() + 86_400_000);

async function organizationBy(chance: Chance, { insert, users, number }: Filling): Promise<PolicyContent[]> {
  const org_id = uuidOf('organization');
  const mfa = chance.often(40);
  await insert('organizations', {
    ...{ id: org_id, slug: org_id, name: 'Acme', blueprint: kinds[number % 2], top_role: 'org.owner-like' },
    state: chance.one(['ACTIVE', 'ACTIVE', 'ACTIVE', 'SUSPENDED', number > 4 ? 'DELETED' : 'ACTIVE']),
    owner_id: chance.often(60) ? chance.one(users) : null,
    externals: chance.often(60) ? 'ALLOW' : 'FORBID',
    personal_of: chance.often(15) ? users[number] : null,
    entitled: chance.often(80),
    ...{ mfa: mfa ? 'REQUIRED' : 'OPTIONAL', mfa_grace_days: 0 },
  });
  if (mfa) await insert('mfa_requirements', { org_id, began_at: chance.often(70) ? past : future, grace_days: 0 });
  const projects = Array.from({ length: chance.below(4) }, () => uuidOf('project'));
  for (const id of projects)
    await insert('projects', {
      org_id,
      id,
      slug: id,
      name: 'Project',
      state: chance.one(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ARCHIVED', 'DELETED']),
    });
  const roles = chance.often(50) ? Array.from({ length: 2 }, () => toId('role', uuidOf('role'))) : [];
  const places = [null, ...projects];

  const grant = async (subject: Record<string, unknown>, place: string | null): Promise<void> => {
    const role = chance.one([...(place === null ? orgRoles : projectRoles), ...roles, 'org.guest']);
    await insert('grants', {
      ...{ org_id, id: uuidOf('grant'), project_id: place, role, source: 'DIRECT', granted_by: 'test', ...subject },
      until: chance.one([null, null, null, future, past]),
      from_at: chance.one([null, null, null, null, past, future]),
      revoked_at: chance.often(10) ? past : null,
    });
  };

  for (const user_id of users) {
    if (chance.often(35)) continue;
    await insert('members', {
      ...{ org_id, user_id, state: chance.one(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'INACTIVE', 'REMOVED']) },
      second_factor_at: chance.often(50) ? past : null,
      first_joined_at: past,
    });
  }
  for (const user_id of users) for (const place of chance.some(places, 3)) await grant({ user_id }, place);
  for (const subject_role of chance.some([...orgRoles, ...projectRoles, ...roles], 3)) await grant({ subject_role }, chance.one(places));

  const accounts = Array.from({ length: chance.below(4) }, () => uuidOf('serviceAccount'));
  for (const id of accounts) {
    await insert('service_accounts', {
      org_id,
      id,
      project_id: chance.one(places),
      name: id,
      state: chance.often(85) ? 'ACTIVE' : 'DELETED',
      created_by: 'test',
    });
    for (const place of chance.some(places, 2)) await grant({ service_account_id: id }, place);
  }
  for (let key = chance.below(6); key > 0; key--) {
    const isOfAccount = accounts.length > 0 && chance.often(40);
    const revoked = chance.often(15);
    await insert('api_keys', {
      ...{ org_id, id: uuidOf('apiKey'), project_id: chance.one([null, ...places]), type: 'KEY', name: 'key', created_by: 'test' },
      ...(isOfAccount ? { service_account_id: chance.one(accounts) } : { user_id: chance.one(users) }),
      scopes: chance.one([null, null, [], ['read'], ['write', 'read']]),
      ...{ state: revoked ? 'REVOKED' : 'ACTIVE', revoked_at: revoked ? past : null, expires_at: chance.one([null, null, future, past]) },
    });
  }
  for (const operator_id of new Set([chance.one(users.slice(0, 3)), ...chance.some(users, 1)])) {
    await insert('support_accesses', {
      ...{ org_id, id: uuidOf('supportAccess'), operator_id, role: supportRole, reason: 'test', minutes: 60 },
      ...{ state: chance.often(80) ? 'APPROVED' : 'ENDED', until: chance.often(80) ? future : past, expires_at: future },
    });
  }
  return roles.length === 0 ? [] : [ownBy(chance, org_id, roles, projects)];
}
