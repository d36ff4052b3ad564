import type { Engine, Verdict } from '../engine/engine.ts';
import { administrationOf, type Blueprint, blueprintFile, roleName } from '../policy/blueprint.ts';
import type { Level } from '../policy/domain.ts';
import type { Finding } from '../policy/findings.ts';
import { offeringActions, platformRolesOf, roleObject, type Vocabulary } from '../policy/vocabulary.ts';
import type { LintedContent } from './lint.ts';
import { anyPlace, pairName } from './verdicts.ts';

/** How many of the permissions that are lacking a message names. */
const shown = 20;

/**
 * A role that may assign another one, or invite with it, must hold everything in it, or its holder could hand to a friend what they lack themselves.
 * So must a scope: a key could give a person what the key may not do. So must what every caller is on the platform, where its roles are given.
 */
export function lintEscalation({ content, blueprint, vocabulary, engine }: LintedContent): Finding[] {
  if (content.vocabulary !== undefined) return lintGifts(createHoldings(engine, rolesOfPlatform(vocabulary)));
  if (blueprint === undefined || content.blueprint === undefined) return [];
  const holdings = createHoldings(engine, rolesOfBlueprint(blueprint));
  return [...lintAdministration(blueprint, holdings), ...lintGifts(holdings, blueprint)];
}

function lintGifts(holdings: Holdings, blueprint?: Blueprint): Finding[] {
  const { givers, given: roles } = holdings;
  return givers.flatMap((giver) =>
    roles.flatMap((given): Finding[] => {
      const offer = holdings.mayOffer(giver, given.id);
      if (offer === undefined || (blueprint && administrationOf(blueprint, giver, given.id))) return [];
      const lacking = given.levels.flatMap((level) => holdings.lacking(giver, given.id, level));
      if (lacking.length === 0) return [];
      const rest = lacking.length > shown ? ` and ${lacking.length - shown} more` : '';
      const message = `${giver} may ${offer.action} ${given.id}, which holds what ${giver} does not: ${lacking.slice(0, shown).join(', ')}${rest}`;
      const { file, line } = offer.verdict.source!;
      return [{ rule: 'escalation', level: 'error', message, file, line }];
    }),
  );
}

/** An exception for a gift that no row allows would wait for a row whose reviewer does not think of it. */
function lintAdministration(blueprint: Blueprint, holdings: Holdings): Finding[] {
  return (blueprint.accessAdministration ?? []).flatMap(({ giver, gives }, index) =>
    gives.flatMap((given, place): Finding[] => {
      if (holdings.mayOffer(giver, given)) return [];
      const message = `${giver} may neither assign ${given} nor invite with it, so there is nothing to except: add the row or take the entry out`;
      const file = blueprintFile(blueprint);
      return [{ rule: 'escalation', level: 'error', message, file, path: ['accessAdministration', index, 'gives', place] }];
    }),
  );
}

/** Those who may give roles, with the name of each in rows, and the roles that can be given. */
interface Gifts {
  readonly names: ReadonlyMap<string, string>;
  /** With the levels at which each reaches something. */
  readonly given: readonly { readonly id: string; readonly levels: readonly Level[] }[];
  /** Where a role is given. */
  readonly levels: readonly Level[];
}

function rolesOfPlatform(vocabulary: Vocabulary): Gifts {
  const levels = ['platform'] as const;
  return {
    names: new Map(Object.keys(vocabulary.roles).map((role) => [role, role])),
    given: platformRolesOf(vocabulary).map((id) => ({ id, levels })),
    levels,
  };
}

function rolesOfBlueprint(blueprint: Blueprint): Gifts {
  const levels = ['org', 'project'] as const;
  const scopes = blueprint.scopes.map(({ name }) => `scope/${name}`);
  return {
    names: new Map([
      ...blueprint.roles.map(({ id }) => [id, roleName(blueprint, id)] as const),
      ...scopes.map((scope) => [scope, scope] as const),
    ]),
    given: blueprint.roles.map(({ id, level }) => ({ id, levels: level === 'project' ? ['project'] : levels })),
    levels,
  };
}

type Holdings = ReturnType<typeof createHoldings>;

/** What givers and roles hold; each is asked once for each level, however many may offer it. */
function createHoldings(engine: Engine, { names, given, levels }: Gifts) {
  const permissions = new Map(levels.map((level) => [level, engine.permissions(level)]));
  const setOf = new Map([...names].map(([id, name]) => [id, engine.roleSet([name])]));
  const isRole = new Set(given.map(({ id }) => roleObject(id)));
  const known = new Map<string, boolean[]>();

  function heldBy(id: string, level: Level): boolean[] {
    const key = `${level} ${id}`;
    let held = known.get(key);
    if (held === undefined) {
      const question = { roles: setOf.get(id)!, domain: anyPlace(level) };
      const holds = (resource: string, action: string) => engine.decide({ ...question, resource, action }).allowed;
      held = permissions.get(level)!.map(
        // A role that may assign another one may invite with it.
        ({ resource, action }) => holds(resource, action) || (action === 'invite' && isRole.has(resource) && holds(resource, 'assign')),
      );
      known.set(key, held);
    }
    return held;
  }

  return {
    givers: [...names.keys()],
    given,
    /** How a holder of `giver` comes to offer `given`, at any level: the action and the verdict that allows it. */
    mayOffer(giver: string, given: string): { action: string; verdict: Verdict } | undefined {
      const question = { roles: setOf.get(giver)!, resource: roleObject(given) };
      return offeringActions
        .flatMap((action) => levels.map((level) => ({ action, verdict: engine.decide({ ...question, action, domain: anyPlace(level) }) })))
        .find(({ verdict }) => verdict.allowed);
    },
    /** The permissions of `given` that `giver` does not hold: `member:remove (org)`. */
    lacking(giver: string, given: string, level: Level): string[] {
      const own = heldBy(giver, level);
      const held = heldBy(given, level);
      return permissions
        .get(level)!
        .filter((_permission, index) => held[index] && !own[index])
        .map((pair) => `${pairName(pair)} (${level})`);
    },
  };
}
