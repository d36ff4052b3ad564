import { coverageOf, nothingKept } from '../authorization/decision-log/coverage.ts';
import type { Window } from '../authorization/decision-log/used-cases.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { StoreContents } from '../authorization/policy-stores/types.ts';
import type { Db } from '../database/database.ts';
import { readLogged, readRevisions } from './replayed-decisions.ts';
import { digestOf } from './revisions.ts';
import { type ComparedRevision, demandOneCandidate, readCandidate, refusing } from './store-plans.ts';
import type { StoreReplay } from './store-replay.ts';
import type { StoreReplayer } from './store-replayer.ts';
import { findStore, type StoreKey } from './stores.ts';

/** Which decisions of a store are taken again, and by what: a revision, or files. */
export interface StoreReplayQuestion extends StoreKey, Window {
  /** Whose turn it takes (docs/adr/0019). */
  readonly payer: string;
  readonly to?: number | undefined;
  readonly contents?: StoreContents | undefined;
  /** Decisions at most, those that were taken last. */
  readonly limit: number;
}

/** How the decisions of a window come out, and what the log has of it. */
export interface StoreDecisionReplay extends StoreReplay {
  readonly to: ComparedRevision;
  readonly since: string;
  readonly until: string;
  readonly leftOut: number;
  readonly coverage: StoreReplayCoverage;
}

/** Which part of the time the log was kept in. What it lost under load, or with a process that was killed, is not counted for stores. */
export interface StoreReplayCoverage {
  /** The least part of decisions that a process kept; absent where one has not said. */
  readonly share?: number;
  /** Times in which no process kept any, the oldest first. */
  readonly unlogged: readonly { readonly since: string; readonly until: string }[];
}

/** How many times without a log an answer names (docs/limits.md). */
const mostUnlogged = 100;

/**
 * Takes the decisions of a window again, with everything that they depended on then, in the place of the revisions that took them. Throws PermissionDenied
 * for callers who may not explain decisions, NotFound, InvalidInput, FailedPrecondition where no decisions are kept, and Unavailable.
 */
export async function replayStoreDecisions(
  db: Db,
  actor: Actor,
  replayer: StoreReplayer,
  input: StoreReplayQuestion,
): Promise<StoreDecisionReplay> {
  const { organizationId, to, since, until, limit } = input;
  await actor.require('decision', 'explain', { organizationId });
  demandOneCandidate(input);
  await findStore(db, input); // Before it waits for its turn: whether it is there does not depend on what else is being done.
  let found: Omit<StoreDecisionReplay, keyof StoreReplay> | undefined;
  const read = async () => {
    const store = await findStore(db, input);
    const candidate = await readCandidate(db, store, input);
    const { pages, decisions, leftOut, revisions } = await readLogged(db, store, { since, until }, limit);
    const { writers, share, unlogged } = await coverageOf(db, { since, until });
    if (decisions + leftOut + writers === 0) throw nothingKept();
    found = {
      to: { ...(to !== undefined && { revision: to }), sha256: digestOf(candidate) },
      ...{ since: since.toISOString(), until: until.toISOString(), leftOut },
      coverage: { ...(share !== undefined && { share }), unlogged: unlogged.slice(0, mostUnlogged).map(spanOf) },
    };
    return {
      ...{ candidate, pages, revisions: await readRevisions(db, store, revisions) },
      ...(store.head_revision !== null && { inForce: store.head_revision }),
    };
  };
  const replayed = await refusing(() => replayer.replay(input.payer, read));
  return { ...found!, ...replayed };
}

const spanOf = ({ since, until }: Window) => ({ since: since.toISOString(), until: until.toISOString() });
