/** Text in a cell of a table, or elsewhere on a line of Markdown: nothing of it is markup, a link or a control character. */
export function cellOf(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#@!]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll('://', '&#58;//')
    .replaceAll(/www\./gi, (start) => `${start.slice(0, -1)}&#46;`);
}
