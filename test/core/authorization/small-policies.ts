import fc from 'fast-check';
import { createStock } from '../../../core/authorization/engine/stock.ts';
import type { Blueprint } from '../../../core/authorization/policy/blueprint.ts';
import type { PolicyContent, Row } from '../../../core/authorization/policy/content.ts';
import { type Level, levels } from '../../../core/authorization/policy/domain.ts';
import { testDomain } from '../../../core/authorization/review/tests.ts';
import { house, model, vocabulary } from './contents.ts';

/** A kind of organization so small that brute force can ask everything: no row gives its roles, so they are no objects. */
const blueprint: Blueprint = {
  ...house,
  roles: ['org.owner-like', 'org.guest'].map((id) => ({ id, title: id, description: id, level: 'org', holders: ['support'] })),
  customRoles: undefined,
  resourceTypes: [
    { name: 'lamp', title: 'Lamps', actions: { switch: ['org', 'project'], dim: ['org'] } },
    { name: 'fan', title: 'Fans', actions: { switch: ['project'] } },
  ],
};

const asked: Partial<Record<Level, Record<string, string[]>>> = {
  org: { door: ['open'], lamp: ['switch', 'dim'] },
  project: { door: ['open'], lamp: ['switch'], fan: ['switch'] },
};

/** Who can hold something, and what can be asked. */
export const smallVocabulary = { subjects: ['house/org.owner-like', 'house/org.guest', 'state/closed'], asked } as const;

export function content(scope: string, rows: readonly Row[] = []): PolicyContent {
  return {
    scope,
    model,
    rows,
    sources: rows.map((_, index) => ({ file: `${scope}.csv`, line: index + 1 })),
    ...(scope === 'platform'
      ? { vocabulary: { ...vocabulary, resources: { door: { title: 'Doors', actions: { open: ['org', 'project'] } } } } }
      : { blueprint }),
  };
}

/** What stock Casbin answers to every question about every set of roles, or about those with one role in them. */
export function answers(contents: readonly PolicyContent[], holding?: string): string {
  const stock = createStock(contents);
  const subjects: string[] = [...smallVocabulary.subjects];
  const sets = subjects.flatMap((one, index) => [[one], ...subjects.slice(index + 1).map((other) => [one, other])]);
  let all = '';
  for (const roles of [...sets, subjects]) {
    if (holding !== undefined && !roles.includes(holding)) continue;
    for (const level of levels) {
      for (const [resource, actions] of Object.entries(smallVocabulary.asked[level] ?? {})) {
        for (const action of actions) all += stock.decide('user_1', roles, testDomain(level), resource, action).allowed ? '1' : '0';
      }
    }
  }
  return all;
}

const pairs = [
  ['door', 'open'],
  ['lamp', 'switch'],
  ['lamp', 'dim'],
  ['fan', 'switch'],
  ['lamp', '*'],
  ['*', 'switch'],
  ['*', '*'],
] as const;

/** Every row that names nothing unknown. */
const rows: Row[] = smallVocabulary.subjects.flatMap((sub) =>
  ['*', 'org', 'project'].flatMap((dom) =>
    pairs.flatMap(([obj, act]) =>
      (['allow', 'deny'] as const).flatMap((eft): Row[] => {
        const isState = sub.startsWith('state/');
        if (isState && (eft === 'allow' || !['lamp', 'fan'].includes(obj))) return [];
        const isAsked = dom === '*' || obj === '*' || act === '*' || asked[dom as Level]?.[obj]?.includes(act);
        return isAsked ? [[sub, dom, obj, act, eft]] : [];
      }),
    ),
  ),
);

/** Up to eight rows of the kind of organization. */
export const smallPolicies: fc.Arbitrary<Row[]> = fc.array(fc.constantFrom(...rows), { minLength: 1, maxLength: 8 });
