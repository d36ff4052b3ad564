import { InvalidInput, VersionMismatch } from './errors.ts';

/** The strong ETag of a row version (RFC 9110 section 8.8.3): `"7"`. */
export function etagOf(version: string | number): string {
  return `"${version}"`;
}

/** Throws InvalidInput for what is no ETag, and VersionMismatch unless If-Match is absent, `*`, or names the present version (RFC 9110 section 13.1.1). */
export function checkIfMatch(ifMatch: string | undefined, version: string | number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[^"]*"$/.test(tag))) {
    throw new InvalidInput('If-Match is no ETag.', [
      { parameter: 'If-Match', detail: 'must be the etag with its quotes, such as "1", or *' },
    ]);
  }
  if (!tags.includes(etagOf(version))) throw new VersionMismatch(etagOf(version));
}
