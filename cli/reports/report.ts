import { isAbsolute, join, relative } from 'node:path';
import { stringify } from 'yaml';
import type { RuleId } from '../../core/authorization/policy/rules.ts';
import type { ReportForm } from './forms.ts';
import { github } from './github.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';

/** One thing that was looked at and how it came out. */
export interface Statement {
  /** What it belongs to: a file, or a part of the tests of a scope. */
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'warning' | 'error';
  /** The rule that it breaks. */
  readonly rule?: RuleId;
  readonly message?: string;
  /** Named from the folder of the call. */
  readonly file?: string;
  readonly line?: number;
}

/** A row of a policy file, which is named from the folder of the files. */
interface SourceLine {
  readonly file: string;
  readonly line: number;
}

/** Where a statement stands that is about a row of before or of after. Of a row that is gone the file has no line any more. */
export function placeOfRow(
  directory: string,
  before: SourceLine | undefined,
  after: SourceLine | undefined,
): Pick<Statement, 'file' | 'line'> {
  const source = after ?? before;
  return source ? { file: join(directory, source.file), line: after ? source.line : 1 } : {};
}

/** What a command has looked at. */
export interface Report {
  /** The command: `tenet policy lint`. */
  readonly title: string;
  /** The version of the command. */
  readonly version: string;
  /** One line that says how it came out. */
  readonly summary: string;
  readonly statements: readonly Statement[];
  /** The same for programs. */
  readonly value: unknown;
  /** The same for people at a terminal. */
  readonly lines: readonly string[];
}

const forms: Readonly<Record<ReportForm, (report: Report) => readonly string[]>> = {
  table: ({ lines }) => lines,
  json: ({ value }) => [JSON.stringify(value, undefined, 2)],
  yaml: ({ value }) => [stringify(value).trimEnd()],
  markdown,
  github,
  sarif,
  junit,
};

/** What was found or, where that is nothing, that it was looked at: a build server takes a report without cases for one that has failed. */
export function foundOrPassed(found: readonly Statement[], suite: string, summary: string): readonly Statement[] {
  return found.length > 0 ? found : [{ suite, name: summary, outcome: 'passed' }];
}

/** Writes a report in one form. */
export function writeReport(form: ReportForm, out: (line: string) => void, report: Report): void {
  const statements = report.statements.map((statement) =>
    statement.file === undefined ? statement : { ...statement, file: fromHere(statement.file) },
  );
  for (const line of forms[form]({ ...report, statements })) out(line);
}

/** A file below the folder of the call is named from it, as a repository names its files. */
function fromHere(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path.startsWith('..') ? file : path;
}
