import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { createCompiledPolicies } from '../../../../core/authorization/engine/compiled-policies.ts';
import { createAsk } from '../../../../core/authorization/engine/enforcer.ts';
import { createEngine, type Engine } from '../../../../core/authorization/engine/engine.ts';
import { createRoleSets } from '../../../../core/authorization/engine/role-sets.ts';
import { createStock } from '../../../../core/authorization/engine/stock.ts';
import type { PolicyContent } from '../../../../core/authorization/policy/content.ts';
import { parsePolicyCsv } from '../../../../core/authorization/policy/csv.ts';
import { type Domain, domainOf } from '../../../../core/authorization/policy/domain.ts';
import { PolicyError } from '../../../../core/authorization/policy/findings.ts';
import { InvalidInput } from '../../../../core/base/errors.ts';
import { content, model } from '../contents.ts';

const org1 = domainOf({ organizationId: 'org_1' });
const allowAll = 'member/self, *, *, *, allow';

function ask(engine: Engine, roles: string[], domain: Domain = org1, resource = 'room', action = 'open'): boolean {
  return engine.decide({ roles: engine.roleSet(roles), domain, resource, action }).allowed;
}

/** The model with one of its lines put in the place of the line of the same key. */
function withLine(line: string): string {
  const key = line.slice(0, line.indexOf('=') + 1);
  return model
    .split('\n')
    .map((original) => (original.startsWith(key) ? line : original))
    .join('\n');
}

function expectRefused(text: string, reason: RegExp): void {
  const contents: PolicyContent[] = [content('platform', [allowAll], { model: text })];
  expect(() => createEngine(contents)).to.throw(PolicyError, reason);
  expect(() => createStock(contents)).to.throw(PolicyError, reason);
}

const matcher = model.split('\n').find((line) => line.startsWith('m ='))!;

/** Ways in which node-casbin answers yes, or does not answer, where nobody expects it. Each is reproducible with a stock enforcer. */
describe('what Casbin gets wrong when it is left alone', () => {
  it('a typing error in the matcher, where undefined equals undefined, keeps the model out', () => {
    expectRefused(withLine(matcher.replace('p.dom == r.dom', 'p.dmo == r.dmo')), /p\.dmo, which does not exist, did you mean "p\.dom"/);
  });

  it('a negated call of a function that does not exist keeps the model out', () => {
    expectRefused(withLine(`${matcher} && !blocked(r.sub)`), /not part of the accepted language/);
    expectRefused(withLine(matcher.replace('g(r.sub', '!g(r.sub')), /not part of the accepted language/);
  });

  it('a custom function, whose promise would count as true, keeps the model out', () => {
    expectRefused(withLine(`${matcher} && isMember(r.sub)`), /calls isMember\(\); only g\(\) may be called/);
  });

  it('an empty policy denies', () => {
    const engine = createEngine([content('platform', [])]);
    expect(ask(engine, ['member/self'])).to.equal(false);
    const roles = createRoleSets().intern(['member/self']);
    expect(createAsk(model)([], roles, { org: '', dom: '', level: '', obj: '', act: '' })).to.deep.equal({
      allowed: false,
      row: undefined,
    });
  });

  it('an empty policy cannot be turned into allow-all by an effect that only looks for denies', () => {
    expectRefused(withLine('e = !some(where (p.eft == deny))'), /spelled exactly/);
  });

  it('a question of empty strings is unknown, not allowed', () => {
    const engine = createEngine([content('platform', [allowAll])]);
    expect(ask(engine, ['member/self'], org1, '', '')).to.equal(false);
  });

  for (const eft of ['Deny', 'DENY', 'Allow', '', 'allow;', 'true']) {
    it(`the effect ${JSON.stringify(eft)}, which would not deny, keeps the policy out`, () => {
      expect(() => createEngine([content('platform', [`state/closed, *, *, *, ${eft}`])])).to.throw(PolicyError, /effect/);
    });
  }

  it('a row without an effect, which would allow, keeps the policy out', () => {
    expect(() => createEngine([content('platform', ['state/closed, *, *, *'])])).to.throw(PolicyError, /five fields/);
  });

  for (const call of [
    'keyMatch(r.dom, p.dom)',
    'keyMatch2(r.dom, p.dom)',
    'regexMatch(r.obj, p.obj)',
    'globMatch(r.obj, p.obj)',
    'ipMatch(r.sub, p.sub)',
  ]) {
    it(`pattern matching by ${call} keeps the model out`, () => {
      expectRefused(withLine(`${matcher} && ${call}`), /only g\(\) may be called/);
    });
  }

  it('the row of one organization does not reach another one whose id begins alike, and a pattern is no domain', () => {
    const engine = createEngine([content('platform', ['member/self, org_1, room, open, allow'])]);
    expect(ask(engine, ['member/self'], org1)).to.equal(true);
    expect(ask(engine, ['member/self'], domainOf({ organizationId: 'org_12' }))).to.equal(false);
    expect(() => createEngine([content('platform', ['member/self, org_1/*, room, open, allow'])])).to.throw(PolicyError, /domain/);
  });

  it('an array that loosely equals a string is neither a role, a resource type, an action nor a domain', () => {
    const engine = createEngine([content('platform', [allowAll])]);
    expect(ask(engine, ['member/self'])).to.equal(true);
    expect(() => engine.roleSet([['member/self']] as never)).to.throw(InvalidInput);
    expect(ask(engine, ['member/self'], org1, ['room'] as never)).to.equal(false);
    expect(ask(engine, ['member/self'], org1, 'room', ['open'] as never)).to.equal(false);
    const dom = ['org_1'] as never;
    expect(() => ask(engine, ['member/self'], { dom, org: 'org_1', level: 'org' })).to.throw();
    expect(() => ask(engine, ['member/self'], { dom, org: dom, level: 'org' })).to.throw();
  });

  it('a caller who is named like a role does not hold it', () => {
    const stock = createStock([content('platform', [allowAll])]);
    expect(() => stock.decide('member/self', [], org1, 'room', 'open')).to.throw(InvalidInput, /name of a role/);
    expect(stock.decide('user_1', [], org1, 'room', 'open').allowed).to.equal(false);
  });

  it('the subject under which the engine asks holds nothing by its name', () => {
    const engine = createEngine([content('platform', ['roles:1, *, *, *, allow'])]);
    const roles = engine.roleSet(['member/self']);
    expect(roles.subject).to.equal('roles:1');
    expect(engine.decide({ roles, domain: org1, resource: 'room', action: 'open' }).allowed).to.equal(false);
  });

  for (const name of ['user_1', 'svc_1', 'key_1', '*', '', 'member/self, state/x', 'member/self\nplatform/user', 'roles:1', 'admin']) {
    it(`${JSON.stringify(name)} cannot be held as a role`, () => {
      const engine = createEngine([content('platform', [allowAll])]);
      engine.roleSet(['member/self', 'platform/user']);
      expect(() => engine.roleSet([name])).to.throw(InvalidInput);
    });
  }

  it('a verdict is not remembered beyond the rows that it came from', () => {
    const parts = createCompiledPolicies();
    const shared = [content('platform', []), content('blueprint/house', [])];
    const before = createEngine([...shared, content('org_1', ['role_1, org_1, room, open, allow'])], parts);
    expect(ask(before, ['role_1'])).to.equal(true);
    const after = createEngine([...shared, content('org_1', ['role_1, org_1, room, paint, allow'])], parts);
    expect(ask(after, ['role_1'])).to.equal(false);
    expect(ask(before, ['role_1'])).to.equal(true);
  });

  it('two questions never share a memory because their parts are joined alike', () => {
    const resources = { 'a-b': { title: 'x', actions: { c: ['org' as const] } }, a: { title: 'x', actions: { 'b-c': ['org' as const] } } };
    const vocabulary = { resources, roles: { 'member/self': 'x' }, states: {} };
    const engine = createEngine([content('platform', ['member/self, *, a, b-c, allow'], { vocabulary })]);
    expect(ask(engine, ['member/self'], org1, 'a', 'b-c')).to.equal(true);
    expect(ask(engine, ['member/self'], org1, 'a-b', 'c')).to.equal(false);
  });

  it('priorities, which are sorted as text, keep the model out', () => {
    expectRefused(withLine('e = priority(p.eft) || deny'), /spelled exactly/);
    expectRefused(withLine('e = subjectPriority(p.eft) || deny'), /spelled exactly/);
    expectRefused(withLine('p = priority, sub, dom, obj, act, eft'), /p must be/);
  });

  it('a value that a comment sign would cut keeps the model out', () => {
    expectRefused(withLine(matcher.replace('"*" || r.act', '"#" || r.act')), /no place after the start of a line/);
    expectRefused(withLine(`${matcher.replace(' && g(', ' ; && g(')}`), /no place after the start of a line/);
    expectRefused(withLine(`${matcher} \\`), /no place after the start of a line/);
  });

  it('a second definition, which would silently win, keeps the model out', () => {
    expectRefused(`${model}m = g(r.sub, p.sub, r.dom)\n`, /defined twice/);
    expectRefused(`${model}\n[matchers]\nm = g(r.sub, p.sub, r.dom)\n`, /occurs twice/);
    expectRefused(`${model}m2 = g(r.sub, p.sub, r.dom)\n`, /holds m and nothing else/);
    expectRefused(`${model}M = g(r.sub, p.sub, r.dom)\n`, /holds m and nothing else/);
  });

  it('a policy that cannot be built leaves the one in force deciding', () => {
    const parts = createCompiledPolicies();
    const inForce = createEngine([content('platform', [allowAll])], parts);
    expect(() => createEngine([content('platform', [allowAll, 'state/closed, *, *, *, Deny'])], parts)).to.throw(PolicyError);
    expect(ask(inForce, ['member/self'])).to.equal(true);
    expect(ask(inForce, ['platform/user'])).to.equal(false);
  });

  it('role inheritance, which can be cyclic and costs by the power of its depth, is no line of a policy', () => {
    const { rows, findings } = parsePolicyCsv('g, role_1, role_2, org_1\np, role_1, *, room, open, allow\n', 'policy.csv');
    expect(rows).to.have.length(1);
    expect(findings).to.deep.equal([
      { rule: 'malformed-row', level: 'error', message: 'a line starts with p or #, not "g"', file: 'policy.csv', line: 1 },
    ]);
  });

  it('questions about organizations that do not exist leave nothing behind', () => {
    const engine = createEngine([content('platform', ['member/self, *, room, open, allow'])]);
    for (let index = 0; index < 1_000; index += 1) ask(engine, ['member/self'], domainOf({ organizationId: `org_x${index}` }));
    expect(engine.stats().memoized).to.equal(1);
  });

  it('an effect in a spelling that Casbin finds out about at the first question keeps the model out', () => {
    expectRefused(withLine('e = some(where (p.eft==allow)) && !some(where (p.eft == deny))'), /spelled exactly/);
    expectRefused(withLine('e = some(where (p2.eft == allow)) && !some(where (p2.eft == deny))'), /spelled exactly/);
  });

  for (const [what, line] of [
    ['in', `${matcher} && r.sub in ("a", "b")`],
    ['eval()', `${matcher} && eval(p.obj)`],
    ['a member of a field', `${matcher} && r.sub.name == "a"`],
    ['a regular expression operator', `${matcher} && r.sub =~ "a"`],
    ['a comparison by size', `${matcher} && r.sub > "a"`],
    ['a single &', matcher.replace('&& g(', '& g(')],
  ] as const) {
    it(`${what} in the matcher keeps the model out`, () => expectRefused(withLine(line), /matcher/));
  }

  it('nothing of Casbin is used that reloads, caches, watches, locks or saves', () => {
    const room = new URL('../../../../core/authorization/', import.meta.url);
    const imported = readdirSync(room, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(new URL(file, room), 'utf8'))
      .flatMap((source) =>
        [...source.matchAll(/import (?:type )?\{([^}]*)\} from 'casbin'/g)].flatMap(([, names = '']) => names.split(',')),
      )
      .map((name) => name.replace('type', '').trim());
    const pure = ['DefaultEffector', 'DefaultRoleManager', 'Enforcer', 'FunctionMap', 'Model', 'newModelFromString', 'RoleManager'];
    // The witness of policy stores reads the text of one store, once.
    pure.push('newEnforcer', 'StringAdapter');
    expect([...new Set(imported)].filter((name) => name !== '' && !pure.includes(name))).to.deep.equal([]);
  });

  it('rows that were shown for one question are gone at the next one', () => {
    const roles = createRoleSets().intern(['member/self']);
    const put = createAsk(model);
    const request = { org: 'org_1', dom: 'org_1', level: 'org', obj: 'room', act: 'open' };
    expect(put([['member/self', '*', 'room', 'open', 'allow']], roles, request).allowed).to.equal(true);
    expect(put([['platform/user', '*', 'room', 'open', 'allow']], roles, request).allowed).to.equal(false);
    expect(put([], roles, request).allowed).to.equal(false);
  });

  it('two hundred thousand rows can be built and listed', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => ['member/self', `org_${index}`, 'room', 'open', 'allow'] as const);
    const sources = rows.map((_, index) => ({ file: 'policy.csv', line: index + 1 }));
    const engine = createEngine([{ ...content('platform', []), rows, sources }]);
    expect(engine.rows()).to.have.length(200_000);
  });
});
