import { createHash } from 'node:crypto';
import { canonical } from './canonical.ts';

/** The strong ETag of a row version (RFC 9110 section 8.8.3): `"7"`. */
export function etagOf(version: string | number): string {
  return `"${version}"`;
}

/** The strong ETag of a row that ends by time alone, or of which something does, `"7.expired"`: a reader of what it was before gets no 304. */
export function etagOfEnding({ version, state }: { readonly version: string | number; readonly state: string }): string {
  return etagOf(state === 'EXPIRED' ? `${version}.expired` : version);
}

/** The strong ETag of a row and of what is worked out beside it, which changes while the row stays: `"7"` while there is nothing of that kind. */
export function etagWith(version: string | number, workedOut: readonly object[]): string {
  return etagOf(workedOut.length === 0 ? version : `${version}.${digestOf(workedOut)}`);
}

/** The strong ETag of an answer that comes of several rows: of what it says. */
export function etagOfContent(content: object): string {
  return `"${digestOf(content)}"`;
}

function digestOf(content: object): string {
  return createHash('sha256').update(canonical(content)).digest('base64url').slice(0, 22);
}
