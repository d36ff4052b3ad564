import { type Recorder, record } from '../audit/record.ts';
import { NotFound } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';

/** From when tokens count again. */
export interface SignOut {
  readonly userId: string;
  /** Tokens that were issued before this are refused. */
  readonly tokensFrom: string;
  /** Milliseconds until then. Whoever signs in when the answer has come, which is held back for so long, has a token that counts. */
  readonly wait: number;
}

/**
 * The times in tokens have whole seconds, so the second in which somebody is signed out tells no older token from a newer one: all of it
 * counts as before.
 */
const nextSecond = "date_trunc('second', clock_timestamp()) + interval '1 second'";
const columns = ['not_before', `extract(epoch from not_before - clock_timestamp())::float8 * 1000 as wait`];

/**
 * Tokens of a user that were issued before now do not count any more, here and on every replica; API keys do. The caller of this function has
 * asked the policy. Throws NotFound.
 */
export async function signOutUser(db: Db, actor: Recorder, { userId }: { userId: string }): Promise<SignOut> {
  const rows = await db('users')
    .where({ id: toUuid('user', userId) })
    .update({ not_before: db.raw(`greatest(not_before, ${nextSecond})`) })
    .returning(columns.map((column) => db.raw(column)));
  const signOut = toSignOut(userId, rows[0]);
  await record(db, actor, { action: 'user.sign-out', target: userId, after: { tokensFrom: signOut.tokensFrom } });
  return signOut;
}

/** As signOutUser, for one organization: elsewhere the tokens count. The caller of this function has asked about the roles of the member. Throws NotFound for a person who is no member. */
export async function signOutMember(db: Db, actor: Recorder, input: { organizationId: string; userId: string }): Promise<SignOut> {
  const { organizationId, userId } = input;
  const rows = await db('members')
    .where({ org_id: toUuid('organization', organizationId), user_id: toUuid('user', userId) })
    .whereNot('state', 'REMOVED')
    .update({ not_before: db.raw(`greatest(not_before, ${nextSecond})`) })
    .returning(columns.map((column) => db.raw(column)));
  const signOut = toSignOut(userId, rows[0]);
  const event = { action: 'member.sign-out', organizationId, target: userId, after: { tokensFrom: signOut.tokensFrom } };
  await record(db, actor, event);
  return signOut;
}

function toSignOut(userId: string, row: { not_before: Date; wait: number } | undefined): SignOut {
  if (!row) throw new NotFound();
  return { userId, tokensFrom: row.not_before.toISOString(), wait: Math.min(Math.max(Math.ceil(row.wait), 0), 1000) };
}
