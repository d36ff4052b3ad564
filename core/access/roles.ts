import type { Actor } from '../authorization/decisions/actor.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { findMissing, findRole, mayHandle } from '../authorization/decisions/roles.ts';
import type { Snapshot } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { roleName } from '../authorization/policy/blueprint.ts';
import { customRolesOf, levelOfTier, offeredPermissions } from '../authorization/policy/custom-roles.ts';
import { anyProjectOf } from '../authorization/policy/domain.ts';
import { offeringActions, splitPermission } from '../authorization/policy/vocabulary.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { numberKey, type Page, type PageQuery, pageOf, readPage } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import type { ManagedBy } from '../organizations/managed-by.ts';
import { type DefinedRole, readDefinedRoles } from './custom-roles.ts';

/** One thing that a role allows or denies, as its policy row says it. */
export interface RolePermission {
  readonly resource: string;
  readonly action: string;
  readonly domain: string;
  readonly effect: 'ALLOW' | 'DENY';
}

/** A named set of permissions. */
export interface Role {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly level: 'ORG' | 'PROJECT';
  /** Of the kind of organization, or defined by the organization. */
  readonly kind: 'BUILT_IN' | 'CUSTOM';
  /** The role whose assign and unassign rows decide about a role that the organization has defined. */
  readonly tier?: string;
  /** Whether a role that the organization defines can carry it as its tier. */
  readonly isTier: boolean;
  /** How many people hold it now by a grant of their own. */
  readonly memberCount: number;
  /** A number to show and to sort by. */
  readonly rank?: number;
  /** Roles in the organization of which its holder needs one. */
  readonly requires?: string[];
  readonly permissions: RolePermission[];
  /** Whether the caller may give it: in the organization, or in all of its projects. */
  readonly assignable: boolean;
  /** Whether the caller may offer it in an invitation. */
  readonly invitable: boolean;
  readonly managedBy?: ManagedBy;
  /** Of a role that the organization has defined. */
  readonly etag?: string;
}

/** The roles of an organization in the order of its blueprint, then those that it has defined, oldest first. */
export async function listRoles(db: Db, actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<Role>> {
  const list = `roles of ${input.organizationId}`;
  const page = readPage(input, list, numberKey);
  return pageOf(await readRoles(db, actor, input.organizationId), page, list);
}

/** One role with everything that it allows and denies. Throws NotFound. */
export async function getRole(db: Db, actor: Actor, input: { organizationId: string; roleId: string }): Promise<Role> {
  const role = (await readRoles(db, actor, input.organizationId)).find(({ id }) => id === input.roleId);
  if (!role) throw new NotFound();
  return role;
}

async function readRoles(db: Db, actor: Actor, organizationId: string): Promise<Role[]> {
  const place = { organizationId };
  const [snapshot, engine, defined, counts] = await Promise.all([
    actor.snapshot(place),
    actor.engine(place),
    readDefinedRoles(db, organizationId),
    countHolders(db, organizationId),
  ]);
  const blueprint = engine.blueprint!;
  const view = (id: string) => ({ memberCount: counts.get(id) ?? 0, ...whatCaller(engine, snapshot, id) });
  const builtIn = blueprint.roles.map(
    (role): Role => ({
      id: role.id,
      title: role.title,
      description: role.description,
      level: levelOf(role.level),
      kind: 'BUILT_IN',
      isTier: customRolesOf(blueprint)?.tiers.includes(role.id) ?? false,
      ...(role.rank !== undefined && { rank: role.rank }),
      ...(role.requires !== undefined && { requires: [...role.requires] }),
      permissions: permissionsOf(engine, roleName(blueprint, role.id)),
      ...view(role.id),
    }),
  );
  return [...builtIn, ...defined.map((role): Role => ({ ...toRole(blueprint, role), ...view(role.id) }))];
}

/** A role that the caller has just written: the policy in which it stands is in force when the request is over. */
export async function toWrittenRole(db: Db, actor: Actor, organizationId: string, defined: DefinedRole): Promise<Role> {
  const place = { organizationId };
  const [snapshot, engine, counts] = await Promise.all([actor.snapshot(place), actor.engine(place), countHolders(db, organizationId)]);
  const { tier } = defined;
  const role = toRole(engine.blueprint!, defined);
  const permissions = role.permissions.map(({ resource, action, domain }) => ({
    permission: `${resource}:${action}`,
    level: domain === 'project' ? ('project' as const) : ('org' as const),
  }));
  const assignable =
    whatCaller(engine, snapshot, tier).assignable &&
    findMissing(engine, where(engine, snapshot, tier), { tier, permissions }) === undefined;
  return { ...role, memberCount: counts.get(role.id) ?? 0, assignable, invitable: assignable };
}

function toRole(blueprint: Blueprint, { id, title, description, tier, permissions, managedBy, etag }: DefinedRole) {
  const custom = customRolesOf(blueprint);
  const offered = custom && offeredPermissions(custom);
  const { rank } = blueprint.roles.find((role) => role.id === tier) ?? {};
  return {
    id,
    title,
    description,
    level: levelOf(levelOfTier(tier)),
    kind: 'CUSTOM' as const,
    tier,
    isTier: false,
    ...(rank !== undefined && { rank }),
    permissions: permissions.map((permission): RolePermission => {
      const domain = offered?.get(permission)?.level ?? 'org';
      return { ...splitPermission(permission), domain, effect: 'ALLOW' };
    }),
    ...(managedBy && { managedBy }),
    etag,
  };
}

/** Of each role, how many people hold it now, directly. */
async function countHolders(db: Db, organizationId: string): Promise<ReadonlyMap<string, number>> {
  const rows: { role: string; count: number }[] = await db('grants as g')
    .where({ 'g.org_id': toUuid('organization', organizationId) })
    .whereNotNull('g.user_id')
    .whereRaw(livingGrant)
    .groupBy('g.role')
    .select('g.role', db.raw('count(distinct g.user_id)::int as count'));
  return new Map(rows.map(({ role, count }) => [role, count]));
}

/** Whether the caller may give a role, in the organization or in all of its projects, and offer it. */
function whatCaller(engine: Engine, snapshot: Snapshot, id: string): { assignable: boolean; invitable: boolean } {
  const there = where(engine, snapshot, id);
  return { assignable: mayHandle(engine, there, id, ['assign']), invitable: mayHandle(engine, there, id, offeringActions) };
}

/** The caller where a role is held, in the organization or in all of its projects. */
function where(engine: Engine, snapshot: Snapshot, id: string): Snapshot {
  if (findRole(engine, id)?.level !== 'project') return snapshot;
  return { ...snapshot, domain: anyProjectOf({ organizationId: snapshot.domain.org }) };
}

/** The rows whose subject is this role, in the order of the policy. */
export function permissionsOf(engine: Engine, name: string): RolePermission[] {
  return engine
    .rows()
    .filter(([subject]) => subject === name)
    .map(([, domain, resource, action, effect]) => ({ resource, action, domain, effect: effect === 'deny' ? 'DENY' : 'ALLOW' }));
}

/** The level of a blueprint as the API names it. */
export function levelOf(level: 'org' | 'project'): Role['level'] {
  return level === 'org' ? 'ORG' : 'PROJECT';
}
