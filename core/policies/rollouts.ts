import { record } from '../audit/record.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { demandScope, loadContent, noOpenRollout, openRollout, refuseMove } from '../authorization/store/revisions.ts';
import { finishRollout, insertRollout, moveToCanary } from '../authorization/store/rollout-stages.ts';
import { type Canary, type Figures, figuresOf, findRollout, type Gates, type Rollout } from '../authorization/store/rollouts.ts';
import { counted } from '../base/counted.ts';
import { FailedPrecondition, InvalidInput, NotFound, VersionMismatch } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import { etagOf } from '../base/versions.ts';
import { type Db, prepared } from '../database/database.ts';
import { type Activator, activate, type Checks, demandActivatable, headToMove } from './activation.ts';
import type { RoleMapping } from './role-mapping.ts';
import { canaryOf, cancelOpen, everywhere, organizationsIn, stageOf } from './rollout-ends.ts';

/** Where a candidate is to decide, in the words of the contract. */
export interface WantedCanary {
  readonly share?: number | undefined;
  readonly organizationIds?: readonly string[] | undefined;
}

/** What promotion asks for where a rollout does not say it */
const defaultGates: Gates = { decisions: 1000, unplanned: 0 };

/** A stored revision that shall come into force in stages. */
export interface Beginning {
  readonly scope: string;
  readonly revision: number;
  /** Nothing: it decides nowhere first. */
  readonly canary?: WantedCanary | undefined;
  readonly gates?: { readonly decisions?: number | undefined; readonly unplanned?: number | undefined } | undefined;
  readonly planId?: string | undefined;
  readonly reason: string;
  readonly keys: readonly PolicyKey[];
  readonly allowUnsigned?: boolean | undefined;
}

/**
 * Begins a rollout. The candidate is linted, tested and checked for a signature as an activation is. Throws InvalidInput, and FailedPrecondition where a
 * rollout is open or a canary asks for another blueprint than that in force.
 */
export async function createRollout(db: Db, actor: Activator, reviewer: Checks, input: Beginning): Promise<Rollout> {
  const { scope, revision: candidate, gates, planId, reason, keys, allowUnsigned } = input;
  await demandScope(db, scope);
  const head = await headToMove(db, reviewer, scope);
  const name = scopeName(scope);
  if (!head) throw new FailedPrecondition('failed-precondition', `Nothing of ${name} is in force: activate its first revision.`);
  if (head.rollout) throw openRollout(scope, head.rollout.id);
  if (head.revision === candidate)
    throw new InvalidInput(`Revision ${candidate} of ${name} is in force.`, [
      { pointer: '#/revision', detail: 'must be another one than that in force' },
    ]);
  await refuseMove(db, scope, { revision: candidate });
  const content = await demandActivatable(db, reviewer, { scope, revision: candidate, keys, allowUnsigned });
  if (planId !== undefined) await demandPlan(db, planId, { scope, base: head.revision, sha256: digest(content) });
  const canary = input.canary && (await canaryFor(db, { scope, base: head.revision }, content, input.canary));
  const by = actor.name;
  const wanted = { decisions: gates?.decisions ?? defaultGates.decisions, unplanned: gates?.unplanned ?? defaultGates.unplanned };
  const rollout = await insertRollout(db, { scope, candidate, base: head.revision, canary, gates: wanted, planId, by, reason });
  if (canary) actor.effects.policies.push(async () => ({ contents: [content], only: await organizationsIn(db, scope, canary) }));
  if (!rollout)
    throw new FailedPrecondition('failed-precondition', `The policy of ${name} has changed meanwhile. Nothing was changed; try again.`);
  await record(db, actor, {
    action: 'policy-rollout.create',
    target: rollout.id,
    after: {
      ...{ scope: name, revision: candidate, baseRevision: head.revision, ...stageOf(rollout), gates: wanted, reason },
      ...(planId !== undefined && { planId }),
    },
  });
  return rollout;
}

/** How far a rollout is to go. */
export interface Promotion {
  readonly stage: 'CANARY' | 'ALL';
  readonly canary?: WantedCanary | undefined;
  readonly roleMapping?: RoleMapping | undefined;
  /** Also where the gates are not met. */
  readonly force?: boolean | undefined;
  readonly reason: string;
  readonly keys: readonly PolicyKey[];
  readonly allowUnsigned?: boolean | undefined;
}

/**
 * Moves an open rollout on, where the comparison has met the gates: into its canary, into a greater one, or into force. The candidate is checked again, beside
 * what is in force now. Throws FailedPrecondition with the figures, InvalidInput, VersionMismatch.
 */
export async function promoteRollout(db: Db, actor: Activator, reviewer: Checks, before: Rollout, input: Promotion): Promise<Rollout> {
  const { scope, candidate } = before;
  const { stage, roleMapping, force = false, reason, keys, allowUnsigned } = input;
  refuseShape(input);
  const head = await headToMove(db, reviewer, scope);
  if (head?.rollout?.id !== before.id) throw noOpenRollout(before.id);
  const figures = (await figuresOf(db, [before.id])).get(before.id)!;
  const unmet = unmetGates(before.gates, figures);
  if (unmet !== undefined && !force) throw new FailedPrecondition('failed-precondition', unmet);
  const mover = { by: actor.name, reason };
  let after: Rollout | undefined;
  if (stage === 'CANARY') {
    const content = await demandActivatable(db, reviewer, { scope, revision: candidate, keys, allowUnsigned });
    const canary = await canaryFor(db, before, content, input.canary ?? {});
    refuseSmaller(before.canary, canary);
    after = await moveToCanary(db, before, canary, mover);
    actor.effects.policies.push(async () => ({ contents: [content], only: await organizationsIn(db, scope, canary, before.canary) }));
  } else {
    const activating = {
      scope,
      revision: candidate,
      expected: undefined,
      reason,
      roleMapping,
      how: 'ROLLOUT',
      keys,
      allowUnsigned,
    } as const;
    // In the canary it decides already.
    const only = canaryOf(before) && (() => organizationsIn(db, scope, everywhere, before.canary));
    await activate(db, actor, reviewer, head, { ...activating, rollout: before.id, only });
    after = await finishRollout(db, before, mover);
  }
  if (!after) throw new VersionMismatch(etagOf((await getRollout(db, scope, before.id)).version));
  await record(db, actor, {
    action: 'policy-rollout.promote',
    target: after.id,
    before: stageOf(before),
    after: { scope: scopeName(scope), revision: candidate, ...stageOf(after), figures, forced: unmet !== undefined, reason },
  });
  return after;
}

/** Ends an open rollout: the revision in force decides everywhere at once. Throws FailedPrecondition where it has ended. */
export async function cancelRollout(db: Db, actor: Activator, rollout: Rollout, reason: string): Promise<Rollout> {
  const cancelled = await cancelOpen(db, actor, rollout, reason);
  if (!cancelled) throw noOpenRollout(rollout.id);
  return cancelled;
}

/** One rollout of a scope. Throws NotFound. */
export async function getRollout(db: Db, scope: string, rolloutId: string): Promise<Rollout> {
  const rollout = await findRollout(db, rolloutId);
  if (rollout?.scope !== scope) throw new NotFound();
  return rollout;
}

/** What the figures lack, in a sentence; undefined where the gates are met. `unless` says which differences count. */
export function unmetGates(gates: Gates, { compared, unplanned }: Figures, unless = 'where the plan does not say so'): string | undefined {
  const lacks = [
    ...(compared < gates.decisions
      ? [`${counted(compared, 'decision was', 'decisions were')} compared, and its gate asks for ${gates.decisions}`]
      : []),
    ...(unplanned > gates.unplanned
      ? [
          `${counted(unplanned, 'compared decision differs', 'compared decisions differ')} ${unless}, and its gate allows ${gates.unplanned}`,
        ]
      : []),
  ];
  return lacks.length === 0
    ? undefined
    : `The rollout does not meet its gates: ${lacks.join('; ')}. Wait, cancel it, or promote it with force (on the command line --force).`;
}

function refuseShape({ stage, canary, roleMapping }: Promotion): void {
  const refuse = (pointer: string, detail: string): never => {
    throw new InvalidInput('The promotion does not hold together.', [{ pointer, detail }]);
  };
  if (stage === 'ALL' && canary) refuse('#/canary', 'is of the stage CANARY: must be left out for ALL');
  if (stage === 'CANARY' && !canary) refuse('#/canary', 'must say in which organizations the candidate decides');
  if (stage === 'CANARY' && roleMapping) refuse('#/roleMapping', 'is of the stage ALL: a canary has the roles that are in force');
}

/** An organization that is in the canary stays in it until the rollout ends: else its answers would go back and forth. */
function refuseSmaller(before: Canary, after: Canary): void {
  const left = before.organizations.filter((id) => !after.organizations.includes(id));
  if (after.share >= before.share && left.length === 0) return;
  const missing = left.length > 0 ? `; of those named before ${toId('organization', left[0]!)} is missing` : '';
  throw new InvalidInput(
    'A canary only grows: name what it has now and what comes to it. To shrink it, cancel the rollout and begin another one.',
    [{ pointer: '#/canary', detail: `must have all organizations of the present one, whose share is ${before.share}${missing}` }],
  );
}

const unknownSql = `
select asked.id from unnest($1::uuid[]) as asked (id)
where not exists (select from organizations o where o.id = asked.id and o.blueprint = $2 and o.state <> 'DELETED')`;

/** The canary of a candidate. Throws InvalidInput for organizations that are none of the kind, FailedPrecondition where the blueprint is another one. */
async function canaryFor(
  db: Db,
  { scope, base }: { scope: string; base: number },
  candidate: PolicyContent,
  { share = 0, organizationIds = [] }: WantedCanary,
): Promise<Canary> {
  if (scope === 'platform')
    throw new FailedPrecondition('failed-precondition', `The policy of the platform has no canary. ${withoutCanary}`);
  const { rows, sources, tests: _, ...present } = await loadContent(db, scope, base);
  const { tests: _tests, ...wanted } = candidate;
  if (digest({ ...wanted, rows, sources }) !== digest({ ...present, rows, sources }))
    throw new FailedPrecondition(
      'failed-precondition',
      `The candidate has another blueprint or model than what is in force, and organizations of one kind have one. Only rows and tests may differ in a canary. ${withoutCanary}`,
    );
  if (share === 0 && organizationIds.length === 0)
    throw new InvalidInput('The canary is empty.', [{ pointer: '#/canary', detail: 'must have a share or organizationIds' }]);
  const organizations = [...new Set(organizationIds.map((id) => toUuid('organization', id)))].sort();
  const kind = scope.slice('blueprint/'.length);
  const unknown = new Set((await prepared<{ id: string }>(db, 'unknown-canaries', unknownSql, [organizations, kind])).map(({ id }) => id));
  const errors = organizationIds.flatMap((id, index) =>
    unknown.has(toUuid('organization', id))
      ? [{ pointer: `#/canary/organizationIds/${index}`, detail: `${id} is no organization of the kind ${kind}` }]
      : [],
  );
  if (errors.length > 0) throw new InvalidInput('The canary names organizations that there are not.', errors.slice(0, 20));
  return { share, organizations };
}

const withoutCanary = 'Begin as a shadow (leave out canary), then promote to ALL.';

/** What is read here of a plan (core/access-plans/access-plans.ts). */
interface PlanRow {
  readonly state: string;
  readonly targets: readonly { readonly scope: string; readonly sha256: string }[];
  /** By the names of scopes. */
  readonly base: Readonly<Record<string, number>> | null;
}

async function demandPlan(db: Db, planId: string, rollout: { scope: string; base: number; sha256: string }): Promise<void> {
  const plan: PlanRow | undefined = await db('access_plans')
    .where({ id: toUuid('accessPlan', planId) })
    .first('state', 'targets', 'base');
  const detail = faultOfPlan(plan, rollout);
  if (detail !== undefined) throw new InvalidInput('The plan cannot say which differences are meant.', [{ pointer: '#/planId', detail }]);
}

function faultOfPlan(plan: PlanRow | undefined, { scope, base, sha256 }: { scope: string; base: number; sha256: string }) {
  if (!plan) return 'there is no such plan';
  if (plan.state !== 'READY') return `must be READY, and is ${plan.state}`;
  const name = scopeName(scope);
  if (!plan.targets.some((target) => target.scope === name && target.sha256 === sha256))
    return `must be a plan of this revision of ${name}, and is one of something else`;
  const planned = plan.base?.[name];
  if (planned === undefined || planned === base) return undefined;
  return `was made when revision ${planned} of ${name} was in force, and revision ${base} is: make a new plan`;
}
