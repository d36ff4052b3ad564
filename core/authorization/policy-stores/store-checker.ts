import { createThread, ThreadLimit, type ThreadLimits } from '../../base/thread.ts';
import type { Finding } from '../policy/findings.ts';
import type { StoreTestReport } from './store-tests.ts';
import type { StoreContents } from './types.ts';

/** What there is to say about the contents of a store. */
export interface StoreReview {
  /** Of model, rows and tests.yaml; without a test that fails. */
  readonly findings: readonly Finding[];
  /** Undefined where an error keeps the tests from being run. */
  readonly report?: StoreTestReport;
}

/** Checks stores in a thread, one after the other, so that the contents of one can neither delay the questions to another nor take its memory. */
export interface StoreChecker {
  /** The contents that take too long or too much memory have the finding `unchecked`. Throws ThreadLimit when too many wait. */
  review(contents: StoreContents): Promise<StoreReview>;
  stop(): Promise<void>;
}

/** The largest contents that are accepted take less than a second on one slow core. */
const reviewLimits: ThreadLimits = { milliseconds: 10_000, megabytes: 256, waiting: 8 };

export function createStoreChecker(limits: ThreadLimits = reviewLimits): StoreChecker {
  const file = import.meta.url.endsWith('.ts') ? './store-check-thread.ts' : './store-check-thread.js';
  const thread = createThread<StoreContents, StoreReview>(new URL(file, import.meta.url), limits);
  return {
    async review({ model, policy, tests }) {
      try {
        return await thread.run({ model, policy, tests });
      } catch (cause) {
        if (!(cause instanceof ThreadLimit) || cause.limit === 'waiting') throw cause;
        return {
          findings: [
            { rule: 'unchecked', level: 'error', message: `the store could not be checked: ${cause.message}`, file: 'policy.csv', line: 1 },
          ],
        };
      }
    },
    stop: () => thread.stop(),
  };
}
