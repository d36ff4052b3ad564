import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { type Finding, formatFinding, PolicyError } from '../core/authorization/policy/findings.ts';
import { locate, policyFiles, readPolicies, rowFiles } from '../core/authorization/review/files.ts';
import { lintLayout, tidyLayout } from '../core/authorization/review/layout.ts';
import { lintPolicies } from '../core/authorization/review/lint.ts';
import { counted } from '../core/base/counted.ts';
import { InvalidInput } from '../core/base/errors.ts';
import { reasonOf } from '../core/base/reason.ts';
import type { Out } from './output.ts';
import type { ReportForm } from './reports/forms.ts';
import { type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

interface LintOptions {
  /** Which findings make the command fail. */
  readonly failOn?: 'error' | 'warning';
  /** Mend what is mechanical before anything is looked at. */
  readonly fix?: boolean;
}

/** Lints a policy directory without database or network. Exit code: 0 nothing or only what `failOn` lets pass, 1 findings. */
export async function lint(
  directory: string,
  out: Out,
  form: ReportForm = 'table',
  { failOn = 'error', fix = false }: LintOptions = {},
): Promise<number> {
  const mended = fix ? await mend(directory) : [];
  const findings = await locate(directory, [...(await findingsIn(directory)), ...(await layoutFindings(directory))]);
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.length - errors;
  const summary = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  writeReport(form, out, {
    title: 'tenet policy lint',
    version: version(),
    summary,
    statements: [...findings.map(statementOf), ...(await cleanFiles(directory, findings))],
    value: { errors, warnings, findings: findings.map(({ path: _path, ...finding }) => finding), ...(fix && { mended }) },
    lines: [...mended.map((file) => `${file}: mended`), ...findings.map(formatFinding), summary],
  });
  return errors + (failOn === 'warning' ? warnings : 0) === 0 ? 0 : 1;
}

/** A finding as a report has it. */
export function statementOf({ rule, level, message, file, line }: Finding): Statement {
  return { suite: file ?? 'policies', name: message, outcome: level, rule, message, ...(file !== undefined && { file, line: line ?? 1 }) };
}

/** The policy files that nothing was found in, each as one statement that holds. */
async function cleanFiles(directory: string, findings: readonly Finding[]): Promise<Statement[]> {
  const files = (await policyFiles(directory)).map((file) => join(directory, file));
  const clean = files.filter((file) => findings.every((finding) => finding.file !== file));
  return clean.map((file) => ({ suite: file, name: 'nothing is wrong', outcome: 'passed', file, line: 1 }));
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

async function layoutFindings(directory: string): Promise<Finding[]> {
  const files = await rowFiles(directory);
  const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
  return texts.flatMap((text, index) => lintLayout(text, files[index]!));
}

/** The files whose rows were written, ordered or repeated otherwise than they should be, and are not any more. */
async function mend(directory: string): Promise<string[]> {
  const mended: string[] = [];
  for (const file of await rowFiles(directory)) {
    const path = join(directory, file);
    const before = await readFile(path, 'utf8');
    const after = tidyLayout(before);
    if (after === before) continue;
    await writeFile(path, after).catch((cause: unknown) => {
      throw new InvalidInput(`${path} cannot be mended: ${reasonOf(cause)}`, [], { cause });
    });
    mended.push(path);
  }
  return mended;
}
