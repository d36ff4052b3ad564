import type { Finding } from '../policy/findings.ts';
import { type Condition, printCondition } from './condition.ts';
import { graphFor, roleGraphs } from './roles.ts';
import type { StorePolicy, StoreRow } from './rows.ts';

/** How many rows are looked for, so that the largest store takes a moment: what is beyond is not found. */
const mostLooks = 2_000_000;

/**
 * Rows without effect: a condition that is never true; an allow that a wider deny always beats; a row that a wider one of the same effect covers. One row
 * covers another one where it is about all of the same questions, and has no condition, or the same one. What is found can be taken out, one row at a time, and
 * no answer changes; patterns of keyMatch2 and roles of domains are compared by their text alone, so not all such rows are found.
 */
export function idleRows(policy: StorePolicy, file = 'policy.csv'): Finding[] {
  const find = createFinder(policy);
  return policy.rows.flatMap((row): Finding[] => {
    const at = { level: 'warning', file, line: row.line } as const;
    if (isAlways(row.condition, false)) return [{ ...at, rule: 'never-true', message: 'the condition is false, whatever is asked' }];
    const deny = find(row, 'deny');
    if (deny && row.effect === 'deny') return [{ ...at, rule: 'shadowed-deny', message: `line ${deny.line} denies all of this` }];
    if (deny)
      return isSame(deny, row) ? [] : [{ ...at, rule: 'dead-allow', message: `the deny of line ${deny.line} always wins over this` }];
    const allow = row.effect === 'allow' ? find(row, 'allow') : undefined;
    return allow ? [{ ...at, rule: 'shadowed-allow', message: `line ${allow.line} allows all of this` }] : [];
  });
}

/** Whether a row speaks of the same: an allow beside such a deny is an error, which deadAllows says. */
function isSame(one: StoreRow, other: StoreRow): boolean {
  return one.sub === other.sub && one.dom === other.dom && one.obj === other.obj && one.act === other.act;
}

/** Whether a condition has this value whatever is asked, as far as its constants say. */
function isAlways(condition: Condition, value: boolean): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value === value;
    case 'not':
      return isAlways(condition.operand, !value);
    case 'and':
    case 'or': {
      const isEach = (condition.kind === 'and') === value;
      const holds = (operand: Condition): boolean => isAlways(operand, value);
      return isEach ? condition.operands.every(holds) : condition.operands.some(holds);
    }
    default:
      return false;
  }
}

function conditionOf({ condition }: StoreRow): string {
  return isAlways(condition, true) ? 'true' : printCondition(condition);
}

function createFinder({ model, rows, links }: StorePolicy) {
  const byMeaning = new Map<string, StoreRow>();
  for (const row of rows) {
    const key = keyOf([row.effect, row.sub, row.dom, row.obj, row.act, conditionOf(row)]);
    if (!byMeaning.has(key)) byMeaning.set(key, row);
  }
  const graph = model.roles === 'everywhere' ? graphFor(roleGraphs(links), model, undefined) : undefined;
  let left = mostLooks;
  /** A row of the effect that covers this one. */
  return (row: StoreRow, effect: StoreRow['effect']): StoreRow | undefined => {
    const parts = [
      [effect],
      ['*', row.sub, ...(graph && row.sub !== '*' ? graph.namesOf(row.sub) : [])],
      ['*', row.dom],
      objectsOver(row.obj, model.objects),
      ['*', row.act],
      ['true', conditionOf(row)],
    ];
    for (const key of combined(parts)) {
      left -= 1;
      if (left < 0) return undefined;
      const found = byMeaning.get(keyOf(key));
      if (found && found !== row) return found;
    }
    return undefined;
  };
}

const keyOf = (parts: readonly string[]): string => JSON.stringify(parts);

/** Each choice of one of every list, once. */
function* combined([first, ...rest]: readonly (readonly string[])[]): Generator<string[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (const one of new Set(first)) for (const others of combined(rest)) yield [one, ...others];
}

/** The objects of rows that are about all that this object is about. */
function objectsOver(obj: string, objects: StorePolicy['model']['objects']): readonly string[] {
  const over = ['*', obj];
  if (objects !== 'keyMatch' || obj === '*') return over;
  const star = obj.indexOf('*');
  const start = star === -1 ? obj : obj.slice(0, star);
  for (let length = 1; length <= start.length; length++) over.push(`${start.slice(0, length)}*`);
  return over;
}
