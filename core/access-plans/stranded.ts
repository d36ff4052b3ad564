import { linkStateSql } from '../access/invitation-link-rows.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { groupedBy } from '../base/grouped.ts';
import { type IdKind, toId } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';
import type { Mapped } from './mapped-roles.ts';
import { compare } from './order.ts';

/** What stays where it is after a change of policy and is of no use any more, as far as it is for the same reason. */
export interface Stranded {
  readonly kind: 'GRANT' | 'INVITATION' | 'INVITATION_LINK' | 'SUPPORT_ACCESS' | 'API_KEY';
  /**
   * ROLE_GONE: there is no such role any more. ROLE_DROPPED: and it is ended by that. GIVER_LOST: its author may not offer the role any more. SCOPES_EMPTY, OWNER_EMPTY: the key may do
   * nothing any more, for its scopes or for what its owner holds. NOT_EXAMINED: there are too many to ask for each whether its author may still offer it.
   */
  readonly reason: 'ROLE_GONE' | 'ROLE_DROPPED' | 'GIVER_LOST' | 'SCOPES_EMPTY' | 'OWNER_EMPTY' | 'NOT_EXAMINED';
  readonly scope: string;
  /** Of the policy; nothing for keys, and for roles that organizations have defined. */
  readonly role?: string;
  readonly count: number;
  readonly organizations: number;
  /** The first ones. */
  readonly examples: readonly StrandedExample[];
}

/** One of them: of a grant the holder, or the role that holds it, else itself; of a support access the operator. */
export interface StrandedExample {
  readonly organizationId?: string;
  readonly id: string;
}

/** Examples of each reason (docs/limits.md). */
export const mostExamples = 20;

// Each is counted once for each role that it has or offers.
const usesSql = `
select 'GRANT' as kind, coalesce(o.blueprint, '') as blueprint, g.org_id, r.role,
  case when g.user_id is not null then 'user' when g.service_account_id is not null then 'serviceAccount' end as id_kind,
  coalesce(g.user_id::text, g.service_account_id::text, g.subject_role) as id
  from grants g join organizations o on o.id = g.org_id cross join lateral (values (g.role), (g.subject_role)) r(role)
  where o.state <> 'DELETED' and r.role is not null and ${presentGrant}
union all
select distinct 'INVITATION', o.blueprint, i.org_id, r.role, 'invitation', i.id::text
  from invitations i join invitation_roles r on r.org_id = i.org_id and r.invitation_id = i.id join organizations o on o.id = i.org_id
  where o.state <> 'DELETED' and i.state = 'PENDING' and least(i.expires_at, i.until) > now()
union all
select distinct 'INVITATION_LINK', o.blueprint, l.org_id, r.role, 'invitationLink', l.id::text
  from invitation_links l join invitation_link_roles r on r.org_id = l.org_id and r.link_id = l.id join organizations o on o.id = l.org_id
  where o.state <> 'DELETED' and ${linkStateSql} = 'ACTIVE'
union all
select 'SUPPORT_ACCESS', o.blueprint, s.org_id, s.role, 'user', s.operator_id::text
  from support_accesses s join organizations o on o.id = s.org_id
  where o.state <> 'DELETED' and s.state in ('REQUESTED', 'APPROVED') and coalesce(s.until, s.expires_at) > now()
union all
select 'GRANT', '', null::uuid, p.role, 'user', p.user_id::text from platform_grants p`;

const countsSql = `
select kind, role, count(*)::int as count, count(distinct org_id)::int as organizations
from (${usesSql}) u where blueprint = $1 and role = any ($2) group by kind, role`;

const examplesSql = `
select org_id, id_kind, id from (${usesSql}) u where blueprint = $1 and role = $2 and kind = $3 order by org_id, id limit ${mostExamples}`;

/** Grants, offers and support accesses with a role that a content lacks and the one before has. */
export async function strandedByRoles(db: Db, { before, after, mapping }: Mapped): Promise<Stranded[]> {
  const left = new Set([...rolesOf(after), ...Object.keys(mapping?.rename ?? {})]);
  const gone = before ? rolesOf(before).filter((role) => !left.has(role)) : [];
  if (gone.length === 0) return [];
  const blueprint = after.blueprint?.name ?? '';
  type Count = Pick<Stranded, 'kind' | 'count' | 'organizations'> & { role: string };
  const counts = await prepared<Count & Record<string, unknown>>(db, 'plan-stranded', countsSql, [blueprint, gone]);
  const stranded: Stranded[] = [];
  for (const { kind, role, count, organizations } of counts) {
    type Example = { org_id: string | null; id_kind: IdKind | null; id: string };
    const rows = await prepared<Example>(db, 'plan-stranded-examples', examplesSql, [blueprint, role, kind]);
    const examples = rows.map(({ org_id, id_kind, id }) => ({
      ...(org_id !== null && { organizationId: toId('organization', org_id) }),
      id: id_kind === null ? id : toId(id_kind, id),
    }));
    const reason = mapping?.drop.includes(role) ? 'ROLE_DROPPED' : 'ROLE_GONE';
    stranded.push({ kind, reason, scope: scopeName(after.scope), role, count, organizations, examples });
  }
  return stranded;
}

function rolesOf({ blueprint, vocabulary }: PolicyContent): string[] {
  return blueprint ? blueprint.roles.map(({ id }) => id) : Object.keys(vocabulary?.roles ?? {});
}

/** Something that is stranded, in an organization. */
export type StrandedItem = Pick<Stranded, 'kind' | 'reason' | 'scope' | 'role'> & Required<StrandedExample>;

/** Counts items by what they have in common. */
export function summed(items: readonly StrandedItem[]): Stranded[] {
  const groups = groupedBy(items, groupOf);
  return [...groups.values()].map((all) => {
    const { kind, reason, scope, role } = all[0]!;
    const sorted = all.map(({ organizationId, id }) => ({ organizationId, id })).sort((a, b) => compare(keyOf(a), keyOf(b)));
    return {
      ...{ kind, reason, scope, ...(role !== undefined && { role }) },
      ...{ count: all.length, organizations: new Set(all.map(({ organizationId }) => organizationId)).size },
      examples: sorted.slice(0, mostExamples),
    };
  });
}

/** Adds what was found in further organizations, behind those of before. */
export function joined(known: readonly Stranded[], more: readonly Stranded[]): Stranded[] {
  const groups = groupedBy([...known, ...more], groupOf);
  return [...groups.values()].map(([first, next]) =>
    next === undefined
      ? first!
      : {
          ...first!,
          count: first!.count + next.count,
          organizations: first!.organizations + next.organizations,
          examples: [...first!.examples, ...next.examples].slice(0, mostExamples),
        },
  );
}

const groupOf = ({ kind, reason, scope, role = '' }: Pick<Stranded, 'kind' | 'reason' | 'scope' | 'role'>): string =>
  [scope, kind, reason, role].join(' ');
const keyOf = ({ organizationId, id }: Required<StrandedExample>): string => `${organizationId} ${id}`;

/** In an order that depends on the content alone. */
export function inStrandedOrder(all: readonly Stranded[]): Stranded[] {
  return [...all].sort((a, b) => compare(groupOf(a), groupOf(b)));
}
