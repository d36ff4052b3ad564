import { destroyPersonKeys } from '../audit/person-keys.ts';
import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { foldEmail } from '../base/email-address.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { deletePersonalOrganization } from '../organizations/deletions.ts';
import { endPlatformRoles } from '../people/operators.ts';
import { type Holder, lockHolders } from '../people/platform-roles.ts';
import { lockBelongings, refuseBlocked } from './erasure-blockers.ts';
import { endGrantsOf } from './grants.ts';
import { declineAllInvitations } from './invitation-answers.ts';
import { endMembershipOf } from './members.ts';
import { endSupportAccessesOf } from './support-accesses.ts';

/** What stands where an address was: invitations need one. */
const noAddress = 'erased@erased.invalid';

const heldSql = `
select exists (select from members where user_id = :id and state <> 'REMOVED') or exists (select from platform_grants where user_id = :id)
  or exists (select from grants where user_id = :id and revoked_at is null) as held`;

interface PersonRow {
  id: string;
  issuer: string;
  subject: string;
  email: string | null;
  version: string;
}

/**
 * Erases the caller for good: ends everything that they hold as leaving does, deletes the personal organization, and takes away what says who they
 * are; the row stays without it, because grants and events name its id. What they made for an organization stays in it. Throws erasure-blocked
 * with what has to be settled first. Returns the milliseconds until a sign-in makes a new account.
 */
export async function eraseMe(
  db: Db,
  actor: Actor,
  input: { preconditions?: Preconditions | undefined; hashesOf: (identity: { issuer: string; subject: string }) => readonly Buffer[] },
): Promise<{ wait: number }> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new NotFound();
  const { uuid } = subject;
  const holders = await lockPerson(db, uuid);
  const person: PersonRow = await db('users').where({ id: uuid }).first();
  checkPreconditions(input.preconditions ?? {}, etagOf(person.version));
  const belongings = await lockBelongings(db, uuid);
  await refuseBlocked(db, actor, { userUuid: uuid, belongings, holders });
  for (const { org_id } of belongings)
    await endMembershipOf(db, actor, { organizationId: toId('organization', org_id), userId: subject.id });
  const personal = await deletePersonalOrganization(db, actor, uuid);
  await endGrants(db, actor, uuid, personal);
  if (holders.some(({ id }) => id === uuid)) await endPlatformRoles(db, actor, subject.id);
  await endSupportAccessesOf(db, actor, uuid);
  const invitations = await forgetInvitations(db, actor, person);
  await forgetMember(db, subject.id, uuid);
  await record(db, actor, { action: 'user.erase', target: subject.id, after: { organizations: belongings.length } });
  const wait = await forgetUser(db, person, input.hashesOf(person));
  await destroyPersonKeys(db, [subject.id, ...invitations, ...(personal === undefined ? [] : [personal])]);
  return { wait };
}

/**
 * Locks the account, and those of all who hold a role of the platform only for one of them: no other person can make operators wait. Returns
 * those who hold one.
 */
async function lockPerson(db: Db, uuid: string): Promise<readonly Holder[]> {
  if (await db('platform_grants').where({ user_id: uuid }).first('role')) return lockHolders(db, uuid);
  await db('users').where({ id: uuid }).forNoKeyUpdate().select('id');
  return [];
}

/** What is left to hold: roles in the personal organization, which goes as a whole, and in organizations of which the person is no member. */
async function endGrants(db: Db, actor: Actor, userUuid: string, personal: string | undefined): Promise<void> {
  const left = db('grants').where({ user_id: userUuid, revoked_at: null });
  if (personal !== undefined)
    await left
      .clone()
      .where({ org_id: toUuid('organization', personal) })
      .update({ revoked_at: db.fn.now(), revoked_by: actor.name });
  const orgs: string[] = await left.distinct('org_id').orderBy('org_id').pluck('org_id');
  for (const org of orgs) await endGrantsOf(db, actor, { organizationId: toId('organization', org), userUuid });
}

/** Whether the address is that of another account as well: what is sent to it stays theirs. */
async function isShared(db: Db, id: string, email: string): Promise<boolean> {
  const others = db('users')
    .where({ folded_email: foldEmail(email) })
    .whereNot({ id })
    .whereNull('erased_at');
  return (await others.first('id')) !== undefined;
}

/** Declines what is offered to the address, and takes the address out of all invitations to it, and out of how many mails it got today. Returns the ids of those. */
async function forgetInvitations(db: Db, actor: Actor, { id, email }: PersonRow): Promise<string[]> {
  const address = email === null || (await isShared(db, id, email)) ? undefined : foldEmail(email);
  const mine = () => {
    const query = db('invitations').where({ accepted_by: id });
    return address === undefined ? query : query.orWhere({ folded_email: address, accepted_by: null });
  };
  if (address !== undefined) {
    await declineAllInvitations(db, actor, address);
    await db('budgets').whereRaw("right(' ' || subject, length(?) + 1) = ' ' || ?", [address, address]).delete();
  }
  const ids: string[] = await mine().pluck('id');
  await mine().update({ email: noAddress, name: null });
  return ids.map((each) => toId('invitation', each));
}

/** What organizations keep of former members, and what is kept of their requests. */
async function forgetMember(db: Db, userId: string, uuid: string): Promise<void> {
  await db('members').where({ user_id: uuid }).update({ display_name: null, joined_as: null, labels: '{}', last_seen_at: null });
  for (const table of ['setting_values', 'instance_passes']) await db(table).where({ user_id: uuid }).delete();
  await db('idempotency_keys').where({ principal: userId }).delete();
}

/** From now on tokens of before are refused on each replica, and who signs in with the same identity is a new person. */
async function forgetUser(db: Db, { id, email }: PersonRow, hashes: readonly Buffer[]): Promise<number> {
  const nothing = {
    email: null,
    name: null,
    display_name: null,
    email_said_at: null,
    name_said_at: null,
    suspension: null,
  };
  const [row] = await db('users')
    .where({ id })
    .whereRaw('email is not distinct from ?', [email])
    .update({
      ...nothing,
      ...{ issuer: 'urn:tenet:erased', subject: toId('user', id), state: 'SUSPENDED', erased_at: db.fn.now() },
      erased_identity: db.raw('?::bytea[]', [[...hashes]]),
      not_before: db.raw("greatest(not_before, date_trunc('second', clock_timestamp()) + interval '1 second')"),
      ...nextVersion(db),
    })
    .returning([db.raw('extract(epoch from not_before - clock_timestamp())::float8 * 1000 as wait')]);
  // The update has waited for those who gave the person something meanwhile.
  const [{ held }] = (await db.raw(heldSql, { id })).rows;
  if (!row || held) throw new FailedPrecondition('failed-precondition', 'Your account has changed meanwhile. Send the request again.');
  return Math.min(Math.max(Math.ceil(row.wait), 0), 1000);
}
