import { type CompiledPolicies, createCompiledPolicies } from '../engine/compiled-policies.ts';
import { createEngine, type Engine, type Verdict } from '../engine/engine.ts';
import type { Blueprint } from '../policy/blueprint.ts';
import type { PolicyContent, Row } from '../policy/content.ts';
import { type Domain, type Level, levels } from '../policy/domain.ts';
import { didYouMean, mostFindings, PolicyError } from '../policy/findings.ts';
import { scopesOf } from '../policy/key-types.ts';
import { limits } from '../policy/limits.ts';
import { scopeName } from '../policy/scopes.ts';
import { resourceDisabled } from '../policy/states.ts';
import type { PolicyTests } from '../policy/tests-schema.ts';
import { ownerRole, qualifiedRole, roleObject, splitPermission, subjectsOf } from '../policy/vocabulary.ts';
import { decideTested, policyOfTested } from './custom-role-tests.ts';
import { restrictionOf } from './restriction-tests.ts';
import { anyPlace, pairName } from './verdicts.ts';

/** How many counterexamples a message names. */
const shown = 20;

/** How one test came out; `message` says what was expected and which row decided. */
export interface PolicyTestResult extends Result {
  /** The name of the scope whose test it is. */
  readonly scope: string;
  /** The file of the tests in the policy directory. */
  readonly file: string;
}

interface Result {
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
  /** The way to the test in its file. */
  readonly path: readonly (string | number)[];
}

type Outcome = Omit<Result, 'path'>;

/** Runs the tests of all contents (as readPolicies returns them) through the engine that the server uses; `watch` may look on. */
export function runPolicyTests(
  contents: readonly PolicyContent[],
  parts: CompiledPolicies = createCompiledPolicies(),
  watch: (engine: Engine) => Engine = (engine) => engine,
): PolicyTestResult[] {
  return contents.flatMap((content) => {
    if (content.tests === undefined) return [];
    const layers = layersOf(content, contents);
    const engineWith = (own: readonly PolicyContent[]) => watch(createEngine([...layers, ...own], parts));
    const engine = engineWith([]);
    const { matrix, cases, invariants } = content.tests;
    const at = { scope: scopeName(content.scope), file: testsFile(content.scope) };
    const unknown = unknownRoles(engine, content.tests);
    if (unknown.messages.length > 0) {
      return [{ name: 'roles', passed: false, message: listed(unknown.messages), path: unknown.path, ...at }];
    }
    const results: Result[] = [
      ...matrix.flatMap((block, index) => runMatrix(engine, block, index)),
      ...cases.map((test, index) => ({ ...runCase(engine, test, content, engineWith), path: ['cases', index] })),
      ...invariants.map((invariant, index) => ({ ...runInvariant(engine, invariant), path: ['invariants', index] })),
    ];
    return results.map((result) => ({ ...result, ...at }));
  });
}

/**
 * A test of each matrix: a role that no block of a level names is allowed nothing there, so that nothing can be left out of it.
 * For what people have just written (of `sole` alone, where it is named); a revision that is or was in force is not held to it.
 */
export function runMatrixCover(contents: readonly PolicyContent[], sole?: string): PolicyTestResult[] {
  const parts = createCompiledPolicies({ work: limits.work * contents.length });
  return contents.flatMap((content) => {
    if (!content.tests?.matrix.length || (sole !== undefined && content.scope !== sole)) return [];
    const engine = engineOf(content, contents, parts);
    const leftOut = levels.flatMap((level) => allowedBeside(engine, level, content.rows, content.tests!.matrix));
    const name = 'the matrix names every role that is allowed something';
    const at = { scope: scopeName(content.scope), file: testsFile(content.scope), path: ['matrix'] };
    return [leftOut.length === 0 ? { name, passed: true, ...at } : { name, passed: false, message: listed(leftOut), ...at }];
  });
}

/** Where the tests of a scope stand in a policy directory. */
function testsFile(scope: string): string {
  return `${scope.replace(/^blueprint\//, 'blueprints/')}/tests.yaml`;
}

/** What the tests of a content ask: its rows behind those of the platform. */
export function engineOf(content: PolicyContent, contents: readonly PolicyContent[], parts: CompiledPolicies): Engine {
  return createEngine(layersOf(content, contents), parts);
}

function layersOf(content: PolicyContent, contents: readonly PolicyContent[]): PolicyContent[] {
  const platform = contents.filter(({ scope }) => scope === 'platform');
  return content.scope === 'platform' ? platform : [...platform, content];
}

/** What the rows allow at this level to roles that the matrix does not name there. */
function allowedBeside(engine: Engine, level: Level, rows: readonly Row[], matrix: PolicyTests['matrix']): string[] {
  const blocks = matrix.filter((block) => block.level === level);
  const named = new Set(blocks.flatMap(({ roles }) => Object.keys(roles).map((role) => qualify(engine.blueprint, role))));
  const subjects = new Set(rows.filter(([, , , , effect]) => effect === 'allow').map(([subject]) => subject));
  return [...subjects].flatMap((subject) => {
    if (named.has(subject)) return [];
    const held = { roles: engine.roleSet([subject]), domain: testDomain(level) };
    const pairs = engine.permissions(level).filter((pair) => engine.decide({ ...held, ...pair }).allowed);
    return pairs.length === 0 ? [] : [`${subject} at ${level} level: ${listed(pairs.map(pairName), ', ')}`];
  });
}

/** Throws PolicyError with the tests that failed. */
export function demandPassed(results: readonly PolicyTestResult[]): void {
  const failed = results.filter(({ passed }) => !passed).slice(0, mostFindings);
  if (failed.length === 0) return;
  throw new PolicyError(
    failed.map(({ scope, name, message, file, path }) => ({
      rule: 'test',
      level: 'error',
      message: `test failed: ${scope}: ${name}${message ? `: ${message}` : ''}`,
      file,
      path,
    })),
  );
}

const testOrganization = 'org_test';

/** The domain in which tests ask at a level. */
export function testDomain(level: Level): Domain {
  return anyPlace(level, testOrganization);
}

/** The name in rows of a role as tests.yaml writes it. */
function qualify(blueprint: Blueprint | undefined, role: string): string {
  return blueprint === undefined || role.includes('/') ? role : qualifiedRole(blueprint.name, role);
}

/** A sentence for each misspelt role, and the way to the first: it would be denied everything, and pass every test that expects a denial. */
function unknownRoles(engine: Engine, { matrix, cases, invariants }: PolicyTests): { messages: string[]; path: (string | number)[] } {
  const known = new Set(subjectsOf(engine.vocabulary, engine.blueprint));
  const named: { role: string; path: (string | number)[] }[] = [
    ...matrix.flatMap(({ roles }, index) => Object.keys(roles).map((role) => ({ role, path: ['matrix', index, 'roles', role] }))),
    ...cases.flatMap(({ roles, by, custom }, index) =>
      [...roles, ...(by === undefined ? [] : [by])].filter((role) => role !== custom?.id).map((role) => ({ role, path: ['cases', index] })),
    ),
    ...invariants.flatMap((invariant, index) =>
      ('with' in invariant ? [invariant.with] : (invariant.without ?? [])).map((role) => ({ role, path: ['invariants', index] })),
    ),
  ];
  const unknown = named.filter(({ role }) => !known.has(qualify(engine.blueprint, role)));
  // To look for what was meant costs far more than to see that it was not said, and no more than these are shown.
  const hint = (role: string, index: number) => (index < shown ? didYouMean(qualify(engine.blueprint, role), known) : '');
  const messages = [...new Set(unknown.map(({ role }) => role))].map(
    (role, index) => `${role} is no role and no state${hint(role, index)}`,
  );
  return { messages, path: unknown[0]?.path ?? [] };
}

const unaskable = (permission: string, level: string): string =>
  `${permission} cannot be asked at ${level} level: permissions.yaml and the resourceTypes of blueprint.yaml say what can be asked where.`;

function runMatrix(engine: Engine, block: PolicyTests['matrix'][number], index: number): Result[] {
  const domain = testDomain(block.level);
  const askable = engine.permissions(block.level);
  const possible = new Set(askable.map(pairName));
  return Object.entries(block.roles).flatMap(([role, allowed]) => {
    const roles = engine.roleSet([qualify(engine.blueprint, role)]);
    const named = Object.entries(allowed).flatMap(([resource, actions]) => actions.map((action) => ({ resource, action })));
    const expectAllowed = new Set(named.map(pairName));
    const impossible = named.filter((pair) => !possible.has(pairName(pair)));
    return [
      ...impossible.map((pair) => ({
        name: `${role} ${pairName(pair)} at ${block.level} level`,
        passed: false,
        message: unaskable(pairName(pair), block.level),
        path: ['matrix', index, 'roles', role, pair.resource],
      })),
      ...askable.map((pair) => {
        const expected = expectAllowed.has(pairName(pair)) ? 'allow' : 'deny';
        const name = `${role} ${pairName(pair)} at ${block.level} level -> ${expected}`;
        return {
          ...judge(name, engine.decide({ roles, domain, ...pair }), expected),
          path: ['matrix', index, 'roles', role, pair.resource],
        };
      }),
    ];
  });
}

function runCase(
  base: Engine,
  test: PolicyTests['cases'][number],
  kind: PolicyContent,
  engineWith: (own: readonly PolicyContent[]) => Engine,
): Outcome {
  const { name, custom } = test;
  const own = custom && policyOfTested(custom, kind, testOrganization);
  if (typeof own === 'string') return { name, passed: false, message: own };
  const engine = own ? engineWith([own]) : base;
  const asked = { domain: testDomain(test.level), ...splitPermission(test.ask) };
  const off = restrictionOf(engine.blueprint, test, asked.resource);
  if (typeof off === 'string') return { name, passed: false, message: off };
  const roles = [...test.roles.map((role) => qualify(engine.blueprint, role)), ...(off ? [resourceDisabled] : [])];
  const scopes = keyScopes(engine.blueprint, test);
  if (typeof scopes === 'string') return { name, passed: false, message: scopes };
  const verdicts =
    decideTested(engine, custom, { roles, scopes, ...asked }) ??
    [roles, ...(scopes ? [scopes] : [])].map((held) => engine.decide({ roles: engine.roleSet(held), ...asked }));
  if (verdicts.some(({ reason }) => reason === 'unknown-resource' || reason === 'unknown-action')) {
    return { name: test.name, passed: false, message: unaskable(test.ask, test.level) };
  }
  const denials = verdicts.filter(({ allowed }) => !allowed);
  // Each of these alone would be enough to decide it.
  const deciding = denials.length > 0 ? denials : verdicts;
  const result = judge(test.name, deciding[0]!, test.expect);
  const by = test.by === undefined ? undefined : qualify(engine.blueprint, test.by);
  if (result.passed && by !== undefined && deciding.every(({ row }) => row?.[0] !== by)) {
    return { name: test.name, passed: false, message: `Expected a row of ${by} to decide, but ${explain(deciding[0]!)}.` };
  }
  return result;
}

/** The roles of the second question of a key, undefined where there is none to ask; a sentence for a key that there cannot be. */
function keyScopes(blueprint: Blueprint | undefined, { key }: PolicyTests['cases'][number]): string[] | undefined | string {
  if (key === undefined) return undefined;
  const type = blueprint?.keyTypes.find(({ name }) => name === key.type);
  if (type === undefined) return `${key.type} is no kind of key; keyTypes of blueprint.yaml says which there are.`;
  const known = scopesOf(type);
  const isChosen = type.scopes !== 'owner' && 'choose' in type.scopes;
  if (!isChosen && key.scopes.length > 0) return `No scopes are chosen for a key of the kind ${key.type}: leave them out.`;
  const unknown = key.scopes.filter((scope) => !known?.includes(scope));
  if (unknown.length > 0) return `${unknown.join(', ')} cannot be chosen for a key of the kind ${key.type}: ${known?.join(', ')} can.`;
  return (isChosen ? key.scopes : known)?.map((scope) => `scope/${scope}`);
}

function runInvariant(engine: Engine, invariant: PolicyTests['invariants'][number]): Outcome {
  const counterexamples =
    'never' in invariant ? allowedAnywhere(engine, invariant) : allowedBeyond(engine, invariant.with, invariant.allowsOnly);
  if (counterexamples.length === 0) return { name: invariant.name, passed: true };
  return { name: invariant.name, passed: false, message: listed([...new Set(counterexamples)]) };
}

function allowedAnywhere(
  engine: Engine,
  { never, without = [] }: { never: readonly string[]; without?: readonly string[] | undefined },
): string[] {
  const leftOut = new Set(without.map((role) => qualify(engine.blueprint, role)));
  const held = heldRoles(engine).filter((role) => !leftOut.has(role));
  const holders = [...held.map((role) => [role]), held].map((names) => engine.roleSet(names));
  return never.flatMap((permission) => {
    const pair = splitPermission(permission);
    const verdicts = holders.flatMap((roles) => levels.map((level) => engine.decide({ roles, domain: testDomain(level), ...pair })));
    // The owner is no role that can be given, so the object does not exist; any other name that does not exist is a typing error.
    const asked = pair.resource === roleObject(ownerRole) || verdicts.some(({ reason }) => !reason.startsWith('unknown-'));
    if (!asked) return [`${permission} does not exist`];
    return verdicts.filter(({ allowed }) => allowed).map((verdict) => `${permission}: ${explain(verdict)}`);
  });
}

function allowedBeyond(engine: Engine, held: string, permissions: readonly string[]): string[] {
  const roles = engine.roleSet([...heldRoles(engine), held]);
  const organizationLevels = ['org', 'project'] as const;
  const pairs = organizationLevels.flatMap((level) => engine.permissions(level).map((pair) => ({ ...pair, domain: testDomain(level) })));
  const known = new Set(pairs.map(pairName));
  const unknown = permissions.filter((permission) => !known.has(permission));
  return [
    ...unknown.map((permission) => `${permission} does not exist`),
    ...pairs
      .filter((pair) => !permissions.includes(pairName(pair)))
      .map((pair) => ({ pair, verdict: engine.decide({ roles, ...pair }) }))
      .filter(({ verdict }) => verdict.allowed)
      .map(({ pair, verdict }) => `${pairName(pair)} at ${pair.domain.level} level: ${explain(verdict)}`),
  ];
}

function listed(messages: readonly string[], separator = '; '): string {
  const more = messages.length > shown ? `${separator}and ${messages.length - shown} more` : '';
  return messages.slice(0, shown).join(separator) + more;
}

/** Every role that some row names; together they hold all that can be held. */
function heldRoles(engine: Engine): string[] {
  return [...new Set(engine.rows().map(([subject]) => subject))].filter((subject) => !subject.startsWith('state/'));
}

function judge(name: string, verdict: Verdict, expected: 'allow' | 'deny'): Outcome {
  if (verdict.allowed === (expected === 'allow')) return { name, passed: true };
  return { name, passed: false, message: `Expected ${expected}, but ${explain(verdict)}.` };
}

function explain(verdict: Verdict): string {
  if (verdict.row === undefined) return `it was denied (${verdict.reason})`;
  return `${verdict.source?.file}:${verdict.source?.line} decided ${verdict.row[4]} (${verdict.row.join(', ')})`;
}
