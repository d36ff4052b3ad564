import type { Report } from './report.ts';

/** How many findings a comment of a pull request shows; the other forms have all. */
const shown = 100;

/** A section for the comment of a pull request. */
export function markdown({ title, summary, statements }: Report): string[] {
  const found = statements.filter(({ outcome }) => outcome !== 'passed');
  const heading = [`### \`${title}\``, '', summary];
  if (found.length === 0) return heading;
  const more = found.length > shown ? ['', `and ${found.length - shown} more.`] : [];
  return [
    ...heading,
    '',
    '| | where | what |',
    '| --- | --- | --- |',
    ...found.slice(0, shown).map(({ outcome, name, rule, message, file, line }) => {
      const where = file === undefined ? '' : `${code(file)}:${line ?? 1}`;
      const what = message === undefined || message === name ? cell(name) : `${cell(name)}<br>${cell(message)}`;
      return `| ${outcome} | ${where} | ${what}${rule === undefined || rule === 'test' ? '' : ` (${rule})`} |`;
    }),
    ...more,
  ];
}

/** Text in the cell of a table: nothing of it is markup. */
function cell(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#@!]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}

/** A name of a file as code. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`|\s]/g, '?')}\``;
}
