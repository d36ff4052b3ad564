import { roleName } from './blueprint.ts';
import type { Finding } from './findings.ts';
import type { LintedContent } from './lint.ts';
import { testDomain } from './policy-tests.ts';

/** A role that may assign another one must hold everything in it, or its holder could hand to a friend what they lack themselves. */
export function lintEscalation({ content, blueprint, engine }: LintedContent): Finding[] {
  if (blueprint === undefined || content.blueprint === undefined) return [];
  const findings: Finding[] = [];
  for (const giver of blueprint.roles) {
    const giverRoles = engine.roleSet([roleName(blueprint, giver.id)]);
    for (const given of blueprint.roles) {
      const assign = { roles: giverRoles, resource: `role:${given.id}`, action: 'assign' };
      const verdict = (['org', 'project'] as const)
        .map((level) => engine.decide({ ...assign, domain: testDomain(level) }))
        .find(({ allowed }) => allowed);
      if (verdict === undefined) continue;
      const lacking = (['org', 'project'] as const)
        .filter((level) => given.level === 'org' || level === 'project')
        .flatMap((level) => {
          const domain = testDomain(level);
          const roles = engine.roleSet([roleName(blueprint, given.id)]);
          return engine
            .permissions(level)
            .filter(
              (pair) => engine.decide({ roles, domain, ...pair }).allowed && !engine.decide({ roles: giverRoles, domain, ...pair }).allowed,
            )
            .map(({ resource, action }) => `${resource}:${action} (${level})`);
        });
      if (lacking.length === 0) continue;
      const { file, line } = verdict.source!;
      findings.push({
        rule: 'escalation',
        level: 'error',
        message: `${giver.id} may assign ${given.id}, which holds what ${giver.id} does not: ${lacking.join(', ')}`,
        file,
        line,
      });
    }
  }
  return findings;
}
