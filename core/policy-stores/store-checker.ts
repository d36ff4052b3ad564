import { type Finding, formatFinding } from '../authorization/policy/findings.ts';
import type { StoreTestReport } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { InvalidInput } from '../base/errors.ts';
import { createGate } from '../base/gate.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from '../policies/checks.ts';
import type { StoreCheck } from './store-check.ts';

/**
 * Checks the files of stores and runs their tests, in a thread of its own: what one store makes this process compute keeps no other request waiting. Organizations
 * take turns: however many checks one asks for, each other waits for one of it at most.
 */
export interface StoreChecker {
  /** Throws Unavailable when too many wait, of this organization or of all. For callers who would read what is to be checked in vain. */
  demandRoom(organizationId: string): void;
  /** What is wrong with the files, tests that do not hold among it. Throws InvalidInput when that takes too long, and Unavailable. */
  look(organizationId: string, contents: StoreContents): Promise<readonly Finding[]>;
  /** How the tests came out. Throws InvalidInput for files that cannot be read, and Unavailable. */
  test(organizationId: string, contents: StoreContents): Promise<StoreTestReport>;
  /**
   * For changes, which hold a connection to the database meanwhile. Throws InvalidInput with what is wrong, and Unavailable. What is stored was accepted once: a row
   * without effect keeps it from nothing, so that an old revision can always come back.
   */
  demandSound(organizationId: string, contents: StoreContents, isStored?: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** What one check may take, and how many wait (docs/limits.md): all together, and of one organization. */
const checkLimits: ThreadLimits & { readonly waitingOfOne: number } = { milliseconds: 5_000, megabytes: 128, waiting: 4, waitingOfOne: 1 };

/** Checks of changes that are under way or wait: each holds a connection to the database. */
const mostChanges = 3;

const refusal = 'Other policies are being checked now. Try again in a moment.';

/** How many errors a refusal names. */
const shown = 20;

/** Begins without a thread; the first check makes it. */
export function createStoreChecker(limits = checkLimits): StoreChecker {
  const advice = 'write fewer rows, roles and cases';
  const checks = createChecks<StoreContents, StoreCheck>(threadFile('store-check-thread', import.meta.url), limits, advice);
  const inTurn = createGate({ ...limits, running: 1, runningOfOne: 1 }, refusal);
  const asChange = createGate({ running: mostChanges, runningOfOne: 1, waiting: 0, waitingOfOne: 0 }, refusal);
  const check = (organizationId: string, { model, policy, tests }: StoreContents) =>
    inTurn(organizationId, () => checks.run({ model, policy, tests }));

  return {
    demandRoom: (organizationId) => inTurn.demandRoom(organizationId),
    look: async (organizationId, contents) => (await check(organizationId, contents)).findings,
    async test(organizationId, contents) {
      const { findings, report } = await check(organizationId, contents);
      // What keeps tests.yaml from being read is an error of the files too; a test that fails is a result.
      refuseErrors(report?.findings ?? findings);
      return report!;
    },
    async demandSound(organizationId, contents, isStored = false) {
      const { findings } = await asChange(organizationId, () => check(organizationId, contents));
      refuseErrors(isStored ? findings.filter(({ rule }) => rule !== 'dead-allow') : findings);
    },
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
