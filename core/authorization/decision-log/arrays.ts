/** An element of an array of PostgreSQL, as text. */
export function elementOf(text: string): string {
  return /^[\w/:.@-]+$/.test(text) && text !== 'null' ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
