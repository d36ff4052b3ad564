import { counted } from '../core/base/counted.ts';
import type { StoreFlip } from '../core/policy-stores/replay-flips.ts';
import type { StoreDecisionReplay } from '../core/policy-stores/store-replays.ts';
import { connect, type ServerOptions } from './api-client.ts';
import { timeOf } from './flags.ts';
import type { PlanForm, StoreReplayFinding } from './formats.ts';
import { type Format, type Out, table } from './output.ts';
import { isStopped } from './plan-stops.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findStore } from './policy-store-place.ts';
import { saidBy } from './policy-store-plan-report.ts';
import { foundOrPassed, placeOfRow, type Statement, writeReport } from './reports/report.ts';
import { version } from './version.ts';

export interface StoreReplayOptions extends ServerOptions {
  readonly output: Format;
  readonly format?: PlanForm;
  /** In days. */
  readonly since: number;
  /** Decisions at most, those that were taken last. */
  readonly limit: number;
  /** What the replay may find for which it ends with 20. */
  readonly failOn?: readonly StoreReplayFinding[];
}

/** Nothing comes out the other way; something does; --fail-on stops it; the log is not what its revisions decide. */
const codes = { none: 0, flips: 10, stopped: 20, failed: 1 } as const;

/**
 * `tenet policy-store replay`: which decisions of the log come out the other way by files, or by a revision. Exit code: 0 none, 10 some, 20 what `failOn`
 * names, 1 where the log is not true.
 */
export async function replayStore(store: string, directory: string, options: StoreReplayOptions, out: Out = console.log): Promise<number> {
  const api = connect(options);
  const { path, revision } = await findStore(api, store);
  const { since: days, limit, output, format, failOn = [] } = options;
  const candidate = revision === undefined ? { contents: await readStoreFiles(directory) } : { to: revision };
  const since = new Date(Date.now() - days * 86_400_000).toISOString();
  const { body: replayed } = await api.post<StoreDecisionReplay>(`${path}/replay`, { ...candidate, since, limit });
  const summary = summaryOf(replayed, days);
  const from = revision === undefined ? directory : undefined;
  writeReport(format ?? output, out, {
    title: 'tenet policy-store replay',
    version: version(),
    summary,
    statements: foundOrPassed(
      replayed.flips.map((flip) => statementOf(flip, from)),
      'decision log',
      summary,
    ),
    value: replayed,
    lines: [...flipLines(replayed.flips), summary],
  });
  for (const line of caveats(replayed)) console.error(line);
  return codeOf(replayed, failOn);
}

/** A log that is not true says nothing of what comes out the other way. */
function codeOf({ witness, totals }: StoreDecisionReplay, failOn: readonly StoreReplayFinding[]): number {
  const { losses, gains } = totals;
  const isFound = isStopped(failOn, (finding) => ({ loss: losses, gain: gains })[finding]);
  if (witness.faults > 0) return codes.failed;
  if (isFound) return codes.stopped;
  return losses + gains > 0 ? codes.flips : codes.none;
}

/** One line that says how a replay came out, as a reviewer reads it. */
function summaryOf({ decisions, leftOut, totals, coverage: { share, unlogged } }: StoreDecisionReplay, days: number): string {
  const about = [
    ...(share === undefined || share === 1 ? [] : [`a share of ${share}`]),
    ...(leftOut > 0 ? [`${counted(leftOut, 'older one')} left out`] : []),
    ...(unlogged.length > 0 ? ['not all of the time is in the log'] : []),
  ];
  const parts = [
    `${counted(totals.losses)} flip allow->deny`,
    `${counted(totals.gains)} flip deny->allow`,
    ...(totals.alreadyInForce > 0 ? [`${counted(totals.alreadyInForce)} of these by what is in force already`] : []),
  ];
  const what = `Replay of ${timeOf(days)}: ${counted(decisions, 'recorded decision')}`;
  return `${what}${about.length > 0 ? ` (${about.join('; ')})` : ''} -> ${parts.join(', ')}`;
}

/** What keeps "nothing comes out the other way" from being a proof, and what is wrong with the log. */
function caveats({ decisions, witness, coverage, totals, flips }: StoreDecisionReplay): string[] {
  const more = totals.groups - flips.length;
  return [
    'Questions are taken as they were asked then, with the properties that counted then.',
    decisions === 0
      ? 'Nothing that was asked in this time was kept, so this says nothing about the change.'
      : `${counted(witness.confirmed)} of ${counted(decisions, 'decision')} confirmed by stock Casbin, ${counted(witness.faults, 'fault')}.`,
    ...(more > 0 ? [`And ${counted(more)} more groups, which are not listed; the sums count them.`] : []),
    ...coverage.unlogged.map(({ since, until }) => `No process kept decisions from ${since} to ${until}.`),
    ...witness.examples.map(
      ({ decisionId, fault, detail }) => `Fault of the log or of Tenet, decision ${decisionId} (${fault}): ${detail}.`,
    ),
  ];
}

const headings = ['CHANGE', 'WHO', 'ACTION', 'ON', 'DECISIONS', 'SUBJECTS', 'RESOURCES', 'LAST USED', 'BEFORE', 'AFTER'];

function flipLines(flips: readonly StoreFlip[]): string[] {
  if (flips.length === 0) return [];
  const rows = flips.map(({ kind, subjectType, action, resourceType, decisions, subjects, resources, lastUsedAt, ...flip }) => [
    ...[kind, subjectType, action, resourceType, counted(decisions), counted(subjects), counted(resources), lastUsedAt],
    ...[beforeOf(flip), afterOf(flip)],
  ]);
  return [...table(headings, rows), ''];
}

const beforeOf = ({ before }: Pick<StoreFlip, 'before'>): string => `${saidOf(before)} (revision ${before.revision})`;

const afterOf = ({ after, alreadyInForce }: Pick<StoreFlip, 'after' | 'alreadyInForce'>): string =>
  `${saidOf(after)}${alreadyInForce ? ', in force already' : ''}`;

/** The text of a row is not there for every revision. */
const saidOf = ({ decision, line, row }: StoreFlip['after']): string =>
  row === undefined
    ? `${decision ? 'allowed' : 'denied'}${line === undefined ? '' : ` by ${line}`}`
    : saidBy({ decision, line: line!, row });

const verbs = { LOSS: 'would lose', GAIN: 'would gain' } as const;

/** `directory` has the files; a stored revision has none here, so nothing is named in one. */
function statementOf(flip: StoreFlip, directory: string | undefined): Statement {
  const { kind, subjectType, action, resourceType, decisions, subjects, resources, lastUsedAt, before, after, examples } = flip;
  const sourceOf = ({ line }: StoreFlip['after']) => (line === undefined ? undefined : { file: 'policy.csv', line });
  const [latest] = examples;
  const who = latest === undefined ? '' : ` by ${latest.subjectId} on ${latest.resourceId}`;
  return {
    suite: 'policy.csv',
    name: `${counted(subjects, 'subject')} of the type ${subjectType} ${verbs[kind]} ${action} on ${counted(resources, resourceType, resourceType)}`,
    outcome: 'warning',
    rule: 'replay',
    message: `${counted(decisions, 'decision')}, last used ${lastUsedAt}${who}: ${beforeOf({ before })}, then ${afterOf(flip)}`,
    ...(directory !== undefined && placeOfRow(directory, sourceOf(before), sourceOf(after))),
  };
}
