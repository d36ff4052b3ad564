import { createAccessPlan, getAccessPlan, type StoredPlan } from '../access-plans/access-plans.ts';
import { applyAccessPlan } from '../access-plans/applying.ts';
import { contentsInForce } from '../access-plans/contents.ts';
import { StalePlan } from '../access-plans/planned-contents.ts';
import type { Planner } from '../access-plans/planner.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName, storedScope } from '../authorization/policy/scopes.ts';
import { FailedPrecondition, InvalidInput, NotFound } from '../base/errors.ts';
import type { PolicyKey } from '../base/policy-keys.ts';
import type { Db } from '../database/database.ts';
import { proposeContent } from '../policies/policies.ts';
import type { FilesTask, LookedFiles } from '../policies/review-files.ts';
import type { Reviewer } from '../policies/reviewer.ts';
import { controllerActor, joinTerm, type ManifestContext } from './apply.ts';
import { isRefusal, refusalSentence } from './entries.ts';
import {
  digestOfFiles,
  findRecord,
  keepRecord,
  type PlanFigures,
  type PolicyRecord,
  type PresentHead,
  presentHeads,
  type SaidRevision,
} from './policy-records.ts';
import { beginStage, moveStage, type OpenRollout, openRolloutOf, reportOf, type WantedStage } from './policy-stages.ts';

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

export type PlanFault = 'Gain' | 'SensitiveGain' | 'Loss';

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

/** Milliseconds until a plan that is being made is asked for, and until one that is stale is followed by the next, which doubles each time. */
const planning = { look: 2_000, first: 5_000, most: 600_000 };

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
  if (record?.files !== files) return await propose(bringing);
  const known = { files, revisions: record.revisions, ...(record.applied && { plan: record.applied }) };
  if (isInForce(record, heads)) {
    if (manifest.activate && !(record.isDone && record.generation === ref.generation)) await finish(bringing, record);
    return { ...known, state: 'Active', detail: 'What the files say is in force.' };
  }
  if (rollout && record.revisions[0]?.revision === rollout.candidate) return await bringStage(bringing, record, rollout);
  if (record.isDone && record.generation === ref.generation) return { ...known, state: 'Superseded', detail: supersededBy(record, heads) };
  return await advance(bringing, record);
}

interface Bringing {
  readonly context: ManifestContext;
  readonly services: PolicyServices;
  readonly manifest: PolicyManifest;
  readonly files: string;
}

const isInForce = ({ revisions }: Pick<PolicyRecord, 'revisions'>, heads: ReadonlyMap<string, PresentHead>): boolean =>
  revisions.every(({ scope, sha256 }) => heads.get(scope)?.sha256 === sha256);

function supersededBy({ revisions }: PolicyRecord, heads: ReadonlyMap<string, PresentHead>): string {
  const others = revisions.flatMap(({ scope, sha256 }) => {
    const head = heads.get(scope);
    if (head === undefined || head.sha256 === sha256) return [];
    const why = head.reason === undefined ? '' : ` (${JSON.stringify(head.reason)})`;
    return `Revision ${head.revision} of ${scope} is in force, by ${head.by} at ${head.at}${why}.`;
  });
  return `${others.join(' ')} It stays so until this manifest changes.`;
}

/** Looks at the files and, where nothing is wrong with them, stores what they say as revisions and has the change planned. */
async function propose({ context, services, manifest, files }: Bringing): Promise<PolicyProgress> {
  const looked = await lookAt({ context, services, manifest, files });
  const { findings, failures, contents } = looked;
  if (findings.length > 0) return { state: 'LintFailed', detail: 'The files have errors.', files, problems: findings.map(lineOfFinding) };
  if (failures.length > 0) return { state: 'TestsFailed', detail: 'Tests have failed.', files, problems: failures.map(lineOfFailure) };
  return await within(context, manifest, async (db, actor) => {
    await actor.require('policy', 'propose', {});
    const heads = await presentHeads(db, manifest.scopes);
    const revisions: SaidRevision[] = [];
    for (const content of contents) {
      const scope = scopeName(content.scope);
      const present = heads.get(scope);
      const sha256 = digest(content);
      if (present?.sha256 === sha256) revisions.push({ scope, revision: present.revision, sha256 });
      else revisions.push({ scope, sha256, revision: await store(db, actor, services, manifest, content) });
    }
    const record = { files, revisions, generation: manifest.ref.generation, plans: 0, isDone: false };
    return await plan({ context, services, manifest, files }, db, actor, { record, heads });
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

/** Revisions are stored: follows their plan and, when it lets them, puts them into force. */
async function advance(bringing: Bringing, record: PolicyRecord): Promise<PolicyProgress> {
  const { context, manifest, files } = bringing;
  const stored = record.accessPlanId === undefined ? undefined : await findPlan(context, record.accessPlanId);
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
  const blocking = stored.plan!.rails.filter(({ status }) => status === 'BLOCK').map(({ detail }) => detail);
  if (blocking.length > 0) return { ...known, state: 'PlanBlocked', detail: blocking.join(' ') };
  const faults = faultsOf(manifest, figures);
  if (faults !== undefined) return { ...known, state: 'ApprovalRequired', detail: faults };
  if (!manifest.activate)
    return { ...known, state: 'Proposed', detail: 'It is proposed and planned, and this manifest does not activate it.' };
  return await activate(bringing, record, figures);
}

async function findPlan({ database }: ManifestContext, accessPlanId: string): Promise<StoredPlan | undefined> {
  return await database
    .read('platform', (db) => getAccessPlan(db, accessPlanId))
    .catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
}

function figuresOf({ id, plan }: StoredPlan): PlanFigures {
  const { digest: planDigest, summary } = plan!;
  const { gains, sensitiveGains, losses } = summary;
  return { id, digest: planDigest, gains, sensitiveGains, losses };
}

/** What of the plan nobody has approved. */
function faultsOf(
  { planFailOn, approvedPlan }: PolicyManifest,
  { digest: planDigest, gains, sensitiveGains = 0, losses }: PlanFigures,
): string | undefined {
  if (approvedPlan === planDigest) return undefined;
  const faults = [
    ...(planFailOn.includes('Gain') && gains > 0 ? [`${gains} gains`] : []),
    ...(planFailOn.includes('SensitiveGain') && sensitiveGains > 0 ? [`${sensitiveGains} sensitive gains`] : []),
    ...(planFailOn.includes('Loss') && losses > 0 ? [`${losses} losses`] : []),
  ];
  if (faults.length === 0) return undefined;
  const before = approvedPlan === undefined ? '' : ' Another plan was approved before: something has moved since then.';
  return `The plan has ${faults.join(' and ')} of permissions.${before} To approve it, set spec.approvedPlan to ${planDigest}.`;
}

/** Makes another plan of the same revisions. One that follows another by itself waits, longer each time. */
async function planAgain(bringing: Bringing, record: PolicyRecord, { now }: { readonly now: boolean }): Promise<PolicyProgress> {
  const { context, manifest, files } = bringing;
  const { plannedMs, accessPlanId: _before, ...kept } = record;
  const pause = record.plans === 0 ? 0 : Math.min(planning.most, planning.first * 2 ** (record.plans - 1));
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

async function activate(bringing: Bringing, record: PolicyRecord, figures: PlanFigures): Promise<PolicyProgress> {
  const { context, services, manifest, files } = bringing;
  const { plannedMs: _since, ...kept } = record;
  try {
    return await within(context, manifest, async (db, actor) => {
      await actor.require('policy', 'activate', {});
      if (manifest.stage) {
        const stage = await beginStage(db, actor, services, { stage: manifest.stage, reason: manifest.reason, planId: figures.id, record });
        await note(db, bringing, { ...kept, applied: figures });
        return { ...stage, files, revisions: record.revisions, plan: figures };
      }
      const { keys, planner, present } = services;
      const check = (accessPlanId: string) => planner.check(accessPlanId);
      const { scopes } = await applyAccessPlan(db, actor, { accessPlanId: figures.id, reason: manifest.reason, check, keys });
      const applied = new Map(scopes.map(({ scope, revision }) => [scopeName(scope), revision]));
      const revisions = record.revisions.map((one) => ({ ...one, revision: applied.get(one.scope) ?? one.revision }));
      const where = { uid: manifest.ref.uid, cluster: context.cluster, present: present() };
      const { generation } = manifest.ref;
      await keepRecord(db, where, { ...kept, revisions, generation, applied: figures, isDone: true });
      return { state: 'Active', detail: 'What the files say is in force.', files, revisions, plan: figures, isNew: true } as const;
    });
  } catch (error) {
    if (error instanceof StalePlan) return await planAgain(bringing, record, { now: false });
    if (!isRefusal(error) || !(error instanceof FailedPrecondition || error instanceof InvalidInput)) throw error;
    return { state: 'ActivationRefused', detail: refusalSentence(error), files, revisions: record.revisions, plan: figures };
  }
}

/** A rollout of what the manifest says is open: brings it to the stage that the manifest wants, as far as its gates let it. */
async function bringStage(bringing: Bringing, record: PolicyRecord, rollout: OpenRollout): Promise<PolicyProgress> {
  const { context, services, manifest, files } = bringing;
  const { plannedMs: _since, ...kept } = record;
  const known = { files, revisions: record.revisions, ...(record.applied && { plan: record.applied }) };
  if (!manifest.activate || (record.isDone && record.generation === manifest.ref.generation)) return { ...known, ...reportOf(rollout) };
  try {
    return await within(context, manifest, async (db, actor) => {
      await actor.require('policy', 'activate', {});
      const moved = await moveStage(db, actor, services, manifest, rollout);
      if (moved.state !== 'GatesNotMet') await note(db, bringing, kept);
      return { ...known, ...moved };
    });
  } catch (error) {
    if (!(error instanceof FailedPrecondition || error instanceof InvalidInput)) throw error;
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
