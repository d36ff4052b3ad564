import { record, recordAll } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { KnownRoles } from '../authorization/decisions/roles.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { foldEmail } from '../base/email-address.ts';
import { InvalidInput } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { invitationToken, type Keyring, tokenHash } from '../base/keyring.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOfEnding } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueMails } from '../jobs/jobs.ts';
import { type ManagedBy, refuseManaged } from '../organizations/managed-by.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { findProject } from '../organizations/projects.ts';
import { checkRole, requireOffer, requireTakeBack } from './giving.ts';
import { holdRoles } from './grants.ts';
import { oneByAddress, refuseHolders, refuseInvited, refuseMembers, refuseOutsiders, refuseRepeated } from './invitation-addresses.ts';
import { checkCooldown, type MailLimits, spendMails } from './invitation-budgets.ts';
import { type OrganizationOffer, readOffer, readProjectOffer } from './invitation-offers.ts';
import {
  columnsSql,
  endsOf,
  expireOverdue,
  findInvitation,
  type Invitation,
  type InvitationKey,
  type InvitationRow,
  type InvitationState,
  invitationRows,
  type OfferRow,
  offeredBy,
  placesOf,
  refuseAnswered,
  refuseEnded,
  refuseOrphaned,
  setState,
  stateSql,
  toInvitation,
} from './invitation-rows.ts';
import { readTemplate } from './role-templates.ts';

/** What invitations need besides the database: the keys that tokens are made with. */
export interface InvitationContext {
  readonly keyring: Keyring;
  /** What the mails are counted against. */
  readonly mails: MailLimits;
}

/** A person to invite. */
interface Invitee {
  readonly email: string;
  readonly name?: string | undefined;
}

interface NewInvitations {
  readonly organizationId: string;
  readonly invitees: readonly Invitee[];
  readonly expiresInDays?: number | undefined;
  /** When the roles end that are offered. */
  readonly until?: Date | null | undefined;
  readonly managedBy?: ManagedBy | undefined;
}

/**
 * Invites one or several people to roles of the organization, all of them or none, and has a mail sent to each. Throws
 * InvalidInput for what cannot be offered here or an address that is named twice, and AlreadyExists, with a pointer to
 * each, for addresses of members and addresses that have a pending invitation.
 */
export async function createInvitations(
  db: Db,
  actor: Actor,
  input: NewInvitations & OrganizationOffer & { template?: string | undefined },
  context: InvitationContext,
): Promise<Invitation[]> {
  const engine = await actor.engine({ organizationId: input.organizationId });
  const blueprint = engine.blueprint!;
  await holdRoles(db, actor, input);
  const offers = await readOfferOrTemplate(db, actor, engine, input);
  const emails = emailsOf(blueprint, input);
  await refuseMembers(db, toUuid('organization', input.organizationId), emails);
  return insertInvitations(db, actor, { ...input, blueprint, offers }, context);
}

/** A template is read now, and whether the actor may offer what is in it is asked as if they had named the roles. */
async function readOfferOrTemplate(
  db: Db,
  actor: Actor,
  engine: KnownRoles,
  input: OrganizationOffer & { organizationId: string; template?: string | undefined },
): Promise<OfferRow[]> {
  const { organizationId, template } = input;
  if (template === undefined) return readOffer(db, actor, engine, input);
  const offer = await readTemplate(db, { ...input, template });
  return readOffer(db, actor, engine, { ...offer, organizationId }, () => '#/template');
}

/**
 * Invites one or several people to a role of a project, all of them or none, and has a mail sent to each. Who is no member of the
 * organization becomes one by accepting, with its lowest role, as long as the organization lets its projects add members. Throws as
 * createInvitations, and FailedPrecondition for people who are no members where it does not.
 */
export async function createProjectInvitations(
  db: Db,
  actor: Actor,
  input: NewInvitations & { projectId: string; role: string },
  context: InvitationContext,
): Promise<Invitation[]> {
  const { organizationId, projectId } = input;
  const engine = await actor.engine({ organizationId });
  const blueprint = engine.blueprint!;
  await holdRoles(db, actor, { organizationId });
  const offers = await readProjectOffer(db, actor, engine, input);
  await findProject(db, input, { lock: true });
  await checkInvitedToProject(db, { organizationId, projectId }, emailsOf(blueprint, input));
  return insertInvitations(db, actor, { ...input, blueprint, offers }, context);
}

/** Throws AlreadyExists for who has a role in the project, and FailedPrecondition for who may not be added to the organization by it. */
async function checkInvitedToProject(
  db: Db,
  place: { organizationId: string; projectId: string },
  emails: readonly string[],
): Promise<void> {
  const org = toUuid('organization', place.organizationId);
  await refuseHolders(db, org, toUuid('project', place.projectId), emails);
  if (!(await findOrganization(db, org)).project_invites_may_add_members) await refuseOutsiders(db, org, emails);
}

/** The addresses of the request. Throws InvalidInput for one that is named twice, and for names where this kind of organization takes none. */
function emailsOf({ invitations }: Blueprint, { invitees }: Pick<NewInvitations, 'invitees'>): string[] {
  const emails = invitees.map(({ email }) => email);
  refuseRepeated(emails);
  if (invitations.fields?.includes('name')) return emails;
  const errors = invitees.flatMap(({ name }, index) =>
    name === undefined ? [] : [{ pointer: `#/invitees/${index}/name`, detail: 'is not taken in an organization of this kind' }],
  );
  if (errors.length > 0) throw new InvalidInput('Invitations of this kind of organization have no names.', errors);
  return emails;
}

async function insertInvitations(
  db: Db,
  actor: Actor,
  input: NewInvitations & { projectId?: string | undefined; blueprint: Blueprint; offers: OfferRow[] },
  context: InvitationContext,
): Promise<Invitation[]> {
  const { organizationId, projectId, invitees, offers } = input;
  const org = toUuid('organization', organizationId);
  const emails = invitees.map(({ email }) => email);
  await expireOverdue(db, actor, { organization: org, emails });
  await refuseInvited(db, org, emails);
  await spendMails(db, actor, context.mails, { organizationId, emails });

  const days = input.expiresInDays ?? input.blueprint.invitations.expireAfterDays;
  const made = invitees.map((invitee) => ({ ...invitee, id: newId('invitation') }));
  const inserted = await oneByAddress(emails, () =>
    db('invitations')
      .insert(
        made.map(({ email, name, id }) => ({
          org_id: org,
          id: toUuid('invitation', id),
          project_id: projectId === undefined ? null : toUuid('project', projectId),
          email,
          name: name ?? null,
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
  await db('invitation_roles').insert(
    made.flatMap(({ id }) => offers.map((offer) => ({ org_id: org, invitation_id: toUuid('invitation', id), ...offer }))),
  );
  const rows = inserted.map((row) => ({ ...row, offers }));
  const invitations = rows.map(toInvitation);
  const events = invitations.map((invitation) => ({ target: invitation.id, after: invitation }));
  await recordAll(db, actor, { organizationId, action: 'invitation.create' }, events);
  await send(db, actor, rows, context);
  return invitations;
}

/** Invitations of the organization, or those that were made in a project, oldest first; `state` leaves only those in this state. */
export async function listInvitations(
  db: Db,
  _actor: Actor,
  input: PageQuery & { organizationId: string; projectId?: string | undefined; state?: InvitationState | undefined },
): Promise<Page<Invitation>> {
  const { organizationId, projectId, state } = input;
  const list = JSON.stringify(['invitations', organizationId, projectId, state]);
  const page = readPage(input, list, uuidKey);
  const query = invitationRows(db)
    .where({ org_id: toUuid('organization', organizationId) })
    .where(projectId === undefined ? {} : { project_id: toUuid('project', projectId) })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (state !== undefined) query.whereRaw(`${stateSql} = ?`, [state]);
  return toPage(await query, page, list, (row: InvitationRow) => row.id, toInvitation);
}

/** One invitation. Throws NotFound. */
export async function getInvitation(db: Db, _actor: Actor, input: InvitationKey): Promise<Invitation> {
  return toInvitation(await findInvitation(db, input));
}

/**
 * Sends a pending or expired invitation again, with a new token and a new expiry; the old token is dead. The sender vouches
 * for it from now on. `until` gives the offered roles another end, null none; else they keep their own. Throws invitation-not-pending
 * for one that was answered or revoked, for one whose roles have ended, and for one to a project that was deleted.
 */
export async function resendInvitation(
  db: Db,
  actor: Actor,
  input: InvitationKey & { until?: Date | null },
  context: InvitationContext,
): Promise<Invitation> {
  const { organizationId, invitationId } = input;
  const before = await findInvitation(db, input);
  const engine = await actor.engine({ organizationId });
  const blueprint = engine.blueprint!;
  for (const { role, place } of placesOf(before)) checkRole(engine, role, place);
  await holdRoles(db, actor, { organizationId });
  for (const { role, place } of placesOf(before)) await requireOffer(db, actor, place, role);
  const { until = before.until } = input;
  if (before.state !== 'EXPIRED') refuseAnswered(before, 'resend');
  refuseEnded({ until }, 'resend');
  if (before.project_id === null) await refuseMembers(db, before.org_id, [before.email]);
  else {
    refuseOrphaned(before);
    await checkInvitedToProject(db, { organizationId, projectId: toId('project', before.project_id) }, [before.email]);
  }
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
  await send(db, actor, [row!], context);
  return invitation;
}

/** Gives the roles that a pending invitation offers another end, or none; the mail that was sent stays good. Throws invitation-not-pending. */
export async function setInvitationEnd(
  db: Db,
  actor: Actor,
  input: { organizationId: string; invitationId: string; until: Date | null },
): Promise<void> {
  const { organizationId, invitationId, until } = input;
  const before = await findInvitation(db, input);
  for (const { role, place } of placesOf(before)) await requireOffer(db, actor, place, role);
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

/** Takes a pending invitation back: its token stops working. Callers may do so who may offer its roles, or take them. Doing it again changes nothing; one that was answered or expired is refused. */
export async function revokeInvitation(
  db: Db,
  actor: Actor,
  input: InvitationKey & { preconditions?: Preconditions | undefined },
): Promise<Invitation> {
  const { organizationId, invitationId } = input;
  const before = await findInvitation(db, input);
  for (const { role, place } of placesOf(before)) await requireTakeBack(actor, place, role);
  checkPreconditions(input.preconditions ?? {}, etagOfEnding(before));
  if (before.state === 'REVOKED') return toInvitation(before);
  refuseAnswered(before, 'revoke');
  refuseManaged(before.managed_by, actor);
  await setState(db, before, { state: 'REVOKED' });
  await record(db, actor, {
    organizationId,
    action: 'invitation.revoke',
    target: invitationId,
    before: { state: before.state, email: before.email, ...offeredBy(before) },
    after: { state: 'REVOKED' },
  });
  return toInvitation(await findInvitation(db, input));
}

/** Has the mails sent once the transaction commits. A mail of the same invitation that was not sent yet is not sent any more. */
async function send(db: Db, actor: Actor, rows: readonly InvitationRow[], { keyring }: InvitationContext): Promise<void> {
  const jobs = rows.map((row) => {
    const invitationId = toId('invitation', row.id);
    const organizationId = toId('organization', row.org_id);
    return {
      payload: { organizationId, invitationId, tokenVersion: row.token_version, kid: keyring.currentKid },
      jobKey: `send-invitation/${invitationId}`,
      to: foldEmail(row.email),
    };
  });
  await enqueueMails(db, actor, 'send-invitation', jobs);
}
