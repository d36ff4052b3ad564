import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { type Subject, subjectNamed } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import { blueprintScope } from '../authorization/policy/scopes.ts';
import { holdHead } from '../authorization/store/revisions.ts';
import { foldEmail } from '../base/email-address.ts';
import { AlreadyExists, FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { isInvitationToken, tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { findEmail, verifiedEmail } from '../people/users.ts';
import { insertGrant } from './grants.ts';
import { endSql, endsOf, type InvitationRow, type InvitationState, invitationRows, refuseAnswered, setState } from './invitation-rows.ts';
import type { InvitationContext } from './invitations.ts';
import { addMember } from './members.ts';
import { mayOffer } from './offers.ts';

// The invited person is nobody in the organization yet, so all of this runs in the scope of the platform: what an invitation
// is found by is always the verified address of the caller.

/** An invitation as the invited person sees it. */
export interface MyInvitation {
  readonly id: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly email: string;
  readonly role: string;
  readonly state: InvitationState;
  readonly expiresAt: string;
  /** When the offered role ends. */
  readonly until?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Pending invitations to the caller's verified e-mail address, of whatever organization; none without such an address. */
export async function listMyInvitations(db: Db, actor: Actor, asked: PageQuery): Promise<Page<MyInvitation>> {
  const page = readPage(asked, 'my-invitations', uuidKey);
  const email = await findEmail(db, actor.principal.subject);
  if (email === null) return { items: [] };
  const query = db('invitations as i')
    .join('organizations as o', 'o.id', 'i.org_id')
    .where('i.state', 'PENDING')
    .whereRaw(`${endSql} > now()`)
    .where('i.folded_email', foldEmail(email))
    .whereNot('o.state', 'DELETED')
    .orderBy('i.id')
    .limit(page.limit + 1)
    .select('i.*', 'o.name as organization_name');
  if (page.after !== undefined) query.where('i.id', '>', page.after);
  return toPage(await query, page, 'my-invitations', (row: InvitationRow & { organization_name: string }) => row.id, toMyInvitation);
}

function toMyInvitation(row: InvitationRow & { organization_name: string }): MyInvitation {
  return {
    id: toId('invitation', row.id),
    organizationId: toId('organization', row.org_id),
    organizationName: row.organization_name,
    email: row.email,
    role: row.role,
    state: row.state,
    ...endsOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Where somebody is a member now, for the answer. */
export interface Joined {
  readonly organizationId: string;
  readonly userId: string;
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
  const invitation = { id: toId('invitation', row.id), version: row.token_version };
  // The database alone cannot make a token, and one that was made with a key that has left the ring is dead.
  if (!isInvitationToken(context.keyring, input.token, invitation)) throw new NotFound();
  return acceptRow(db, actor, row);
}

/** Declines an invitation to the caller's verified e-mail address. Throws NotFound for anybody else's and invitation-not-pending. */
export async function declineInvitation(db: Db, actor: Actor, input: { invitationId: string }): Promise<void> {
  const row = await findMine(db, actor, { id: toUuid('invitation', input.invitationId) });
  await refuseAnsweredMine(db, actor, row);
  await setState(db, row, { state: 'DECLINED' });
  await record(db, actor, {
    organizationId: toId('organization', row.org_id),
    action: 'invitation.decline',
    target: input.invitationId,
    before: { state: 'PENDING', email: row.email, role: row.role },
    after: { state: 'DECLINED' },
  });
}

/** The invitation as it is once its organization is locked: of two answers at once, the second sees the first. */
async function findMine(db: Db, actor: Actor, by: { id: string } | { token_hash: Buffer }): Promise<InvitationRow> {
  // Said before anything is looked up, so that it tells nothing about any invitation.
  const email = await verifiedEmail(db, actor.principal);
  const mine = () =>
    invitationRows(db)
      .where(by)
      .where({ folded_email: foldEmail(email) });
  const found = (await mine().first()) as InvitationRow | undefined;
  if (!found) throw new NotFound();
  const { blueprint } = await findOrganization(db, found.org_id, { lock: true });
  await holdHead(db, blueprintScope(blueprint));
  const row = (await mine().where({ org_id: found.org_id }).forUpdate().first()) as InvitationRow | undefined;
  if (!row) throw new NotFound();
  return row;
}

/**
 * Makes the caller a member who holds the offered role. Throws invitation-not-pending, failed-precondition when whoever
 * invited may not offer the role any more, and AlreadyExists for a member.
 */
async function acceptRow(db: Db, actor: Actor, row: InvitationRow): Promise<Joined> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new NotFound();
  await refuseAnsweredMine(db, actor, row);
  await requireInviter(db, actor, row);
  const organizationId = toId('organization', row.org_id);
  const invitationId = toId('invitation', row.id);
  // A deactivated member does not come back by an old invitation.
  const joining = { organizationId, userUuid: subject.uuid, joinedAs: row.email, managedBy: row.managed_by };
  const added = await addMember(db, joining);
  if (!added) throw new AlreadyExists('You are a member of this organization already.');
  const given = { name: row.invited_by, principal: actor.principal };
  const { role, until } = row;
  const grant = await insertGrant(db, given, { organizationId, user_id: subject.uuid, role, until, source: 'INVITATION' });
  await setState(db, row, { state: 'ACCEPTED', accepted_by: subject.uuid });
  await record(db, actor, {
    organizationId,
    action: 'invitation.accept',
    target: invitationId,
    before: { state: 'PENDING', email: row.email, role: row.role },
    after: { state: 'ACCEPTED' },
  });
  await record(db, actor, {
    organizationId,
    action: 'member.create',
    target: subject.id,
    after: { state: 'ACTIVE', roles: [{ role, grantId: grant.id, ...(until !== null && { until: until.toISOString() }) }], invitationId },
  });
  return { organizationId, userId: subject.id };
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

/** An offer is worth what its author may do now: somebody who lost the right to offer the role offers it no more. */
async function requireInviter(db: Db, actor: Actor, row: InvitationRow): Promise<void> {
  const place = { organizationId: toId('organization', row.org_id) };
  const author: Subject = row.managed_by === null ? subjectNamed(row.invited_by) : { type: 'controller', id: row.invited_by };
  const snapshot = await takeSnapshot(db, author, domainOf(place), place);
  if (mayOffer(await actor.engine(place), snapshot, row.role)) return;
  throw new FailedPrecondition(
    'failed-precondition',
    `The person who invited you may not offer the role ${row.role} any more. Ask an administrator of the organization for a new invitation.`,
  );
}
