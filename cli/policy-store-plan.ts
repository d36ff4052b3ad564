import { stat } from 'node:fs/promises';
import { printable } from '../core/base/text.ts';
import type { PlanAnswer, PlanGroup } from '../core/policy-stores/plan-groups.ts';
import { diffStores, type StoreDiff } from '../core/policy-stores/store-diff.ts';
import type { StorePlan } from '../core/policy-stores/store-plan.ts';
import type { Compared } from '../core/policy-stores/store-plans.ts';
import { connect, type ServerOptions } from './api-client.ts';
import { counted } from './counted.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print, table } from './output.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findStore } from './policy-store-place.ts';
import { cellOf } from './reports/markdown-cell.ts';

export interface PlanOptions extends ServerOptions {
  readonly output: Format;
  readonly format?: 'markdown';
}

/** Nothing changes, or something does. */
const codes = { same: 0, changed: 10 } as const;

/** `tenet policy-store plan`: what files, or a revision, would change for the entities of a store. Exit code: 0 nothing, 10 something. */
export async function planStore(store: string, directory: string, options: PlanOptions, out: Out = console.log): Promise<number> {
  const api = connect(options);
  const { path, name, revision } = await findStore(api, store);
  const body = revision === undefined ? { contents: await readStoreFiles(directory) } : { to: revision };
  const { body: plan } = await api.post<Compared & StorePlan>(`${path}/plan`, body);
  show(`Plan of ${name}`, plan, [], options, out);
  return codeOf(plan);
}

/**
 * `tenet policy-store diff`: what two policies mean for the entities and cases of their tests: two directories, without a server; a store and a
 * directory; or two revisions of a store. Exit code: 0 they mean the same, 10 they differ.
 */
export async function diffStore(from: string, to: string, options: PlanOptions, out: Out = console.log): Promise<number> {
  const diff = await makeDiff(from, to, options);
  const cases = diff.cases.map(({ name, kind, before, after }) =>
    printable(`${kind.toLowerCase()} in a test: ${name} (${saidBy(before)} -> ${saidBy(after)})`),
  );
  const beyond = diff.omittedCases > 0 ? [`and ${counted(diff.omittedCases)} more cases`] : [];
  show(`${to} against ${from}`, diff, [...cases, ...beyond], options, out);
  return cases.length > 0 ? codes.changed : codeOf(diff);
}

async function makeDiff(from: string, to: string, options: PlanOptions): Promise<StoreDiff> {
  if (await isDirectory(from)) {
    if (!(await isDirectory(to))) throw new UsageError(`${to} is no directory: files come second, as in diff acme/web/Todo ${from}.`);
    return diffStores({ before: await readStoreFiles(from), after: await readStoreFiles(to) });
  }
  if (!from.includes('/') || /^[./]/.test(from))
    throw new UsageError(`There is no directory ${from}: name one, or a policy store, as in acme/web/Todo.`);
  const api = connect(options);
  const { path, revision } = await findStore(api, from);
  const before = revision === undefined ? {} : { from: revision };
  if (await isDirectory(to)) return (await api.post<StoreDiff>(`${path}/diff`, { ...before, contents: await readStoreFiles(to) })).body;
  const other = await findStore(api, to);
  if (other.path !== path || other.revision === undefined)
    throw new UsageError(`${to} is no directory and no revision of the same store: name one, as in ${from} ${from.split('@')[0]}@2.`);
  return (await api.post<StoreDiff>(`${path}/diff`, { ...before, to: other.revision })).body;
}

const isDirectory = async (name: string): Promise<boolean> => (await stat(name).catch(() => undefined))?.isDirectory() === true;

const codeOf = ({ summary: { gains, losses, conditional } }: StorePlan): number =>
  gains + losses + conditional === 0 ? codes.same : codes.changed;

function show(title: string, plan: StorePlan, more: readonly string[], { output, format }: PlanOptions, out: Out): void {
  if (format === 'markdown') for (const line of markdownOf(title, plan, more)) out(line);
  else print(output, out, plan, () => linesOf(plan, more));
}

const headings = ['CHANGE', 'WHO', 'ACTION', 'ON', 'QUESTIONS', 'SUBJECTS', 'RESOURCES', 'BEFORE', 'AFTER'];

function linesOf(plan: StorePlan, more: readonly string[]): string[] {
  const groups = plan.groups.length === 0 ? [] : ['', ...table(headings, plan.groups.map(cellsOf)), ''];
  return [sentenceOf(plan), ...more, ...groups, ...notesOf(plan), `digest ${plan.digest}`];
}

function cellsOf({ kind, subjectType, action, resourceType, count, subjects, resources, before, after }: PlanGroup): string[] {
  return [kind, subjectType, action, resourceType, counted(count), counted(subjects), counted(resources), saidBy(before), saidBy(after)];
}

function saidBy({ decision, line, row }: PlanAnswer): string {
  return `${decision ? 'allowed' : 'denied'}${line === undefined ? '' : ` by ${line}: ${row}`}`;
}

function sentenceOf({ summary: { gains, losses, conditional, subjects, resources } }: StorePlan): string {
  if (gains + losses + conditional === 0) return 'Nothing changes.';
  const sum = `${counted(gains, 'gain')} and ${counted(losses, 'loss', 'losses')}, of ${counted(subjects, 'subject')} on ${counted(resources, 'resource')}`;
  return conditional === 0 ? sum : `${sum}; ${counted(conditional)} more questions depend on the context`;
}

function notesOf({ subjects, resources, entities, isComplete, omitted, verification }: StorePlan): string[] {
  const sample = `A sample: ${counted(subjects.asked)} of ${counted(subjects.all)} subjects were asked about, and ${counted(entities.looked)} of ${counted(entities.stored)} entities looked at.`;
  return [
    'Questions are asked without a context and without properties that are not stored.',
    ...(isComplete ? [] : [sample]),
    ...(omitted.groups > 0 ? [`And ${counted(omitted.groups)} more groups, which are not listed; the sums count them.`] : []),
    ...(omitted.lines > 0 ? [`And ${counted(omitted.lines)} more changed lines.`] : []),
    ...(subjects.all === 0 || resources === 0 ? ['There are no subjects, or no resources, that the rows speak of.'] : []),
    `${counted(verification.decided)} questions decided again by stock Casbin: ${counted(verification.differences)} differences.`,
  ];
}

/** For a pull request. */
function markdownOf(title: string, plan: StorePlan, more: readonly string[]): string[] {
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
