import type { PolicyContent } from '../authorization/policy/content.ts';
import { type Finding, mostFindings, PolicyError } from '../authorization/policy/findings.ts';
import { partsWithin } from '../authorization/review/check.ts';
import { readPolicyFiles, withLines } from '../authorization/review/files.ts';
import { lintPolicies } from '../authorization/review/lint.ts';
import { type PolicyTestResult, runMatrixCover, runPolicyTests } from '../authorization/review/tests.ts';
import { inOrder } from './review.ts';

/** Files that shall come into force together, named as in a policy directory. */
export interface FilesTask {
  readonly files: Readonly<Record<string, string>>;
  /** Whether the platform is among them. */
  readonly hasPlatform: boolean;
  /** The names of the kinds of organization among them. */
  readonly blueprints: readonly string[];
  /** The contents in force of the other scopes. */
  readonly others: readonly PolicyContent[];
}

/** A test that failed, with the line of its file. */
export type FailedTest = Pick<PolicyTestResult, 'scope' | 'name' | 'message' | 'file'> & { readonly line?: number };

/** What files say, or what is wrong with them, each with its file and line. The tests are run where lint finds no error. */
export interface LookedFiles {
  readonly contents: readonly PolicyContent[];
  readonly findings: readonly Finding[];
  readonly failures: readonly FailedTest[];
}

/** Reads files, lints them beside the other scopes and runs their tests: what `tenet policy lint` and `test` do with a directory. */
export async function reviewFiles({ files, hasPlatform, blueprints, others }: FilesTask): Promise<LookedFiles> {
  const read = async (file: string): Promise<string | undefined> => (Object.hasOwn(files, file) ? files[file] : undefined);
  const refused = async (findings: readonly Finding[]): Promise<LookedFiles> => ({
    contents: [],
    findings: await withLines(read, findings.slice(0, mostFindings)),
    failures: [],
  });
  try {
    const contents = await readPolicyFiles({ read, hasPlatform, blueprintNames: async () => [...blueprints].sort() });
    const together = inOrder([...others, ...contents]);
    const parts = partsWithin(together);
    const errors = lintPolicies(together, parts).filter(({ level }) => level === 'error');
    if (errors.length > 0) return await refused(errors);
    const results = [...runPolicyTests(together, parts), ...contents.flatMap(({ scope }) => runMatrixCover(together, scope))];
    const failed = results.filter(({ passed }) => !passed).slice(0, mostFindings);
    return { contents, findings: [], failures: await withLines(read, failed) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return await refused(error.findings);
  }
}
