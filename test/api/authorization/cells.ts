import { shippedPolicies } from '../../helpers/policies.ts';
import type { TestTenet } from '../../helpers/tenet.ts';
import { createExpect, type Expect, type Expectation } from './expectations.ts';
import type { ContractOperation } from './operations.ts';
import type { Persona } from './personas.ts';
import type { Recipe } from './recipe.ts';
import { circumstancesOf, rolesIn, type Scenario, scenarios } from './scenarios.ts';
import type { Site } from './things.ts';
import { createWorld, type World } from './world.ts';

/** Organizations of one kind, and what the policy files say about them. */
export interface Kind {
  readonly world: World;
  readonly expectation: Expect;
  site(scenario: Scenario): Site;
  people(scenario: Scenario): readonly Persona[];
}

/** One request of one person under one scenario. */
export interface Cell {
  readonly operation: ContractOperation;
  readonly recipe: Recipe;
  readonly scenario: Scenario;
  readonly persona: Persona;
}

/** What must come out of a cell. */
export interface Outcome {
  readonly answer: Expectation | { readonly answer: 'unauthenticated' };
  /** What the engine must be asked, in this order: the permissions of the operation up to the one that is missing. */
  readonly permissions: readonly string[];
  /** The role set that must be loaded for it. */
  readonly roles: readonly string[];
  /** The same of what an operation in a project asks for in the organization then. */
  readonly above?: Pick<Outcome, 'permissions' | 'roles'>;
}

/** Makes the people and the places of a kind of organization. */
export async function createKind(tenet: TestTenet, name: string): Promise<Kind> {
  const contents = await shippedPolicies();
  const platform = contents.find(({ scope }) => scope === 'platform')!;
  const own = contents.find(({ scope }) => scope === `blueprint/${name}`)!;
  const world = await createWorld(tenet, platform.vocabulary!, own.blueprint!);
  const people = ({ suspended }: Scenario) => (suspended ? world.suspendedPersonas : world.personas);
  const key = ({ site, suspended }: Scenario) => `${site} ${suspended === true}`;
  const sites = new Map<string, Site>();
  for (const scenario of scenarios) {
    if (sites.has(key(scenario))) continue;
    sites.set(key(scenario), await world.makeSite(scenario.site === 'other' ? [] : people(scenario), circumstancesOf(scenario)));
  }
  return { world, expectation: createExpect([platform, own]), site: (scenario) => sites.get(key(scenario))!, people };
}

/** Everything that can be asked by one recipe; who asks makes no difference where there is no token. */
export function cellsOf({ world, people }: Kind, operation: ContractOperation, recipe: Recipe): Cell[] {
  if (recipe.needsOwner && world.blueprint.owner !== 'exactly-one') return [];
  if (recipe.needsSupport && world.supportRole === '') return [];
  if (recipe.needsCustomRoles && !world.blueprint.customRoles) return [];
  if (recipe.needsRoleTemplates && !world.blueprint.roleTemplates) return [];
  if (recipe.resourceType && recipe.resourceType(world) === undefined) return [];
  if (recipe.needsRestrictable && !world.blueprint.resourceTypes.some(({ restrictable }) => restrictable)) return [];
  if (
    recipe.needsMeters &&
    !world.blueprint.meters?.some(({ dimensions }) => operation.level !== 'project' || dimensions.includes('project'))
  )
    return [];
  const { needsKeys } = recipe;
  if (needsKeys && !world.blueprint.keyTypes.some(({ levels }) => levels.includes(needsKeys))) return [];
  if (operation.level === 'project' && world.projectRole === '') return [];
  return scenarios
    .filter(({ levels }) => levels.includes(operation.level))
    .flatMap((scenario) =>
      (scenario.credential === 'none' ? people(scenario).slice(0, 1) : people(scenario))
        .filter((persona) => !recipe.excludes?.(persona, world))
        .map((persona) => ({ operation, recipe, scenario, persona })),
    );
}

/** What the contract and the policy files say about a cell. */
export function outcomeOf({ world, expectation, site }: Kind, { operation, recipe, scenario, persona }: Cell): Outcome {
  if (operation.permission === undefined) return { answer: { answer: 'allowed', asked: [] }, permissions: [], roles: [] };
  if (scenario.credential !== 'valid') return { answer: { answer: 'unauthenticated' }, permissions: [], roles: [] };
  const { action } = operation.permission;
  const resource = recipe.resourceType?.(world) ?? operation.permission.resource;
  const { organizationId, projectId } = site(scenario);
  const place = {
    ...(operation.level !== 'platform' && { organizationId }),
    ...(operation.level === 'project' && { projectId }),
  };
  const all = [`${resource}:${action}`, ...(recipe.further?.(world) ?? [])];
  const roles = rolesIn(world.blueprint, persona, scenario, operation.level);
  const answer = expectation(roles, place, all);
  const outcome = { answer, permissions: answer.asked, roles: [...roles].sort() };
  if (answer.answer !== 'allowed' || recipe.furtherAbove === undefined) return outcome;
  const rolesAbove = rolesIn(world.blueprint, persona, scenario, 'org');
  const above = expectation(rolesAbove, { organizationId }, recipe.furtherAbove);
  return { ...outcome, answer: above, above: { permissions: above.asked, roles: [...rolesAbove].sort() } };
}

/** Cells of one class have the same outcome for the same reason. */
export function classOf({ answer }: Outcome, { scenario }: Cell): string {
  return [answer.answer, 'permission' in answer ? answer.permission : '', 'code' in answer ? answer.code : '', scenario.credential].join(
    ' ',
  );
}
