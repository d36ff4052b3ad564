import { join } from 'node:path';
import { type Finding, formatFinding, namedFromHere, PolicyError } from '../core/authorization/policy/findings.ts';
import { runStoreTests } from '../core/authorization/policy-stores/store-tests.ts';
import { counted } from '../core/base/counted.ts';
import { printable } from '../core/base/text.ts';
import { checkStore } from '../core/policy-stores/store-check.ts';
import type { Out } from './output.ts';
import { statementOf } from './policy-lint.ts';
import { readStoreFiles } from './policy-store-files.ts';
import type { ReportForm } from './reports/forms.ts';
import { foundOrPassed, type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

interface LintOptions {
  /** Which findings make the command fail. */
  readonly failOn?: 'error' | 'warning';
}

/** Checks the files of a policy store without a server, their tests too. Exit code: 0 nothing or only what `failOn` lets pass, 1 findings. */
export async function lintStore(
  directory: string,
  out: Out,
  form: ReportForm = 'table',
  { failOn = 'error' }: LintOptions = {},
): Promise<number> {
  const findings = await findingsIn(directory);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  const summary = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  const report = findingsReport('tenet policy-store lint', findings, summary);
  writeReport(form, out, { ...report, statements: foundOrPassed(report.statements, directory, summary) });
  return errors + (failOn === 'warning' ? warnings : 0) === 0 ? 0 : 1;
}

interface TestOptions {
  /** The least percentage of rows that tests must look at. */
  readonly min?: number;
}

/**
 * Runs the tests of a policy store through the server's engine, without a server. Exit code: 0 all passed, 1 a failure or files that cannot be
 * read, 3 no tests, 4 too few rows are tested.
 */
export async function testStore(directory: string, out: Out, form: ReportForm = 'table', { min = 0 }: TestOptions = {}): Promise<number> {
  const title = 'tenet policy-store test';
  const [tests, rows] = [join(directory, 'tests.yaml'), join(directory, 'policy.csv')];
  try {
    const { results, findings, coverage } = runStoreTests(await readStoreFiles(directory));
    if (findings.length > 0) throw new PolicyError(findings);
    const statements = results.map(
      ({ name, passed, message, line }): Statement => ({
        ...{ suite: tests, name, outcome: passed ? 'passed' : 'error', rule: 'test', file: tests, line },
        ...(message !== undefined && { message }),
      }),
    );
    const failures = statements.filter(({ outcome }) => outcome !== 'passed');
    const passed = statements.length - failures.length;
    const covered = coverage.rows - coverage.untested.length;
    const summary = `${passed} passed, ${failures.length} failed; ${covered} of ${counted(coverage.rows, 'row')} tested`;
    writeReport(form, out, {
      title,
      version: version(),
      summary,
      statements,
      value: {
        ...{ passed, failed: failures.length, rows: coverage.rows, untestedRows: coverage.untested },
        failures: failures.map(({ name, message, file, line }) => ({ name, message, file, line })),
      },
      lines: [
        ...failures.map(({ name, message, file, line }) => `${file}:${line}: failed: ${printable(name)}\n  ${printable(message ?? '')}`),
        ...coverage.untested.map((line) => `${rows}:${line}: no test is decided by this row`),
        summary,
      ],
    });
    if (statements.length === 0) return 3;
    if (failures.length > 0) return 1;
    return covered * 100 < min * coverage.rows ? 4 : 0;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    writeReport(form, out, findingsReport(title, namedFromHere(directory, error.findings), 'The files of the store cannot be read.'));
    return 1;
  }
}

/** What is wrong with the files in a directory, named from the folder of the call. */
export async function findingsIn(directory: string): Promise<readonly Finding[]> {
  try {
    return namedFromHere(directory, checkStore(await readStoreFiles(directory)).findings);
  } catch (error) {
    if (error instanceof PolicyError) return namedFromHere(directory, error.findings);
    throw error;
  }
}

function findingsReport(title: string, findings: readonly Finding[], summary: string) {
  return {
    ...{ title, version: version(), summary },
    statements: findings.map(statementOf),
    value: { findings: findings.map(({ path: _path, ...finding }) => finding) },
    lines: [...findings.map(formatFinding), summary],
  };
}
