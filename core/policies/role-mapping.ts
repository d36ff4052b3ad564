import { type GrantRow, managersSql, toGrant } from '../access/grants.ts';
import { offeredBy } from '../access/invitation-rows.ts';
import { writePolicy } from '../access/organization-policy.ts';
import { endSupportAccessesWith } from '../access/support-accesses.ts';
import { type Recorder, record, recordAll } from '../audit/record.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { customRolesOf } from '../authorization/policy/custom-roles.ts';
import { counted } from '../base/counted.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { renameLinkRoles, revokeLinksTo } from './link-roles.ts';
import { dropTemplateRoles, renameTemplateRoles } from './template-roles.ts';

/** What becomes of roles that a policy does not have any more: who holds or is offered one has the new one then, or nothing. */
export interface RoleMapping {
  /** The new name of each role. */
  readonly rename?: Readonly<Record<string, string>>;
  readonly drop?: readonly string[];
}

/** Whether a mapping says nothing of any role. */
export function isEmptyMapping({ rename = {}, drop = [] }: RoleMapping = {}): boolean {
  return Object.keys(rename).length + drop.length === 0;
}

/** An offer that is dropped. */
interface DroppedOffer {
  readonly org_id: string;
  readonly id: string;
  readonly project_id: string | null;
  readonly role: string;
}

/** A row of an organization's. */
interface Owned {
  readonly org_id: string;
}

const end = (grant: string): string => `coalesce(${grant}.until, 'infinity')`;
const isToCome = (grant: string): string => `coalesce(${grant}.begins_at > now(), false)`;
const ofKind = 'org_id in (select id from organizations where blueprint = :blueprint)';
const ofPending = "exists (select from invitations i where i.org_id = r.org_id and i.id = r.invitation_id and i.state = 'PENDING')";

/** The grants that a statement revokes, as the API shows them. */
const shown = (update: string): string => `
with g as (${update} returning *)
select g.*, ${managersSql} from g
left join members m on m.org_id = g.org_id and m.user_id = g.user_id left join projects p on p.org_id = g.org_id and p.id = g.project_id
left join service_accounts s on s.org_id = g.org_id and s.id = g.service_account_id`;

/** Where one subject would have the new role twice in a place, the grant that has not begun, else the one that ends first, is revoked. `column` is where the name of the role stands. */
const endDoublesSql = (column: 'role' | 'subject_role'): string =>
  shown(`
update grants set revoked_at = now(), revoked_by = :by where revoked_at is null and (org_id, id) in (
  select a.org_id, case when ${isToCome('a')} <> ${isToCome('b')} then case when ${isToCome('a')} then a.id else b.id end
    when ${end('a')} > ${end('b')} then b.id else a.id end
  from grants a join grants b on b.org_id = a.org_id and b.revoked_at is null and b.project_id is not distinct from a.project_id
    and b.user_id is not distinct from a.user_id and b.service_account_id is not distinct from a.service_account_id
    and ${column === 'role' ? 'b.role = :to and b.subject_role is not distinct from a.subject_role' : 'b.subject_role = :to and b.role = a.role'}
  where a.revoked_at is null and a.${column} = :from and a.${ofKind})`);

const renameGrantsSql = (column: 'role' | 'subject_role'): string =>
  `update grants set ${column} = :to where revoked_at is null and ${column} = :from and ${ofKind} returning org_id`;

const endDoubleOffersSql = `
delete from invitation_roles r where r.role = :from and r.${ofKind} and ${ofPending} and exists (
  select from invitation_roles s where s.org_id = r.org_id and s.invitation_id = r.invitation_id
    and s.project_id is not distinct from r.project_id and s.role = :to)`;

const renameOffersSql = `update invitation_roles r set role = :to where r.role = :from and r.${ofKind} and ${ofPending} returning org_id`;

// Naming `until` has the epoch of the organization move.
const renameSupportSql = `
update support_accesses set role = :to, until = until, version = version + 1, updated_at = now()
where role = :from and state in ('REQUESTED', 'APPROVED') and ${ofKind} returning org_id`;

/** The tier of roles that organizations have defined; what their policies say follows from it. */
const renameTiersSql = `update roles set tier = :to, version = version + 1, updated_at = now() where tier = :from and ${ofKind} returning org_id`;

const dropGrantsSql = shown(`
update grants set revoked_at = now(), revoked_by = :by
where revoked_at is null and (role = any(:roles) or subject_role = any(:roles)) and ${ofKind}`);

const dropOffersSql = `delete from invitation_roles r where r.role = any(:roles) and r.${ofKind} and ${ofPending} returning org_id, invitation_id as id, project_id, role`;

const revokeEmptySql = `
update invitations i set state = 'REVOKED', version = version + 1, updated_at = now()
where i.state = 'PENDING' and (i.org_id, i.id) in (select * from unnest(:orgs::uuid[], :ids::uuid[]))
  and not exists (select from invitation_roles r where r.org_id = i.org_id and r.invitation_id = i.id) returning org_id, id, email`;

const withoutTopSql = `
select count(*)::int as count from organizations o where o.blueprint = :blueprint and o.state <> 'DELETED'
  and exists (select from grants g where g.org_id = o.id and g.project_id is null and g.role = o.top_role
    and (g.revoked_at is null or g.revoked_at = now()) and g.until is null)
  and not exists (
    select from grants g join members m using (org_id, user_id)
    where g.org_id = o.id and g.project_id is null and g.role = :top and g.until is null and ${livingGrant}
      and m.state = 'ACTIVE' and (o.owner_id is null or o.owner_id = g.user_id))`;

/**
 * Carries out a mapping in the transaction in which the content comes into force: grants keep their ids, ends and reasons under the new
 * name, dropped ones are revoked; each organization has its events. Throws InvalidInput where the mapping does not fit the two contents.
 */
export async function mapRoles(
  db: Db,
  actor: Recorder,
  contents: { readonly before: PolicyContent | undefined; readonly after: PolicyContent },
  mapping: RoleMapping,
): Promise<void> {
  checkMapping(contents, mapping);
  const { blueprint } = contents.after;
  if (!blueprint) return mapPlatformRoles(db, actor, mapping);
  for (const [from, to] of Object.entries(mapping.rename ?? {})) await renameRole(db, actor, { blueprint, from, to });
  if (mapping.drop?.length) await dropRoles(db, actor, { blueprint: blueprint.name, roles: [...mapping.drop] });
}

/**
 * Makes the top role of a content that came into force that of every organization of its kind. `before` is the top role that it replaces, under its
 * new name. Throws FailedPrecondition where an organization would have no member with it.
 */
export async function keepTopRoles(db: Db, content: PolicyContent, before: string | undefined): Promise<void> {
  await refuseTopRole(db, content, before);
  if (!content.blueprint) return;
  const { name: blueprint, topRole: top } = content.blueprint;
  await db.raw('update organizations set top_role = :top where blueprint = :blueprint and top_role <> :top', { blueprint, top });
}

/** Throws what keepTopRoles would. */
export async function refuseTopRole(db: Db, { blueprint }: PolicyContent, before: string | undefined): Promise<void> {
  if (!blueprint || before === undefined || before === blueprint.topRole) return;
  const { name, topRole: top } = blueprint;
  const { count } = (await db.raw(withoutTopSql, { blueprint: name, top })).rows[0] as { count: number };
  if (count === 0) return;
  throw new FailedPrecondition(
    'failed-precondition',
    `${counted(count, 'organization')} of the kind ${name} would have no member with ${top}, the top role of this policy. Give it there first, or map the old top role to it.`,
  );
}

/** The roles of a content with their level; those of the platform have none. */
function levelsOf({ blueprint, vocabulary }: PolicyContent): Map<string, string> {
  if (blueprint) return new Map(blueprint.roles.map(({ id, level, holders }) => [id, holders ? `${level} of support` : level]));
  return new Map(Object.keys(vocabulary?.roles ?? {}).map((role) => [role, 'platform']));
}

/** Throws InvalidInput where a mapping does not fit the two contents. */
export function checkMapping(contents: Parameters<typeof mapRoles>[2], { rename = {}, drop = [] }: RoleMapping): void {
  const after = levelsOf(contents.after);
  // Of a content that cannot be read any more nothing is known.
  const before = contents.before && levelsOf(contents.before);
  checkOld([...Object.keys(rename), ...drop], { before, after });
  for (const [from, to] of Object.entries(rename)) {
    const level = after.get(to);
    if (drop.includes(from)) refuse(`${from} is to be renamed and dropped. Say one of them.`);
    if (level === undefined) refuse(`${to} is no role of the new policy.`);
    if (before && before.get(from) !== level) refuse(`${from} and ${to} are roles of different levels.`);
  }
}

function checkOld(
  roles: readonly string[],
  { before, after }: { before: ReadonlyMap<string, string> | undefined; after: ReadonlyMap<string, string> },
): void {
  for (const role of roles) {
    if (before && !before.has(role)) refuse(`${role} is no role of the policy in force.`);
    if (after.has(role)) refuse(`${role} is still a role of the new policy, so what is given with it stays.`);
  }
}

function refuse(detail: string): never {
  throw new InvalidInput(`The roles cannot be mapped: ${detail}`, [{ pointer: '#/roleMapping', detail }]);
}

/** A mapping for several scopes at once, from which each takes what is about it. */
export class PendingMapping {
  readonly #mapping: Required<RoleMapping>;
  readonly #unused: Set<string>;

  constructor({ rename = {}, drop = [] }: RoleMapping) {
    this.#mapping = { rename, drop };
    this.#unused = new Set([...Object.keys(rename), ...drop]);
  }

  /** What is about roles that `before` has and `after` lacks, under the names that these have there; undefined where there is none. */
  take(before: PolicyContent | undefined, after: PolicyContent): RoleMapping | undefined {
    if (!before) return undefined;
    const [had, has] = [levelsOf(before), levelsOf(after)];
    const plain = plainRole(after);
    const roleOf = (name: string): string | undefined => {
      const role = plain(name);
      if (!had.has(role) || has.has(role)) return undefined;
      this.#unused.delete(name);
      return role;
    };
    const rename = Object.entries(this.#mapping.rename).flatMap(([name, to]) => {
      const role = roleOf(name);
      return role === undefined ? [] : [[role, plain(to)] as const];
    });
    const drop = this.#mapping.drop.flatMap((name) => roleOf(name) ?? []);
    return rename.length + drop.length === 0 ? undefined : { rename: eachOnce(rename), drop };
  }

  /** Throws InvalidInput for what no scope has taken. */
  demandUsed(): void {
    const [name] = this.#unused;
    if (name !== undefined) refuse(`no policy that is applied loses a role ${name}. A role that stays keeps what is given with it.`);
  }
}

/** The name of a role in a content, where it may be said with its kind, as in `teams/org.admin`. */
function plainRole({ blueprint }: PolicyContent): (name: string) => string {
  const kind = blueprint && `${blueprint.name}/`;
  return (name) => (kind !== undefined && name.startsWith(kind) ? name.slice(kind.length) : name);
}

/** Throws InvalidInput for a role that is named with its kind and without it: one of its two new names would be lost. */
function eachOnce(renames: readonly (readonly [string, string])[]): Record<string, string> {
  const names = renames.map(([from]) => from);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`${twice} is named twice. Name it once.`);
  return Object.fromEntries(renames);
}

/** A mapping of one scope by the names that roles have there. */
export function withoutKind({ rename, drop }: RoleMapping, content: PolicyContent): RoleMapping {
  const plain = plainRole(content);
  return {
    ...(rename && { rename: eachOnce(Object.entries(rename).map(([from, to]) => [plain(from), plain(to)])) }),
    ...(drop && { drop: drop.map(plain) }),
  };
}

async function renameRole(
  db: Db,
  actor: Recorder,
  { blueprint: kind, from, to }: { blueprint: Blueprint; from: string; to: string },
): Promise<void> {
  const blueprint = kind.name;
  const bindings = { blueprint, from, to, by: actor.name };
  const renamed: Owned[] = [];
  for (const column of ['role', 'subject_role'] as const) {
    await recordRevoked(db, actor, (await db.raw(endDoublesSql(column), bindings)).rows);
    renamed.push(...(await db.raw(renameGrantsSql(column), bindings)).rows);
  }
  await db.raw(endDoubleOffersSql, bindings);
  const parts: Record<string, Map<string, Owned[]>> = {
    grants: byOrganization(renamed),
    invitations: byOrganization((await db.raw(renameOffersSql, bindings)).rows),
    links: byOrganization(await renameLinkRoles(db, { blueprint, from, to })),
    templates: byOrganization(await renameTemplateRoles(db, { blueprint, from, to })),
    supportAccesses: byOrganization((await db.raw(renameSupportSql, bindings)).rows),
    roles: byOrganization((await db.raw(renameTiersSql, bindings)).rows),
  };
  for (const org of [...new Set(Object.values(parts).flatMap((part) => [...part.keys()]))].sort()) {
    const organizationId = toId('organization', org);
    const counts: Record<string, number> = { grants: 0, invitations: 0 };
    for (const [part, owned] of Object.entries(parts)) if (owned.has(org)) counts[part] = owned.get(org)!.length;
    const custom = parts['roles']!.has(org) ? customRolesOf(kind) : undefined;
    const reason = `${from} is ${to} in ${blueprint}`;
    const written = custom && { revision: await writePolicy(db, actor, organizationId, custom, reason) };
    const entry = { organizationId, action: 'role.rename', target: organizationId };
    await record(db, actor, { ...entry, before: { role: from }, after: { role: to, ...counts, ...written } });
  }
}

async function dropRoles(db: Db, actor: Recorder, { blueprint, roles }: { blueprint: string; roles: string[] }): Promise<void> {
  const bindings = { blueprint, roles, by: actor.name };
  await recordRevoked(db, actor, (await db.raw(dropGrantsSql, bindings)).rows);
  await revokeLinksTo(db, actor, bindings);
  await dropTemplateRoles(db, bindings);
  await endSupportAccessesWith(db, actor, { blueprint, roles });
  const offers: DroppedOffer[] = (await db.raw(dropOffersSql, bindings)).rows;
  const emptied = { orgs: offers.map(({ org_id }) => org_id), ids: offers.map(({ id }) => id) };
  const revoked: { org_id: string; id: string; email: string }[] = (await db.raw(revokeEmptySql, emptied)).rows;
  for (const [org, its] of byOrganization(revoked)) {
    const entries = its.map(({ id, email }) => ({
      target: toId('invitation', id),
      before: { state: 'PENDING', email, ...offeredBy({ offers: offers.filter((offer) => offer.id === id) }) },
      after: { state: 'REVOKED' },
    }));
    await recordAll(db, actor, { organizationId: toId('organization', org), action: 'invitation.revoke' }, entries);
  }
}

async function recordRevoked(db: Db, actor: Recorder, rows: readonly GrantRow[]): Promise<void> {
  for (const [org, its] of byOrganization(rows)) {
    const entries = its.map((row) => ({ target: toId('grant', row.id), before: toGrant(row) }));
    await recordAll(db, actor, { organizationId: toId('organization', org), action: 'grant.revoke' }, entries);
  }
}

/** The rows by the uuid of their organization, in its order: those who lock several take them in one order. */
function byOrganization<T extends Owned>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of [...rows].sort((a, b) => (a.org_id < b.org_id ? -1 : 1))) {
    const group = groups.get(row.org_id);
    if (group) group.push(row);
    else groups.set(row.org_id, [row]);
  }
  return groups;
}

/** Each person has an event of what they lost and one of what they hold instead, as if an operator had taken and given it. */
async function mapPlatformRoles(db: Db, actor: Recorder, { rename = {}, drop = [] }: RoleMapping): Promise<void> {
  const given: PlatformGrant[] = [];
  for (const [from, to] of Object.entries(rename)) {
    const { rows } = await db.raw(
      `insert into platform_grants (user_id, role, granted_by) select user_id, :to, granted_by from platform_grants where role = :from
       on conflict do nothing returning user_id, role`,
      { from, to },
    );
    given.push(...rows);
  }
  const gone = [...Object.keys(rename), ...drop];
  if (gone.length === 0) return;
  const taken: PlatformGrant[] = await db('platform_grants').whereIn('role', gone).del(['user_id', 'role']);
  const removed = rolesByUser(taken).map(({ target, roles }) => ({ target, before: { roles } }));
  await recordAll(db, actor, { action: 'operator.remove' }, removed);
  const added = rolesByUser(given).map(({ target, roles }) => ({ target, after: { roles } }));
  await recordAll(db, actor, { action: 'operator.add' }, added);
}

interface PlatformGrant {
  readonly user_id: string;
  readonly role: string;
}

function rolesByUser(grants: readonly PlatformGrant[]): { target: string; roles: string[] }[] {
  const users = [...new Set(grants.map(({ user_id }) => user_id))].sort();
  return users.map((uuid) => ({
    target: toId('user', uuid),
    roles: grants.flatMap(({ user_id, role }) => (user_id === uuid ? [role] : [])).sort(),
  }));
}
