import { groupedBy } from '../base/grouped.ts';
import type { PlanDocument, ShownRow } from './document.ts';
import { firstNames } from './first-names.ts';

/** What a plan says of whom; the rest of it follows from that, or is how it is grouped. */
export type Said = Pick<PlanDocument, 'effects' | 'rows'>;

/** What makes one plan say something else than another one of the same change; undefined where they say the same. */
export function differenceOf(before: Said, now: Said): string | undefined {
  const places = changedPlaces(before, now);
  if (places.length === 0) return undefined;
  return `Who gains or loses is not what the plan says any more in ${firstNames(places)}.`;
}

/** Where it says something else: ids of organizations, or `platform`. */
function changedPlaces(before: Said, now: Said): string[] {
  const [old, fresh] = [saidByPlace(before), saidByPlace(now)];
  const places = new Set([...old.keys(), ...fresh.keys()]);
  return [...places].filter((place) => !isSame(old.get(place) ?? new Map(), fresh.get(place) ?? new Map())).sort();
}

/** Pairs of subjects and places, in the form of a row: how many, and the sum of their hashes. */
interface Pairs {
  count: number;
  fold: bigint;
}

/** For each organization who gains or loses each permission, whatever else they hold, by which way they have it, and by which rows of the plan it is said. */
function saidByPlace({ effects, rows }: Said): Map<string, Map<string, Pairs>> {
  const changesOf = new Map(
    effects.map(({ effect, level, changes }) => [
      effect,
      changes.map(({ kind, permission, switchedOff }) => `${level} ${kind}${switchedOff ? ' switched off' : ''} ${permission}`),
    ]),
  );
  const byPlace = groupedBy(rows, ({ organizationId }) => organizationId ?? 'platform');
  return new Map([...byPlace].map(([place, some]) => [place, pairsOf(some, changesOf)]));
}

function pairsOf(rows: readonly ShownRow[], changesOf: ReadonlyMap<number, readonly string[]>): Map<string, Pairs> {
  const all = new Map<string, Pairs>();
  for (const { effect, subjectType, count, fold } of rows) {
    for (const change of changesOf.get(effect) ?? []) {
      const key = `${subjectType} ${change}`;
      const pairs = all.get(key) ?? { count: 0, fold: 0n };
      all.set(key, pairs);
      pairs.count += count;
      pairs.fold = BigInt.asUintN(64, pairs.fold + BigInt(`0x${fold}`));
    }
  }
  return all;
}

function isSame(before: ReadonlyMap<string, Pairs>, now: ReadonlyMap<string, Pairs>): boolean {
  if (before.size !== now.size) return false;
  return [...before].every(([key, { count, fold }]) => now.get(key)?.count === count && now.get(key)?.fold === fold);
}
