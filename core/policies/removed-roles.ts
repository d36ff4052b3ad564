import { linkStateSql } from '../access/invitation-link-rows.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { customRolesOf, offeredPermissions } from '../authorization/policy/custom-roles.ts';
import { PolicyError } from '../authorization/policy/findings.ts';
import { type Head, loadContent } from '../authorization/store/revisions.ts';
import { counted } from '../base/counted.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import type { RoleMapping } from './role-mapping.ts';

interface Use {
  readonly role: string;
  readonly grants: number;
  readonly invitations: number;
  readonly links: number;
  readonly accesses: number;
  readonly organizations: number;
}

const ofBlueprintSql = `
select role, sum(grants)::int as grants, sum(invitations)::int as invitations, sum(links)::int as links, sum(accesses)::int as accesses, count(distinct org_id)::int as organizations from (
  select g.org_id, unnest(array_remove(array[g.role, g.subject_role], null)) as role, 1 as grants, 0 as invitations, 0 as links, 0 as accesses from grants g
    where ${livingGrant}
  union all
  select i.org_id, r.role, 0, 1, 0, 0 from invitations i join invitation_roles r on r.org_id = i.org_id and r.invitation_id = i.id
    where i.state = 'PENDING' and least(i.expires_at, i.until) > now()
  union all
  select l.org_id, r.role, 0, 0, 1, 0 from invitation_links l join invitation_link_roles r on r.org_id = l.org_id and r.link_id = l.id
    where ${linkStateSql} = 'ACTIVE'
  union all
  select org_id, role, 0, 0, 0, 1 from support_accesses where state in ('REQUESTED', 'APPROVED') and coalesce(until, expires_at) > now()
) used join organizations o on o.id = used.org_id
where o.blueprint = :blueprint and o.state <> 'DELETED' and used.role not like 'role\\_%'
  and (used.role = any(:removed) or (:removed::text[] is null and used.role <> all(:kept)))
group by role order by role`;

const ofPlatformSql = `
select role, count(*)::int as grants, 0 as invitations, 0 as links, 0 as accesses, 0 as organizations from platform_grants
where role = any(:removed) or (:removed::text[] is null and role <> all(:kept)) group by role order by role`;

/**
 * Throws FailedPrecondition when a content that comes into force lacks roles that are held or offered: their holders would lose everything
 * without a word, and invitations to them could not be accepted. `before` is the content that it replaces, where that is known; of roles in `mapping` it
 * is known what becomes of them, and that has not happened yet.
 */
export async function refuseRemovedRoles(
  db: Db,
  before: PolicyContent | undefined,
  content: PolicyContent,
  { rename = {}, drop = [] }: RoleMapping = {},
): Promise<void> {
  await refuseCustomRoles(db, before, content, rename);
  const kept = [...rolesOf(content), ...Object.keys(rename), ...drop];
  const removed = before && rolesOf(before).filter((role) => !kept.includes(role));
  if (removed?.length === 0) return;
  const { blueprint } = content;
  const bindings = { removed: removed ?? null, kept, blueprint: blueprint?.name ?? null };
  const used: Use[] = (await db.raw(blueprint ? ofBlueprintSql : ofPlatformSql, bindings)).rows;
  if (used.length === 0) return;
  const what = blueprint ? `the blueprint ${blueprint.name}` : 'the platform';
  throw new FailedPrecondition(
    'failed-precondition',
    `This policy of ${what} lacks roles that are in use: ${used.slice(0, 10).map(sentenceOf).join('; ')}${used.length > 10 ? `; and ${used.length - 10} more` : ''}. Keep each of them in the policy, or say what becomes of it: a role that takes its place, or that it is dropped (roleMapping; on the command line --rename-role old=new and --drop-role role).`,
  );
}

const ofCustomSql = `
select count(*)::int as roles, count(distinct r.org_id)::int as organizations from roles r join organizations o on o.id = r.org_id
where o.blueprint = :blueprint and o.state <> 'DELETED' and (r.tier <> all(:tiers::text[]) or not r.permissions <@ :offered::text[])`;

/** Throws FailedPrecondition when roles that organizations have defined carry a tier or hold a permission that the content does not offer, or offers elsewhere. */
async function refuseCustomRoles(
  db: Db,
  before: PolicyContent | undefined,
  { blueprint }: PolicyContent,
  rename: Readonly<Record<string, string>>,
): Promise<void> {
  if (!blueprint) return;
  const custom = customRolesOf(blueprint);
  const was = before?.blueprint && customRolesOf(before.blueprint);
  const earlier = was && offeredPermissions(was);
  const offered = custom ? [...offeredPermissions(custom)] : [];
  const same = offered.filter(([permission, { level }]) => (earlier?.get(permission)?.level ?? level) === level);
  const tiers = custom?.tiers ?? [];
  const renamed = Object.entries(rename).flatMap(([from, to]) => (tiers.includes(to) ? from : []));
  const bindings = { blueprint: blueprint.name, tiers: [...tiers, ...renamed], offered: same.map(([permission]) => permission) };
  const { roles, organizations } = (await db.raw(ofCustomSql, bindings)).rows[0] as { roles: number; organizations: number };
  if (roles === 0) return;
  throw new FailedPrecondition(
    'failed-precondition',
    `This policy of the blueprint ${blueprint.name} lacks tiers or permissions that ${counted(roles, 'role')} of ${counted(organizations, 'organization')} ${roles === 1 ? 'has' : 'have'}. Keep them in customRoles until these roles are changed or deleted.`,
  );
}

/** The content of a head; undefined when its rows are not those that were stored, so that nothing is known of it. */
export async function contentBefore(db: Db, { scope, revision }: Head): Promise<PolicyContent | undefined> {
  try {
    return await loadContent(db, scope, revision);
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}

function rolesOf({ blueprint, vocabulary }: PolicyContent): string[] {
  return blueprint ? blueprint.roles.map(({ id }) => id) : Object.keys(vocabulary?.roles ?? {});
}

function sentenceOf({ role, grants, invitations, links, accesses, organizations }: Use): string {
  const parts = [
    ...(grants > 0 ? [counted(grants, 'grant')] : []),
    ...(invitations > 0 ? [counted(invitations, 'pending invitation')] : []),
    ...(links > 0 ? [counted(links, 'invitation link')] : []),
    ...(accesses > 0 ? [counted(accesses, 'support access', 'support accesses')] : []),
  ];
  return `${role} (${parts.join(' and ')}${organizations > 0 ? ` in ${counted(organizations, 'organization')}` : ''})`;
}
