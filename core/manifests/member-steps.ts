import { requireAssign } from '../access/giving.ts';
import { createGrant, revokeGrant } from '../access/grants.ts';
import { createInvitations, resendInvitation, revokeInvitation, setInvitationEnd } from '../access/invitations.ts';
import { addMember, removeMember, updateMember } from '../access/members.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { toId } from '../base/ids.ts';
import { replacingLabels } from '../base/labels.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { type ManifestContext, type ManifestRef, type Step, type StoredRef, storedRef } from './apply.ts';
import { type DesiredMember, hasEnded } from './member-status.ts';
import type { KnownInvitation, KnownMember } from './membership.ts';

/** The steps that a manifest can take about members. */
export type Does = ReturnType<typeof memberSteps>;

/** The steps themselves: the same core functions as the API's, and the same questions to the policy. */
export function memberSteps(db: Db, actor: Actor, context: ManifestContext, organizationId: string, ref: ManifestRef) {
  const stored: StoredRef = storedRef(ref);
  const subjectOf = (member: KnownMember) => ({ type: 'USER' as const, id: toId('user', member.userUuid) });
  return {
    add: (desired: DesiredMember, member: KnownMember): Step => ({
      does: `add ${desired.email}`,
      async run() {
        await actor.require('invitation', 'create', { organizationId });
        for (const role of desired.roles) await requireAssign(db, actor, { organizationId }, role);
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
    label: ({ email, labels }: DesiredMember, member: KnownMember): Step => ({
      does: labels === undefined ? `leave the labels of ${email} to the API` : `set the labels of ${email}`,
      ...(labels === undefined && { isNote: true }),
      async run() {
        if (labels !== undefined) {
          await actor.require('member', 'update', { organizationId });
          const patch = replacingLabels(member.labels ?? {}, labels);
          await updateMember(db, actor, { organizationId, userId: toId('user', member.userUuid), labels: patch });
        }
        const manifest_labels = labels !== undefined;
        await db('members').where({ org_id: member.orgUuid, user_id: member.userUuid }).update({ manifest_labels });
      },
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
    invite: ({ emails, roles, until }: { emails: readonly string[]; roles: readonly string[]; until: Date | undefined }): Step => ({
      does: `invite ${emails.join(', ')} as ${roles.join(' and ')}`,
      async run() {
        await actor.require('invitation', 'create', { organizationId });
        const invitees = emails.map((email) => ({ email }));
        await createInvitations(db, actor, { organizationId, invitees, roles, until, managedBy: stored }, context);
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
      does: `let what ${invitation.email} is offered end ${until === undefined ? 'never' : `at ${until.toISOString()}`}`,
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
