import { roleName } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import type { LintedContent } from './lint.ts';
import { testDomain } from './tests.ts';

const levels = ['org', 'project'] as const;
/** How many of the permissions that are lacking a message names. */
const shown = 20;

/** A role that may assign another one must hold everything in it, or its holder could hand to a friend what they lack themselves. */
export function lintEscalation({ content, blueprint, engine }: LintedContent): Finding[] {
  if (blueprint === undefined || content.blueprint === undefined) return [];
  const findings: Finding[] = [];
  const permissions = { org: engine.permissions('org'), project: engine.permissions('project') };
  const setOf = new Map(blueprint.roles.map(({ id }) => [id, engine.roleSet([roleName(blueprint, id)])]));
  const known = new Map<string, boolean[]>();
  /** Which of the permissions of a level a role holds; every role is asked once, however many may assign it. */
  const heldBy = (id: string, level: (typeof levels)[number]): boolean[] => {
    const key = `${level} ${id}`;
    let held = known.get(key);
    if (held === undefined) {
      const roles = setOf.get(id)!;
      const domain = testDomain(level);
      held = permissions[level].map(({ resource, action }) => engine.decide({ roles, domain, resource, action }).allowed);
      known.set(key, held);
    }
    return held;
  };
  for (const giver of blueprint.roles) {
    for (const given of blueprint.roles) {
      const assign = { roles: setOf.get(giver.id)!, resource: `role:${given.id}`, action: 'assign' };
      const verdict = levels.map((level) => engine.decide({ ...assign, domain: testDomain(level) })).find(({ allowed }) => allowed);
      if (verdict === undefined) continue;
      const lacking: string[] = [];
      let more = 0;
      for (const level of levels.filter((one) => given.level === 'org' || one === 'project')) {
        const own = heldBy(giver.id, level);
        for (const [index, held] of heldBy(given.id, level).entries()) {
          if (!held || own[index]) continue;
          const { resource, action } = permissions[level][index]!;
          if (lacking.length < shown) lacking.push(`${resource}:${action} (${level})`);
          else more += 1;
        }
      }
      if (lacking.length === 0) continue;
      const { file, line } = verdict.source!;
      const rest = more === 0 ? '' : ` and ${more} more`;
      findings.push({
        rule: 'escalation',
        level: 'error',
        message: `${giver.id} may assign ${given.id}, which holds what ${giver.id} does not: ${lacking.join(', ')}${rest}`,
        file,
        line,
      });
    }
  }
  return findings;
}
