import { checkStoreContents } from './store.ts';
import type { StoreReview } from './store-checker.ts';
import { runStoreTests } from './store-tests.ts';
import type { StoreContents } from './types.ts';

/** Checks contents, and runs their tests where nothing is wrong with them. Takes bounded time; createStoreChecker does it aside. */
export function reviewStore(contents: StoreContents): StoreReview {
  const findings = checkStoreContents(contents);
  return findings.some(({ level }) => level === 'error') ? { findings } : { findings, report: runStoreTests(contents) };
}
