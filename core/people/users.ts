import { record } from '../audit/record.ts';
import type { Actor, Principal } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { checkIfMatch, etagOf } from '../base/versions.ts';
import type { Database, Db } from '../database/database.ts';

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

/** What a verified token says about its bearer; `email` only if the provider verified it. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly issuedAt: number;
}

interface UserRow {
  id: string;
  issuer: string;
  email: string | null;
  display_name: string | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The user row as the API shows it. */
export function toUser(row: UserRow): User {
  return {
    id: toId('user', row.id),
    email: row.email,
    displayName: row.display_name,
    issuer: row.issuer,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** The user behind a verified identity: made when first seen, its e-mail address kept as the provider last said. */
export async function provisionUser(database: Database, identity: Identity): Promise<Principal> {
  const row =
    (await database.read('platform', (db) => findUser(db, identity))) ?? (await database.write('platform', (db) => makeUser(db, identity)));
  if (identity.email !== undefined && identity.email !== row.email) {
    await database.write('platform', (db) => db('users').where({ id: row.id }).update({ email: identity.email, updated_at: db.fn.now() }));
  }
  return {
    subject: { type: 'user', id: toId('user', row.id), uuid: row.id },
    email: identity.email,
    name: identity.name,
    issuedAt: identity.issuedAt,
  };
}

function findUser(db: Db, { issuer, subject }: Identity): Promise<{ id: string; email: string | null } | undefined> {
  return db('users').where({ issuer, subject }).first('id', 'email');
}

async function makeUser(db: Db, { issuer, subject, email, name }: Identity): Promise<{ id: string; email: string | null }> {
  const id = toUuid('user', newId('user'));
  await db('users')
    .insert({ id, issuer, subject, email: email ?? null, display_name: name ?? null })
    .onConflict(['issuer', 'subject'])
    .ignore();
  return (await findUser(db, { issuer, subject, issuedAt: 0 }))!;
}

/** The caller's own user. */
export async function getMe(db: Db, actor: Actor): Promise<User> {
  return toUser(await rowOf(db, actor));
}

/** Changes the caller's own display name; null clears it. */
export async function updateMe(db: Db, actor: Actor, input: { displayName?: string | null; ifMatch?: string | undefined }): Promise<User> {
  const before = await rowOf(db, actor, true);
  checkIfMatch(input.ifMatch, before.version);
  if (input.displayName === undefined || input.displayName === before.display_name) return toUser(before);
  const [after]: UserRow[] = await db('users')
    .where({ id: before.id })
    .update({ display_name: input.displayName, version: db.raw('version + 1'), updated_at: db.fn.now() })
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
