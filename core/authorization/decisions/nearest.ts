import type { Engine, Question } from '../engine/engine.ts';
import { type Blueprint, roleName } from '../policy/blueprint.ts';
import { levelOfTier } from '../policy/custom-roles.ts';
import { ownerRole } from '../policy/vocabulary.ts';

/**
 * The roles (`integrations/org.manager`, `role_...`) any one of which would turn this denial into an allow, the one with the
 * fewest permissions at this level first, and of equal ones that which reaches no further. Empty when nothing that can be given
 * helps: a deny stays, an unknown action too.
 */
export function rolesThatWouldAllow(engine: Engine, question: Question): string[] {
  const { blueprint } = engine;
  if (blueprint === undefined || engine.decide(question).allowed) return [];
  return rolesOf(engine, blueprint)
    .map(({ name, level }) => ({ name, further: level === question.domain.level ? 0 : 1 }))
    .filter(({ name }) => wouldAllow(engine, question, name))
    .map((role) => ({ ...role, size: permissionCount(engine, question, role.name) }))
    .sort((a, b) => a.size - b.size || a.further - b.further || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** Whether no role of this kind of organization turns this denial into an allow, also not that of the owner: then there is no role to ask for. */
export function isOfNoRole(engine: Engine, question: Question): boolean {
  const { blueprint } = engine;
  if (blueprint === undefined) return false;
  const names = [...rolesOf(engine, blueprint).map(({ name }) => name), roleName(blueprint, ownerRole)];
  return !names.some((name) => wouldAllow(engine, question, name));
}

function rolesOf({ customRoles }: Engine, blueprint: Blueprint): { name: string; level: string }[] {
  return [
    ...blueprint.roles.map(({ id, level }) => ({ name: roleName(blueprint, id), level })),
    ...[...customRoles].map(([name, { tier }]) => ({ name, level: levelOfTier(tier) })),
  ];
}

function wouldAllow(engine: Engine, question: Question, role: string): boolean {
  return engine.decide({ ...question, roles: engine.roleSet([...question.roles.names, role]) }).allowed;
}

function permissionCount(engine: Engine, { domain }: Question, role: string): number {
  const roles = engine.roleSet([role]);
  return engine.permissions(domain.level).filter((permission) => engine.decide({ roles, domain, ...permission }).allowed).length;
}
