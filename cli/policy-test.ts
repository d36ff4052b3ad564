import { formatFinding, PolicyError } from '../core/authorization/policy/findings.ts';
import { locate, readPolicies } from '../core/authorization/review/files.ts';
import { type PolicyTestResult, runMatrixCover, runPolicyTests } from '../core/authorization/review/tests.ts';
import type { Out } from './output.ts';
import { statementOf } from './policy-lint.ts';
import type { ReportForm } from './reports/forms.ts';
import { type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

const title = 'tenet policy test';

/** Runs the tests of a policy directory through the server's engine, without database or network. Exit code: 0 all passed, 1 a failure or a policy that cannot be read, 3 no tests. */
export async function test(directory: string, out: Out, form: ReportForm = 'table'): Promise<number> {
  try {
    const contents = await readPolicies(directory);
    const statements = await statementsOf(directory, [...runPolicyTests(contents), ...runMatrixCover(contents)]);
    const failures = statements.filter(({ outcome }) => outcome !== 'passed').map(failureOf);
    const passed = statements.length - failures.length;
    const summary = `${passed} passed, ${failures.length} failed`;
    writeReport(form, out, {
      title,
      version: version(),
      summary,
      statements,
      value: { passed, failed: failures.length, failures },
      lines: [...failures.map(({ name, message, file, line }) => `${file}:${line}: failed: ${name}\n  ${message}`), summary],
    });
    if (statements.length === 0) return 3;
    return failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const findings = await locate(directory, error.findings);
    writeReport(form, out, {
      title,
      version: version(),
      summary: 'The policy files cannot be read.',
      statements: findings.map(statementOf),
      value: { findings },
      lines: findings.map(formatFinding),
    });
    return 1;
  }
}

/** Every test with the line where it stands. */
async function statementsOf(directory: string, results: readonly PolicyTestResult[]): Promise<Statement[]> {
  const places = results.map(({ file, path }) => ({ rule: 'test', level: 'error', message: '', file, path }) as const);
  const located = await locate(directory, places);
  return results.map(({ scope, name, passed, message }, index) => ({
    suite: scope,
    name,
    outcome: passed ? 'passed' : 'error',
    rule: 'test',
    ...(message !== undefined && { message }),
    file: located[index]!.file!,
    line: located[index]!.line ?? 1,
  }));
}

function failureOf({ suite, name, message = '', file, line }: Statement) {
  return { name: `${suite}: ${name}`, message, file: file!, line: line! };
}
