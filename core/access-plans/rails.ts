import { livingKey } from '../authorization/decisions/held-roles.ts';
import { personRole } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { blueprintScope, scopeName } from '../authorization/policy/scopes.ts';
import { roleObject } from '../authorization/policy/vocabulary.ts';
import type { Engines } from '../authorization/review/policy-change.ts';
import { type Pair, subjectsIn } from '../authorization/review/verdicts.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { groupedBy } from '../base/grouped.ts';
import { type Db, prepared } from '../database/database.ts';
import { refuseRemovedRoles } from '../policies/removed-roles.ts';
import { refuseTopRole } from '../policies/role-mapping.ts';
import { groupsOf } from './groups.ts';
import { holdingOf } from './holdings.ts';
import type { OrganizationFacts } from './organizations.ts';
import { roleBits } from './role-bits.ts';
import type { PlanRow } from './rows.ts';

/** Something that a change of policy must not do, or that its reviewer should know. */
export interface Rail {
  readonly id: 'undo' | 'roles-in-use' | 'top-role' | 'scopes-in-use' | 'last-giver';
  /** BLOCK keeps the change from being applied. */
  readonly status: 'OK' | 'WARN' | 'BLOCK';
  readonly detail: string;
}

const deciding: readonly Pair[] = ['propose', 'activate'].map((action) => ({ resource: 'policy', action }));

const operatorsSql = `
select roles, count(*)::int as n from (
  select array_agg(g.role order by g.role) as roles from platform_grants g join users u on u.id = g.user_id where u.state = 'ACTIVE' group by g.user_id
) held group by roles`;

/** That people are left who may take the change back. Where none could before, policies are changed by the command line alone. */
export async function undoRail(db: Db, { before, after }: Engines): Promise<Rail> {
  const held = await prepared<{ roles: string[]; n: number }>(db, 'plan-operators', operatorsSql, []);
  const domain = domainOf({});
  const mayDecide = (engine: Engine, roles: readonly string[]): boolean =>
    deciding.every((pair) => engine.decide({ roles: engine.roleSet([personRole, ...roles]), domain, ...pair }).allowed);
  const people = (engine: Engine): number => held.reduce((sum, { roles, n }) => sum + (mayDecide(engine, roles) ? n : 0), 0);
  const [old, now] = [people(before), people(after)];
  if (old > 0 && now === 0)
    return {
      id: 'undo',
      status: 'BLOCK',
      detail: 'No active person could propose and activate a policy any more, so no person could take this back over the API.',
    };
  return { id: 'undo', status: 'OK', detail: `${now} active people may propose and activate policies, and ${old} may now.` };
}

const scopesSql = `
select s.scope, count(*)::int as n from api_keys k join organizations o on o.id = k.org_id cross join lateral unnest(k.scopes) s(scope)
where o.blueprint = $1 and o.state <> 'DELETED' and ${livingKey} and s.scope = any ($2)
group by s.scope order by s.scope`;

/** What is held, offered or carried by keys and would be gone. `contents` are those that change, with what is in force of each. */
export async function strandedRails(
  db: Db,
  contents: readonly { readonly before: PolicyContent | undefined; readonly after: PolicyContent }[],
): Promise<Rail[]> {
  const rails: Rail[] = [];
  for (const { before, after } of contents) {
    rails.push(...(await refusalOf('roles-in-use', () => refuseRemovedRoles(db, before, after))));
    rails.push(...(await refusalOf('top-role', () => refuseTopRole(db, after, before?.blueprint?.topRole))));
    rails.push(...(await scopesRail(db, before, after)));
  }
  return rails;
}

async function refusalOf(id: Rail['id'], refuse: () => Promise<void>): Promise<Rail[]> {
  try {
    await refuse();
    return [];
  } catch (error) {
    if (!(error instanceof FailedPrecondition)) throw error;
    return [{ id, status: 'BLOCK', detail: error.message }];
  }
}

async function scopesRail(db: Db, before: PolicyContent | undefined, { blueprint }: PolicyContent): Promise<Rail[]> {
  if (!blueprint || !before?.blueprint) return [];
  const left = new Set(blueprint.scopes.map(({ name }) => name));
  const gone = before.blueprint.scopes.flatMap(({ name }) => (left.has(name) ? [] : name));
  if (gone.length === 0) return [];
  const used = await prepared<{ scope: string; n: number }>(db, 'plan-scopes', scopesSql, [blueprint.name, gone]);
  if (used.length === 0) return [];
  const keys = used.map(({ scope, n }) => `${scope} (${n} API keys)`).join(', ');
  return [
    { id: 'scopes-in-use', status: 'WARN', detail: `${scopeName(blueprintScope(blueprint.name))} lacks scopes that keys have: ${keys}.` },
  ];
}

/** The permission to give the top role of a kind of organization: where no member has it, others have to help. */
export function givingTop(topRole: string): Pair {
  return { resource: roleObject(topRole), action: 'assign' };
}

/** Whether people of an organization lose that permission. */
export function losesGiving(rows: readonly PlanRow[], { resource, action }: Pair): boolean {
  return rows.some(
    ({ place, subjectType, effect }) =>
      place === 'ORGANIZATION' &&
      subjectType === 'USER' &&
      effect.changes.some((change) => change.kind === 'LOSS' && change.resource === resource && change.action === action),
  );
}

/** Of these organizations those in which no person may do this any more. */
export async function withoutHolder(
  db: Db,
  organizations: readonly { readonly facts: OrganizationFacts; readonly after: Engine }[],
  pair: Pair,
): Promise<string[]> {
  const all = organizations.map(({ facts, after }) => {
    const relevant = subjectsIn(after.rows())(pair, 'org');
    return { facts, after, relevant, touched: relevant };
  });
  const relevant = new Set(all.flatMap((one) => [...one.relevant]));
  const groups = await groupsOf(db, {
    organizations: all.map(({ facts }) => facts),
    bits: roleBits(all),
    relevant,
    touched: new Set([...relevant, 'member/self']),
    sampled: [],
    withSubjects: false,
  });
  const byOrganization = groupedBy(groups, ({ organization }) => organization);
  return all.flatMap(({ facts, after }) => {
    const isHeld = (byOrganization.get(facts.uuid) ?? []).some((group) => {
      if (group.subject !== 'user' || group.project !== null) return false;
      const roles = after.roleSet([...holdingOf(facts, group, null).keys()]);
      return after.decide({ roles, domain: domainOf({ organizationId: facts.id }), ...pair }).allowed;
    });
    return isHeld ? [] : facts.id;
  });
}

/** How many organizations are named in a sentence. */
const named = 10;

/** What is said of organizations without a holder. */
export function lastGiverRail(topRole: string, organizations: readonly string[]): Rail[] {
  if (organizations.length === 0) return [];
  const shown = organizations.slice(0, named).join(', ');
  const more = organizations.length > named ? ` and ${organizations.length - named} more` : '';
  return [{ id: 'last-giver', status: 'BLOCK', detail: `No person could give ${topRole}, the top role, any more in ${shown}${more}.` }];
}
