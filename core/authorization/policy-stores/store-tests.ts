import { type Finding, mostFindings } from '../policy/findings.ts';
import { lineFinder } from '../policy/yaml.ts';
import { type CompiledRows, compileRows } from './compile.ts';
import { matches } from './filter.ts';
import { storeLimits } from './limits.ts';
import { readStorePolicy } from './store.ts';
import { readStoreTests, type StoreTests, type TestCase, type TestSearch } from './store-tests-schema.ts';
import type { StoreAction, StoreContents, StoreEntity, StoreFilter, StoreQuestion } from './types.ts';

/** How one test came out. */
export interface StoreTestResult {
  readonly name: string;
  readonly passed: boolean;
  /** Of the test in tests.yaml. */
  readonly line: number;
  /** What was expected and what came instead, with the row that decided. */
  readonly message?: string;
}

/** What the tests of a store say. */
export interface StoreTestReport {
  /** What keeps tests.yaml from being read; then there are no results. */
  readonly findings: readonly Finding[];
  readonly results: readonly StoreTestResult[];
  /** Lines of policy.csv: all rows of p, and those that took part in no answer that a case expects. */
  readonly coverage: { readonly rows: number; readonly untested: readonly number[] };
}

/** Runs the tests of a store. Throws PolicyError as compileStore does; a test that fails is a result. */
export function runStoreTests(contents: StoreContents): StoreTestReport {
  const policy = readStorePolicy(contents);
  const lines = policy.rows.map(({ line }) => line);
  const { tests, findings } = readStoreTests(contents.tests);
  const nothing = { results: [], coverage: { rows: lines.length, untested: lines } };
  if (tests === undefined) return { findings, ...nothing };
  const questions = questionsIn(tests);
  if (questions * Math.max(lines.length, 1) > storeLimits.work) {
    const message = `${questions} questions to ${lines.length} rows are more than are accepted: together at most ${storeLimits.work}`;
    return { findings: [{ rule: 'too-much-work', level: 'error', message, file: 'tests.yaml', line: 1 }], ...nothing };
  }
  const effects = new Map(policy.rows.map(({ line, effect }) => [line, effect === 'allow'] as const));
  const tested = new Set<number>();
  const store = watched(compileRows(policy), effects, tested);
  const lineOf = lineFinder(contents.tests);
  const results = [
    ...tests.cases.flatMap((test, index) => runCase(store, test, tests, lineOf(['cases', index]))),
    ...tests.searches.map((search, index) => runSearch(store, search, tests, lineOf(['searches', index]))),
  ];
  return { findings, results, coverage: { rows: lines.length, untested: lines.filter((line) => !tested.has(line)) } };
}

/** Tests that fail, as findings about tests.yaml. */
export function failuresOf({ findings, results }: StoreTestReport): readonly Finding[] {
  const failed = results
    .filter(({ passed }) => !passed)
    .map(
      ({ name, line, message = '' }): Finding => ({
        rule: 'test',
        level: 'error',
        message: `${name}: ${message}`,
        file: 'tests.yaml',
        line,
      }),
    );
  return [...findings, ...failed].slice(0, mostFindings);
}

/** Notes each row that holds in a question whose answer is the row's effect. */
function watched(store: CompiledRows, effects: ReadonlyMap<number, boolean>, tested: Set<number>): CompiledRows {
  return {
    ...store,
    decide(question) {
      const decision = store.decide(question);
      for (const line of store.matching(question)) if (effects.get(line) === decision.decision) tested.add(line);
      return decision;
    },
  };
}

function questionsIn({ cases, searches, entities }: StoreTests): number {
  const asked = cases.map(({ expect }) => (typeof expect === 'string' ? 1 : Object.keys(expect).length));
  return asked.reduce((sum, count) => sum + count, 0) + searches.length * (entities.length + 1);
}

type Entities = ReadonlyMap<string, StoreEntity>;

function byKey(...lists: (readonly StoreEntity[])[]): Entities {
  return new Map(lists.flat().map((entity) => [`${entity.type}:${entity.id}`, entity]));
}

/** An entity of the tests, or one without properties. */
function entityOf(key: string, entities: Entities): StoreEntity {
  const colon = key.indexOf(':');
  return entities.get(key) ?? { type: key.slice(0, colon), id: key.slice(colon + 1), properties: {} };
}

function actionOf(action: string | StoreAction): StoreAction {
  return typeof action === 'string' ? { name: action, properties: {} } : action;
}

/** The questions of a case, each with the name of its test and what is expected. */
function questionsOf(test: TestCase, tests: StoreTests): { name: string; question: StoreQuestion; outcome: string }[] {
  const entities = byKey(tests.entities, test.entities);
  const about = { subject: entityOf(test.subject, entities), resource: entityOf(test.resource, entities), context: test.context };
  if ('action' in test) return [{ name: test.name, question: { ...about, action: actionOf(test.action) }, outcome: test.expect }];
  return Object.entries(test.expect).map(([name, outcome]) => ({
    name: `${test.name}: ${name}`,
    question: { ...about, action: actionOf(name) },
    outcome,
  }));
}

/** Every question of the cases of tests.yaml; none of a text that cannot be read. */
export function questionsInTests(source: string): { readonly name: string; readonly question: StoreQuestion }[] {
  const { tests } = readStoreTests(source);
  return tests?.cases.flatMap((test) => questionsOf(test, tests)) ?? [];
}

function runCase(store: CompiledRows, test: TestCase, tests: StoreTests, line: number): StoreTestResult[] {
  return questionsOf(test, tests).map(({ name, question, outcome }) => {
    const { decision, rules } = store.decide(question);
    if (decision === (outcome === 'allow')) return { name, passed: true, line };
    const reason = rules.length === 0 ? 'because no row allows it' : `by line ${rules.join(', ')} of policy.csv`;
    return {
      name,
      passed: false,
      line,
      message: `expected ${outcome}, but ${question.action.name} on ${test.resource} is ${decision ? 'allowed' : 'denied'} to ${test.subject} ${reason}`,
    };
  });
}

function runSearch(store: CompiledRows, search: TestSearch, tests: StoreTests, line: number): StoreTestResult {
  const { name } = search;
  const entities = byKey(tests.entities);
  const action = actionOf(search.action);
  const { context } = search;
  const isForResources = 'resources' in search;
  const type = isForResources ? search.resources : search.subjects;
  const known = entityOf(isForResources ? search.subject : search.resource, entities);
  const questionAbout = (sought: StoreEntity): StoreQuestion =>
    isForResources ? { subject: known, action, resource: sought, context } : { subject: sought, action, resource: known, context };
  const filter = isForResources ? store.resourceFilter(known, action, context, type) : store.subjectFilter(known, action, context, type);
  const candidates = tests.entities.filter((entity) => entity.type === type);
  const found = candidates.filter((entity) => store.decide(questionAbout(entity)).decision);
  const filtered = candidates.filter((entity) => passes(filter, entity, found));
  const ids = found.map(({ id }) => id).sort();
  if (
    filtered
      .map(({ id }) => id)
      .sort()
      .join('\n') !== ids.join('\n')
  )
    throw new Error(`The filter of ${name} finds other entities than the decisions.`);
  const missing = search.expect.filter((id) => !ids.includes(id));
  const besides = ids.filter((id) => !search.expect.includes(id));
  if (missing.length === 0 && besides.length === 0) return { name, passed: true, line };
  const parts = [
    missing.length > 0 && `it does not find ${missing.join(', ')}`,
    besides.length > 0 && `it finds ${besides.join(', ')} too`,
  ];
  return { name, passed: false, line, message: parts.filter(Boolean).join(', and ') };
}

function passes(filter: StoreFilter, entity: StoreEntity, found: readonly StoreEntity[]): boolean {
  if (filter.kind === 'enumerate') return found.includes(entity);
  return filter.kind === 'where' ? matches(filter.where, entity) : filter.kind === 'all';
}
