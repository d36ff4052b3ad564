import { foldEmail } from '../base/email-address.ts';
import { AlreadyExists, InvalidInput } from '../base/errors.ts';
import { breaches, type Db } from '../database/database.ts';

/** Throws InvalidInput when two addresses are the same one. */
export function refuseRepeated(emails: readonly string[]): void {
  const folded = emails.map(foldEmail);
  const errors = folded.flatMap((email, index) =>
    folded.indexOf(email) === index ? [] : [{ pointer: `#/emails/${index}`, detail: 'names the same address as an earlier one' }],
  );
  if (errors.length > 0) throw new InvalidInput('Name each address once.', errors);
}

/** Throws AlreadyExists, with a pointer to each, for addresses of members and of people who are invited already. */
export async function refuseTaken(db: Db, org: string, emails: readonly string[]): Promise<void> {
  await refuseMembers(db, org, emails);
  const rows: { email: string }[] = await db('invitations')
    .where({ org_id: org, state: 'PENDING' })
    .whereIn('folded_email', emails.map(foldEmail))
    .select('email');
  refuseAddresses(emails, rows, 'has a pending invitation already', 'Resend or revoke it');
}

/** Throws AlreadyExists, with a pointer to each, for addresses of members, the deactivated included. */
export async function refuseMembers(db: Db, org: string, emails: readonly string[]): Promise<void> {
  const rows: { email: string }[] = await db('members as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where('m.org_id', org)
    .whereNot('m.state', 'REMOVED')
    .whereIn('u.folded_email', emails.map(foldEmail))
    .select('u.email');
  refuseAddresses(emails, rows, 'is a member already', 'Change their role instead');
}

function refuseAddresses(emails: readonly string[], rows: readonly { email: string }[], what: string, instead: string): void {
  const taken = new Set(rows.map(({ email }) => foldEmail(email)));
  const errors = emails.flatMap((email, index) => (taken.has(foldEmail(email)) ? [{ pointer: `#/emails/${index}`, detail: what }] : []));
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
      throw new AlreadyExists(`${who} has a pending invitation already. Resend or revoke it.`, {}, { cause: error });
    }
    throw error;
  }
}
