import type { Engine, Verdict } from '../engine/engine.ts';
import { administrationOf, type Blueprint, roleName } from '../policy/blueprint.ts';
import type { Finding } from '../policy/findings.ts';
import { offeringActions, roleObject } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';
import { testDomain } from './tests.ts';

const levels = ['org', 'project'] as const;
type Level = (typeof levels)[number];
/** How many of the permissions that are lacking a message names. */
const shown = 20;

/**
 * A role that may assign another one, or invite with it, must hold everything in it, or its holder could hand to a friend what they lack themselves.
 * So must a scope: a key could give a person what the key may not do.
 */
export function lintEscalation({ content, blueprint, engine }: LintedContent): Finding[] {
  if (blueprint === undefined || content.blueprint === undefined) return [];
  const holdings = createHoldings(engine, blueprint);
  const groundless = lintAdministration(blueprint, holdings);
  const givers = [...blueprint.roles.map(({ id }) => id), ...scopesOf(blueprint)];
  const escalations = givers.flatMap((giver) =>
    blueprint.roles.flatMap((given): Finding[] => {
      const offer = holdings.mayOffer(giver, given.id);
      if (offer === undefined || administrationOf(blueprint, giver, given.id)) return [];
      const reached = levels.filter((level) => given.level === 'org' || level === 'project');
      const lacking = reached.flatMap((level) => holdings.lacking(giver, given.id, level));
      if (lacking.length === 0) return [];
      const rest = lacking.length > shown ? ` and ${lacking.length - shown} more` : '';
      const message = `${giver} may ${offer.action} ${given.id}, which holds what ${giver} does not: ${lacking.slice(0, shown).join(', ')}${rest}`;
      const { file, line } = offer.verdict.source!;
      return [{ rule: 'escalation', level: 'error', message, file, line }];
    }),
  );
  return [...groundless, ...escalations];
}

/** An exception for a gift that no row allows would wait for a row whose reviewer does not think of it. */
function lintAdministration(blueprint: Blueprint, holdings: ReturnType<typeof createHoldings>): Finding[] {
  return (blueprint.accessAdministration ?? []).flatMap(({ giver, gives }, index) =>
    gives.flatMap((given, place): Finding[] => {
      if (holdings.mayOffer(giver, given)) return [];
      const message = `${giver} may neither assign ${given} nor invite with it, so there is nothing to except: add the row or take the entry out`;
      const file = `blueprints/${blueprint.name}/blueprint.yaml`;
      return [{ rule: 'escalation', level: 'error', message, file, path: ['accessAdministration', index, 'gives', place] }];
    }),
  );
}

/** The scopes of a blueprint as rows name them. */
function scopesOf({ scopes }: Blueprint): string[] {
  return scopes.map(({ name }) => `scope/${name}`);
}

/** What the roles and scopes of a blueprint hold; each is asked once for each level, however many may offer it. */
function createHoldings(engine: Engine, blueprint: Blueprint) {
  const permissions = { org: engine.permissions('org'), project: engine.permissions('project') };
  const setOf = new Map([
    ...blueprint.roles.map(({ id }) => [id, engine.roleSet([roleName(blueprint, id)])] as const),
    ...scopesOf(blueprint).map((scope) => [scope, engine.roleSet([scope])] as const),
  ]);
  const isRole = new Set(blueprint.roles.map(({ id }) => roleObject(id)));
  const known = new Map<string, boolean[]>();

  function heldBy(id: string, level: Level): boolean[] {
    const key = `${level} ${id}`;
    let held = known.get(key);
    if (held === undefined) {
      const question = { roles: setOf.get(id)!, domain: testDomain(level) };
      const holds = (resource: string, action: string) => engine.decide({ ...question, resource, action }).allowed;
      held = permissions[level].map(
        // A role that may assign another one may invite with it.
        ({ resource, action }) => holds(resource, action) || (action === 'invite' && isRole.has(resource) && holds(resource, 'assign')),
      );
      known.set(key, held);
    }
    return held;
  }

  return {
    /** How a holder of `giver` comes to offer `given`, at any level: the action and the verdict that allows it. */
    mayOffer(giver: string, given: string): { action: string; verdict: Verdict } | undefined {
      const question = { roles: setOf.get(giver)!, resource: roleObject(given) };
      return offeringActions
        .flatMap((action) =>
          levels.map((level) => ({ action, verdict: engine.decide({ ...question, action, domain: testDomain(level) }) })),
        )
        .find(({ verdict }) => verdict.allowed);
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
