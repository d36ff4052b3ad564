import { createGrant, requireAssign, revokeGrant } from '../access/grants.ts';
import { createInvitations, resendInvitation, revokeInvitation, setInvitationEnd } from '../access/invitations.ts';
import { addMember, removeMember } from '../access/members.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { OrganizationRow } from '../organizations/organizations.ts';
import {
  type Attempt,
  type Manifest,
  type ManifestContext,
  type ManifestRef,
  manifestName,
  type Step,
  type StoredRef,
  storedRef,
} from './apply.ts';
import { type KnownInvitation, type KnownMember, readMembership } from './membership.ts';

/** A member as a manifest wants them: known by e-mail address, lower case. */
export interface DesiredMember {
  readonly email: string;
  readonly roles: readonly string[];
  readonly until?: Date | undefined;
}

/** Whether the time of an entry has passed: the person holds no role by it any more, and is not invited by it. */
export function hasEnded({ until }: Pick<DesiredMember, 'until'>): boolean {
  return until !== undefined && until.getTime() <= Date.now();
}

/** The state of an entry whose member has lost the address. */
export function unverified({ email }: Pick<DesiredMember, 'email'>): MemberStatus {
  const message =
    'The member who joined by this address does not have it verified any more: they keep what they have and get nothing new. List their present address, or remove the entry.';
  return { email, state: 'Unverified', message };
}

/** The state of an entry whose time has passed. */
export function ended({ email, until }: DesiredMember): MemberStatus {
  return {
    email,
    state: 'Ended',
    message: `The roles of this entry ended at ${until!.toISOString()}. Remove it, or give it a later until.`,
  };
}

/** How far a wanted member has come. Declined is respected: nobody is invited again after it. */
export interface MemberStatus {
  readonly email: string;
  readonly state:
    | 'Active'
    | 'Inactive'
    | 'Invited'
    | 'Expired'
    | 'Ended'
    | 'Unverified'
    | 'Declined'
    | 'Conflict'
    | 'NotAMember'
    | 'Refused';
  readonly message?: string;
}

/** Where and what: the row of the organization, its blueprint, and what its manifest says about members. */
export interface MembersInput {
  readonly organization: OrganizationRow;
  readonly blueprint: Blueprint;
  readonly manifest: Pick<Manifest, 'ref' | 'members' | 'membersPolicy'>;
}

/** An invitation that expires is sent again by itself, but not for ever. */
const maxTokens = 3;

/** Plans members, grants and invitations: known people become members at once, others are invited by e-mail. */
export async function planMembers(
  db: Db,
  actor: Actor,
  context: ManifestContext,
  input: MembersInput,
  { refused, isCareful }: Attempt,
): Promise<{ steps: Step[]; statuses: MemberStatus[] }> {
  const { organization, manifest } = input;
  const organizationId = toId('organization', organization.id);
  const known = await readMembership(db, organization.id, { emails: manifest.members.map(({ email }) => email), uid: manifest.ref.uid });
  const steps: Step[] = [];
  const statuses: MemberStatus[] = [];
  const does = memberSteps(db, actor, context, organizationId, manifest.ref);
  const guests: Guests = new Map();
  const refuse = (email: string, member: Pick<KnownMember, 'userUuid'> | undefined): void => {
    const isOwner = member !== undefined && member.userUuid === organization.owner_id;
    statuses.push({ email, state: 'Refused', message: isOwner ? ownerStays : refused.get(email)! });
  };

  for (const desired of manifest.members) {
    const former = known.former(desired.email);
    const member = known.member(desired.email);
    const invitation = known.invitation(desired.email);
    const own: Step[] = [];
    if (refused.has(desired.email)) refuse(desired.email, member === 'ambiguous' ? undefined : member);
    else if (member === 'ambiguous')
      statuses.push({ email: desired.email, state: 'Conflict', message: 'Several users have this verified address.' });
    else if (former) statuses.push(planFormer(does, own, desired, former, manifest.ref));
    else if (member?.isMember || (member && !isOpen(invitation) && !hasEnded(desired)))
      statuses.push(planMember(does, own, desired, member, manifest.ref, invitation));
    else statuses.push(planInvitation(does, own, desired, invitation, manifest.ref, guests));
    steps.push(...own.map((step) => ({ ...step, entries: [desired.email] })));
  }
  for (const group of groupsOf(guests, isCareful)) steps.push({ ...does.invite(group), entries: group.emails });
  const wanted = new Set(manifest.members.map(({ email }) => email));
  for (const member of known.others(wanted)) {
    const ours = member.managedBy?.uid === manifest.ref.uid;
    if (!ours && (manifest.membersPolicy !== 'Exact' || member.managedBy !== null)) continue;
    const entry = member.email ?? toId('user', member.userUuid);
    if (refused.has(entry)) refuse(entry, member);
    else steps.push({ ...does.remove(member), entries: [entry] });
  }
  for (const invitation of known.pendingOf(manifest.ref.uid)) {
    if (wanted.has(invitation.email)) continue;
    if (refused.has(invitation.email)) refuse(invitation.email, undefined);
    else steps.push({ ...does.revokeInvitation(invitation), entries: [invitation.email] });
  }
  if (steps.length === 0) steps.push(...ownerStep(db, actor, input, known.member));
  return { steps, statuses };
}

/** Who was invited answers for themselves, also when they become known meanwhile: else nobody who signs in could still decline. */
function isOpen(invitation: KnownInvitation | undefined): boolean {
  return invitation !== undefined && ['PENDING', 'EXPIRED', 'DECLINED'].includes(invitation.state);
}

/** What a manifest can do about the owner. */
const ownerStays =
  'They own the organization, and no manifest takes the ownership or a role from its owner. Put the entry back as it was; it can go once the organization has another owner.';

/** The addresses to invite together; each for itself in an attempt in which one may be refused. */
function groupsOf(guests: Guests, isCareful: boolean): Guest[] {
  const groups = [...guests.values()];
  return isCareful ? groups.flatMap((group) => group.emails.map((email) => ({ ...group, emails: [email] }))) : groups;
}

function planMember(
  does: Does,
  steps: Step[],
  desired: DesiredMember,
  member: KnownMember,
  ref: ManifestRef,
  invitation: KnownInvitation | undefined,
): MemberStatus {
  const { email } = desired;
  const manager = member.managedBy;
  if (manager && manager.uid !== ref.uid) return { email, state: 'Conflict', message: `${manifestName(manager)} manages this member.` };
  if (!member.isMember) steps.push(does.add(desired, member));
  else if (!manager) steps.push(does.takeOver(email, member));
  else if (member.joinedAs !== email) steps.push(does.knowAs(email, member));
  if (invitation?.state === 'PENDING' && invitation.managedBy?.uid === ref.uid) steps.push(does.revokeInvitation(invitation));
  const roles = hasEnded(desired) ? [] : desired.roles;
  const until = desired.until?.getTime();
  for (const role of roles) {
    if (!member.grants.some((grant) => !grant.rests && grant.role === role && grant.until?.getTime() === until))
      steps.push(does.give(desired, member, role));
  }
  // A role that is given may replace another one; what is left over is seen in the next round.
  if (steps.length === 0)
    for (const grant of member.grants) if (grant.rests || !roles.includes(grant.role)) steps.push(does.take(email, grant));
  if (hasEnded(desired)) return ended(desired);
  return { email, state: member.state === 'INACTIVE' ? 'Inactive' : 'Active' };
}

/** A member whose provider does not vouch for the address any more gets nothing by it; what the entry does not say is taken all the same. */
function planFormer(does: Does, steps: Step[], desired: DesiredMember, member: KnownMember, ref: ManifestRef): MemberStatus {
  const isOurs = member.managedBy?.uid === ref.uid;
  const roles = hasEnded(desired) ? [] : desired.roles;
  for (const grant of isOurs ? member.grants : []) if (!roles.includes(grant.role)) steps.push(does.take(desired.email, grant));
  return hasEnded(desired) ? ended(desired) : unverified(desired);
}

/** Addresses to invite, those that get the same role until the same time together. */
type Guests = Map<string, Guest>;

interface Guest {
  readonly role: string;
  readonly until: Date | undefined;
  readonly emails: string[];
}

/** What becomes of somebody who is no member; `guests` collects the addresses to invite. */
function planInvitation(
  does: Does,
  steps: Step[],
  desired: DesiredMember,
  invitation: KnownInvitation | undefined,
  ref: ManifestRef,
  guests: Guests,
): MemberStatus {
  const { email, until } = desired;
  const role = desired.roles[0]!;
  const invite = (): void => {
    const key = `${role} ${until?.getTime()}`;
    const group = guests.get(key) ?? { role, until, emails: [] };
    group.emails.push(email);
    guests.set(key, group);
  };
  if (hasEnded(desired)) {
    if (invitation?.state === 'PENDING' && invitation.managedBy?.uid === ref.uid) steps.push(does.revokeInvitation(invitation));
    return ended(desired);
  }
  if (invitation?.state === 'DECLINED')
    return { email, state: 'Declined', message: 'The invitation was declined; nobody is invited again.' };
  const live = invitation?.state === 'PENDING' || invitation?.state === 'EXPIRED' ? invitation : undefined;
  if (!live) {
    invite();
    return { email, state: 'Invited' };
  }
  if (live.managedBy && live.managedBy.uid !== ref.uid)
    return { email, state: 'Conflict', message: `${manifestName(live.managedBy)} invited this address.` };
  if (live.role !== role) {
    if (live.state === 'PENDING') steps.push(does.revokeInvitation(live));
    else invite();
    return { email, state: 'Invited' };
  }
  if (live.state === 'PENDING') {
    if (live.until?.getTime() !== until?.getTime()) steps.push(does.setInvitationEnd(live, until));
    return { email, state: 'Invited' };
  }
  if (live.tokenVersion >= maxTokens)
    return { email, state: 'Expired', message: `The invitation expired ${maxTokens} times. Resend it, or remove the entry.` };
  steps.push(does.resend(live, until));
  return { email, state: 'Invited' };
}

/** The first listed holder of the top role becomes the owner of an organization that has none; from then on ownership is the API's. */
function ownerStep(
  db: Db,
  actor: Actor,
  { organization, blueprint, manifest }: MembersInput,
  member: (email: string) => KnownMember | 'ambiguous' | undefined,
): Step[] {
  if (blueprint.owner !== 'exactly-one' || organization.owner_id !== null) return [];
  for (const { email, roles, until } of manifest.members) {
    const candidate = member(email);
    if (until || !roles.includes(blueprint.topRole) || !candidate || candidate === 'ambiguous' || candidate.state !== 'ACTIVE') continue;
    const organizationId = toId('organization', organization.id);
    return [
      {
        does: `make ${email} the owner`,
        async run() {
          await actor.require('organization', 'update', { organizationId });
          await db('organizations')
            .where({ id: organization.id })
            .update({ owner_id: candidate.userUuid, ...nextVersion(db) });
          await record(db, actor, { organizationId, action: 'organization.own', target: toId('user', candidate.userUuid) });
        },
      },
    ];
  }
  return [];
}

type Does = ReturnType<typeof memberSteps>;

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
function memberSteps(db: Db, actor: Actor, context: ManifestContext, organizationId: string, ref: ManifestRef) {
  const stored: StoredRef = storedRef(ref);
  const subjectOf = (member: KnownMember) => ({ type: 'USER' as const, id: toId('user', member.userUuid) });
  return {
    add: (desired: DesiredMember, member: KnownMember): Step => ({
      does: `add ${desired.email}`,
      async run() {
        await actor.require('invitation', 'create', { organizationId });
        for (const role of desired.roles) await requireAssign(actor, { organizationId }, role);
        await addMember(db, { organizationId, userUuid: member.userUuid, joinedAs: desired.email, managedBy: stored });
        await record(db, actor, {
          organizationId,
          action: 'member.add',
          target: toId('user', member.userUuid),
          after: { email: desired.email, managedBy: stored },
        });
      },
    }),
    takeOver: (email: string, member: KnownMember): Step => ({
      does: `manage ${email}`,
      isNote: true,
      async run() {
        await actor.require('member', 'update', { organizationId });
        await db('members')
          .where({ org_id: member.orgUuid, user_id: member.userUuid })
          .update({ managed_by: JSON.stringify(stored), joined_as: email, ...nextVersion(db) });
        await record(db, actor, {
          organizationId,
          action: 'member.adopt',
          target: toId('user', member.userUuid),
          after: { managedBy: stored },
        });
      },
    }),
    knowAs: (email: string, member: KnownMember): Step => ({
      does: `know ${member.email ?? member.userUuid} by ${email}`,
      isNote: true,
      run: () => db('members').where({ org_id: member.orgUuid, user_id: member.userUuid }).update({ joined_as: email }),
    }),
    give: (desired: DesiredMember, member: KnownMember, role: string): Step => ({
      does: `give ${desired.email} ${role}`,
      async run() {
        // It was still to come when this was planned.
        if (hasEnded(desired)) return;
        await actor.require('grant', 'create', { organizationId });
        const until = desired.until?.toISOString();
        await createGrant(db, actor, { organizationId, subject: subjectOf(member), role, until, endsLasting: () => true });
      },
    }),
    take: (email: string, grant: { id: string; role: string }): Step => ({
      does: `take ${grant.role} from ${email}`,
      async run() {
        await actor.require('grant', 'revoke', { organizationId });
        await revokeGrant(db, actor, { organizationId, grantId: toId('grant', grant.id) });
      },
    }),
    remove: (member: KnownMember): Step => ({
      does: `remove ${member.email ?? member.userUuid}`,
      async run() {
        await actor.require('member', 'remove', { organizationId });
        await removeMember(db, actor, { organizationId, userId: toId('user', member.userUuid) });
      },
    }),
    invite: ({ emails, role, until }: { emails: readonly string[]; role: string; until: Date | undefined }): Step => ({
      does: `invite ${emails.join(', ')} as ${role}`,
      async run() {
        await actor.require('invitation', 'create', { organizationId });
        await createInvitations(db, actor, { organizationId, emails, role, until, managedBy: stored }, context);
      },
    }),
    resend: (invitation: KnownInvitation, until: Date | undefined): Step => ({
      does: `invite ${invitation.email} again`,
      async run() {
        await actor.require('invitation', 'resend', { organizationId });
        const which = { organizationId, invitationId: toId('invitation', invitation.id) };
        await resendInvitation(db, actor, { ...which, until: until ?? null }, context);
      },
    }),
    setInvitationEnd: (invitation: KnownInvitation, until: Date | undefined): Step => ({
      does: `let the role that ${invitation.email} is offered end ${until === undefined ? 'never' : `at ${until.toISOString()}`}`,
      async run() {
        await actor.require('invitation', 'create', { organizationId });
        const which = { organizationId, invitationId: toId('invitation', invitation.id) };
        await setInvitationEnd(db, actor, { ...which, until: until ?? null });
      },
    }),
    revokeInvitation: (invitation: KnownInvitation): Step => ({
      does: `take back the invitation of ${invitation.email}`,
      async run() {
        await actor.require('invitation', 'revoke', { organizationId });
        await revokeInvitation(db, actor, { organizationId, invitationId: toId('invitation', invitation.id) });
      },
    }),
  };
}
