import { readFile } from 'node:fs/promises';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { type Finding, formatFinding, namedFromHere, PolicyError } from '../core/authorization/policy/findings.ts';
import { lineOf } from '../core/authorization/policy/yaml.ts';
import { readPolicies } from '../core/authorization/review/files.ts';
import { lintPolicies } from '../core/authorization/review/lint.ts';

/** Lints a policy directory without database or network. Exit code: 0 nothing or warnings only, 1 errors. */
export async function lint(directory: string, out: (line: string) => void): Promise<number> {
  const findings = await findingsIn(directory);
  for (const finding of namedFromHere(directory, findings)) out(formatFinding(await withLine(finding)));
  const errors = findings.filter(({ level }) => level === 'error').length;
  out(
    `${errors} ${errors === 1 ? 'error' : 'errors'}, ${findings.length - errors} ${findings.length - errors === 1 ? 'warning' : 'warnings'}`,
  );
  return errors === 0 ? 0 : 1;
}

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

async function withLine(finding: Finding): Promise<Finding> {
  if (finding.file === undefined || finding.path === undefined) return finding;
  return { ...finding, line: lineOf(await readFile(finding.file, 'utf8'), finding.path) };
}
