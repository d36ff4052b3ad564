import { type MailLimits, mailsBeyond } from '../access/invitation-budgets.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { OrganizationRow } from '../organizations/organizations.ts';
import { type Attempt, type Manifest, type ManifestContext, type ManifestRef, manifestName, type Step } from './apply.ts';
import { hasSaidLabels } from './entries.ts';
import { type DesiredMember, ended, hasEnded, type MemberStatus, unverified } from './member-status.ts';
import { type Does, memberSteps } from './member-steps.ts';
import { type KnownInvitation, type KnownMember, readMembership } from './membership.ts';

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
  const { organization, blueprint, manifest } = input;
  const organizationId = toId('organization', organization.id);
  const emails = manifest.members.map(({ email }) => email);
  const known = await readMembership(db, organization.id, { emails, uid: manifest.ref.uid, all: manifest.membersPolicy === 'Exact' });
  const steps: Step[] = [];
  const statuses: MemberStatus[] = [];
  const does = memberSteps(db, actor, context, organizationId, manifest.ref);
  const refusal = (email: string, member: Pick<KnownMember, 'userUuid'> | undefined): MemberStatus => {
    const isOwner = member !== undefined && member.userUuid === organization.owner_id;
    return { email, state: 'Refused', message: isOwner ? ownerStays : refused.get(email)! };
  };

  // Where an invitation offers one role, the others of the entry are given once its member has joined.
  const offered = ({ roles }: DesiredMember) => (blueprint.invitations.roles === 'many' ? roles : roles.slice(0, 1));
  const planned = manifest.members.map((desired): Planned => {
    const found = known.member(desired.email);
    if (refused.has(desired.email)) return only(refusal(desired.email, found === 'ambiguous' ? undefined : found));
    if (found === 'ambiguous')
      return only({ email: desired.email, state: 'Conflict', message: 'Several users have this verified address.' });
    return planEntry(
      does,
      desired,
      { former: known.former(desired.email), member: found, invitation: known.invitation(desired.email), offered: offered(desired) },
      manifest.ref,
    );
  });
  const beyond = await beyondBudget(db, context.mails, organizationId, planned);
  const guests: Guests = new Map();
  for (const [index, { status, steps: own, mail }] of planned.entries()) {
    const entry = manifest.members[index]!;
    const why = mail && beyond.get(entry.email);
    statuses.push(why === undefined ? status : { email: entry.email, state: 'Postponed', message: why });
    if (why !== undefined) continue;
    steps.push(...own.map((step) => ({ ...step, entries: [entry.email] })));
    if (mail === 'new') addGuest(guests, entry, offered(entry));
  }
  for (const group of groupsOf(guests, isCareful)) steps.push({ ...does.invite(group), entries: group.emails });
  const wanted = new Set(manifest.members.map(({ email }) => email));
  for (const gone of goneEntries(does, known, wanted, manifest)) {
    if (refused.has(gone.entry)) statuses.push(refusal(gone.entry, gone.member));
    else steps.push({ ...gone.step, entries: [gone.entry] });
  }
  if (steps.length === 0) steps.push(...ownerStep(db, actor, input, known.member));
  return { steps, statuses };
}

/** Members and invitations that the manifest does not list any more, or never did where it says Exact, each with the step that takes it away. */
function goneEntries(
  does: Does,
  known: Awaited<ReturnType<typeof readMembership>>,
  wanted: ReadonlySet<string>,
  { ref, membersPolicy }: MembersInput['manifest'],
): { entry: string; member?: KnownMember; step: Step }[] {
  const isOurs = (member: KnownMember): boolean =>
    member.managedBy?.uid === ref.uid || (membersPolicy === 'Exact' && member.managedBy === null);
  const members = known.others(wanted).filter(isOurs);
  const invitations = known.pendingOf(ref.uid).filter(({ email }) => !wanted.has(email));
  return [
    ...members.map((member) => ({ entry: member.email ?? toId('user', member.userUuid), member, step: does.remove(member) })),
    ...invitations.map((invitation) => ({ entry: invitation.email, step: does.revokeInvitation(invitation) })),
  ];
}

/** Who was invited answers for themselves, also when they become known meanwhile: else they could not decline any more once they sign in. */
function isOpen(invitation: KnownInvitation | undefined): boolean {
  return invitation !== undefined && ['PENDING', 'EXPIRED', 'DECLINED'].includes(invitation.state);
}

/** What a manifest can do about the owner. */
const ownerStays =
  'They own the organization, and no manifest takes the ownership or a role from its owner. Put the entry back as it was; it can go once the owner has transferred the ownership: createOwnershipTransfer.';

/** The addresses to invite together; each for itself in an attempt in which one may be refused. */
function groupsOf(guests: Guests, isCareful: boolean): Guest[] {
  const groups = [...guests.values()];
  return isCareful ? groups.flatMap((group) => group.emails.map((email) => ({ ...group, emails: [email] }))) : groups;
}

/** What is known of the address of an entry. */
interface Found {
  /** Who joined by the address and does not have it verified any more. */
  readonly former: KnownMember | undefined;
  readonly member: KnownMember | undefined;
  readonly invitation: KnownInvitation | undefined;
  /** The roles of the entry that an invitation offers. */
  readonly offered: readonly string[];
}

/** What one entry comes to. */
interface Planned {
  readonly status: MemberStatus;
  readonly steps: readonly Step[];
  /** It has a mail sent: of an invitation that is made together with others, or by its own step. */
  readonly mail?: 'new' | 'again';
}

/** The entries whose mail has to wait for another day, and why. */
async function beyondBudget(
  db: Db,
  limits: MailLimits,
  organizationId: string,
  planned: readonly Planned[],
): Promise<ReadonlyMap<string, string>> {
  const emails = planned.filter(({ mail }) => mail).map(({ status }) => status.email);
  return emails.length === 0 ? new Map() : mailsBeyond(db, limits, { organizationId, emails });
}

function planEntry(does: Does, desired: DesiredMember, found: Found, ref: ManifestRef): Planned {
  const { former, member, invitation, offered } = found;
  if (former) return planFormer(does, desired, former, ref);
  if (member?.isMember || (member && !isOpen(invitation) && !hasEnded(desired))) return planMember(does, desired, member, ref, invitation);
  return planInvitation(does, desired, { invitation, offered }, ref);
}

function planMember(
  does: Does,
  desired: DesiredMember,
  member: KnownMember,
  ref: ManifestRef,
  invitation: KnownInvitation | undefined,
): Planned {
  const { email } = desired;
  const manager = member.managedBy;
  if (manager && manager.uid !== ref.uid)
    return only({ email, state: 'Conflict', message: `${manifestName(manager)} manages this member.` });
  const roles = hasEnded(desired) ? [] : desired.roles;
  const steps = [
    ...membershipSteps(does, desired, member),
    // Who has just been added gets the labels with the next plan.
    ...(!member.isMember || hasSaidLabels(desired.labels, member) ? [] : [does.label(desired, member)]),
    ...(isPendingOf(invitation, ref) ? [does.revokeInvitation(invitation)] : []),
    ...lackingRoles(roles, desired, member).map((role) => does.give(desired, member, role)),
  ];
  // A role that is given may replace another one; what is left over is seen in the next round.
  const over = steps.length > 0 ? [] : member.grants.filter((grant) => grant.rests || !roles.includes(grant.role));
  return {
    status: hasEnded(desired) ? ended(desired) : { email, state: member.state === 'INACTIVE' ? 'Inactive' : 'Active' },
    steps: [...steps, ...over.map((grant) => does.take(email, grant))],
  };
}

function membershipSteps(does: Does, desired: DesiredMember, member: KnownMember): Step[] {
  if (!member.isMember) return [does.add(desired, member)];
  if (!member.managedBy) return [does.takeOver(desired.email, member)];
  return member.joinedAs === desired.email ? [] : [does.knowAs(desired.email, member)];
}

function lackingRoles(roles: readonly string[], { until }: DesiredMember, { grants }: KnownMember): string[] {
  return roles.filter(
    (role) => !grants.some((grant) => !grant.rests && grant.role === role && grant.until?.getTime() === until?.getTime()),
  );
}

function isPendingOf(invitation: KnownInvitation | undefined, ref: ManifestRef): invitation is KnownInvitation {
  return invitation?.state === 'PENDING' && invitation.managedBy?.uid === ref.uid;
}

const only = (status: MemberStatus): Planned => ({ status, steps: [] });

/** A member whose provider does not vouch for the address any more gets nothing by it; what the entry does not say is taken all the same. */
function planFormer(does: Does, desired: DesiredMember, member: KnownMember, ref: ManifestRef): Planned {
  const isOurs = member.managedBy?.uid === ref.uid;
  const roles = hasEnded(desired) ? [] : desired.roles;
  const over = isOurs ? member.grants.filter(({ role }) => !roles.includes(role)) : [];
  const status = hasEnded(desired) ? ended(desired) : unverified(desired);
  return { status, steps: over.map((grant) => does.take(desired.email, grant)) };
}

/** Addresses to invite, those that get the same roles until the same time together. */
type Guests = Map<string, Guest>;

interface Guest {
  readonly roles: readonly string[];
  readonly until: Date | undefined;
  readonly emails: string[];
}

/** What becomes of an entry whose address belongs to no member. */
function planInvitation(
  does: Does,
  desired: DesiredMember,
  { invitation, offered }: Pick<Found, 'invitation' | 'offered'>,
  ref: ManifestRef,
): Planned {
  const { email } = desired;
  if (hasEnded(desired)) {
    return { status: ended(desired), steps: isPendingOf(invitation, ref) ? [does.revokeInvitation(invitation)] : [] };
  }
  if (invitation?.state === 'DECLINED') {
    return only({ email, state: 'Declined', message: 'The invitation was declined; nobody is invited again.' });
  }
  const live = invitation?.state === 'PENDING' || invitation?.state === 'EXPIRED' ? invitation : undefined;
  if (live?.managedBy && live.managedBy.uid !== ref.uid) {
    return only({ email, state: 'Conflict', message: `${manifestName(live.managedBy)} invited this address.` });
  }
  if (live) return planOffer(does, desired, live, offered);
  return { ...only({ email, state: 'Invited' }), mail: 'new' };
}

/** An invitation of this manifest, or of none: it is brought to what the entry says. */
function planOffer(does: Does, desired: DesiredMember, live: KnownInvitation, offered: readonly string[]): Planned {
  const { email, until } = desired;
  const invited = { email, state: 'Invited' } as const;
  if ([...live.roles].sort().join() !== [...offered].sort().join()) {
    if (live.state === 'PENDING') return { status: invited, steps: [does.revokeInvitation(live)] };
    return { ...only(invited), mail: 'new' };
  }
  if (live.state === 'PENDING') {
    const isSame = live.until?.getTime() === until?.getTime();
    return { status: invited, steps: isSame ? [] : [does.setInvitationEnd(live, until)] };
  }
  if (live.tokenVersion < maxTokens) return { status: invited, steps: [does.resend(live, until)], mail: 'again' };
  return only({ email, state: 'Expired', message: `The invitation expired ${maxTokens} times. Resend it, or remove the entry.` });
}

function addGuest(guests: Guests, { email, until }: DesiredMember, roles: readonly string[]): void {
  const key = `${[...roles].sort().join()} ${until?.getTime()}`;
  const group = guests.get(key) ?? { roles, until, emails: [] };
  group.emails.push(email);
  guests.set(key, group);
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
          await record(db, actor, {
            organizationId,
            action: 'organization.own',
            target: organizationId,
            after: { ownerId: toId('user', candidate.userUuid) },
          });
        },
      },
    ];
  }
  return [];
}
