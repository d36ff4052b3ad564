import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { listKinds } from '../authorization/store/revisions.ts';
import { FailedPrecondition, type InputError, InvalidInput, NotFound } from '../base/errors.ts';
import { type Page, type PageQuery, readPage, toPage } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { limitNameFault } from './limit-names.ts';

export type BillingPeriod = 'MONTHLY' | 'ANNUAL';

/** One limit by its name: hard is never passed, reaching soft is noted. */
interface PlanLimit {
  readonly name: string;
  readonly soft?: number;
  readonly hard?: number;
}

interface Price {
  readonly period: BillingPeriod;
  readonly amount: number;
  readonly currency: string;
}

/** What operators offer to organizations. */
export interface Plan {
  readonly name: string;
  readonly title: string;
  readonly description?: string;
  readonly blueprints?: string[];
  readonly entitlements: string[];
  readonly limits: PlanLimit[];
  readonly prices: Price[];
  readonly trialDays: number;
  /** Whether an organization may choose it itself. */
  readonly selfService: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface PlanRow {
  name: string;
  title: string;
  description: string | null;
  blueprints: string[] | null;
  entitlements: string[];
  limits: Readonly<Record<string, Omit<PlanLimit, 'name'>>>;
  prices: Price[];
  trial_days: number;
  self_service: boolean;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** Plans that an installation has at most (docs/limits.md). */
const most = 1_000;

function toPlan(row: PlanRow): Plan {
  return {
    name: row.name,
    title: row.title,
    ...(row.description !== null && { description: row.description }),
    ...(row.blueprints !== null && { blueprints: row.blueprints }),
    entitlements: row.entitlements,
    limits: Object.entries(row.limits)
      .map(([name, numbers]) => ({ name, ...numbers }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    prices: row.prices,
    trialDays: row.trial_days,
    selfService: row.self_service,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOf(row.version),
  };
}

const nameKey = /^[a-z][a-z0-9-]{0,62}$/;

/** The plans of the installation, by name. */
export async function listPlans(db: Db, input: PageQuery): Promise<Page<Plan>> {
  const page = readPage(input, 'plans', nameKey);
  const query = db('plans')
    .orderBy('name')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('name', '>', page.after);
  return toPage(await query, page, 'plans', (row: PlanRow) => row.name, toPlan);
}

/** One plan. Throws NotFound. */
export async function getPlan(db: Db, { planName }: { planName: string }): Promise<Plan> {
  const row = await findPlan(db, planName);
  if (!row) throw new NotFound();
  return toPlan(row);
}

/** The row of a plan, if there is one, locked when it is to be changed: until then no organization gets it, because its subscription locks the row too (foreign key). */
export function findPlan(db: Db, name: string, { lock = false } = {}): Promise<PlanRow | undefined> {
  const query = db('plans').where({ name });
  return lock ? query.forUpdate().first() : query.first();
}

interface Wish {
  readonly planName: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly blueprints?: readonly string[] | undefined;
  readonly entitlements?: readonly string[] | undefined;
  readonly limits?: readonly { name: string; soft?: number | undefined; hard?: number | undefined }[] | undefined;
  readonly prices?: readonly Price[] | undefined;
  readonly trialDays?: number | undefined;
  readonly selfService?: boolean | undefined;
}

/**
 * Makes a plan or replaces it; its limits count at once for those who have it. Throws InvalidInput, and FailedPrecondition where those who have it would
 * lose or gain entitlements, or it would not be for their kind any more.
 */
export async function replacePlan(db: Db, actor: Actor, input: Wish & { preconditions?: Preconditions | undefined }): Promise<Plan> {
  checkWish(input);
  const kinds = await kindsOf(db, actor, input);
  // One at a time, so that two that make the same plan at once do not meet.
  await db.raw("select pg_advisory_xact_lock(hashtext('tenet.plans'))");
  const before = await findPlan(db, input.planName, { lock: true });
  checkPreconditions(input.preconditions ?? {}, before && etagOf(before.version));
  refuseUnknownLimits(kinds, input, before);
  if (before) await keepPromises(db, before, input);
  else await refuseTooMany(db);
  const row = rowOf(input);
  const [after]: PlanRow[] = await db('plans')
    .insert(row)
    .onConflict('name')
    .merge({ ...row, ...nextVersion(db), version: db.raw('plans.version + 1') })
    .returning('*');
  const plan = toPlan(after!);
  await record(db, actor, { action: 'plan.update', target: plan.name, ...(before && { before: toPlan(before) }), after: plan });
  return plan;
}

function rowOf({
  planName,
  title,
  description,
  blueprints,
  entitlements = [],
  limits = [],
  prices = [],
  trialDays = 0,
  selfService = true,
}: Wish) {
  return {
    ...{ name: planName, title, description: description ?? null },
    blueprints: blueprints ? [...blueprints].sort() : null,
    entitlements: [...entitlements].sort(),
    limits: JSON.stringify(Object.fromEntries(limits.map(({ name, ...numbers }) => [name, numbers]))),
    prices: JSON.stringify(prices),
    trial_days: trialDays,
    self_service: selfService,
  };
}

/** Throws InvalidInput for what is said twice or contradicts itself. */
function checkWish({ limits = [], prices = [] }: Wish): void {
  const errors: InputError[] = [];
  for (const [index, { name, soft, hard }] of limits.entries()) {
    if (limits.findIndex((limit) => limit.name === name) < index)
      errors.push({ pointer: `#/limits/${index}/name`, detail: 'must be named once' });
    if (soft !== undefined && hard !== undefined && soft > hard)
      errors.push({ pointer: `#/limits/${index}/soft`, detail: 'must not be more than hard' });
  }
  for (const [index, { period }] of prices.entries()) {
    if (prices.findIndex((price) => price.period === period) < index)
      errors.push({ pointer: `#/prices/${index}/period`, detail: 'must have one price' });
  }
  if (errors.length > 0) throw new InvalidInput('The plan contradicts itself.', errors);
}

/** The blueprints that a plan is for. Throws InvalidInput for kinds that there are not. */
async function kindsOf(db: Db, actor: Actor, { blueprints }: Wish): Promise<Blueprint[]> {
  const names = blueprints ?? (await listKinds(db));
  const engines = await Promise.all(names.map((name) => actor.engineOf(name)));
  return engines.flatMap(({ blueprint }) => blueprint ?? []);
}

/** Throws InvalidInput for limits on what none of the kinds has. Those of before stay. */
function refuseUnknownLimits(kinds: readonly Blueprint[], { limits = [] }: Wish, before: PlanRow | undefined): void {
  const errors = limits.flatMap(({ name }, index): InputError[] => {
    const detail = before?.limits[name] ? undefined : limitNameFault(name, kinds);
    return detail === undefined ? [] : [{ pointer: `#/limits/${index}/name`, detail }];
  });
  if (errors.length > 0) throw new InvalidInput('The plan limits what none of its kinds of organization has.', errors);
}

async function keepPromises(db: Db, before: PlanRow, { planName, entitlements = [], blueprints }: Wish): Promise<void> {
  const isSame = JSON.stringify([...entitlements].sort()) === JSON.stringify(before.entitlements);
  const isNarrower = blueprints !== undefined && !(before.blueprints ?? ['*']).every((kind) => blueprints.includes(kind));
  if ((isSame && !isNarrower) || !(await isInUse(db, planName))) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'Organizations have this plan, so its entitlements stay, and so do the kinds that it is for. Publish another plan, and give them that.',
  );
}

async function isInUse(db: Db, plan: string): Promise<boolean> {
  return (await db('subscriptions').where({ plan }).orWhere({ next_plan: plan }).first('org_id')) !== undefined;
}

/** Deletes a plan that no organization has. Throws NotFound and FailedPrecondition. */
export async function deletePlan(
  db: Db,
  actor: Actor,
  { planName, preconditions = {} }: { planName: string; preconditions?: Preconditions | undefined },
): Promise<void> {
  const before = await findPlan(db, planName, { lock: true });
  if (!before) throw new NotFound();
  checkPreconditions(preconditions, etagOf(before.version));
  if (await isInUse(db, planName)) {
    throw new FailedPrecondition('failed-precondition', 'Organizations have this plan, or will have it. Give them another one first.');
  }
  await db('plans').where({ name: planName }).delete();
  await record(db, actor, { action: 'plan.delete', target: planName, before: toPlan(before) });
}

async function refuseTooMany(db: Db): Promise<void> {
  const [{ count }] = (await db('plans').count('* as count')) as [{ count: string }];
  if (Number(count) < most) return;
  throw new FailedPrecondition('failed-precondition', `There are ${most} plans at most. Delete one that nobody has.`);
}
