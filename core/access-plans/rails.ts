import { livingKey } from '../authorization/decisions/held-roles.ts';
import { isAboutOne } from '../authorization/decisions/restricted.ts';
import { personRole } from '../authorization/decisions/snapshot.ts';
import type { Engine } from '../authorization/engine/engine.ts';
import type { PolicyContent, Row } from '../authorization/policy/content.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { blueprintScope, scopeName } from '../authorization/policy/scopes.ts';
import { resourceDisabled } from '../authorization/policy/states.ts';
import type { Engines } from '../authorization/review/policy-change.ts';
import { type Pair, pairName } from '../authorization/review/verdicts.ts';
import { counted } from '../base/counted.ts';
import { FailedPrecondition } from '../base/errors.ts';
import { type Db, prepared } from '../database/database.ts';
import { refuseChangedMeters } from '../policies/changed-meters.ts';
import { refuseRemovedRoles } from '../policies/removed-roles.ts';
import { refuseTopRole } from '../policies/role-mapping.ts';
import { lockoutPairs } from './lockout.ts';
import type { Mapped } from './mapped-roles.ts';
import { type Breach, newlyBoth, separatedIn, separationRails } from './separation.ts';

/** Something that a change of policy must not do, or that its reviewer should know. */
export interface Rail {
  readonly id:
    | 'undo'
    | 'roles-in-use'
    | 'counted-usage'
    | 'role-mapping'
    | 'top-role'
    | 'scopes-in-use'
    | 'single-resources'
    | 'last-giver'
    | 'lockout'
    | 'separation-of-duties';
  /** BLOCK keeps the change from being applied. */
  readonly status: 'OK' | 'WARN' | 'BLOCK';
  readonly detail: string;
}

const deciding: readonly Pair[] = ['propose', 'activate'].map((action) => ({ resource: 'policy', action }));

const operatorsSql = `
select roles, count(*)::int as n from (
  select array_agg(g.role order by g.role) as roles from platform_grants g join users u on u.id = g.user_id where u.state = 'ACTIVE' group by g.user_id
) held group by roles`;

/**
 * That people are left who may take the change back, where some could before: else policies are changed by the command line alone. And that
 * some are left who may do what an installation is not to be locked out of.
 */
export async function platformRails(db: Db, engines: Engines): Promise<Rail[]> {
  const held = await prepared<{ roles: string[]; n: number }>(db, 'plan-operators', operatorsSql, []);
  const domain = domainOf({});
  const may = (engine: Engine, roles: readonly string[], pairs: readonly Pair[]): boolean =>
    pairs.every((pair) => engine.decide({ roles: engine.roleSet([personRole, ...roles]), domain, ...pair }).allowed);
  const people = (engine: Engine, pairs: readonly Pair[]): number =>
    held.reduce((sum, { roles, n }) => sum + (may(engine, roles, pairs) ? n : 0), 0);
  const isLost = (pairs: readonly Pair[]): boolean => people(engines.before, pairs) > 0 && people(engines.after, pairs) === 0;
  const decisive = new Set(deciding.map(pairName));
  const locked = lockoutPairs(engines, 'platform').filter((pair) => !decisive.has(pairName(pair)) && isLost([pair]));
  const [old, now] = [people(engines.before, deciding), people(engines.after, deciding)];
  return [
    isLost(deciding)
      ? {
          id: 'undo',
          status: 'BLOCK',
          detail: 'No active person could propose and activate a policy any more, so no person could take this back over the API.',
        }
      : {
          id: 'undo',
          status: 'OK',
          detail: `${counted(now, 'active person', 'active people')} may propose and activate policies, and ${counted(old)} may now.`,
        },
    ...separationRails(bothOf(held, engines)),
    ...locked.map((pair): Rail => {
      const detail = `No active person with a role of the platform would have ${pairName(pair)} any more.`;
      return { id: 'lockout', status: 'BLOCK', detail };
    }),
  ];
}

/** For each pair that is kept apart, how many people would come to have both on the platform. */
function bothOf(held: readonly { roles: readonly string[]; n: number }[], engines: Engines): Breach[] {
  const domain = domainOf({});
  return separatedIn(engines, ['platform']).flatMap((pair): Breach[] => {
    const people = held.reduce((sum, { roles, n }) => {
      const isNew = newlyBoth(engines, pair, { roles: [personRole, ...roles], domain });
      return sum + (isNew ? n : 0);
    }, 0);
    return people === 0 ? [] : [{ pair, people, accounts: 0 }];
  });
}

const scopesSql = `
select s.scope, count(*)::int as n from api_keys k join organizations o on o.id = k.org_id cross join lateral unnest(k.scopes) s(scope)
where o.blueprint = $1 and o.state <> 'DELETED' and ${livingKey} and s.scope = any ($2)
group by s.scope order by s.scope`;

/** What is held, offered or carried by keys and would be gone. `contents` are those that change, with what is in force of each. */
export async function strandedRails(db: Db, contents: readonly Mapped[]): Promise<Rail[]> {
  const rails: Rail[] = [];
  for (const { before, after, mapping } of contents) {
    rails.push(...(await refusalOf('roles-in-use', () => refuseRemovedRoles(db, before, after, mapping))));
    rails.push(...(await refusalOf('counted-usage', () => refuseChangedMeters(db, after, before))));
    const top = before?.blueprint?.topRole;
    const renamed = top === undefined ? undefined : (mapping?.rename[top] ?? top);
    rails.push(...(await refusalOf('top-role', () => refuseTopRole(db, after, renamed))));
    rails.push(...(await scopesRail(db, before, after)), ...(await singleResourcesRail(db, before, after)));
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

const singlesSql = `
select r.resource_type as type, count(*)::int as resources, count(distinct r.org_id)::int as organizations from restrictions r join organizations o on o.id = r.org_id
where o.blueprint = $1 and o.state <> 'DELETED' and r.lifted_at is null and r.resource_id is not null and (r.resource_type = any ($2) or '*' = any ($2))
group by r.resource_type order by r.resource_type`;

/** What is denied of single resources that are switched off changes: no row of a plan is about one resource. */
async function singleResourcesRail(db: Db, before: PolicyContent | undefined, { blueprint, rows }: PolicyContent): Promise<Rail[]> {
  if (!blueprint || !before) return [];
  const [old, now] = [denialsIn(before.rows), denialsIn(rows)];
  const differing = [...[...old].filter((row) => !now.has(row)), ...[...now].filter((row) => !old.has(row))];
  const types = differing.map((row) => JSON.parse(row)[2] as string);
  if (types.length === 0) return [];
  const off = await prepared<{ type: string; resources: number; organizations: number }>(db, 'plan-singles', singlesSql, [
    blueprint.name,
    [...new Set(types)],
  ]);
  return off.map(({ type, resources, organizations }) => ({
    id: 'single-resources',
    status: 'WARN',
    detail: `What is denied of single resources that are switched off changes, and is not among the gains and losses: ${counted(resources)} of the type ${type} in ${counted(organizations, 'organization')}.`,
  }));
}

/** The rows of the state of what is switched off, but those about a type as a whole. */
const denialsIn = (rows: readonly Row[]): Set<string> =>
  new Set(rows.filter(([sub, , , action]) => sub === resourceDisabled && isAboutOne(action)).map((row) => JSON.stringify(row)));
