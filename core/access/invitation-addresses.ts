import { presentGrant } from '../authorization/decisions/held-roles.ts';
import { foldEmail } from '../base/email-address.ts';
import { AlreadyExists, FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { breaches, type Db } from '../database/database.ts';

/** Throws InvalidInput when two addresses are the same one. */
export function refuseRepeated(emails: readonly string[]): void {
  const folded = emails.map(foldEmail);
  const errors = folded.flatMap((email, index) =>
    folded.indexOf(email) === index ? [] : [{ pointer: `#/invitees/${index}/email`, detail: 'names the same address as an earlier one' }],
  );
  if (errors.length > 0) throw new InvalidInput('Name each address once.', errors);
}

/** Throws AlreadyExists, with a pointer to each, for addresses of people who are invited already: to the organization, or to any project of it. */
export async function refuseInvited(db: Db, org: string, emails: readonly string[]): Promise<void> {
  const rows: { email: string }[] = await db('invitations')
    .where({ org_id: org, state: 'PENDING' })
    .whereIn('folded_email', emails.map(foldEmail))
    .select('email');
  refuseAddresses(emails, rows, 'has a pending invitation to this organization already', 'It can be sent again or revoked');
}

/** Throws AlreadyExists, with a pointer to each, for addresses of members, the deactivated included. */
export async function refuseMembers(db: Db, org: string, emails: readonly string[]): Promise<void> {
  const rows: { email: string }[] = await membersBehind(db, org, emails).select('u.email');
  refuseAddresses(emails, rows, 'is a member already', 'Change their role instead');
}

/** Throws AlreadyExists, with a pointer to each, for addresses of members who hold a role in the project already. */
export async function refuseHolders(db: Db, org: string, project: string, emails: readonly string[]): Promise<void> {
  const rows: { email: string }[] = await db('grants as g')
    .join('users as u', 'u.id', 'g.user_id')
    .where({ 'g.org_id': org, 'g.project_id': project })
    .whereRaw(presentGrant)
    .whereIn('u.folded_email', emails.map(foldEmail))
    .select('u.email');
  refuseAddresses(emails, rows, 'has a role in this project already', 'Give them another role instead');
}

/** Throws FailedPrecondition, with a pointer to each, for addresses of people who are no members, where projects invite members alone. */
export async function refuseOutsiders(db: Db, org: string, emails: readonly string[]): Promise<void> {
  const rows: { folded_email: string }[] = await membersBehind(db, org, emails).select('u.folded_email');
  const known = new Set(rows.map(({ folded_email }) => folded_email));
  const errors = emails.flatMap((email, index) =>
    known.has(foldEmail(email)) ? [] : [{ pointer: `#/invitees/${index}/email`, detail: 'is no address of a member' }],
  );
  if (errors.length > 0) throw new FailedPrecondition('failed-precondition', membersOnly, { errors });
}

/** What is said where the organization does not let its projects add members. */
export const membersOnly =
  'In this organization a project invites members of the organization only. Ask an administrator of the organization to invite them first.';

function membersBehind(db: Db, org: string, emails: readonly string[]) {
  return db('members as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where('m.org_id', org)
    .whereNot('m.state', 'REMOVED')
    .whereIn('u.folded_email', emails.map(foldEmail));
}

function refuseAddresses(emails: readonly string[], rows: readonly { email: string }[], what: string, instead: string): void {
  const taken = new Set(rows.map(({ email }) => foldEmail(email)));
  const errors = emails.flatMap((email, index) =>
    taken.has(foldEmail(email)) ? [{ pointer: `#/invitees/${index}/email`, detail: what }] : [],
  );
  const [first] = emails.filter((email) => taken.has(foldEmail(email)));
  if (first === undefined) return;
  const others = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new AlreadyExists(`${first} ${what}${others}. ${instead}; nobody was invited.`, { errors });
}

/** Throws AlreadyExists when the write would make a second pending invitation of an address. */
export async function oneByAddress<T>(emails: readonly string[], write: () => PromiseLike<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (breaches(error, 'invitations_one_pending')) {
      const who = emails.length === 1 ? emails[0] : 'One of the addresses';
      throw new AlreadyExists(
        `${who} has a pending invitation to this organization already. It can be sent again or revoked.`,
        {},
        { cause: error },
      );
    }
    throw error;
  }
}
