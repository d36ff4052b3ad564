import { type Recorder, record } from '../audit/record.ts';
import { FailedPrecondition, NotFound } from '../base/errors.ts';
import { newId, toId } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { endRollout, findRollout, type RolloutStore, type StoreRollout } from './rollout-rows.ts';
import { findStore, type StoreKey, type StoreRow } from './stores.ts';

/** Which rollout an operation is about. */
export interface RolloutKey extends StoreKey {
  readonly rolloutId: string;
}

/** Nothing else comes into force in a store while a revision does in stages. */
export function openStoreRollout({ rollout_id }: Pick<StoreRow, 'rollout_id'>): FailedPrecondition {
  const id = toId('rollout', rollout_id!);
  return new FailedPrecondition(
    'failed-precondition',
    `The rollout ${id} of the policy store is open: promote it, or cancel it (POST .../rollouts/${id}/cancel, or npx tenet policy-store rollout cancel).`,
  );
}

/** The rollout of a store with this id. Throws NotFound. */
export async function rolloutOf(db: Db, store: RolloutStore, id: string): Promise<StoreRollout> {
  const rollout = await findRollout(db, store, id);
  if (!rollout) throw new NotFound();
  return rollout;
}

/**
 * Ends a rollout in CANARY by itself, because decisions of this round have differed. Of replicas that do so at once one ends it; for the others it is
 * undefined, as it is where a person was first. `why` names a finding.
 */
export async function rollBackStoreRollout(
  db: Db,
  input: RolloutKey & { readonly round: number },
  why: (rollout: StoreRollout) => Promise<string | undefined>,
): Promise<StoreRollout | undefined> {
  const store = await findStore(db, input, { lock: true });
  const rollout = await findRollout(db, store, input.rolloutId);
  if (rollout?.stage !== 'CANARY' || rollout.round !== input.round) return undefined;
  const reason = await why(rollout);
  if (reason === undefined) return undefined;
  const actor = { name: 'tenet', requestId: newId('request') };
  return endOpen(db, actor, input, { store, rollout, stage: 'ROLLED_BACK', reason: reason.slice(0, 500) });
}

interface Ending {
  readonly store: StoreRow;
  readonly rollout: StoreRollout;
  readonly stage: 'CANCELLED' | 'ROLLED_BACK';
  readonly reason: string;
}

/** Ends an open rollout behind the lock of its store: the revision in force decides for every subject. */
export async function endOpen(db: Db, actor: Recorder, key: StoreKey, { store, rollout, stage, reason }: Ending): Promise<StoreRollout> {
  const after = await endRollout(db, store, rollout, stage, { by: actor.name, reason });
  const action = stage === 'CANCELLED' ? 'policy-store-rollout.cancel' : 'policy-store-rollout.roll-back';
  await recordMove(db, actor, key, action, { target: after.id, before: stageOf(rollout), after: { ...saidOf(key, after), reason } });
  return after;
}

/** Ends the open rollout of a store in place of a rollback: its candidate does not decide any more. */
export async function cancelOfStore(db: Db, actor: Recorder, key: StoreKey, store: StoreRow, reason: string): Promise<void> {
  const rollout = await rolloutOf(db, store, toId('rollout', store.rollout_id!));
  await endOpen(db, actor, key, { store, rollout, stage: 'CANCELLED', reason });
}

/** Where a rollout is, as the audit log says it. */
export function stageOf({ stage, share }: StoreRollout) {
  return { stage, ...(stage === 'CANARY' && { canary: { share } }) };
}

/** What the audit log says of a rollout. */
export function saidOf({ policyStoreId }: StoreKey, rollout: StoreRollout) {
  return { policyStoreId, revision: rollout.candidate, ...stageOf(rollout) };
}

/** Adds a move of a rollout to the audit log. */
export async function recordMove(
  db: Db,
  actor: Recorder,
  { organizationId, projectId }: StoreKey,
  action: string,
  change: { readonly target: string; readonly before?: object; readonly after: object },
): Promise<void> {
  await record(db, actor, { organizationId, projectId, action, ...change });
}
