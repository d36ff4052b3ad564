import { createHmac } from 'node:crypto';
import { Unauthenticated } from '../base/errors.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';

/** Days for which the keyed hash of an erased identity is kept: no token lives as long. */
const keptFor = 30;

/** What is kept of an identity that is erased, for each root key: without the keyring it does not identify the person. */
export function identityHashes(keyring: Keyring, { issuer, subject }: { readonly issuer: string; readonly subject: string }): Buffer[] {
  const text = JSON.stringify([issuer, subject]);
  return keyring.kids.map((kid) => createHmac('sha256', keyring.derive('erased-identities', kid)!).update(text).digest());
}

/** Throws Unauthenticated for a token from before its person was erased: it would make a new account at once. Who signs in afterwards is a new person. */
export async function refuseErasedIdentity(db: Db, hashes: readonly Buffer[], issuedAt: number): Promise<void> {
  const { rows } = await db.raw('select from users where erased_identity && ?::bytea[] and not_before > to_timestamp(?) limit 1', [
    [...hashes],
    issuedAt,
  ]);
  if (rows.length > 0) throw new Unauthenticated('revoked');
}

/**
 * Has a new account (uuid) of an identity that was erased refuse the tokens from before the erasure, as long as it is there, and gives it no
 * entitlement that was taken from the erased one. Throws as refuseErasedIdentity.
 */
export async function bindErasedIdentity(db: Db, userUuid: string, hashes: readonly Buffer[], issuedAt: number): Promise<void> {
  await refuseErasedIdentity(db, hashes, issuedAt);
  const sql = `
update users set not_before = erased.since,
  entitlements = array(select e from unnest(users.entitlements) with ordinality as own (e, place) where e = any (erased.kept) order by place)
from (
  select coalesce(not_before, erased_at) as since, entitlements as kept from users where erased_identity && ?::bytea[]
  order by erased_at desc limit 1
) as erased
where id = ?`;
  await db.raw(sql, [[...hashes], userUuid]);
}

/** Forgets the hashes that no token needs any more. */
export async function forgetErasedIdentities(db: Db): Promise<void> {
  await db('users')
    .whereNotNull('erased_identity')
    .whereRaw("erased_at < now() - ? * interval '1 day'", [keptFor])
    .update({ erased_identity: null });
}
