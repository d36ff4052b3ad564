import { createHash } from 'node:crypto';
import type { StoreContents, StoreEntity } from '../authorization/policy-stores/types.ts';
import { canonical } from '../base/canonical.ts';
import { type Comparison, createChangeFinder, type FindChanges } from './plan-changes.ts';
import { createPlanGroups, type PlanCell, type PlanGroup } from './plan-groups.ts';
import { type PlanReach, reachOf } from './plan-reach.ts';
import { createPlanResources } from './plan-resources.ts';
import { changedLinks, changedRows, type Side, sideOf } from './plan-sides.ts';
import { type ChosenQuestions, choose, verify } from './plan-verification.ts';
import { entitiesOf, planNames } from './plan-vocabulary.ts';

/** How many entities of a type a store has. */
export interface StoredType {
  readonly type: string;
  readonly count: number;
}

/** Entities as they are handed to the thread of plans, which reads the JSON. */
export interface PlannedEntities {
  /** Each a list of type, id and properties. */
  readonly pages: readonly string[];
  /** Whether all that the change can reach are among them. */
  readonly isWhole: boolean;
  /** A list of type and id: those that the policies name, that are stored, and that are not among them. */
  readonly unread: string;
}

/** All entities of a small store. */
export function allEntities(entities: readonly StoreEntity[]): PlannedEntities & { readonly types: StoredType[] } {
  const types = countsOf(entities);
  return {
    pages: [JSON.stringify(entities.map(({ type, id, properties }) => [type, id, properties]))],
    isWhole: true,
    unread: '[]',
    types,
  };
}

/** What a plan is made of. */
export interface StorePlanTask extends PlannedEntities {
  /** What is in force; absent where nothing is. */
  readonly before?: StoreContents;
  readonly after: StoreContents;
  /** What the store has. */
  readonly types: readonly StoredType[];
  /** Which types ask; by default what the policies and their tests name as subjects, and every type where a row that changed is about any. */
  readonly subjectTypes?: readonly string[];
}

/** A line of policy.csv that only one side has. */
export interface PlanLine {
  readonly line: number;
  readonly text: string;
}

/** What a change of a store's policy does to its entities. */
export interface StorePlan {
  readonly subjectTypes: readonly string[];
  /** Where the types were asked for by name: the types whose entities the change may reach as subjects besides. */
  readonly unaskedTypes?: readonly string[];
  readonly resourceTypes: readonly string[];
  /** How many there are, and of how many subjects all was asked. */
  readonly subjects: { readonly all: number; readonly asked: number };
  readonly resources: number;
  readonly entities: { readonly stored: number; readonly looked: number };
  /** Whether everything was asked about that the change can reach, for subjects of these types. */
  readonly isComplete: boolean;
  readonly lines: { readonly added: readonly PlanLine[]; readonly removed: readonly PlanLine[] };
  readonly summary: {
    readonly gains: number;
    readonly losses: number;
    readonly conditional: number;
    readonly subjects: number;
    readonly resources: number;
  };
  readonly groups: readonly PlanGroup[];
  /** The first of them, as they were found. */
  readonly cells: readonly PlanCell[];
  /** How many groups, cells and lines there are besides those. */
  readonly omitted: { readonly groups: number; readonly cells: number; readonly lines: number };
  /** Questions that stock Casbin has decided by both policies, and those of them in which the plan is wrong. */
  readonly verification: { readonly decided: number; readonly differences: number };
  /** Of all that stands above. */
  readonly digest: string;
}

/** How much one plan computes: entities that are looked at, and ten times as much for each question that is decided. */
export const mostWork = 10_000_000;
const mostLines = 200;

/** Which entities the change can reach. Throws PolicyError. */
export function planReach(task: Omit<StorePlanTask, keyof PlannedEntities>): PlanReach {
  const [before, after] = [sideOf(task.before, task.after), sideOf(task.after, task.after)];
  return reachOf(
    before,
    after,
    planNames(
      before,
      after,
      task.types.map(({ type }) => type),
      task.subjectTypes,
    ),
  );
}

/** What the change does. `finderOf` is for tests of the verification. Throws PolicyError. */
export async function makeStorePlan(
  task: StorePlanTask,
  { work = mostWork, finderOf = createChangeFinder }: { work?: number; finderOf?: (comparison: Comparison) => FindChanges } = {},
): Promise<StorePlan> {
  const after = sideOf(task.after, task.after);
  const before = sideOf(task.before, task.after);
  const stored = task.pages.flatMap(readPage);
  const typesStored = task.types.map(({ type }) => type);
  const names = planNames(before, after, typesStored, task.subjectTypes);
  const { subjectTypes, firstTypes, unaskedTypes, resourceTypes, actionsOf } = names;
  const unread = new Set((JSON.parse(task.unread) as [string, string][]).map(([type, id]) => `${type}:${id}`));
  const subjects = inChosenOrder(entitiesOf(subjectTypes, stored, names.keys, unread), firstTypes);
  const resources = createPlanResources(entitiesOf(resourceTypes, stored, names.keys, unread));
  const unlooked = (types: readonly string[]): number => sumOf(task.types, types) - sumOf(countsOf(stored), types);
  let left = work;
  const spend = (amount: number): void => {
    left -= amount;
  };
  const comparison: Comparison = { before, after, resources, resourceTypes, actionsOf, spend };
  const changesOf = finderOf(comparison);
  const groups = createPlanGroups(before, after, resources.all);
  const chosen: ChosenQuestions = choose({ subjects, resources: resources.all, actionsOf, seed: seedOf(task) });
  let asked = 0;
  for (const subject of subjects) {
    if (left <= 0) break;
    for (const change of changesOf(subject)) {
      groups.add(subject, change);
      chosen.note(asked, change);
      // Of one subject alone there may be more than a plan may take.
      if (left <= -work) break;
    }
    if (left <= -work) break;
    spend(1);
    asked += 1;
  }
  const { omitted, ...found } = groups.result();
  const { lines, omittedLines } = linesOf(before, after);
  const plan = {
    ...{ subjectTypes, ...(unaskedTypes && { unaskedTypes }), resourceTypes },
    // Those that the change cannot reach are as if they had been asked about.
    subjects: { all: subjects.length + unlooked(subjectTypes), asked: asked + (task.isWhole ? unlooked(subjectTypes) : 0) },
    resources: resources.all.length + unlooked(resourceTypes),
    entities: { stored: sumOf(task.types, typesStored), looked: stored.length },
    isComplete: asked === subjects.length && task.isWhole,
    lines,
    ...found,
    omitted: { ...omitted, lines: omittedLines },
    verification: await verify(task, before, after, chosen.asked(asked)),
  };
  return { ...plan, digest: createHash('sha256').update(canonical(plan)).digest('hex') };
}

function readPage(page: string): StoreEntity[] {
  return (JSON.parse(page) as [string, string, StoreEntity['properties']][]).map(([type, id, properties]) => ({ type, id, properties }));
}

function countsOf(entities: readonly StoreEntity[]): StoredType[] {
  const counts = new Map<string, number>();
  for (const { type } of entities) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count }));
}

/** How many there are of some types. */
function sumOf(counts: readonly StoredType[], types: readonly string[]): number {
  return counts.reduce((sum, { type, count }) => sum + (types.includes(type) ? count : 0), 0);
}

/**
 * Those of the first types before all others, and mixed besides, the same for the same subjects: where the work ends early, those that were asked about
 * are a sample.
 */
function inChosenOrder(subjects: readonly StoreEntity[], firstTypes: readonly string[]): StoreEntity[] {
  const keyOf = ({ type, id }: StoreEntity): string =>
    `${firstTypes.includes(type) ? 0 : 1}${createHash('sha256').update(`${type}:${id}`).digest('hex')}`;
  return subjects
    .map((subject) => ({ subject, key: keyOf(subject) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ subject }) => subject);
}

function seedOf({ before, after, types }: StorePlanTask): number {
  return createHash('sha256')
    .update(canonical([before, after, types]))
    .digest()
    .readUInt32LE();
}

function linesOf(before: Side, after: Side): { lines: StorePlan['lines']; omittedLines: number } {
  const [rows, links] = [changedRows(before, after), changedLinks(before, after)];
  const shown = (side: Side, lines: readonly { readonly line: number }[]): PlanLine[] =>
    lines
      .map(({ line }) => ({ line, text: side.textAt(line) }))
      .sort((a, b) => a.line - b.line)
      .slice(0, mostLines);
  const [added, removed] = [
    [...rows.after, ...links.after],
    [...rows.before, ...links.before],
  ];
  const beyond = ({ length }: readonly unknown[]): number => Math.max(0, length - mostLines);
  return { lines: { added: shown(after, added), removed: shown(before, removed) }, omittedLines: beyond(added) + beyond(removed) };
}
