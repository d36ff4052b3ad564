import { type Finding, formatFinding } from '../authorization/policy/findings.ts';
import type { StoreTestReport } from '../authorization/policy-stores/store-tests.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { InvalidInput, Unavailable } from '../base/errors.ts';
import { createGate, type GateLimits } from '../base/gate.ts';
import { type ThreadLimits, threadFile } from '../base/thread.ts';
import { createChecks } from '../policies/checks.ts';
import type { StoreCheck } from './store-check.ts';

/**
 * Checks the files of stores and runs their tests, in a thread of its own: what one store makes this process compute keeps no other request waiting. Payers
 * (docs/adr/0019) take turns, and changes go ahead of what only looks: however many checks one asks for, each other waits for one of it at most.
 */
export interface StoreChecker {
  /** Throws Unavailable when too many of this payer wait. For callers who would read what is to be checked in vain. */
  demandRoom(payer: string): void;
  /** What is wrong with the files, tests that do not hold among it. Throws InvalidInput when that takes too long, and Unavailable. */
  look(payer: string, contents: StoreContents): Promise<readonly Finding[]>;
  /** How the tests came out. Throws InvalidInput for files that cannot be read, and Unavailable. */
  test(payer: string, contents: StoreContents): Promise<StoreTestReport>;
  /** What a change has to know of files. It waits, so it is asked before the change has a connection to the database. `read` reads the files when its turn comes. */
  judge(payer: string, read: () => Promise<StoreContents>): Promise<StoreVerdict>;
  stop(): Promise<void>;
}

/** What was found out about files before the transaction that needs them: what is wrong with them, or why that cannot be said. */
export interface StoreVerdict {
  readonly contents: StoreContents;
  readonly findings: readonly Finding[];
  readonly refusal?: InvalidInput;
}

/** What one check may take, and how many wait (docs/limits.md). */
const checkLimits: ThreadLimits & GateLimits = {
  ...{ milliseconds: 5_000, megabytes: 128 },
  ...{ running: 1, runningOfOne: 1, waiting: 16, waitingOfOne: 2, inAll: 200, waitFor: 30_000 },
};

const texts = {
  tooMany: 'Other policies are being checked now. Try again in a moment.',
  tooLong: 'The checks of other policies take too long. Try again in a moment.',
};

/** How many errors a refusal names. */
const shown = 20;

type Check = (contents: StoreContents) => Promise<StoreCheck>;

/** Begins without a thread; the first check makes it. `checks` does one after the other. */
export function createStoreChecker(limits = checkLimits, checks: { run: Check; stop(): Promise<void> } = inThread(limits)): StoreChecker {
  const inTurn = createGate(limits, texts);
  const check = ({ model, policy, tests }: StoreContents) => checks.run({ model, policy, tests });

  return {
    demandRoom: (payer) => inTurn.demandRoom(payer),
    look: async (payer, contents) => (await inTurn(payer, () => check(contents))).findings,
    async test(payer, contents) {
      const { findings, report } = await inTurn(payer, () => check(contents));
      // What keeps tests.yaml from being read is an error of the files too; a test that fails is a result.
      refuseErrors(report?.findings ?? findings);
      return report!;
    },
    judge: (payer, read) => inTurn(payer, async () => verdictOn(await read(), check), true),
    stop: () => checks.stop(),
  };
}

function inThread(limits: ThreadLimits): { run: Check; stop(): Promise<void> } {
  return createChecks<StoreContents, StoreCheck>(
    threadFile('store-check-thread', import.meta.url),
    limits,
    'write fewer rows, roles and cases',
  );
}

async function verdictOn(contents: StoreContents, check: Check): Promise<StoreVerdict> {
  try {
    return { contents, findings: (await check(contents)).findings };
  } catch (error) {
    if (error instanceof InvalidInput) return { contents, findings: [], refusal: error };
    throw error;
  }
}

/**
 * Throws InvalidInput with what is wrong with the files of a change, and Unavailable where the verdict is about others, because the store has changed since. What
 * is stored was accepted once: a row without effect keeps it from nothing, so that an old revision can always come back.
 */
export function demandSound(verdict: StoreVerdict | undefined, { model, policy, tests }: StoreContents, isStored = false): void {
  const judged = verdict?.contents;
  if (judged?.model !== model || judged.policy !== policy || judged.tests !== tests)
    throw new Unavailable('The policy store has changed meanwhile. Nothing was changed by this request; try again.');
  const { findings, refusal } = verdict!;
  if (refusal) throw refusal;
  refuseErrors(isStored ? findings.filter(({ rule }) => rule !== 'dead-allow') : findings);
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
