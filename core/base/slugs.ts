import { randomInt } from 'node:crypto';

/** What a slug looks like: lower-case words joined by hyphens, 2 to 63 characters, as a DNS label. */
export const slugPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])$/;

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
  yield base;
  for (let attempt = 0; attempt < 8; attempt++) yield `${base}-${tail()}`;
}

function tail(): string {
  return randomInt(36 ** 5)
    .toString(36)
    .padStart(5, '0');
}
