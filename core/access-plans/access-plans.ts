import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { digest as digestOf, type PolicyContent } from '../authorization/policy/content.ts';
import { scopeName } from '../authorization/policy/scopes.ts';
import { loadContent } from '../authorization/store/revisions.ts';
import { isPlanOfRollout } from '../authorization/store/rollouts.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Db } from '../database/database.ts';
import { enqueueAll } from '../jobs/jobs.ts';
import { type Draft, inOrder } from '../policies/review.ts';
import type { Reviewer } from '../policies/reviewer.ts';
import type { RoleMapping } from '../policies/role-mapping.ts';
import { contentsInForce } from './contents.ts';
import type { PlanDocument } from './document.ts';
import { takeMappings } from './mapped-roles.ts';

/** A plan without whom it concerns. */
export type PlanSummary = Omit<PlanDocument, 'rows'>;

/** A plan that a job makes, and that is kept for some days. */
export interface StoredPlan {
  readonly id: string;
  readonly state: 'QUEUED' | 'RUNNING' | 'READY' | 'FAILED';
  readonly targets: readonly { readonly scope: string; readonly revision?: number; readonly sha256: string }[];
  readonly reason?: string;
  /** What becomes of roles that the contents lack. */
  readonly roleMapping?: RoleMapping;
  /** The moment of the data. */
  readonly dataAt?: string;
  /** Why it FAILED, and what to do. */
  readonly failure?: string;
  readonly plan?: PlanSummary;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it is deleted. */
  readonly expiresAt: string;
  readonly etag: string;
}

/** A revision of each scope that policy files make, by the name of the scope. */
export type Base = Readonly<Record<string, number>>;

/** The row of a plan. */
export interface PlanRecord {
  id: string;
  state: StoredPlan['state'];
  targets: StoredPlan['targets'];
  reason: string | null;
  role_mapping: RoleMapping | null;
  contents: PolicyContent[];
  /** What was in force when it was made. */
  base: Base | null;
  document: PlanSummary | null;
  digest: string | null;
  data_at: Date | null;
  failure: string | null;
  created_by: string;
  expires_at: Date;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** What is shown of a plan. */
const columns = [
  ...(['id', 'state', 'targets', 'reason', 'role_mapping', 'document', 'data_at', 'failure'] as const),
  ...(['created_by', 'expires_at', 'version', 'created_at', 'updated_at'] as const),
] satisfies (keyof PlanRecord)[];
type ShownRecord = Pick<PlanRecord, (typeof columns)[number]>;

/** Plans that are kept at most, and those made in a day (UTC) (docs/limits.md). */
const most = 50;
const mostInDay = 200;
/** Days for which a plan is kept (docs/limits.md). */
export const keptFor = 7;

/** The contents of a scope that a plan is asked about: a stored revision, or what is proposed. */
export interface Asked {
  readonly scope: string;
  readonly revision?: number | undefined;
  readonly content?: Omit<Draft, 'scope'> | undefined;
}

/** Plans that come at once would each make room without the other. */
const lockSql = "select pg_advisory_xact_lock(hashtext('tenet.access-plans'))";

/** Begins a plan: a job makes it after the commit. The oldest ones give way to it, but for those of open rollouts. Throws InvalidInput, RateLimited. */
export async function createAccessPlan(
  db: Db,
  actor: Actor,
  reviewer: Reviewer,
  {
    targets: asked,
    reason,
    roleMapping,
  }: { targets: readonly Asked[]; reason?: string | undefined; roleMapping?: RoleMapping | undefined },
): Promise<StoredPlan> {
  reviewer.demandRoom();
  checkTargets(asked);
  const refusal = `There are ${mostInDay} access plans in a day (UTC) at most.`;
  await spend(db, [{ kind: 'access-plans', subject: 'platform', amount: 1, limit: mostInDay, refusal }]);
  const contents = await contentsOf(db, reviewer, asked);
  if (roleMapping) await checkMappings(db, contents, roleMapping);
  const targets = contents.map((content, index) => {
    const { revision } = asked[index]!;
    return { scope: scopeName(content.scope), ...(revision !== undefined && { revision }), sha256: digestOf(content) };
  });
  await makeRoom(db);
  const id = newId('accessPlan');
  const [row]: ShownRecord[] = await db('access_plans')
    .insert({
      ...{ id: toUuid('accessPlan', id), targets: JSON.stringify(targets), contents: JSON.stringify(contents) },
      role_mapping: roleMapping ? JSON.stringify(roleMapping) : null,
      ...{ reason: reason ?? null, created_by: actor.name, expires_at: db.raw(`now() + interval '${keptFor} days'`) },
    })
    .returning(columns);
  await record(db, actor, {
    action: 'access-plan.create',
    target: id,
    after: { targets, ...(roleMapping && { roleMapping }), ...(reason !== undefined && { reason }) },
  });
  await enqueueAll(db, 'make-access-plan', [{ payload: { accessPlanId: id }, queue: 'access-plans' }]);
  return toPlan(row!);
}

/** The oldest plans give way to a new one, but for those of open rollouts. */
export async function makeRoom(db: Db): Promise<void> {
  await db.raw(lockSql);
  await db('access_plans')
    .whereIn(
      'id',
      db('access_plans')
        .select('id')
        .whereRaw(`not ${isPlanOfRollout}`)
        .orderBy('id', 'desc')
        .offset(most - 1),
    )
    .delete();
}

async function checkMappings(db: Db, contents: readonly PolicyContent[], mapping: RoleMapping): Promise<void> {
  const inForce = new Map((await contentsInForce(db)).map(({ content }) => [content.scope, content]));
  takeMappings(
    contents.map((after) => ({ before: inForce.get(after.scope), after })),
    mapping,
  );
}

function checkTargets(asked: readonly Asked[]): void {
  for (const [index, { scope, revision, content }] of asked.entries()) {
    const at = `#/targets/${index}`;
    if (scope.startsWith('org_'))
      throw new InvalidInput('The rules of an organization follow its roles: plan a change of these with validateOnly.', [
        { pointer: `${at}/scope`, detail: 'must be platform or blueprint. and a name' },
      ]);
    if (asked.findIndex((one) => one.scope === scope) !== index)
      throw new InvalidInput('Each scope has one content.', [{ pointer: `${at}/scope`, detail: 'is named twice' }]);
    if ((revision === undefined) === (content === undefined))
      throw new InvalidInput('A target is a revision that is stored, or a content.', [
        { pointer: at, detail: 'must have revision or content, and not both' },
      ]);
  }
}

/** The content of each target, in the order of the targets. They are checked together, beside what is in force of other scopes. */
async function contentsOf(db: Db, reviewer: Reviewer, asked: readonly Asked[]): Promise<PolicyContent[]> {
  const isAsked = new Set(asked.map(({ scope }) => scope));
  const others = (await contentsInForce(db)).flatMap(({ content }) => (isAsked.has(content.scope) ? [] : content));
  const stored = new Map<string, PolicyContent>();
  for (const [index, { scope, revision }] of asked.entries())
    if (revision !== undefined) stored.set(scope, await loadAt(db, scope, revision, `#/targets/${index}/revision`));
  const drafts = asked.flatMap(({ scope, content }) => (content ? { scope, ...content } : []));
  const beside = inOrder([...others, ...stored.values()]);
  const read = await reviewer.readAll(drafts, beside).catch((error: unknown) => {
    throw pointedAt(error, asked);
  });
  if (drafts.length === 0) await reviewer.check(asked[0]!.scope, beside);
  const all = new Map([...stored, ...read.map((content): [string, PolicyContent] => [content.scope, content])]);
  return asked.map(({ scope }) => all.get(scope)!);
}

async function loadAt(db: Db, scope: string, revision: number, pointer: string): Promise<PolicyContent> {
  try {
    return await loadContent(db, scope, revision);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new InvalidInput('A revision is not stored.', [{ pointer, detail: `must be a revision of ${scopeName(scope)} that is stored` }], {
      cause: error,
    });
  }
}

/** Where in the body an error of a draft is: the drafts are some of the targets. */
function pointedAt(error: unknown, asked: readonly Asked[]): unknown {
  if (!(error instanceof InvalidInput)) return error;
  const places = asked.flatMap(({ content }, index) => (content ? index : []));
  const errors = ((error.fields['errors'] ?? []) as { pointer?: string; detail: string }[]).map(({ pointer, detail }) => {
    const [, place = '', rest = ''] = /^#\/(\d+)(.*)$/.exec(pointer ?? '') ?? [];
    return place === '' ? { detail } : { pointer: `#/targets/${places[Number(place)]}/content${rest}`, detail };
  });
  return new InvalidInput(error.message, errors, { cause: error });
}

/** One plan, with how far it is. Throws NotFound. */
export async function getAccessPlan(db: Db, accessPlanId: string): Promise<StoredPlan> {
  return toPlan(await findPlan(db, accessPlanId, columns));
}

/** A plan for callers who may not learn whom it concerns: what is stranded is counted. */
export function withoutExamples({ plan, ...stored }: StoredPlan): StoredPlan {
  if (!plan) return stored;
  return { ...stored, plan: { ...plan, stranded: plan.stranded.map((each) => ({ ...each, examples: [] })) } };
}

/** These columns of a plan; contents and the document may be large. Throws NotFound. */
export async function findPlan<K extends keyof PlanRecord>(
  db: Db,
  accessPlanId: string,
  wanted: readonly K[],
): Promise<Pick<PlanRecord, K>> {
  const row: unknown = await db('access_plans')
    .where({ id: toUuid('accessPlan', accessPlanId) })
    .first([...wanted]);
  if (!row) throw new NotFound();
  return row as Pick<PlanRecord, K>;
}

/** Members that are there keep their place: the bytes are those of the command line. */
function withUnsaid(document: Omit<PlanSummary, 'stranded' | 'uses'> & Partial<PlanSummary>): PlanSummary {
  return { ...document, stranded: document.stranded ?? [], uses: document.uses ?? { days: 0, log: 'NONE' } };
}

function toPlan(row: ShownRecord): StoredPlan {
  return {
    id: toId('accessPlan', row.id),
    state: row.state,
    targets: row.targets,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.role_mapping !== null && { roleMapping: row.role_mapping }),
    ...(row.data_at !== null && { dataAt: row.data_at.toISOString() }),
    ...(row.failure !== null && { failure: row.failure }),
    // Earlier versions said neither what is stranded nor when what is lost was used.
    ...(row.document !== null && { plan: withUnsaid(row.document) }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    etag: etagOf(row.version),
  };
}
