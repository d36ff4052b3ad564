import { columnsSql, type InvitationState } from '../access/invitation-rows.ts';
import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { foldEmail } from '../base/email-address.ts';
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
  /** Direct grants in the organization itself. */
  readonly grants: readonly { readonly id: string; readonly role: string; readonly until: Date | null; readonly rests: boolean }[];
}

/** The newest invitation of an address. */
export interface KnownInvitation {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly state: InvitationState;
  readonly tokenVersion: number;
  /** When the role ends that it offers. */
  readonly until: Date | null;
  readonly managedBy: StoredRef | null;
}

/** What the database knows about the people of one organization. */
export interface Membership {
  /** The user whose verified address this is now. */
  member(email: string): KnownMember | 'ambiguous' | undefined;
  /** The member who came by this address, as long as nobody else has it: their provider does not vouch for it any more. */
  former(email: string): KnownMember | undefined;
  invitation(email: string): KnownInvitation | undefined;
  /** Members who are behind none of these addresses. */
  others(emails: ReadonlySet<string>): KnownMember[];
  /** Pending invitations that this manifest made. */
  pendingOf(uid: string): KnownInvitation[];
}

const peopleSql = `
select u.id as "userUuid", u.email, m.joined_as as "joinedAs", m.state, m.managed_by as "managedBy",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role, 'until', ${milliseconds('g.until')}, 'rests', coalesce(g.from_at > now(), false))) from grants g
    where g.org_id = :org and g.user_id = u.id and g.project_id is null and ${presentGrant}), '[]') as grants
from (select id from users where folded_email = any(:emails)
  union select user_id from members where org_id = :org and state <> 'REMOVED') named
join users u on u.id = named.id left join members m on m.org_id = :org and m.user_id = u.id`;

/** Reads everybody who is a member or is named by one of the addresses (folded). */
export async function readMembership(db: Db, orgUuid: string, { emails }: { emails: readonly string[]; uid: string }): Promise<Membership> {
  const people: KnownMember[] = (await db.raw(peopleSql, { org: orgUuid, emails: [...emails] })).rows.map((row: KnownMember) => ({
    ...row,
    orgUuid,
    isMember: row.state === 'ACTIVE' || row.state === 'INACTIVE',
    grants: row.grants.map((grant) => ({ ...grant, until: grant.until === null ? null : new Date(grant.until) })),
  }));
  const { rows } = await db.raw(`select ${columnsSql} from invitations where org_id = ? order by id`, [orgUuid]);
  const invitations = new Map<string, KnownInvitation>();
  for (const row of rows) {
    const email = foldEmail(row.email);
    invitations.set(email, {
      id: row.id,
      email,
      role: row.role,
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
