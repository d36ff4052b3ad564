import { invisibleCharacters } from '../../base/text.ts';

/** A message to one person. `id` makes a second delivery of the same message recognizable. */
export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A name for a sentence of a mail. One that is older than the rule for names may hold what makes a sentence look like another one. */
export function plainName(name: string): string {
  return name.split(invisibleCharacters).join('');
}

/** Text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
