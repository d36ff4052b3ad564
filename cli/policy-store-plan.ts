import { stat } from 'node:fs/promises';
import { counted } from '../core/base/counted.ts';
import { printable } from '../core/base/text.ts';
import { diffStores, type StoreDiff } from '../core/policy-stores/store-diff.ts';
import type { StorePlan } from '../core/policy-stores/store-plan.ts';
import type { Compared } from '../core/policy-stores/store-plans.ts';
import { connect, type ServerOptions } from './api-client.ts';
import type { PlanForm, StorePlanFinding } from './formats.ts';
import { UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { isStopped } from './plan-stops.ts';
import { readStoreFiles } from './policy-store-files.ts';
import { findStore } from './policy-store-place.ts';
import { isUnknown, linesOf, markdownOf, saidBy, sentenceOf, statementsOf } from './policy-store-plan-report.ts';
import { sampleCode } from './policy-store-planned.ts';
import { foundOrPassed, writeReport } from './reports/report.ts';
import { version } from './version.ts';

export interface PlanOptions extends ServerOptions {
  readonly output: Format;
  readonly format?: PlanForm;
  /** What the plan may find for which it ends with 20. */
  readonly failOn?: readonly StorePlanFinding[];
  /** A sample counts as what was found in it. */
  readonly allowSample?: boolean;
  /** The types of entities that ask. */
  readonly subjectTypes?: readonly string[];
}

/** Nothing changes; something does, or may where a sample is allowed; --fail-on stops it; it is a sample. */
const codes = { same: 0, changed: 10, stopped: 20, sample: sampleCode } as const;

/**
 * `tenet policy-store plan`: what files, or a revision, would change for the entities of a store. Exit code: 0 nothing, 10 something, or rows differ and
 * there is nothing to ask about, 20 what `failOn` names, 22 where it looked at a sample alone.
 */
export async function planStore(store: string, directory: string, options: PlanOptions, out: Out = console.log): Promise<number> {
  const api = connect(options);
  const { path, name, revision } = await findStore(api, store);
  const { subjectTypes } = options;
  const body = revision === undefined ? { contents: await readStoreFiles(directory) } : { to: revision };
  const { body: plan } = await api.post<Compared & StorePlan>(`${path}/plan`, { ...body, ...(subjectTypes && { subjectTypes }) });
  show({ command: 'tenet policy-store plan', title: `Plan of ${name}`, directory, plan }, options, out);
  return codeOf(plan, options);
}

/**
 * `tenet policy-store diff`: what two policies mean for the entities and cases of their tests: two directories, without a server; a store and a
 * directory; or two revisions of a store. Exit code: 0 they mean the same, 10 they differ, 20 and 22 as those of a plan.
 */
export async function diffStore(from: string, to: string, options: PlanOptions, out: Out = console.log): Promise<number> {
  const diff = await makeDiff(from, to, options);
  const cases = diff.cases.map(({ name, kind, before, after }) =>
    printable(`${kind.toLowerCase()} in a test: ${name} (${saidBy(before)} -> ${saidBy(after)})`),
  );
  const beyond = diff.omittedCases > 0 ? [`and ${counted(diff.omittedCases)} more cases`] : [];
  const more = [...cases, ...beyond];
  show({ command: 'tenet policy-store diff', title: `${to} against ${from}`, directory: to, plan: diff, more }, options, out);
  return codeOf(diff, options, cases.length > 0);
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

/** What the command ends with. What a sample leaves out may be of every kind, so it is never the code of no change. */
function codeOf(plan: StorePlan, { failOn = [], allowSample = false }: PlanOptions, isElse = false): number {
  const { gains, losses, conditional } = plan.summary;
  const counts: Readonly<Record<StorePlanFinding, number>> = { gain: gains, loss: losses, conditional };
  if (isStopped(failOn, (finding) => counts[finding], !plan.isComplete && !allowSample)) return codes.stopped;
  if (!plan.isComplete) return allowSample ? codes.changed : codes.sample;
  return isElse || gains + losses + conditional > 0 || isUnknown(plan) ? codes.changed : codes.same;
}

interface Shown {
  readonly command: string;
  readonly title: string;
  readonly directory: string;
  readonly plan: StorePlan;
  /** Lines besides. */
  readonly more?: readonly string[];
}

function show({ command, title, directory, plan, more = [] }: Shown, { output, format, allowSample = false }: PlanOptions, out: Out): void {
  if (format === undefined) {
    print(output, out, plan, () => linesOf(plan, more));
    return;
  }
  if (format === 'markdown') {
    for (const line of markdownOf(title, plan, more)) out(line);
    return;
  }
  const summary = sentenceOf(plan);
  const statements = foundOrPassed(statementsOf(plan, directory, allowSample), 'plan', summary);
  writeReport(format, out, { title: command, version: version(), summary, statements, value: plan, lines: [] });
}
