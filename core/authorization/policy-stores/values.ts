import { isObject } from '../../base/objects.ts';
import type { Scalar } from './types.ts';

/** `==` and its kin. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Whether conditions compare this value: a text, a number, true, false or null; not a list, an object or nothing. */
export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The value under an own key of an object; undefined for a list, and for whatever is inherited. */
export function ownValue(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at the end of a way of own keys. */
export function valueAt(value: unknown, keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    found = ownValue(found, key);
    if (found === undefined) return undefined;
  }
  return found;
}

/** Compares without coercion. What is missing, a list or an object makes it false, for `!=` too. */
export function compare(op: Comparison, left: unknown, right: unknown): boolean {
  if (!isScalar(left) || !isScalar(right)) return false;
  if (op === '==') return left === right;
  if (op === '!=') return left !== right;
  const order = orderOf(left, right);
  if (order === undefined) return false;
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}

/** Lists longer than this are searched by a set, which is made once: a policy may ask thousands of times about the same list of a question. */
const maxScanned = 16;
const sets = new WeakMap<readonly unknown[], ReadonlySet<unknown>>();

/** Whether a scalar is an element of a list, which never changes. */
export function isElement(value: unknown, list: unknown): boolean {
  if (!isScalar(value) || !Array.isArray(list)) return false;
  return list.length > maxScanned ? setOf(list).has(value) : list.includes(value);
}

function setOf(list: readonly unknown[]): ReadonlySet<unknown> {
  let set = sets.get(list);
  if (set === undefined) {
    set = new Set(list);
    sets.set(list, set);
  }
  return set;
}

/** Below, at or above zero; undefined where there is no order: only numbers and texts have one, each among themselves. */
function orderOf(left: Scalar, right: Scalar): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    const order = left - right;
    // Infinity less itself.
    return Number.isNaN(order) ? (left === right ? 0 : undefined) : order;
  }
  return typeof left === 'string' && typeof right === 'string' ? compareTexts(left, right) : undefined;
}

/** By code points, as PostgreSQL's collation "C" does, and not by UTF-16 units as JavaScript's < does. */
export function compareTexts(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    // A surrogate stands for a code point above all others of one unit.
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return left.length - right.length;
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
