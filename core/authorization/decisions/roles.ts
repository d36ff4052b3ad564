import type { Engine } from '../engine/engine.ts';
import { decideGiving, findLacking, type Giver, type HeldPermission, permissionsIn } from '../engine/giving.ts';
import { levelOfTier } from '../policy/custom-roles.ts';
import { roleObject } from '../policy/vocabulary.ts';
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

/**
 * The decision about the first permission that keeps the subject of a snapshot from giving a role of this tier with these permissions; undefined when
 * the subject may give all of them.
 */
export function findMissing(
  engine: Engine,
  snapshot: Snapshot,
  gift: { tier: string; permissions: readonly HeldPermission[] },
): Decision | undefined {
  return findLacking(engine, giverOf(engine, snapshot), gift);
}

/** What is switched off takes no authority to give from its holder: a role is about what its holder may do once it is switched on again. */
function giverOf(engine: Engine, snapshot: Snapshot): Giver<Decision> {
  const { roles, domain } = snapshot;
  return {
    roles,
    domain,
    ask: (where, resource, action) => decideWith(engine, { ...snapshot, domain: where, restricted: undefined }, resource, action),
  };
}

/** Whether the subject of a snapshot may do one of these with the role there: `assign` asks for everything in it besides, `invite` is about roles of the blueprint alone. */
export function mayHandle(engine: Engine, snapshot: Snapshot, role: string, actions: readonly string[]): boolean {
  return decideHandling(engine, snapshot, role, actions).allowed;
}

/** The decision about the first of these actions that is allowed, else about the first of them. */
export function decideHandling(engine: Engine, snapshot: Snapshot, role: string, actions: readonly string[]): Decision {
  const giver = giverOf(engine, snapshot);
  const gift = { tier: tierOf(engine, role), permissions: permissionsIn(engine, role) };
  let denied: Decision | undefined;
  for (const action of actions) {
    if (action === 'invite' && engine.customRoles.has(role)) continue;
    const decision = decideGiving(engine, giver, gift, action);
    if (decision.allowed) return decision;
    denied ??= decision;
  }
  return denied!;
}
