import { matches } from '../authorization/policy-stores/filter.ts';
import type { StoreEntity, StoreFilter, Where } from '../authorization/policy-stores/types.ts';
import { candidatesOf, valuesOf } from './entity-values.ts';

/** The resources of a plan, found by the filters of searches through an index in memory. */
export interface PlanResources {
  readonly all: readonly StoreEntity[];
  /** By type: their numbers in `all`. */
  readonly ofType: ReadonlyMap<string, readonly number[]>;
  /** The numbers of those that a filter may mean; `spend` is told how many were looked at. */
  find(type: string, filter: StoreFilter, spend: (looked: number) => void): readonly number[];
}

/** How many answers are remembered: most subjects have filters of their own. */
const remembered = 5_000;
/** And how many numbers they hold together. */
const rememberedNumbers = 1_000_000;

export function createPlanResources(all: readonly StoreEntity[]): PlanResources {
  const ofType = new Map<string, number[]>();
  const byId = new Map<string, number>();
  for (const [index, { type, id }] of all.entries()) {
    const list = ofType.get(type);
    if (list) list.push(index);
    else ofType.set(type, [index]);
    byId.set(`${type}:${id}`, index);
  }
  const values = new Map<string, Map<string, number[]>>();
  const answers = new Map<string, readonly number[]>();
  let numbers = 0;

  function valuesIn(type: string): Map<string, number[]> {
    const known = values.get(type);
    if (known) return known;
    const index = new Map<string, number[]>();
    for (const number of ofType.get(type) ?? [])
      for (const value of valuesOf(all[number]!.properties)) {
        const list = index.get(value);
        if (list) list.push(number);
        else index.set(value, [number]);
      }
    values.set(type, index);
    return index;
  }

  function poolOf(type: string, where: Where): readonly number[] {
    const id = idOf(where);
    if (id !== undefined) {
      const number = byId.get(`${type}:${id}`);
      return number === undefined ? [] : [number];
    }
    const candidates = candidatesOf(where);
    if (candidates === undefined) return ofType.get(type) ?? [];
    const index = valuesIn(type);
    return [...new Set(candidates.flatMap((value) => index.get(value) ?? []))];
  }

  return {
    all,
    ofType,
    find(type, filter, spend) {
      if (filter.kind === 'none') return [];
      if (filter.kind !== 'where') return ofType.get(type) ?? [];
      const key = `${type} ${JSON.stringify(filter.where)}`;
      const known = answers.get(key);
      if (known) return known;
      const pool = poolOf(type, filter.where);
      spend(pool.length);
      const found = pool.filter((number) => matches(filter.where, all[number]!));
      if (answers.size >= remembered || numbers >= rememberedNumbers) {
        answers.clear();
        numbers = 0;
      }
      answers.set(key, found);
      numbers += found.length;
      return found;
    },
  };
}

/** The only id that a condition may mean. */
function idOf(where: Where): string | undefined {
  if ('all' in where) return where.all.map(idOf).find((id) => id !== undefined);
  return 'id' in where && where.id === '==' ? where.value : undefined;
}
