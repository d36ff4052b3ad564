import { RateLimited } from '../base/errors.ts';
import type { Db } from './database.ts';

/** What is about to be used up. */
export interface Spending {
  /** `mails-to-address`. */
  readonly kind: string;
  /** Whose: an id or an address. */
  readonly subject: string;
  readonly amount: number;
  /** How much of it there is in a day (UTC). */
  readonly limit: number;
  /** What to tell the caller when that is not enough: a sentence. */
  readonly refusal: string;
  /** Others spend it as well, so no answer says how much of it is used. */
  readonly isShared?: true;
  /** It is not refused while this other one has not been used yet. */
  readonly unlessFirst?: Spending;
}

/** The statement that takes from budgets of the day what these rows of kind, subject and amount say. For statements that know an amount themselves. */
export function spendingSql(rows: string): string {
  return `
insert into budgets (kind, subject, since, used)
select kind, subject, date_trunc('day', now(), 'UTC'), amount from (${rows}) as spending (kind, subject, amount) order by kind, subject
on conflict (kind, subject, since) do update set used = budgets.used + excluded.used
returning kind, subject, used, ceil(extract(epoch from since + interval '1 day' - now()))::int as left`;
}

// In one order, so that of two who spend the same budgets neither waits for the other's.
const spendSql = spendingSql(
  'select kind, subject, amount from jsonb_to_recordset(?::jsonb) as given (kind text, subject text, amount bigint)',
);

/**
 * Takes from budgets of the day, in the transaction of what they are for: what is rolled back is not spent. Throws RateLimited, with the
 * seconds until the next day, for the first that has not enough.
 */
export async function spend(db: Db, spendings: readonly Spending[]): Promise<void> {
  const wanted = spendings.map(({ kind, subject, amount }) => ({ kind, subject, amount }));
  const rows = (await db.raw(spendSql, [JSON.stringify(wanted)])).rows as (Row & { left: number })[];
  const used = new Map(rows.map((row) => [keyOf(row), Number(row.used)]));
  const before = (spending: Spending): number => used.get(keyOf(spending))! - spending.amount;
  const refused = spendings.find((spending) => isTooMuch(spending, before));
  if (refused) throw toRefusal(refused, before(refused), rows[0]!.left);
}

/** Throws RateLimited where a budget has less than was taken by `spendingSql`: what is used of it now, and the seconds until the next day. */
export function refuseSpent(spending: Spending, { used, left }: { used: number; left: number }): void {
  const before = used - spending.amount;
  if (isTooMuch(spending, () => before)) throw toRefusal(spending, before, left);
}

function toRefusal({ refusal, limit, isShared }: Spending, current: number, retryAfter: number): RateLimited {
  return new RateLimited(refusal, { limit, ...(!isShared && { current }), retryAfter });
}

/** Whether so much has been used `before` that this is refused. */
export function isTooMuch(spending: Spending, before: (spending: Spending) => number): boolean {
  const { limit, amount, unlessFirst } = spending;
  return before(spending) + amount > limit && (unlessFirst === undefined || before(unlessFirst) > 0);
}

const usedSql = `
select kind, subject, used from budgets join jsonb_to_recordset(?::jsonb) as spending (kind text, subject text) using (kind, subject)
where since = date_trunc('day', now(), 'UTC')`;

/** How much of these budgets has been used today. */
export async function readUsed(db: Db, spendings: readonly Spending[]): Promise<(spending: Spending) => number> {
  const wanted = spendings.map(({ kind, subject }) => ({ kind, subject }));
  const rows = (await db.raw(usedSql, [JSON.stringify(wanted)])).rows as Row[];
  const used = new Map(rows.map((row) => [keyOf(row), Number(row.used)]));
  return (spending) => used.get(keyOf(spending)) ?? 0;
}

interface Row {
  readonly kind: string;
  readonly subject: string;
  readonly used: string;
}

function keyOf({ kind, subject }: Pick<Spending, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}
