import type { Effect } from '../authorization/review/policy-change.ts';
import type { PlanRow } from './rows.ts';

const placeOrder = ['PLATFORM', 'ORGANIZATION', 'PROJECT', 'OTHER_PROJECTS'];
const levelOrder = ['platform', 'org', 'project'];

/** Effects and rows in an order that follows from what they say, and not from how they were found. */
export function inOrder(rows: readonly PlanRow[]): { effects: Effect[]; sorted: PlanRow[] } {
  const keys = new Map([...new Set(rows.map(({ effect }) => effect))].map((effect) => [effect, keyOf(effect)]));
  const byKey = new Map([...keys].toReversed().map(([effect, key]) => [key, effect]));
  const order = [...byKey.keys()].sort(compare);
  const numbers = new Map(order.map((key, number) => [byKey.get(key)!, number]));
  const one = rows.map((row) => ({ ...row, effect: byKey.get(keys.get(row.effect)!)! }));
  const sorted = one.sort(
    (a, b) =>
      compare(a.organizationId ?? '', b.organizationId ?? '') ||
      numbers.get(a.effect)! - numbers.get(b.effect)! ||
      placeOrder.indexOf(a.place) - placeOrder.indexOf(b.place) ||
      compare(a.projectId ?? '', b.projectId ?? '') ||
      compare(a.subjectType, b.subjectType) ||
      compare(a.via.join(' '), b.via.join(' ')),
  );
  return { effects: order.map((key) => byKey.get(key)!), sorted };
}

/** What is sensitive comes first. */
function hasSensitiveGain(changes: Effect['changes']): boolean {
  return changes.some(({ kind, flags }) => kind === 'GAIN' && flags.includes('sensitive'));
}

/** Everything that an effect says: organizations of different kinds may have the same one. */
function keyOf({ level, place, roles, scopes, switchedOff, changes }: Effect): string {
  const said = changes.map(({ kind, resource, action, flags, before, after, switchedOff: isOff }) =>
    [kind, isOff ? 'off' : 'on', resource, action, ...flags, ...[before, after].flatMap(({ source }) => [source?.file, source?.line])].join(
      ' ',
    ),
  );
  const rank = [hasSensitiveGain(changes) ? 0 : 1, levelOrder.indexOf(level)];
  return [...rank, roles.join(' '), scopes?.join(' ') ?? '', place ?? '', switchedOff?.join(' ') ?? '', ...said].join('|');
}

/** The order of two texts by their code units. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
