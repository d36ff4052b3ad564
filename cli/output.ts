import { stringify } from 'yaml';
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

/** Rows below their headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  return [headings, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
