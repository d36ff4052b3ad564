import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { Keyring } from '../base/keyring.ts';
import type { Db } from '../database/database.ts';
import { currentDataKey, type DataKey, findDataKey, onlyDirect } from './data-keys.ts';
import { Unreadable } from './unreadable.ts';

/** Where a sealed value stands. Both are authenticated: it opens in no other place. */
export interface SealedPlace {
  /** The native uuid of the organization. */
  readonly orgId: string;
  /** Which value of the organization it is, for example `webhook/<uuid>`; sealed-columns.ts lists them. */
  readonly context: string;
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * The plaintext as a compact JWE (RFC 7516: dir, A256GCM) by the current data key of the organization, which is made with its first value. Within
 * a transaction that writes: the key stays locked in share mode until its end.
 */
export async function sealValue(db: Db, keyring: Keyring, place: SealedPlace, plaintext: string): Promise<string> {
  check(place);
  return sealWith(await currentDataKey(db, keyring, place.orgId), place, plaintext);
}

/** As sealValue, with a data key of the organization that currentDataKey gave in this transaction: for many values. */
export function sealWith({ kid, key }: DataKey, place: SealedPlace, plaintext: string): Promise<string> {
  check(place);
  const header = { alg: 'dir', enc: 'A256GCM', kid, org: place.orgId, ctx: place.context };
  return new CompactEncrypt(encoder.encode(plaintext)).setProtectedHeader(header).encrypt(key);
}

/** The plaintext of what sealValue made for this place. Throws Unreadable for that of another place, and when its key is gone. */
export async function openValue(db: Db, keyring: Keyring, place: SealedPlace, sealed: string): Promise<string> {
  check(place);
  const kid = kidOf(sealed);
  const key = await findDataKey(db, keyring, place.orgId, kid);
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, onlyDirect).catch((cause: unknown) => {
    throw new Unreadable(`The value of ${place.context} does not open with the data key ${kid}.`, { cause });
  });
  if (protectedHeader['org'] !== place.orgId || protectedHeader['ctx'] !== place.context) {
    throw new Unreadable(`The value of ${place.context} was copied from another place.`);
  }
  return decoder.decode(plaintext);
}

/** The kid of the data key that sealed the value. Throws Unreadable when the text is no sealed value. */
export function kidOf(sealed: string): string {
  try {
    const { kid } = decodeProtectedHeader(sealed);
    if (typeof kid === 'string') return kid;
  } catch {
    // Said below: the cause may quote what was stored.
  }
  throw new Unreadable('What is stored is no sealed value.');
}

function check({ orgId, context }: SealedPlace): void {
  if (!uuidPattern.test(orgId)) throw new TypeError('orgId is the uuid of an organization');
  if (context.length === 0 || context.length > 500) throw new TypeError('a context has between 1 and 500 characters');
}
