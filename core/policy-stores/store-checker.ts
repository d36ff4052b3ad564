import { type Finding, formatFinding } from '../authorization/policy/findings.ts';
import type { StoreTestReport } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { InvalidInput } from '../base/errors.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from '../policies/checks.ts';
import type { StoreCheck } from './store-check.ts';

/** Checks the files of stores and runs their tests, in a thread of its own: what one store makes this process compute keeps no other request waiting. */
export interface StoreChecker {
  /** Throws Unavailable when too many wait. For callers who would read what is to be checked in vain. */
  demandRoom(): void;
  /** What is wrong with the files, tests that do not hold among it. Throws InvalidInput when that takes too long, and Unavailable. */
  look(contents: StoreContents): Promise<readonly Finding[]>;
  /** How the tests came out. Throws InvalidInput for files that cannot be read, and Unavailable. */
  test(contents: StoreContents): Promise<StoreTestReport>;
  /** Throws InvalidInput with what is wrong, and Unavailable. */
  demandSound(contents: StoreContents): Promise<void>;
  stop(): Promise<void>;
}

/** One check at a time; those that wait hold a connection to the database, so they are few. */
const checkLimits: ThreadLimits = { milliseconds: 5_000, megabytes: 128, waiting: 2 };

/** How many errors a refusal names. */
const shown = 20;

/** Begins without a thread; the first check makes it. */
export function createStoreChecker(limits: ThreadLimits = checkLimits): StoreChecker {
  const advice = 'write fewer rows, roles and cases';
  const checks = createChecks<StoreContents, StoreCheck>(threadFile('store-check-thread', import.meta.url), limits, advice);
  const check = ({ model, policy, tests }: StoreContents) => checks.run({ model, policy, tests });

  return {
    demandRoom: () => checks.demandRoom(),
    look: async (contents) => (await check(contents)).findings,
    async test(contents) {
      const { findings, report } = await check(contents);
      // What keeps tests.yaml from being read is an error of the files too; a test that fails is a result.
      refuseErrors(report?.findings ?? findings);
      return report!;
    },
    demandSound: async (contents) => refuseErrors((await check(contents)).findings),
    stop: () => checks.stop(),
  };
}

/** Throws InvalidInput with what is wrong, where something is. `at`: where the request has the files. */
export function refuseErrors(findings: readonly Finding[], at = '#'): void {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length === 0) return;
  const more = errors.length > shown ? ` These are ${shown} of ${errors.length} errors.` : '';
  throw new InvalidInput(
    `The policy does not hold.${more}`,
    errors.slice(0, shown).map((finding) => toInputError(finding, at)),
  );
}

const members: Readonly<Record<string, string>> = { 'model.conf': 'model', 'policy.csv': 'policy', 'tests.yaml': 'tests' };

function toInputError(finding: Finding, at: string): { pointer?: string; detail: string } {
  const member = finding.file === undefined ? undefined : members[finding.file];
  return { ...(member !== undefined && { pointer: `${at}/${member}` }), detail: formatFinding(finding) };
}
