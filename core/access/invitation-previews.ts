import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { type Logo, showsLogo } from '../organizations/logo.ts';
import { endsOf, type InvitationRow } from './invitation-rows.ts';

/** What a person sees of an invitation or a link before they accept. */
export interface Offering {
  readonly organizationName: string;
  readonly organizationLogoUrl?: string;
  readonly offers: OfferedRole[];
  /** The name of the person who invites, of an invitation by mail else the address; none for a manifest. */
  readonly inviterName?: string;
  readonly expiresAt: string;
  /** When the offered roles end. */
  readonly until?: string;
}

/** A role as people read it. */
export interface OfferedRole {
  readonly role: string;
  readonly title: string;
  readonly projectId?: string;
  readonly projectName?: string;
}

/** What offers: an invitation, which its inviter has signed with their address, or a link. */
export type OfferingSource = Pick<InvitationRow, 'org_id' | 'offers' | 'expires_at' | 'until' | 'invited_by'> & {
  readonly showsAddress: boolean;
};

interface Inviter {
  readonly id: string;
  readonly org_id: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** What one invitation or link offers. Throws NotFound where its organization was deleted. */
export async function offeringOf(db: Db, actor: Actor, source: OfferingSource): Promise<Offering> {
  return (await offeringsOf(db, actor, [source]))[0]!;
}

/** What each of these offers, in their order, whatever their organizations. Throws as offeringOf. */
export async function offeringsOf(db: Db, actor: Actor, sources: readonly OfferingSource[]): Promise<Offering[]> {
  if (sources.length === 0) return [];
  const organizations = await organizationsOf(db, sources);
  const projects = await projectsOf(db, sources);
  const inviters = await invitersOf(db, sources);
  const titles = await titlesOf(
    actor,
    [...organizations.values()].map(({ blueprint }) => blueprint),
  );
  const own = await ownTitlesOf(db, sources);
  return sources.map((source) => {
    const organization = organizations.get(source.org_id);
    if (!organization) throw new NotFound();
    const inviterName = nameOf(inviters, source);
    return {
      organizationName: organization.name,
      ...(organization.logo_url !== null && showsLogo(organization) && { organizationLogoUrl: organization.logo_url }),
      offers: source.offers.map(({ role, project_id }) => ({
        role,
        title: titles.get(`${organization.blueprint} ${role}`) ?? own.get(role) ?? role,
        ...(project_id !== null && { projectId: toId('project', project_id), projectName: projects.get(project_id)! }),
      })),
      ...(inviterName !== undefined && { inviterName }),
      ...endsOf(source),
    };
  });
}

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly logo_url: string | null;
  readonly logo: Logo | null;
  readonly blueprint: string;
}

async function organizationsOf(db: Db, sources: readonly OfferingSource[]): Promise<Map<string, OrganizationRow>> {
  const rows: OrganizationRow[] = await db('organizations')
    .whereIn(
      'id',
      sources.map(({ org_id }) => org_id),
    )
    .whereNot({ state: 'DELETED' })
    .select('id', 'name', 'logo_url', 'logo', 'blueprint');
  return new Map(rows.map((row) => [row.id, row]));
}

async function projectsOf(db: Db, sources: readonly OfferingSource[]): Promise<Map<string, string>> {
  const keys = sources.flatMap(({ org_id, offers }) =>
    offers.flatMap(({ project_id }) => (project_id === null ? [] : [[org_id, project_id]])),
  );
  const rows: { id: string; name: string }[] =
    keys.length === 0 ? [] : await db('projects').whereIn(['org_id', 'id'], keys).select('id', 'name');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Who invites, each with the name that they have in that organization. */
async function invitersOf(db: Db, sources: readonly OfferingSource[]): Promise<readonly Inviter[]> {
  const ids = sources.flatMap((source) => userOf(source) ?? []);
  if (ids.length === 0) return [];
  const orgs = sources.map(({ org_id }) => org_id);
  return db('users as u')
    .leftJoin('members as m', (on) => on.on('m.user_id', 'u.id').andOnIn('m.org_id', orgs))
    .whereIn('u.id', ids)
    .select('u.id', 'm.org_id', 'u.email', db.raw('coalesce(m.display_name, u.display_name, u.name) as name'));
}

function nameOf(inviters: readonly Inviter[], source: OfferingSource): string | undefined {
  const id = userOf(source);
  const all = inviters.filter((inviter) => inviter.id === id);
  const inviter = all.find(({ org_id }) => org_id === source.org_id) ?? all[0];
  return inviter?.name ?? (source.showsAddress ? inviter?.email : undefined) ?? undefined;
}

/** The user behind the one who invites, or whose key it was; undefined for a manifest or a service account. */
function userOf({ invited_by }: OfferingSource): string | undefined {
  const [owner = ''] = invited_by.split('/');
  return owner.startsWith('user_') ? toUuid('user', owner) : undefined;
}

/** The titles of the roles that organizations define for themselves, by role. */
async function ownTitlesOf(db: Db, sources: readonly OfferingSource[]): Promise<Map<string, string>> {
  const keys = sources.flatMap(({ org_id, offers }) =>
    offers.flatMap(({ role }) => (role.startsWith('role_') ? [[org_id, toUuid('role', role)]] : [])),
  );
  const rows: { id: string; title: string }[] =
    keys.length === 0 ? [] : await db('roles').whereIn(['org_id', 'id'], keys).select('id', 'title');
  return new Map(rows.map(({ id, title }) => [toId('role', id), title]));
}

/** The titles of roles, by blueprint and role. */
async function titlesOf(actor: Actor, blueprints: readonly string[]): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  for (const name of new Set(blueprints)) {
    const { blueprint } = await actor.engineOf(name);
    for (const { id, title } of blueprint!.roles) titles.set(`${name} ${id}`, title);
  }
  return titles;
}
