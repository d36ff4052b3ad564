import type { Engine } from '../engine/engine.ts';
import { administrationOf, roleName } from '../policy/blueprint.ts';
import { levelOfTier } from '../policy/custom-roles.ts';
import type { Domain } from '../policy/domain.ts';
import { roleObject, splitPermission } from '../policy/vocabulary.ts';
import { anyProjectOf } from './capabilities.ts';
import { type Decision, decideWith } from './decide.ts';
import type { Snapshot } from './snapshot.ts';

// Who gives and takes a role of the blueprint is said by rows about `role:<role>`. A role that an organization has defined carries a tier, a
// role of the blueprint: the rows about `role:<tier>` are asked in its place. Such a role has not been reviewed, so a giver must hold
// everything in it besides.

/** What knows the roles of an organization. */
export type KnownRoles = Pick<Engine, 'blueprint' | 'customRoles'>;

/** A role that can be held in an organization or in a project. */
export interface KnownRole {
  readonly id: string;
  readonly level: 'org' | 'project';
}

/** A role of the blueprint or one that the organization has defined; undefined for what is neither. */
export function findRole({ blueprint, customRoles }: KnownRoles, id: string): KnownRole | undefined {
  const custom = customRoles.get(id);
  return custom ? { id, level: levelOfTier(custom.tier) } : blueprint?.roles.find((role) => role.id === id);
}

/** The role of the blueprint whose rows decide who gives and takes this one. */
export function tierOf({ customRoles }: KnownRoles, role: string): string {
  return customRoles.get(role)?.tier ?? role;
}

/** The object under which giving and taking the role is allowed or denied. */
export function objectOf(roles: KnownRoles, role: string): string {
  return roleObject(tierOf(roles, role));
}

/** A permission of a role, and where it holds. */
export interface HeldPermission {
  readonly permission: string;
  readonly level: 'org' | 'project';
}

/** What the organization has put into a role of its own; nothing for a role of the blueprint, which was reviewed. */
export function permissionsIn({ customRoles }: KnownRoles, role: string): HeldPermission[] {
  const rows = customRoles.get(role)?.rows ?? [];
  return rows.map(([, dom, resource, action]) => ({ permission: `${resource}:${action}`, level: dom === 'project' ? 'project' : 'org' }));
}

/**
 * The first permission that keeps the subject of a snapshot from giving a role of this tier with these permissions, because the subject does not hold
 * it there; undefined when the subject holds all of them. `accessAdministration` lets some give what is in a tier without holding it.
 */
export function findMissing(
  engine: Engine,
  snapshot: Snapshot,
  { tier, permissions }: { tier: string; permissions: readonly HeldPermission[] },
): Decision | undefined {
  for (const { permission, level } of permissions) {
    const { resource, action } = splitPermission(permission);
    const domain = domainFor(snapshot, level);
    const decision = decideWith(engine, { ...snapshot, domain }, resource, action);
    if (decision.allowed) continue;
    const isExempt =
      decision.scoped?.allowed !== false && administers(engine, snapshot, tier) && holds(engine, tier, { domain, resource, action });
    if (!isExempt) return decision;
  }
  return undefined;
}

/** In all projects, for what is given in the organization and holds in projects. */
function domainFor({ domain }: Snapshot, level: 'org' | 'project'): Domain {
  return domain.level === 'org' && level === 'project' ? anyProjectOf({ organizationId: domain.org }) : domain;
}

function administers({ blueprint }: Engine, { roles }: Snapshot, tier: string): boolean {
  return blueprint!.roles.some(
    ({ id }) => roles.includes(roleName(blueprint!, id)) && administrationOf(blueprint!, id, tier) !== undefined,
  );
}

function holds(engine: Engine, tier: string, question: { domain: Domain; resource: string; action: string }): boolean {
  return engine.decide({ ...question, roles: engine.roleSet([roleName(engine.blueprint!, tier)]) }).allowed;
}

/** Whether the subject of a snapshot may do one of these with the role there: `assign` asks for everything in it besides, `invite` is about roles of the blueprint alone. */
export function mayHandle(engine: Engine, snapshot: Snapshot, role: string, actions: readonly string[]): boolean {
  return decideHandling(engine, snapshot, role, actions).allowed;
}

/** The decision about the first of these actions that is allowed, else about the first of them. */
export function decideHandling(engine: Engine, snapshot: Snapshot, role: string, actions: readonly string[]): Decision {
  let denied: Decision | undefined;
  for (const action of actions) {
    if (action === 'invite' && engine.customRoles.has(role)) continue;
    const decision = decideOne(engine, snapshot, role, action);
    if (decision.allowed) return decision;
    denied ??= decision;
  }
  return denied!;
}

function decideOne(engine: Engine, snapshot: Snapshot, role: string, action: string): Decision {
  const decision = decideWith(engine, snapshot, objectOf(engine, role), action);
  if (!decision.allowed || action === 'unassign') return decision;
  return findMissing(engine, snapshot, { tier: tierOf(engine, role), permissions: permissionsIn(engine, role) }) ?? decision;
}
