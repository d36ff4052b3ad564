import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { InputError } from './errors.ts';
import type { Keyring } from './keyring.ts';
import { foreignToken, limitOf, type PageQuery, type PageRequest } from './pages.ts';

/**
 * Tokens of lists that withhold something. Such a page may end at what the caller may not know, and a token that callers could write would find it
 * by halves: so the key of the sort is encrypted, and only what this installation wrote is read.
 */
export interface SealedPages {
  /** As readPage. Throws InvalidInput for every token but one of this list. */
  read(query: PageQuery, list: string, key: RegExp, at?: InputError): PageRequest;
  /** As nextPage. */
  next(list: string, key: string): string;
}

const cipher = 'aes-256-gcm';
const [ivLength, tagLength] = [12, 16];

/** Sealed tokens by the keys of the installation: those of an earlier key are good while it is in the ring. */
export function sealedPages(keyring: Keyring): SealedPages {
  return {
    read(query, list, shape, at) {
      const limit = limitOf(query);
      if (query.pageToken === undefined) return { limit };
      const after = open(keyring, query.pageToken, list);
      if (after === undefined || !shape.test(after)) throw foreignToken(at);
      return { limit, after };
    },
    next(list, key) {
      const iv = randomBytes(ivLength);
      const sealing = createCipheriv(cipher, keyOf(keyring, keyring.currentKid)!, iv).setAAD(Buffer.from(list));
      const sealed = Buffer.concat([sealing.update(key, 'utf8'), sealing.final()]);
      return Buffer.concat([Buffer.from(`${keyring.currentKid}\n`), iv, sealing.getAuthTag(), sealed]).toString('base64url');
    },
  };
}

function open(keyring: Keyring, token: string, list: string): string | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.toString('base64url') !== token) return undefined;
  const end = bytes.indexOf('\n');
  const key = end > 0 ? keyOf(keyring, bytes.toString('utf8', 0, end)) : undefined;
  const rest = bytes.subarray(end + 1);
  if (key === undefined || rest.length < ivLength + tagLength) return undefined;
  const opening = createDecipheriv(cipher, key, rest.subarray(0, ivLength), { authTagLength: tagLength }).setAAD(Buffer.from(list));
  opening.setAuthTag(rest.subarray(ivLength, ivLength + tagLength));
  try {
    return opening.update(rest.subarray(ivLength + tagLength), undefined, 'utf8') + opening.final('utf8');
  } catch {
    return undefined;
  }
}

function keyOf(keyring: Keyring, kid: string): Buffer | undefined {
  return keyring.derive('page-token', kid);
}
