import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toId } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { unmetGates } from '../policies/rollouts.ts';
import { putIntoForce, refuseOtherEntities, storeToMove } from './heads.ts';
import { contentsOf, digestOf, type Paying } from './revisions.ts';
import { cancelOfStore, endOpen, openStoreRollout, type RolloutKey, recordMove, rolloutOf, saidOf, stageOf } from './rollout-ends.ts';
import { figuresOf } from './rollout-findings.ts';
import { endRollout, insertRollout, moveToCanary, type PlannedDifference, type StoreRollout } from './rollout-rows.ts';
import { demandSound, type StoreChecker, type StoreVerdict } from './store-checker.ts';
import { demandSignedRevision, isSignedRevision } from './store-signatures.ts';
import { findStore, getStore, type PolicyStore, type StoreKey, type StoreRow, type StoreUpdate, updateStore } from './stores.ts';

/** How often the stores of a project begin or widen rollouts in a day (docs/limits.md). */
const movesPerDay = 100;

/** What promotion asks for where a rollout does not say it. */
const defaultGates = { decisions: 1000, unplanned: 0 };

/** For how many of all subjects a candidate is to decide, in hundredths of a percent. */
export interface WantedStoreCanary {
  readonly share: number;
}

/** A stored revision that shall come into force in stages. */
export interface StoreBeginning extends StoreKey {
  readonly revision: number;
  /** Without it the candidate decides for no subject first. */
  readonly canary?: WantedStoreCanary | undefined;
  readonly gates?: { readonly decisions?: number | undefined; readonly unplanned?: number | undefined } | undefined;
  readonly planned?: readonly PlannedDifference[] | undefined;
  /** Of the plan: entities that have changed since are a refusal. */
  readonly entityVersion?: string | undefined;
  readonly reason: string;
  /** Of the head. */
  readonly preconditions: Preconditions;
}

/** How far a rollout is to go. */
export interface StorePromotion extends RolloutKey {
  readonly stage: 'CANARY' | 'ALL';
  readonly canary?: WantedStoreCanary | undefined;
  /** Also where the gates are not met. */
  readonly force?: boolean | undefined;
  readonly reason: string;
  readonly preconditions: Preconditions;
}

/**
 * What createStoreRollout has to know of the files, ahead of its transaction; nothing where it is refused whatever they are. Throws NotFound, InvalidInput and
 * Unavailable.
 */
export async function judgeStoreRollout(
  db: Db,
  checker: StoreChecker,
  input: Pick<StoreBeginning, keyof StoreKey | 'revision' | 'preconditions'> & Paying,
): Promise<StoreVerdict | undefined> {
  const store = await storeToMove(db, input);
  if (store.rollout_id !== null || store.head_revision === null || store.head_revision === input.revision) return undefined;
  return checker.judge(input.payer, () => contentsOf(db, store, input.revision, '#/revision'));
}

/** What promoteStoreRollout has to know of the files, as judgeStoreRollout. */
export async function judgeStorePromotion(
  db: Db,
  checker: StoreChecker,
  input: RolloutKey & Paying & Pick<StorePromotion, 'preconditions'>,
): Promise<StoreVerdict | undefined> {
  const store = await findStore(db, input);
  const { candidate, version, stage } = await rolloutOf(db, store, input.rolloutId);
  checkPreconditions(input.preconditions, etagOf(version));
  if (stage !== 'SHADOW' && stage !== 'CANARY') return undefined;
  return checker.judge(input.payer, () => contentsOf(db, store, candidate, '#/stage'));
}

/**
 * Begins a rollout of a revision that is checked and tested as an activation is. Throws NotFound, VersionMismatch, InvalidInput,
 * RateLimited, and FailedPrecondition where nothing is in force, a rollout is open or no key of the store has signed it.
 */
export async function createStoreRollout(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: StoreBeginning,
): Promise<StoreRollout> {
  const { revision: candidate, gates, planned = [], canary, reason } = input;
  const store = await storeToMove(db, input, { lock: true });
  refuseOtherEntities(store, input.entityVersion);
  if (store.rollout_id !== null) throw openStoreRollout(store);
  if (store.head_revision === null)
    throw new FailedPrecondition(
      'failed-precondition',
      'No revision of the policy store is in force: put its first one into force at once.',
    );
  if (store.head_revision === candidate)
    throw new InvalidInput(`Revision ${candidate} is in force.`, [
      { pointer: '#/revision', detail: 'must be another one than that in force' },
    ]);
  const contents = await contentsOf(db, store, candidate, '#/revision');
  demandSound(verdict, contents, true);
  await demandSignedRevision(db, store, digestOf(contents));
  await spendMove(db, input);
  const wanted = { decisions: gates?.decisions ?? defaultGates.decisions, unplanned: gates?.unplanned ?? defaultGates.unplanned };
  const rollout = await insertRollout(db, store, {
    ...{ candidate, base: store.head_revision, share: canary?.share ?? 0, gates: wanted, planned, by: actor.name, reason },
  });
  await recordMove(db, actor, input, 'policy-store-rollout.create', {
    target: rollout.id,
    after: { ...saidOf(input, rollout), baseRevision: rollout.base, gates: wanted, planned, reason },
  });
  return rollout;
}

/**
 * Moves an open rollout on, where the comparison has met the gates: into its canary, into a greater one, or into force. The candidate is checked again.
 * Throws NotFound, InvalidInput, VersionMismatch, RateLimited, and FailedPrecondition with the figures.
 */
export async function promoteStoreRollout(
  db: Db,
  actor: Actor,
  verdict: StoreVerdict | undefined,
  input: StorePromotion,
): Promise<StoreRollout> {
  const { stage, canary, force = false, reason } = input;
  const { store, rollout: before } = await openOne(db, input);
  checkPreconditions(input.preconditions, etagOf(before.version));
  refuseShape(input, before);
  const figures = (await figuresOf(db, store, [before.id])).get(before.id)!;
  const unmet = unmetGates(before.gates, figures, 'where that is not planned');
  if (unmet !== undefined && !force) throw new FailedPrecondition('failed-precondition', unmet);
  const contents = await contentsOf(db, store, before.candidate, '#/stage');
  const mover = { by: actor.name, reason };
  let after: StoreRollout;
  if (stage === 'CANARY') {
    demandSound(verdict, contents, true);
    await demandSignedRevision(db, store, digestOf(contents));
    await spendMove(db, input);
    after = await moveToCanary(db, store, before, canary!.share, mover);
  } else {
    after = await endRollout(db, store, before, 'DONE', mover);
    await putIntoForce(db, actor, verdict, { ...input, revision: before.candidate });
  }
  const { subjects: _, ...shown } = figures;
  await recordMove(db, actor, input, 'policy-store-rollout.promote', {
    target: after.id,
    before: stageOf(before),
    after: { ...saidOf(input, after), figures: shown, forced: unmet !== undefined, reason },
  });
  return after;
}

/** Changes a store. A candidate that none of its new keys has signed for its new name does not decide any more. Throws what updateStore does. */
export async function changeStore(db: Db, actor: Actor, input: StoreUpdate): Promise<PolicyStore> {
  const changed = await updateStore(db, actor, input);
  const store = await findStore(db, input);
  if (store.rollout_id === null || store.signing_keys.length === 0) return changed;
  const { candidate } = await rolloutOf(db, store, toId('rollout', store.rollout_id));
  if (await isSignedRevision(db, store, digestOf(await contentsOf(db, store, candidate, '#/signingKeys')))) return changed;
  await cancelOfStore(db, actor, input, store, 'No signing key of the policy store has signed its candidate any more.');
  return getStore(db, input);
}

/** Ends an open rollout: the revision in force decides for every subject. Throws NotFound, and FailedPrecondition where it has ended. */
export async function cancelStoreRollout(
  db: Db,
  actor: Actor,
  input: RolloutKey & { readonly reason: string; readonly preconditions: Preconditions },
): Promise<StoreRollout> {
  const { store, rollout } = await openOne(db, input);
  checkPreconditions(input.preconditions, etagOf(rollout.version));
  return endOpen(db, actor, input, { store, rollout, stage: 'CANCELLED', reason: input.reason });
}

/** One rollout of a store. Throws NotFound. */
export async function getStoreRollout(db: Db, input: RolloutKey): Promise<StoreRollout> {
  return rolloutOf(db, await findStore(db, input), input.rolloutId);
}

/** An open rollout behind the lock of its store. */
async function openOne(db: Db, input: RolloutKey): Promise<{ store: StoreRow; rollout: StoreRollout }> {
  const store = await findStore(db, input, { lock: true });
  const rollout = await rolloutOf(db, store, input.rolloutId);
  if (rollout.stage === 'SHADOW' || rollout.stage === 'CANARY') return { store, rollout };
  throw new FailedPrecondition('failed-precondition', `The rollout ${rollout.id} has ended. To begin another one, create a rollout.`);
}

function refuseShape({ stage, canary }: StorePromotion, before: StoreRollout): void {
  const refuse = (pointer: string, detail: string, sentence = 'The promotion does not hold together.'): never => {
    throw new InvalidInput(sentence, [{ pointer, detail }]);
  };
  if (stage === 'ALL' && canary) refuse('#/canary', 'is of the stage CANARY: must be left out for ALL');
  if (stage === 'CANARY' && !canary) refuse('#/canary', 'must say for which share of the subjects the candidate decides');
  // A subject that is in the canary stays in it until the rollout ends: else its answers would go back and forth.
  if (canary && canary.share <= before.share)
    refuse(
      '#/canary/share',
      `must be more than the present ${before.share}`,
      'A canary only grows. To shrink it, cancel the rollout and begin another one.',
    );
}

async function spendMove(db: Db, { projectId }: StoreKey): Promise<void> {
  const refusal = `The policy stores of a project begin or widen rollouts ${movesPerDay} times in a day (UTC) at most.`;
  await spend(db, [{ kind: 'policy-store-rollouts', subject: projectId, amount: 1, limit: movesPerDay, refusal }]);
}
