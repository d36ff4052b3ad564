/** A key as one step of a JSON pointer (RFC 6901 section 3). */
export function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The key that a step of a JSON pointer stands for. */
export function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A pointer `#/...` as the fragment of a URI (RFC 6901 section 6): what may not stand in one is encoded. Half of a surrogate pair becomes U+FFFD. */
export function fragmentOf(pointer: string): string {
  const encoded = pointer
    .slice(1)
    .replace(/[^\w.~!$&'()*+,;=:@/?-]/gu, (one) => (/\p{Surrogate}/u.test(one) ? '%EF%BF%BD' : encodeURIComponent(one)));
  return `#${encoded}`;
}
