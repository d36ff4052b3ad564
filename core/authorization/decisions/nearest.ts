import type { Engine, Question } from '../engine/engine.ts';
import { roleName } from '../policy/blueprint.ts';
import { levelOfTier } from '../policy/custom-roles.ts';

/**
 * The roles (`integrations/org.manager`, `role_...`) any one of which would turn this denial into an allow, the one with the
 * fewest permissions at this level first, and of equal ones that which reaches no further. Empty when nothing that can be given
 * helps: a deny stays, an unknown action too.
 */
export function rolesThatWouldAllow(engine: Engine, question: Question): string[] {
  const { blueprint, customRoles } = engine;
  if (blueprint === undefined || engine.decide(question).allowed) return [];
  const roles = [
    ...blueprint.roles.map(({ id, level }) => ({ name: roleName(blueprint, id), level })),
    ...[...customRoles].map(([name, { tier }]) => ({ name, level: levelOfTier(tier) })),
  ];
  return roles
    .map(({ name, level }) => ({ name, further: level === question.domain.level ? 0 : 1 }))
    .filter(({ name }) => engine.decide({ ...question, roles: engine.roleSet([...question.roles.names, name]) }).allowed)
    .map((role) => ({ ...role, size: permissionCount(engine, question, role.name) }))
    .sort((a, b) => a.size - b.size || a.further - b.further || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

function permissionCount(engine: Engine, { domain }: Question, role: string): number {
  const roles = engine.roleSet([role]);
  return engine.permissions(domain.level).filter((permission) => engine.decide({ roles, domain, ...permission }).allowed).length;
}
