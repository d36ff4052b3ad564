import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { foldEmail } from '../base/email-address.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { isInvitationToken, tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { findEmail, verifiedEmail } from '../people/users.ts';
import { type Offering, offeringOf, offeringsOf } from './invitation-previews.ts';
import {
  endSql,
  type InvitationRow,
  type InvitationState,
  invitationRows,
  offeredBy,
  type ProjectRole,
  refuseAnswered,
  refuseOrphaned,
  setState,
} from './invitation-rows.ts';
import type { InvitationContext } from './invitations.ts';
import { holdOrganization, type Joined, join, recordJoined, requireAuthor } from './joining.ts';

// The invited person is nobody in the organization yet, so all of this runs in the scope of the platform: what an invitation
// is found by is always the verified address of the caller.

/** An invitation as the invited person sees it. */
export interface MyInvitation extends Offering {
  readonly id: string;
  readonly organizationId: string;
  /** The project that it is to, where it is to one. */
  readonly projectId?: string;
  readonly email: string;
  readonly name?: string;
  readonly roles: string[];
  readonly projectRoles: (ProjectRole & { readonly projectName: string })[];
  readonly state: InvitationState;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Pending invitations to the caller's verified e-mail address, of whatever organization; none without such an address. */
export async function listMyInvitations(db: Db, actor: Actor, asked: PageQuery): Promise<Page<MyInvitation>> {
  const page = readPage(asked, 'my-invitations', uuidKey);
  const email = await findEmail(db, actor.principal.subject);
  if (email === null) return { items: [] };
  const query = invitationRows(db)
    .join('organizations as o', 'o.id', 'invitations.org_id')
    .where('invitations.state', 'PENDING')
    .whereRaw(`${endSql} > now()`)
    .where('invitations.folded_email', foldEmail(email))
    .whereNot('o.state', 'DELETED')
    .orderBy('invitations.id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('invitations.id', '>', page.after);
  const found = toPage(
    await query,
    page,
    'my-invitations',
    (row: InvitationRow) => row.id,
    (row) => row,
  );
  const offerings = await offeringsOf(
    db,
    actor,
    found.items.map((row) => ({ ...row, showsAddress: true })),
  );
  return { ...found, items: found.items.map((row, index) => toMyInvitation(row, offerings[index]!)) };
}

function toMyInvitation(row: InvitationRow, offering: Offering): MyInvitation {
  const projectRoles = offering.offers.flatMap(({ role, projectId, projectName }) =>
    projectId === undefined ? [] : [{ projectId, role, projectName: projectName! }],
  );
  return {
    id: toId('invitation', row.id),
    organizationId: toId('organization', row.org_id),
    ...offering,
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    email: row.email,
    ...(row.name === null ? {} : { name: row.name }),
    roles: offeredBy(row).roles,
    projectRoles,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Accepts an invitation to the caller's verified e-mail address. Throws as acceptRow, and NotFound for anybody else's. */
export async function acceptInvitation(db: Db, actor: Actor, input: { invitationId: string }): Promise<Joined> {
  return acceptRow(db, actor, await findMine(db, actor, { id: toUuid('invitation', input.invitationId) }));
}

/**
 * Accepts the invitation that a token came for. The token alone is not enough: the caller's verified address must be the one
 * that was invited. Throws as acceptRow, and NotFound alike for a wrong token, a replaced one, and somebody else's.
 */
export async function acceptInvitationByToken(db: Db, actor: Actor, input: { token: string }, context: InvitationContext): Promise<Joined> {
  const row = await findMine(db, actor, { token_hash: tokenHash(input.token) });
  refuseForged(row, input.token, context);
  return acceptRow(db, actor, row);
}

/** What the invitation offers that a token came for, to the person who was invited. Throws as acceptInvitationByToken, and changes nothing. */
export async function previewInvitation(db: Db, actor: Actor, input: { token: string }, context: InvitationContext): Promise<Offering> {
  const row = await readMine(db, await verifiedEmail(db, actor.principal), { token_hash: tokenHash(input.token) });
  refuseForged(row, input.token, context);
  await refuseAnsweredMine(db, actor, row);
  refuseOrphaned(row);
  await requireAuthor(db, actor, row);
  return offeringOf(db, actor, { ...row, showsAddress: true });
}

/** The database alone cannot make a token, and one that was made with a key that has left the ring is dead. Throws NotFound. */
function refuseForged({ id, token_version: version }: InvitationRow, token: string, { keyring }: InvitationContext): void {
  if (!isInvitationToken(keyring, token, { id: toId('invitation', id), version })) throw new NotFound();
}

/** Declines an invitation to the caller's verified e-mail address. Throws NotFound for anybody else's and invitation-not-pending. */
export async function declineInvitation(db: Db, actor: Actor, input: { invitationId: string }): Promise<void> {
  const row = await findMine(db, actor, { id: toUuid('invitation', input.invitationId) });
  await refuseAnsweredMine(db, actor, row);
  await decline(db, actor, row);
}

/** As declineInvitation, all that are offered to an address whose person is erased; one whose time is over is declined as well. */
export async function declineAllInvitations(db: Db, actor: Actor, email: string): Promise<void> {
  const rows: InvitationRow[] = await invitationRows(db)
    .where({ folded_email: foldEmail(email), state: 'PENDING' })
    .orderBy(['org_id', 'id']);
  for (const row of rows) await decline(db, actor, row);
}

async function decline(db: Db, actor: Actor, row: InvitationRow): Promise<void> {
  await setState(db, row, { state: 'DECLINED' });
  await record(db, actor, {
    organizationId: toId('organization', row.org_id),
    action: 'invitation.decline',
    target: toId('invitation', row.id),
    before: { state: 'PENDING', email: row.email, ...offeredBy(row) },
    after: { state: 'DECLINED' },
  });
}

/** The invitation as it is once its organization is locked: of two answers at once, the second sees the first. */
async function findMine(db: Db, actor: Actor, by: { id: string } | { token_hash: Buffer }): Promise<InvitationRow> {
  // Said before anything is looked up, so that it tells nothing about any invitation.
  const email = await verifiedEmail(db, actor.principal);
  const { org_id } = await readMine(db, email, by);
  await holdOrganization(db, org_id);
  return readMine(db, email, { ...by, org_id }, { lock: true });
}

async function readMine(
  db: Db,
  email: string,
  by: { id?: string; token_hash?: Buffer; org_id?: string },
  { lock = false } = {},
): Promise<InvitationRow> {
  const query = invitationRows(db)
    .where(by)
    .where({ folded_email: foldEmail(email) });
  const row: InvitationRow | undefined = await (lock ? query.forUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}

/**
 * Makes the caller a member who holds the offered roles; an invitation in a project gives a member the role there. Throws
 * invitation-not-pending, and as requireAuthor and join.
 */
async function acceptRow(db: Db, actor: Actor, row: InvitationRow): Promise<Joined> {
  await refuseAnsweredMine(db, actor, row);
  refuseOrphaned(row);
  await requireAuthor(db, actor, row);
  const { email: joinedAs, name: displayName, managed_by: managedBy } = row;
  const joined = await join(db, actor, row, { joinedAs, displayName, managedBy });
  const invitationId = toId('invitation', row.id);
  await setState(db, row, { state: 'ACCEPTED', accepted_by: toUuid('user', joined.userId) });
  await record(db, actor, {
    organizationId: joined.organizationId,
    action: 'invitation.accept',
    target: invitationId,
    before: { state: 'PENDING', email: row.email, ...offeredBy(row) },
    after: { state: 'ACCEPTED' },
  });
  await recordJoined(db, actor, joined, { invitationId });
  return joined;
}

/** Throws invitation-not-pending, to a member without the advice to ask for a new one. The invitation is the caller's own, so it tells no stranger anything. */
async function refuseAnsweredMine(db: Db, { principal: { subject } }: Actor, row: InvitationRow): Promise<void> {
  if (row.state === 'ACCEPTED' && subject.type === 'user') {
    const member = await db('members').where({ org_id: row.org_id, user_id: subject.uuid }).whereNot('state', 'REMOVED').first('user_id');
    if (member)
      throw new FailedPrecondition(
        'invitation-not-pending',
        'The invitation was accepted already, and you are a member of the organization. There is nothing left to answer.',
      );
  }
  refuseAnswered(row, 'answer');
}
