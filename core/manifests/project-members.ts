import { createProjectGrant } from '../access/externals.ts';
import { isToCome, revokeGrant } from '../access/grants.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import type { Externals } from '../organizations/externals.ts';
import type { ProjectRow } from '../organizations/projects.ts';
import type { Attempt, Manifest, Step } from './apply.ts';
import { type DesiredMember, ended, hasEnded, type MemberStatus, unverified } from './member-status.ts';
import { readMembership } from './membership.ts';

type ProjectPlace = { organizationId: string; projectId: string };

interface Grant {
  readonly id: string;
  readonly user_id: string;
  readonly role: string;
  readonly begins_at: Date | null;
  readonly until: Date | null;
  readonly source: string;
}

/** Plans the roles of people in a project. */
export async function planGrants(
  db: Db,
  actor: Actor,
  { row, organizationId, externals }: { row: ProjectRow; organizationId: string; externals: Externals },
  manifest: Pick<Manifest, 'members' | 'membersPolicy'>,
  { refused }: Attempt,
): Promise<{ steps: Step[]; statuses: MemberStatus[]; count: number }> {
  const place = { organizationId, projectId: toId('project', row.id) };
  const emails = manifest.members.map(({ email }) => email);
  // The organization's members matter only to those who are listed.
  const known = emails.length === 0 ? undefined : await readMembership(db, row.org_id, { emails, uid: null, all: false });
  const grants: Grant[] = await db('grants as g')
    .where({ 'g.org_id': row.org_id, 'g.project_id': row.id })
    .whereNotNull('g.user_id')
    .whereRaw(presentGrant)
    .select('g.*');
  const owns = ({ source }: Pick<Grant, 'source'>): boolean => source === 'MANIFEST' || manifest.membersPolicy === 'Exact';
  const entries = manifest.members.map((desired) =>
    planEntry(desired, {
      known: known!,
      externals,
      grants,
      refused,
      owns,
      give: (to) => give(db, actor, place, { ...to, endsLasting: owns }),
    }),
  );
  const steps = entries.flatMap((entry) => entry.steps);
  const statuses = entries.map(({ status }) => status);
  // A role that is given may replace another one; what is left over is seen in the next round.
  if (steps.length === 0) {
    const kept = new Set(entries.flatMap(({ keeps }) => keeps));
    const left = grants.filter((grant) => owns(grant) && !kept.has(grant.user_id) && !kept.has(`${grant.user_id} ${grant.role}`));
    for (const grant of left) {
      const entry = toId('user', grant.user_id);
      const why = refused.get(entry);
      if (why !== undefined) statuses.push({ email: entry, state: 'Refused', message: why });
      else steps.push({ ...take(db, actor, place, grant), entries: [entry] });
    }
  }
  return { steps, statuses, count: new Set(grants.map(({ user_id }) => user_id)).size };
}

/** What one entry comes to. */
interface EntryPlan {
  readonly status: MemberStatus;
  readonly steps: readonly Step[];
  /** What is not taken from a person: a role (`uuid role`), or whatever they have (`uuid`) where their entry is refused. */
  readonly keeps: readonly string[];
}

function planEntry(
  { email, roles, until }: DesiredMember,
  world: {
    readonly known: Awaited<ReturnType<typeof readMembership>>;
    /** What becomes of a role for a person who is no member. */
    readonly externals: Externals;
    readonly grants: readonly Grant[];
    readonly refused: Attempt['refused'];
    readonly owns: (grant: Grant) => boolean;
    readonly give: (to: { email: string; userUuid: string; role: string; until: Date | undefined }) => Step;
  },
): EntryPlan {
  const { known, grants, refused, owns } = world;
  const only = (status: MemberStatus, keeps: readonly string[] = []): EntryPlan => ({ status, steps: [], keeps });
  if (hasEnded({ until })) return only(ended({ email, roles, until }));
  const former = known.former(email);
  if (former)
    return only(
      unverified({ email }),
      roles.map((role) => `${former.userUuid} ${role}`),
    );
  const found = known.member(email);
  const member = found === 'ambiguous' ? undefined : found;
  const why = refused.get(email);
  if (why !== undefined) return only({ email, state: 'Refused', message: why }, member ? [member.userUuid] : []);
  const invited = known.invitation(email)?.state;
  // Who has declined the membership does not get one with a role in a project.
  const mayBeOutside = world.externals === 'ALLOW' || (world.externals === 'AUTO_ADD' && invited !== 'DECLINED');
  if (!member || (!member.isMember && (invited === 'PENDING' || !mayBeOutside))) return only(notThere(email, invited, mayBeOutside));

  const { userUuid } = member;
  // A lasting grant of the API is more than one that ends, and not this manifest's to take.
  const isEnough = (grant: Grant): boolean =>
    !(until === undefined && isToCome(grant)) && (grant.until?.getTime() === until?.getTime() || (grant.until === null && !owns(grant)));
  const lacking = roles.filter((role) => !grants.some((grant) => grant.user_id === userUuid && grant.role === role && isEnough(grant)));
  return {
    status: { email, state: !member.isMember ? 'External' : member.state === 'INACTIVE' ? 'Inactive' : 'Active' },
    steps: lacking.map((role) => ({ ...world.give({ email, userUuid, role, until }), entries: [email] })),
    keeps: roles.map((role) => `${userUuid} ${role}`),
  };
}

function notThere(email: string, invited: string | undefined, mayBeOutside: boolean): MemberStatus {
  if (invited === 'PENDING') return { email, state: 'Invited', message: 'Invited to the organization, and not there yet.' };
  const message =
    mayBeOutside && invited !== 'DECLINED'
      ? 'Nobody is known by this address yet. They have the roles once they have signed in with it, verified.'
      : 'Not a member of the organization. List them in its manifest, or invite them.';
  return { email, state: 'NotAMember', message };
}

function give(
  db: Db,
  actor: Actor,
  place: ProjectPlace,
  to: {
    email: string;
    userUuid: string;
    role: string;
    until: Date | undefined;
    endsLasting: (grant: Pick<Grant, 'source'>) => boolean;
  },
): Step {
  return {
    does: `give ${to.email} ${to.role}`,
    async run() {
      // It was still to come when this was planned.
      if (hasEnded(to)) return;
      await actor.require('grant', 'create', place);
      await createProjectGrant(db, actor, {
        ...place,
        subject: { type: 'USER', id: toId('user', to.userUuid) },
        role: to.role,
        until: to.until?.toISOString(),
        endsLasting: to.endsLasting,
      });
    },
  };
}

function take(db: Db, actor: Actor, place: ProjectPlace, grant: Grant): Step {
  return {
    does: `take ${grant.role} from ${toId('user', grant.user_id)}`,
    async run() {
      await actor.require('grant', 'revoke', place);
      await revokeGrant(db, actor, { ...place, grantId: toId('grant', grant.id) });
    },
  };
}
