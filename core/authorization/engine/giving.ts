import { administrationOf, roleName } from '../policy/blueprint.ts';
import { anyProjectOf, type Domain } from '../policy/domain.ts';
import { roleObject, splitPermission } from '../policy/vocabulary.ts';
import type { Engine } from './engine.ts';

/** A permission of a role, and where it holds. */
export interface HeldPermission {
  readonly permission: string;
  readonly level: 'org' | 'project';
}

/** What the organization has put into a role of its own; nothing for a role of the blueprint, which was reviewed. */
export function permissionsIn({ customRoles }: Pick<Engine, 'customRoles'>, role: string): HeldPermission[] {
  const rows = customRoles.get(role)?.rows ?? [];
  return rows.map(([, dom, resource, action]) => ({ permission: `${resource}:${action}`, level: dom === 'project' ? 'project' : 'org' }));
}

interface Answer {
  readonly allowed: boolean;
  /** What is said about the scopes of a key, where it has any. */
  readonly scoped?: { readonly allowed: boolean } | undefined;
}

/** The subject that gives or takes a role: the roles that it holds, where it does so, and how the policy is asked about it. */
export interface Giver<A extends Answer> {
  readonly roles: readonly string[];
  readonly domain: Domain;
  ask(domain: Domain, resource: string, action: string): A;
}

/** What is given: the tier, whose rows are asked, and what is in the role besides. */
interface Gift {
  readonly tier: string;
  readonly permissions: readonly HeldPermission[];
}

/** The answer that decides whether a giver may do this with a role: `assign` asks for everything in it besides. */
export function decideGiving<A extends Answer>(engine: Engine, giver: Giver<A>, gift: Gift, action: string): A {
  const answer = giver.ask(giver.domain, roleObject(gift.tier), action);
  if (!answer.allowed || action === 'unassign') return answer;
  return findLacking(engine, giver, gift) ?? answer;
}

/**
 * The answer to the first permission that keeps a giver from giving this, because the giver does not hold it there; undefined for one that holds all of
 * them. `accessAdministration` lets some give what is in a tier without holding it.
 */
export function findLacking<A extends Answer>(engine: Engine, giver: Giver<A>, { tier, permissions }: Gift): A | undefined {
  for (const { permission, level } of permissions) {
    const { resource, action } = splitPermission(permission);
    const domain = domainFor(giver.domain, level);
    const answer = giver.ask(domain, resource, action);
    if (answer.allowed) continue;
    const isExempt =
      answer.scoped?.allowed !== false && administers(engine, giver.roles, tier) && holds(engine, tier, { domain, resource, action });
    if (!isExempt) return answer;
  }
  return undefined;
}

/** In all projects, for what is given in the organization and holds in projects. */
function domainFor(domain: Domain, level: 'org' | 'project'): Domain {
  return domain.level === 'org' && level === 'project' ? anyProjectOf({ organizationId: domain.org }) : domain;
}

function administers({ blueprint }: Engine, roles: readonly string[], tier: string): boolean {
  return blueprint!.roles.some(
    ({ id }) => roles.includes(roleName(blueprint!, id)) && administrationOf(blueprint!, id, tier) !== undefined,
  );
}

function holds(engine: Engine, tier: string, question: { domain: Domain; resource: string; action: string }): boolean {
  return engine.decide({ ...question, roles: engine.roleSet([roleName(engine.blueprint!, tier)]) }).allowed;
}
