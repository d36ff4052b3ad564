import { v7 } from 'uuid';
import { InvalidInput } from './errors.ts';

/** The prefix of every kind of id (TypeID: `<prefix>_` + UUIDv7 in Crockford base32). */
export const prefixes = {
  user: 'user',
  serviceAccount: 'svc',
  apiKey: 'key',
  organization: 'org',
  project: 'prj',
  role: 'role',
  grant: 'grant',
  invitation: 'inv',
  decision: 'dec',
  request: 'req',
} as const;

export type IdKind = keyof typeof prefixes;

/** A fresh id of this kind, for example `org_01h455vb4pex5vsknk084sn02q`. */
export function newId(kind: IdKind): string {
  return toId(kind, v7());
}

/** The native uuid behind an id, for the database. Throws InvalidInput when it is not an id of this kind. */
export function toUuid(kind: IdKind, id: string): string {
  const prefix = prefixes[kind];
  const hex = id.startsWith(`${prefix}_`) ? decode(id.slice(prefix.length + 1)) : undefined;
  if (hex === undefined) throw new InvalidInput(`${JSON.stringify(id)} is not an id of this kind: ${prefix}_...`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The public id for a uuid out of the database. */
export function toId(kind: IdKind, uuid: string): string {
  return `${prefixes[kind]}_${encode(uuid.replaceAll('-', '').toLowerCase())}`;
}

// TypeID's base32 (https://github.com/jetify-com/typeid/tree/main/spec): 128 bits in 26 characters of five, two zero bits in front.
// Written out because every request translates several ids, and the library's (typeid-js, which the tests compare with) takes ten times as long.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const digits = new Map([...alphabet].map((character, value) => [character, value]));

function encode(hex: string): string {
  let text = '';
  let bits = 0;
  let size = 2;
  for (let index = 0; index < hex.length; index++) {
    const code = hex.charCodeAt(index);
    // 0-9, else a-f.
    bits = (bits << 4) | (code < 58 ? code - 48 : code - 87);
    size += 4;
    if (size < 5) continue;
    size -= 5;
    text += alphabet[(bits >> size) & 31];
    bits &= (1 << size) - 1;
  }
  return text;
}

/** 32 hexadecimal digits, or undefined for what is no suffix of a TypeID. */
function decode(suffix: string): string | undefined {
  // A first character above 7 would not fit into 128 bits.
  if (suffix.length !== 26 || suffix[0]! > '7') return undefined;
  let hex = '';
  let bits = 0;
  let size = -2;
  for (const character of suffix) {
    const value = digits.get(character);
    if (value === undefined) return undefined;
    bits = (bits << 5) | value;
    size += 5;
    while (size >= 4) {
      size -= 4;
      hex += ((bits >> size) & 15).toString(16);
      bits &= (1 << size) - 1;
    }
  }
  return hex;
}
