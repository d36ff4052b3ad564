/** The strong ETag of a row version (RFC 9110 section 8.8.3): `"7"`. */
export function etagOf(version: string | number): string {
  return `"${version}"`;
}
