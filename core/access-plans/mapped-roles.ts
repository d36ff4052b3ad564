import { isLiving } from '../authorization/decisions/held-roles.ts';
import type { PolicyContent, Row } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { qualifiedRole } from '../authorization/policy/vocabulary.ts';
import { counted } from '../base/counted.ts';
import { type Db, prepared } from '../database/database.ts';
import { checkMapping, PendingMapping, type RoleMapping } from '../policies/role-mapping.ts';
import type { Rail } from './rails.ts';

// A plan reads grants as they are. Who holds a role that is renamed has what the new role gives: the rows of the new role stand under the old name too.

/** A content that changes, what is in force of it, and what becomes of the roles that it lacks. */
export interface Mapped {
  readonly before: PolicyContent | undefined;
  readonly after: PolicyContent;
  readonly mapping?: Required<RoleMapping>;
}

/** Takes of a mapping what is about each content. Throws InvalidInput for what does not fit them. */
export function takeMappings(
  changing: readonly { readonly before: PolicyContent | undefined; readonly after: PolicyContent }[],
  mapping: RoleMapping = {},
): Mapped[] {
  const pending = new PendingMapping(mapping);
  const mapped = changing.map(({ before, after }): Mapped => {
    const taken = pending.take(before, after);
    if (!taken) return { before, after };
    checkMapping({ before, after }, taken);
    return { before, after, mapping: { rename: taken.rename ?? {}, drop: taken.drop ?? [] } };
  });
  pending.demandUsed();
  return mapped;
}

/** The content for those who hold what is there now. */
export function withOldNames({ after, mapping }: Mapped): PolicyContent {
  if (!mapping || Object.keys(mapping.rename).length === 0) return after;
  const nameOf = namerOf(after);
  const rows: Row[] = [];
  const sources: PolicyContent['sources'][number][] = [];
  for (const [index, row] of after.rows.entries()) {
    const old = Object.entries(mapping.rename).flatMap(([from, to]) => (nameOf(to) === row[0] ? nameOf(from) : []));
    for (const name of [row[0], ...old]) {
      rows.push([name, row[1], row[2], row[3], row[4]]);
      sources.push(after.sources[index]!);
    }
  }
  return { ...after, rows, sources };
}

/** The new names of roles, as rows have them. */
export function newNames(mapped: readonly Mapped[]): ReadonlyMap<string, string> {
  return new Map(
    mapped.flatMap(({ after, mapping }) => {
      const nameOf = namerOf(after);
      return Object.entries(mapping?.rename ?? {}).map(([from, to]) => [nameOf(from), nameOf(to)] as const);
    }),
  );
}

function namerOf({ blueprint }: PolicyContent): (role: string) => string {
  return (role) => (blueprint ? qualifiedRole(blueprint.name, role) : role);
}

/** The roles that an organization has defined, whose tier may be renamed. */
export function withNewTiers(own: PolicyContent, { mapping }: Pick<Mapped, 'mapping'>): PolicyContent {
  if (!mapping || !own.customRoles) return own;
  const { rename } = mapping;
  const roles = Object.entries(own.customRoles).map(([id, role]) => [id, { ...role, tier: rename[role.tier] ?? role.tier }]);
  return { ...own, customRoles: Object.fromEntries(roles) };
}

const throughSql = `
select count(*)::int as n, count(distinct g.org_id)::int as organizations from grants g join organizations o on o.id = g.org_id
where o.blueprint = $1 and o.state <> 'DELETED' and g.subject_role = any ($2) and ${isLiving('g')}`;

const outsidersSql = `
select count(distinct (g.org_id, g.user_id))::int as n, count(distinct g.org_id)::int as organizations
from grants g join organizations o on o.id = g.org_id
where o.blueprint = $1 and o.state <> 'DELETED' and o.externals = 'ALLOW' and g.user_id is not null and g.role = any ($2) and ${isLiving('g')}
  and not exists (select from members m where m.org_id = g.org_id and m.user_id = g.user_id and m.state in ('ACTIVE', 'INACTIVE'))`;

const supportersSql = `
select count(distinct s.operator_id)::int as n, count(distinct s.org_id)::int as organizations from support_accesses s
where s.state = 'APPROVED' and s.until > now() and exists (select from platform_grants p where p.user_id = s.operator_id and p.role = any ($2))
  and $1::text is null`;

/** What else becomes of those who hold mapped roles, of which the plan does not say what they gain and lose by it. */
export async function mappingRails(db: Db, { after, mapping }: Mapped): Promise<Rail[]> {
  if (!mapping) return [];
  const { rename, drop } = mapping;
  const kind = after.blueprint?.name ?? null;
  const count = async (name: string, sql: string, roles: readonly string[]) => {
    const [row] = roles.length === 0 ? [] : await prepared<{ n: number; organizations: number }>(db, name, sql, [kind, roles]);
    return row ?? { n: 0, organizations: 0 };
  };
  const found = [
    ...(kind === null
      ? [
          [
            await count('plan-mapped-supporters', supportersSql, drop),
            'operator with an approved support access holds roles that are dropped',
            'operators with an approved support access hold roles that are dropped',
          ],
        ]
      : [
          [
            await count('plan-mapped-through', throughSql, [...Object.entries(rename).flat(), ...drop]),
            'grant to roles is about roles that are renamed or dropped',
            'grants to roles are about roles that are renamed or dropped',
          ],
          [
            await count('plan-mapped-outsiders', outsidersSql, drop),
            'person from outside holds roles that are dropped',
            'people from outside hold roles that are dropped',
          ],
        ]),
  ] as [{ n: number; organizations: number }, string, string][];
  return found.flatMap(([{ n, organizations }, one, more]): Rail[] => {
    if (n === 0) return [];
    const where = `in ${counted(organizations, 'organization')} (${scopeName(after.scope)})`;
    const detail = `${counted(n, one, more)}, ${where}: what follows from that for others is not in the plan.`;
    return [{ id: 'role-mapping', status: 'WARN', detail }];
  });
}
