import { columnsSql, type InvitationState, offeredBy } from '../access/invitation-rows.ts';
import { livingGrant, presentGrant } from '../authorization/decisions/held-roles.ts';
import { foldEmail } from '../base/email-address.ts';
import type { Labels } from '../base/labels.ts';
import { type Db, milliseconds } from '../database/database.ts';
import type { StoredRef } from './apply.ts';

/** A user whom a manifest names or has named. */
export interface KnownMember {
  readonly orgUuid: string;
  readonly userUuid: string;
  readonly email: string | null;
  /** The address by which they became a member, folded; they may not have it any more. */
  readonly joinedAs: string | null;
  readonly isMember: boolean;
  readonly state: 'ACTIVE' | 'INACTIVE' | 'REMOVED' | null;
  readonly managedBy: StoredRef | null;
  readonly labels: Labels | null;
  /** Whether the manifest says them. */
  readonly manifestLabels: boolean | null;
  /** Direct grants in the organization itself. */
  readonly grants: readonly { readonly id: string; readonly role: string; readonly until: Date | null; readonly rests: boolean }[];
}

/** The invitation of an address that counts: the pending one, else the newest. */
export interface KnownInvitation {
  readonly id: string;
  readonly email: string;
  /** The roles that it offers in the organization. */
  readonly roles: readonly string[];
  readonly state: InvitationState;
  readonly tokenVersion: number;
  /** When the role ends that it offers. */
  readonly until: Date | null;
  readonly managedBy: StoredRef | null;
}

/** What the database knows about those people of one organization who were asked for. */
export interface Membership {
  /** The user whose verified address this is now. */
  member(email: string): KnownMember | 'ambiguous' | undefined;
  /** The member who came by this address, as long as nobody else has it: their provider does not vouch for it any more. */
  former(email: string): KnownMember | undefined;
  invitation(email: string): KnownInvitation | undefined;
  /** Of the members who were asked for, those who are behind none of these addresses. */
  others(emails: ReadonlySet<string>): KnownMember[];
  /** Pending invitations that this manifest made. */
  pendingOf(uid: string): KnownInvitation[];
}

const peopleSql = `
select u.id as "userUuid", u.email, m.joined_as as "joinedAs", m.state, m.managed_by as "managedBy", m.labels, m.manifest_labels as "manifestLabels",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'until', ${milliseconds('g.until')}, 'rests', not (${livingGrant}))) from grants g
    where g.org_id = :org and g.user_id = u.id and g.project_id is null and ${presentGrant}), '[]') as grants
from (select id from users where folded_email = any(:emails)
  union select user_id from members where org_id = :org and state <> 'REMOVED'
    and (joined_as = any(:emails) or managed_by ->> 'uid' = :uid or (:all and managed_by is null))) named
join users u on u.id = named.id left join members m on m.org_id = :org and m.user_id = u.id`;

// A pending one is before the others of its address: an older one may have been sent again.
const invitationsSql = `
select ${columnsSql} from (
  select distinct on (folded_email) * from invitations where org_id = :org and folded_email = any(array(
    select unnest(:emails::text[])
    union select folded_email from invitations where org_id = :org and state = 'PENDING' and managed_by is not null and managed_by ->> 'uid' = :uid
  )) order by folded_email, (state = 'PENDING') desc, id desc
) invitations`;

/** Whom to read: those behind these addresses (folded), those whom the manifest of this uid brought, and with `all` the members of no manifest. */
interface Asked {
  readonly emails: readonly string[];
  readonly uid: string | null;
  readonly all: boolean;
}

/** Reads what an organization has of these people, however many others there are and were. */
export async function readMembership(db: Db, orgUuid: string, { emails, uid, all }: Asked): Promise<Membership> {
  const asked = { org: orgUuid, emails: [...emails], uid, all };
  const people: KnownMember[] = (await db.raw(peopleSql, asked)).rows.map((row: KnownMember) => ({
    ...row,
    orgUuid,
    isMember: row.state === 'ACTIVE' || row.state === 'INACTIVE',
    grants: row.grants.map((grant) => ({ ...grant, until: grant.until === null ? null : new Date(grant.until) })),
  }));
  const { rows } = await db.raw(invitationsSql, asked);
  const invitations = new Map<string, KnownInvitation>();
  for (const row of rows) {
    const email = foldEmail(row.email);
    invitations.set(email, {
      id: row.id,
      email,
      roles: offeredBy(row).roles,
      state: row.state,
      tokenVersion: row.token_version,
      until: row.until,
      managedBy: row.managed_by,
    });
  }

  const member = (email: string): KnownMember | 'ambiguous' | undefined => {
    const holders = people.filter((person) => person.email !== null && foldEmail(person.email) === email);
    if (holders.length <= 1) return holders[0];
    const members = holders.filter(({ isMember }) => isMember);
    return members.find(({ joinedAs }) => joinedAs === email) ?? members[0] ?? 'ambiguous';
  };
  const former = (email: string): KnownMember | undefined =>
    member(email) === undefined ? people.find(({ isMember, joinedAs }) => isMember && joinedAs === email) : undefined;
  return {
    member,
    former,
    invitation: (email) => invitations.get(email),
    others(wanted) {
      const present = new Set([...wanted].map((email) => member(email) ?? former(email)));
      return people.filter((person) => person.isMember && !present.has(person));
    },
    pendingOf: (uid) => [...invitations.values()].filter(({ state, managedBy }) => state === 'PENDING' && managedBy?.uid === uid),
  };
}
