import { type Recorder, record, recordInBoth } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { FailedPrecondition, InvalidInput } from '../base/errors.ts';
import { toUuid } from '../base/ids.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import type { Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { isEntitled } from '../organizations/kinds.ts';
import { findOrganization } from '../organizations/organizations.ts';
import { lockLimits } from './limits-lock.ts';
import { type BillingPeriod, findPlan, type PlanRow } from './plans.ts';
import {
  type ExceededLimit,
  exceededNow,
  exceededUnder,
  findSubscription,
  isLiving,
  type Subscription,
  type SubscriptionRow,
  toSubscription,
} from './subscription-rows.ts';

interface Place {
  readonly organizationId: string;
  readonly preconditions?: Preconditions | undefined;
}

/** The subscription of an organization. Throws NotFound for one that is not there. */
export async function getSubscription(db: Db, { organizationId }: Place): Promise<Subscription> {
  const { id } = await findOrganization(db, toUuid('organization', organizationId));
  return shown(db, id);
}

async function shown(db: Db, org: string): Promise<Subscription> {
  return toSubscription(org, await findSubscription(db, org), await exceededNow(db, org));
}

/** What an organization chooses itself. */
interface Choice {
  readonly plan: string;
  readonly billingPeriod?: BillingPeriod | undefined;
  readonly when?: 'NOW' | 'PERIOD_END' | undefined;
}

/**
 * Changes the plan at once, or when the billing period ends. Throws FailedPrecondition where only operators do that, where the organization has more than
 * the plan allows, and while an operator has ended its subscription; InvalidInput for a plan that is not for it.
 */
export async function changeSubscription(
  db: Db,
  actor: Actor,
  input: Place & Choice,
  { isSelfService }: { isSelfService: boolean },
): Promise<Subscription> {
  const { organizationId, when = 'NOW' } = input;
  const { blueprint } = await actor.engine({ organizationId });
  requireSelfService(blueprint!, isSelfService);
  const { org, row, before } = await beginChange(db, input);
  const plan = await readPlan(db, blueprint!, input.plan);
  const billing_period = readPeriod(plan, input.billingPeriod, row);
  if (row) refuseEnded(row);
  refuseGiven(plan, row);
  if (when === 'PERIOD_END' && row) {
    refuseNoPeriod(row);
    await write(db, org, row, { next_plan: plan.name, next_billing_period: billing_period });
  } else {
    refuseExceeded(plan, plan.name === row?.plan ? [] : await exceededUnder(db, org, plan));
    await become(db, blueprint!, org, row, { plan, billing_period });
  }
  return finish(db, actor, { row, before }, { isOfPlatform: false });
}

/** What an operator gives. */
interface Assignment {
  readonly plan: string;
  readonly billingPeriod?: BillingPeriod | undefined;
  readonly state?: SubscriptionRow['state'] | undefined;
  readonly trialEndsAt?: string | undefined;
}

/** Gives an organization a plan, whatever it has, or another state of its subscription. Throws InvalidInput for a plan that is not for it. */
export async function assignPlan(db: Db, actor: Actor, input: Place & Assignment): Promise<Subscription> {
  const { org, row, before, kind } = await beginChange(db, input);
  const { blueprint } = await actor.engineOf(kind);
  const plan = await readPlan(db, blueprint!, input.plan);
  const billing_period = readPeriod(plan, input.billingPeriod, row);
  const trial_ends_at = readTrialEnd(input, row);
  await become(db, blueprint!, org, row, { plan, billing_period, state: input.state, trial_ends_at });
  return finish(db, actor, { row, before }, { isOfPlatform: true });
}

/** Takes the plan from an organization, with its entitlements and its limits. One without a plan stays as it is. */
export async function removePlan(db: Db, actor: Actor, input: Place): Promise<void> {
  const { org, row, before } = await beginChange(db, input);
  if (!row) return;
  await db('subscriptions').where({ org_id: org }).delete();
  // Counted anew, from what was used, when there is a limit again.
  await db('limit_uses').where({ org_id: org }).delete();
  await db('organizations')
    .where({ id: org })
    .update({ entitlements: null, entitled: true, ...nextVersion(db) });
  const { organizationId } = input;
  await recordInBoth(db, actor, { organizationId, action: 'subscription.delete', target: organizationId, before });
}

async function beginChange(db: Db, { organizationId, preconditions = {} }: Place) {
  const org = toUuid('organization', organizationId);
  await lockLimits(db, org);
  const { blueprint: kind } = await findOrganization(db, org);
  const row = await findSubscription(db, org);
  const before = toSubscription(org, row, await exceededNow(db, org));
  checkPreconditions(preconditions, row || before.exceeded.length > 0 ? before.etag : undefined);
  return { org, kind, row, before };
}

/** Records what changed, and returns the subscription as it is now. */
export async function finish(
  db: Db,
  actor: Recorder,
  { row, before }: { readonly row: SubscriptionRow | undefined; readonly before: Subscription },
  { isOfPlatform }: { isOfPlatform: boolean },
): Promise<Subscription> {
  const { organizationId } = before;
  const org = toUuid('organization', organizationId);
  const next = await findSubscription(db, org);
  const after = toSubscription(org, next, await exceededNow(db, org));
  if (next?.version !== row?.version) {
    const event = { organizationId, action: 'subscription.update', target: organizationId, before, after };
    await (isOfPlatform ? recordInBoth : record)(db, actor, event);
  }
  return after;
}

function requireSelfService({ plans }: Blueprint, isSelfService: boolean): void {
  if (plans?.selfService === 'organization' || (plans?.selfService === 'platform' && isSelfService)) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'Operators of this installation change the plans of organizations of this kind. Ask one of them for the plan that you want.',
  );
}

async function readPlan(db: Db, { name: kind, title }: Blueprint, name: string): Promise<PlanRow> {
  const plan = await findPlan(db, name);
  if (plan && (plan.blueprints === null || plan.blueprints.includes(kind))) return plan;
  const detail = plan ? `is not for organizations of this kind (${title})` : 'must be one of those that listPlans shows';
  throw new InvalidInput('The organization cannot have this plan.', [{ pointer: '#/plan', detail }]);
}

function readPeriod({ prices }: PlanRow, asked: BillingPeriod | undefined, row: SubscriptionRow | undefined): BillingPeriod {
  const offered = prices.map(({ period }) => period);
  const usual = row && offered.includes(row.billing_period) ? row.billing_period : (offered[0] ?? row?.billing_period ?? 'MONTHLY');
  const period = asked ?? usual;
  if (offered.length === 0 || offered.includes(period)) return period;
  const detail = `must be one for which the plan has a price: ${offered.join(', ')}`;
  throw new InvalidInput('The plan is not billed so.', [{ pointer: '#/billingPeriod', detail }]);
}

function readTrialEnd({ state, trialEndsAt }: Assignment, row: SubscriptionRow | undefined): Date | undefined {
  if (trialEndsAt === undefined) return undefined;
  const end = new Date(trialEndsAt);
  const isTrial = state === 'TRIALING' || (state === undefined && !row);
  const fault = isTrial ? end.getTime() <= Date.now() && 'must be in the future' : 'must be left out where the state is not TRIALING';
  if (fault) throw new InvalidInput('There is no such trial.', [{ pointer: '#/trialEndsAt', detail: fault }]);
  return end;
}

function refuseEnded({ state, is_trial_over }: SubscriptionRow): void {
  if (isLiving(state) || is_trial_over) return;
  throw new FailedPrecondition(
    'failed-precondition',
    `The subscription is ${state}. Ask an operator of this installation to begin it again.`,
  );
}

/** The plan that it has may be chosen: that takes back what was to come. */
function refuseGiven({ name, self_service }: PlanRow, row: SubscriptionRow | undefined): void {
  if (self_service || (row?.plan === name && isLiving(row.state))) return;
  throw new FailedPrecondition(
    'failed-precondition',
    'Operators of this installation give this plan. Ask one of them, or choose another plan.',
  );
}

function refuseNoPeriod({ state }: SubscriptionRow): void {
  if (isLiving(state)) return;
  throw new FailedPrecondition('failed-precondition', 'The trial is over, so no period is left that could end. Choose the plan NOW.');
}

function refuseExceeded({ title }: PlanRow, exceeded: readonly ExceededLimit[]): void {
  if (exceeded.length === 0) return;
  const list = exceeded.map(({ name, hard, used }) => `${name}: ${used} of ${hard}`).join(', ');
  throw new FailedPrecondition(
    'failed-precondition',
    `The organization has more than the plan ${title} allows (${list}). Remove what is too much, or change the plan at the end of the period.`,
    { exceeded },
  );
}

interface Target {
  readonly plan: PlanRow;
  readonly billing_period: BillingPeriod;
  readonly state?: SubscriptionRow['state'] | undefined;
  readonly trial_ends_at?: Date | undefined;
  /** The billing period, or the trial before it, has ended. */
  readonly isNewPeriod?: boolean;
}

/** Makes this the plan of an organization (uuid) from now on: a new billing period where the plan or its period is another one, and its entitlements. */
export async function become(db: Db, blueprint: Blueprint, org: string, row: SubscriptionRow | undefined, target: Target): Promise<void> {
  const { plan, billing_period } = target;
  const trial_ends_at = target.trial_ends_at ?? trialEnd(plan, row, target.state);
  const state = target.state ?? stateAfter(plan, row, trial_ends_at);
  const isSame = row?.plan === plan.name && row.billing_period === billing_period && isLiving(row.state);
  const from = state === 'TRIALING' && trial_ends_at ? trial_ends_at : new Date();
  const isNewPeriod = target.isNewPeriod || !isSame || (state === 'TRIALING' && row?.trial_ends_at?.getTime() !== trial_ends_at?.getTime());
  await write(db, org, row, {
    ...{ plan: plan.name, state, billing_period, trial_ends_at: trial_ends_at ?? null, is_trial_over: false },
    ...(isNewPeriod && period(db, from, billing_period)),
    ...{ next_plan: null, next_billing_period: null },
  });
  // Read again: from its first subscription on a plan keeps its entitlements.
  const { entitlements } = (await findPlan(db, plan.name))!;
  const entitled = isLiving(state) && isEntitled(blueprint, entitlements);
  await db('organizations')
    .where({ id: org })
    .whereRaw('(entitlements, entitled) is distinct from (?::text[], ?::boolean)', [entitlements, entitled])
    .update({ entitlements, entitled, ...nextVersion(db) });
}

/** When the trial ends that the organization has, or had: it has one. */
function trialEnd(
  { trial_days }: PlanRow,
  row: SubscriptionRow | undefined,
  state: SubscriptionRow['state'] | undefined,
): Date | undefined {
  if (row?.trial_ends_at) return row.trial_ends_at;
  const days = state === 'TRIALING' ? Math.max(trial_days, 1) : trial_days;
  const isTrial = state === 'TRIALING' || (state === undefined && !row);
  return isTrial && days > 0 ? new Date(Date.now() + days * 86_400_000) : undefined;
}

/** A trial goes on with another plan that has one or costs nothing; a plan with a price and no trial is not had for nothing. */
function stateAfter(
  { trial_days, prices }: PlanRow,
  row: SubscriptionRow | undefined,
  trialEndsAt: Date | undefined,
): SubscriptionRow['state'] {
  const mayTry = trial_days > 0 || prices.every(({ amount }) => amount === 0);
  if (mayTry && trialEndsAt && trialEndsAt.getTime() > Date.now() && (!row || row.state === 'TRIALING')) return 'TRIALING';
  return row?.state === 'PAST_DUE' ? 'PAST_DUE' : 'ACTIVE';
}

/** A billing period from a moment on, by the calendar. */
export function period(db: Db, from: Date, billing_period: BillingPeriod) {
  const length = billing_period === 'MONTHLY' ? '1 month' : '1 year';
  const ends = db.raw(`(?::timestamptz at time zone 'UTC' + interval '${length}') at time zone 'UTC'`, [from.toISOString()]);
  return { period_starts_at: from, period_ends_at: ends };
}

/** Writes the row where something of it changes. */
export async function write(db: Db, org_id: string, row: SubscriptionRow | undefined, change: object): Promise<void> {
  if (!row) {
    await db('subscriptions').insert({ org_id, ...change });
    return;
  }
  const changes = Object.entries(change).some(([column, value]) => !isSameValue(row[column as keyof SubscriptionRow], value));
  if (!changes) return;
  await db('subscriptions')
    .where({ org_id })
    .update({ ...change, ...nextVersion(db) });
}

function isSameValue(before: unknown, after: unknown): boolean {
  return before instanceof Date && after instanceof Date ? before.getTime() === after.getTime() : before === after;
}
