import type { MailLimits } from '../access/invitation-budgets.ts';
import type { DriverName } from '../apps/instances.ts';
import { type Actor, createActor } from '../authorization/decisions/actor.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { FailedPrecondition, Unavailable } from '../base/errors.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Labels } from '../base/labels.ts';
import { type Database, type Db, prepared } from '../database/database.ts';
import { limitRefusal } from '../database/limit-refusal.ts';
import type { HandOverMode } from '../organizations/hand-overs.ts';
import type { ManagedBy, ManifestIdentity } from '../organizations/managed-by.ts';
import { isRefusal, type RefusedEntries, refusalSentence } from './entries.ts';
import type { DesiredMember } from './member-status.ts';
import type { DesiredResource } from './resources.ts';
import type { DesiredServiceAccount } from './service-accounts.ts';
import type { DesiredSettings } from './setting-values.ts';

/** Which manifest, and which state of it. `uid` is the identity: the same name with another uid is another manifest. */
export interface ManifestRef extends ManifestIdentity {
  readonly uid: string;
  readonly generation: number;
}

/** What every manifest says. */
export interface Manifest {
  readonly ref: ManifestRef;
  readonly displayName: string;
  readonly slug: string;
  /** Without them, the labels are the API's. */
  readonly labels?: Labels | undefined;
  readonly members: readonly DesiredMember[];
  /** Exact: only who is listed is a member. Additive: an entry that is removed takes its own member away, and no other. */
  readonly membersPolicy: 'Additive' | 'Exact';
  /** Those of the organization itself, or of the project. One that is not listed any more is deleted. */
  readonly serviceAccounts?: readonly DesiredServiceAccount[];
  /** Of the organization, or of the project. One that it does not say any more is cleared. */
  readonly settingValues?: DesiredSettings;
  /** Of the organization itself, or of the project. One that is not listed any more is deleted. */
  readonly resources?: readonly DesiredResource[];
  /** The id of what exists already and the manifest takes over. */
  readonly adopt?: string | undefined;
  /** False: only look. */
  readonly manage: boolean;
  /** It has never been applied, as far as its status knows. */
  readonly isNew?: boolean;
}

/** The term of the leader that applies. */
export interface Fence {
  /** `kubernetes`, or the directory. */
  readonly source: string;
  readonly term: number;
}

/** What applying manifests needs. */
export interface ManifestContext {
  readonly database: Database;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  /** What the mails of invitations are counted against, together with those of the API. */
  readonly mails: MailLimits;
  readonly fence: Fence;
  /** What runs applications in this installation. */
  readonly appsDriver: DriverName;
  /** The kind of an organization whose manifest names none, if the configuration says one. */
  readonly defaultBlueprint?: string | undefined;
  /** Where the manifests are, as a consent names it. */
  readonly cluster: string;
}

/** What a row keeps of the manifest that owns it. */
export interface StoredRef extends ManagedBy {
  readonly uid: string;
  /** Absent on rows of older programs, until the manifest's next pass. */
  readonly cluster?: string;
  /** Only on the organization or project itself, as the settings are. */
  readonly generation?: number;
}

/** The holder of the lease before must not write any more; a new attempt finds the present state. */
export class StaleLeader extends Unavailable {
  constructor() {
    super('Another controller has taken over.');
  }
}

/** The manifest as it is stored on members and invitations that it owns. */
export function storedRef({ kind, namespace, name, uid, cluster }: StoredRef): StoredRef {
  return { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, ...(cluster !== undefined && { cluster }) };
}

/** The manifest as the row that it owns has it. */
export function ownerRef(ref: ManifestRef, settings: readonly string[] = []): string {
  return JSON.stringify({ ...storedRef(ref), generation: ref.generation, ...(settings.length > 0 && { settings }) });
}

/** The manifest without what changes when it is made again. */
export function identity({ cluster, kind, namespace, name }: ManifestIdentity): string {
  return JSON.stringify({ cluster, kind, ...(namespace === undefined ? {} : { namespace }), name });
}

/** Whether the row has the manifest under the present generation, name and cluster, and with the settings that it says now. */
export function isNoted(stored: StoredRef, { generation, name, cluster }: ManifestRef, settings: readonly string[] = []): boolean {
  const isPresent = stored.generation === generation && stored.name === name && stored.cluster === cluster;
  return isPresent && (stored.settings ?? []).join() === settings.join();
}

/** How people call the manifest: `Organization acme`, `Project team-a/api`. */
export function manifestName({ kind, namespace, name }: ManagedBy): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Whether the row's manifest was this one before it was deleted by force and made again: of two objects of one name, one is gone. */
export function wasFormer(manager: StoredRef, { cluster, kind, namespace, name }: ManifestRef): boolean {
  return manager.cluster === cluster && manager.kind === kind && manager.namespace === namespace && manager.name === name;
}

/** The cluster of a plan that does not know where its manifests will be applied. The API takes no consent for it. */
export const unknownCluster = 'none';

/** How an administrator lets a manifest take over, or look at, what it has not made. `path` is the place in the API. */
export function consentSentence(path: string, { cluster, namespace, name }: ManifestIdentity, mode: HandOverMode): string {
  if (cluster === unknownCluster)
    return 'The consent names where the manifest will be applied: plan again with --cluster and the uid of the namespace kube-system there, or directory:/ and the path of the directory.';
  const body = JSON.stringify({ mode, cluster, ...(namespace === undefined ? {} : { namespace }), name });
  return `An administrator there consents by PUT /v1/${path}/hand-over with ${body}.`;
}

/** The refusal of a manifest without consent. It is the same for what does not exist, so that an id tells its author nothing. */
export function notHandedOver(path: string, ref: ManifestIdentity, mode: HandOverMode): FailedPrecondition {
  const id = path.slice(path.lastIndexOf('/') + 1);
  return new FailedPrecondition('not-handed-over', `${id} is not handed over to this manifest. ${consentSentence(path, ref, mode)}`);
}

/** Begins the term of a leader who has just been elected: all writers of earlier terms are refused from now on. */
export function beginTerm(database: Database, source: string): Promise<number> {
  return database.write('platform', async (db) => {
    const { rows } = await db.raw(
      'insert into fences (source, term) values (?, 1) on conflict (source) do update set term = fences.term + 1 returning term::int',
      [source],
    );
    return rows[0].term;
  });
}

/** Throws StaleLeader unless the term is the present one; it stays so until the transaction ends. */
export async function joinTerm(db: Db, { source, term }: Fence): Promise<void> {
  const rows = await prepared(db, 'fence', 'select from fences where source = $1 and term = $2 for share', [source, term]);
  if (rows.length === 0) throw new StaleLeader();
}

/** The controller as an actor: the policy is asked about it like about everybody, and the audit names manifest and generation. */
export function controllerActor(
  db: Db,
  { policies }: Pick<ManifestContext, 'policies'>,
  ref: Pick<ManifestRef, 'namespace' | 'name' | 'uid' | 'generation'> & { readonly kind: string },
): Actor {
  const place = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  return createActor({
    db,
    policies,
    principal: { subject: { type: 'controller', id: 'controller' }, issuedAt: Number.MAX_SAFE_INTEGER },
    name: `manifest:${ref.kind}/${place}@${ref.generation}`,
    requestId: `manifest-${ref.uid}-${ref.generation}`,
    lock: false,
  });
}

/** One thing to be done so that the database is what the manifest says. */
export interface Step {
  /** For people and for `--dry-run`: `give bob@example.com org.manager`. */
  readonly does: string;
  /** The addresses of the entries that it is for. When it is refused they are left as they are, and everything else is done. */
  readonly entries?: readonly string[];
  /** It only notes whose the row is, so a manifest that merely looks does not differ by it. */
  readonly isNote?: true;
  /** It changes what decides. What follows has to be asked of the new policy, so it is done in a transaction of its own, once this one has ended. */
  readonly changesPolicy?: true;
  run(): Promise<unknown>;
}

/** What a look at the database found. */
export interface Plan<R> {
  readonly steps: readonly Step[];
  readonly result: R;
  /** Given when nothing can be left to do once the steps are done: the result then, without another look. */
  readonly settled?: () => R;
}

/** What the steps would change, in words, for a manifest that only looks. */
export function differencesOf(steps: readonly Step[]): string[] {
  return steps.filter(({ isNote }) => !isNote).map(({ does }) => does);
}

/** How one attempt is made. The first one is fast; when an entry is refused in it, a second one is made entry by entry. */
export interface Attempt {
  /** Entries that have been refused, and why. */
  readonly refused: RefusedEntries;
  /** Plan no step for several entries, and undo alone what is refused. */
  readonly isCareful: boolean;
}

/** Plans follow one another while a step makes the next ones known; more rounds than this mean that two of them undo each other. */
const maxRounds = 8;

/** What one transaction has come to. */
interface Turn<R> {
  readonly result: R;
  readonly done: readonly string[];
  /** A policy has been changed, and what follows is for another transaction. */
  readonly isUnfinished?: true;
}

/**
 * Brings the database to what a manifest says, in one transaction, or in one more each time that the policy is changed. First it only looks: when nothing is to be done, nothing is
 * written, locked or waited for. Else it is alone in the organization that the manifest with `organizationUid` owns before it plans
 * again. `plan` only looks, and asks its first questions of the database before it waits for anything.
 */
export async function apply<R>(
  context: ManifestContext,
  { ref, manage, isNew }: Manifest,
  organizationUid: string,
  plan: (db: Db, actor: Actor, attempt: Attempt) => Promise<Plan<R>>,
): Promise<{ result: R; done: string[] }> {
  // What is new surely changes something.
  if (!(manage && isNew)) {
    const looking = { refused: new Map(), isCareful: false };
    const { steps, result } = await context.database.read('platform', (db) => plan(db, controllerActor(db, context, ref), looking));
    if (steps.length === 0) return { result, done: [] };
  }
  const attempt = (isCareful: boolean) =>
    context.database.write('platform', async (db) => {
      const actor = controllerActor(db, context, ref);
      const refused = new Map<string, string>();
      const next = () => plan(db, actor, { refused, isCareful });
      // Sent together and carried out in this order: the plan sees what the lock has waited for.
      const looked = await Promise.allSettled([joinTerm(db, context.fence), lockOrganization(db, organizationUid), next()]);
      for (const outcome of looked) if (outcome.status === 'rejected') throw outcome.reason;
      const first = (looked[2] as PromiseFulfilledResult<Plan<R>>).value;
      return carryOut(first, next, isCareful ? (step) => carefully(db, step, refused) : fast);
    });
  const done: string[] = [];
  for (let turn = 0; turn < maxRounds; turn++) {
    const { result, isUnfinished, ...turned } = await attempt(false).catch((error: unknown) => {
      if (error instanceof EntryRefused) return attempt(true);
      throw error;
    });
    done.push(...turned.done);
    if (!isUnfinished) return { result, done };
  }
  throw unsettled(done);
}

function unsettled(done: readonly string[]): Error {
  return new Error(`the manifest does not settle: ${done.slice(-3).join('; ')}`);
}

/** Carries out plan after plan until nothing is left to do, or the policy has changed. `run` says whether the step was done. */
async function carryOut<R>(first: Plan<R>, plan: () => Promise<Plan<R>>, run: (step: Step) => Promise<boolean>): Promise<Turn<R>> {
  const done: string[] = [];
  let next = first;
  for (let round = 0; round < maxRounds; round++) {
    const { steps, result, settled } = next;
    if (steps.length === 0) return { result, done };
    const ran: Step[] = [];
    for (const step of steps) if (await run(step)) ran.push(step);
    done.push(...ran.map(({ does }) => does));
    if (ran.some(({ changesPolicy }) => changesPolicy)) return { result, done, isUnfinished: true };
    if (settled) return { result: settled(), done };
    next = await plan();
  }
  throw unsettled(done);
}

/** An entry was refused in an attempt that cannot go on without it. */
class EntryRefused extends Error {}

/** A limit of the organization that is reached refuses a step as it refuses a request. */
async function runStep(step: Step): Promise<void> {
  await step.run().catch((error: unknown) => {
    throw limitRefusal(error);
  });
}

async function fast(step: Step): Promise<boolean> {
  await runStep(step).catch((cause: unknown) => {
    throw step.entries !== undefined && isRefusal(cause) ? new EntryRefused('an entry was refused', { cause }) : cause;
  });
  return true;
}

/** Runs a step so that its refusal takes nothing else with it. */
async function carefully(db: Db, step: Step, refused: Map<string, string>): Promise<boolean> {
  const { entries } = step;
  if (entries === undefined) {
    await runStep(step);
    return true;
  }
  // An earlier step of the entry was refused.
  if (entries.some((entry) => refused.has(entry))) return false;
  await db.raw('savepoint entry');
  try {
    await runStep(step);
    await db.raw('release savepoint entry');
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await db.raw('rollback to savepoint entry');
    for (const entry of entries) refused.set(entry, refusalSentence(error));
    return false;
  }
}

/** Locks the row that the Organization manifest owns, if there is one. */
export async function lockOrganization(db: Db, uid: string): Promise<void> {
  const sql = 'select from organizations where manifest_uid = $1 for no key update';
  await prepared(db, 'manifest-lock', sql, [uid]);
}
