import type { Actor } from '../authorization/decisions/actor.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { listHeads } from '../authorization/store/revisions.ts';
import { figuresOf, findRollout, type Rollout } from '../authorization/store/rollouts.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Db } from '../database/database.ts';
import type { Reviewer } from '../policies/reviewer.ts';
import { canaryOf } from '../policies/rollout-ends.ts';
import { createRollout, getRollout, promoteRollout, unmetGates, type WantedCanary } from '../policies/rollouts.ts';
import type { SaidRevision } from './policy-records.ts';

/** How far a manifest wants its policy to decide, where not everywhere. */
export interface WantedStage {
  readonly name: 'Shadow' | 'Canary';
  /** Of the stage Canary. */
  readonly canary?: WantedCanary | undefined;
}

/** Where a rollout is, and why it is no further. */
export interface StageReport {
  readonly state: 'Shadow' | 'Canary' | 'GatesNotMet' | 'Active';
  readonly detail: string;
  readonly isNew?: true;
}

/** What moves a rollout. */
interface Services {
  readonly reviewer: Reviewer;
  readonly keys: readonly PolicyKey[];
}

/** The open rollout of a manifest's only scope. */
export async function openRolloutOf(db: Db, scopes: readonly string[]): Promise<Rollout | undefined> {
  if (scopes.length !== 1) return undefined;
  const [head] = await listHeads(db, [storedScope(scopes[0]!)]);
  return head?.rollout && (await findRollout(db, head.rollout.id));
}

/** Why a manifest leaves a rollout alone that it did not begin, and what to do. */
export function foreignRollout({ id, scope, createdBy }: Pick<Rollout, 'id' | 'scope' | 'createdBy'>): string {
  const name = scopeName(scope);
  return `The rollout ${id} of ${name} is open. ${createdBy} began it, and not this manifest with its present files, so it is not moved from here. To let this manifest go on, cancel it (POST /v1/policies/${name}/rollouts/${id}/cancel, or npx tenet policy rollout cancel ${name}).`;
}

/** A rollout as its manifest says it; the figures are the API's, for they change with every decision. */
export function reportOf({ id, scope, stage }: Pick<Rollout, 'id' | 'scope' | 'stage'>): StageReport {
  const where = `GET /v1/policies/${scopeName(scope)}/rollouts/${id} has what was found.`;
  if (stage === 'SHADOW') return { state: 'Shadow', detail: `It decides nothing, and is compared with what is in force: ${where}` };
  return { state: 'Canary', detail: `It decides in the organizations of its canary: ${where}` };
}

/** Begins the rollout of a revision that is planned and may come into force. Throws what the API would refuse. */
export async function beginStage(
  db: Db,
  actor: Actor,
  { reviewer, keys }: Services,
  wanted: { stage: WantedStage; reason: string; planId: string; record: { readonly revisions: readonly SaidRevision[] } },
): Promise<Rollout> {
  const { stage, reason, planId, record } = wanted;
  const { scope, revision } = record.revisions[0]!;
  const beginning = { scope: storedScope(scope), revision, canary: stage.canary, planId, reason, keys };
  return await createRollout(db, actor, reviewer, beginning);
}

/** Whether an open rollout is where its manifest wants it. */
export function isAt(rollout: Rollout, stage: WantedStage | undefined): boolean {
  if (stage?.name === 'Shadow') return true;
  return stage?.canary !== undefined && isSame(stage.canary, canaryOf(rollout));
}

/**
 * Brings the open rollout of a manifest to where it wants it, everywhere where it names no stage. `demandPlan` throws where the plan of the change does not let
 * it. Throws what the API would refuse.
 */
export async function moveStage(
  db: Db,
  actor: Actor,
  { reviewer, keys }: Services,
  { stage, reason }: { readonly stage?: WantedStage | undefined; readonly reason: string },
  { rolloutId, scope, demandPlan }: { readonly rolloutId: string; readonly scope: string; readonly demandPlan: () => Promise<void> },
): Promise<StageReport> {
  const rollout = await getRollout(db, scope, rolloutId);
  const { gates } = rollout;
  if (unmetGates(gates, (await figuresOf(db, [rolloutId])).get(rolloutId)!) !== undefined) {
    const wanted = `at least ${gates.decisions} compared decisions, and at most ${gates.unplanned} that differ where the plan does not say so`;
    return { state: 'GatesNotMet', detail: `The rollout does not meet its gates yet: ${wanted}. ${reportOf(rollout).detail}` };
  }
  await demandPlan();
  const canary = stage?.canary;
  const moved = await promoteRollout(db, actor, reviewer, rollout, { stage: canary ? 'CANARY' : 'ALL', canary, reason, keys });
  if (canary) return reportOf(moved);
  return { state: 'Active', detail: 'What the files say is in force.', isNew: true };
}

function isSame(wanted: WantedCanary, present: ReturnType<typeof canaryOf>): boolean {
  const ids = (canary: WantedCanary | undefined): string => [...(canary?.organizationIds ?? [])].sort().join();
  return (wanted.share ?? 0) === (present?.share ?? 0) && ids(wanted) === ids(present);
}
