import { fromString, fromUUID, typeidUnboxed, toUUID as uuidOf } from 'typeid-js';
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
  return typeidUnboxed(prefixes[kind]).toString();
}

/** The native uuid behind an id, for the database. Throws InvalidInput when it is not an id of this kind. */
export function toUuid(kind: IdKind, id: string): string {
  try {
    return uuidOf(fromString(id, prefixes[kind]));
  } catch (cause) {
    throw new InvalidInput(`${JSON.stringify(id)} is not an id of this kind: ${prefixes[kind]}_...`, [], { cause });
  }
}

/** The public id for a uuid out of the database. */
export function toId(kind: IdKind, uuid: string): string {
  return fromUUID(uuid, prefixes[kind]).toString();
}
