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
}

// In one order, so that of two who spend the same budgets neither waits for the other's.
const spendSql = `
insert into budgets (kind, subject, since, used)
select kind, subject, date_trunc('day', now(), 'UTC'), amount
from jsonb_to_recordset(?::jsonb) as spending (kind text, subject text, amount bigint) order by kind, subject
on conflict (kind, subject, since) do update set used = budgets.used + excluded.used
returning kind, subject, used, ceil(extract(epoch from since + interval '1 day' - now()))::int as left`;

/**
 * Takes from budgets of the day, in the transaction of what they are for: what is rolled back is not spent. Throws RateLimited, with the
 * seconds until the next day, for the first that has not enough.
 */
export async function spend(db: Db, spendings: readonly Spending[]): Promise<void> {
  const wanted = spendings.map(({ kind, subject, amount }) => ({ kind, subject, amount }));
  const rows = (await db.raw(spendSql, [JSON.stringify(wanted)])).rows as { kind: string; subject: string; used: string; left: number }[];
  const used = new Map(rows.map((row) => [`${row.kind} ${row.subject}`, row]));
  for (const { kind, subject, amount, limit, refusal } of spendings) {
    const row = used.get(`${kind} ${subject}`)!;
    if (Number(row.used) <= limit) continue;
    throw new RateLimited(refusal, { limit, current: Number(row.used) - amount, retryAfter: row.left });
  }
}
