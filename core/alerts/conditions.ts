import type { LimitReached, Spike, Threshold, UsageCondition } from './alert-rows.ts';

/** Weeks that a spike is compared with, and days with usage among them below which nothing is called a spike. */
const weeks = 8;
const leastDays = 3;
const dayLength = 86_400_000;

/** A time whose usage is needed; `slot` tells those of one alert apart. Days are texts such as 2026-11-21, and `to` is not included. */
export interface Slot {
  readonly slot: number;
  readonly from: string;
  readonly to: string;
}

/** What was used in a slot, by `<key> <slot>`; undefined where nothing was reported. */
export type Sums = ReadonlyMap<string, number | undefined>;

/** That a condition is met in a period. */
export interface Found {
  readonly period: string;
  readonly until: Date;
  /** An alert fires once in a period for each; a number that is changed makes no other one. */
  readonly threshold: string;
  readonly quantity: number;
  readonly limit: number;
}

/** That so many percent of a limit are in use. */
export interface FoundOfLimit extends Found {
  readonly name: string;
  readonly percent: number;
}

interface Period {
  readonly from: Date;
  readonly to: Date;
}

const dayText = (moment: Date): string => moment.toISOString().slice(0, 10);
const dayOf = (now: Date, back: number): Period => {
  const from = Math.floor(now.getTime() / dayLength) * dayLength - back * dayLength;
  return { from: new Date(from), to: new Date(from + dayLength) };
};
const monthOf = (now: Date, back: number): Period => {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth() - back];
  return { from: new Date(Date.UTC(year, month)), to: new Date(Date.UTC(year, month + 1)) };
};

/** The month of now (UTC), by its first day. */
export const monthText = (now: Date): string => dayText(monthOf(now, 0).from);

/** The period of now, and the one before: usage may be reported late. */
function periodsOf({ period }: Pick<Threshold, 'period'>, now: Date): Period[] {
  const of = period === 'MONTH' ? monthOf : dayOf;
  return [of(now, 0), of(now, 1)];
}

const slotOf = (slot: number, { from, to }: Period): Slot => ({ slot, from: dayText(from), to: dayText(to) });

/** The times whose usage a condition needs. */
export function wantedSums(condition: UsageCondition, now: Date): Slot[] {
  if (condition.on === 'THRESHOLD') return periodsOf(condition, now).map((period, index) => slotOf(index, period));
  // Of each of two days, the day itself and the same weekday before: slots 0 to 8, and 100 to 108.
  return [0, 1].flatMap((back) => Array.from({ length: weeks + 1 }, (_, week) => slotOf(back * 100 + week, dayOf(now, back + 7 * week))));
}

/** Where a condition is met. */
export function found(condition: UsageCondition, key: string, sums: Sums, now: Date): Found[] {
  return condition.on === 'THRESHOLD' ? reached(condition, key, sums, now) : spikes(condition, key, sums, now);
}

function reached(condition: Threshold, key: string, sums: Sums, now: Date): Found[] {
  const { quantity: limit } = condition;
  return periodsOf(condition, now).flatMap(({ from, to }, index) => {
    const quantity = sums.get(`${key} ${index}`) ?? 0;
    return quantity >= limit ? [{ period: dayText(from), until: to, threshold: condition.period, quantity, limit }] : [];
  });
}

function spikes({ factor, minimum }: Spike, key: string, sums: Sums, now: Date): Found[] {
  return [0, 1].flatMap((back) => {
    const before = Array.from({ length: weeks }, (_, week) => sums.get(`${key} ${back * 100 + week + 1}`)).filter(
      (sum) => sum !== undefined,
    );
    const quantity = sums.get(`${key} ${back * 100}`) ?? 0;
    if (before.length < leastDays || quantity < minimum) return [];
    const limit = factor * median(before);
    const { from, to } = dayOf(now, back);
    return quantity > limit ? [{ period: dayText(from), until: to, threshold: 'SPIKE', quantity, limit }] : [];
  });
}

/** Where a limit is reached so far: of its hard number, or of the soft one where it has no hard one. Of several levels the highest that is reached. */
export function limitsReached(
  { limitName, at }: LimitReached,
  limits: readonly { name: string; soft?: number; hard?: number; used: number }[],
  now: Date,
): FoundOfLimit[] {
  const { from, to } = monthOf(now, 0);
  return limits.flatMap(({ name, soft, hard, used }) => {
    const limit = hard ?? soft;
    if (limit === undefined || used <= 0 || (limitName !== undefined && limitName !== name)) return [];
    const reached = at.filter((percent) => used * 100 >= percent * limit);
    if (reached.length === 0) return [];
    const percent = Math.max(...reached);
    return [{ name, percent, period: dayText(from), until: to, threshold: limitLevel(name, percent), quantity: used, limit }];
  });
}

/** What a firing about a level of a limit is known by in its month. */
export const limitLevel = (name: string, percent: number): string => `LIMIT ${name} ${percent}`;

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
