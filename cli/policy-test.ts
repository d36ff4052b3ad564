import { formatFinding, namedFromHere, PolicyError } from '../core/authorization/policy/findings.ts';
import { readPolicies } from '../core/authorization/review/files.ts';
import { runMatrixCover, runPolicyTests } from '../core/authorization/review/tests.ts';

/** Runs the tests of a policy directory through the server's engine, without database or network. Exit code: 0 all passed, 1 a failure or a policy that cannot be read, 3 no tests. */
export async function test(directory: string, out: (line: string) => void): Promise<number> {
  try {
    const contents = await readPolicies(directory);
    const results = [...runPolicyTests(contents), ...runMatrixCover(contents)];
    const failed = results.filter(({ passed }) => !passed);
    for (const { name, message } of failed) out(`failed: ${name}\n  ${message}`);
    out(`${results.length - failed.length} passed, ${failed.length} failed`);
    if (results.length === 0) return 3;
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const finding of namedFromHere(directory, error.findings)) out(formatFinding(finding));
    return 1;
  }
}
