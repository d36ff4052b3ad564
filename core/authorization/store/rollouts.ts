import { toId, toUuid } from '../../base/ids.ts';
import { type Db, prepared } from '../../database/database.ts';

/** SHADOW: it decides nothing and is compared. CANARY: it decides in some organizations. The others are ends. */
export type RolloutStage = 'SHADOW' | 'CANARY' | 'DONE' | 'CANCELLED' | 'ROLLED_BACK';

/** A revision that comes into force in stages. */
export interface Rollout {
  readonly id: string;
  /** As it is stored. */
  readonly scope: string;
  readonly candidate: number;
  /** What was in force when it began. */
  readonly base: number;
  readonly stage: RolloutStage;
  /** In which organizations the candidate decides, in CANARY. */
  readonly canary: Canary;
  readonly gates: Gates;
  /** The access plan that says which differences are meant. */
  readonly planId?: string;
  readonly reason: string;
  readonly createdBy: string;
  /** Who moved it to its stage, when and why. */
  readonly movedBy: string;
  readonly movedAt: Date;
  readonly movedReason: string;
  readonly version: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Canary {
  /** Of all organizations, in hundredths of a percent. */
  readonly share: number;
  /** Uuids. */
  readonly organizations: readonly string[];
}

/** What promotion asks for. */
export interface Gates {
  /** Compared decisions at least. */
  readonly decisions: number;
  /** Compared decisions that differed where the plan does not say so, at most. */
  readonly unplanned: number;
}

/** What the comparison has found since the rollout is in its stage. */
export interface Figures {
  /** Decisions that were compared, and those that were not: too many waited, or one side does not hold there. */
  readonly compared: number;
  readonly dropped: number;
  /** Compared decisions that differed, as the plan says and otherwise. */
  readonly planned: number;
  readonly unplanned: number;
}

/**
 * The revision of a head `h` that decides in the organization with this id: the candidate where the organization is in the canary, which its id alone
 * says, so that no organization sees both; else the revision in force.
 */
export function revisionIn(organization: string): string {
  return `case when h.candidate_revision is not null
    and (canary_place(${organization}) < h.canary_share or ${organization} = any (h.canary_organizations)) then h.candidate_revision else h.revision end`;
}

/** The revisions (`scope@revision`) that decide in an organization `o`: those of the platform, of its kind and of `own`, the name of its own scope. */
export function headsOf(own?: string): string {
  const scopes = `'platform', 'blueprint/' || o.blueprint${own === undefined ? '' : `, ${own}`}`;
  return `array(select h.scope || '@' || ${revisionIn('o.id')} from policy_heads h where h.scope in (${scopes}))`;
}

export interface RolloutRow {
  id: string;
  scope: string;
  candidate_revision: number;
  base_revision: number;
  stage: RolloutStage;
  canary_share: number;
  canary_organizations: string[];
  gate_decisions: string;
  gate_unplanned: string;
  plan_id: string | null;
  reason: string;
  created_by: string;
  moved_by: string;
  moved_at: Date;
  moved_reason: string;
  version: string;
  created_at: Date;
  updated_at: Date;
}

export function toRollout(row: RolloutRow): Rollout {
  return {
    id: toId('rollout', row.id),
    scope: row.scope,
    candidate: row.candidate_revision,
    base: row.base_revision,
    stage: row.stage,
    canary: { share: row.canary_share, organizations: row.canary_organizations },
    gates: { decisions: Number(row.gate_decisions), unplanned: Number(row.gate_unplanned) },
    ...(row.plan_id !== null && { planId: toId('accessPlan', row.plan_id) }),
    reason: row.reason,
    createdBy: row.created_by,
    movedBy: row.moved_by,
    movedAt: row.moved_at,
    movedReason: row.moved_reason,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The open rollouts, one of each scope at most. */
export async function listOpenRollouts(db: Db): Promise<Rollout[]> {
  const sql = "select * from policy_rollouts where stage in ('SHADOW', 'CANARY') order by scope";
  return (await prepared<RolloutRow>(db, 'open-rollouts', sql, [])).map(toRollout);
}

/** The newest rollout of each scope. */
export async function lastRollouts(db: Db): Promise<Rollout[]> {
  const sql = 'select distinct on (scope) * from policy_rollouts order by scope, id desc';
  return (await prepared<RolloutRow>(db, 'last-rollouts', sql, [])).map(toRollout);
}

/** The rollout with this id. */
export async function findRollout(db: Db, id: string): Promise<Rollout | undefined> {
  const row: RolloutRow | undefined = await db('policy_rollouts')
    .where({ id: toUuid('rollout', id) })
    .first();
  return row && toRollout(row);
}

/** The rollouts of a scope, newest first; `before` is the uuid behind which the page begins. */
export async function listRollouts(db: Db, scope: string, page: { before?: string | undefined; limit: number }): Promise<Rollout[]> {
  const query = db('policy_rollouts').where({ scope }).orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) query.where('id', '<', page.before);
  return ((await query) as RolloutRow[]).map(toRollout);
}

const figuresSql = `
select asked.id, coalesce(c.compared - c.compared_before, 0) as compared, coalesce(c.dropped - c.dropped_before, 0) as dropped,
  coalesce(f.planned, 0) - coalesce(c.planned_before, 0) as planned,
  coalesce(f.unplanned, 0) + coalesce(c.unkept, 0) - coalesce(c.unplanned_before, 0) as unplanned
from unnest($1::uuid[]) as asked (id) left join policy_rollout_counts c on c.rollout_id = asked.id
  left join lateral (
    select sum(count) filter (where planned) as planned, sum(count) filter (where not planned) as unplanned
    from policy_rollout_findings where rollout_id = asked.id
  ) f on true`;

/** Whether a plan is that of an open rollout, which reads it at each of its stages: then it is kept. */
export const isPlanOfRollout =
  "exists (select from policy_rollouts r where r.plan_id = access_plans.id and r.stage in ('SHADOW', 'CANARY'))";

/** Where decisions have differed in this stage and the plan does not say so: two organizations at most, as uuids. */
export async function differingOrganizations(db: Db, rolloutId: string): Promise<readonly string[]> {
  const row: { organizations: string[] } | undefined = await db('policy_rollout_counts')
    .where({ rollout_id: toUuid('rollout', rolloutId) })
    .first('organizations');
  return row?.organizations ?? [];
}

/** What the comparison of each of these rollouts has found since it is in its stage, by their ids. */
export async function figuresOf(db: Db, rollouts: readonly string[]): Promise<ReadonlyMap<string, Figures>> {
  const ids = rollouts.map((id) => toUuid('rollout', id));
  const rows = await prepared<{ id: string } & Record<keyof Figures, string>>(db, 'rollout-figures', figuresSql, [ids]);
  return new Map(
    rows.map(({ id, compared, dropped, planned, unplanned }) => [
      toId('rollout', id),
      { compared: Number(compared), dropped: Number(dropped), planned: Number(planned), unplanned: Number(unplanned) },
    ]),
  );
}
