import { join } from 'node:path';
import { counted } from '../core/base/counted.ts';
import type { PlanAnswer, PlanGroup, PlanRow } from '../core/policy-stores/plan-groups.ts';
import type { StorePlan } from '../core/policy-stores/store-plan.ts';
import { table } from './output.ts';
import { cellOf } from './reports/markdown-cell.ts';
import type { Statement } from './reports/report.ts';

const headings = ['CHANGE', 'WHO', 'ACTION', 'ON', 'QUESTIONS', 'SUBJECTS', 'RESOURCES', 'BEFORE', 'AFTER'];

/** A plan for a terminal. */
export function linesOf(plan: StorePlan, more: readonly string[]): string[] {
  const groups = plan.groups.length === 0 ? [] : ['', ...table(headings, plan.groups.map(cellsOf)), ''];
  return [sentenceOf(plan), ...more, ...groups, ...notesOf(plan), `digest ${plan.digest}`];
}

function cellsOf({ kind, subjectType, action, resourceType, count, subjects, resources, before, after, rows = [] }: PlanGroup): string[] {
  const open = (side: PlanRow['side']): string => openRows(rows, side);
  return [
    ...[kind, subjectType, action, resourceType, counted(count), counted(subjects), counted(resources)],
    ...[saidBy(before) + open('BEFORE'), saidBy(after) + open('AFTER')],
  ];
}

/** The rows of one side that may decide, as the context or a property of the action says. */
function openRows(rows: readonly PlanRow[], wanted: PlanRow['side']): string {
  const found = rows.filter(({ side }) => side === wanted).map(({ line, row }) => `policy.csv:${line}: ${row}`);
  return found.length === 0 ? '' : `; what the question brings decides by ${found.join(' and ')}`;
}

/** An answer with the row that gives it. */
export function saidBy({ decision, line, row }: PlanAnswer): string {
  return `${decision ? 'allowed' : 'denied'}${line === undefined ? '' : ` by ${line}: ${row}`}`;
}

/** How a plan came out. Of a sample it never says that nothing changes, for of the others it knows nothing. */
export function sentenceOf(plan: StorePlan): string {
  const { summary, entities, subjects, isComplete } = plan;
  const { gains, losses, conditional } = summary;
  const sum = `${counted(gains, 'gain')} and ${counted(losses, 'loss', 'losses')}`;
  const open = conditional === 0 ? '' : `; ${counted(conditional)} more questions depend on what they bring`;
  if (!isComplete) {
    const asked =
      subjects.asked === subjects.all ? '' : `, ${counted(subjects.asked)} of ${counted(subjects.all)} subjects were asked about`;
    return `At least ${sum}${open}; ${counted(entities.looked)} of ${counted(entities.stored)} entities were looked at${asked}`;
  }
  if (gains + losses + conditional === 0) return sameSentenceOf(plan);
  return `${sum}, of ${counted(summary.subjects, 'subject')} on ${counted(summary.resources, 'resource')}${open}`;
}

/** Whether rows differ, and there was nothing to ask about: then it is not known what they change. */
export function isUnknown({ lines: { added, removed }, subjects, resources }: StorePlan): boolean {
  return added.length + removed.length > 0 && (subjects.all === 0 || resources === 0);
}

/** Where rows differ, nothing is said of what was not asked about. */
function sameSentenceOf(plan: StorePlan): string {
  const { lines, subjects, resources } = plan;
  const changed = lines.added.length + lines.removed.length + plan.omitted.lines;
  if (changed === 0) return 'Nothing changes.';
  const differ = `${counted(changed, 'row')} ${changed === 1 ? 'differs' : 'differ'}`;
  if (isUnknown(plan)) return `${differ}. What that changes is not known: nothing was asked, for no subject or no resource is known.`;
  return `Nothing changes for the ${counted(subjects.all, 'subject')} and ${counted(resources, 'resource')} that are known; ${differ}.`;
}

function notesOf(plan: StorePlan): string[] {
  const { subjectTypes, unaskedTypes = [], subjects, resources, omitted, verification, isComplete } = plan;
  return [
    ...(subjectTypes.length > 0 ? [`Asked for subjects of these types: ${subjectTypes.join(', ')}.`] : []),
    ...(unaskedTypes.length > 0
      ? [`Not asked for subjects of these types, for whom something may change too: ${unaskedTypes.join(', ')}.`]
      : []),
    ...(isComplete
      ? []
      : [
          'A sample: what the change does to the other entities is not known. Plan a smaller change, or for fewer types of subjects (--subject-types), to know it.',
        ]),
    'Questions are asked without a context, without properties of the action, and without properties that are not stored.',
    ...(omitted.groups > 0 ? [`And ${counted(omitted.groups)} more groups, which are not listed; the sums count them.`] : []),
    ...(omitted.lines > 0 ? [`And ${counted(omitted.lines)} more changed lines.`] : []),
    ...(subjects.all === 0 || resources === 0 ? ['There are no subjects, or no resources, that the rows speak of.'] : []),
    `${counted(verification.decided)} questions decided again by stock Casbin: ${counted(verification.differences)} differences.`,
  ];
}

/** A plan for a pull request. */
export function markdownOf(title: string, plan: StorePlan, more: readonly string[]): string[] {
  const rows = plan.groups.map((group) => `| ${cellsOf(group).map(cellOf).join(' | ')} |`);
  return [
    `## ${cellOf(title)}`,
    '',
    `**${sentenceOf(plan)}**`,
    '',
    ...more.map((line) => `- ${cellOf(line)}`),
    ...(more.length > 0 ? [''] : []),
    ...(rows.length > 0 ? [`| ${headings.join(' | ').toLowerCase()} |`, '|---|---|---|---|--:|--:|--:|---|---|', ...rows, ''] : []),
    ...notesOf(plan),
    '',
    `Digest \`${plan.digest}\``,
  ];
}

const rules = { GAIN: 'gain', LOSS: 'loss', CONDITIONAL: 'conditional' } as const;
const verbs = { GAIN: ['gains', 'gain'], LOSS: ['loses', 'lose'], CONDITIONAL: ['may gain or lose', 'may gain or lose'] } as const;

/** What a plan finds, at the rows that make it; that it is of a sample is an error unless that is allowed. */
export function statementsOf(plan: StorePlan, directory: string, isSampleAllowed: boolean): Statement[] {
  const file = join(directory, 'policy.csv');
  const sample: Statement = {
    suite: 'plan',
    name: 'sample',
    outcome: isSampleAllowed ? 'warning' : 'error',
    rule: 'sample',
    message: sentenceOf(plan),
  };
  return [...(plan.isComplete ? [] : [sample]), ...plan.groups.map((group) => statementOf(group, file))];
}

function statementOf(
  { kind, subjectType, action, resourceType, count, subjects, resources, rows = [], ...group }: PlanGroup,
  file: string,
): Statement {
  const who = `${counted(subjects, 'subject')} of the type ${subjectType}`;
  const name = `${who} ${verbs[kind][subjects === 1 ? 0 : 1]} ${action} on ${counted(resources, resourceType, resourceType)}`;
  const added = group.after.line ?? rows.find(({ side }) => side === 'AFTER')?.line;
  const line = added ?? group.before.line ?? rows[0]?.line;
  const isGone = added === undefined && line !== undefined;
  const open = openRows(rows, 'BEFORE') + openRows(rows, 'AFTER');
  return {
    ...{ suite: file, name, outcome: 'warning', rule: rules[kind] },
    message: `${name} (${counted(count, 'question')}): ${saidBy(group.before)}, then ${saidBy(group.after)}${open}${isGone ? '; the line is that of before' : ''}`,
    ...(line !== undefined && { file, line }),
  };
}
