import type { Finding } from '../authorization/policy/findings.ts';
import { checkStoreContents } from '../authorization/policy-stores/store.ts';
import { failuresOf, runStoreTests, type StoreTestReport } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';

/** What is wrong with the files of a store, and how their tests came out where they can be read. */
export interface StoreCheck {
  /** Tests that do not hold are among them. */
  readonly findings: readonly Finding[];
  readonly report?: StoreTestReport;
}

/** Checks the files of a store and runs their tests. */
export function checkStore(contents: StoreContents): StoreCheck {
  const findings = checkStoreContents(contents);
  if (findings.some(({ level }) => level === 'error')) return { findings };
  const report = runStoreTests(contents);
  return { findings: [...findings, ...failuresOf(report)], report };
}
