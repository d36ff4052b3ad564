import type { Engine, Verdict } from '../engine/engine.ts';
import { type Blueprint, roleName } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import type { LintedContent } from './lint.ts';
import { testDomain } from './tests.ts';

const levels = ['org', 'project'] as const;
type Level = (typeof levels)[number];
/** How many of the permissions that are lacking a message names. */
const shown = 20;

/** A role that may assign another one must hold everything in it, or its holder could hand to a friend what they lack themselves. */
export function lintEscalation({ content, blueprint, engine }: LintedContent): Finding[] {
  if (blueprint === undefined || content.blueprint === undefined) return [];
  const holdings = createHoldings(engine, blueprint);
  return blueprint.roles.flatMap((giver) =>
    blueprint.roles.flatMap((given): Finding[] => {
      const verdict = holdings.mayAssign(giver.id, given.id);
      if (verdict === undefined) return [];
      const reached = levels.filter((level) => given.level === 'org' || level === 'project');
      const lacking = reached.flatMap((level) => holdings.lacking(giver.id, given.id, level));
      if (lacking.length === 0) return [];
      const rest = lacking.length > shown ? ` and ${lacking.length - shown} more` : '';
      const message = `${giver.id} may assign ${given.id}, which holds what ${giver.id} does not: ${lacking.slice(0, shown).join(', ')}${rest}`;
      const { file, line } = verdict.source!;
      return [{ rule: 'escalation', level: 'error', message, file, line }];
    }),
  );
}

/** What the roles of a blueprint hold; each role is asked once for each level, however many may assign it. */
function createHoldings(engine: Engine, blueprint: Blueprint) {
  const permissions = { org: engine.permissions('org'), project: engine.permissions('project') };
  const setOf = new Map(blueprint.roles.map(({ id }) => [id, engine.roleSet([roleName(blueprint, id)])]));
  const known = new Map<string, boolean[]>();

  function heldBy(id: string, level: Level): boolean[] {
    const key = `${level} ${id}`;
    let held = known.get(key);
    if (held === undefined) {
      const question = { roles: setOf.get(id)!, domain: testDomain(level) };
      held = permissions[level].map((permission) => engine.decide({ ...question, ...permission }).allowed);
      known.set(key, held);
    }
    return held;
  }

  return {
    /** The verdict that allows a holder of `giver` to assign `given`, at any level. */
    mayAssign(giver: string, given: string): Verdict | undefined {
      const question = { roles: setOf.get(giver)!, resource: `role:${given}`, action: 'assign' };
      return levels.map((level) => engine.decide({ ...question, domain: testDomain(level) })).find(({ allowed }) => allowed);
    },
    /** The permissions of `given` that `giver` does not hold: `member:remove (org)`. */
    lacking(giver: string, given: string, level: Level): string[] {
      const own = heldBy(giver, level);
      const held = heldBy(given, level);
      return permissions[level]
        .filter((_permission, index) => held[index] && !own[index])
        .map(({ resource, action }) => `${resource}:${action} (${level})`);
    },
  };
}
