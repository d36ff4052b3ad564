import type { Finding } from '../policy/findings.ts';
import { printCondition } from './condition.ts';
import type { StoreRow } from './rows.ts';

/** Allows that a deny of the same subject, domain, object and action always beats: it has no condition, or the same one. */
export function deadAllows(rows: readonly StoreRow[], file = 'policy.csv'): Finding[] {
  const keyOf = ({ sub, dom, obj, act }: StoreRow, condition: string): string => JSON.stringify([sub, dom, obj, act, condition]);
  const denies = new Map<string, number>();
  for (const row of rows) if (row.effect === 'deny') denies.set(keyOf(row, printCondition(row.condition)), row.line);
  if (denies.size === 0) return [];
  return rows.flatMap((row): Finding[] => {
    if (row.effect === 'deny') return [];
    const denied = denies.get(keyOf(row, 'true')) ?? denies.get(keyOf(row, printCondition(row.condition)));
    if (denied === undefined) return [];
    return [{ rule: 'dead-allow', level: 'error', message: `the deny of line ${denied} always wins over this`, file, line: row.line }];
  });
}
