import type { Actor } from '../authorization/decisions/actor.ts';
import { anyProjectOf } from '../authorization/decisions/capabilities.ts';
import { allows } from '../authorization/decisions/decide.ts';
import type { Snapshot } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { roleName } from '../authorization/policy/blueprint.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { offeringActions, roleObject } from '../authorization/policy/vocabulary.ts';
import { NotFound } from '../base/errors.ts';
import { numberKey, type Page, type PageQuery, pageOf, readPage } from '../base/pages.ts';

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
  readonly kind: 'BUILT_IN';
  /** A number to show and to sort by. */
  readonly rank?: number;
  /** Roles in the organization of which its holder needs one. */
  readonly requires?: string[];
  readonly permissions: RolePermission[];
  /** Whether the caller may give it: in the organization, or in all of its projects. */
  readonly assignable: boolean;
  /** Whether the caller may offer it in an invitation. */
  readonly invitable: boolean;
}

/** The roles of an organization in the order of its blueprint. */
export async function listRoles(actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<Role>> {
  const list = `roles of ${input.organizationId}`;
  const page = readPage(input, list, numberKey);
  return pageOf(await rolesOf(actor, input.organizationId), page, list);
}

/** One role with everything that it allows and denies. Throws NotFound. */
export async function getRole(actor: Actor, input: { organizationId: string; roleId: string }): Promise<Role> {
  const role = (await rolesOf(actor, input.organizationId)).find(({ id }) => id === input.roleId);
  if (!role) throw new NotFound();
  return role;
}

async function rolesOf(actor: Actor, organizationId: string): Promise<Role[]> {
  const place = { organizationId };
  const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const blueprint = engine.blueprint!;
  return blueprint.roles.map((role) => ({
    id: role.id,
    title: role.title,
    description: role.description,
    level: levelOf(role.level),
    kind: 'BUILT_IN',
    ...(role.rank !== undefined && { rank: role.rank }),
    ...(role.requires !== undefined && { requires: [...role.requires] }),
    permissions: permissionsOf(engine, roleName(blueprint, role.id)),
    assignable: mayAny(engine, snapshot, { organizationId, role }, ['assign']),
    invitable: mayAny(engine, snapshot, { organizationId, role }, offeringActions),
  }));
}

function mayAny(
  engine: Engine,
  { roles, scopes }: Snapshot,
  { organizationId, role }: { organizationId: string; role: Blueprint['roles'][number] },
  actions: readonly string[],
): boolean {
  const domain = role.level === 'org' ? domainOf({ organizationId }) : anyProjectOf({ organizationId });
  const held = { roles, ...(scopes && { scopes }), domain };
  return actions.some((action) => allows(engine, held, roleObject(role.id), action));
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
