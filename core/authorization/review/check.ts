import { type CompiledPolicies, createCompiledPolicies } from '../engine/compiled-policies.ts';
import type { PolicyContent } from '../policy/content.ts';
import { mostFindings, PolicyError } from '../policy/findings.ts';
import { limits } from '../policy/limits.ts';
import { lintPolicies } from './lint.ts';
import { demandPassed, runPolicyTests } from './tests.ts';

/** Lints the contents and runs their own tests. Throws PolicyError with everything that fails. */
export function checkPolicies(contents: readonly PolicyContent[]): void {
  const parts = partsWithin(contents);
  const errors = lintPolicies(contents, parts).filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new PolicyError(errors.slice(0, mostFindings));
  demandPassed(runPolicyTests(contents, parts));
}

/** Parts with one budget for the lint and the tests of these contents; the tests find in memory what the lint has asked. */
export function partsWithin(contents: readonly PolicyContent[]): CompiledPolicies {
  return createCompiledPolicies({ work: limits.work * Math.max(1, contents.length - 1) });
}
