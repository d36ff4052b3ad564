import { record, recordAll } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { invitationToken, type Keyring, tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import { type ManagedBy, refuseManaged } from '../organizations/managed-by.ts';
import { checkRole, holdRoles } from './grants.ts';
import { oneByAddress, refuseMembers, refuseRepeated, refuseTaken } from './invitation-addresses.ts';
import { checkCooldown, type MailLimits, spendMails } from './invitation-budgets.ts';
import {
  columnsSql,
  endsOf,
  expireOverdue,
  findInvitation,
  type Invitation,
  type InvitationRow,
  type InvitationState,
  invitationRows,
  refuseAnswered,
  refuseEnded,
  setState,
  stateSql,
  toInvitation,
} from './invitation-rows.ts';
import { requireOffer, requireTakeBack } from './offers.ts';

/** What invitations need besides the database: the keys that tokens are made with. */
export interface InvitationContext {
  readonly keyring: Keyring;
  /** What the mails are counted against. */
  readonly mails: MailLimits;
}

/**
 * Invites one or several addresses to one role of the organization, all of them or none, and has a mail sent to each. Throws
 * InvalidInput for a role that cannot be given here or an address that is named twice, and AlreadyExists, with a pointer to
 * each, for addresses of members and addresses that have a pending invitation.
 */
export async function createInvitations(
  db: Db,
  actor: Actor,
  input: {
    organizationId: string;
    emails: readonly string[];
    role: string;
    expiresInDays?: number | undefined;
    /** When the role ends that is offered. */
    until?: Date | undefined;
    managedBy?: ManagedBy | undefined;
  },
  context: InvitationContext,
): Promise<Invitation[]> {
  const { organizationId, emails, role } = input;
  const org = toUuid('organization', organizationId);
  const blueprint = await blueprintOf(actor, organizationId);
  checkRole(blueprint, role, { organizationId });
  await holdRoles(db, actor, { organizationId });
  await requireOffer(actor, { organizationId }, role);
  refuseRepeated(emails);
  await expireOverdue(db, actor, { organization: org, emails });
  await refuseTaken(db, org, emails);
  await spendMails(db, actor, context.mails, { organizationId, emails });

  const days = input.expiresInDays ?? blueprint.invitations.expireAfterDays;
  const made = emails.map((email) => ({ email, id: newId('invitation') }));
  const rows = await oneByAddress(emails, () =>
    db('invitations')
      .insert(
        made.map(({ email, id }) => ({
          org_id: org,
          id: toUuid('invitation', id),
          email,
          role,
          token_hash: tokenHash(invitationToken(context.keyring, { id, version: 1 })!),
          token_kid: context.keyring.currentKid,
          expires_at: db.raw('now() + make_interval(days => ?)', [days]),
          until: input.until ?? null,
          invited_by: actor.name,
          managed_by: input.managedBy === undefined ? null : JSON.stringify(input.managedBy),
        })),
      )
      .returning<InvitationRow[]>(db.raw(columnsSql)),
  );
  const invitations = rows.map(toInvitation);
  const events = invitations.map((invitation) => ({ target: invitation.id, after: invitation }));
  await recordAll(db, actor, { organizationId, action: 'invitation.create' }, events);
  await send(db, rows, context);
  return invitations;
}

/** Invitations of the organization, oldest first; `state` leaves only those in this state. */
export async function listInvitations(
  db: Db,
  _actor: Actor,
  input: PageQuery & { organizationId: string; state?: InvitationState | undefined },
): Promise<Page<Invitation>> {
  const list = `invitations ${input.organizationId} ${input.state ?? ''}`;
  const page = readPage(input, list, uuidKey);
  const query = invitationRows(db)
    .where({ org_id: toUuid('organization', input.organizationId) })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (input.state !== undefined) query.whereRaw(`${stateSql} = ?`, [input.state]);
  return toPage(await query, page, list, (row: InvitationRow) => row.id, toInvitation);
}

/** One invitation. Throws NotFound. */
export async function getInvitation(db: Db, _actor: Actor, input: { organizationId: string; invitationId: string }): Promise<Invitation> {
  return toInvitation(await findInvitation(db, input));
}

/**
 * Sends a pending or expired invitation again, with a new token and a new expiry; the old token is dead. The sender vouches
 * for it from now on. `until` gives the offered role another end, null none; else it keeps its own. Throws invitation-not-pending
 * for one that was answered or revoked, and for one whose role has ended.
 */
export async function resendInvitation(
  db: Db,
  actor: Actor,
  input: { organizationId: string; invitationId: string; until?: Date | null },
  context: InvitationContext,
): Promise<Invitation> {
  const { organizationId, invitationId } = input;
  const before = await findInvitation(db, input);
  const blueprint = await blueprintOf(actor, organizationId);
  checkRole(blueprint, before.role, { organizationId });
  await holdRoles(db, actor, { organizationId });
  await requireOffer(actor, { organizationId }, before.role);
  const { until = before.until } = input;
  if (before.state !== 'EXPIRED') refuseAnswered(before, 'resend');
  refuseEnded({ until }, 'resend');
  await refuseMembers(db, before.org_id, [before.email]);
  checkCooldown(context.mails, before);
  await spendMails(db, actor, context.mails, { organizationId, emails: [before.email] });

  const version = before.token_version + 1;
  const [row] = await oneByAddress([before.email], () =>
    db('invitations')
      .where({ org_id: before.org_id, id: before.id })
      .update({
        state: 'PENDING',
        token_hash: tokenHash(invitationToken(context.keyring, { id: invitationId, version })!),
        token_kid: context.keyring.currentKid,
        token_version: version,
        expires_at: db.raw('now() + make_interval(days => ?)', [blueprint.invitations.expireAfterDays]),
        until,
        invited_by: before.managed_by === null ? actor.name : before.invited_by,
        ...nextVersion(db),
      })
      .returning<InvitationRow[]>(db.raw(columnsSql)),
  );
  const invitation = toInvitation(row!);
  await record(db, actor, {
    organizationId,
    action: 'invitation.resend',
    target: invitationId,
    before: toInvitation(before),
    after: invitation,
  });
  await send(db, [row!], context);
  return invitation;
}

/** Gives the role that a pending invitation offers another end, or none; the mail that was sent stays good. Throws invitation-not-pending. */
export async function setInvitationEnd(
  db: Db,
  actor: Actor,
  input: { organizationId: string; invitationId: string; until: Date | null },
): Promise<void> {
  const { organizationId, invitationId, until } = input;
  const before = await findInvitation(db, input);
  await requireOffer(actor, { organizationId }, before.role);
  refuseAnswered(before, 'resend');
  const key = { org_id: before.org_id, id: before.id };
  await db('invitations')
    .where(key)
    .update({ until, ...nextVersion(db) });
  await record(db, actor, {
    organizationId,
    action: 'invitation.update',
    target: invitationId,
    before: endsOf(before),
    after: endsOf({ ...before, until }),
  });
}

/** Takes a pending invitation back, for whoever may offer its role or take it: its token stops working. Doing it again changes nothing; one that was answered or expired is refused. */
export async function revokeInvitation(
  db: Db,
  actor: Actor,
  input: { organizationId: string; invitationId: string; preconditions?: Preconditions | undefined },
): Promise<void> {
  const { organizationId, invitationId } = input;
  const before = await findInvitation(db, input);
  await requireTakeBack(actor, { organizationId }, before.role);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  if (before.state === 'REVOKED') return;
  refuseAnswered(before, 'revoke');
  refuseManaged(before.managed_by, actor);
  await setState(db, before, { state: 'REVOKED' });
  await record(db, actor, {
    organizationId,
    action: 'invitation.revoke',
    target: invitationId,
    before: { state: before.state, email: before.email, role: before.role },
    after: { state: 'REVOKED' },
  });
}

async function blueprintOf(actor: Actor, organizationId: string): Promise<Blueprint> {
  return (await actor.engine({ organizationId })).blueprint!;
}

/** Has the mails sent once the transaction commits. A mail of the same invitation that was not sent yet is not sent any more. */
async function send(db: Db, rows: readonly InvitationRow[], { keyring }: InvitationContext): Promise<void> {
  const jobs = rows.map((row) => {
    const invitationId = toId('invitation', row.id);
    const organizationId = toId('organization', row.org_id);
    return {
      payload: { organizationId, invitationId, tokenVersion: row.token_version, kid: keyring.currentKid },
      jobKey: `send-invitation/${invitationId}`,
    };
  });
  await enqueueAll(db, 'send-invitation', jobs);
}
