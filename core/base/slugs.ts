import { randomInt } from 'node:crypto';
import { InvalidInput } from './errors.ts';

/** What a slug looks like: lower-case words joined by hyphens, 2 to 63 characters, as a DNS label. */
export const slugPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;

/** Names that look like a part of the installation itself: the holder of one could be taken for its operator. */
const reserved: ReadonlySet<string> = new Set(
  'about account accounts admin administrator api app apps assets auth billing blog console docs help internal login logout mail me new oauth official operator organization organizations platform policies policy postmaster problems root security settings signin signup staff static status support system team teams tenet www'.split(
    ' ',
  ),
);

/** Throws InvalidInput for a slug that no organization may have. */
export function refuseReserved(slug: string): void {
  if (!reserved.has(slug)) return;
  throw new InvalidInput(`The slug ${slug} is reserved. Choose another one.`, [{ pointer: '#/slug', detail: 'is reserved' }]);
}

/** What stands in the place of the slug of what is deleted: no caller can have it, so the slug is free and the deletion always possible. */
export function slugOfDeleted(uuid: string): string {
  return `deleted:${uuid}`;
}

/** Slugs for a name, the plain one first, then some with a random tail. */
export function* slugCandidates(name: string): Generator<string> {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '');
  const base = plain.length < 2 ? `${plain || 'o'}-${tail()}` : plain;
  if (!reserved.has(base)) yield base;
  for (let attempt = 0; attempt < 8; attempt++) yield `${base}-${tail()}`;
}

function tail(): string {
  return randomInt(36 ** 5)
    .toString(36)
    .padStart(5, '0');
}
