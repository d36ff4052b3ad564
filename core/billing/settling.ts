import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { revisionsOfKind } from '../authorization/store/revisions.ts';
import { eachApart } from '../base/each-apart.ts';
import { newId } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { lockLimits } from './limits-lock.ts';
import { findPlan } from './plans.ts';
import { exceededNow, type SubscriptionRow, toSubscription } from './subscription-rows.ts';
import { become, finish, period, write } from './subscriptions.ts';

const due = `state in ('TRIALING', 'ACTIVE', 'PAST_DUE')
  and least(period_ends_at, case when state = 'TRIALING' then trial_ends_at end) <= now()`;

/** Ends the trials and the billing periods that are over; runs every minute, on one replica each time. */
export async function settleSubscriptions(context: { readonly database: Database; readonly policies: LivePolicies }): Promise<void> {
  const { database } = context;
  const found: string[] = await database.read('platform', (db) => db('subscriptions').whereRaw(due).orderBy('org_id').pluck('org_id'));
  await eachApart(found, 'subscriptions could not be settled', (org) =>
    database.write({ organization: org }, (db) => settle(db, context.policies, org)),
  );
}

async function settle(db: Db, policies: LivePolicies, org: string): Promise<boolean> {
  await lockLimits(db, org);
  const { rows } = (await db.raw('select blueprint from organizations where id = ?', [org])) as { rows: { blueprint: string }[] };
  const row: SubscriptionRow | undefined = await db('subscriptions').where({ org_id: org }).whereRaw(due).first();
  if (!row || !rows[0]) return false;
  const before = toSubscription(org, row, await exceededNow(db, org));
  const end = row.state === 'TRIALING' ? endTrial : endPeriod;
  await end(db, policies, row, rows[0].blueprint);
  await finish(db, { name: 'tenet', requestId: newId('request') }, { row, before }, { isOfPlatform: false });
  return true;
}

/** What was chosen for then, or what is free, goes on; a plan that costs something is suspended until the organization chooses a plan. */
async function endTrial(db: Db, policies: LivePolicies, row: SubscriptionRow, kind: string): Promise<void> {
  if (row.next_plan !== null) return becomeNext(db, policies, row, kind);
  const plan = (await findPlan(db, row.plan))!;
  const isFree = plan.prices.every(({ amount }) => amount === 0);
  await write(db, row.org_id, row, isFree ? { state: 'ACTIVE' } : { state: 'SUSPENDED', is_trial_over: true });
  if (isFree) return;
  await db('organizations')
    .where({ id: row.org_id })
    .update({ entitled: false, ...nextVersion(db) });
}

async function endPeriod(db: Db, policies: LivePolicies, row: SubscriptionRow, kind: string): Promise<void> {
  if (row.next_plan !== null) return becomeNext(db, policies, row, kind);
  await write(db, row.org_id, row, period(db, row.period_ends_at, row.billing_period));
}

async function becomeNext(db: Db, policies: LivePolicies, row: SubscriptionRow, kind: string): Promise<void> {
  const revisions = await revisionsOfKind(db, kind);
  const { blueprint } = (await policies.get(revisions)).engine;
  const plan = (await findPlan(db, row.next_plan!))!;
  const state = row.state === 'PAST_DUE' ? 'PAST_DUE' : 'ACTIVE';
  await become(db, blueprint!, row.org_id, row, { plan, billing_period: row.next_billing_period!, state, isNewPeriod: true });
}
