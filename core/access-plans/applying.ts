import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest as digestOf, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { listHeadsOfFiles } from '../authorization/store/revisions.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import { lockPolicies } from '../policies/activation.ts';
import { type AppliedScope, applyContents } from '../policies/policies.ts';
import type { Signing } from '../policies/signatures.ts';
import { type Base, findPlan, type PlanRecord } from './access-plans.ts';
import { refuseBlocking, refuseOtherFiles, StalePlan } from './planned-contents.ts';
import type { Staleness } from './staleness.ts';

/** What applying a plan did. */
export interface AppliedPlan {
  readonly digest: string;
  readonly scopes: readonly AppliedScope[];
}

/** The revisions in force, by the name of the scope. */
export async function baseOf(db: Db): Promise<Base> {
  return Object.fromEntries((await listHeadsOfFiles(db)).map(({ scope, revision }) => [scopeName(scope), revision]));
}

/** Files that a plan was made of, for what they say besides: signatures and the commit. */
export interface PlannedFiles {
  readonly contents?: readonly PolicyContent[] | undefined;
  readonly signatures?: Signing['signatures'];
  readonly allowUnsigned?: boolean | undefined;
  readonly gitCommit?: string | undefined;
}

/**
 * Puts into force what a plan is about, where the plan still says what happens then. `check` looks at the organizations. Grants may be made
 * between the check and the commit: a plan is evidence, and what must never be is kept by the database. Throws NotFound, PermissionDenied, StalePlan, BlockedPlan.
 */
export async function applyAccessPlan(
  db: Db,
  actor: Pick<Actor, 'name' | 'requestId'> &
    Partial<Pick<Actor, 'effects'>> & { require(...asked: Parameters<Actor['require']>): Promise<unknown> },
  {
    accessPlanId,
    reason,
    check,
    keys,
    files = {},
  }: {
    accessPlanId: string;
    reason: string;
    check: (accessPlanId: string) => Promise<Staleness>;
    keys: Signing['keys'];
    files?: PlannedFiles;
  },
): Promise<AppliedPlan> {
  await lockPolicies(db);
  const plan = await findPlan(db, accessPlanId, ['state', 'targets', 'failure', 'document', 'digest', 'contents', 'base', 'role_mapping']);
  // A content that was never proposed becomes a revision here, and the actor is its author.
  if (plan.targets.some(({ revision }) => revision === undefined)) await actor.require('policy', 'propose', {});
  const document = demandReady(plan);
  const planned = new Map(plan.contents.map((content) => [scopeName(content.scope), digestOf(content)]));
  if (files.contents) await refuseOtherFiles(db, planned, files.contents);
  await refuseStale(db, plan.base!, () => check(accessPlanId));
  const changing = new Set(document.targets.map(({ scope }) => storedScope(scope)));
  const wanted = plan.contents.filter(({ scope }) => changing.has(scope));
  const { signatures = [], allowUnsigned, gitCommit } = files;
  const about = { author: actor.name, reason, gitCommit, how: 'PLAN', signing: { keys, signatures, allowUnsigned } } as const;
  const events = actor.effects?.events ?? [];
  const first = events.length;
  actor.effects?.policies.push(async () => ({ contents: wanted, mapping: plan.role_mapping ?? undefined }));
  const scopes = await applyContents(db, wanted, about, actor, plan.role_mapping ?? undefined);
  // A role of the platform does not reach into organizations: what becomes of their grants there is not for a policy administrator.
  for (const event of events.slice(first)) if (event.organizationId !== undefined) event.isDiscreet = true;
  const targets = scopes.map(({ scope, revision }) => ({ scope: scopeName(scope), revision }));
  await record(db, actor, { action: 'access-plan.apply', target: accessPlanId, after: { digest: plan.digest!, targets, reason } });
  return { digest: plan.digest!, scopes };
}

/**
 * Throws where a plan does not let what it is about come into force now: StalePlan where it does not say any more what happens then, BlockedPlan, NotFound. What
 * is in force stays as it is until the transaction ends.
 */
export async function demandPresent(db: Db, accessPlanId: string, check: (accessPlanId: string) => Promise<Staleness>): Promise<void> {
  await lockPolicies(db);
  const plan = await findPlan(db, accessPlanId, ['state', 'failure', 'document', 'base']);
  demandReady(plan);
  await refuseStale(db, plan.base!, () => check(accessPlanId));
}

async function refuseStale(db: Db, base: Base, check: () => Promise<Staleness>): Promise<void> {
  const moved = movedHeads(base, await baseOf(db));
  if (moved.length > 0) throw new StalePlan(moved);
  const { reasons } = await check();
  if (reasons.length > 0) throw new StalePlan(reasons);
}

function demandReady({ state, document, failure }: Pick<PlanRecord, 'state' | 'document' | 'failure'>) {
  if (state === 'FAILED') throw new FailedPrecondition('failed-precondition', `The plan was not made: ${failure}`);
  if (state !== 'READY' || !document)
    throw new FailedPrecondition('failed-precondition', 'The plan is being made. Ask for it again until its state is READY.');
  refuseBlocking(document.rails);
  return document;
}

function movedHeads(then: Base, now: Base): string[] {
  const scopes = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return scopes.flatMap((scope) => movedHead(scope, then[scope], now[scope]) ?? []);
}

/** What is said where another revision is in force than when a plan was made. */
export function movedHead(scope: string, then: number | undefined, now: number | undefined): string | undefined {
  if (then === now) return undefined;
  const [was, is] = [then, now].map((revision) => (revision === undefined ? 'nothing' : `revision ${revision}`));
  return `Of ${scope} ${is} is in force, and the plan was made when it was ${was}.`;
}
