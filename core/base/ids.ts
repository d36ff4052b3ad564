import { createHash } from 'node:crypto';
import { v7 } from 'uuid';
import { InvalidInput } from './errors.ts';
import { randomBytes, randomHex } from './random.ts';

/** The prefix of every kind of id (TypeID: `<prefix>_` + UUIDv7 in Crockford base32). */
export const prefixes = {
  user: 'user',
  serviceAccount: 'svc',
  apiKey: 'key',
  organization: 'org',
  project: 'prj',
  role: 'role',
  roleTemplate: 'tpl',
  policyStore: 'pst',
  grant: 'grant',
  invitation: 'inv',
  invitationLink: 'ilk',
  ownershipTransfer: 'otr',
  supportAccess: 'sup',
  resource: 'res',
  catalogItem: 'item',
  instance: 'inst',
  export: 'exp',
  exportLink: 'exl',
  webhook: 'whk',
  event: 'evt',
  restriction: 'rst',
  alert: 'alrt',
  alertFiring: 'afir',
  accessPlan: 'apl',
  rollout: 'roll',
  decision: 'dec',
  request: 'req',
  replica: 'rpl',
} as const;

export type IdKind = keyof typeof prefixes;

/** The uuid in the place of an organization's, for what belongs to no organization: the chain of the platform's events. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

const scratch = Buffer.alloc(16);

let msecs = 0;
let seq = 0;

/** A uuid in Crockford base32. */
const uuidForm = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Whether a text has the form of an id of this kind. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = `${prefixes[kind]}_`;
  return text.startsWith(prefix) && uuidForm.test(text.slice(prefix.length));
}

/** A fresh id of this kind, for example `org_01h455vb4pex5vsknk084sn02q`. Those of one process sort by the time of their making. */
export function newId(kind: IdKind): string {
  return `${prefixes[kind]}_${encode(fresh())}`;
}

/** As newId, the native uuid alone. */
export function newUuid(): string {
  return dashed(fresh().toString('hex'));
}

/** A UUIDv7 of what happened a moment ago, in milliseconds since 1970. Those of one millisecond are in no order. */
export function newUuidOf(at: number): string {
  const time = at.toString(16).padStart(12, '0');
  const random = randomHex(10);
  const variant = hexDigits[8 | (random.charCodeAt(3) & 3)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** Of a moment, in milliseconds since 1970: no UUIDv7 of it or later is less. */
export function leastUuidOf(at: number): string {
  const time = Math.min(Math.max(at, 0), 2 ** 48 - 1)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** When an id was made, to the millisecond: the time in its uuid. */
export function madeAt(uuid: string): Date {
  return new Date(Number.parseInt(uuid.replace('-', '').slice(0, 12), 16));
}

/** The bytes of a fresh UUIDv7, until the next call. */
function fresh(): Buffer {
  const random = randomBytes(16);
  const now = Date.now();
  // UUIDv7 with a counter (RFC 9562 section 6.2, method 1). One that starts in its lower half does not overflow within a millisecond;
  // a clock that goes back is not followed.
  seq = now > msecs ? random.readUInt32BE() >>> 1 : seq + 1;
  msecs = Math.max(now, msecs);
  return v7({ random, msecs, seq }, scratch);
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 128 bits of the SHA-256 of a text, in the form of a uuid, whose equality an index serves behind row level security. */
export function digestUuid(text: string): string {
  return dashed(createHash('sha256').update(text).digest('hex').slice(0, 32));
}

/** The native uuid behind an id, for the database. Throws InvalidInput when it is not an id of this kind. */
export function toUuid(kind: IdKind, id: string): string {
  const prefix = prefixes[kind];
  const hex = id.startsWith(`${prefix}_`) ? decode(id.slice(prefix.length + 1)) : undefined;
  if (hex === undefined) throw new InvalidInput(`${JSON.stringify(id)} is not an id of this kind: ${prefix}_...`);
  return dashed(hex);
}

/** The public id for a uuid out of the database. */
export function toId(kind: IdKind, uuid: string): string {
  if (scratch.write(uuid.replaceAll('-', ''), 'hex') !== 16) throw new TypeError('the database has uuids');
  return `${prefixes[kind]}_${encode(scratch)}`;
}

// TypeID's base32 (https://github.com/jetify-com/typeid/tree/main/spec): 128 bits in 26 characters of five, two zero bits in front.
// Written out because every request translates several ids, and the library's (typeid-js, which the tests compare with) takes ten times as long.
const hexDigits = '0123456789abcdef';
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
// By character code; 255 for what is no digit.
const digits = Uint8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));
// Two at a time, by the ten bits that they stand for.
const pairs = Array.from({ length: 1_024 }, (_, bits) => alphabet[bits >> 5]! + alphabet[bits & 31]!);

function encode(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let size = 2;
  for (let index = 0; index < 16; index++) {
    bits = (bits << 8) | bytes[index]!;
    size += 8;
    if (size < 10) continue;
    size -= 10;
    text += pairs[bits >> size];
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
  for (let index = 0; index < 26; index++) {
    const value = digits[suffix.charCodeAt(index)] ?? 255;
    if (value > 31) return undefined;
    bits = (bits << 5) | value;
    size += 5;
    while (size >= 4) {
      size -= 4;
      hex += hexDigits[(bits >> size) & 15];
      bits &= (1 << size) - 1;
    }
  }
  return hex;
}
