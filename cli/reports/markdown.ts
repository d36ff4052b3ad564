import { cellOf } from './markdown-cell.ts';
import type { Report } from './report.ts';

/** How many findings a comment of a pull request shows; the other forms have all. */
const shown = 100;

/** A section for the comment of a pull request. */
export function markdown({ title, summary, statements }: Report): string[] {
  const found = statements.filter(({ outcome }) => outcome !== 'passed');
  const heading = [`### \`${title}\``, '', cellOf(summary)];
  if (found.length === 0) return heading;
  const more = found.length > shown ? ['', `and ${found.length - shown} more.`] : [];
  return [
    ...heading,
    '',
    '| | where | what |',
    '| --- | --- | --- |',
    ...found.slice(0, shown).map(({ outcome, name, rule, message, file, line }) => {
      const where = file === undefined ? '' : `${code(file)}:${line ?? 1}`;
      const what = message === undefined || message === name ? cellOf(name) : `${cellOf(name)}<br>${cellOf(message)}`;
      return `| ${outcome} | ${where} | ${what}${rule === undefined || rule === 'test' ? '' : ` (${rule})`} |`;
    }),
    ...more,
  ];
}

/** A name of a file as code. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`|\s]/g, '?')}\``;
}
