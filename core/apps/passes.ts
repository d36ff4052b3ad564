import { createHash } from 'node:crypto';
import { record } from '../audit/record.ts';
import type { Actor, Principal } from '../authorization/decisions/actor.ts';
import { InvalidInput } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { randomBytes } from '../base/random.ts';
import { type Db, prepared } from '../database/database.ts';
import { findInstance, type InstancePlace, instanceKey, projectOfInstance } from './instance-rows.ts';

/** Seconds in which a ticket is used, and for which the cookie lasts that it becomes (docs/limits.md). */
const ticketSeconds = 60;
export const cookieSeconds = 43_200;
/** Tickets and cookies of one person for one application; with a further one the oldest ends. */
const mostOfOne = 20;

/** A ticket, which is shown this once and is nowhere else. */
export interface Opening {
  readonly ticket: string;
  readonly expiresAt: string;
}

interface PassRow {
  user_id: string;
  token_issued_at: number;
  second_factor_until: number | null;
  email: string | null;
}

/**
 * Makes the ticket by which the browser of a person comes into an application. Who calls it was allowed to open the application. Throws NotFound, and InvalidInput
 * for a caller who is no person.
 */
export async function openInstance(db: Db, actor: Actor, place: InstancePlace): Promise<Opening> {
  const { subject, issuedAt } = actor.principal;
  if (subject.type !== 'user') throw new InvalidInput('Only a person opens an application in a browser. A key is sent with each request.');
  await findInstance(db, place);
  const { org_id, id: instance_id } = instanceKey(place);
  const of = { org_id, instance_id, user_id: subject.uuid };
  const ticket = newSecret();
  const kept = db('instance_passes')
    .where(of)
    .whereRaw('expires_at > now()')
    .orderBy('created_at', 'desc')
    .limit(mostOfOne - 1);
  await db('instance_passes').where(of).whereNotIn('hash', kept.select('hash')).delete();
  const [row]: { expires_at: Date }[] = await db('instance_passes')
    .insert({
      ...{ ...of, kind: 'TICKET', hash: hashOf(ticket) },
      token_issued_at: issuedAt,
      second_factor_until: subject.signIn?.secondFactorUntil ?? null,
      expires_at: db.raw("now() + ? * interval '1 second'", [ticketSeconds]),
    })
    .returning('expires_at');
  const expiresAt = row!.expires_at.toISOString();
  const { organizationId, instanceId: target } = place;
  await record(db, actor, {
    ...{ organizationId, projectId: projectOfInstance(target), action: 'instance.open', target },
    after: { expiresAt },
  });
  return { ticket, expiresAt };
}

const ticketSql = `
select from instance_passes where org_id = $1 and instance_id = $2 and hash = $3 and kind = 'TICKET' and expires_at > now()`;

/** Whether there is such a ticket. It is asked first, so that who has none makes the database write nothing. */
export async function isTicket(db: Db, place: InstancePlace, ticket: string): Promise<boolean> {
  const { org_id, id } = instanceKey(place);
  return (await prepared(db, 'is-ticket', ticketSql, [org_id, id, hashOf(ticket)])).length > 0;
}

/** One statement, so that of two that bring the same ticket one alone gets a cookie. */
const useSql = `
update instance_passes set kind = 'COOKIE', hash = $4, expires_at = now() + $5 * interval '1 second'
where org_id = $1 and instance_id = $2 and hash = $3 and kind = 'TICKET' and expires_at > now()
returning user_id`;

/** Takes a ticket and answers the cookie that it becomes, and whose it is; undefined for one that is used, too old, or of another application. */
export async function useTicket(db: Db, place: InstancePlace, ticket: string): Promise<{ cookie: string; userId: string } | undefined> {
  const { org_id, id } = instanceKey(place);
  const cookie = newSecret();
  const values = [org_id, id, hashOf(ticket), hashOf(cookie), cookieSeconds];
  const [row] = await prepared<Pick<PassRow, 'user_id'>>(db, 'use-ticket', useSql, values);
  return row && { cookie, userId: toId('user', row.user_id) };
}

const cookieSql = `
select p.user_id, p.token_issued_at, p.second_factor_until, u.email
from instance_passes p join users u on u.id = p.user_id
where p.org_id = $1 and p.instance_id = $2 and p.hash = $3 and p.kind = 'COOKIE' and p.expires_at > now()`;

/** Who has this cookie of an application, with what counts on of the token that they opened it with; undefined for one that has ended. */
export async function principalOfCookie(db: Db, place: InstancePlace, cookie: string): Promise<Principal | undefined> {
  const { org_id, id } = instanceKey(place);
  const [row] = await prepared<PassRow>(db, 'principal-of-cookie', cookieSql, [org_id, id, hashOf(cookie)]);
  if (row === undefined) return undefined;
  const { user_id: uuid, token_issued_at: issuedAt, second_factor_until: secondFactorUntil, email } = row;
  return {
    subject: { type: 'user', id: toId('user', uuid), uuid, signIn: { secondFactorUntil: secondFactorUntil ?? 0 } },
    issuedAt,
    ...(email !== null && { email: { address: email, verified: true } }),
  };
}

/** Ends a cookie of an application. */
export async function endCookie(db: Db, place: InstancePlace, cookie: string): Promise<void> {
  const { org_id, id: instance_id } = instanceKey(place);
  await db('instance_passes')
    .where({ org_id, instance_id, hash: hashOf(cookie), kind: 'COOKIE' })
    .delete();
}

const bytes = 32;

function newSecret(): string {
  return randomBytes(bytes).toString('base64url');
}

/** Whether it looks like a ticket or a cookie: what is mistyped or made up costs no look-up. */
export function isSecret(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
