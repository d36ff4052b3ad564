import type { Engine, Verdict } from '../engine/engine.ts';
import type { PolicyContent, Row } from '../policy/content.ts';
import { type Domain, domainOf, isConcreteDomain, type Level, levels } from '../policy/domain.ts';
import { type Flag, flagsOf, joinFlags } from '../policy/flags.ts';
import { resourceDisabled } from '../policy/states.ts';
import {
  anyPlace,
  type ChangedVerdict,
  changedVerdicts,
  type Pair,
  pairName,
  permissionsOfBoth,
  type SubjectsOf,
  subjectsIn,
} from './verdicts.ts';

/** A permission that a set of roles gains or loses, with the verdicts that say so. */
export interface PermissionChange extends Pair {
  readonly kind: 'GAIN' | 'LOSS';
  readonly before: Verdict;
  readonly after: Verdict;
  /** The flags of the permission before or after: a change that takes a flag away is looked at as if it did not. */
  readonly flags: readonly Flag[];
  /** Which roles, states or scopes of the set answer otherwise than before. */
  readonly because: readonly string[];
  /** The type is switched off in the place, so nothing changes there until it is switched on again; the verdicts are those of then. */
  readonly switchedOff?: true;
}

/** What a change of policy does to each holder of the same roles in places of one level. */
export interface Effect {
  readonly level: Level;
  /** The place, where rows name it; else it is so in every place of the level. */
  readonly place?: string;
  /** What of the held roles and states has a say in what changes, sorted; and of the scopes of a key. */
  readonly roles: readonly string[];
  readonly scopes?: readonly string[];
  /** The types among those of the changes that are switched off in the place: questions about them are asked in the state of that as well. */
  readonly switchedOff?: readonly string[];
  readonly changes: readonly PermissionChange[];
}

/** A change of policy: of the platform, of one kind of organization, or of one organization. */
export interface PolicyChange {
  /** Roles, states and scopes of which one must be held so that anything changes at a level. */
  touched(level: Level): ReadonlySet<string>;
  /** Those that have a say in what changes there; a set of roles may be cut to them. */
  relevant(level: Level): ReadonlySet<string>;
  /** Projects that rows name, by domain: they are no places like others. */
  readonly named: ReadonlySet<string>;
  /** Types with permissions that change at a level, of which a row says what it means that they are switched off. */
  switchable(level: Level): ReadonlySet<string>;
  /** What changes for who holds these roles, and with a key these scopes, where these types are switched off; undefined where nothing does. */
  effect(held: readonly string[], scopes: readonly string[] | undefined, domain: Domain, off?: ReadonlySet<string>): Effect | undefined;
}

/** Both policies of a kind of organization, or of the platform alone. */
export interface Engines {
  readonly before: Engine;
  readonly after: Engine;
}

interface Base extends PolicyChange {
  readonly changes: readonly ChangedVerdict[];
  readonly about: SubjectsOf;
  /** The permissions that change at a level. */
  pairs(level: Level): readonly Pair[];
  /** Those that can be asked under one of the policies only. */
  unshared(level: Level): readonly Pair[];
}

/** The change of the platform, or of organizations of one kind that have no rows of their own. */
export function changeOf({ before, after }: Engines): Base {
  const places = before.blueprint === undefined ? [anyPlace('platform')] : [anyPlace('org'), anyPlace('project')];
  const about = subjectsIn([...before.rows(), ...after.rows()]);
  const changes = before.key === after.key ? [] : changedVerdicts(before, after, places, about);
  const unshared = Object.fromEntries(levels.map((level) => [level, unsharedOf({ before, after }, level)])) as Record<Level, Pair[]>;
  return { ...create({ engines: () => ({ before, after }), changes, about, named: new Set() }), unshared: (level) => unshared[level] };
}

/** The change in one organization that has rows of its own, which speak of roles of its own alone; `engines` are asked for when such a role matters. */
export function changeIn(base: Base, organizationId: string, { rows }: PolicyContent, engines: () => Engines): PolicyChange {
  if (rows.length === 0) return base;
  const about = subjectsIn(rows);
  const places = [domainOf({ organizationId }), anyPlace('project', organizationId), ...namedProjects(rows)];
  const known = once(engines);
  // The rows stay the same: only what one of the policies cannot be asked has other answers.
  const asks = places.some(({ level }) => base.unshared(level).some((pair) => about(pair, level).size > 0));
  const own = asks ? changedVerdicts(known().before, known().after, places, about) : [];
  const joined = own.length > 0 || places.some(({ level }) => base.pairs(level).some((pair) => about(pair, level).size > 0));
  if (!joined) return base;
  const change = create({
    engines: known,
    changes: [...base.changes, ...own],
    about: (pair, level) => new Set([...base.about(pair, level), ...about(pair, level)]),
    named: new Set(namedProjects(rows).map(({ dom }) => dom)),
  });
  const isOwn = new Set(rows.map(([subject]) => subject));
  return {
    ...change,
    effect: (held, ...more) => (held.some((name) => isOwn.has(name)) ? change : base).effect(held, ...more),
  };
}

function namedProjects(rows: readonly Row[]): Domain[] {
  const names = new Set(rows.flatMap(([, dom]) => (isConcreteDomain(dom) && dom.includes('/') ? [dom] : [])));
  return [...names].sort().map((dom) => {
    const [organizationId, projectId] = dom.split('/');
    return domainOf({ organizationId, projectId });
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function unsharedOf({ before, after }: Engines, level: Level): Pair[] {
  const old = new Set(before.permissions(level).map(pairName));
  const now = new Set(after.permissions(level).map(pairName));
  return permissionsOfBoth(before, after, level).filter((pair) => old.has(pairName(pair)) !== now.has(pairName(pair)));
}

/** What is known of one level. */
interface AtLevel {
  readonly pairs: readonly { readonly pair: Pair; readonly touched: ReadonlySet<string> }[];
  readonly switchable: ReadonlySet<string>;
  readonly touched: ReadonlySet<string>;
  readonly relevant: ReadonlySet<string>;
}

function atLevel(level: Level, changes: readonly ChangedVerdict[], about: SubjectsOf): AtLevel {
  const byPair = new Map<string, { pair: Pair; touched: Set<string> }>();
  for (const { subject, domain, resource, action } of changes) {
    if (domain.level !== level) continue;
    const pair = { resource, action };
    const known = byPair.get(pairName(pair)) ?? { pair, touched: new Set<string>() };
    known.touched.add(subject);
    byPair.set(pairName(pair), known);
  }
  const pairs = [...byPair.values()];
  return {
    pairs,
    switchable: new Set(pairs.flatMap(({ pair }) => (about(pair, level).has(resourceDisabled) ? pair.resource : []))),
    touched: new Set(pairs.flatMap(({ touched }) => [...touched])),
    relevant: new Set(pairs.flatMap(({ pair }) => [...about(pair, level)])),
  };
}

function create(input: {
  engines: () => Engines;
  changes: readonly ChangedVerdict[];
  about: SubjectsOf;
  named: ReadonlySet<string>;
}): Omit<Base, 'unshared'> {
  const { engines, changes, about, named } = input;
  const at = Object.fromEntries(levels.map((level) => [level, atLevel(level, changes, about)])) as Record<Level, AtLevel>;
  const known = new Map<string, Effect | undefined>();
  let flags: ReturnType<typeof joinFlags> | undefined;

  function effect(
    held: readonly string[],
    scopes: readonly string[] | undefined,
    domain: Domain,
    off: ReadonlySet<string> = nothingOff,
  ): Effect | undefined {
    const { touched, relevant, switchable } = at[domain.level];
    const roles = cut(held, relevant);
    const cutScopes = scopes && cut(scopes, relevant);
    // A subject that holds nothing there is in no state either.
    const cutOff = off.size === 0 || held.length === 0 ? [] : cut([...off], switchable);
    const names = [...roles, ...(cutScopes ?? []), ...(cutOff.length > 0 ? [resourceDisabled] : [])];
    if (!names.some((name) => touched.has(name))) return undefined;
    const place = named.has(domain.dom) ? domain.dom : undefined;
    const key = [place ?? domain.level, roles.join(' '), cutScopes?.join(' ') ?? '-', cutOff.join(' ')].join('|');
    if (!known.has(key)) known.set(key, ask({ roles, scopes: cutScopes, domain, place, off: new Set(cutOff) }));
    return known.get(key);
  }

  function ask(about: AskedSet & { readonly place: string | undefined; readonly off: ReadonlySet<string> }): Effect | undefined {
    const { roles, scopes, domain, place, off } = about;
    const found = at[domain.level].pairs.flatMap((one): PermissionChange[] => {
      const isOff = off.has(one.pair.resource);
      const now = turnOf(one, isOff ? { ...about, roles: [...roles, resourceDisabled] } : about);
      if (now || !isOff) return now ? [now] : [];
      const later = turnOf(one, about);
      return later ? [{ ...later, switchedOff: true }] : [];
    });
    if (found.length === 0) return undefined;
    const offHere = [...off].filter((type) => found.some(({ resource }) => resource === type));
    return {
      level: domain.level,
      ...(place !== undefined && { place }),
      roles,
      ...(scopes && { scopes }),
      ...(offHere.length > 0 && { switchedOff: offHere }),
      changes: found,
    };
  }

  /** What becomes of one permission for a set; undefined where its answer stays. */
  function turnOf({ pair, touched }: AtLevel['pairs'][number], about: AskedSet): PermissionChange | undefined {
    const because = [...about.roles, ...(about.scopes ?? [])].filter((name) => touched.has(name));
    if (because.length === 0) return undefined;
    const { before, after } = engines();
    const verdicts = { before: verdictOf(before, about, pair), after: verdictOf(after, about, pair) };
    if (verdicts.before.allowed === verdicts.after.allowed) return undefined;
    flags ??= joinFlags(before.vocabulary.flags, after.vocabulary.flags);
    return { kind: verdicts.after.allowed ? 'GAIN' : 'LOSS', ...pair, ...verdicts, flags: flagsOf(flags, pair), because };
  }

  return {
    touched: (level) => at[level].touched,
    relevant: (level) => at[level].relevant,
    named,
    switchable: (level) => at[level].switchable,
    effect,
    changes,
    about,
    pairs: (level) => at[level].pairs.map(({ pair }) => pair),
  };
}

const nothingOff: ReadonlySet<string> = new Set();

/** A set of roles and states, and of scopes for a key, that is asked about in a place. */
export interface AskedSet {
  readonly roles: readonly string[];
  readonly scopes: readonly string[] | undefined;
  readonly domain: Domain;
}

/** As decideWith: a key asks about its owner's roles and about its scopes, and both must allow. */
export function verdictOf(engine: Engine, { roles, scopes, domain }: AskedSet, pair: Pair): Verdict {
  const held = engine.decide({ roles: engine.roleSet(roles), domain, ...pair });
  if (scopes === undefined || !held.allowed) return held;
  return engine.decide({ roles: engine.roleSet(scopes), domain, ...pair });
}

function cut(names: readonly string[], relevant: ReadonlySet<string>): string[] {
  return [...new Set(names)].filter((name) => relevant.has(name)).sort();
}
