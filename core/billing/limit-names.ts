import type { Blueprint } from '../authorization/policy/blueprint.ts';
import { didYouMean } from '../authorization/policy/findings.ts';

/** Limits on what blueprints name: what each counts, in words, and the names that a blueprint has. */
const named: Readonly<Record<string, readonly [thing: string, namesIn: (blueprint: Blueprint) => readonly { readonly name: string }[]]>> = {
  resource: ['type of resources', ({ resourceTypes }) => resourceTypes],
  meter: ['meter', ({ meters = [] }) => meters],
};

/** What is wrong with the name of a limit that would count nothing in organizations of these kinds; undefined where one of them has what it names. */
export function limitNameFault(name: string, kinds: readonly Blueprint[]): string | undefined {
  const [prefix, word] = name.split('.', 2) as [string, string | undefined];
  const kind = named[prefix];
  if (!kind || word === undefined) return undefined;
  const [thing, namesIn] = kind;
  const known = [...new Set(kinds.flatMap((blueprint) => namesIn(blueprint).map((each) => each.name)))].sort();
  if (known.includes(word)) return undefined;
  const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
  return `must name a ${thing} of the blueprint: ${there}${didYouMean(word, known)}`;
}
