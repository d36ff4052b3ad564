import { questionsInTests } from '../authorization/policy-stores/store-tests.ts';
import { readStoreTests } from '../authorization/policy-stores/store-tests-schema.ts';
import type { StoreContents, StoreEntity, StoreQuestion } from '../authorization/policy-stores/types.ts';
import { compare, type PlanKind } from './plan-changes.ts';
import { answerOf, type PlanAnswer } from './plan-groups.ts';
import { sideOf } from './plan-sides.ts';
import { allEntities, makeStorePlan, type StorePlan } from './store-plan.ts';

/** Two policies of a store. */
export interface StoreDiffTask {
  /** Absent where nothing is in force. */
  readonly before?: StoreContents;
  readonly after: StoreContents;
}

/** A question of a test, with its context, that is answered otherwise. */
export interface ChangedCase {
  readonly name: string;
  readonly kind: Exclude<PlanKind, 'CONDITIONAL'>;
  readonly before: PlanAnswer;
  readonly after: PlanAnswer;
}

/** A plan for the entities of the tests, and the cases that are answered otherwise: the first of them, and how many there are besides. */
export interface StoreDiff extends StorePlan {
  readonly cases: readonly ChangedCase[];
  readonly omittedCases: number;
}

const mostCases = 1_000;

/** Compares what two policies mean, for the entities and the cases of the tests of both. Throws PolicyError. */
export async function diffStores({ before, after }: StoreDiffTask): Promise<StoreDiff> {
  const entities = new Map<string, StoreEntity>();
  // Where both know an entity, it is as the tests of the later one have it.
  for (const contents of [before, after]) {
    const { tests } = readStoreTests(contents?.tests ?? '');
    for (const { type, id, properties } of [...(tests?.entities ?? []), ...(tests?.cases ?? []).flatMap((test) => test.entities)])
      entities.set(`${type}:${id}`, { type, id, properties });
  }
  const plan = await makeStorePlan({ ...(before && { before }), after, ...allEntities([...entities.values()]) });
  const cases = changedCases(before, after);
  return { ...plan, cases: cases.slice(0, mostCases), omittedCases: Math.max(0, cases.length - mostCases) };
}

function changedCases(before: StoreContents | undefined, after: StoreContents): ChangedCase[] {
  const sides = { before: sideOf(before, after), after: sideOf(after, after) };
  const asked = new Map<string, { name: string; question: StoreQuestion }>();
  for (const contents of [before, after])
    for (const one of questionsInTests(contents?.tests ?? '')) asked.set(JSON.stringify(one.question), one);
  return [...asked.values()].flatMap(({ name, question }): ChangedCase[] => {
    const change = compare(sides, question);
    if (!change || change.kind === 'CONDITIONAL') return [];
    const { kind } = change;
    return [{ name, kind, before: answerOf(sides.before, change.before), after: answerOf(sides.after, change.after) }];
  });
}
