import { createThread, ThreadLimit, type ThreadLimits, threadFile } from '../../base/thread.ts';
import type { PolicyContent } from '../policy/content.ts';
import { type Finding, PolicyError } from '../policy/findings.ts';
import { checkPolicies } from './check.ts';

/** Lints and tests what comes into force. */
export interface Checker {
  /**
   * Throws PolicyError with everything that fails, or with the rule `unchecked` when it takes too much. In a thread, so that others are answered
   * meanwhile; `isFirst`: nothing is decided by these scopes yet, and what is small is checked sooner than a thread begins.
   */
  check(contents: readonly PolicyContent[], options: { isFirst: boolean }): void | Promise<void>;
  stop(): Promise<void>;
}

/** The rule of the finding about contents whose check did not come to an end. */
export const uncheckedRule = 'unchecked';

/** More than a proposal may take (core/policies/reviewer.ts), which has held already. */
const checkLimits: ThreadLimits = { milliseconds: 60_000, megabytes: 512, waiting: 1_000 };

/** Rows that are not worth a thread. */
const fewRows = 1_000;

export function createChecker(limits: ThreadLimits = checkLimits): Checker {
  const thread = createThread<readonly PolicyContent[], readonly Finding[]>(threadFile('check-thread', import.meta.url), limits);

  async function checkAside(contents: readonly PolicyContent[]): Promise<void> {
    const findings = await thread.run(contents).catch((cause: unknown) => {
      if (!(cause instanceof ThreadLimit)) throw cause;
      throw new PolicyError([{ rule: uncheckedRule, level: 'error', message: `the policy could not be checked: ${cause.message}` }], {
        cause,
      });
    });
    if (findings.length > 0) throw new PolicyError(findings);
  }

  return {
    check(contents, { isFirst }) {
      const rows = contents.reduce((sum, content) => sum + content.rows.length, 0);
      return isFirst && rows <= fewRows ? checkPolicies(contents) : checkAside(contents);
    },
    stop: () => thread.stop(),
  };
}
