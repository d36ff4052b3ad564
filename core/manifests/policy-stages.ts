import type { Actor } from '../authorization/decisions/actor.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { type Head, listHeads } from '../authorization/store/revisions.ts';
import { figuresOf } from '../authorization/store/rollouts.ts';
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

/** The open rollout of a scope. */
export type OpenRollout = NonNullable<Head['rollout']> & { readonly scope: string };

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
export async function openRolloutOf(db: Db, scopes: readonly string[]): Promise<OpenRollout | undefined> {
  if (scopes.length !== 1) return undefined;
  const scope = storedScope(scopes[0]!);
  const [head] = await listHeads(db, [scope]);
  return head?.rollout && { ...head.rollout, scope };
}

/** A rollout as its manifest says it; the figures are the API's, for they change with every decision. */
export function reportOf({ id, scope, stage }: Pick<OpenRollout, 'id' | 'scope' | 'stage'>): StageReport {
  const where = `GET /v1/policies/${scopeName(scope)}/rollouts/${id} has what was found.`;
  if (stage === 'SHADOW') return { state: 'Shadow', detail: `It decides nothing, and is compared with what is in force: ${where}` };
  return { state: 'Canary', detail: `It decides in the organizations of its canary: ${where}` };
}

/** Begins the rollout of a revision that is planned. Throws what the API would refuse. */
export async function beginStage(
  db: Db,
  actor: Actor,
  { reviewer, keys }: Services,
  wanted: { stage: WantedStage; reason: string; planId: string; record: { readonly revisions: readonly SaidRevision[] } },
): Promise<StageReport> {
  const { stage, reason, planId, record } = wanted;
  const { scope, revision } = record.revisions[0]!;
  const beginning = { scope: storedScope(scope), revision, canary: stage.canary, planId, reason, keys };
  const rollout = await createRollout(db, actor, reviewer, beginning);
  return reportOf({ ...rollout, stage: stage.canary ? 'CANARY' : 'SHADOW' });
}

/** Brings an open rollout to where its manifest wants it: everywhere, where it names no stage. Throws what the API would refuse. */
export async function moveStage(
  db: Db,
  actor: Actor,
  { reviewer, keys }: Services,
  { stage, reason }: { readonly stage?: WantedStage | undefined; readonly reason: string },
  open: OpenRollout,
): Promise<StageReport> {
  if (stage?.name === 'Shadow') return reportOf(open);
  const rollout = await getRollout(db, open.scope, open.id);
  const canary = stage?.canary;
  if (canary && isSame(canary, canaryOf(rollout))) return reportOf(open);
  const { gates } = rollout;
  if (unmetGates(gates, (await figuresOf(db, [open.id])).get(open.id)!) !== undefined) {
    const wanted = `at least ${gates.decisions} compared decisions, and at most ${gates.unplanned} that differ where the plan does not say so`;
    return { state: 'GatesNotMet', detail: `The rollout does not meet its gates yet: ${wanted}. ${reportOf(open).detail}` };
  }
  await promoteRollout(db, actor, reviewer, rollout, { stage: canary ? 'CANARY' : 'ALL', canary, reason, keys });
  if (canary) return reportOf({ ...open, stage: 'CANARY' });
  return { state: 'Active', detail: 'What the files say is in force.', isNew: true };
}

function isSame(wanted: WantedCanary, present: ReturnType<typeof canaryOf>): boolean {
  const ids = (canary: WantedCanary | undefined): string => [...(canary?.organizationIds ?? [])].sort().join();
  return (wanted.share ?? 0) === (present?.share ?? 0) && ids(wanted) === ids(present);
}
