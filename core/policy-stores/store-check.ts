import type { Finding } from '../authorization/policy/findings.ts';
import { checkStoreContents } from '../authorization/policy-stores/store.ts';
import { failuresOf, runStoreTests } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';

/** What is wrong with the files of a store; where they can be read, the tests that do not hold too. */
export function checkStore(contents: StoreContents): readonly Finding[] {
  const findings = checkStoreContents(contents);
  if (findings.some(({ level }) => level === 'error')) return findings;
  return [...findings, ...failuresOf(runStoreTests(contents))];
}
