import { expect } from 'chai';
import { type Blueprint, blueprintSchema } from '../../../../core/authorization/policy/blueprint.ts';
import type { PolicyContent } from '../../../../core/authorization/policy/content.ts';
import { PolicyError } from '../../../../core/authorization/policy/findings.ts';
import { limits } from '../../../../core/authorization/policy/limits.ts';
import { type PolicyTests, policyTestsSchema } from '../../../../core/authorization/policy/tests-schema.ts';
import { vocabularySchema } from '../../../../core/authorization/policy/vocabulary.ts';
import { checkPolicies } from '../../../../core/authorization/review/check.ts';
import { lintPolicies } from '../../../../core/authorization/review/lint.ts';
import { content, house, vocabulary } from '../contents.ts';

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const platform = content('platform', ['member/self, org, door, open, allow']);

/** A blueprint that has as much of everything as is accepted. */
const keyType = { title: 'K', prefix: 'key_', levels: ['org' as const], scopes: 'owner' as const };

function largest(change: Partial<Blueprint> = {}): Blueprint {
  return {
    ...house,
    roles: many(limits.roles, (index) => ({ id: `org.r${index}`, title: 'R', description: 'R', level: 'org' as const })),
    topRole: 'org.r0',
    lowestRole: 'org.r1',
    creatorRole: 'org.r0',
    customRoles: undefined,
    keyTypes: many(limits.keyTypes, (index) => ({ name: `k${index}`, ...keyType, rateLimits: rates(limits.rateLimits) })),
    scopes: many(limits.scopes, (index) => ({ name: `s${index}`, title: 'S' })),
    resourceTypes: many(limits.resourceTypes, (index) => ({ name: `t${index}`, title: 'T', actions: actions(limits.actions) })),
    ...change,
  };
}

const rates = (count: number) => many(count, (index) => ({ name: `r${index}`, quota: 1, window: `PT${index + 1}S` }));

function actions(count: number): Record<string, ('org' | 'project')[]> {
  return Object.fromEntries(many(count, (index) => [`a${index}`, ['org', 'project']]));
}

/** As many rows as are accepted: every role may assign every other one, and holds the same actions by name. */
function largestContent(tests?: PolicyTests): PolicyContent {
  const rows = many(limits.roles, (role) => [
    `house/org.r${role}, *, *, assign, allow`,
    ...many(limits.rows / limits.roles - 1, (index) => `house/org.r${role}, *, t${index}, a${index % limits.actions}, allow`),
  ]).flat();
  return content('blueprint/house', rows, { blueprint: largest(), ...(tests && { tests }) });
}

/** Where a document is refused: `path: message`. */
function refusals(schema: typeof blueprintSchema | typeof policyTestsSchema | typeof vocabularySchema, value: unknown): string[] {
  return (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('the limits of a policy', function () {
  this.timeout(20_000);

  it('a blueprint at all of them is read, passes the lint and its tests', () => {
    const tests = policyTestsSchema.parse({
      cases: many(limits.cases, (index) => ({ name: `case ${index}`, roles: ['org.r0'], level: 'org', ask: 't0:a0', expect: 'allow' })),
      invariants: many(limits.invariants, (index) => ({ name: `invariant ${index}`, never: ['t0:a1'] })),
    });
    expect(refusals(blueprintSchema, largest())).to.deep.equal([]);
    const full = largestContent(tests);
    expect(full.rows).to.have.length(limits.rows);
    expect(lintPolicies([platform, full]).filter(({ level }) => level === 'error')).to.deep.equal([]);
    checkPolicies([platform, full]);
  });

  const over: Record<string, [Partial<Blueprint>, RegExp]> = {
    roles: [{ roles: [...largest().roles, { ...largest().roles[0]!, id: 'org.more' }] }, /^roles: .*50/],
    'resource types': [{ resourceTypes: [...largest().resourceTypes, { name: 'more', title: 'T', actions: {} }] }, /^resourceTypes: .*100/],
    actions: [
      { resourceTypes: [{ name: 'more', title: 'T', actions: actions(limits.actions + 1) }] },
      /^resourceTypes\.0\.actions: must have at most 30 entries$/,
    ],
    'key types': [{ keyTypes: [...largest().keyTypes, { name: 'more', ...keyType }] }, /^keyTypes: .*20/],
    'rate limits of a key type': [
      { keyTypes: [{ name: 'k', ...keyType, rateLimits: rates(limits.rateLimits + 1) }] },
      /^keyTypes\.0\.rateLimits: .*4/,
    ],
    scopes: [{ scopes: [...largest().scopes, { name: 'more', title: 'S' }] }, /^scopes: .*100/],
  };
  for (const [what, [change, expected]] of Object.entries(over)) {
    it(`a blueprint with one too many of its ${what} is refused, with the place`, () => {
      const [refusal, ...others] = refusals(blueprintSchema, largest(change));
      expect(refusal).to.match(expected);
      expect(others).to.deep.equal([]);
    });
  }

  it('rate limits of a key type have a name and a window each, 30 days at most', () => {
    const refused = (...rateLimits: { name: string; quota: number; window: string }[]) =>
      refusals(blueprintSchema, { ...house, keyTypes: [{ name: 'k', ...keyType, rateLimits }] });
    const minute = { name: 'minute', quota: 60, window: 'PT1M' };
    expect(refused(minute, { ...minute, window: 'PT1H' })).to.deep.equal(['keyTypes.0.rateLimits.1: minute is listed twice']);
    expect(refused(minute, { name: 'other', quota: 5, window: 'PT60S' })).to.deep.equal([
      'keyTypes.0.rateLimits.1: has the window of another one: PT60S',
    ]);
    for (const window of ['P31D', 'PT1M30S', '60', 'P1M'])
      expect(refused({ ...minute, window })[0], window).to.match(/rateLimits\.0\.window/);
    expect(refused({ ...minute, quota: 0 })[0]).to.match(/rateLimits\.0\.quota/);
    expect(refused(minute, { name: 'month', quota: 9, window: 'P30D' })).to.deep.equal([]);
  });

  it('where there are no projects, roles and actions of projects are refused, with the place', () => {
    const resourceTypes = [{ name: 'lamp', title: 'Lamps', actions: { read: ['project' as const] } }];
    expect(refusals(blueprintSchema, { ...house, projects: 'none', resourceTypes })).to.deep.equal([
      'roles.2.level: must be org: this kind of organization has no projects',
      'resourceTypes.0.actions.read: must be org: this kind of organization has no projects',
    ]);
  });

  it('one row too many is refused, with its line', () => {
    const full = largestContent();
    const rows = [...full.rows, ['house/org.r0', 'org', 't99', 'a0', 'allow'] as const];
    const [finding] = lintPolicies([platform, { ...full, rows, sources: rows.map((_, index) => ({ file: 'p.csv', line: index + 1 })) }]);
    expect(finding).to.include({ rule: 'too-many-rows', level: 'error', file: 'p.csv', line: limits.rows + 1 });
  });

  it('a vocabulary and tests that are too large are refused, with the place', () => {
    const resources = Object.fromEntries(many(limits.resourceTypes + 1, (index) => [`t${index}`, vocabulary.resources['door']]));
    expect(refusals(vocabularySchema, { ...vocabulary, resources })).to.deep.equal(['resources: must have at most 100 entries']);
    const roles = Object.fromEntries(many(limits.matrixRoles, (index) => [`org.r${index}`, {}]));
    const matrix = [
      { level: 'org', roles },
      { level: 'project', roles: { 'org.r0': {} } },
    ];
    expect(refusals(policyTestsSchema, { matrix })).to.deep.equal(['matrix: must name at most 200 roles in all']);
    const invariants = many(limits.invariants + 1, (index) => ({ name: `${index}`, never: ['t0:a0'] }));
    expect(refusals(policyTestsSchema, { invariants })[0]).to.match(/^invariants: .*100/);
  });

  it('a policy within the sizes whose check would take too many questions is refused with what to do', () => {
    const rows = many(limits.roles, (role) => `house/org.r${role}, *, *, *, allow`);
    const tests = policyTestsSchema.parse({
      matrix: [{ level: 'org', roles: Object.fromEntries(many(limits.roles, (index) => [`org.r${index}`, {}])) }],
      invariants: many(limits.invariants, (index) => ({ name: `${index}`, with: `scope/s${index}`, allowsOnly: [] })),
    });
    const check = () => checkPolicies([platform, content('blueprint/house', rows, { blueprint: largest(), tests })]);
    expect(check).to.throw(PolicyError, /takes too many questions: name actions instead of \*/);
  });
});
