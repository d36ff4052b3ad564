import { atOnce, type Steps } from '../../base/steps.ts';
import { type Condition, termsOf } from './condition.ts';
import { compileCondition, readerOf, type Test } from './condition-evaluate.ts';
import { createFilters } from './filter-make.ts';
import type { StoreModel } from './model.ts';
import { objectTest } from './objects.ts';
import { graphFor, type RoleGraph, roleGraphSteps } from './roles.ts';
import { canBeMeant, isTypeName, type StorePolicy, type StoreRow } from './rows.ts';
import type { CompiledStore, StoreDecision, StoreQuestion } from './types.ts';
import { actionsOf, typeOfObject } from './vocabulary.ts';

/** A row that is tried only where its type, action and subject fit already. */
interface Candidate {
  readonly line: number;
  /** How many comparisons it takes at most. */
  readonly comparisons: number;
  /** The rest: domain, object, condition. */
  readonly holds: (question: StoreQuestion, key: string, domain: unknown) => boolean;
}

/** The rows about one type and action (either may be any), by their subject. */
type BySubject = Map<string, Candidate[]>;

const none: StoreDecision = Object.freeze({ decision: false, rules: Object.freeze([]) });

/** How many comparisons are made between two steps of a decision. */
export const comparisonsOfStep = 200;

/** Where a step ends among the lines of rows that hold: lines begin with 1. */
const pause = 0;

/** A compiled store that says more than decisions need. */
export interface CompiledRows extends CompiledStore {
  /** The lines of all rows that hold, whether they decide or not. */
  matching(question: StoreQuestion): number[];
}

/** The functions of a policy that has no errors. Each question looks at candidates only; nothing is remembered between two of them. */
export function compileRows(policy: StorePolicy): CompiledRows {
  return atOnce(compileSteps(policy));
}

/** As compileRows, in steps. */
export function* compileSteps(policy: StorePolicy): Steps<CompiledRows> {
  const { rows, model } = policy;
  const graphs = yield* roleGraphSteps(policy.links);
  const denies = yield* indexOf(
    rows.filter(({ effect }) => effect === 'deny'),
    model,
  );
  const allows = yield* indexOf(
    rows.filter(({ effect }) => effect === 'allow'),
    model,
  );
  const actions = new Map<string, readonly string[]>();
  const types = new Set(rows.map(({ obj }) => typeOfObject(obj)));
  const anyType = Object.freeze(actionsOf(rows, ''));
  for (const type of types) {
    if (type !== undefined) actions.set(type, Object.freeze(actionsOf(rows, type)));
    yield;
  }
  const domainOf = model.domain === undefined ? () => '' : readerOf(model.domain);

  /** The rows of an index that hold, one after the other, with a pause between steps. */
  function* holding(index: Index, question: StoreQuestion): Generator<number> {
    const { subject, resource, action } = question;
    if (!canBeMeant(question)) return;
    const domain = domainOf(question);
    const names = graphFor(graphs, model, domain).namesOf(`${subject.type}:${subject.id}`);
    const key = `${resource.type}:${resource.id}`;
    let made = 0;
    for (const group of groupsOf(index, resource.type, action.name)) {
      for (const { line, comparisons, holds } of candidatesOf(group, names)) {
        if (holds(question, key, domain)) yield line;
        made += comparisons;
        if (made < comparisonsOfStep) continue;
        made = 0;
        yield pause;
      }
    }
  }

  function firstOf(index: Index, question: StoreQuestion): number | undefined {
    if (index.size === 0) return undefined;
    for (const line of holding(index, question)) if (line !== pause) return line;
    return undefined;
  }

  /** As firstOf, and `pause` where it takes more than a step. */
  function firstAtOnce(index: Index, question: StoreQuestion): number | undefined {
    if (index.size === 0) return undefined;
    for (const line of holding(index, question)) return line;
    return undefined;
  }

  function* firstOfSteps(index: Index, question: StoreQuestion): Steps<number | undefined> {
    for (const line of holding(index, question)) {
      if (line !== pause) return line;
      yield;
    }
    return undefined;
  }

  return {
    size: sizeOf(policy, graphs),
    decide(question) {
      const denied = firstOf(denies, question);
      if (denied !== undefined) return { decision: false, rules: [denied] };
      const allowed = firstOf(allows, question);
      return allowed === undefined ? none : { decision: true, rules: [allowed] };
    },
    decideAtOnce(question) {
      const denied = firstAtOnce(denies, question);
      if (denied === pause) return undefined;
      if (denied !== undefined) return { decision: false, rules: [denied] };
      const allowed = firstAtOnce(allows, question);
      if (allowed === pause) return undefined;
      return allowed === undefined ? none : { decision: true, rules: [allowed] };
    },
    *decideSteps(question) {
      const denied = yield* firstOfSteps(denies, question);
      if (denied !== undefined) return { decision: false, rules: [denied] };
      const allowed = yield* firstOfSteps(allows, question);
      return allowed === undefined ? none : { decision: true, rules: [allowed] };
    },
    matching: (question) =>
      [...holding(denies, question), ...holding(allows, question)].filter((line) => line !== pause).sort((a, b) => a - b),
    actions: (type) => actions.get(type) ?? (isTypeName(type) ? anyType : []),
    ...createFilters(policy, graphs),
  };
}

/** Bytes of memory, as they were measured: of a row, a comparison, an element of a list, a link and a name that a member has. */
const bytes = { row: 1_000, term: 1_000, element: 60, link: 200, held: 50 };

/** Roughly the bytes of memory that a compiled policy takes. Rows share the conditions that were read once. */
function sizeOf({ rows, links }: StorePolicy, graphs: ReadonlyMap<string, RoleGraph>): number {
  const conditions = [...new Set(rows.map(({ condition }) => condition))];
  const terms = conditions.reduce((sum, condition) => sum + termsOf(condition), 0);
  const elements = conditions.reduce((sum, condition) => sum + elementsOf(condition), 0);
  const held = [...graphs.values()].reduce((sum, graph) => sum + graph.held, 0);
  const inRows = bytes.row * rows.length + bytes.term * terms + bytes.element * elements;
  return inRows + bytes.link * links.length + bytes.held * held;
}

function elementsOf(condition: Condition): number {
  if (condition.kind === 'in') return condition.list.length;
  if (condition.kind === 'not') return elementsOf(condition.operand);
  return 'operands' in condition ? condition.operands.reduce((sum, operand) => sum + elementsOf(operand), 0) : 0;
}

/** By type, then by action; `*` is under an empty text, which is the name of neither. */
type Index = ReadonlyMap<string, ReadonlyMap<string, BySubject>>;

function* indexOf(rows: readonly StoreRow[], model: StoreModel): Steps<Index> {
  const index = new Map<string, Map<string, BySubject>>();
  const tests = new Map<unknown, Test | undefined>();
  for (const row of rows) {
    const byAction = atKey(index, typeOfObject(row.obj) ?? '', () => new Map<string, BySubject>());
    const bySubject = atKey(byAction, row.act === '*' ? '' : row.act, () => new Map<string, Candidate[]>());
    // Rows share the conditions that were read once.
    if (!tests.has(row.condition))
      tests.set(row.condition, row.condition.kind === 'constant' && row.condition.value ? undefined : compileCondition(row.condition));
    atKey(bySubject, row.sub, () => []).push(candidateOf(row, model, tests.get(row.condition)));
    yield;
  }
  return index;
}

function atKey<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function candidateOf(row: StoreRow, model: StoreModel, test: Test | undefined): Candidate {
  const { line, dom } = row;
  const object = objectTest(row.obj, model.objects);
  const holds: Candidate['holds'] = (question, key, domain) =>
    (object === undefined || object(key)) && (dom === '*' || domain === dom) && (test === undefined || test(question));
  return { line, comparisons: 1 + termsOf(row.condition), holds };
}

function* groupsOf(index: Index, type: string, action: string): Generator<BySubject> {
  for (const byAction of [index.get(type), index.get('')]) {
    if (byAction === undefined) continue;
    const named = action === '' ? undefined : byAction.get(action);
    const any = byAction.get('');
    if (named !== undefined) yield named;
    if (any !== undefined) yield any;
  }
}

/** Goes through whichever is fewer: the names of the subject, or the subjects of the rows. */
function* candidatesOf(group: BySubject, names: ReadonlySet<string>): Generator<Candidate> {
  if (group.size <= names.size + 1) {
    for (const [subject, candidates] of group) if (subject === '*' || names.has(subject)) yield* candidates;
    return;
  }
  const ofAll = group.get('*');
  if (ofAll !== undefined) yield* ofAll;
  for (const name of names) {
    const candidates = group.get(name);
    if (candidates !== undefined) yield* candidates;
  }
}
