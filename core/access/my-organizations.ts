import { type Actor, isSignedOut } from '../authorization/decisions/actor.ts';
import { type CapabilityMap, capabilitiesOf } from '../authorization/decisions/capabilities.ts';
import { livingGrant } from '../authorization/decisions/held-roles.ts';
import { ownerRole } from '../authorization/policy/vocabulary.ts';
import { toId } from '../base/ids.ts';
import type { Labels } from '../base/labels.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { type Logo, showsLogo } from '../organizations/logo.ts';
import { filterOrganizations, type OrganizationFilter } from '../organizations/organization-list.ts';
import { type Organization, type OrganizationRow, type Suspension, suspensionsOf } from '../organizations/organizations.ts';

/** An organization as its member sees it. */
export interface MyOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly logoUrl?: string;
  readonly blueprint: string;
  readonly kind: Organization['kind'];
  readonly state: Organization['state'];
  readonly suspensions?: Suspension[];
  /** Of those things that the caller may list there. */
  readonly counts: { readonly members?: number; readonly projects?: number; readonly pendingInvitations?: number };
  /** The roles granted to the caller in the organization itself, and the ownership. */
  readonly roles: string[];
  readonly memberState: 'ACTIVE' | 'INACTIVE';
  readonly capabilities: CapabilityMap;
  readonly labels: Labels;
  readonly joinedAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface MembershipRow {
  id: string;
  name: string;
  slug: string;
  logo_url: string | null;
  logo: Logo | null;
  blueprint: string;
  state: MyOrganization['state'];
  personal_of: string | null;
  suspensions: OrganizationRow['suspensions'];
  members: number;
  projects: number;
  invitations: number;
  member_state: MyOrganization['memberState'];
  roles: string[];
  labels: Labels;
  joined_at: Date;
  created_at: Date;
  updated_at: Date;
}

const rolesSql = `array(
  select '${ownerRole}' where o.owner_id = m.user_id
  union all
  (select g.role from grants g
   where g.org_id = m.org_id and g.user_id = m.user_id and g.project_id is null and ${livingGrant} order by g.role)
)`;

const countsSql = `
  (select count(*)::int from members c where c.org_id = o.id and c.state <> 'REMOVED') as members,
  (select count(*)::int from projects c where c.org_id = o.id and c.state = 'ACTIVE') as projects,
  (select count(*)::int from invitations c where c.org_id = o.id and c.state = 'PENDING' and least(c.expires_at, c.until) > now()) as invitations`;

/**
 * The organizations that the caller belongs to, oldest first, each with what the caller may do in it; `role` keeps those in which
 * the caller holds that role. It spans organizations and therefore names the user in every statement.
 */
export async function listMyOrganizations(
  db: Db,
  actor: Actor,
  input: { role?: string | undefined } & OrganizationFilter & PageQuery,
): Promise<Page<MyOrganization>> {
  const { subject } = actor.principal;
  const list = JSON.stringify(['my-organizations', subject.id, input.role, input.state, input.kind, input.slug, input.labelSelector]);
  const page = readPage(input, list, uuidKey);
  const query = db('members as m')
    .join('organizations as o', 'o.id', 'm.org_id')
    .where('m.user_id', subject.type === 'user' ? subject.uuid : null)
    .whereNot('m.state', 'REMOVED')
    .whereNot('o.state', 'DELETED')
    .select('o.*', db.raw(countsSql), 'm.state as member_state', 'm.joined_at', db.raw(`${rolesSql} as roles`))
    .orderBy('o.id')
    .limit(page.limit + 1);
  filterOrganizations(query, input);
  if (page.after !== undefined) query.where('o.id', '>', page.after);
  if (input.role !== undefined) query.whereRaw(`? = any(${rolesSql})`, [input.role]);
  const found = toPage(
    await query,
    page,
    list,
    (row: MembershipRow) => row.id,
    (row) => row,
  );
  return { ...found, items: await Promise.all(found.items.map((row) => toMyOrganization(actor, row))) };
}

async function toMyOrganization(actor: Actor, row: MembershipRow): Promise<MyOrganization> {
  const place = { organizationId: toId('organization', row.id) };
  const [snapshot, engine] = await Promise.all([actor.snapshot(place), actor.engine(place)]);
  const capabilities = isSignedOut(actor.principal, snapshot) ? {} : capabilitiesOf(engine, snapshot);
  const may = (resource: string): boolean => capabilities[resource]?.includes('list') ?? false;
  return {
    id: place.organizationId,
    name: row.name,
    slug: row.slug,
    ...(row.logo_url !== null && showsLogo(row) && { logoUrl: row.logo_url }),
    blueprint: row.blueprint,
    kind: row.personal_of === null ? 'SHARED' : 'PERSONAL',
    state: row.state,
    ...suspensionsOf(row),
    roles: row.roles,
    memberState: row.member_state,
    capabilities,
    counts: {
      ...(may('member') && { members: row.members }),
      ...(may('project') && { projects: row.projects }),
      ...(may('invitation') && { pendingInvitations: row.invitations }),
    },
    labels: row.labels,
    joinedAt: row.joined_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
