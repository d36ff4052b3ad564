import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCompiledPolicies } from '../core/authorization/engine/compiled-policies.ts';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { type Finding, formatFinding, PolicyError } from '../core/authorization/policy/findings.ts';
import { type CoveredLine, createCoverage, percentOf, type ScopeCoverage } from '../core/authorization/review/coverage.ts';
import { locate, readPolicies } from '../core/authorization/review/files.ts';
import { engineOf, type PolicyTestResult, runMatrixCover, runPolicyTests } from '../core/authorization/review/tests.ts';
import { reasonOf } from '../core/base/reason.ts';
import { printable } from '../core/base/text.ts';
import { UsageError } from './options.ts';
import type { Out } from './output.ts';
import { statementOf } from './policy-lint.ts';
import type { ReportForm } from './reports/forms.ts';
import { lcov } from './reports/lcov.ts';
import { type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

const title = 'tenet policy test';
/** How many cells without a test are named for each scope. */
const shown = 20;

interface TestOptions {
  /** Texts that the scope and name of a test must all contain. */
  readonly filter?: readonly string[];
  /** Say which rows and cells no test looks at. */
  readonly coverage?: boolean;
  /** The least percentage of rows and of cells that tests must look at, in each scope. */
  readonly min?: number;
  /** A file to write the coverage of rows to, for readers of LCOV. */
  readonly lcov?: string;
  /** Play the scenarios as well, on a server that is started for it. */
  readonly scenarios?: boolean;
}

/**
 * Runs the tests of a policy directory through the server's engine, without database or network; with `scenarios` a server is started for those. Exit code: 0 all passed, 1 a failure or a policy
 * that cannot be read, 3 no tests, 4 too little is tested.
 */
export async function test(directory: string, out: Out, form: ReportForm = 'table', options: TestOptions = {}): Promise<number> {
  try {
    const contents = await readPolicies(directory);
    const { results, coverage, lines } = runAll(contents);
    if (options.lcov !== undefined) await writeLcov(options.lcov, directory, lines);
    const statements = await wantedStatements(directory, contents, results, options);
    const failures = statements.filter(({ outcome }) => outcome !== 'passed').map(failureOf);
    const passed = statements.length - failures.length;
    const isAsked = options.coverage === true || options.min !== undefined;
    const covered = isAsked ? coverage : [];
    const summary = `${passed} passed, ${failures.length} failed`;
    writeReport(form, out, {
      title,
      version: version(),
      summary: [summary, ...covered.map(shareOf)].join('; '),
      statements,
      value: { passed, failed: failures.length, failures, ...(isAsked && { coverage: covered }) },
      lines: [
        ...failures.map(({ name, message, file, line }) => `${file}:${line}: failed: ${printable(name)}\n  ${printable(message)}`),
        ...covered.flatMap((each) => coverageLines(directory, each)),
        summary,
      ],
    });
    if (statements.length === 0) return 3;
    if (failures.length > 0) return 1;
    return covered.some(({ rows, cells }) => Math.min(percentOf(rows), percentOf(cells)) < (options.min ?? 0)) ? 4 : 0;
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

/** The tests that `filter` wants, the scenarios among them where they are asked for. */
async function wantedStatements(
  directory: string,
  contents: readonly PolicyContent[],
  results: readonly PolicyTestResult[],
  { filter = [], scenarios = false }: TestOptions,
): Promise<Statement[]> {
  // Policies whose tests fail do not come into force, so no server can play their scenarios.
  const isBarred = scenarios && results.some(({ passed }) => !passed);
  const played = scenarios && !isBarred ? await playScenarios(directory, contents) : [];
  const statements = await statementsOf(directory, [...results, ...played]);
  const wanted = statements.filter((one) => isWanted(one, filter) || (isBarred && one.outcome !== 'passed'));
  if (isBarred) console.error('tenet: The scenarios were not played: no server takes policies whose other tests fail.');
  if (wanted.length === 0 && filter.length > 0)
    console.error(`tenet: There is no test whose scope and name contain ${filter.map(quoted).join(' and ')}.`);
  return wanted;
}

const quoted = (text: string): string => printable(JSON.stringify(text));

/** The code of the server is read only for this. */
async function playScenarios(directory: string, contents: readonly PolicyContent[]): Promise<PolicyTestResult[]> {
  const { hasScenarios, playAll } = await import('./scenarios/scenarios.ts');
  if (!hasScenarios(contents)) return [];
  const { checkAll } = await import('../core/policies/review.ts');
  checkAll(contents);
  const { onStage } = await import('./scenarios/stage.ts');
  return onStage(
    directory,
    (line) => console.error(line),
    (stage) => playAll(stage, contents),
  );
}

function runAll(contents: readonly PolicyContent[]): { results: PolicyTestResult[]; coverage: ScopeCoverage[]; lines: CoveredLine[] } {
  const parts = createCompiledPolicies();
  const coverage = createCoverage();
  const results = [...runPolicyTests(contents, parts, coverage.watch), ...runMatrixCover(contents)];
  return { results, coverage: coverage.of(contents, (content) => engineOf(content, contents, parts)), lines: coverage.lines(contents) };
}

/** Throws UsageError for a file that cannot be written. */
async function writeLcov(file: string, directory: string, lines: readonly CoveredLine[]): Promise<void> {
  const named = lines.map((line) => ({ ...line, file: join(directory, line.file) }));
  await writeFile(file, lcov(named)).catch((error: unknown) => {
    throw new UsageError(`--lcov ${file} cannot be written (${reasonOf(error)}): name a file in a folder that is there.`);
  });
}

function isWanted({ suite, name }: Statement, filter: readonly string[]): boolean {
  const text = `${suite}: ${name}`.toLowerCase();
  return filter.every((part) => text.includes(part.toLowerCase()));
}

const shareOf = ({ scope, rows, cells }: ScopeCoverage): string =>
  `${scope}: ${percentOf(rows)} % of ${rows.all} rows and ${percentOf(cells)} % of ${cells.all} cells are tested`;

function coverageLines(directory: string, coverage: ScopeCoverage): string[] {
  const { untestedRows, untestedCells } = coverage;
  const more = untestedCells.length > shown ? [`  and ${untestedCells.length - shown} more cells`] : [];
  return [
    shareOf(coverage),
    ...untestedRows.map(({ row, source }) => `  ${join(directory, source.file)}:${source.line}: no test is decided by ${row.join(', ')}`),
    ...untestedCells.slice(0, shown).map((cell) => `  no test asks ${cell}`),
    ...more,
  ];
}

/** Every test with the line where it stands. */
async function statementsOf(directory: string, results: readonly PolicyTestResult[]): Promise<Statement[]> {
  const places = results.map(({ file, path }): Finding => ({ rule: 'test', level: 'error', message: '', file, path }));
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
