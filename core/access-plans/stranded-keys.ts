import type { Engine } from '../authorization/engine/engine.ts';
import { type Domain, domainOf, isConcreteDomain } from '../authorization/policy/domain.ts';
import { blueprintScope, scopeName } from '../authorization/policy/scopes.ts';
import type { Engines } from '../authorization/review/policy-change.ts';
import { verdictOf } from '../authorization/review/policy-change.ts';
import { groupedBy } from '../base/grouped.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type Group, groupsOf } from './groups.ts';
import { type Holding, holdingOf } from './holdings.ts';
import { compare } from './order.ts';
import type { OrganizationFacts } from './organizations.ts';
import { roleBits } from './role-bits.ts';
import type { StrandedItem } from './stranded.ts';

/** An organization in which keys lose something. */
export interface KeysOf {
  readonly facts: OrganizationFacts;
  readonly engines: Engines;
}

/** Keys that may do something now and nothing after the change, in the organization and in each of its active projects. */
export async function strandedKeys(db: Db, organizations: readonly KeysOf[]): Promise<StrandedItem[]> {
  const names = new Map(organizations.map(({ facts, engines }) => [facts.uuid, namesOf(engines)]));
  const all = new Set([...names.values()].flatMap((some) => [...some]));
  const groups = await groupsOf(db, {
    organizations: organizations.map(({ facts }) => facts),
    bits: roleBits(organizations.map(({ facts }) => ({ facts, touched: names.get(facts.uuid)!, relevant: names.get(facts.uuid)! }))),
    ...{ relevant: all, touched: all, sampled: [], withSubjects: true, kinds: ['key-of-user', 'key-of-service-account'] },
  });
  const byOrganization = groupedBy(groups, ({ organization }) => organization);
  return organizations.flatMap((one) => strandedIn(one, byOrganization.get(one.facts.uuid) ?? []));
}

function namesOf({ before, after }: Engines): ReadonlySet<string> {
  return new Set(['member/self', ...[...before.rows(), ...after.rows()].map(([subject]) => subject)]);
}

function strandedIn({ facts, engines }: KeysOf, groups: readonly Group[]): StrandedItem[] {
  const [before, after] = [createGiving(facts, engines.before), createGiving(facts, engines.after)];
  const inProjects = new Map<string, Map<string, Group>>();
  for (const group of groups)
    if (group.project !== null)
      for (const key of group.subjects!) inProjects.set(key, (inProjects.get(key) ?? new Map()).set(group.project, group));
  return groups
    .filter(({ project }) => project === null)
    .flatMap((whole) =>
      whole.subjects!.flatMap((key): StrandedItem[] => {
        const direct = inProjects.get(key) ?? new Map<string, Group>();
        if (after.gives(whole, direct) || !before.gives(whole, direct)) return [];
        const reason = whole.scopes && after.gives(whole, direct, { ofOwner: true }) ? 'SCOPES_EMPTY' : 'OWNER_EMPTY';
        const scope = scopeName(blueprintScope(facts.blueprint));
        return [{ kind: 'API_KEY', reason, scope, organizationId: facts.id, id: toId('apiKey', key) }];
      }),
    );
}

/** Whether a policy gives a key anything. */
function createGiving(facts: OrganizationFacts, engine: Engine) {
  const named = new Set(engine.rows().flatMap(([, dom]) => (isConcreteDomain(dom) ? dom : [])));
  const known = new Map<string, boolean>();

  function any(holding: Holding, scopes: readonly string[] | undefined, domain: Domain): boolean {
    const roles = [...holding.keys()].sort(compare);
    if (roles.length === 0) return false;
    const key = [named.has(domain.dom) ? domain.dom : domain.level, roles.join(' '), scopes?.join(' ') ?? '-'].join('|');
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const asked = { roles, scopes: scopes?.map((name) => `scope/${name}`), domain };
    const found = engine.permissions(domain.level).some((pair) => verdictOf(engine, asked, pair).allowed);
    known.set(key, found);
    return found;
  }

  return {
    gives(whole: Group, direct: ReadonlyMap<string, Group>, { ofOwner = false } = {}): boolean {
      const scopes = ofOwner ? undefined : whole.scopes;
      const { keyProject = null } = whole;
      const at = (project: string | null): boolean => {
        const group = (project === null ? undefined : direct.get(project)) ?? whole;
        const place = { organizationId: facts.id, ...(project !== null && { projectId: toId('project', project) }) };
        return any(holdingOf(facts, group, project), scopes, domainOf(place));
      };
      return (keyProject === null && at(null)) || facts.projects.some((project) => (keyProject ?? project) === project && at(project));
    },
  };
}
