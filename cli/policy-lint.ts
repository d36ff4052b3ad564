import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { type Finding, formatFinding, PolicyError } from '../core/authorization/policy/findings.ts';
import { locate, readPolicies } from '../core/authorization/review/files.ts';
import { lintPolicies } from '../core/authorization/review/lint.ts';
import { type Format, type Out, print } from './output.ts';

/** Lints a policy directory without database or network. Exit code: 0 nothing or warnings only, 1 errors. */
export async function lint(directory: string, out: Out, format: Format = 'table'): Promise<number> {
  const findings = await locate(directory, await findingsIn(directory));
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  const told = findings.map(({ path: _path, ...finding }) => finding);
  print(format, out, { errors, warnings, findings: told }, () => [
    ...findings.map(formatFinding),
    `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
  ]);
  return errors === 0 ? 0 : 1;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

async function findingsIn(directory: string): Promise<readonly Finding[]> {
  let contents: PolicyContent[];
  try {
    contents = await readPolicies(directory);
  } catch (error) {
    if (error instanceof PolicyError) return error.findings;
    throw error;
  }
  return lintPolicies(contents);
}
