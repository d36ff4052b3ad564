import { recordAll } from '../audit/record.ts';
import { newId, toId } from '../base/ids.ts';
import type { Limit } from '../billing/limits.ts';
import type { Db } from '../database/database.ts';
import { monthText } from './conditions.ts';

interface Crossing {
  readonly name: string;
  readonly month: string;
  readonly threshold: 'SOFT' | 'HARD';
  readonly at_limit: string;
  readonly used: number;
}

const recordSql = `update limit_crossings set recorded_at = now() where org_id = ? and recorded_at is null
  returning name, period::text as month, threshold, at_limit, used::float8 as used`;

/**
 * Records that limits were reached: each of their two numbers once in a month (UTC). Most were noted behind what reached them; what was in use
 * when the number was set, or changed, is noted here.
 */
export async function recordLimitsReached(db: Db, org_id: string, limits: readonly Limit[], now: Date): Promise<void> {
  const period = monthText(now);
  const numbers = limits.flatMap(({ name, used, soft, hard }) => [
    { name, used, threshold: 'SOFT', at_limit: soft },
    { name, used, threshold: 'HARD', at_limit: hard },
  ]);
  const reached = numbers.flatMap((one) =>
    one.at_limit !== undefined && one.used > 0 && one.used >= one.at_limit ? [{ ...one, org_id, period }] : [],
  );
  if (reached.length > 0) await db('limit_crossings').insert(reached).onConflict(['org_id', 'name', 'period', 'threshold']).ignore();
  const { rows } = (await db.raw(recordSql, [org_id])) as { rows: Crossing[] };
  const events = rows.sort(inOrder).map(({ name, month, threshold, at_limit, used }) => ({
    target: name,
    after: { threshold, limit: Number(at_limit), used, month },
  }));
  const organizationId = toId('organization', org_id);
  await recordAll(db, { name: 'tenet', requestId: newId('request') }, { organizationId, action: 'limit.reach' }, events);
}

/** By name, and the soft number before the hard one. */
function inOrder(one: Crossing, other: Crossing): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  return one.threshold < other.threshold ? 1 : -1;
}
