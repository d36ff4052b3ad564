import { type Recorder, record } from '../audit/record.ts';
import type { Actor, Principal } from '../authorization/decisions/actor.ts';
import type { SignIn } from '../authorization/decisions/subjects.ts';
import { type EmailClaim, emailAfter, noAddress } from '../base/email-claim.ts';
import { FailedPrecondition, NotFound, Unauthenticated } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { bindErasedIdentity, refuseErasedIdentity } from './erased-identities.ts';

/** A person, known by issuer and subject of an identity provider. */
export interface User {
  readonly id: string;
  readonly email: string | null;
  readonly displayName: string | null;
  readonly issuer: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

/** What a verified token says about its bearer. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly email?: EmailClaim | undefined;
  readonly name?: string | undefined;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly signIn?: SignIn | undefined;
}

interface UserRow {
  id: string;
  issuer: string;
  email: string | null;
  display_name: string | null;
  /** As the identity provider says. */
  name: string | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The user row as the API shows it. */
export function toUser(row: UserRow): User {
  return {
    id: toId('user', row.id),
    email: row.email,
    displayName: row.display_name ?? row.name,
    issuer: row.issuer,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The user behind a verified identity: made when first seen, name and address kept as the provider last said; what they were then is in the audit log. Throws Unauthenticated for a token from before its person was erased. */
export async function provisionUser(
  database: Database,
  identity: Identity,
  request: Pick<Recorder, 'requestId' | 'clientRequestId'>,
  welcome: Welcome = {},
): Promise<Principal> {
  const known = await database.read('platform', (db) => findProfile(db, identity));
  const lacks = known && (await lacksSomething(database, known.id, welcome));
  if (!known && welcome.erasedAs)
    await database.read('platform', (db) => refuseErasedIdentity(db, welcome.erasedAs!(identity), identity.issuedAt));
  if (known && !lacks && !changeOf(known, identity)) return toPrincipal(known.id, identity);
  return database.write('platform', async (db) => {
    const principal = toPrincipal(await keepProfile(db, identity, request, welcome), identity);
    await welcome.bring?.(db, principal);
    return principal;
  });
}

/** What an account comes with. */
export interface Welcome {
  readonly entitlements?: readonly string[];
  /** The hashes by which an identity is known that was erased. */
  readonly erasedAs?: (identity: Identity) => readonly Buffer[];
  /** Whether something that accounts come with is not there. */
  readonly lacks?: (db: Db, userUuid: string) => Promise<boolean>;
  /** Makes it, in the transaction that makes the account; does nothing where it is there. */
  readonly bring?: (db: Db, principal: Principal) => Promise<void>;
}

async function lacksSomething(database: Database, userUuid: string, { lacks }: Welcome): Promise<boolean> {
  return lacks !== undefined && (await database.read('platform', (db) => lacks(db, userUuid)));
}

function toPrincipal(id: string, { signIn, email, issuedAt }: Identity): Principal {
  return { subject: { type: 'user', id: toId('user', id), uuid: id, ...(signIn && { signIn }) }, email, issuedAt };
}

/** What the identity provider has said of a user, and with tokens issued when. */
interface Profile {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly email_said_at: number | null;
  readonly name_said_at: number | null;
}

const nothingSaid: Omit<Profile, 'id'> = { email: null, name: null, email_said_at: null, name_said_at: null };

function findProfile(db: Db, { issuer, subject }: Identity, lock = false): Promise<Profile | undefined> {
  const query = db('users').where({ issuer, subject });
  return (lock ? query.forUpdate() : query).first('id', 'email', 'name', 'email_said_at', 'name_said_at');
}

/** What the token changes; undefined when it says nothing, or nothing that was not said by it or by a newer one. */
function changeOf(profile: Omit<Profile, 'id'>, { email, name, issuedAt }: Identity): Partial<Profile> | undefined {
  const isNews = (saidAt: number | null): boolean => saidAt === null || saidAt < issuedAt;
  const heard = {
    ...(email !== undefined && isNews(profile.email_said_at) && { email: emailAfter(profile.email, email), email_said_at: issuedAt }),
    ...(name !== undefined && isNews(profile.name_said_at) && { name, name_said_at: issuedAt }),
  };
  return Object.keys(heard).length > 0 ? heard : undefined;
}

/** Returns the uuid of the user. */
async function keepProfile(
  db: Db,
  identity: Identity,
  request: Pick<Recorder, 'requestId' | 'clientRequestId'>,
  { entitlements = [], erasedAs }: Welcome,
): Promise<string> {
  const { issuer, subject } = identity;
  const fresh = { id: toUuid('user', newId('user')), issuer, subject, entitlements: [...entitlements], ...changeOf(nothingSaid, identity) };
  const made = await db('users').insert(fresh).onConflict(['issuer', 'subject']).ignore().returning('id');
  // After the insert, which has waited for an erasure of the same identity.
  if (made.length > 0 && erasedAs) await bindErasedIdentity(db, fresh.id, erasedAs(identity), identity.issuedAt);
  const profile = await findProfile(db, identity, true);
  // Erased meanwhile.
  if (!profile) throw new Unauthenticated('revoked');
  const change = changeOf(profile, identity);
  // A user who was just made has nothing to change.
  if (!change) return profile.id;
  const { email = profile.email, name = profile.name } = change;
  const shows = email !== profile.email || name !== profile.name;
  await db('users')
    .where({ id: profile.id })
    .update({ ...change, ...(shows && nextVersion(db)) });
  if (!shows) return profile.id;
  const { requestId, clientRequestId } = request;
  const id = toId('user', profile.id);
  await record(
    db,
    { name: id, requestId, clientRequestId },
    { action: 'user.update', target: id, before: { email: profile.email, name: profile.name }, after: { email, name } },
  );
  return profile.id;
}

/** The address that is the caller's now, whatever the token of this request says. Throws FailedPrecondition with what the caller can do. */
export async function verifiedEmail(db: Db, { subject, email }: Principal): Promise<string> {
  const found = await findEmail(db, subject);
  if (found !== null) return found;
  throw new FailedPrecondition('failed-precondition', noAddress(email));
}

/** The address of a user as the identity provider last said; null when it vouches for none. */
export async function findEmail(db: Db, subject: Principal['subject']): Promise<string | null> {
  if (subject.type !== 'user') return null;
  const row: { email: string | null } | undefined = await db('users').where({ id: subject.uuid }).first('email');
  return row?.email ?? null;
}

/** The caller's own user. */
export async function getMe(db: Db, actor: Actor): Promise<User> {
  return toUser(await rowOf(db, actor));
}

/** Changes the caller's own display name; with null the name that the identity provider says shows again. */
export async function updateMe(
  db: Db,
  actor: Actor,
  input: { displayName?: string | null; preconditions?: Preconditions | undefined },
): Promise<User> {
  const before = await rowOf(db, actor, true);
  checkPreconditions(input.preconditions ?? {}, etagOf(before.version));
  if (input.displayName === undefined || input.displayName === before.display_name) return toUser(before);
  const [after]: UserRow[] = await db('users')
    .where({ id: before.id })
    .update({ display_name: input.displayName, ...nextVersion(db) })
    .returning('*');
  await record(db, actor, {
    action: 'user.update',
    target: actor.principal.subject.id,
    before: { displayName: before.display_name },
    after: { displayName: input.displayName },
  });
  return toUser(after!);
}

async function rowOf(db: Db, actor: Actor, lock = false): Promise<UserRow> {
  const { subject } = actor.principal;
  if (subject.type !== 'user') throw new NotFound();
  const query = db('users').where({ id: subject.uuid });
  const row: UserRow | undefined = await (lock ? query.forUpdate() : query).first();
  if (!row) throw new NotFound();
  return row;
}
