import { roleName } from './blueprint.ts';
import type { Engine, Question } from './engine.ts';

/**
 * The blueprint's roles (`integrations/org.manager`) any one of which would turn this denial into an allow, the one with the
 * fewest permissions at this level first. Empty when nothing that can be given helps: a deny stays, an unknown action too.
 */
export function rolesThatWouldAllow(engine: Engine, question: Question): string[] {
  const { blueprint } = engine;
  if (blueprint === undefined || engine.decide(question).allowed) return [];
  return blueprint.roles
    .map(({ id }) => roleName(blueprint, id))
    .filter((name) => engine.decide({ ...question, roles: engine.roleSet([...question.roles.names, name]) }).allowed)
    .map((name) => ({ name, size: permissionCount(engine, question, name) }))
    .sort((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

function permissionCount(engine: Engine, { domain }: Question, role: string): number {
  const roles = engine.roleSet([role]);
  return engine.permissions(domain.level).filter((permission) => engine.decide({ roles, domain, ...permission }).allowed).length;
}
