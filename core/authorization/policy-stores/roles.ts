import { groupedBy } from '../../base/grouped.ts';
import { atOnce, type Steps } from '../../base/steps.ts';
import type { Finding } from '../policy/findings.ts';
import { storeLimits } from './limits.ts';
import type { StoreModel } from './model.ts';
import { isRole, type RoleLink } from './rows.ts';

/** Who has which role in one domain, with the roles that roles have. */
export interface RoleGraph {
  /** Every name by which rows may mean this subject: its own key, and its roles. */
  namesOf(key: string): ReadonlySet<string>;
  /** The keys of the subjects that a name of a row means. */
  membersOf(name: string): readonly string[];
  /** How many names all members have together. */
  readonly held: number;
}

type Links = ReadonlyMap<string, readonly RoleLink[]>;

/** What is wrong with the links between roles: circles, ways and numbers beyond the limits. */
export function* lintLinks(links: readonly RoleLink[], report: (finding: Finding) => void, file = 'policy.csv'): Steps<void> {
  const say = (message: string, line: number) => report({ rule: 'role-links', level: 'error', message, file, line });
  const roles = new Set(links.flatMap(({ member, role }) => (isRole(member) ? [member, role] : [role])));
  if (roles.size > storeLimits.roles) {
    say(`a store has at most ${storeLimits.roles} roles`, links[0]!.line);
    return;
  }
  const domains = byDomain(links);
  if (domains.size > storeLimits.domains) {
    say(`a store has roles in at most ${storeLimits.domains} domains`, links[0]!.line);
    return;
  }
  for (const inDomain of domains.values()) {
    const outgoing = byMember(inDomain);
    const depths = yield* depthsOf(outgoing, say);
    if (depths === undefined) return;
    yield* lintMembers(outgoing, depths, say);
  }
}

/** Steps from each role upwards; undefined after a circle was reported. */
function* depthsOf(outgoing: Links, say: (message: string, line: number) => void): Steps<Map<string, number> | undefined> {
  const depths = new Map<string, number>();
  const under = new Set<string>();
  /** Goes at most as deep as there are roles. */
  const visit = (name: string): boolean => {
    if (depths.has(name)) return true;
    under.add(name);
    let depth = 0;
    for (const { role, line } of outgoing.get(name) ?? []) {
      if (under.has(role)) {
        say(`${name} would have ${role}, which has ${name} already: roles go in a circle`, line);
        return false;
      }
      if (!visit(role)) return false;
      depth = Math.max(depth, depths.get(role)! + 1);
    }
    under.delete(name);
    depths.set(name, depth);
    return true;
  };
  for (const name of outgoing.keys()) {
    if (!visit(name)) return undefined;
    yield;
  }
  return depths;
}

function* lintMembers(outgoing: Links, depths: ReadonlyMap<string, number>, say: (message: string, line: number) => void): Steps<void> {
  const closures = new Map<string, ReadonlySet<string>>();
  let held = 0;
  for (const [member, [first]] of outgoing) {
    if (depths.get(member)! > storeLimits.roleDepth) {
      say(`${member} reaches a role in more than ${storeLimits.roleDepth} steps`, first!.line);
      return;
    }
    const { size } = reach(member, outgoing, closures);
    yield;
    held += size - 1;
    if (size > storeLimits.rolesOfSubject + 1 || held > storeLimits.heldRoles) {
      const most =
        size > storeLimits.rolesOfSubject + 1
          ? `${member} has more than ${storeLimits.rolesOfSubject}`
          : `all members have more than ${storeLimits.heldRoles}`;
      say(`${most} roles, with those through other roles`, first!.line);
      return;
    }
  }
}

/** The graphs of links that have no findings, by domain. */
export function roleGraphs(links: readonly RoleLink[]): ReadonlyMap<string, RoleGraph> {
  return atOnce(roleGraphSteps(links));
}

/** As roleGraphs, in steps. */
export function* roleGraphSteps(links: readonly RoleLink[]): Steps<ReadonlyMap<string, RoleGraph>> {
  const graphs = new Map<string, RoleGraph>();
  for (const [domain, inDomain] of byDomain(links)) graphs.set(domain, yield* graphOf(inDomain));
  return graphs;
}

/** The roles that count: those of the domain of the question, which is a text or no domain. */
export function graphFor(graphs: ReadonlyMap<string, RoleGraph>, model: StoreModel, domain: unknown): RoleGraph {
  if (model.roles === 'in-domain') return (typeof domain === 'string' ? graphs.get(domain) : undefined) ?? emptyGraph;
  return graphs.get('') ?? emptyGraph;
}

/** Of a domain in which no subject has a role. */
export const emptyGraph: RoleGraph = atOnce(graphOf([]));

function* graphOf(links: readonly RoleLink[]): Steps<RoleGraph> {
  const outgoing = byMember(links);
  const closures = new Map<string, ReadonlySet<string>>();
  for (const name of outgoing.keys()) {
    reach(name, outgoing, closures);
    yield;
  }
  const members = new Map<string, string[]>();
  let held = 0;
  for (const [key, names] of closures) {
    held += names.size;
    yield;
    if (isRole(key)) continue;
    for (const name of names) {
      const list = members.get(name);
      if (list === undefined) members.set(name, [key]);
      else list.push(key);
    }
  }
  return {
    namesOf: (key) => closures.get(key) ?? new Set([key]),
    membersOf: (name) => members.get(name) ?? (isRole(name) ? [] : [name]),
    held,
  };
}

/** The name itself and every role that it has. Members with one and the same role share nothing but the roles' own sets. */
function reach(name: string, outgoing: Links, closures: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const known = closures.get(name);
  if (known !== undefined) return known;
  const names = new Set([name]);
  for (const { role } of outgoing.get(name) ?? []) for (const reached of reach(role, outgoing, closures)) names.add(reached);
  closures.set(name, names);
  return names;
}

function byDomain(links: readonly RoleLink[]): Map<string, RoleLink[]> {
  return groupedBy(links, ({ domain }) => domain);
}

function byMember(links: readonly RoleLink[]): Map<string, RoleLink[]> {
  return groupedBy(links, ({ member }) => member);
}
