import type { Engine, Verdict } from '../engine/engine.ts';
import { administrationOf, roleName } from '../policy/blueprint.ts';
import type { PolicyContent } from '../policy/content.ts';
import { customRolesOf, definitionProblems, policyOfRoles } from '../policy/custom-roles.ts';
import { type Domain, domainOf } from '../policy/domain.ts';
import type { PolicyTests } from '../policy/tests-schema.ts';
import { roleObject } from '../policy/vocabulary.ts';

/** A role that a test defines, as an organization defines its own. */
export type TestedRole = NonNullable<PolicyTests['cases'][number]['custom']>;

/** The policy of an organization that has defined this role and no other; a sentence for a role that no organization of the kind can define. */
export function policyOfTested(role: TestedRole, kind: PolicyContent, organization: string): PolicyContent | string {
  const custom = kind.blueprint && customRolesOf(kind.blueprint);
  if (!custom) return 'No organization here defines roles of its own: leave custom out, or say customRoles in blueprint.yaml.';
  const problems = definitionProblems(custom, role.tier, role.permissions);
  if (problems.length > 0) return problems.map(({ path, detail }) => `custom.${path.join('.')} ${detail}`).join('; ');
  return { scope: organization, model: kind.model, ...policyOfRoles(custom, [role]) };
}

interface Asked {
  readonly roles: readonly string[];
  readonly scopes: readonly string[] | undefined;
  readonly domain: Domain;
  readonly resource: string;
  readonly action: string;
}

/**
 * What decides whether one may give, take or offer the tested role; undefined for every other question. Its tier is asked, and to give it everything in
 * the role besides; who offers it in an invitation must be allowed to give it. The server asks the same (decisions/roles.ts, which a test compares).
 */
export function decideTested(engine: Engine, role: TestedRole | undefined, asked: Asked): Verdict[] | undefined {
  if (role === undefined || asked.resource !== roleObject(role.id)) return undefined;
  const { roles, scopes, domain } = asked;
  const action = asked.action === 'invite' ? 'assign' : asked.action;
  const questions = [roles, ...(scopes ? [scopes] : [])].map((names) => engine.roleSet(names));
  const tier = questions.map((held) => engine.decide({ roles: held, domain, resource: roleObject(role.tier), action }));
  if (action !== 'assign' || tier.some(({ allowed }) => !allowed)) return tier;
  for (const [, level, ...permission] of engine.customRoles.get(role.id)!.rows) {
    const pair = { domain: level === 'project' ? projectOf(domain) : domain, resource: permission[0], action: permission[1] };
    const inside = questions.map((held) => engine.decide({ ...pair, roles: held }));
    const isExempt = inside[1]?.allowed !== false && isAdministered(engine, roles, role.tier, pair);
    if (inside.some(({ allowed }) => !allowed) && !isExempt) return inside;
  }
  return tier;
}

function projectOf(domain: Domain): Domain {
  return domain.level === 'org' ? domainOf({ organizationId: domain.org, projectId: 'prj_test' }) : domain;
}

/** Whether one of the roles gives what is in the tier without holding it (`accessAdministration`). */
function isAdministered(
  engine: Engine,
  roles: readonly string[],
  tier: string,
  pair: Pick<Asked, 'domain' | 'resource' | 'action'>,
): boolean {
  const blueprint = engine.blueprint!;
  const isGiver = blueprint.roles.some(({ id }) => roles.includes(roleName(blueprint, id)) && administrationOf(blueprint, id, tier));
  return isGiver && engine.decide({ ...pair, roles: engine.roleSet([roleName(blueprint, tier)]) }).allowed;
}
