/** One character that hides or reorders what is read: a control character, or of the Unicode categories Cf, Zl and Zp what no name needs. */
export const invisibleCharacters = /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u;

/** Not in a text of several lines: what is invisible, besides tabs and the ends of lines, or half of a surrogate pair. */
const noText = new RegExp(String.raw`(?![\t\n\r])[${invisibleCharacters.source.slice(1, -1)}\p{Cs}]`, 'u');

/** What a text that people write, such as a reason or a description, must be, to be said behind "must be". */
export const textFormWords = 'text without characters that are invisible, control, or turn the direction of writing';

/** Whether a text of several lines shows what it says. The contract (`format: text`) and the CRDs (`description`) keep the same rule. */
export function hasTextForm(text: string): boolean {
  return !noText.test(text);
}

/** Not in a word of a name: what is invisible, blank (the fillers of Hangul and the empty Braille pattern too), or half of a surrogate pair, and the two joiners. */
const blanks = String.raw`\p{Zs}\u115f\u1160\u2800\u3164\uffa0`;
const noWord = String.raw`${invisibleCharacters.source.slice(1, -1)}\u200c\u200d\p{Cs}${blanks}`;
/** Marks and the tags of flags belong to the character before them, so none is the first. */
const first = String.raw`[^${noWord}\p{M}\u{e0000}-\u{e007f}]`;

/**
 * Words between blanks. A joiner (U+200C, U+200D) stands alone between two characters of a word: Persian, the scripts of India and
 * many emoji need it there, and elsewhere it would make two names look alike. Each character has one way to match, so it takes linear time.
 */
const nameForm = new RegExp(`^${first}[^${noWord}]*(?:[\\u200c\\u200d][^${noWord}]+|[${blanks}]+${first}[^${noWord}]*)*[${blanks}]*$`, 'u');

/** What the text of a name must be, to be said behind "must be". */
export const nameFormWords =
  'text that begins with a visible character and has none that is invisible, controls, or turns the direction of writing';

/** Whether a text of any length is formed as a name for people is. */
export function hasNameForm(text: string): boolean {
  return nameForm.test(text);
}

/**
 * Whether a text is a name for people: 1 to 100 characters that show what they are.
 * The contract (`Name`), the CRDs (`displayName`) and token claims keep the same rule.
 */
export function isName(text: string): boolean {
  return [...text].length <= 100 && hasNameForm(text);
}

/** What keeps a text from being stored as it is, to be said behind its place; undefined when nothing does. PostgreSQL keeps no U+0000, and half a surrogate pair would become U+FFFD. */
export function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'must not have the character U+0000';
  return /\p{Cs}/u.test(text) ? 'must not have half of a surrogate pair: it is no Unicode text' : undefined;
}

/** Words longer than this are compared with nothing: no name is so long. */
const maxWord = 128;

/**
 * The candidate that a person most likely meant by `word`, when one is near enough (edit distance at most two, or a third of its length).
 * It costs as much as `word` and all candidates of about its length: bound how often it is asked.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > maxWord) return undefined;
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const most = Math.max(2, Math.floor(candidate.length / 3));
    // The difference in length is the least that their distance can be.
    if (candidate.length > maxWord || Math.abs(candidate.length - word.length) > Math.min(most, best?.distance ?? most)) continue;
    const distance = editDistance(word, candidate);
    if (distance <= most && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The text for a terminal: what would control it, or hide or reorder what is read, is written as an escape. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The first names of a list, with dots where there are more: as many as a person reads. */
export function firstNames(names: readonly string[], most = 20): string {
  return names.slice(0, most).join(', ') + (names.length > most ? ', ...' : '');
}
