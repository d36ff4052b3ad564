import { toId } from '../base/ids.ts';
import { etagWith } from '../base/versions.ts';
import type { Db } from '../database/database.ts';
import { limitNamesSql } from './limits.ts';
import type { BillingPeriod, PlanRow } from './plans.ts';

type State = 'TRIALING' | 'ACTIVE' | 'PAST_DUE' | 'SUSPENDED' | 'CANCELED';

/** A hard limit, and what is in use beyond it. */
export interface ExceededLimit {
  readonly name: string;
  readonly hard: number;
  readonly used: number;
}

/** The plan of an organization; NONE where it has none. */
export interface Subscription {
  readonly organizationId: string;
  readonly state: State | 'NONE';
  readonly plan?: string;
  readonly billingPeriod?: BillingPeriod;
  readonly trialEndsAt?: string;
  readonly periodStartsAt?: string;
  readonly periodEndsAt?: string;
  readonly next?: { readonly plan: string; readonly billingPeriod: BillingPeriod; readonly at: string };
  readonly exceeded: ExceededLimit[];
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly etag: string;
}

export interface SubscriptionRow {
  org_id: string;
  plan: string;
  state: State;
  billing_period: BillingPeriod;
  trial_ends_at: Date | null;
  /** SUSPENDED because the trial is over, not by an operator. */
  is_trial_over: boolean;
  period_starts_at: Date;
  period_ends_at: Date;
  next_plan: string | null;
  next_billing_period: BillingPeriod | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** The subscription row as the API shows it. */
export function toSubscription(org: string, row: SubscriptionRow | undefined, exceeded: ExceededLimit[]): Subscription {
  const organizationId = toId('organization', org);
  if (!row) return { organizationId, state: 'NONE', exceeded, etag: etagWith(0, exceeded) };
  const periodEndsAt = row.period_ends_at.toISOString();
  const at = row.state === 'TRIALING' ? row.trial_ends_at!.toISOString() : periodEndsAt;
  return {
    ...{ organizationId, state: row.state, plan: row.plan, billingPeriod: row.billing_period },
    ...(row.trial_ends_at !== null && { trialEndsAt: row.trial_ends_at.toISOString() }),
    ...{ periodStartsAt: row.period_starts_at.toISOString(), periodEndsAt },
    ...(row.next_plan !== null && { next: { plan: row.next_plan, billingPeriod: row.next_billing_period!, at } }),
    ...{
      exceeded,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      etag: etagWith(row.version, exceeded),
    },
  };
}

/** The subscription of an organization (uuid), if it has one. */
export function findSubscription(db: Db, org_id: string): Promise<SubscriptionRow | undefined> {
  return db('subscriptions').where({ org_id }).first();
}

/** Whether a subscription in this state gives what its plan includes. */
export function isLiving(state: State): boolean {
  return state !== 'SUSPENDED' && state !== 'CANCELED';
}

/** The hard limits of which an organization (uuid) has more than they allow now. */
export async function exceededNow(db: Db, org: string): Promise<ExceededLimit[]> {
  return exceededOf(db, `select n.name, l.hard from (${limitNamesSql}) n cross join lateral limit_of(:org, n.name) l`, { org });
}

/** Those of which it would have more with this plan; what an operator has set for it alone stays. */
export async function exceededUnder(db: Db, org: string, { limits }: Pick<PlanRow, 'limits'>): Promise<ExceededLimit[]> {
  const sql = `select p.key as name, (p.value ->> 'hard')::bigint as hard from jsonb_each(:limits::jsonb) p
    where not exists (select from limit_overrides o where o.org_id = :org and o.name = p.key)`;
  return exceededOf(db, sql, { org, limits: JSON.stringify(limits) });
}

async function exceededOf(db: Db, limits: string, values: { org: string; limits?: string }): Promise<ExceededLimit[]> {
  const sql = `select name, hard::float8 as hard, used::float8 as used
    from (select x.name, x.hard, limit_used(:org, x.name) as used from (${limits}) x where x.hard is not null) counted
    where used > hard order by name`;
  return ((await db.raw(sql, { ...values })) as { rows: ExceededLimit[] }).rows;
}
