import { escapeHtml, type Mail, plainName } from './message.ts';
import { languageFor, languages, type MailName, type MailWords, type Wording } from './words.ts';

/** What stands in the places of a text. */
export type Values = Readonly<Record<string, string>>;

/** A piece of a mail: a sentence of the words, lines to copy, or a link. */
export type Block = { readonly sentence: string } | { readonly code: string } | { readonly link: string; readonly label: string };

/** What a template is written with. */
export interface Template<N extends MailName> {
  readonly id: string;
  readonly to: string;
  readonly mail: N;
  readonly values: Values;
  /** The pieces in their order, in the words of the language. */
  blocks(words: MailWords[N], common: MailWords['common']): readonly Block[];
}

/** A mail in the language of its organization, as text and as HTML that needs nothing from elsewhere. */
export function render<N extends MailName>(template: Template<N>, language: string | null | undefined, wording: Wording): Mail {
  const { id, to, mail } = template;
  const tag = languageFor(language, wording);
  const words = languages[tag]!;
  // What a name holds that hides or turns round what is read is left out, also of one that is older than the rule for names.
  const values = Object.fromEntries(Object.entries(template.values).map(([name, value]) => [name, plainName(value)]));
  const blocks = template.blocks(words[mail], words.common);
  const subject = fill(wording.subjects[tag]?.[mail] ?? (words[mail] as { subject: string }).subject, values);
  return { id, to, subject, text: asText(blocks, values), html: asHtml(blocks, { values, subject, tag }) };
}

function fill(text: string, values: Values, show: (value: string) => string = (value) => value): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`the mail has no ${name}`);
    return show(value);
  });
}

/** A longer line would be encoded, and could not be copied from the source of the mail. */
const width = 72;
/** Values that are shorter than this stay on one line. */
const whole = 40;

function asText(blocks: readonly Block[], values: Values): string {
  const parts = blocks.map((block) => {
    if ('code' in block) return block.code;
    if ('link' in block) return `${block.label}: ${block.link}`;
    return wrap(fill(block.sentence, values, (value) => (value.length < whole ? value.replaceAll(' ', '\0') : value)));
  });
  return `${parts.join('\n\n')}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n').replaceAll('\0', ' ');
}

// No color but those that the reader's program has for light and for dark, no picture, no font, nothing that is fetched.
const style =
  'body{font:16px/1.5 sans-serif;max-width:40em;margin:0 auto;padding:1em}pre{overflow-x:auto;padding:.75em;border:1px solid;border-radius:4px}code,pre{font-family:monospace}';

function asHtml(blocks: readonly Block[], { values, subject, tag }: { values: Values; subject: string; tag: string }): string {
  const shown = (value: string): string => `<bdi>${escapeHtml(value)}</bdi>`;
  const parts = blocks.map((block) => {
    if ('code' in block) return `<pre><code>${escapeHtml(block.code)}</code></pre>`;
    if ('link' in block) return `<p><a href="${escapeHtml(block.link)}">${escapeHtml(block.label)}</a></p>`;
    // The words have no braces of their own, and escaping leaves braces as they are.
    return `<p>${fill(escapeHtml(block.sentence), values, shown)}</p>`;
  });
  return [
    '<!doctype html>',
    `<html lang="${tag}" dir="ltr">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    `<style>:root{color-scheme:light dark}${style}</style>`,
    '</head>',
    '<body>',
    ...parts,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
