import { stringify } from 'yaml';
import { printable } from '../core/base/text.ts';
import type { Format } from './formats.ts';

export type { Format } from './formats.ts';

/** What commands write to; console.log outside of tests. */
export type Out = (line: string) => void;

/** Prints a value whole, as JSON or YAML for programs, or as the lines that people read. */
export function print(format: Format, out: Out, value: unknown, lines: () => readonly string[]): void {
  if (format === 'json') out(JSON.stringify(value, undefined, 2));
  else if (format === 'yaml') out(stringify(value).trimEnd());
  else for (const line of lines()) out(line);
}

/** Rows below their headings, each column as wide as its widest cell. A cell is one line, whatever the text is that people wrote into it. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, column) => Math.max(...shown.map((row) => row[column]!.length)));
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
