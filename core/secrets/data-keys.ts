import { randomBytes } from 'node:crypto';
import { CompactEncrypt, type CryptoKey, compactDecrypt } from 'jose';
import type { Keyring } from '../base/keyring.ts';
import { randomHex } from '../base/random.ts';
import { type Db, prepared } from '../database/database.ts';
import { Unreadable } from './unreadable.ts';

/** A data key of an organization, ready for use; it cannot be taken out of the process again. */
export interface DataKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** A data key as it is stored: under each of these root keys, by their kid. */
export type Wrapped = Readonly<Record<string, string>>;

/** What is stored of a data key. */
export interface DataKeyRow {
  kid: string;
  wrapped: Wrapped;
}

const purpose = 'data-keys';
/** Data keys of a keyring that are remembered, and for how many milliseconds: as long may a purged organization's be in memory. */
const maxKeys = 1_000;
const maxAge = 300_000;
const caches = new WeakMap<Keyring, Map<string, { readonly key: CryptoKey; readonly until: number }>>();

/**
 * The key that seals from now on, made when the organization has none. Its row stays locked in share mode to the end of the transaction:
 * a rotation that retires the key waits for those who seal with it, and so finds all that they write.
 */
export async function currentDataKey(db: Db, keyring: Keyring, orgId: string): Promise<DataKey> {
  const row = (await lockCurrent(db, orgId)) ?? (await makeDataKey(db, keyring, orgId)) ?? (await lockCurrent(db, orgId));
  // A rotation put another key in its place between the statements.
  if (!row) return currentDataKey(db, keyring, orgId);
  return { kid: row.kid, key: await unwrapCached(keyring, orgId, row) };
}

/** The data key with this kid. Throws Unreadable when there is none, or none of the keyring's keys opens it. */
export async function findDataKey(db: Db, keyring: Keyring, orgId: string, kid: string): Promise<CryptoKey> {
  const known = remembered(keyring, orgId, kid);
  if (known) return known;
  const text = 'select kid, wrapped from data_keys where org_id = $1 and kid = $2';
  const [row] = await prepared<DataKeyRow>(db, 'data-key', text, [orgId, kid]);
  if (!row) throw new Unreadable(`The organization ${orgId} has no data key ${kid}.`);
  return unwrapCached(keyring, orgId, row);
}

/** Wraps a new key under every key of the keyring and stores it as the current one; undefined when another transaction was first. */
export async function makeDataKey(db: Db, keyring: Keyring, orgId: string): Promise<DataKeyRow | undefined> {
  const kid = randomHex(8);
  const bytes = randomBytes(32);
  const wrapped = await wrap(keyring, orgId, kid, bytes, keyring.kids);
  bytes.fill(0);
  const text = `insert into data_keys (org_id, kid, wrapped) values ($1, $2, $3)
    on conflict (org_id) where is_current do nothing returning kid, wrapped`;
  return (await prepared<DataKeyRow>(db, 'new-data-key', text, [orgId, kid, JSON.stringify(wrapped)]))[0];
}

/** The data key under these root keys. Organization and kid are authenticated, so that it opens in no other row. */
export async function wrap(
  keyring: Keyring,
  orgId: string,
  dataKid: string,
  bytes: Uint8Array,
  rootKids: readonly string[],
): Promise<Wrapped> {
  const entries = rootKids.map(async (kid) => {
    const header = { alg: 'dir', enc: 'A256GCM', kid, org: orgId, dataKey: dataKid };
    return [kid, await new CompactEncrypt(bytes).setProtectedHeader(header).encrypt(keyring.derive(purpose, kid)!)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * The bytes of a stored data key, by the first key of the keyring that opens it: another key under the name of one that is lost does no harm when
 * one of the others does. Throws Unreadable when none opens it.
 */
export async function unwrap(keyring: Keyring, orgId: string, row: DataKeyRow): Promise<Uint8Array> {
  const { kid, wrapped } = row;
  const rootKids = keyring.kids.filter((each) => Object.hasOwn(wrapped, each));
  if (rootKids.length === 0) {
    throw new Unreadable(
      `The data key ${kid} of the organization ${orgId} is under ${Object.keys(wrapped).join(', ')}; the keyring holds ${keyring.kids.join(', ')}.`,
    );
  }
  let refusal: unknown;
  for (const rootKid of rootKids) {
    try {
      return await unwrapWith(keyring, orgId, row, rootKid);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

async function unwrapWith(keyring: Keyring, orgId: string, { kid, wrapped }: DataKeyRow, rootKid: string): Promise<Uint8Array> {
  const { plaintext, protectedHeader } = await compactDecrypt(wrapped[rootKid]!, keyring.derive(purpose, rootKid)!, onlyDirect).catch(
    (cause: unknown) => {
      throw new Unreadable(`The data key ${kid} of the organization ${orgId} does not open with ${rootKid}.`, { cause });
    },
  );
  if (protectedHeader['org'] !== orgId || protectedHeader['dataKey'] !== kid) {
    throw new Unreadable(`The data key ${kid} of the organization ${orgId} was copied from another row.`);
  }
  return plaintext;
}

/** How everything here is encrypted, and the only way in which it is opened. */
export const onlyDirect = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };

/** The row of the current key, locked in share mode. */
async function lockCurrent(db: Db, orgId: string): Promise<DataKeyRow | undefined> {
  const text = 'select kid, wrapped from data_keys where org_id = $1 and is_current for share';
  return (await prepared<DataKeyRow>(db, 'current-data-key', text, [orgId]))[0];
}

async function unwrapCached(keyring: Keyring, orgId: string, row: DataKeyRow): Promise<CryptoKey> {
  const known = remembered(keyring, orgId, row.kid);
  if (known) return known;
  const bytes = await unwrap(keyring, orgId, row);
  const key = await crypto.subtle.importKey('raw', Buffer.from(bytes), 'AES-GCM', false, ['encrypt', 'decrypt']);
  bytes.fill(0);
  remember(keyring, orgId, row.kid, key);
  return key;
}

function remembered(keyring: Keyring, orgId: string, kid: string): CryptoKey | undefined {
  const entry = caches.get(keyring)?.get(`${orgId}/${kid}`);
  return entry && entry.until > Date.now() ? entry.key : undefined;
}

/** The oldest entry makes room for the new one. */
function remember(keyring: Keyring, orgId: string, kid: string, key: CryptoKey): void {
  const cache = caches.get(keyring) ?? new Map();
  caches.set(keyring, cache);
  const name = `${orgId}/${kid}`;
  cache.delete(name);
  if (cache.size >= maxKeys) cache.delete(cache.keys().next().value);
  cache.set(name, { key, until: Date.now() + maxAge });
}
