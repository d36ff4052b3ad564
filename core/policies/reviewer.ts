import type { PolicyContent } from '../authorization/policy/content.ts';
import type { ScopeDiff } from '../authorization/review/diff.ts';
import { InvalidInput } from '../base/errors.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from './checks.ts';
import type { Draft, Looked, Proposal, ReviewOutcome, ReviewTask } from './review.ts';
import type { FilesTask, LookedFiles } from './review-files.ts';

/** Looks at policies in a thread of its own: what a proposal makes this process compute keeps no other request waiting. */
export interface Reviewer {
  /** Throws Unavailable when too many wait. For callers who would collect what is to be reviewed in vain. */
  demandRoom(): void;
  /** The content of a proposal that holds together with the others. Throws InvalidInput with what is wrong, Unavailable when too many wait. */
  read(proposal: Proposal, others: readonly PolicyContent[]): Promise<PolicyContent>;
  /** The contents of drafts that hold together with each other and with the others. Throws as read does; pointers begin with the place in the list. */
  readAll(drafts: readonly Draft[], others: readonly PolicyContent[]): Promise<readonly PolicyContent[]>;
  /** Throws InvalidInput when these contents do not hold together. */
  check(scope: string, contents: readonly PolicyContent[]): Promise<void>;
  /** What lint, or the tests, say of a draft beside the others. Throws InvalidInput where it cannot be read, Unavailable when too many wait. */
  look(what: 'lint' | 'test', draft: Draft, others: readonly PolicyContent[]): Promise<Looked>;
  /** What policy files say, or what lint and their tests say against them. Throws Unavailable when too many wait. */
  readFiles(task: FilesTask): Promise<LookedFiles>;
  /** How two policies differ in meaning. Throws Unavailable when too many wait. */
  diff(scope: string, before: readonly PolicyContent[], after: readonly PolicyContent[]): Promise<readonly ScopeDiff[]>;
  stop(): Promise<void>;
}

/** One review at a time. Those that wait hold a connection to the database, so they are few. */
const reviewLimits: ThreadLimits = { milliseconds: 10_000, megabytes: 128, waiting: 2 };

/** Begins without a thread; the first review makes it. */
export function createReviewer(limits: ThreadLimits = reviewLimits): Reviewer {
  const advice = 'name fewer roles, rows, cases and invariants';
  const checks = createChecks<ReviewTask | FilesTask, ReviewOutcome | LookedFiles>(
    threadFile('review-thread', import.meta.url),
    limits,
    advice,
  );

  async function run(task: ReviewTask): Promise<Exclude<ReviewOutcome, { detail: string }>> {
    const outcome = (await checks.run(task)) as ReviewOutcome;
    if ('detail' in outcome) throw new InvalidInput(outcome.detail, outcome.errors);
    return outcome;
  }

  return {
    demandRoom: () => checks.demandRoom(),
    read: async (proposal, others) => (await run({ proposal, others })).content!,
    readAll: async (drafts, others) => (await run({ drafts, others })).contents!,
    check: async (scope, contents) => void (await run({ scope, contents })),
    look: async (what, proposal, others) => (await run({ look: what, proposal, others })).looked!,
    readFiles: async (task) => (await checks.run(task)) as LookedFiles,
    diff: async (scope, before, after) => (await run({ scope, before, after })).diff!,
    stop: () => checks.stop(),
  };
}
