import { createStockStore } from '../authorization/policy-stores/stock-store.ts';
import type { StoreContents, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import type { PlanChange } from './plan-changes.ts';
import type { Side } from './plan-sides.ts';

/** A question that is decided again, and what the plan says of it. */
interface Chosen {
  readonly subject: StoreEntity;
  readonly action: string;
  readonly resource: StoreEntity;
  kind: 'GAIN' | 'LOSS' | undefined;
}

/** Questions by chance, half of them among the changes and half among all. */
export interface ChosenQuestions {
  /** Tells of a change for the subject of this number. */
  note(subject: number, change: PlanChange): void;
  /** Those that the plan has an answer to, which it gave for so many subjects. */
  asked(subjects: number): readonly Chosen[];
}

/** How many questions are decided again, and at most so many comparisons with rows: stock Casbin looks at every one. */
const mostDecided = 1_000;
const mostCompared = 300_000;

/** Chooses before the changes are known, so that one that was left out can be found. The same seed chooses the same. */
export function choose({
  subjects,
  resources,
  actionsOf,
  seed,
}: {
  readonly subjects: readonly StoreEntity[];
  readonly resources: readonly StoreEntity[];
  readonly actionsOf: (type: string) => readonly string[];
  readonly seed: number;
}): ChosenQuestions {
  const random = randomOf(seed);
  const below = (number: number): number => Math.floor(random() * number);
  const half = mostDecided / 2;
  const all = new Map<string, Chosen & { readonly number: number }>();
  const keyOf = (subject: number, action: string, resource: number): string => `${subject} ${resource} ${action}`;
  for (let tries = 0; tries < 2 * half && all.size < half && subjects.length * resources.length > 0; tries++) {
    const [number, place] = [below(subjects.length), below(resources.length)];
    const resource = resources[place]!;
    const actions = actionsOf(resource.type);
    const action = actions[below(actions.length)];
    if (action !== undefined)
      all.set(keyOf(number, action, place), { subject: subjects[number]!, action, resource, kind: undefined, number });
  }
  const changed: (Chosen & { readonly number: number })[] = [];
  let seen = 0;
  return {
    note(number, { kind, action, resource: place }) {
      if (kind === 'CONDITIONAL') return;
      const found = all.get(keyOf(number, action, place));
      if (found) found.kind = kind;
      // Each change has the same chance to be kept.
      seen += 1;
      const at = changed.length < half ? changed.length : below(seen);
      if (at < half) changed[at] = { subject: subjects[number]!, action, resource: resources[place]!, kind, number };
    },
    asked: (most) => {
      const mixed: Chosen[] = [];
      const some = [...all.values()].filter(({ number }) => number < most);
      for (let at = 0; at < Math.max(some.length, changed.length); at++)
        for (const one of [changed[at], some[at]])
          if (one) mixed.push({ subject: one.subject, action: one.action, resource: one.resource, kind: one.kind });
      return mixed;
    },
  };
}

/** Has stock Casbin decide them by both policies, as many as it can in bounded time. */
export async function verify(
  contents: { readonly before?: StoreContents; readonly after: StoreContents },
  before: Side,
  after: Side,
  chosen: readonly Chosen[],
): Promise<{ decided: number; differences: number }> {
  const rows = before.policy.rows.length + after.policy.rows.length;
  const decided = chosen.slice(0, Math.floor(mostCompared / Math.max(rows, 1)));
  if (decided.length === 0) return { decided: 0, differences: 0 };
  const was = contents.before === undefined ? { decide: () => false } : await createStockStore(contents.before);
  const is = await createStockStore(contents.after);
  const differences = decided.filter(({ subject, action, resource, kind }) => {
    const question: StoreQuestion = { subject, action: { name: action, properties: {} }, resource, context: {} };
    const [one, other] = [was.decide(question), is.decide(question)];
    return (one === other ? undefined : other ? 'GAIN' : 'LOSS') !== kind;
  });
  return { decided: decided.length, differences: differences.length };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
