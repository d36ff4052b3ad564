import { documentOf, type PlanDocument } from '../core/access-plans/document.ts';
import { makePlan } from '../core/access-plans/plan.ts';
import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { PolicyError } from '../core/authorization/policy/findings.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { readConfig } from '../core/base/config.ts';
import { counted } from '../core/base/counted.ts';
import { type Database, openDatabase } from '../core/database/database.ts';
import { readChecked } from '../core/policies/policies.ts';
import { isEmptyMapping } from '../core/policies/role-mapping.ts';
import { checkSnapshot, loadSnapshot } from '../core/policy-snapshots/loading.ts';
import { withDatabase } from './database.ts';
import type { NamedThings, PlanFinding, PlanForm } from './formats.ts';
import { type Naming, namedIn, readNaming, unnamed } from './names.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { isStopped } from './plan-stops.ts';
import { mappingOf } from './policy-apply.ts';
import { statementOf } from './policy-lint.ts';
import { unnamedOf } from './policy-plan-people.ts';
import { statementsOf } from './policy-plan-report.ts';
import { markdownOf, sentenceOf, tableOf } from './policy-plan-table.ts';
import { replayLine } from './policy-replay.ts';
import { foundOrPassed, writeReport } from './reports/report.ts';
import { withTemporaryPostgres } from './temporary-postgres.ts';
import { version } from './version.ts';

/** How often a plan finds each of what --fail-on may name, also where it comes only when something is switched on again. */
const findings: Readonly<Record<PlanFinding, (summary: PlanDocument['summary']) => number>> = {
  gain: ({ gains, switchedOff }) => gains + (switchedOff?.gains ?? 0),
  loss: ({ losses, switchedOff }) => losses + (switchedOff?.losses ?? 0),
  'sensitive-gain': ({ sensitiveGains, switchedOff }) => sensitiveGains + (switchedOff?.sensitiveGains ?? 0),
  lockout: ({ lockoutLosses, switchedOff }) => lockoutLosses + (switchedOff?.lockoutLosses ?? 0),
};

interface PlanCommand {
  /** `live`, or the file of a snapshot. */
  readonly against: string;
  readonly output: Format;
  readonly format?: PlanForm;
  readonly failOn: readonly PlanFinding[];
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  /** Whose names a report for people has; without it all at a terminal, and elsewhere all but people's. */
  readonly names?: NamedThings;
}

/** Nothing changes for anyone; something does; a rail or --fail-on blocks it; the plan is not what stock Casbin says. */
const codes = { none: 0, effects: 10, blocked: 20, failed: 1 } as const;

/** `tenet policy plan`: what applying these files would change for those who hold something. Exit code: 0 nothing, 10 something, 20 a rail or what --fail-on names blocks it, 1 the plan could not be confirmed. */
export async function plan(directory: string | undefined, options: PlanCommand, out: Out = console.log): Promise<number> {
  const named = namesWanted(options);
  const making = options.against === 'live' ? planLive(directory, options, named) : planSnapshot(directory, options);
  const made = await making.catch((error: unknown) => {
    if (error instanceof PolicyError) reportFaults(error, options.format, out);
    throw error;
  });
  report(made, directory ?? (process.env['TENET_POLICIES'] || 'policies'), { ...options, named }, out);
  const { document, asOf } = made;
  const { decided, differences } = document.verification;
  console.error(
    `As of ${asOf}. ${counted(decided, 'question')} decided again by stock Casbin: ${counted(differences.length, 'difference')}.`,
  );
  if (differences.length > 0) return codes.failed;
  if (document.rails.some(({ status }) => status === 'BLOCK')) return codes.blocked;
  if (isStopped(options.failOn, (finding) => findings[finding](document.summary))) return codes.blocked;
  return document.effects.length === 0 ? codes.none : codes.effects;
}

/** Files that must not come into force have no plan. A report that is asked for is there all the same, so that a pipeline has something to show: what is wrong with them. */
function reportFaults({ findings }: PolicyError, format: PlanForm | undefined, out: Out): void {
  if (format === undefined) return;
  const summary = 'There is no plan, because the policy files must not come into force.';
  writeReport(format, out, {
    ...{ title: 'tenet policy plan', version: version(), summary, lines: [] },
    ...{ statements: findings.map(statementOf), value: { findings } },
  });
}

function report(
  { document, naming, replayed }: Made,
  directory: string,
  { format, output, named }: PlanCommand & { readonly named: NamedThings },
  out: Out,
): void {
  if (format === undefined) {
    print(output, out, document, () => tableOf(document, naming));
    return;
  }
  if (format === 'markdown') {
    for (const line of [...markdownOf(document, naming, named === 'all'), ...replayed]) out(line);
    return;
  }
  const summary = document.effects.length === 0 ? 'Nothing changes for anyone.' : sentenceOf(document);
  const found = statementsOf(document, directory, named === 'none' ? undefined : naming);
  const statements = foundOrPassed(found, 'access plan', summary);
  writeReport(format, out, { title: 'tenet policy plan', version: version(), summary, statements, value: document, lines: [] });
}

/** Whose names the report has; a plan of a snapshot none. Throws UsageError where names are asked for that are not there. */
function namesWanted({ against, format, output, names }: PlanCommand): NamedThings {
  const named = namedIn(format ?? output, names);
  if (against === 'live') return named;
  if (names !== undefined && names !== 'none')
    throw new UsageError('--names has no names with --against: a snapshot has pseudonyms alone.');
  return 'none';
}

/** A plan, and the moment of what it is about. */
interface Made {
  readonly document: PlanDocument;
  readonly naming: Naming;
  readonly asOf: string;
  /** What Markdown says besides of the decisions that were taken; nothing where there are none. */
  readonly replayed: readonly string[];
}

async function planLive(directory: string | undefined, { format, ...options }: PlanCommand, named: NamedThings): Promise<Made> {
  const config = readConfig(process.env);
  const contents = await readChecked(directory ?? config.TENET_POLICIES);
  return withDatabase(config, async (database) => {
    const made = await planIn(database, contents, options);
    const isTarget = (name: string) => made.targets.some(({ scope }) => scopeName(scope) === name);
    const replayed = format === 'markdown' ? await replayLine(database, contents, isTarget, named) : [];
    const document = documentOf(made);
    const naming = named === 'none' ? unnamed : await database.read('platform', (db) => readNaming(db, named, unnamedOf(document)));
    return { document, naming, asOf: made.dataAt.toISOString(), replayed };
  });
}

/** The same planner over what a file has. It needs no configuration: nothing of an installation is there. */
async function planSnapshot(directory: string | undefined, { against: file, ...options }: PlanCommand): Promise<Made> {
  const contents = await readChecked(directory ?? (process.env['TENET_POLICIES'] || 'policies'));
  const { tables } = await checkSnapshot(file);
  const rows = tables.reduce((sum, each) => sum + each.rows, 0);
  console.error('Starting a temporary PostgreSQL.');
  return withTemporaryPostgres(async (url) => {
    console.error(`Loading ${counted(rows, 'row')} of ${file}.`);
    const { dataAt, pseudonyms } = await loadSnapshot(url, file);
    console.error(`Planning. Ids are pseudonyms of the key ${pseudonyms}.`);
    const database = openDatabase(url, { size: 2, onError: () => undefined });
    try {
      return { document: documentOf(await planIn(database, contents, options)), naming: unnamed, asOf: dataAt, replayed: [] };
    } finally {
      await database.close();
    }
  });
}

function planIn(
  database: Database,
  contents: readonly PolicyContent[],
  options: Pick<PlanCommand, 'renameRole' | 'dropRole'>,
): ReturnType<typeof makePlan> {
  const mapping = mappingOf(options);
  return database.observe('platform', (db) => makePlan(db, contents, isEmptyMapping(mapping) ? {} : { mapping }));
}
