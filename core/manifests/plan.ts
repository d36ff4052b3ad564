import { readTouched } from '../access/touched.ts';
import { readWholeAccessChange, watchAccess } from '../access-plans/access-change.ts';
import type { AccessChange } from '../access-plans/change-report.ts';
import { openEntry, type PersonKeys, personKeysOf } from '../audit/person-keys.ts';
import { isId, newUuid, toId, toUuid } from '../base/ids.ts';
import { type Database, type Db, prepared } from '../database/database.ts';
import { lockOrganization, type ManifestContext, unknownCluster } from './apply.ts';
import { isRefusal, refusalSentence, type SpecProblem } from './entries.ts';
import { type AppliedOrganization, applyOrganization, type OrganizationManifest } from './organization.ts';
import { type ManifestChange, namesIn, withoutMadeIds } from './planned-names.ts';
import { type ManagedRow, type NamedManifest, plannedRef, readClusters, readManaged, rowOf } from './planned-places.ts';
import { plannedPolicies } from './planned-policies.ts';
import { type AppliedProject, applyProject, type ProjectManifest } from './project.ts';

/** An Organization manifest that may be applied. */
export interface WantedOrganization extends NamedManifest {
  readonly manifest: Omit<OrganizationManifest, 'ref'>;
}

/** A Project manifest that may be applied; `problem` says why it would not be. */
export interface WantedProject extends NamedManifest {
  readonly manifest: Omit<ProjectManifest, 'ref' | 'organization'>;
  readonly problem?: string | undefined;
}

/** What belongs to one Organization: its own manifest, if it is among them, and those of its Projects. */
export interface WantedManifests {
  readonly organization: string;
  readonly own?: WantedOrganization | undefined;
  readonly projects: readonly WantedProject[];
}

/** What applying one manifest would do. */
export interface PlannedManifest {
  readonly kind: 'Organization' | 'Project';
  readonly namespace?: string | undefined;
  readonly name: string;
  /** CREATES: what it describes is made. ADOPTS: it takes over what exists. LOOKS: its managementPolicy lets it change nothing. REFUSED: nothing of it is carried out. */
  readonly outcome: 'CREATES' | 'ADOPTS' | 'CHANGES' | 'NOTHING' | 'LOOKS' | 'REFUSED';
  /** In words; for one that only looks, what differs. */
  readonly steps: readonly string[];
  /** The events that the audit log would have. */
  readonly changes: readonly ManifestChange[];
  /** What cannot be carried out, and why. */
  readonly problems: readonly Partial<SpecProblem>[];
}

/** What applying the manifests of one Organization would do. */
export interface OrganizationPlan {
  readonly organization: string;
  readonly organizationId?: string;
  readonly manifests: readonly PlannedManifest[];
  readonly access?: AccessChange;
  /** Of ids that are in the plan: slugs, addresses and names. */
  readonly names: Readonly<Record<string, string>>;
}

/** What planning manifests needs; `cluster` is where they will be applied. */
export interface PlanningContext extends Omit<ManifestContext, 'fence' | 'cluster'> {
  readonly cluster?: string | undefined;
}

/**
 * Says what applying manifests would do, as a controller would do it, and does none of it: those of each Organization are applied in one
 * transaction that is undone. An organization that is planned is locked for that long, as by a request with `validateOnly`.
 */
export async function planManifests(context: PlanningContext, wanted: readonly WantedManifests[]): Promise<OrganizationPlan[]> {
  const names = wanted.flatMap(({ organization, projects }) => [organization, ...projects.map(({ name }) => name)]);
  const { rows, clusters } = await context.database.read('platform', async (db) => ({
    rows: await readManaged(db, names),
    clusters: await readClusters(db),
  }));
  const cluster = context.cluster ?? (clusters.length === 1 ? clusters[0]! : unknownCluster);
  const made = new Set<string>();
  const plans: OrganizationPlan[] = [];
  for (const one of wanted) {
    const turn = { rows, made, chosen: context.cluster };
    const plan = await context.database.rehearse('platform', (db) => planOne(db, { ...context, cluster }, one, turn));
    plans.push(plan);
    if (one.own && plan.manifests[0]?.outcome === 'CREATES') made.add(one.own.manifest.slug);
  }
  return plans;
}

interface Turn {
  readonly rows: readonly ManagedRow[];
  /** The cluster that was chosen, where rows of several have one name. */
  readonly chosen: string | undefined;
  /** Slugs of organizations that manifests before these would make. */
  readonly made: ReadonlySet<string>;
}

async function planOne(
  db: Db,
  context: PlanningContext & { readonly cluster: string },
  { organization, own, projects }: WantedManifests,
  { rows, chosen, made }: Turn,
): Promise<OrganizationPlan> {
  const { cluster, policies } = context;
  const named: NamedManifest = own ?? { kind: 'Organization', name: organization, uid: newUuid() };
  const row = rowOf(rows, named, chosen);
  const ref = plannedRef(named, row, cluster);
  const fence = { source: `plan:${ref.uid}`, term: 1 };
  await Promise.all([prepared(db, 'plan-fence', fenceSql, [fence.source]), lockOrganization(db, ref.uid)]);
  const before = row && toId('organization', row.org_id);
  const present = await readPresent(db, before, own?.manifest);
  const watch = await watchAccess(db, policies, before ?? present.keys().next().value);
  const planning = { ...context, database: within(db), policies: plannedPolicies(db, policies), fence };
  const rehearsal = createRehearsal(db, planning, before, present);
  if (own) {
    const { manifest } = own;
    const problem =
      !row && made.has(manifest.slug) ? `Another of these manifests makes an organization with the slug ${manifest.slug}.` : undefined;
    await rehearsal.apply({ ...own, problem }, manifest.manage, (planning) => applyOrganization(planning, { ...manifest, ref }));
  }
  for (const project of projects) {
    const { manifest } = project;
    const projectRow = rowOf(rows, project, chosen);
    const ofProject = { ...manifest, ref: plannedRef(project, projectRow, cluster), organization: { uid: ref.uid, name: organization } };
    await rehearsal.apply(project, manifest.manage, (planning) => applyProject(planning, ofProject));
  }
  const { manifests, organizationId } = rehearsal;
  if (organizationId === undefined) return { organization, manifests, names: {} };
  const uuid = toUuid('organization', organizationId);
  const touched = await readTouched(db, [uuid]);
  const names = await namesIn(db, uuid, manifests);
  const access = await readWholeAccessChange(watch, touched, db, policies);
  const plan = { organization, organizationId, manifests, access };
  return withoutMadeIds(
    { ...plan, names: await names.of(plan) },
    manifests.flatMap(({ changes }) => changes),
  );
}

const fenceSql = 'insert into fences (source, term) values ($1, 1) on conflict (source) do update set term = 1';

interface Rehearsed extends NamedManifest {
  /** Why it is not applied at all. */
  readonly problem?: string | undefined;
}

/** Applies manifests one after the other in a transaction that will be undone, and keeps what each of them did. */
function createRehearsal(db: Db, planning: ManifestContext, before: string | undefined, present: ReadonlyMap<string, number>) {
  const manifests: PlannedManifest[] = [];
  let organizationId = before;
  let seen: number | undefined;

  /** The events of the organization's chain since the last time. */
  async function newChanges(): Promise<ManifestChange[]> {
    if (organizationId === undefined) return [];
    seen ??= present.get(organizationId) ?? 0;
    const rows = await prepared<EventRow>(db, 'plan-events', eventsSql, [toUuid('organization', organizationId), seen]);
    seen = rows.at(-1)?.seq ?? seen;
    const keys = await personKeysOf(db, rows);
    return rows.map(({ event }) => changeOf(keys, event));
  }

  async function apply(rehearsed: Rehearsed, isManaged: boolean, work: Work): Promise<void> {
    const { kind, namespace, name, problem } = rehearsed;
    const applied = problem === undefined ? await tried(() => work(planning)) : problem;
    if (typeof applied !== 'string' && kind === 'Organization') organizationId ??= applied.result.id;
    const refused = typeof applied === 'string' ? applied : missing(isManaged);
    if (typeof applied === 'string' || refused !== undefined) {
      manifests.push({ kind, namespace, name, outcome: 'REFUSED', steps: [], changes: [], problems: [{ detail: refused! }] });
      return;
    }
    const { result, done } = applied;
    const steps = isManaged ? done.filter((step) => !step.startsWith('note ')) : result.differences;
    const changes = await newChanges();
    const outcome = outcomeOf(kind, changes, { isManaged, isSame: steps.length === 0 });
    manifests.push({ kind, namespace, name, outcome, steps, changes, problems: problemsOf(result) });
  }

  function missing(isManaged: boolean): string | undefined {
    return organizationId === undefined && isManaged ? 'Its Organization does not exist, and these manifests do not make it.' : undefined;
  }

  return {
    apply,
    manifests,
    get organizationId() {
      return organizationId;
    },
  };
}

type Work = (
  planning: ManifestContext,
) => Promise<{ readonly result: AppliedOrganization | AppliedProject; readonly done: readonly string[] }>;

/** What came of it, or the sentence with which it was refused. */
async function tried<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return refusalSentence(error);
  }
}

function outcomeOf(
  kind: PlannedManifest['kind'],
  changes: readonly ManifestChange[],
  { isManaged, isSame }: { isManaged: boolean; isSame: boolean },
): PlannedManifest['outcome'] {
  if (!isManaged) return 'LOOKS';
  if (isSame) return 'NOTHING';
  const does = (verb: string): boolean => changes.some(({ action }) => action === `${kind.toLowerCase()}.${verb}`);
  if (does('create')) return 'CREATES';
  return does('adopt') ? 'ADOPTS' : 'CHANGES';
}

/** What is said of single entries, in the words of the status that the manifest would have. */
function problemsOf({ problems, refusals, members }: AppliedOrganization | AppliedProject): Partial<SpecProblem>[] {
  const left = members.filter(({ state }) => state === 'Refused' || state === 'Postponed');
  return [...problems, ...refusals, ...left.map(({ email, message = '' }) => ({ detail: `${email}: ${message}` }))];
}

interface EventRow {
  readonly seq: number;
  readonly target: string;
  readonly event: string;
}

const eventsSql = 'select seq::int, target, event from audit_events where org_id = $1 and seq > $2 order by seq';

const presentSql = `
select o.id, coalesce(h.seq, 0)::int as seq from organizations o left join audit_heads h on h.org_id = o.id
where o.state <> 'DELETED' and (o.id = any ($1) or o.slug = $2) order by o.id = any ($1) desc`;

/**
 * The organizations that a manifest may be about, with the number of their last event: the one that it manages, names for an adoption, or has the slug of,
 * such as one that it archived.
 */
async function readPresent(
  db: Db,
  before: string | undefined,
  own: WantedOrganization['manifest'] | undefined,
): Promise<Map<string, number>> {
  const ids = [before, own?.adopt].flatMap((id) => (id !== undefined && isId('organization', id) ? [toUuid('organization', id)] : []));
  const rows = await prepared<{ id: string; seq: number }>(db, 'plan-present', presentSql, [ids, own?.slug ?? null]);
  return new Map(rows.map(({ id, seq }) => [toId('organization', id), seq]));
}

/** What is sealed of people is opened: the plan says what would change, and says the same at each run. */
function changeOf(keys: PersonKeys, event: string): ManifestChange {
  const sealed = JSON.parse(event) as ManifestChange;
  const { action, target, projectId, before, after } = openEntry(keys, sealed, sealed);
  return {
    action,
    target,
    ...(projectId !== undefined && { projectId }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

const savepoint = 'planned_manifest';

/** A database that is one transaction: what would be a transaction of its own is a part of it that is undone when it fails. */
function within(db: Db): Database {
  const run = async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
    await db.raw(`savepoint ${savepoint}`);
    try {
      const result = await work(db);
      // As a commit would.
      await db.raw('set constraints all immediate');
      await db.raw('set constraints all deferred');
      await db.raw(`release savepoint ${savepoint}`);
      return result;
    } catch (error) {
      await db.raw(`rollback to savepoint ${savepoint}`);
      await db.raw(`release savepoint ${savepoint}`);
      throw error;
    }
  };
  const never = (): never => {
    throw new Error('a planned manifest opens no transaction of its own');
  };
  return {
    read: (_scope, work) => work(db),
    write: (_scope, work) => run(work),
    rehearse: never,
    observe: never,
    stats: never,
    shortage: never,
    close: never,
  };
}
