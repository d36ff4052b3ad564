import type { Engine, Verdict } from '../engine/engine.ts';
import { decideGiving, permissionsIn } from '../engine/giving.ts';
import type { PolicyContent } from '../policy/content.ts';
import { customRolesOf, definitionProblems, policyOfRoles } from '../policy/custom-roles.ts';
import type { Domain } from '../policy/domain.ts';
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
 * What decides whether one may give, take or offer the tested role, as the server decides it; undefined for every other question. Who offers it in an
 * invitation must be allowed to give it.
 */
export function decideTested(engine: Engine, role: TestedRole | undefined, asked: Asked): Verdict[] | undefined {
  if (role === undefined || asked.resource !== roleObject(role.id)) return undefined;
  const { roles, scopes, domain } = asked;
  const ask = (where: Domain, resource: string, action: string) => {
    const verdicts = [roles, ...(scopes ? [scopes] : [])].map((held) =>
      engine.decide({ roles: engine.roleSet(held), domain: where, resource, action }),
    );
    return { allowed: verdicts.every(({ allowed }) => allowed), scoped: verdicts[1], verdicts };
  };
  const action = asked.action === 'invite' ? 'assign' : asked.action;
  return decideGiving(engine, { roles, domain, ask }, { tier: role.tier, permissions: permissionsIn(engine, role.id) }, action).verdicts;
}
