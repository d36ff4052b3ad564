import { newId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';
import { nextVersion } from '../../database/next-version.ts';
import { type Canary, type Gates, type Rollout, type RolloutRow, toRollout } from './rollouts.ts';

/** Who moves a rollout, and why. */
export interface Mover {
  readonly by: string;
  readonly reason: string;
}

/** A stage as the head has it. */
interface HeadStage extends Mover {
  readonly scope: string;
  /** The open rollout that the head must have. */
  readonly from: string | null;
  readonly isFromCanary?: boolean;
  /** Uuid. */
  readonly rollout: string;
  readonly candidate: number;
  readonly stage: 'SHADOW' | 'CANARY' | 'CANCELLED' | 'ROLLED_BACK';
  readonly canary?: Canary;
}

/** Its version moves, so that everything which watches heads hears of the stage, and the stage is an entry of the history. */
const stageSql = `with head as (
  update policy_heads set version = version + 1,
    rollout_id = case when $6 in ('SHADOW', 'CANARY') then $4::uuid end,
    candidate_revision = case when $6 in ('SHADOW', 'CANARY') then $5::integer end,
    canary_share = $7, canary_organizations = $8
  where scope = $1 and rollout_id is not distinct from $2::uuid and (not $3 or canary_share > 0 or canary_organizations <> '{}')
  returning version, revision
)
insert into policy_activations (scope, version, revision, how, activated_by, activated_at, reason, rollout_id, stage, candidate_revision)
select $1, version, revision, 'ROLLOUT', $9, now(), $10, $4, $6, $5 from head
returning version`;

/** False where the head has another rollout by now, or is in no canary. The head comes before the rollout here and everywhere, so that two wait for each other in one order. */
async function moveStage(db: Db, { scope, from, isFromCanary = false, rollout, candidate, stage, canary, by, reason }: HeadStage) {
  const { share = 0, organizations = [] } = canary ?? {};
  const values = [scope, from, isFromCanary, rollout, candidate, stage, share, organizations, by, reason];
  return (await prepared(db, 'move-rollout', stageSql, values)).length > 0;
}

const movedColumns = ({ by, reason }: Mover, db: Db) => ({
  ...{ moved_by: by, moved_at: db.fn.now(), moved_reason: reason },
  ...nextVersion(db),
});

/** Begins a rollout of a scope that has none. Undefined where one has begun meanwhile. */
export async function insertRollout(
  db: Db,
  rollout: Mover &
    Pick<Rollout, 'scope' | 'candidate' | 'base'> & { canary?: Canary | undefined; gates: Gates; planId?: string | undefined },
): Promise<Rollout | undefined> {
  const { scope, candidate, base, canary, gates, planId, by, reason } = rollout;
  const stage = canary ? 'CANARY' : 'SHADOW';
  const [row]: RolloutRow[] = await db('policy_rollouts')
    .insert({
      ...{ id: toUuid('rollout', newId('rollout')), scope, candidate_revision: candidate, base_revision: base, stage },
      ...(canary && { canary_share: canary.share, canary_organizations: [...canary.organizations] }),
      ...{ gate_decisions: gates.decisions, gate_unplanned: gates.unplanned },
      ...(planId !== undefined && { plan_id: toUuid('accessPlan', planId) }),
      ...{ reason, created_by: by, moved_by: by, moved_reason: reason },
    })
    .returning('*');
  await db('policy_rollout_counts').insert({ rollout_id: row!.id });
  const isMoved = await moveStage(db, { scope, from: null, rollout: row!.id, candidate, stage, ...(canary && { canary }), by, reason });
  return isMoved ? toRollout(row!) : undefined;
}

/** Gives an open rollout its canary. Undefined where it has ended, or moved from the version that was seen. */
export async function moveToCanary(db: Db, rollout: Rollout, canary: Canary, mover: Mover): Promise<Rollout | undefined> {
  const { scope, candidate, version } = rollout;
  const id = toUuid('rollout', rollout.id);
  if (!(await moveStage(db, { scope, from: id, rollout: id, candidate, stage: 'CANARY', canary, ...mover }))) return undefined;
  const moved = {
    stage: 'CANARY',
    canary_share: canary.share,
    canary_organizations: [...canary.organizations],
    ...movedColumns(mover, db),
  };
  const after = await updateAt(db, id, { version }, moved);
  if (after) await prepared(db, 'begin-figures', beginFiguresSql, [id]);
  return after;
}

/** What was found before says nothing about a stage. */
const beginFiguresSql = `
update policy_rollout_counts c set compared_before = c.compared, dropped_before = c.dropped, planned_before = f.planned,
  unplanned_before = f.unplanned + c.unkept, organizations = '{}'
from (select coalesce(sum(count) filter (where planned), 0) as planned, coalesce(sum(count) filter (where not planned), 0) as unplanned
  from policy_rollout_findings where rollout_id = $1) f
where c.rollout_id = $1`;

/** Behind the move of the head to the candidate. Undefined where the rollout has moved from the version that was seen. */
export async function finishRollout(db: Db, { id, version }: Rollout, mover: Mover): Promise<Rollout | undefined> {
  return updateAt(db, toUuid('rollout', id), { version }, { stage: 'DONE', ...movedColumns(mover, db) });
}

/** Ends an open rollout: what is in force decides everywhere. Undefined where it has ended already, or is ROLLED_BACK from another stage than CANARY. */
export async function endRollout(
  db: Db,
  rollout: Pick<Rollout, 'id' | 'scope' | 'candidate'>,
  stage: 'CANCELLED' | 'ROLLED_BACK',
  mover: Mover,
): Promise<Rollout | undefined> {
  const { scope, candidate } = rollout;
  const id = toUuid('rollout', rollout.id);
  const isFromCanary = stage === 'ROLLED_BACK';
  if (!(await moveStage(db, { scope, from: id, isFromCanary, rollout: id, candidate, stage, ...mover }))) return undefined;
  return updateAt(db, id, {}, { stage, ...movedColumns(mover, db) });
}

async function updateAt(db: Db, id: string, seen: { version?: string }, columns: object): Promise<Rollout | undefined> {
  const [row]: RolloutRow[] = await db('policy_rollouts')
    .where({ id, ...seen })
    .whereIn('stage', ['SHADOW', 'CANARY'])
    .update(columns)
    .returning('*');
  return row && toRollout(row);
}
