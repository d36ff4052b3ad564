import { newEnforcer, newModelFromString, StringAdapter } from 'casbin';
import { expect } from 'chai';
import { formatFinding, PolicyError } from '../../../../core/authorization/policy/findings.ts';
import { storeLimits } from '../../../../core/authorization/policy-stores/limits.ts';
import { storeModel } from '../../../../core/authorization/policy-stores/model.ts';
import { checkStoreContents, compileStore } from '../../../../core/authorization/policy-stores/store.ts';
import { propertiesFault } from '../../../../core/authorization/policy-stores/store-tests-schema.ts';
import type { StoreQuestion } from '../../../../core/authorization/policy-stores/types.ts';

const faultsOf = (policy: string, { model = storeModel, tests = '' } = {}): string[] =>
  checkStoreContents({ model, policy, tests }).map(formatFinding);
const matcher = (text: string): string => storeModel.replace(/^m = .*$/m, `m = ${text}`);
const ask = (subject: string, action: string, resource: string, properties: Record<string, unknown> = {}): StoreQuestion => {
  const entity = (key: string) => ({ type: key.slice(0, key.indexOf(':')), id: key.slice(key.indexOf(':') + 1), properties: {} });
  return { subject: entity(subject), action: { name: action, properties: {} }, resource: { ...entity(resource), properties }, context: {} };
};
const storeOf = (policy: string, model = storeModel) => compileStore({ model, policy, tests: '' });

describe('The policy of a store', () => {
  it('decides by its rows, a deny first, and names the line', () => {
    const store = storeOf(`# Records.
p, role:writer, record:*, write, "r.res.status in ['open', 'draft']", allow
p, *, record:1, *, true, deny
p, user:eve, *, read, true, allow
g, user:ann, role:editor
g, role:editor, role:writer
`);
    expect(store.decide(ask('user:ann', 'write', 'record:2', { status: 'open' }))).to.deep.equal({ decision: true, rules: [2] });
    expect(store.decide(ask('user:ann', 'write', 'record:1', { status: 'open' }))).to.deep.equal({ decision: false, rules: [3] });
    expect(store.decide(ask('user:ann', 'write', 'record:2'))).to.deep.equal({ decision: false, rules: [] });
    expect(store.decide(ask('user:eve', 'read', 'folder:1'))).to.deep.equal({ decision: true, rules: [4] });
    expect(store.actions('record')).to.deep.equal(['read', 'write']);
    expect(store.actions('folder')).to.deep.equal(['read']);
  });

  it('gives nothing to a subject that is called like a role, where stock Casbin gives it the role', async () => {
    const policy = 'p, role:writer, record:*, write, true, allow\np, *, record:*, read, true, allow\ng, user:ann, role:writer';
    const stock = await newEnforcer(newModelFromString(storeModel), new StringAdapter(policy));
    await stock.addFunction('cond', () => true);
    expect(stock.enforceSync({ key: 'role:writer' }, { key: 'record:1' }, { name: 'write' }, {})).to.equal(true);
    const store = storeOf(policy);
    expect(store.decide(ask('role:writer', 'write', 'record:1')).decision).to.equal(false);
    expect(store.decide(ask('role:writer', 'read', 'record:1')).decision).to.equal(false);
    expect(
      store.resourceFilter({ type: 'role', id: 'writer', properties: {} }, { name: 'read', properties: {} }, {}, 'record'),
    ).to.deep.equal({ kind: 'none' });
  });

  it('takes no type with a colon, by which one entity could be another', () => {
    const store = storeOf('p, user:a:b, record:*, read, true, allow\np, *, doc:x:1, read, true, allow');
    const type = (text: string, id: string) => ({ type: text, id, properties: {} });
    expect(store.decide({ ...ask('user:x', 'read', 'record:1'), subject: type('user', 'a:b') }).decision).to.equal(true);
    expect(store.decide({ ...ask('user:x', 'read', 'record:1'), subject: type('user:a', 'b') }).decision).to.equal(false);
    expect(store.decide({ ...ask('user:x', 'read', 'doc:x:1'), resource: type('doc:x', '1') }).decision).to.equal(false);
  });

  it('keeps roles apart by the domain of the resource', () => {
    const model = storeModel.replace('g = _, _', 'g = _, _, _').replace('g(r.sub.key, p.sub)', 'g(r.sub.key, p.sub, r.res.tenant)');
    const store = storeOf('p, role:admin, record:*, read, true, allow\ng, user:ann, role:admin, t1', model);
    expect(store.decide(ask('user:ann', 'read', 'record:1', { tenant: 't1' })).decision).to.equal(true);
    expect(store.decide(ask('user:ann', 'read', 'record:1', { tenant: 't2' })).decision).to.equal(false);
    expect(store.decide(ask('user:ann', 'read', 'record:1')).decision).to.equal(false);
    const filter = store.resourceFilter(ask('user:ann', 'read', 'record:1').subject, { name: 'read', properties: {} }, {}, 'record');
    expect(filter).to.deep.equal({ kind: 'where', where: { property: ['tenant'], op: '==', value: 't1' } });
  });

  it('matches paths by their segments in a model with keyMatch2', () => {
    const store = storeOf(
      'p, *, route:/todos/:id, GET, true, allow\np, *, route:/files/*, GET, true, allow',
      storeModel.replace('keyMatch(', 'keyMatch2('),
    );
    const allowed = ['/todos/7', '/files/a/b', '/files/'].map((path) => store.decide(ask('user:a', 'GET', `route:${path}`)).decision);
    const denied = ['/todos', '/todos/7/x', '/todos/', '/files', '/x/files/a'].map(
      (path) => store.decide(ask('user:a', 'GET', `route:${path}`)).decision,
    );
    expect([allowed, denied]).to.deep.equal([
      [true, true, true],
      [false, false, false, false, false],
    ]);
  });

  it('warns of roles that have no member, and of roles that may do nothing', () => {
    expect(faultsOf('p, role:a, doc:*, read, true, allow\ng, user:ann, role:b')).to.deep.equal([
      'policy.csv:1: warning: no line with g gives role:a to a member (idle-name)',
      'policy.csv:2: warning: no row says what role:b may do (idle-name)',
    ]);
  });

  it('finds an allow that a deny always beats, and none where the deny may not hold', () => {
    const allow = "p, *, doc:*, read, r.res.state == 'open', allow";
    const deny = (condition: string, object = 'doc:*') => `${allow}\np, *, ${object}, read, ${condition}, deny`;
    const dead = 'policy.csv:1: error: the deny of line 2 always wins over this (dead-allow)';
    expect([faultsOf(deny('true')), faultsOf(deny("r.res.state=='open'"))]).to.deep.equal([[dead], [dead]]);
    expect([faultsOf(deny("r.res.state == 'shut'")), faultsOf(deny('true', 'doc:7'))]).to.deep.equal([[], []]);
  });

  const one = 'p, *, doc:*, read, true, allow';
  for (const [title, policy, expected] of [
    ['a row written twice in two ways', `${one}\np,*,doc:*,read,"true",allow`, 'policy.csv:2: error: the same as line 1 (duplicate-rule)'],
    ['a link written twice', `${one}\ng, user:a, role:b\ng, user:a, role:b`, 'policy.csv:3: error: the same as line 2 (duplicate-rule)'],
    [
      'too few fields',
      'p, *, doc:*, read, allow',
      'p has 5 fields here (sub, obj, act, cond, eft), not 4; one with a comma stands in quotes',
    ],
    ['a comma outside of quotes', "p, *, doc:*, read, r.res.a in ['x', 'y'], allow", 'one with a comma stands in quotes'],
    ['a quote inside of a field', 'p, *, doc:*, read, r.res.a == "x", allow', 'a quote begins or ends within a field'],
    ['an effect that is none', 'p, *, doc:*, read, true, Deny', 'the effect must be allow or deny, not "Deny"'],
    ['an unknown kind of row', 'p2, *, doc:*, read, true, allow', 'a line starts with p, g or #, not "p2"'],
    [
      'a pattern that reaches further than it looks',
      'p, *, doc:1*, read, true, allow',
      'the object must be * or a type and an id as in record:7, record:* or route:/todos/*, not "doc:1*"',
    ],
    ['a * in the middle', 'p, *, doc:*/secret, read, true, allow', 'the object must be'],
    ['an object without a type', 'p, *, doc, read, true, allow', 'the object must be'],
    ['a subject without a type', 'p, ann, doc:*, read, true, allow', 'the subject must be a type and an id'],
    ['$ in a name', 'p, user:$1, doc:*, read, true, allow', 'the subject must be'],
    ['; in a name', 'p, user:a;b, doc:*, read, true, allow', 'the subject must be'],
    ['a Cyrillic letter in a role', 'p, role:\u0430dmin, doc:*, read, true, allow', 'the subject must be'],
    ['a line that turns the direction of writing', 'p, user:a\u202eb, doc:*, read, true, allow', 'the subject must be'],
    ['a byte order mark', `\ufeff${one}`, 'a line starts with p, g or #'],
    [
      'a condition that calls',
      "p, *, doc:*, read, r.sub.a.repeat(9) == 'x', allow",
      'policy.csv:1: error: the condition is not accepted at character 15: nothing may be called (malformed-row)',
    ],
    ['a member of no role', `${one}\ng, user:a, user:b`, '"user:b" is no role: the names of roles begin with role:'],
    [
      'roles in a circle',
      'p, role:a, doc:*, read, true, allow\ng, role:a, role:b\ng, role:b, role:c\ng, role:c, role:a',
      'policy.csv:4: error: role:c would have role:a, which has role:c already: roles go in a circle (role-links)',
    ],
    ['a role that has itself', `${one}\ng, role:a, role:a`, 'roles go in a circle'],
    [
      'roles that are too deep',
      `${one}\n${Array.from({ length: 9 }, (_, index) => `g, role:r${index}, role:r${index + 1}`).join('\n')}`,
      'role:r0 reaches a role in more than 8 steps',
    ],
  ] as const) {
    it(`refuses ${title}`, () => {
      const faults = faultsOf(policy).filter((fault) => fault.includes('error'));
      expect(faults).to.have.length(1);
      expect(faults[0]).to.include(expected);
      expect(() => storeOf(policy)).to.throw(PolicyError);
    });
  }

  const [, ownMatcher = ''] = /^m = (.*)$/m.exec(storeModel) ?? [];
  for (const [title, model, expected] of [
    ['a matcher of free text', matcher('r.sub.key.constructor("return process")() == 1'), 'the matcher cannot be accepted'],
    ['a regular expression', matcher(ownMatcher.replace('keyMatch(', 'regexMatch(')), 'is no part of an accepted matcher'],
    [
      'a matcher without the condition',
      matcher(ownMatcher.replace(/ && cond.*$/, '')),
      'the matcher needs cond(p.cond, r.sub, r.res, r.act, r.ctx), joined to the others by &&',
    ],
    [
      'a matcher with the condition as an alternative',
      matcher(ownMatcher.replace(' && cond', ' || cond')),
      'is no part of an accepted matcher',
    ],
    ['a misspelt field', matcher(ownMatcher.replace('r.act.name', 'r.act.nmae')), 'is no part of an accepted matcher'],
    ['; in the matcher', matcher(`${ownMatcher}; true`), '# ; and \\ have no place'],
    ['a second matcher', `${storeModel}m = true\n`, 'm is defined twice'],
    ['no matcher', storeModel.slice(0, storeModel.indexOf('[matchers]')), '[matchers] m = ... is missing'],
    ['the priority effect', storeModel.replace(/^e = .*$/m, 'e = priority(p.eft) || deny'), 'the effect must be spelled exactly'],
    ['allows that beat denies', storeModel.replace(/^e = .*$/m, 'e = some(where (p.eft == allow))'), 'the effect must be spelled exactly'],
    ['other fields of a question', storeModel.replace('r = sub, res, act, ctx', 'r = sub, obj, act'), 'r must be r = sub, res, act, ctx'],
    [
      'other fields of a row',
      storeModel.replace('p = sub, obj, act, cond, eft', 'p = act, sub, obj'),
      'p must be p = sub, obj, act, cond, eft',
    ],
    ['10,000 parentheses', matcher(`${'('.repeat(3_000)}p.obj == "*"${')'.repeat(3_000)}`), 'more parentheses than any that is accepted'],
    [
      'a domain that is no property',
      storeModel.replace('g = _, _', 'g = _, _, _').replace('g(r.sub.key, p.sub)', 'g(r.sub.key, p.sub, r.res.id)'),
      'the domain is a property',
    ],
  ] as const) {
    it(`refuses a model with ${title}`, () => {
      const faults = faultsOf(one, { model });
      expect(faults.join('\n')).to.include(expected);
      expect(faults.length).to.be.lessThan(3);
    });
  }
});

describe('Hostile contents of a store', () => {
  const errors = (policy: string, options = {}) => faultsOf(policy, options).filter((fault) => fault.includes(' error: '));
  const row = (index: number) => `p, user:u${index}, doc:*, read, true, allow`;
  const many = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('\n');

  it('of 10 MB of rows are refused by their length', () => {
    const policy = many(250_000, row);
    expect(policy.length).to.be.greaterThan(10_000_000);
    expect(errors(policy)).to.deep.equal([
      `policy.csv:1: error: it has ${policy.length} characters; ${storeLimits.bytes} are accepted (too-large)`,
    ]);
    expect(errors('', { model: ' '.repeat(10_000_000) })[0]).to.include('model.conf:1: error: it has 10000000 characters');
    expect(errors('', { tests: ' '.repeat(10_000_000) })[0]).to.include('tests.yaml:1: error: it has 10000000 characters');
  });

  it('with too many rows, links, roles, types or actions are refused at the line where they are', () => {
    expect(errors(many(5_001, row))).to.deep.equal([
      'policy.csv:5001: error: a store has at most 5000 rows of p and 20000 of g (too-many-rows)',
    ]);
    expect(errors(many(20_001, (index) => `g, user:u${index}, role:a`))[0]).to.include('policy.csv:20001: error: a store has at most');
    expect(errors(many(501, (index) => `g, user:u, role:r${index}`))[0]).to.include('at most 500 roles');
    expect(errors(many(201, (index) => `g, user:u, role:r${index}`))[0]).to.include('user:u has more than 200 roles');
    expect(errors(many(101, (index) => `p, *, t${index}:*, read, true, allow`))[0]).to.include('more than 100 types');
    expect(errors(many(201, (index) => `p, *, doc:*, a${index}, true, allow`))[0]).to.include('200 actions');
  });

  it('with more comparisons in all than a question may try are refused', () => {
    const condition = Array.from({ length: 41 }, (_, index) => `r.res.a${index} == 1`).join(' || ');
    expect(errors(many(500, (index) => `p, user:u${index}, doc:*, read, ${condition}, allow`))).to.deep.equal([
      'policy.csv:488: error: the conditions of a store have at most 20000 comparisons in all (too-many-rows)',
    ]);
  });

  it('with a dense net of roles have each way through it followed once, where stock Casbin would follow 24 to the power of 8', () => {
    const layers = many(8, (layer) => many(24, (from) => many(24, (to) => `g, role:l${layer}-${from}, role:l${layer + 1}-${to}`)));
    const store = storeOf(`p, role:l8-1, doc:*, read, true, allow\n${layers}\ng, user:ann, role:l1-0`);
    expect(store.decide(ask('user:ann', 'read', 'doc:1')).decision).to.equal(true);
    expect(store.decide(ask('user:bo', 'read', 'doc:1')).decision).to.equal(false);
  });

  it('with members who together have too many roles are refused', () => {
    const policy = `${many(150, (index) => `g, role:top, role:r${index}`)}\n${many(10_000, (index) => `g, user:u${index}, role:top`)}`;
    expect(errors(policy)[0]).to.include('all members have more than 200000 roles');
  });

  it('with nothing but faults have 200 findings, and lines without end have one', () => {
    expect(errors(many(100_000, () => 'x,,'))).to.have.length(200);
    expect(errors(`p, ${'x '.repeat(250_000)}`)[0]).to.include('a line has at most 4096 characters');
    expect(errors(`p, "${'""'.repeat(250_000)}`)[0]).to.include('a line has at most 4096 characters');
  });

  for (const [title, tests, expected] of [
    ['deep brackets', `cases: ${'['.repeat(100_000)}`, 'nested more than 40 deep'],
    ['deep objects', `cases: ${'{a: '.repeat(20_000)}`, 'nested more than 40 deep'],
    ['deep dashes', `cases:\n${'- '.repeat(50_000)}x`, 'nested more than 40 deep'],
    ['deep indentation', many(200, (index) => `${' '.repeat(index)}a:`), 'nested more than 40 deep'],
    ['aliases that multiply', `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]`, 'hides what stands here'],
    ['a tag', 'cases: !!js/function x', 'tests.yaml:1'],
    [
      'an entity with too many properties',
      `entities:\n  - type: user\n    id: a\n    properties:\n${many(501, (index) => `      p${index}: 1`)}`,
      'has more than 500 values',
    ],
    [
      'an entity that is too deep',
      `entities:\n  - { type: user, id: a, properties: ${'{a: '.repeat(9)}1${'}'.repeat(9)} }`,
      'is nested more than 8 deep',
    ],
    ['the same entity twice', 'entities:\n  - { type: user, id: a }\n  - { type: user, id: a }', 'user:a is there twice'],
    ['__proto__', 'entities:\n  - { type: user, id: a, properties: { __proto__: 1 } }', '__proto__ is not a key here'],
    ['a number that is none', 'entities:\n  - { type: user, id: a, properties: { a: .nan } }', 'has a value that JSON does not have'],
    [
      'too many cases',
      `cases:\n${many(501, () => '  - { name: a, subject: "user:a", action: b, resource: "doc:1", expect: deny }')}`,
      '<=500 items',
    ],
  ] as const) {
    it(`in tests.yaml with ${title} are refused in a sentence`, () => {
      const faults = errors('p, *, doc:*, read, true, allow', { tests });
      expect(faults.join('\n')).to.include(expected);
    });
  }

  it('of an entity, deep or wide, are found without going through all of it', () => {
    let deep: unknown = 1;
    for (let index = 0; index < 100_000; index += 1) deep = { a: deep };
    expect(propertiesFault(deep)).to.equal('is nested more than 8 deep');
    expect(propertiesFault(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index, 1])))).to.equal(
      'has more than 500 values',
    );
    expect(propertiesFault({ a: [1, { b: null }], c: 'x' })).to.equal(undefined);
  });

  it('that are near the limits are still decided and searched', () => {
    const condition = Array.from({ length: 50 }, (_, index) => `r.res.a${index} == ${index}`).join(' || ');
    const store = storeOf(
      many(600, (index) => `p, *, doc:*, read, ${condition.slice(0, 500).replace(/ \|\| [^|]*$/, '')} || r.res.z == ${index}, allow`),
    );
    expect(store.decide(ask('user:a', 'read', 'doc:1', { z: 599 })).decision).to.equal(true);
    expect(store.resourceFilter(ask('user:a', 'read', 'doc:1').subject, { name: 'read', properties: {} }, {}, 'doc')).to.deep.equal({
      kind: 'enumerate',
    });
  });
});
