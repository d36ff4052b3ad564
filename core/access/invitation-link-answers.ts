import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { foldEmail } from '../base/email-address.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { isKeySecret } from '../base/key-secret.ts';
import { tokenHash } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { verifiedEmail } from '../people/users.ts';
import { type InvitationLinkRow, type InvitationLinkState, linkRows } from './invitation-link-rows.ts';
import { linkPrefix } from './invitation-links.ts';
import { type Offering, offeringOf } from './invitation-previews.ts';
import { refuseOrphaned } from './invitation-rows.ts';
import { holdOrganization, type Joined, join, recordJoined, requireAuthor } from './joining.ts';

// Who uses a link is nobody in the organization yet, so all of this runs in the scope of the platform: a link is found by the
// hash of its token alone.

/** Whether a token is one of a link, and not one of an invitation by mail. */
export function isLinkToken(token: string): boolean {
  return token.startsWith(linkPrefix);
}

/**
 * Makes the caller a member with the roles of the link. Throws NotFound alike for a wrong token and for an address of a domain that the link is
 * not for, invitation-not-pending for a link that has ended, and as requireAuthor and join.
 */
export async function acceptLink(db: Db, actor: Actor, input: { token: string }): Promise<Joined> {
  const email = await verifiedEmail(db, actor.principal);
  const { org_id } = await findByToken(db, email, input.token);
  await holdOrganization(db, org_id);
  // Of two at once, the second sees the use of the first.
  const link = await findByToken(db, email, input.token, { lock: true });
  await checkLink(db, actor, link);
  const joined = await join(db, actor, link, { joinedAs: email });
  await db('invitation_links')
    .where({ org_id, id: link.id })
    .update({ uses: db.raw('uses + 1'), ...nextVersion(db) });
  const invitationLinkId = toId('invitationLink', link.id);
  const uses = { before: { uses: link.uses }, after: { uses: link.uses + 1, userId: joined.userId } };
  await record(db, actor, { organizationId: joined.organizationId, action: 'invitation-link.accept', target: invitationLinkId, ...uses });
  await recordJoined(db, actor, joined, { invitationLinkId });
  return joined;
}

/** What a link offers. Throws as acceptLink, and changes nothing. */
export async function previewLink(db: Db, actor: Actor, input: { token: string }): Promise<Offering> {
  const link = await findByToken(db, await verifiedEmail(db, actor.principal), input.token);
  await checkLink(db, actor, link);
  return offeringOf(db, actor, { ...link, showsAddress: false });
}

async function findByToken(db: Db, email: string, token: string, { lock = false } = {}): Promise<InvitationLinkRow> {
  // What is mistyped or made up costs no look-up.
  if (!isKeySecret(token)) throw new NotFound();
  const query = linkRows(db).where({ 'l.token_hash': tokenHash(token) });
  const link: InvitationLinkRow | undefined = await (lock ? query.forUpdate('l') : query).first();
  if (!link || !isFor(link, email)) throw new NotFound();
  return link;
}

/** Whether the link is for people with such an address; a domain does not stand for those below it. */
function isFor({ domains }: InvitationLinkRow, email: string): boolean {
  return domains.length === 0 || domains.includes(foldEmail(email.slice(email.lastIndexOf('@') + 1)));
}

async function checkLink(db: Db, actor: Actor, link: InvitationLinkRow): Promise<void> {
  await refuseEnded(db, actor, link);
  refuseOrphaned(link);
  await requireAuthor(db, actor, link);
  await refuseFormer(db, actor, link);
}

const became: Readonly<Record<Exclude<InvitationLinkState, 'ACTIVE'>, string>> = {
  REVOKED: 'was revoked',
  EXPIRED: 'has expired',
  USED_UP: 'has been used by as many people as may use it',
};

/** Who has joined needs no other invitation, for example when they follow their link once more. */
async function refuseEnded(db: Db, { principal: { subject } }: Actor, { state, org_id, project_id }: InvitationLinkRow): Promise<void> {
  if (state === 'ACTIVE') return;
  const membership = subject.type === 'user' && project_id === null && { org_id, user_id: subject.uuid };
  const isMember = membership && (await db('members').where(membership).whereNot({ state: 'REMOVED' }).first('user_id'));
  const rest = isMember ? ', and you are a member of the organization. There is nothing left to answer' : '. Ask for an invitation';
  throw new FailedPrecondition('invitation-not-pending', `The link ${became[state]}${rest}.`);
}

/** Else a member who was removed would come back by a link that lies about, without a decision of anybody. */
async function refuseFormer(db: Db, { principal: { subject } }: Actor, { org_id, created_at }: InvitationLinkRow): Promise<void> {
  if (subject.type !== 'user') throw new NotFound();
  const left = await db('members')
    .where({ org_id, user_id: subject.uuid, state: 'REMOVED' })
    .where('updated_at', '>=', created_at)
    .first('user_id');
  if (!left) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'Your membership of this organization has ended since the link was made. Ask an administrator of it for an invitation to your address.',
  );
}
