import { recordAll } from '../audit/record.ts';
import type { Actor, Place } from '../authorization/decisions/actor.ts';
import { foldEmail } from '../base/email-address.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOfEnding } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManagedBy, managedBy } from '../organizations/managed-by.ts';

export type InvitationState = 'PENDING' | 'ACCEPTED' | 'DECLINED' | 'REVOKED' | 'EXPIRED';

/** A role in one project. */
export interface ProjectRole {
  readonly projectId: string;
  readonly role: string;
}

/** An offer of membership to an e-mail address. */
export interface Invitation {
  readonly id: string;
  readonly organizationId: string;
  /** The project that it was made in; then it is about that project, and membership comes with it. */
  readonly projectId?: string;
  readonly email: string;
  /** What the inviter calls the person. */
  readonly name?: string;
  /** The roles that it offers in the organization; none where it was made in a project. */
  readonly roles: string[];
  readonly projectRoles: ProjectRole[];
  readonly state: InvitationState;
  /** Never later than `until`. */
  readonly expiresAt: string;
  /** When the offered roles end. */
  readonly until?: string;
  readonly sentCount: number;
  readonly lastSentAt?: string;
  readonly invitedBy: string;
  readonly managedBy?: ManagedBy;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** An offered role; without a project, in the organization itself. */
export interface OfferRow {
  readonly role: string;
  readonly project_id: string | null;
}

export interface InvitationRow {
  org_id: string;
  id: string;
  project_id: string | null;
  email: string;
  name: string | null;
  /** By place and name. A role in a project that was deleted is offered no more. */
  offers: OfferRow[];
  state: InvitationState;
  token_version: number;
  expires_at: Date;
  until: Date | null;
  sent_count: number;
  last_sent_at: Date | null;
  invited_by: string;
  managed_by: ManagedBy | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The invitation row as the API shows it. */
export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: toId('invitation', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    email: row.email,
    ...(row.name === null ? {} : { name: row.name }),
    ...offeredBy(row),
    state: row.state,
    ...endsOf(row),
    sentCount: row.sent_count,
    ...(row.last_sent_at === null ? {} : { lastSentAt: row.last_sent_at.toISOString() }),
    invitedBy: row.invited_by,
    ...managedBy(row.managed_by),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOfEnding(row),
  };
}

/** What an invitation offers, as the API and the audit show it. */
export function offeredBy({ offers }: Pick<InvitationRow, 'offers'>): { roles: string[]; projectRoles: ProjectRole[] } {
  return {
    roles: offers.filter(({ project_id }) => project_id === null).map(({ role }) => role),
    projectRoles: offers.flatMap(({ role, project_id }) => (project_id === null ? [] : [{ projectId: toId('project', project_id), role }])),
  };
}

/** Each offered role with the place that it is about. */
export function placesOf({
  org_id,
  offers,
}: Pick<InvitationRow, 'org_id' | 'offers'>): { role: string; place: Place & { organizationId: string } }[] {
  const organizationId = toId('organization', org_id);
  return offers.map(({ role, project_id }) => ({
    role,
    place: { organizationId, ...(project_id !== null && { projectId: toId('project', project_id) }) },
  }));
}

/** When the answer must be there, and when the roles end. A role that has ended cannot be offered any more. */
export function endsOf({ expires_at, until }: Pick<InvitationRow, 'expires_at' | 'until'>): { expiresAt: string; until?: string } {
  if (until === null) return { expiresAt: expires_at.toISOString() };
  return { expiresAt: (until < expires_at ? until : expires_at).toISOString(), until: until.toISOString() };
}

/** The moment at which an invitation of this table stops being one; `least` leaves nulls out. */
export const endSql = 'least(invitations.expires_at, invitations.until)';
/** The state at this moment: an invitation ends when its time is over, not when the daily job gets to it. */
export const stateSql = `case when invitations.state = 'PENDING' and ${endSql} <= now() then 'EXPIRED' else invitations.state end`;
/** The columns of a row, for select and returning. */
export const columnsSql = `${[
  'org_id',
  'id',
  'project_id',
  'email',
  'name',
  'token_version',
  'expires_at',
  'until',
  'sent_count',
  'last_sent_at',
  'invited_by',
  'managed_by',
  'version',
  'created_at',
  'updated_at',
]
  .map((column) => `invitations.${column}`)
  .join(', ')}, ${stateSql} as state, (
  select coalesce(jsonb_agg(jsonb_build_object('role', r.role, 'project_id', r.project_id) order by r.project_id nulls first, r.role), '[]')
  from invitation_roles r left join projects p on p.org_id = r.org_id and p.id = r.project_id
  where r.org_id = invitations.org_id and r.invitation_id = invitations.id and p.state is distinct from 'DELETED'
) as offers`;

/** Invitations with the state that they have at this moment. */
export function invitationRows(db: Db) {
  return db('invitations').select(db.raw(columnsSql));
}

/** Names one invitation: of the organization, whatever it offers, or of those that were made in a project. */
export interface InvitationKey {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
  readonly invitationId: string;
}

/** The row of one invitation. Throws NotFound. */
export async function findInvitation(db: Db, { organizationId, projectId, invitationId }: InvitationKey): Promise<InvitationRow> {
  const row = (await invitationRows(db)
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('invitation', invitationId) })
    .where(projectId === undefined ? {} : { project_id: toUuid('project', projectId) })
    .first()) as InvitationRow | undefined;
  if (!row) throw new NotFound();
  return row;
}

/** What a caller was about to do with an invitation; each has its own message for when it is too late. */
type Attempt = 'answer' | 'resend' | 'revoke';

const became = { ACCEPTED: 'was accepted', DECLINED: 'was declined', REVOKED: 'was revoked', EXPIRED: 'has expired' };

/** Throws invitation-not-pending, with what became of it and what to do instead, unless the invitation is pending. */
export function refuseAnswered({ state, until }: Pick<InvitationRow, 'state' | 'until'>, attempt: Attempt): void {
  if (state === 'PENDING') return;
  if (state === 'EXPIRED') refuseEnded({ until }, attempt);
  const revoke = state === 'ACCEPTED' ? ' To end the membership, remove the member.' : ' Nobody can accept it any more.';
  const sentence = {
    answer: '. Ask for a new one.',
    resend: ' and cannot be sent again. Create a new one to invite the address once more.',
    revoke: `, so there is nothing to revoke.${revoke}`,
  }[attempt];
  throw new FailedPrecondition('invitation-not-pending', `The invitation ${became[state]}${sentence}`);
}

/** Throws invitation-not-pending when the role that is offered has ended: a new time to answer would be of no use. */
export function refuseEnded({ until }: Pick<InvitationRow, 'until'>, attempt: Attempt): void {
  if (until === null || until.getTime() > Date.now()) return;
  const instead = { answer: 'Ask for a new one', resend: 'Create a new one', revoke: 'There is nothing to revoke' }[attempt];
  throw new FailedPrecondition(
    'invitation-not-pending',
    `The offer has ended: what this invitation gives was to be held until ${until.toISOString()}. ${instead}.`,
  );
}

/** Throws invitation-not-pending for an invitation to a project that is not there any more. */
export function refuseOrphaned({ project_id, offers }: Pick<InvitationRow, 'project_id' | 'offers'>): void {
  if (project_id === null || offers.length > 0) return;
  throw new FailedPrecondition(
    'invitation-not-pending',
    'The project that this invitation is to was deleted, so it offers nothing any more.',
  );
}

/** Moves an invitation out of PENDING. */
export async function setState(db: Db, row: InvitationRow, change: { state: InvitationState; accepted_by?: string }): Promise<void> {
  await db('invitations')
    .where({ org_id: row.org_id, id: row.id })
    .update({ ...change, ...nextVersion(db) });
}

/**
 * Marks invitations whose time is over, and records it: those of an organization to these addresses, so that they can be
 * invited again, or at most `limit` ones of whatever organization. Returns how many there were.
 */
export async function expireOverdue(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'>,
  which: { organization: string; emails: readonly string[] } | { limit: number },
): Promise<number> {
  const query = db('invitations')
    .select('org_id', 'id')
    .where({ state: 'PENDING' })
    .whereRaw(`${endSql} <= now()`)
    .orderBy(['org_id', 'id']);
  if ('limit' in which) query.limit(which.limit).forUpdate().skipLocked();
  else query.where({ org_id: which.organization }).whereIn('folded_email', which.emails.map(foldEmail)).forUpdate();
  const overdue: { org_id: string; id: string }[] = await query;
  for (const [org_id, ids] of byOrganization(overdue)) {
    await db('invitations')
      .where({ org_id })
      .whereIn('id', ids)
      .update({ state: 'EXPIRED', ...nextVersion(db) });
    const events = ids.map((id) => ({ target: toId('invitation', id), before: { state: 'PENDING' }, after: { state: 'EXPIRED' } }));
    await recordAll(db, actor, { organizationId: toId('organization', org_id), action: 'invitation.expire' }, events);
  }
  return overdue.length;
}

function byOrganization(rows: readonly { org_id: string; id: string }[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { org_id, id } of rows) ids.set(org_id, [...(ids.get(org_id) ?? []), id]);
  return ids;
}
