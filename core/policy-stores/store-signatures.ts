import { detachedSignerOf, type SigningKey, signDetached } from '../base/detached-jws.ts';
import { FailedPrecondition, type InputError, InvalidInput, LimitExceeded } from '../base/errors.ts';
import { isOfSmallOrder, type PolicyKey } from '../base/policy-keys.ts';
import type { Db } from '../database/database.ts';

// The files of a store are signed by a detached JWS over the canonical JSON of the store's name and the digest of the files. By the name and not the id, so
// that one signature holds for the stores of that name in test and production, and for no other store.

/** What is signed. */
export interface SignedFiles {
  /** The name of the store. */
  readonly policyStore: string;
  readonly sha256: string;
}

/** A store with the public keys that sign for it. None: nothing is demanded. */
export interface SigningStore {
  readonly org_id: string;
  readonly id: string;
  readonly name: string;
  readonly signing_keys: readonly PolicyKey[];
}

/** Keeps a signature of something else by the same key from being one of a store. */
const type = 'tenet-policy-store+jws';

/** Signatures of the same files, those of keys that the store had before among them (docs/limits.md). */
const mostSignatures = 100;

/** Signs the files of a store. */
export async function signStoreFiles({ policyStore, sha256 }: SignedFiles, key: SigningKey): Promise<string> {
  return signDetached(type, { policyStore, sha256 }, key);
}

/** The kid of the key that made this signature of these files; undefined where none of the keys did. */
export async function storeSignerOf(
  keys: readonly PolicyKey[],
  { policyStore, sha256 }: SignedFiles,
  signature: string,
): Promise<string | undefined> {
  return detachedSignerOf(type, { policyStore, sha256 }, keys, signature);
}

/** A key as the contract lets it through: public, and of Ed25519. */
export type GivenKey = Readonly<Record<keyof PolicyKey, string>>;

/** The keys as they are kept. Throws InvalidInput where two have one kid. */
export function readSigningKeys(given: readonly GivenKey[]): PolicyKey[] {
  const kids = given.map(({ kid }) => kid);
  const errors = kids.flatMap((kid, index): InputError[] =>
    kids.indexOf(kid) === index
      ? []
      : [{ pointer: `#/signingKeys/${index}/kid`, detail: 'is the kid of another key too: each needs its own' }],
  );
  for (const [index, { x }] of given.entries())
    if (isOfSmallOrder(x))
      errors.push({
        pointer: `#/signingKeys/${index}/x`,
        detail: 'must not be a point of small order: a signature by it needs no private key',
      });
  if (errors.length > 0) throw new InvalidInput('A policy store cannot have these signing keys.', errors);
  return given.map(({ x, kid }) => ({ kty: 'OKP', crv: 'Ed25519', x, kid }));
}

/** The kid of the key of the store that made a signature of these files. Throws InvalidInput where none did. */
export async function demandSigner({ name, signing_keys }: SigningStore, sha256: string, signature: string): Promise<string> {
  const signer = await storeSignerOf(signing_keys, { policyStore: name, sha256 }, signature);
  if (signer !== undefined) return signer;
  const detail =
    signing_keys.length === 0
      ? 'cannot be checked: the policy store has no signingKeys'
      : `is none of these files for a policy store ${JSON.stringify(name)} by one of its signingKeys`;
  throw new InvalidInput('The signature is none that counts here.', [{ pointer: '#/signature', detail }]);
}

/** Keeps a signature of files; false where the same key had signed them before. Throws InvalidInput for one that no key of the store made, and LimitExceeded. */
export async function keepStoreSignature(
  db: Db,
  store: SigningStore,
  { sha256, signature, by }: { readonly sha256: string; readonly signature: string; readonly by: string },
): Promise<boolean> {
  const key_id = await demandSigner(store, sha256, signature);
  if ((await signersOf(db, store, [sha256])).get(sha256)?.includes(key_id)) return false;
  const [{ count }] = (await signaturesOf(db, store).where({ sha256 }).whereNot({ key_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= mostSignatures)
    throw new LimitExceeded(
      `Files of a policy store have ${mostSignatures} signatures at most. Change them, and sign that.`,
      mostSignatures,
      Number(count),
    );
  const verified = { key_x: store.signing_keys.find(({ kid }) => kid === key_id)!.x, store_name: store.name };
  await db('policy_store_signatures')
    .insert({ org_id: store.org_id, store_id: store.id, sha256, key_id, ...verified, signature, added_by: by })
    .onConflict(['org_id', 'store_id', 'sha256', 'key_id'])
    .merge({ ...verified, signature, added_by: by, added_at: db.fn.now() });
  return true;
}

/** Which keys that the store has now have signed the files of these digests for the name that it has now: their kids by the digest. */
export async function signersOf(db: Db, store: SigningStore, digests: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const signers = new Map<string, string[]>();
  for (const { sha256, key_id } of await countingOf(db, store, digests)) signers.set(sha256, [...(signers.get(sha256) ?? []), key_id]);
  return signers;
}

interface SignatureRow {
  sha256: string;
  key_id: string;
  key_x: string;
  signature: string;
}

/** The signatures of files that were verified by a key that the store still has, for the name that it still has. */
async function countingOf(db: Db, store: SigningStore, digests: readonly string[]): Promise<SignatureRow[]> {
  const keys = new Map(store.signing_keys.map(({ kid, x }) => [kid, x]));
  if (keys.size === 0 || digests.length === 0) return [];
  const rows: SignatureRow[] = await signaturesOf(db, store)
    .whereIn('sha256', digests)
    .whereIn('key_id', [...keys.keys()])
    .where({ store_name: store.name })
    .orderBy('key_id')
    .select('sha256', 'key_id', 'key_x', 'signature');
  return rows.filter(({ key_id, key_x }) => keys.get(key_id) === key_x);
}

/** Whether a store has no signing keys, or one of them has signed the files of this digest for its name: verified anew. */
export async function isSignedRevision(db: Db, store: SigningStore, sha256: string): Promise<boolean> {
  const { name, signing_keys: keys } = store;
  if (keys.length === 0) return true;
  for (const { signature } of await countingOf(db, store, [sha256]))
    if ((await storeSignerOf(keys, { policyStore: name, sha256 }, signature)) !== undefined) return true;
  return false;
}

/**
 * Throws FailedPrecondition where a store has signing keys and none of them has signed the files of this digest for its name, verified anew. The caller holds
 * the lock of the store, so that its keys and its name stay as they are until the files are in force.
 */
export async function demandSignedRevision(db: Db, store: SigningStore, sha256: string): Promise<void> {
  if (await isSignedRevision(db, store, sha256)) return;
  const what = `No signing key of the policy store ${JSON.stringify(store.name)} has signed these files (sha256 ${sha256.slice(0, 12)})`;
  const next =
    'sign them with `npx tenet policy-store sign`, and propose them again with the signature, as `npx tenet policy-store propose` does (`npx tenet policy-store export` writes those of an earlier revision)';
  throw new FailedPrecondition('failed-precondition', `${what}: ${next}.`);
}

function signaturesOf(db: Db, { org_id, id }: SigningStore) {
  return db('policy_store_signatures').where({ org_id, store_id: id });
}
