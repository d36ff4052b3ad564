import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { toId, toUuid } from '../base/ids.ts';
import { type Db, prepared } from '../database/database.ts';

// What an event says of a person is sealed by a key of that person, and the hash of the event covers what is sealed. Without the key the chain
// holds as before, and the name cannot be read any more. The key is no protection from those who have the database: the present name and address
// of a person who is there stand in `users` beside it.

const profile = ['legalName', 'taxId', 'address', 'emails', 'alertingEmail', 'invoicingEmail'];

/** By the noun of an action, the members of `before` and `after` that are about the person whom the target names. */
const personal: Readonly<Record<string, readonly string[]>> = {
  user: ['email', 'name', 'displayName'],
  member: ['email', 'displayName', 'labels'],
  invitation: ['email', 'name'],
  // Of personal organizations alone, each by a key of its own.
  organization: profile,
  'billing-profile': profile,
};

/** What readers see in the place of what was said of a person who was erased. */
export const erasedPerson = 'erased person';

/** Keys by the id of the user, of the invitation or of the personal organization; null for those who are erased. */
export type PersonKeys = ReadonlyMap<string, Buffer | null>;

/** The name of the only member of a sealed value. */
const mark = '$sealed';
const cipher = 'aes-256-gcm';

interface Entry {
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (action: string): readonly string[] => personal[action.split('.')[0]!] ?? [];
const sides = ['before', 'after'] as const;

/** The entries of one action as they are stored: what they say of a person is sealed. The first such entry of a person makes their key. */
export async function sealEntries<E extends Entry>(db: Db, action: string, entries: readonly E[]): Promise<readonly E[]> {
  const names = fieldsOf(action);
  const says = (entry: E) => sides.some((side) => names.some((name) => isSaid((entry[side] as Fields | undefined)?.[name])));
  const said = [...new Set(entries.filter(says).map(({ target }) => target))].sort();
  const subjects = names === profile ? await personalOf(db, said) : said;
  if (subjects.length === 0) return entries;
  const keys = await takeKeys(db, subjects);
  return entries.map((entry) =>
    keys.has(entry.target) ? mapSides(entry, names, (name, value) => seal(keys, entry.target, name, value)) : entry,
  );
}

/** Those of these organizations that are personal ones. */
async function personalOf(db: Db, organizationIds: readonly string[]): Promise<string[]> {
  if (organizationIds.length === 0) return [];
  const text = 'select id from organizations where id = any($1::uuid[]) and personal_of is not null order by id';
  const uuids = organizationIds.map((id) => toUuid('organization', id));
  const rows = await prepared<{ id: string }>(db, 'personal-organizations', text, [uuids]);
  return rows.map(({ id }) => toId('organization', id));
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== null;

function mapSides<E extends { readonly before?: unknown; readonly after?: unknown }>(
  entry: E,
  names: readonly string[],
  change: (name: string, value: unknown) => unknown,
): E {
  const changed = sides.flatMap((side) => {
    const said = entry[side] as Fields | undefined;
    if (typeof said !== 'object' || said === null) return [];
    return [
      [side, Object.fromEntries(Object.entries(said).map(([name, value]) => [name, names.includes(name) ? change(name, value) : value]))],
    ];
  });
  return { ...entry, ...Object.fromEntries(changed) };
}

/** The keys of these subjects, made for those who have none yet; two who make one at once take the same. */
async function takeKeys(db: Db, subjects: readonly string[]): Promise<PersonKeys> {
  const known = await readKeys(db, subjects);
  const fresh = subjects.filter((subject) => !known.has(subject));
  if (fresh.length === 0) return known;
  const text = 'insert into person_keys (subject, key) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing';
  await prepared(db, 'new-person-keys', text, [fresh, fresh.map(() => randomBytes(32))]);
  return new Map([...known, ...(await readKeys(db, fresh))]);
}

async function readKeys(db: Db, subjects: readonly string[]): Promise<PersonKeys> {
  const text = 'select subject, key from person_keys where subject = any($1::text[])';
  const rows = await prepared<{ subject: string; key: Buffer | null }>(db, 'person-keys', text, [subjects]);
  return new Map(rows.map(({ subject, key }) => [subject, key]));
}

/** The key is that of this person and the name of the field is authenticated, so that a value opens in no other place. */
function seal(keys: PersonKeys, subject: string, name: string, value: unknown): unknown {
  if (!isSaid(value)) return value;
  const key = keys.get(subject);
  if (!key) return { [mark]: '' };
  const nonce = randomBytes(12);
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(`${subject}/${name}`));
  const parts = [nonce, sealing.update(JSON.stringify(value)), sealing.final()];
  return { [mark]: Buffer.concat([...parts, sealing.getAuthTag()]).toString('base64url') };
}

/** The keys that the texts of these events need, to open them by openEntry. */
export async function personKeysOf(db: Db, rows: readonly { readonly target: string; readonly event: string }[]): Promise<PersonKeys> {
  const subjects = new Set(rows.filter(({ event }) => event.includes(`"${mark}"`)).map(({ target }) => target));
  return subjects.size === 0 ? new Map() : readKeys(db, [...subjects]);
}

/** What was recorded, as far as the keys open it; the rest is of an erased person. Events from before there were such keys are as they are. */
export function openEntry<E extends { readonly before?: unknown; readonly after?: unknown }>(
  keys: PersonKeys,
  { action, target }: { readonly action: string; readonly target: string },
  entry: E,
): E {
  const names = fieldsOf(action);
  return names.length === 0 ? entry : mapSides(entry, names, (name, value) => open(keys.get(target), `${target}/${name}`, value));
}

function open(key: Buffer | null | undefined, place: string, value: unknown): unknown {
  const sealed = (value as Fields | null | undefined)?.[mark];
  if (typeof sealed !== 'string') return value;
  if (!key) return erasedPerson;
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, 12), { authTagLength: 16 }).setAAD(Buffer.from(place));
    opening.setAuthTag(bytes.subarray(-16));
    return JSON.parse(Buffer.concat([opening.update(bytes.subarray(12, -16)), opening.final()]).toString());
  } catch {
    // Another row was written in its place, which the verification of the log says.
    return erasedPerson;
  }
}

/** Destroys the keys of an erased person: what events say of them is never read again, and no further key is made. In the scope of the platform. */
export async function destroyPersonKeys(db: Db, subjects: readonly string[]): Promise<void> {
  await db.raw('insert into person_keys (subject) select unnest(?::text[]) on conflict (subject) do update set key = null', [
    [...subjects].sort(),
  ]);
}
