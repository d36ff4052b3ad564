import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { digest } from '../core/authorization/policy/content.ts';
import { scopeName, storedScope } from '../core/authorization/policy/scopes.ts';
import { listHeadsOfFiles, loadContent } from '../core/authorization/store/revisions.ts';
import { readConfig } from '../core/base/config.ts';
import { counted } from '../core/base/counted.ts';
import type { Database, Db } from '../core/database/database.ts';
import { readChecked } from '../core/policies/policies.ts';
import { replayDocument } from '../core/policies/replay-document.ts';
import { type DecisionReplay, replayDecisions, type ShownFlip } from '../core/policies/replays.ts';
import { withDatabase } from './database.ts';
import { timeOf } from './flags.ts';
import type { NamedThings } from './formats.ts';
import { type Naming, namedIn, readNaming, unnamedIn } from './names.ts';
import { UsageError } from './options.ts';
import { type Out, table } from './output.ts';
import { demandScope, notStored } from './policy-names.ts';
import type { ReportForm } from './reports/forms.ts';
import { cellOf } from './reports/markdown-cell.ts';
import { foundOrPassed, placeOfRow, type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

interface ReplayCommand {
  /** In days. */
  readonly since: number;
  readonly revision?: string;
  readonly scope?: string;
  readonly limit: number;
  /** Whose names a report for people has; without it all at a terminal, and elsewhere all but people's. */
  readonly names?: NamedThings;
}

/** Nothing comes out the other way; something does; the log is not what its revisions decide, or there is none. */
const codes = { none: 0, flips: 10, failed: 1 } as const;

/** `tenet policy replay`: which decisions of the log come out the other way under these files, or this revision. Exit code: 0 none, 10 some, 1 there is no log, or it is not true. */
export async function replay(directory: string | undefined, options: ReplayCommand, out: Out, form: ReportForm = 'table'): Promise<number> {
  const named = namedIn(form, options.names);
  const config = readConfig(process.env);
  if (directory !== undefined && options.revision !== undefined)
    throw new UsageError('Name a directory or --revision, and not both: decisions are replayed by one policy.');
  const from = options.revision === undefined ? (directory ?? config.TENET_POLICIES) : undefined;
  const read = from === undefined ? undefined : await readChecked(from);
  const { replayed, naming } = await withDatabase(config, async (database) => {
    const candidates = await database.read('platform', (db) =>
      read === undefined ? stored(db, options) : changed(db, read, options.scope),
    );
    const replayed = await replayDays(database, candidates, options);
    return { replayed, naming: await namesIn(database, replayed, named) };
  });
  const summary = summaryOf(replayed, options.since, naming);
  writeReport(form, out, {
    title: 'tenet policy replay',
    version: version(),
    summary,
    statements: foundOrPassed(
      replayed.flips.map((flip) => statementOf(flip, naming, from)),
      'decision log',
      summary,
    ),
    value: { candidates: replayed.candidates, ...replayDocument(replayed) },
    lines: [...flipLines(replayed.flips, naming), summary],
  });
  for (const line of caveats(replayed)) console.error(line);
  if (replayed.faults > 0 || replayed.coverage.writers === 0) return codes.failed;
  return replayed.totals.groups === 0 ? codes.none : codes.flips;
}

/** Days of a replay that nobody has asked for, and rows that stock Casbin reads for it. */
const usual = { since: 7, limit: 100_000, work: 500_000 };

/** What a reviewer reads of the decision log in a plan of these files; nothing where there is no log, and where the files say what is in force. */
export async function replayLine(
  database: Database,
  contents: readonly PolicyContent[],
  isTarget: (scope: string) => boolean,
  named: NamedThings,
): Promise<string[]> {
  const candidates = contents.filter(({ scope }) => isTarget(scopeName(scope)));
  if (candidates.length === 0) return [];
  const replayed = await replayDays(database, candidates, usual);
  if (replayed.coverage.writers === 0) return [];
  return ['', cellOf(summaryOf(replayed, usual.since, await namesIn(database, replayed, named)))];
}

/** A report for people names so many of the latest users of a flip. */
const usersShown = 3;

function namesIn(database: Database, { flips }: DecisionReplay, named: NamedThings): Promise<Naming> {
  const wanted = flips.flatMap(({ users: { latest }, roles }) => [
    ...unnamedIn(roles.join(' '), latest[0]?.organizationId),
    ...latest
      .slice(0, usersShown)
      .flatMap(({ subject, organizationId }) => [{ id: subject, organizationId }, ...(organizationId ? [{ id: organizationId }] : [])]),
  ]);
  return database.read('platform', (db) => readNaming(db, named, wanted));
}

/** The decisions of so many days until now, under these contents. */
function replayDays(
  database: Database,
  candidates: readonly PolicyContent[],
  { since, limit, work }: Pick<ReplayCommand, 'since' | 'limit'> & { readonly work?: number },
): Promise<DecisionReplay> {
  const until = new Date();
  const window = { since: new Date(until.getTime() - since * 86_400_000), until };
  return database.observe('platform', (db) => replayDecisions(db, { candidates, ...window, limit, work }));
}

/** A revision: `blueprint.teams@3`, or `3` of the scope that is named. */
async function stored(db: Db, { revision = '', scope }: ReplayCommand): Promise<PolicyContent[]> {
  const [, of = scope, number = ''] = /^(?:(platform|blueprint\.[a-z][a-z0-9-]*)@)?([1-9]\d{0,8})$/.exec(revision) ?? [];
  if (number === '' || of === undefined || (scope !== undefined && of !== scope))
    throw new UsageError(
      `--revision must be a revision such as blueprint.teams@3, or its number with --scope; it is ${JSON.stringify(revision)}.`,
    );
  const newest = await demandScope(db, storedScope(of));
  if (Number(number) > newest) throw notStored(of, Number(number), newest);
  return [await loadContent(db, storedScope(of), Number(number))];
}

/** Of the files the scope that is named, else those that say something else than what is in force; all of them where none does. */
async function changed(db: Db, contents: readonly PolicyContent[], scope: string | undefined): Promise<PolicyContent[]> {
  if (scope !== undefined) {
    const named = contents.filter((content) => scopeName(content.scope) === scope);
    if (named.length > 0) return named;
    throw new UsageError(`The files have no scope ${scope}; they have ${contents.map((content) => scopeName(content.scope)).join(', ')}.`);
  }
  const heads = new Map((await listHeadsOfFiles(db)).map((head) => [head.scope, head.revision]));
  const differing: PolicyContent[] = [];
  for (const content of contents) {
    const revision = heads.get(content.scope);
    if (revision === undefined || digest(await loadContent(db, content.scope, revision)) !== digest(content)) differing.push(content);
  }
  return differing.length === 0 ? [...contents] : differing;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** One line that says how a replay came out, as a reviewer reads it. */
function summaryOf({ decisions, cases, totals, flips, coverage, leftOut }: DecisionReplay, days: number, naming: Naming): string {
  const latest = (kind: string): string => {
    const [first] = flips.filter((flip) => flip.kind === kind);
    const who = first?.users.latest[0];
    return who ? ` (${naming.text(who.subject, who.organizationId)} ${first!.permission}, last used ${dayOf(first!.lastUsedAt)})` : '';
  };
  const parts = [
    `${counted(totals.losses)} flip allow->deny${latest('LOSS')}`,
    `${counted(totals.gains)} flip deny->allow${latest('GAIN')}`,
    ...(totals.rolesRemoved > 0 ? [`${counted(totals.rolesRemoved)} of roles that are gone`] : []),
    ...(totals.permissionsRemoved > 0 ? [`${counted(totals.permissionsRemoved)} of permissions that are gone`] : []),
    ...(totals.alreadyInForce > 0 ? [`${counted(totals.alreadyInForce)} of these by what is in force already`] : []),
  ];
  const about = [
    `${counted(cases)} distinct`,
    ...(coverage.share === undefined || coverage.share === 1 ? [] : [`a share of ${coverage.share}`]),
    ...(leftOut.decisions > 0 ? [`${counted(leftOut.decisions, 'older one')} left out`] : []),
    ...(coverage.unlogged.length > 0 || coverage.gaps.length > 0 ? ['not all of the time is in the log'] : []),
  ];
  const what = `Replay of ${timeOf(days)}: ${counted(decisions, 'recorded decision')} (${about.join('; ')})`;
  return `${what} -> ${parts.join(', ')}`;
}

/** What keeps "nothing comes out the other way" from being a proof, and what is wrong with the log. */
function caveats({ coverage, faults, shownFaults, confirmed, cases, notKept }: DecisionReplay): string[] {
  if (coverage.writers === 0)
    return ['No decisions of this time were kept: the decision log was off. Set TENET_DECISION_LOG_SHARE to a share above 0.'];
  return [
    `${counted(confirmed)} of ${counted(cases, 'case')} confirmed by stock Casbin, ${counted(faults, 'fault')}, ${counted(notKept.cases)} without their question.`,
    ...coverage.unlogged.map(({ since, until }) => `No process kept decisions from ${since.toISOString()} to ${until.toISOString()}.`),
    ...coverage.gaps.map(
      ({ since, until, lost, reason }) =>
        `${counted(lost)} at most are missing between ${since.toISOString()} and ${until.toISOString()} (${reason}).`,
    ),
    ...shownFaults.map(({ caseId, fault, detail }) => `Fault of the log or of Tenet, case ${caseId} (${fault}): ${detail}.`),
  ];
}

const headings = ['CHANGE', 'PERMISSION', 'LEVEL', 'ROLES', 'DECISIONS', 'SUBJECTS', 'ORGANIZATIONS', 'LAST USED', 'RULE'];

function flipLines(flips: readonly ShownFlip[], naming: Naming): string[] {
  if (flips.length === 0) return [];
  const rows = flips.map((flip) => [
    flip.kind,
    flip.permission,
    flip.level,
    heldBy(flip, naming),
    counted(flip.decisions),
    counted(flip.users.subjects),
    counted(flip.users.organizations),
    flip.lastUsedAt.toISOString(),
    ruleOf(flip),
  ]);
  return [...table(headings, rows), ''];
}

/** The row that says it, or the row that said so before. */
function ruleOf({ before, after, removedRoles, alreadyInForce }: ShownFlip): string {
  const source = after.source ?? before.source;
  const rule = source ? `${source.file}:${source.line}${after.source ? '' : ' is gone'}` : '';
  const gone = removedRoles.length > 0 ? [`without ${removedRoles.join(', ')}`] : [];
  return [rule, ...gone, ...(alreadyInForce ? ['in force already'] : [])].filter(Boolean).join(', ');
}

const heldBy = ({ roles, scopes = [], users: { latest } }: ShownFlip, naming: Naming): string =>
  naming.held([...roles, ...scopes], latest[0]?.organizationId);

/** `directory` has the files; a stored revision has none here, so nothing is named in one. */
function statementOf(flip: ShownFlip, naming: Naming, directory: string | undefined): Statement {
  const { kind, permission, level, blueprint = 'platform', decisions, lastUsedAt, users, before, after } = flip;
  const who = users.latest
    .slice(0, usersShown)
    .map(
      ({ subject, organizationId }) =>
        `${naming.text(subject, organizationId)}${organizationId ? ` in ${naming.place(organizationId)}` : ''}`,
    );
  const more = users.subjects > who.length ? ' and others' : '';
  return {
    suite: blueprint,
    name: `${kind} ${permission} at ${level} level for ${heldBy(flip, naming)}`,
    outcome: 'warning',
    rule: 'replay',
    message: `${counted(decisions, 'decision')} of ${counted(users.subjects, 'subject')} in ${counted(users.organizations, 'organization')}, last used ${lastUsedAt.toISOString()} by ${who.join(', ')}${more}; ${ruleOf(flip)}`,
    ...(directory !== undefined && placeOfRow(directory, before.source, after.source)),
  };
}
