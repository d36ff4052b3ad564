import { storeLimits } from './limits.ts';
import type { Scalar, StoreEntity, StoreFilter, Where } from './types.ts';
import { compare, isElement, isScalar, valueAt } from './values.ts';

/** Whether an entity is one of those that a condition means: the meaning of `Where`, which the SQL of a search has too. */
export function matches(where: Where, entity: Pick<StoreEntity, 'id' | 'properties'>): boolean {
  if ('any' in where) return where.any.some((part) => matches(part, entity));
  if ('all' in where) return where.all.every((part) => matches(part, entity));
  if ('not' in where) return !matches(where.not, entity);
  if ('id' in where) return where.id === '==' ? entity.id === where.value : entity.id.startsWith(where.value);
  const found = valueAt(entity.properties, where.property);
  switch (where.op) {
    case 'exists':
      return found !== undefined;
    case 'in':
      return isElement(found, where.value);
    case 'contains':
      return isElement(where.value, found);
    default:
      return compare(where.op, found, where.value);
  }
}

/** What is known of a condition when one entity is not: its answer, what the entity must be like, or that this cannot be said. */
export type Partial = boolean | Where | 'unsaid';

/** All of the parts. False beside anything is false, also beside what cannot be said. */
export function allOf(parts: Iterable<Partial>): Partial {
  return joined(parts, false);
}

/** Any of the parts. True beside anything is true, also beside what cannot be said. */
export function anyOf(parts: Iterable<Partial>): Partial {
  return joined(parts, true);
}

export function not(part: Partial): Partial {
  if (typeof part === 'boolean') return !part;
  if (part === 'unsaid') return part;
  return 'not' in part ? part.not : { not: part };
}

/** More parts than any filter may have: they are not kept. */
const maxParts = storeLimits.filterNodes;

function joined(parts: Iterable<Partial>, end: boolean): Partial {
  const wheres = new Map<string, Where>();
  let isUnsaid = false;
  for (const part of parts) {
    if (part === end) return end;
    // To go on could take long, and to enumerate is never wrong.
    if (wheres.size > maxParts) return 'unsaid';
    isUnsaid ||= part === 'unsaid';
    if (!isUnsaid && typeof part === 'object') for (const where of flattened(part, end)) wheres.set(JSON.stringify(where), where);
  }
  if (isUnsaid) return 'unsaid';
  const list = [...wheres.values()];
  if (list.length < 2) return list[0] ?? !end;
  return end ? { any: list } : { all: list };
}

function flattened(where: Where, isAny: boolean): readonly Where[] {
  if (isAny) return 'any' in where ? where.any : [where];
  return 'all' in where ? where.all : [where];
}

/** The filter of what is known, within the limits of its size. */
export function filterOf(part: Partial): StoreFilter {
  if (part === 'unsaid') return { kind: 'enumerate' };
  if (typeof part === 'boolean') return { kind: part ? 'all' : 'none' };
  const size = sizeOf(part);
  return size.nodes > storeLimits.filterNodes || size.values > storeLimits.filterValues
    ? { kind: 'enumerate' }
    : { kind: 'where', where: part };
}

/** How many parts a condition has, and values in its lists. */
export function sizeOf(where: Where): { nodes: number; values: number } {
  const parts = 'any' in where ? where.any : 'all' in where ? where.all : 'not' in where ? [where.not] : [];
  const values = 'value' in where && Array.isArray(where.value) ? where.value.length : 0;
  return parts
    .map(sizeOf)
    .reduce((sum, size) => ({ nodes: sum.nodes + size.nodes, values: sum.values + size.values }), { nodes: 1, values });
}

/** The scalars of a list, each once; texts, numbers and the others are never the same. */
export function scalarsOf(list: readonly unknown[]): Scalar[] {
  return [...new Set(list.filter(isScalar))];
}
