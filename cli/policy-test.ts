import { formatFinding, PolicyError } from '../core/authorization/policy/findings.ts';
import { locate, readPolicies } from '../core/authorization/review/files.ts';
import { runMatrixCover, runPolicyTests } from '../core/authorization/review/tests.ts';
import { type Format, type Out, print } from './output.ts';

/** Runs the tests of a policy directory through the server's engine, without database or network. Exit code: 0 all passed, 1 a failure or a policy that cannot be read, 3 no tests. */
export async function test(directory: string, out: Out, format: Format = 'table'): Promise<number> {
  try {
    const contents = await readPolicies(directory);
    const results = [...runPolicyTests(contents), ...runMatrixCover(contents)];
    const failed = results.filter(({ passed }) => !passed);
    const passed = results.length - failed.length;
    const places = failed.map(({ file, path }) => ({
      rule: 'test',
      level: 'error' as const,
      message: '',
      ...(file && { file }),
      ...(path && { path }),
    }));
    const located = await locate(directory, places);
    const failures = failed.map(({ name, message }, index) => ({
      name,
      message,
      file: located[index]!.file,
      line: located[index]!.line ?? 1,
    }));
    print(format, out, { passed, failed: failed.length, failures }, () => [
      ...failures.map(({ name, message, file, line }) => `${file}:${line}: failed: ${name}\n  ${message}`),
      `${passed} passed, ${failed.length} failed`,
    ]);
    if (results.length === 0) return 3;
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const findings = await locate(directory, error.findings);
    print(format, out, { findings }, () => findings.map(formatFinding));
    return 1;
  }
}
