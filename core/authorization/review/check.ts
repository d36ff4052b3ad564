import { createCompiledPolicies } from '../engine/compiled-policies.ts';
import type { PolicyContent } from '../policy/content.ts';
import { PolicyError, told } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { lintPolicies } from './lint.ts';
import { demandPassed, runPolicyTests } from './tests.ts';

/** Lints the contents and runs their own tests. Throws PolicyError with everything that fails. */
export function checkPolicies(contents: readonly PolicyContent[]): void {
  // One budget for both; the tests find in memory what the lint has asked.
  const parts = createCompiledPolicies({ work: limits.work * Math.max(1, contents.length - 1) });
  const errors = lintPolicies(contents, parts).filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new PolicyError(errors.slice(0, told));
  demandPassed(runPolicyTests(contents, parts));
}
