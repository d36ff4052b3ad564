import { Option } from 'commander';
import type { Format } from './formats.ts';
import { type ReportForm, reportFormats } from './reports/forms.ts';

export interface Printed {
  readonly output: Format;
}

/** What a review is printed as: for people, pull requests, code scanning and build servers. */
export const reported = (): Option =>
  new Option('--format <form>', 'form of the report, instead of -o').choices(reportFormats).conflicts('output');

export interface Reported extends Printed {
  readonly format?: (typeof reportFormats)[number];
}

export function formOf({ format, output }: Reported): ReportForm {
  if (format === undefined) return output;
  return format === 'pretty' ? 'table' : format;
}

/** What the command ends with. */
export function exit(code: number): void {
  process.exitCode = code;
}
