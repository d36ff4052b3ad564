import { createAccessPlan } from '../access-plans/access-plans.ts';
import { applyAccessPlan, demandPresent } from '../access-plans/applying.ts';
import { contentsInForce } from '../access-plans/contents.ts';
import { StalePlan } from '../access-plans/planned-contents.ts';
import type { Planner } from '../access-plans/planner.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import type { Rollout } from '../authorization/store/rollouts.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Db } from '../database/database.ts';
import { proposeContent } from '../policies/policies.ts';
import type { FilesTask, LookedFiles } from '../policies/review-files.ts';
import type { Reviewer } from '../policies/reviewer.ts';
import { keepSignature } from '../policies/signatures.ts';
import { controllerActor, joinTerm, type ManifestContext } from './apply.ts';
import { isRefusal, refusalSentence } from './entries.ts';
import { blockingOf, faultsOf, figuresOf, findPlan, type PlanFault } from './policy-plans.ts';
import {
  digestOfFiles,
  findRecord,
  isInForce,
  keepRecord,
  type PlanFigures,
  type PolicyRecord,
  type PresentHead,
  presentHeads,
  type SaidRevision,
  supersededBy,
} from './policy-records.ts';
import { beginStage, foreignRollout, isAt, moveStage, openRolloutOf, reportOf, type WantedStage } from './policy-stages.ts';

/** What a PolicyRevision manifest says. */
export interface PolicyManifest {
  readonly ref: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
  };
  /** The names of the scopes that it has files for. */
  readonly scopes: readonly string[];
  /** Named as in a policy directory. Without model.conf the model in force is meant. */
  readonly files: Readonly<Record<string, string>>;
  readonly signatures: readonly { readonly scope: string; readonly signature: string }[];
  readonly reason: string;
  readonly gitCommit?: string | undefined;
  /** Put it into force when its plan lets it; else only propose and plan it. */
  readonly activate: boolean;
  /** How far; nothing: everywhere. */
  readonly stage?: WantedStage | undefined;
  /** What of a plan a person has to approve. */
  readonly planFailOn: readonly PlanFault[];
  /** The digest of a plan that a person has approved. */
  readonly approvedPlan?: string | undefined;
}

/** What the work on manifests of policies needs besides. */
export interface PolicyServices {
  readonly reviewer: Reviewer;
  readonly planner: Pick<Planner, 'check'>;
  /** The keys one of which must have signed what comes into force; none: that is not asked. */
  readonly keys: readonly PolicyKey[];
  /** The uids of all such manifests of the cluster. */
  readonly present: () => readonly string[];
  /** Of files that were refused what was wrong, by the uid of their manifest: the same files beside the same policies are not looked at again. */
  readonly refused: Map<string, { readonly about: string; readonly looked: LookedFiles }>;
}

/** How far a manifest is, and why it is no further. */
export type PolicyState =
  | 'LintFailed'
  | 'TestsFailed'
  | 'Planning'
  | 'PlanFailed'
  | 'PlanBlocked'
  | 'ApprovalRequired'
  | 'Proposed'
  | 'Shadow'
  | 'Canary'
  | 'GatesNotMet'
  | 'ActivationRefused'
  | 'Active'
  | 'Superseded';

/** What became of a manifest. */
export interface PolicyProgress {
  readonly state: PolicyState;
  /** Why, for people. */
  readonly detail: string;
  readonly files: string;
  /** What is wrong, with file and line. */
  readonly problems?: readonly string[];
  readonly revisions?: readonly SaidRevision[];
  readonly plan?: PlanFigures;
  /** It came into force just now. */
  readonly isNew?: true;
  /** Milliseconds until it may be further by itself. */
  readonly lookAgain?: number;
}

/**
 * Milliseconds until a plan that is being made is asked for, and until one that is stale, or of files that have changed, is followed by the next, which doubles
 * each time; after `quiet` without one it begins anew.
 */
const planning = { look: 2_000, first: 5_000, most: 600_000, quiet: 1_200_000 };

const pauseAfter = (plans: number): number => (plans === 0 ? 0 : Math.min(planning.most, planning.first * 2 ** (plans - 1)));

/**
 * Brings a manifest one step further: its files are linted and tested, proposed, planned and put into force. Each step is one transaction that also notes
 * that it was done. Throws what the API would refuse.
 */
export async function bringPolicy(context: ManifestContext, services: PolicyServices, manifest: PolicyManifest): Promise<PolicyProgress> {
  const { ref, scopes } = manifest;
  const files = digestOfFiles(scopes, manifest.files);
  const bringing = { context, services, manifest, files };
  const { record, heads, rollout } = await context.database.read('platform', async (db) => ({
    record: await findRecord(db, ref.uid),
    heads: await presentHeads(db, scopes),
    rollout: await openRolloutOf(db, scopes),
  }));
  if (record?.files !== files) return await propose(bringing, record);
  const isSeen = record.generation === ref.generation;
  if (!isSeen) await keepNewSignatures(bringing, record);
  const known = { files, revisions: record.revisions, ...(record.applied && { plan: record.applied }) };
  if (isInForce(record, heads)) {
    if (manifest.activate && !(record.isDone && isSeen)) await finish(bringing, record);
    return { ...known, state: 'Active', detail: 'What the files say is in force.' };
  }
  if (rollout && rollout.id === record.rollout) return await follow(bringing, record, rollout);
  // The rollout of this generation was ended by others, or has rolled itself back.
  if (isSeen && (record.isDone || record.rollout !== undefined))
    return { ...known, state: 'Superseded', detail: supersededBy(record, heads) };
  const { rollout: _ended, ...withoutRollout } = record;
  return await advance(bringing, withoutRollout, rollout);
}

interface Bringing {
  readonly context: ManifestContext;
  readonly services: PolicyServices;
  readonly manifest: PolicyManifest;
  readonly files: string;
}

/** Looks at the files and, where nothing is wrong with them, stores what they say as revisions and has the change planned. */
async function propose(bringing: Bringing, before: PolicyRecord | undefined): Promise<PolicyProgress> {
  const { context, services, manifest, files } = bringing;
  const looked = await lookAt(bringing);
  const { findings, failures, contents } = looked;
  if (findings.length > 0) return { state: 'LintFailed', detail: 'The files have errors.', files, problems: findings.map(lineOfFinding) };
  if (failures.length > 0) return { state: 'TestsFailed', detail: 'Tests have failed.', files, problems: failures.map(lineOfFailure) };
  // Files that change without their manifest, as those of ConfigMaps do.
  const isGoingOn = before?.generation === manifest.ref.generation && before.plannedMs < planning.quiet;
  const plans = isGoingOn ? before.plans : 0;
  const rest = isGoingOn ? pauseAfter(plans) - before.plannedMs : 0;
  if (rest > 0) {
    const detail = 'The files have changed again soon after their last access plan. Another one is made after a pause.';
    return { state: 'Planning', detail, files, lookAgain: Math.ceil(rest) };
  }
  return await within(context, manifest, async (db, actor) => {
    await actor.require('policy', 'propose', {});
    const heads = await presentHeads(db, manifest.scopes);
    const revisions: SaidRevision[] = [];
    for (const content of contents) {
      const scope = scopeName(content.scope);
      const present = heads.get(scope);
      const sha256 = digest(content);
      if (present?.sha256 === sha256) {
        revisions.push({ scope, revision: present.revision, sha256 });
        await keepSignatures(db, actor, bringing, revisions.slice(-1));
      } else revisions.push({ scope, sha256, revision: await store(db, actor, services, manifest, content) });
    }
    const record = { files, revisions, generation: manifest.ref.generation, plans, isDone: false };
    return await plan(bringing, db, actor, { record, heads });
  });
}

async function store(
  db: Db,
  actor: Actor,
  { keys }: PolicyServices,
  { reason, gitCommit, signatures }: PolicyManifest,
  content: PolicyContent,
): Promise<number> {
  const signature = signatures.find(({ scope }) => storedScope(scope) === content.scope)?.signature;
  const { revision } = await proposeContent(db, actor, content, { reason, gitCommit, signature, keys, mustBeSigned: true });
  return revision;
}

/** Keeps the signatures of the manifest over what these revisions say. Throws InvalidInput for one that is none by a key of the server. */
async function keepSignatures(db: Db, actor: Actor, { services, manifest }: Bringing, revisions: readonly SaidRevision[]): Promise<void> {
  for (const { scope: name, sha256 } of revisions) {
    const scope = storedScope(name);
    const given = manifest.signatures.find((one) => storedScope(one.scope) === scope);
    if (given) await keepSignature(db, services.keys, { scope, sha256, signature: given.signature }, actor.name);
  }
}

/** A new generation may bring signatures over the same files, as after a change of the keys. */
async function keepNewSignatures(bringing: Bringing, { revisions }: PolicyRecord): Promise<void> {
  const { context, manifest } = bringing;
  if (manifest.signatures.length === 0) return;
  await within(context, manifest, async (db, actor) => {
    await actor.require('policy', 'propose', {});
    await keepSignatures(db, actor, bringing, revisions);
  });
}

/** Has the change planned, or notes that there is none. */
async function plan(
  { context, services, manifest }: Bringing,
  db: Db,
  actor: Actor,
  { record, heads }: { record: Omit<PolicyRecord, 'plannedMs'>; heads: ReadonlyMap<string, PresentHead> },
): Promise<PolicyProgress> {
  const { files, revisions } = record;
  const { ref, reason, activate } = manifest;
  const where = { uid: ref.uid, cluster: context.cluster, present: services.present() };
  const changing = revisions.filter(({ scope, sha256 }) => heads.get(scope)?.sha256 !== sha256);
  if (changing.length === 0) {
    await keepRecord(db, where, { ...record, isDone: activate });
    return { state: 'Active', detail: 'What the files say is in force.', files, revisions };
  }
  await actor.require('policy', 'plan', {});
  const targets = changing.map(({ scope, revision }) => ({ scope: storedScope(scope), revision }));
  const { id } = await createAccessPlan(db, actor, services.reviewer, { targets, reason });
  await keepRecord(db, where, { ...record, accessPlanId: id, plans: record.plans + 1 });
  return { ...{ state: 'Planning', detail: 'The access plan is being made.', files, revisions }, lookAgain: planning.look };
}

/** What lint and tests say of the files beside what is in force. */
async function lookAt({ context, services, manifest, files }: Bringing): Promise<LookedFiles> {
  const { ref, scopes } = manifest;
  const inForce = await context.database.read('platform', (db) => contentsInForce(db));
  const about = JSON.stringify([files, inForce.map(({ sha256 }) => sha256)]);
  const known = services.refused.get(ref.uid);
  if (known?.about === about) return known.looked;
  const stored = new Set(scopes.map(storedScope));
  const others = inForce.map(({ content }) => content).filter(({ scope }) => !stored.has(scope));
  const model = inForce[0]?.content.model;
  const task: FilesTask = {
    files: { ...(model !== undefined && { 'model.conf': model }), ...manifest.files },
    hasPlatform: scopes.includes('platform'),
    blueprints: [...stored].filter((scope) => scope !== 'platform').map((scope) => scope.slice('blueprint/'.length)),
    others,
  };
  const looked = await services.reviewer.readFiles(task);
  services.refused.delete(ref.uid);
  if (looked.contents.length === 0 || looked.failures.length > 0) remember(services, ref.uid, { about, looked });
  return looked;
}

/** Refusals that are remembered at most; the oldest goes first. */
const mostRemembered = 50;

function remember({ refused }: PolicyServices, uid: string, refusal: { about: string; looked: LookedFiles }): void {
  refused.set(uid, { ...refusal, looked: { ...refusal.looked, contents: [] } });
  for (const oldest of refused.keys()) {
    if (refused.size <= mostRemembered) break;
    refused.delete(oldest);
  }
}

const lineOfFinding = ({ file, line, message, rule }: LookedFiles['findings'][number]): string =>
  `${file === undefined ? '' : `${file}:${line ?? 1}: `}${message} (${rule})`;

const lineOfFailure = ({ file, line, scope, name, message }: LookedFiles['failures'][number]): string =>
  `${file}:${line ?? 1}: ${scope}: ${name}${message === undefined ? '' : `: ${message}`}`;

/**
 * The rollout that this manifest began is open: stays where it is when that is the wanted stage, else goes on as far as a plan lets it. What is to be approved
 * is what the present generation says.
 */
async function follow(bringing: Bringing, record: PolicyRecord, rollout: Rollout): Promise<PolicyProgress> {
  const { manifest, files } = bringing;
  const isSeen = record.generation === manifest.ref.generation;
  if (!manifest.activate || isAt(rollout, manifest.stage) || (record.isDone && isSeen)) {
    if (manifest.activate && !(record.isDone && isSeen)) await finish(bringing, record);
    return { files, revisions: record.revisions, ...(record.applied && { plan: record.applied }), ...reportOf(rollout) };
  }
  // The record has to say that this generation has seen its rollout: when it ends otherwise, it is not begun again.
  if (!isSeen) return await planAgain(bringing, record, { now: true });
  return await advance(bringing, record, rollout);
}

/** Revisions are stored: follows their plan and, when it lets them, puts them into force. `rollout` is the open one, its own or that of others. */
async function advance(bringing: Bringing, record: PolicyRecord, rollout: Rollout | undefined): Promise<PolicyProgress> {
  const { context, manifest, files } = bringing;
  const stored = record.accessPlanId === undefined ? undefined : await findPlan(context.database, record.accessPlanId);
  const isNewGeneration = record.generation !== manifest.ref.generation;
  // What was carried out once and then replaced is planned anew for a manifest that has changed.
  if (stored === undefined || (record.isDone && isNewGeneration)) return await planAgain(bringing, record, { now: isNewGeneration });
  const { revisions } = record;
  if (stored.state === 'FAILED') {
    if (isNewGeneration) return await planAgain(bringing, record, { now: true });
    if (record.plannedMs >= planning.most) return await planAgain(bringing, record, { now: false });
    return { state: 'PlanFailed', detail: stored.failure!, files, revisions };
  }
  if (stored.state !== 'READY')
    return { ...{ state: 'Planning', detail: 'The access plan is being made.', files, revisions }, lookAgain: planning.look };
  const figures = figuresOf(stored);
  const known = { files, revisions, plan: figures };
  const blocking = blockingOf(stored);
  if (blocking !== undefined) return { ...known, state: 'PlanBlocked', detail: blocking };
  const faults = faultsOf(manifest, figures);
  if (faults !== undefined) return { ...known, state: 'ApprovalRequired', detail: faults };
  if (!manifest.activate)
    return { ...known, state: 'Proposed', detail: 'It is proposed and planned, and this manifest does not activate it.' };
  if (rollout && record.rollout === undefined) return { ...known, state: 'ActivationRefused', detail: foreignRollout(rollout) };
  return await activate(bringing, record, figures, rollout);
}

/** Makes another plan of the same revisions. One that follows another by itself waits, longer each time. */
async function planAgain(bringing: Bringing, record: PolicyRecord, { now }: { readonly now: boolean }): Promise<PolicyProgress> {
  const { context, manifest, files } = bringing;
  const { plannedMs, accessPlanId: _before, ...kept } = record;
  const pause = pauseAfter(record.plans);
  if (!now && plannedMs < pause) {
    const detail = 'Something has moved since the last access plan. Another one is made.';
    return { state: 'Planning', detail, files, revisions: record.revisions, lookAgain: Math.ceil(pause - plannedMs) };
  }
  return await within(context, manifest, async (db, actor) => {
    const heads = await presentHeads(db, manifest.scopes);
    const fresh = { ...kept, generation: manifest.ref.generation, isDone: false, plans: now ? 0 : record.plans };
    return await plan(bringing, db, actor, { record: fresh, heads });
  });
}

/** Puts into force what is planned and approved: everywhere, or in the stage that the manifest wants. */
async function activate(
  bringing: Bringing,
  record: PolicyRecord,
  figures: PlanFigures,
  rollout: Rollout | undefined,
): Promise<PolicyProgress> {
  const { context, services, manifest, files } = bringing;
  const { plannedMs: _since, ...kept } = record;
  const known = { files, revisions: record.revisions, plan: figures };
  const { keys, planner, present } = services;
  const check = (accessPlanId: string) => planner.check(accessPlanId);
  try {
    return await within(context, manifest, async (db, actor) => {
      await actor.require('policy', 'activate', {});
      if (rollout) {
        const demandPlan = () => demandPresent(db, figures.id, check);
        const moved = await moveStage(db, actor, services, manifest, { rolloutId: rollout.id, scope: rollout.scope, demandPlan });
        if (moved.state !== 'GatesNotMet') await note(db, bringing, { ...kept, applied: figures });
        return { ...known, ...moved };
      }
      if (manifest.stage) {
        await demandPresent(db, figures.id, check);
        const begun = await beginStage(db, actor, services, { stage: manifest.stage, reason: manifest.reason, planId: figures.id, record });
        await note(db, bringing, { ...kept, applied: figures, rollout: begun.id });
        return { ...known, ...reportOf(begun) };
      }
      const { scopes } = await applyAccessPlan(db, actor, { accessPlanId: figures.id, reason: manifest.reason, check, keys });
      const applied = new Map(scopes.map(({ scope, revision }) => [scopeName(scope), revision]));
      const revisions = record.revisions.map((one) => ({ ...one, revision: applied.get(one.scope) ?? one.revision }));
      const where = { uid: manifest.ref.uid, cluster: context.cluster, present: present() };
      const { generation } = manifest.ref;
      await keepRecord(db, where, { ...kept, revisions, generation, applied: figures, isDone: true });
      return { ...known, state: 'Active', detail: 'What the files say is in force.', revisions, isNew: true } as const;
    });
  } catch (error) {
    if (error instanceof StalePlan) return await planAgain(bringing, record, { now: false });
    if (!isRefusal(error) || !(error instanceof FailedPrecondition || error instanceof InvalidInput)) throw error;
    return { ...known, state: 'ActivationRefused', detail: refusalSentence(error) };
  }
}

/** Notes that this generation is carried out: what is put into force by others from now on stays. */
async function finish(bringing: Bringing, { plannedMs: _since, ...record }: PolicyRecord): Promise<void> {
  await within(bringing.context, bringing.manifest, (db) => note(db, bringing, record));
}

function note(db: Db, { context, services, manifest }: Bringing, record: Omit<PolicyRecord, 'plannedMs'>): Promise<void> {
  const { uid, generation } = manifest.ref;
  const where = { uid, cluster: context.cluster, present: services.present() };
  return keepRecord(db, where, { ...record, generation, isDone: true });
}

/** One transaction of the present leader. */
function within<T>(context: ManifestContext, { ref }: PolicyManifest, work: (db: Db, actor: Actor) => Promise<T>): Promise<T> {
  return context.database.write('platform', async (db) => {
    await joinTerm(db, context.fence);
    return await work(db, controllerActor(db, context, ref));
  });
}
