import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOfEnding } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { endsOf, type OfferRow, offeredBy, type ProjectRole } from './invitation-rows.ts';

export type InvitationLinkState = 'ACTIVE' | 'USED_UP' | 'EXPIRED' | 'REVOKED';

/** A link by which several people join. */
export interface InvitationLink {
  readonly id: string;
  readonly organizationId: string;
  /** The project that it was made in; then it is about that project, and membership comes with it. */
  readonly projectId?: string;
  /** The roles that it offers in the organization; none where it was made in a project. */
  readonly roles: string[];
  readonly projectRoles: ProjectRole[];
  /** Of the addresses of people who may use it; none: any. */
  readonly domains: string[];
  /** How many people may join by it. */
  readonly maxUses?: number;
  /** How many have. */
  readonly uses: number;
  readonly state: InvitationLinkState;
  /** Never later than `until`. */
  readonly expiresAt: string;
  /** When the offered roles end. */
  readonly until?: string;
  readonly invitedBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface InvitationLinkRow {
  org_id: string;
  id: string;
  project_id: string | null;
  domains: string[];
  max_uses: number | null;
  uses: number;
  state: InvitationLinkState;
  offers: OfferRow[];
  expires_at: Date;
  until: Date | null;
  invited_by: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The row as the API shows it. */
export function toInvitationLink(row: InvitationLinkRow): InvitationLink {
  return {
    id: toId('invitationLink', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    ...offeredBy(row),
    domains: row.domains,
    ...(row.max_uses === null ? {} : { maxUses: row.max_uses }),
    uses: row.uses,
    state: row.state,
    ...endsOf(row),
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOfEnding(row),
  };
}

/** The state at this moment. */
export const linkStateSql = `case
  when l.revoked_at is not null then 'REVOKED'
  when l.uses >= l.max_uses then 'USED_UP'
  when least(l.expires_at, l.until) <= now() then 'EXPIRED'
  else 'ACTIVE' end`;

// A role in a project that was deleted is offered no more.
const offersSql = `(
  select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'project_id', r.project_id) order by r.project_id nulls first, r.role), '[]')
  from invitation_link_roles r left join projects p on p.org_id = r.org_id and p.id = r.project_id
  where r.org_id = l.org_id and r.link_id = l.id and p.state is distinct from 'DELETED'
)`;

const columns = [
  'org_id',
  'id',
  'project_id',
  'domains',
  'max_uses',
  'uses',
  'expires_at',
  'until',
  'invited_by',
  'version',
  'created_at',
  'updated_at',
].map((column) => `l.${column}`);

/** Links with the state that they have at this moment. */
export function linkRows(db: Db) {
  return db('invitation_links as l').select(...columns, db.raw(`${linkStateSql} as state`), db.raw(`${offersSql} as offers`));
}

/** Names one link: of the organization, whatever it offers, or of those that were made in a project. */
export interface LinkKey {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly invitationLinkId: string;
}

/** The row of one link. Throws NotFound. */
export async function findLink(db: Db, { organizationId, projectId, invitationLinkId }: LinkKey): Promise<InvitationLinkRow> {
  const row: InvitationLinkRow | undefined = await linkRows(db)
    .where({ 'l.org_id': toUuid('organization', organizationId), 'l.id': toUuid('invitationLink', invitationLinkId) })
    .where(projectId === undefined ? {} : { 'l.project_id': toUuid('project', projectId) })
    .first();
  if (!row) throw new NotFound();
  return row;
}
