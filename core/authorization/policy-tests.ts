import { z } from 'zod';
import type { Blueprint } from './blueprint.ts';
import { type Domain, domainOf, type Level, levels } from './domain.ts';
import { createEngine, type Engine, type Verdict } from './engine.ts';
import { createParts, type Parts } from './parts.ts';
import type { PolicyContent } from './policy.ts';
import { splitPermission } from './vocabulary.ts';

const text = z.string().min(1).max(300);
const level = z.enum(['platform', 'org', 'project']);

/** tests.yaml. Role names with a slash are taken as they are; others are roles of the blueprint. */
export const policyTestsSchema = z.strictObject({
  /** Per level: role -> resource -> actions that it allows. Every pair that can be asked at this level and is not named is denied. */
  matrix: z.array(z.strictObject({ level, roles: z.record(text, z.record(text, z.array(text))) })).default([]),
  cases: z
    .array(
      z.strictObject({
        name: text,
        because: text.optional(),
        roles: z.array(text),
        level,
        ask: text,
        expect: z.enum(['allow', 'deny']),
        /** The subject of the row that must be the one that decides. */
        by: text.optional(),
      }),
    )
    .default([]),
  invariants: z
    .array(
      z.union([
        /** No role, nor all of them together, is allowed this at any level. */
        z.strictObject({ name: text, never: z.array(text).min(1) }),
        /** Whoever holds this beside all roles is allowed at most these, at any level of an organization. */
        z.strictObject({ name: text, with: text, allowsOnly: z.array(text) }),
      ]),
    )
    .default([]),
});

/** The tests of one scope. */
export type PolicyTests = z.infer<typeof policyTestsSchema>;

/** How one test came out; `message` says what was expected and which row decided. */
export interface PolicyTestResult {
  readonly name: string;
  readonly passed: boolean;
  readonly message?: string;
}

/** Runs the tests of all contents (as readPolicies returns them) through the engine that the server uses. */
export function runPolicyTests(contents: readonly PolicyContent[], parts: Parts = createParts()): PolicyTestResult[] {
  const platform = contents.filter(({ scope }) => scope === 'platform');
  return contents.flatMap((content) => {
    if (content.tests === undefined) return [];
    const engine = createEngine(content.scope === 'platform' ? platform : [...platform, content], parts);
    const { matrix, cases, invariants } = content.tests;
    const results = [
      ...matrix.flatMap((block) => runMatrix(engine, block)),
      ...cases.map((test) => runCase(engine, test)),
      ...invariants.map((invariant) => runInvariant(engine, invariant)),
    ];
    return results.map((result) => ({ ...result, name: `${content.scope}: ${result.name}` }));
  });
}

/** The domain in which tests ask at a level. */
export function testDomain(level: Level): Domain {
  if (level === 'platform') return domainOf({});
  return domainOf({ organizationId: 'org_test', projectId: level === 'project' ? 'prj_test' : undefined });
}

/** The name in rows of a role as tests.yaml writes it. */
function qualify(blueprint: Blueprint | undefined, role: string): string {
  return blueprint === undefined || role.includes('/') ? role : `${blueprint.name}/${role}`;
}

function runMatrix(engine: Engine, block: PolicyTests['matrix'][number]): PolicyTestResult[] {
  const domain = testDomain(block.level);
  const askable = engine.permissions(block.level);
  return Object.entries(block.roles).flatMap(([role, allowed]) => {
    const roles = engine.roleSet([qualify(engine.blueprint, role)]);
    const named = Object.entries(allowed).flatMap(([resource, actions]) => actions.map((action) => ({ resource, action })));
    const impossible = named.filter(
      ({ resource, action }) => !askable.some((pair) => pair.resource === resource && pair.action === action),
    );
    return [
      ...impossible.map(({ resource, action }) => ({
        name: `${role} ${resource}:${action} at ${block.level} level`,
        passed: false,
        message: `${resource}:${action} cannot be asked at ${block.level} level.`,
      })),
      ...askable.map(({ resource, action }) => {
        const expected = named.some((pair) => pair.resource === resource && pair.action === action) ? 'allow' : 'deny';
        return judge(
          `${role} ${resource}:${action} at ${block.level} level -> ${expected}`,
          engine.decide({ roles, domain, resource, action }),
          expected,
        );
      }),
    ];
  });
}

function runCase(engine: Engine, test: PolicyTests['cases'][number]): PolicyTestResult {
  const roles = engine.roleSet(test.roles.map((role) => qualify(engine.blueprint, role)));
  const verdict = engine.decide({ roles, domain: testDomain(test.level), ...splitPermission(test.ask) });
  const result = judge(test.name, verdict, test.expect);
  if (verdict.reason === 'unknown-resource' || verdict.reason === 'unknown-action') {
    return { name: test.name, passed: false, message: `${test.ask} cannot be asked at ${test.level} level.` };
  }
  const by = test.by === undefined ? undefined : qualify(engine.blueprint, test.by);
  if (result.passed && by !== undefined && verdict.row?.[0] !== by) {
    return { name: test.name, passed: false, message: `Expected a row of ${by} to decide, but ${explain(verdict)}.` };
  }
  return result;
}

function runInvariant(engine: Engine, invariant: PolicyTests['invariants'][number]): PolicyTestResult {
  const held = [...new Set(engine.rows().map(([subject]) => subject))].filter((subject) => !subject.startsWith('state/'));
  const counterexamples: string[] = [];
  if ('never' in invariant) {
    const holders = [...held.map((role) => [role]), held];
    for (const permission of invariant.never) {
      for (const names of holders) {
        for (const level of levels) {
          const verdict = engine.decide({ roles: engine.roleSet(names), domain: testDomain(level), ...splitPermission(permission) });
          if (verdict.allowed) counterexamples.push(`${permission} at ${level} level: ${explain(verdict)}`);
        }
      }
    }
  } else {
    const roles = engine.roleSet([...held, invariant.with]);
    for (const level of ['org', 'project'] as const) {
      for (const { resource, action } of engine.permissions(level)) {
        if (invariant.allowsOnly.includes(`${resource}:${action}`)) continue;
        const verdict = engine.decide({ roles, domain: testDomain(level), resource, action });
        if (verdict.allowed) counterexamples.push(`${resource}:${action} at ${level} level: ${explain(verdict)}`);
      }
    }
  }
  if (counterexamples.length === 0) return { name: invariant.name, passed: true };
  return { name: invariant.name, passed: false, message: [...new Set(counterexamples)].join('; ') };
}

function judge(name: string, verdict: Verdict, expected: 'allow' | 'deny'): PolicyTestResult {
  if (verdict.allowed === (expected === 'allow')) return { name, passed: true };
  return { name, passed: false, message: `Expected ${expected}, but ${explain(verdict)}.` };
}

function explain(verdict: Verdict): string {
  if (verdict.row === undefined) return `it was denied (${verdict.reason})`;
  return `${verdict.source?.file}:${verdict.source?.line} decided ${verdict.row[4]} (${verdict.row.join(', ')})`;
}
