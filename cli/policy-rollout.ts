import { digestOfPlan, keepPlan } from '../core/access-plans/keeping.ts';
import { scopeName } from '../core/authorization/policy/scopes.ts';
import { type Awaited, awaitReplicas, targetOf } from '../core/authorization/store/replicas.ts';
import { type Head, listHeads } from '../core/authorization/store/revisions.ts';
import { findRollout, listRollouts, type Rollout } from '../core/authorization/store/rollouts.ts';
import { type Config, readConfig } from '../core/base/config.ts';
import type { Database, Db } from '../core/database/database.ts';
import { findPlace } from '../core/organizations/find-place.ts';
import { type Activator, activateRevision } from '../core/policies/activation.ts';
import { isEmptyMapping, type RoleMapping } from '../core/policies/role-mapping.ts';
import { cancelRollout, createRollout, promoteRollout, type WantedCanary } from '../core/policies/rollouts.ts';
import { type Unsigned, unsignedInForce } from '../core/policies/signatures.ts';
import { withDatabase } from './database.ts';
import { checkReason, UsageError } from './options.ts';
import { type Format, type Out, print } from './output.ts';
import { activator, mappingOf, notAwaited, refusedByPlan } from './policy-apply.ts';
import { demandScope, readRevision, readScope, uncontended } from './policy-names.ts';
import { endWords, shownOf, stageWords } from './policy-rollout-status.ts';
import { tellAwaited } from './policy-status.ts';
import { readWantedPlan, type WantedPlan } from './wanted-plan.ts';

/** How far a candidate is to go, as `--stage` says it; a canary with organizations by their slugs or ids. */
export type WantedStage =
  | { readonly stage: 'SHADOW' | 'ALL' }
  | { readonly stage: 'CANARY'; readonly share?: number; readonly organizations: readonly string[] };

export interface WantedGates {
  readonly decisions?: number;
  readonly unplanned?: number;
}

interface StageOptions {
  readonly stage: WantedStage;
  readonly reason: string;
  readonly force?: true;
  readonly renameRole: readonly string[];
  readonly dropRole: readonly string[];
  readonly allowUnsigned?: true;
  readonly output: Format;
  /** Seconds to wait for the replicas. */
  readonly wait?: number;
}

interface ActivateOptions extends StageOptions {
  readonly gate?: WantedGates;
  readonly plan?: string;
}

/** What a command has done: the head of the scope, and the rollout where there is one. */
interface Done {
  readonly head: Head;
  readonly rollout?: Rollout | undefined;
  readonly unsigned: Unsigned;
}

/**
 * `tenet policy activate`: puts a stored revision into force, at once or in stages. Exit code: 0; 3 where a replica does not decide by it yet; 20 where a rail blocks
 * the plan of a file or it is of something else; 21 where it is stale.
 */
export async function activate(name: string, options: ActivateOptions, out: Out = console.log): Promise<number> {
  const { scope, stored, number } = readRevision(name);
  if (number === undefined) throw new UsageError(`${name} names no revision: say which one, as in ${scope}@3.`);
  const { stage, reason, gate: gates, plan: planned, allowUnsigned } = options;
  if (planned !== undefined && stage.stage === 'ALL') throw new UsageError(planOfAll);
  const plan = planned === undefined ? undefined : await readWantedPlan(planned);
  return changing(stored, options, out, async (db, { actor, mapping, keys, database }) => {
    const [head] = await listHeads(db, [stored]);
    const canary = await canaryOf(db, stage);
    if (head?.rollout?.candidate === number && stage.stage !== 'SHADOW') {
      if (plan) await demandPlanOf(db, head.rollout.id, plan);
      return promoteOpen(db, head, options, { actor, mapping, keys, database, canary });
    }
    if (stage.stage !== 'ALL') {
      const planId =
        plan?.id ??
        (plan && (await keepPlan(database, db, actor, { plan: plan.document, candidate: { scope: stored, revision: number } })));
      return {
        rollout: await createRollout(db, actor, uncontended, {
          scope: stored,
          revision: number,
          canary,
          gates,
          planId,
          reason,
          keys,
          allowUnsigned,
        }),
      };
    }
    const activating = { scope: stored, revision: number, expected: undefined, reason, roleMapping: mapping, keys, allowUnsigned };
    await activateRevision(db, actor, uncontended, activating);
    return {};
  }).catch(refusedByPlan);
}

const planOfAll =
  '--plan goes with a stage, whose comparison it is for. To put what was planned into force at once: npx tenet policy apply --plan.';

/** A rollout has the plan that it began with. Throws UsageError where another one is named. */
async function demandPlanOf(db: Db, rolloutId: string, { id, document }: WantedPlan): Promise<void> {
  const { planId } = (await findRollout(db, rolloutId))!;
  if (id !== undefined && id === planId) return;
  if (document && planId !== undefined && (await digestOfPlan(db, planId)) === document.digest) return;
  const present = planId === undefined ? 'without a plan' : `with the plan ${planId}`;
  throw new UsageError(
    `The open rollout ${rolloutId} began ${present}, and keeps that: leave out --plan, or cancel it and begin another one.`,
  );
}

/** `tenet policy rollout promote`: moves the open rollout of a scope on. Exit code as of activate. */
export async function promote(scope: string, options: StageOptions, out: Out = console.log): Promise<number> {
  const stored = readScope(scope);
  if (options.stage.stage === 'SHADOW')
    throw new UsageError('--stage must be canary:<share>%, orgs=<organizations> or all: a rollout does not go back to the shadow.');
  return changing(stored, options, out, async (db, context) => {
    const [head] = await listHeads(db, [stored]);
    if (!head?.rollout) throw await nothingOpen(db, scope);
    return promoteOpen(db, head, options, { ...context, canary: await canaryOf(db, options.stage) });
  });
}

/** `tenet policy rollout cancel`: ends the open rollout of a scope. Exit code as of activate. */
export async function cancel(
  scope: string,
  options: Omit<StageOptions, 'stage' | 'force' | 'renameRole' | 'dropRole' | 'allowUnsigned'>,
  out: Out = console.log,
): Promise<number> {
  const stored = readScope(scope);
  return changing(stored, { ...options, renameRole: [], dropRole: [] }, out, async (db, { actor }) => {
    const [head] = await listHeads(db, [stored]);
    if (!head?.rollout) throw await nothingOpen(db, scope);
    return { rollout: await cancelRollout(db, actor, (await findRollout(db, head.rollout.id))!, options.reason) };
  });
}

interface Context {
  readonly actor: Activator;
  readonly mapping: RoleMapping;
  readonly keys: Config['policyKeys'];
  readonly database: Database;
}

/** Does something with a scope in one transaction, says what came of it, and waits for the replicas where that is asked. */
async function changing(
  stored: string,
  options: Pick<StageOptions, 'reason' | 'renameRole' | 'dropRole' | 'output' | 'wait'>,
  out: Out,
  work: (db: Db, context: Context) => Promise<{ rollout?: Rollout }>,
): Promise<number> {
  checkReason('--reason', options.reason);
  const config = readConfig(process.env);
  const about = {
    actor: activator(),
    mapping: mappingOf(options),
    keys: config.policyKeys,
  } satisfies Omit<Context, 'database'>;
  const { head, rollout, awaited, unsigned } = await withDatabase(config, async (database) => {
    const done = await database.write('platform', async (db): Promise<Done> => {
      await demandScope(db, stored);
      const { rollout } = await work(db, { ...about, database });
      const [head] = await listHeads(db, [stored]);
      return { head: head!, rollout, unsigned: await unsignedInForce(db) };
    });
    return { ...done, awaited: await awaitHead(database, done.head, options.wait) };
  });
  const scope = scopeName(stored);
  const shown = rollout && shownOf(rollout);
  print(options.output, out, { scope, revision: head.revision, ...(shown && { rollout: shown }) }, () => [
    ...(shown ? [`${scope}: rollout ${shown.id} of revision ${shown.candidate}: ${stageWords(shown)}`] : []),
    `${scope}: revision ${head.revision} is in force`,
  ]);
  return tellAwaited(awaited, [targetOf(head)], unsigned);
}

const awaitHead = async (database: Database, head: Head, wait: number | undefined): Promise<Awaited> =>
  wait === undefined ? notAwaited : awaitReplicas(database, [targetOf(head)], wait * 1_000);

async function promoteOpen(
  db: Db,
  head: Head,
  { stage: { stage }, force, reason, allowUnsigned }: Pick<StageOptions, 'stage' | 'force' | 'reason' | 'allowUnsigned'>,
  { actor, mapping, keys, canary }: Context & { readonly canary: WantedCanary | undefined },
): Promise<{ rollout: Rollout }> {
  const before = (await findRollout(db, head.rollout!.id))!;
  const promotion = {
    ...{ stage: stage as 'CANARY' | 'ALL', canary, force, reason, keys, allowUnsigned },
    ...(!isEmptyMapping(mapping) && { roleMapping: mapping }),
  };
  return { rollout: await promoteRollout(db, actor, uncontended, before, promotion) };
}

async function canaryOf(db: Db, wanted: WantedStage): Promise<WantedCanary | undefined> {
  if (wanted.stage !== 'CANARY') return undefined;
  const organizationIds: string[] = [];
  for (const name of wanted.organizations) {
    const place = await findPlace(db, name);
    if (!place || place.projectId !== undefined)
      throw new UsageError(`--stage names ${name}, which is no active organization: give the slug or the id of one.`);
    organizationIds.push(place.organizationId);
  }
  return { ...(wanted.share !== undefined && { share: wanted.share }), ...(organizationIds.length > 0 && { organizationIds }) };
}

/** Says how the last one has ended, because a rollout that ended by itself was on no screen. */
async function nothingOpen(db: Db, scope: string): Promise<UsageError> {
  const [last] = await listRollouts(db, readScope(scope), { limit: 1 });
  const before = last ? ` ${endWords(last)}.`.replace(/\.\.$/, '.') : '';
  const begin = `npx tenet policy activate ${scope}@<revision> --stage shadow --reason '…'`;
  return new UsageError(`${scope} has no open rollout.${before} To begin one: ${begin}`);
}
