import type { z } from 'zod';
import { blueprintSchema } from '../authorization/policy/blueprint.ts';
import type { PolicyContent, Row, RowSource } from '../authorization/policy/content.ts';
import { type Finding, PolicyError } from '../authorization/policy/findings.ts';
import { limits } from '../authorization/policy/limits.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { policyTestsSchema } from '../authorization/policy/tests-schema.ts';
import { vocabularySchema } from '../authorization/policy/vocabulary.ts';
import { checkPolicies, partsWithin } from '../authorization/review/check.ts';
import { diffPolicies, type ScopeDiff } from '../authorization/review/diff.ts';
import { lintPolicies } from '../authorization/review/lint.ts';
import { demandPassed, type PolicyTestResult, runMatrixCover, runPolicyTests } from '../authorization/review/tests.ts';
import { type InputError, InvalidInput } from '../base/errors.ts';

/** What a caller proposes as a revision. */
export interface Proposal extends Draft {
  readonly reason: string;
  readonly gitCommit?: string | undefined;
}

/** The content of a scope as it comes in a body. */
export interface Draft {
  readonly scope: string;
  readonly model: string;
  readonly rows: readonly (readonly string[])[];
  readonly sources?: readonly RowSource[] | undefined;
  readonly vocabulary?: unknown;
  readonly blueprint?: unknown;
  readonly tests?: unknown;
}

/** What lint or tests say of a draft, each with a pointer into the body where it is about one of the documents in it. */
export interface Looked {
  readonly findings: readonly (Finding & { readonly pointer?: string })[];
  readonly results: readonly (PolicyTestResult & { readonly pointer?: string })[];
}

/** What is to be looked at: a proposal together with what is in force, or contents that would be in force together. */
export type ReviewTask =
  | { readonly proposal: Proposal; readonly others: readonly PolicyContent[] }
  | { readonly scope: string; readonly contents: readonly PolicyContent[] }
  | { readonly drafts: readonly Draft[]; readonly others: readonly PolicyContent[] }
  | { readonly look: 'lint' | 'test'; readonly proposal: Draft; readonly others: readonly PolicyContent[] }
  | { readonly scope: string; readonly before: readonly PolicyContent[]; readonly after: readonly PolicyContent[] };

/** What came out of it, in a form that goes from thread to thread. */
export type ReviewOutcome =
  | {
      readonly content?: PolicyContent;
      readonly contents?: readonly PolicyContent[];
      readonly looked?: Looked;
      readonly diff?: readonly ScopeDiff[];
    }
  | { readonly detail: string; readonly errors: readonly InputError[] };

/** How many errors an answer names. */
const shown = 20;

/** Reads, lints and tests: everything that a proposal or an activation makes this process compute. */
export function review(task: ReviewTask): ReviewOutcome {
  if ('drafts' in task) return reviewTogether(task);
  const scope = 'proposal' in task ? task.proposal.scope : task.scope;
  return refusalOr(scope, () => {
    if ('look' in task) return { looked: look(task.look, task.proposal, task.others) };
    if ('before' in task) return { diff: diffPolicies(task.before, task.after) };
    if ('contents' in task) {
      checkAll(task.contents);
      return {};
    }
    const content = readProposal(task.proposal);
    const together = inOrder([...task.others, content]);
    checkAll(together);
    demandPassed(runMatrixCover(together, content.scope));
    return { content };
  });
}

/** What the work gives, or what is wrong with the policy, for the author of this scope. */
function refusalOr(scope: string, work: () => ReviewOutcome): ReviewOutcome {
  try {
    return work();
  } catch (error) {
    if (error instanceof InvalidInput) return { detail: error.message, errors: (error.fields['errors'] ?? []) as InputError[] };
    if (!(error instanceof PolicyError)) throw error;
    const errors = error.findings.map((finding) => toInputError(finding, scope));
    return some('The policy does not hold together with what is in force.', errors);
  }
}

/** Reads drafts that shall come into force together, and lints and tests them beside the others. Pointers begin with the place of the draft in the list. */
function reviewTogether({ drafts, others }: Extract<ReviewTask, { drafts: unknown }>): ReviewOutcome {
  const contents: PolicyContent[] = [];
  const within = (index: number, { pointer, ...error }: InputError): InputError =>
    pointer === undefined ? error : { ...error, pointer: `#/${index}${pointer.slice(1)}` };
  for (const [index, draft] of drafts.entries()) {
    const outcome = refusalOr(draft.scope, () => ({ content: readProposal(draft) }));
    if ('detail' in outcome) return { ...outcome, errors: outcome.errors.map((error) => within(index, error)) };
    contents.push(outcome.content!);
  }
  const together = inOrder([...others, ...contents]);
  for (const [index, { scope }] of contents.entries()) {
    const outcome = refusalOr(scope, () => {
      checkAll(together);
      demandPassed(runMatrixCover(together, scope));
      return {};
    });
    if ('detail' in outcome) return { ...outcome, errors: outcome.errors.map((error) => within(index, error)) };
  }
  return { contents };
}

/** Lints a draft with the others, or runs its tests. */
function look(what: 'lint' | 'test', draft: Draft, others: readonly PolicyContent[]): Looked {
  const content = readProposal(draft);
  const together = inOrder([...others, content]);
  const parts = partsWithin(together);
  const pointed = <T extends Pick<Finding, 'file' | 'path'>>(one: T) => {
    const pointer = pointerOf(one, content.scope);
    return pointer === undefined ? one : { ...one, pointer };
  };
  if (what === 'lint') return { findings: lintPolicies(together, parts).map(pointed), results: [] };
  const results = [...runPolicyTests(together, parts), ...runMatrixCover(together, content.scope)];
  return { findings: [], results: results.filter(({ scope }) => scope === scopeName(content.scope)).map(pointed) };
}

/** A finding for the author of a proposal: with a pointer into the body where it is about one of the documents in it. */
function toInputError(finding: Finding, scope: string): InputError {
  const { message, file, line } = finding;
  const pointer = pointerOf(finding, scope);
  return pointer === undefined ? { detail: `${file ?? scope}:${line ?? 1}: ${message}` } : { pointer, detail: message };
}

/** Where in the body a finding is about one of the documents in it. */
function pointerOf({ file, path }: Pick<Finding, 'file' | 'path'>, scope: string): string | undefined {
  if (file === undefined || path === undefined) return undefined;
  const own = scope === 'platform' ? /^(permissions\.yaml|platform\/)/ : new RegExp(`^blueprints/${scope.replace(/^blueprint\//, '')}/`);
  const document = own.test(file) ? documents[file.slice(file.lastIndexOf('/') + 1)] : undefined;
  return document === undefined ? undefined : `#/${[document, ...path].map(escapeToken).join('/')}`;
}

/** What a proposal calls the files of a policy directory. */
const documents: Readonly<Record<string, string>> = {
  'permissions.yaml': 'vocabulary',
  'blueprint.yaml': 'blueprint',
  'tests.yaml': 'tests',
};

function some(detail: string, errors: readonly InputError[]): ReviewOutcome & { detail: string; errors: readonly InputError[] } {
  const more = errors.length - shown;
  return { detail: more > 0 ? `${detail} These are ${shown} of ${errors.length} errors.` : detail, errors: errors.slice(0, shown) };
}

/** Every combination that can be in force together: the platform alone, and with each blueprint. */
export function checkAll(contents: readonly PolicyContent[]): void {
  const platform = contents.find(({ scope }) => scope === 'platform');
  if (!platform) throw new PolicyError([{ rule: 'contents', level: 'error', message: 'There is no platform policy.' }]);
  checkPolicies(contents);
}

function readProposal({ scope, model, rows, sources, vocabulary, blueprint, tests }: Draft): PolicyContent {
  if (scope.startsWith('org_')) throw new InvalidInput('The rows of an organization are written by its custom roles, not proposed.');
  if (rows.length > limits.rows)
    throw new InvalidInput(`A revision holds at most ${limits.rows} rows; this one has ${rows.length}.`, [
      { pointer: `#/rows/${limits.rows}`, detail: `is one row more than the ${limits.rows} that are accepted` },
    ]);
  if (sources && sources.length !== rows.length)
    throw new InvalidInput('There must be one source for each row.', [{ pointer: '#/sources', detail: 'must be as long as rows' }]);
  if ((scope === 'platform') !== (vocabulary !== undefined))
    throw new InvalidInput('The platform, and nothing else, has a vocabulary.', [
      { pointer: '#/vocabulary', detail: 'belongs to the scope platform' },
    ]);
  if (scope.startsWith('blueprint/') !== (blueprint !== undefined))
    throw new InvalidInput('A blueprint scope has its blueprint.', [
      { pointer: '#/blueprint', detail: 'belongs to a scope blueprint.<name>' },
    ]);
  return {
    scope,
    model,
    rows: rows as readonly Row[],
    sources: sources ?? rows.map((_, index) => ({ file: `${scope}/policy.csv`, line: index + 1 })),
    ...(vocabulary === undefined ? {} : { vocabulary: parsePart('vocabulary', vocabularySchema, vocabulary) }),
    ...(blueprint === undefined ? {} : { blueprint: parsePart('blueprint', blueprintSchema, blueprint) }),
    ...(tests === undefined ? {} : { tests: parsePart('tests', policyTestsSchema, tests) }),
  };
}

function parsePart<S extends z.ZodType>(name: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { detail, errors } = some(
    `The ${name} is not what it must be.`,
    parsed.error.issues.map(({ path, message }) => ({
      pointer: `#/${[name, ...path].map(escapeToken).join('/')}`,
      detail: message.slice(0, 500),
    })),
  );
  throw new InvalidInput(detail, errors);
}

/** RFC 6901 section 3. */
function escapeToken(token: PropertyKey): string {
  return String(token).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The platform first, then by name. */
export function inOrder(contents: readonly PolicyContent[]): PolicyContent[] {
  return [...contents].sort((a, b) => (a.scope === 'platform' ? -1 : b.scope === 'platform' ? 1 : a.scope < b.scope ? -1 : 1));
}
