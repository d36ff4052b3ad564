import { createHmac } from 'node:crypto';
import { type IdKind, prefixes, toId, toUuid } from '../base/ids.ts';

/** What takes the place of ids. The same key gives the same pseudonyms, so that two snapshots can be compared. */
export interface Pseudonyms {
  /** Says which key it is, and nothing about it. */
  readonly keyId: string;
  /** For statements that sort: an order of rows that tells nothing of the order in which they were made. */
  readonly salt: Buffer;
  uuid(uuid: string): string;
  /** The text with every id (`org_...`, `role_...`) replaced. */
  text(text: string): string;
}

const kinds = new Map(Object.entries(prefixes).map(([kind, prefix]) => [prefix as string, kind as IdKind]));
const ids = new RegExp(`(?<![A-Za-z0-9])(?:${[...kinds.keys()].join('|')})_[0-7][0-9a-hjkmnp-tv-z]{25}(?![0-9a-z])`, 'g');

/** Pseudonyms that are kept for the next row; rows of an organization follow each other. */
const mostKnown = 10_000;

/** Whether a text has an id in it. */
export function hasId(text: string): boolean {
  return text.search(ids) !== -1;
}

/** Pseudonyms by HMAC-SHA256: uuids of version 8, which is for what an application makes by itself (RFC 9562). Without the key nothing leads back. */
export function createPseudonyms(key: Buffer): Pseudonyms {
  if (key.length < 32) throw new TypeError('a key has 32 bytes');
  const known = new Map<string, string>();
  const derived = (purpose: string): Buffer => createHmac('sha256', key).update(`tenet/${purpose}`).digest();
  const idKey = derived('pseudonyms');

  function make(uuid: string): string {
    const bytes = createHmac('sha256', idKey).update(uuid).digest().subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  function pseudonym(uuid: string): string {
    const found = known.get(uuid);
    if (found !== undefined) return found;
    if (known.size >= mostKnown) known.clear();
    const made = make(uuid);
    known.set(uuid, made);
    return made;
  }

  return {
    keyId: derived('key-id').toString('hex').slice(0, 16),
    salt: derived('order'),
    uuid: pseudonym,
    text: (text) =>
      text.replace(ids, (found) => {
        const kind = kinds.get(found.slice(0, found.indexOf('_')))!;
        return toId(kind, pseudonym(toUuid(kind, found)));
      }),
  };
}
