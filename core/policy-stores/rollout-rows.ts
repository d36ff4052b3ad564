import type { Canary, Gates, RolloutStage } from '../authorization/store/rollouts.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import type { StoreRow } from './stores.ts';

/** From the revision in force to the candidate. */
export type StoreEffect = 'ALLOW_TO_DENY' | 'DENY_TO_ALLOW';

/** Differences that a rollout is meant to make: of all subjects of the type that do this with resources of the type. */
export interface PlannedDifference {
  readonly effect: StoreEffect;
  readonly subjectType: string;
  readonly action: string;
  readonly resourceType: string;
}

/** A revision of a store that comes into force in stages. */
export interface StoreRollout {
  readonly id: string;
  readonly candidate: number;
  /** What was in force when it began. */
  readonly base: number;
  readonly stage: RolloutStage;
  /** For how many of all subjects the candidate decides in CANARY, in hundredths of a percent. */
  readonly share: Canary['share'];
  readonly gates: Gates;
  readonly planned: readonly PlannedDifference[];
  readonly reason: string;
  readonly createdBy: string;
  /** Who moved it to its stage, when and why. */
  readonly movedBy: string;
  readonly movedAt: Date;
  readonly movedReason: string;
  /** One more with each stage and each greater share: figures and findings are of one round. */
  readonly round: number;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface RolloutRow {
  id: string;
  candidate_revision: number;
  base_revision: number;
  stage: RolloutStage;
  canary_share: number;
  gate_decisions: string;
  gate_unplanned: string;
  planned: readonly PlannedDifference[];
  reason: string;
  created_by: string;
  moved_by: string;
  moved_at: Date;
  moved_reason: string;
  round: number;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** Which store a rollout is of. */
export type RolloutStore = Pick<StoreRow, 'org_id' | 'id'>;

/** Who moves a rollout, and why. */
export interface Mover {
  readonly by: string;
  readonly reason: string;
}

function toRollout(row: RolloutRow): StoreRollout {
  return {
    id: toId('rollout', row.id),
    candidate: row.candidate_revision,
    base: row.base_revision,
    stage: row.stage,
    share: row.canary_share,
    gates: { decisions: Number(row.gate_decisions), unplanned: Number(row.gate_unplanned) },
    planned: row.planned,
    reason: row.reason,
    createdBy: row.created_by,
    movedBy: row.moved_by,
    movedAt: row.moved_at,
    movedReason: row.moved_reason,
    round: row.round,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

const rolloutsOf = (db: Db, { org_id, id }: RolloutStore) => db('policy_store_rollouts').where({ org_id, store_id: id });

/** The rollout of a store with this id. */
export async function findRollout(db: Db, store: RolloutStore, id: string): Promise<StoreRollout | undefined> {
  const row: RolloutRow | undefined = await rolloutsOf(db, store)
    .where({ id: toUuid('rollout', id) })
    .first();
  return row && toRollout(row);
}

/** The rollouts of a store, newest first; `before` is the uuid behind which the page begins. */
export async function listRollouts(
  db: Db,
  store: RolloutStore,
  page: { before?: string | undefined; limit: number; offset?: number },
): Promise<StoreRollout[]> {
  const query = rolloutsOf(db, store)
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset ?? 0);
  if (page.before !== undefined) query.where('id', '<', page.before);
  return ((await query) as RolloutRow[]).map(toRollout);
}

type NewRollout = Mover & Pick<StoreRollout, 'candidate' | 'base' | 'share' | 'gates' | 'planned'>;

/** Rollouts of a store that are kept: the newest (docs/limits.md). The audit log has all. */
const mostRollouts = 50;

/** Begins a rollout of a store that has none, behind the lock of the store. */
export async function insertRollout(db: Db, store: RolloutStore, rollout: NewRollout): Promise<StoreRollout> {
  const { candidate, base, share, gates, planned, by, reason } = rollout;
  const [oldest] = await listRollouts(db, store, { limit: 1, offset: mostRollouts - 2 });
  if (oldest) await rolloutsOf(db, store).where('id', '<', toUuid('rollout', oldest.id)).delete();
  const id = toUuid('rollout', newId('rollout'));
  const [row]: RolloutRow[] = await db('policy_store_rollouts')
    .insert({
      ...{ org_id: store.org_id, store_id: store.id, id, candidate_revision: candidate, base_revision: base },
      ...{ stage: share > 0 ? 'CANARY' : 'SHADOW', canary_share: share },
      ...{ gate_decisions: gates.decisions, gate_unplanned: gates.unplanned, planned: JSON.stringify(planned) },
      ...{ reason, created_by: by, moved_by: by, moved_reason: reason },
    })
    .returning('*');
  await beginRound(db, store, id, 1);
  await moveStage(db, store, { id, candidate, share });
  return toRollout(row!);
}

/** Gives an open rollout its canary, behind the lock of the store. */
export async function moveToCanary(db: Db, store: RolloutStore, rollout: StoreRollout, share: number, mover: Mover): Promise<StoreRollout> {
  const id = toUuid('rollout', rollout.id);
  const after = await updateRollout(db, store, id, { stage: 'CANARY', canary_share: share, round: rollout.round + 1 }, mover);
  await beginRound(db, store, id, after.round);
  await moveStage(db, store, { id, candidate: rollout.candidate, share });
  return after;
}

/** Ends an open rollout, behind the lock of the store. The head of the store has no candidate then, and nothing is kept of subjects. */
export async function endRollout(
  db: Db,
  store: RolloutStore,
  rollout: StoreRollout,
  stage: 'DONE' | 'CANCELLED' | 'ROLLED_BACK',
  mover: Mover,
): Promise<StoreRollout> {
  const after = await updateRollout(db, store, toUuid('rollout', rollout.id), { stage }, mover);
  await roundsOf(db, store, toUuid('rollout', rollout.id)).update({ subjects: [] });
  await moveStage(db, store, undefined);
  return after;
}

const roundsOf = (db: Db, { org_id, id }: RolloutStore, rollout_id: string) =>
  db('policy_store_rollout_counts').where({ org_id, store_id: id, rollout_id });

/** What was found in the round before is gone: the audit log has its figures. */
async function beginRound(db: Db, store: RolloutStore, rollout_id: string, round: number): Promise<void> {
  const { org_id, id: store_id } = store;
  await db('policy_store_rollout_findings').where({ org_id, store_id, rollout_id }).delete();
  await roundsOf(db, store, rollout_id).delete();
  await db('policy_store_rollout_counts').insert({ org_id, store_id, rollout_id, round });
}

async function updateRollout(db: Db, store: RolloutStore, id: string, columns: object, { by, reason }: Mover): Promise<StoreRollout> {
  const [row]: RolloutRow[] = await rolloutsOf(db, store)
    .where({ id })
    .update({ ...columns, moved_by: by, moved_at: db.fn.now(), moved_reason: reason, ...nextVersion(db) })
    .returning('*');
  return toRollout(row!);
}

/** What each question reads of a rollout. The version of the head moves, so that everything which remembers the store hears of it. */
async function moveStage(
  db: Db,
  { org_id, id }: RolloutStore,
  open: { id: string; candidate: number; share: number } | undefined,
): Promise<void> {
  await db('policy_stores')
    .where({ org_id, id })
    .update({
      head_version: db.raw('head_version + 1'),
      rollout_id: open?.id ?? null,
      candidate_revision: open?.candidate ?? null,
      canary_share: open?.share ?? 0,
    });
}
