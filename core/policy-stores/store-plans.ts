import { PolicyError } from '../authorization/policy/findings.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import { type PlanBounds, planBounds, readReached, storedTypes } from './plan-entities.ts';
import { contentsOf, digestOf, refuseTooLarge } from './revisions.ts';
import { refuseErrors } from './store-checker.ts';
import type { StoreDiff } from './store-diff.ts';
import type { StorePlan } from './store-plan.ts';
import type { StorePlanner } from './store-planner.ts';
import { findStore, type StoreKey, type StoreRow } from './stores.ts';

/** What is compared: two revisions, or files with a revision; without `from` with what is in force. */
export interface StoreChange extends StoreKey {
  /** Whose turn it takes (docs/adr/0019). */
  readonly payer: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly contents?: StoreContents | undefined;
}

/** One of the two policies by its name. */
export interface ComparedRevision {
  readonly revision?: number;
  readonly sha256: string;
}

/** What was compared. */
export interface Compared {
  /** Absent where nothing is in force. */
  readonly from?: ComparedRevision;
  readonly to: ComparedRevision;
}

/** What a change would do to the entities of the store. Throws NotFound, InvalidInput and Unavailable. */
export async function planStoreChange(
  db: Db,
  planner: StorePlanner,
  input: StoreChange & { readonly subjectTypes?: readonly string[] | undefined },
  bounds: PlanBounds = planBounds,
): Promise<Compared & StorePlan & { readonly entityVersion: string }> {
  const { subjectTypes } = input;
  await findStore(db, input); // Before it waits for its turn: whether it is there does not depend on what else is being made.
  let compared: (Compared & { readonly entityVersion: string }) | undefined;
  let planned: StoreRow | undefined;
  const read = async () => {
    // Before the entities are read: what changes meanwhile is taken for a change since.
    const { store, before, after, compared: names } = await readChange(db, input);
    compared = { ...names, entityVersion: store.entity_version };
    planned = store;
    return { ...(before && { before }), after, types: await storedTypes(db, store), ...(subjectTypes && { subjectTypes }) };
  };
  const plan = await refusing(() => planner.plan(input.payer, read, (reach) => readReached(db, planned!, reach, bounds)));
  // A plan that is wrong is worse than none.
  const { decided, differences } = plan.verification;
  if (differences > 0) throw new Error(`The plan differs from stock Casbin in ${differences} of ${decided} questions.`);
  return { ...compared!, ...plan };
}

/** What a change means for the entities and cases of the tests of both. Throws what planStoreChange does. */
export async function diffStoreRevisions(db: Db, planner: StorePlanner, input: StoreChange): Promise<Compared & StoreDiff> {
  await findStore(db, input);
  let compared: Compared | undefined;
  const read = async () => {
    const { before, after, compared: names } = await readChange(db, input);
    compared = names;
    return { ...(before && { before }), after };
  };
  const diff = await refusing(() => planner.diff(input.payer, read));
  return { ...compared!, ...diff };
}

interface ReadChange {
  readonly store: StoreRow;
  readonly before?: StoreContents;
  readonly after: StoreContents;
  readonly compared: Compared;
}

async function readChange(db: Db, input: StoreChange): Promise<ReadChange> {
  const { from, to } = input;
  demandOneCandidate(input);
  const store = await findStore(db, input);
  const number = from ?? store.head_revision ?? undefined;
  const before = number === undefined ? undefined : await contentsOf(db, store, number, '#/from');
  const after = await readCandidate(db, store, input);
  return {
    store,
    ...(before && { before }),
    after,
    compared: {
      ...(before && { from: { revision: number!, sha256: digestOf(before) } }),
      to: { ...(to !== undefined && { revision: to }), sha256: digestOf(after) },
    },
  };
}

/** What would be in force: a revision by its number, or files. */
type Candidate = Pick<StoreChange, 'to' | 'contents'>;

/** Throws InvalidInput where it is neither, or both, and for files that are too large. */
export function demandOneCandidate({ to, contents }: Candidate): void {
  if ((to === undefined) === (contents === undefined)) {
    const errors = [{ pointer: '#/to', detail: 'must be there, or `contents` in its place, and not both' }];
    throw new InvalidInput('Name one revision, or give the files, to say what would be in force.', errors);
  }
  if (contents) refuseTooLarge(contents);
}

/** Its files. Throws InvalidInput for a revision that is not there. */
export async function readCandidate(db: Db, store: StoreRow, { to, contents }: Candidate): Promise<StoreContents> {
  return contents ?? (await contentsOf(db, store, to!, '#/to'));
}

/** Says of files that do not hold what is wrong with them. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PolicyError) refuseErrors(error.findings, '#/contents');
    throw error;
  }
}
