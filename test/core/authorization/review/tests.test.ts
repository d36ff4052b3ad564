import { expect } from 'chai';
import { type PolicyTests, policyTestsSchema } from '../../../../core/authorization/policy/tests-schema.ts';
import { readPolicies } from '../../../../core/authorization/review/files.ts';
import { runMatrixCover, runPolicyTests } from '../../../../core/authorization/review/tests.ts';
import { content, house, policyDirectory } from '../contents.ts';

const rows = ['house/org.guest, org, lamp, switch, allow', 'state/closed, *, lamp, *, deny'];

function run(tests: Partial<PolicyTests>) {
  const all = { matrix: [], cases: [], invariants: [], ...tests };
  return runPolicyTests([content('platform', []), content('blueprint/house', rows, { tests: all })]);
}

function failures(tests: Partial<PolicyTests>): (string | undefined)[] {
  return run(tests)
    .filter(({ passed }) => !passed)
    .map(({ message }) => message);
}

describe('the tests of a policy', () => {
  it('that ship all pass, and cover both permission tables', async () => {
    const results = runPolicyTests(await readPolicies(policyDirectory));
    expect(results.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(results.length).to.be.greaterThan(105);
    expect(results.map(({ name }) => name)).to.include('org.manager connection:delete at org level -> deny');
  });

  it('take everything that a matrix does not name for denied', () => {
    expect(failures({ matrix: [{ level: 'org', roles: { 'org.guest': {} } }] })).to.deep.equal([
      'Expected deny, but blueprint/house.csv:1 decided allow (house/org.guest, org, lamp, switch, allow).',
    ]);
    expect(failures({ matrix: [{ level: 'org', roles: { 'org.guest': { lamp: ['switch'] } } }] })).to.deep.equal([]);
  });

  it('fail for what a matrix names and the policy does not allow', () => {
    const matrix = [{ level: 'org' as const, roles: { 'org.guest': { lamp: ['switch'], door: ['open'] } } }];
    expect(failures({ matrix })).to.deep.equal(['Expected allow, but it was denied (no-match).']);
  });

  it('fail for a pair that cannot be asked, which would be denied for the wrong reason', () => {
    const matrix = [{ level: 'org' as const, roles: { 'org.guest': { lamp: ['switch', 'swich'] } } }];
    expect(failures({ matrix })).to.deep.equal([
      'lamp:swich cannot be asked at org level: permissions.yaml and the resourceTypes of blueprint.yaml say what can be asked where.',
    ]);
    const ask = { name: 'x', roles: ['org.guest'], level: 'org' as const, ask: 'lamp:swich', expect: 'deny' as const };
    expect(failures({ cases: [ask] })).to.deep.equal([
      'lamp:swich cannot be asked at org level: permissions.yaml and the resourceTypes of blueprint.yaml say what can be asked where.',
    ]);
  });

  it('fail for a role that does not exist, which would be denied everything', () => {
    expect(failures({ matrix: [{ level: 'project', roles: { 'org.gest': {} } }] })).to.deep.equal([
      'org.gest is no role and no state, did you mean "house/org.guest"?',
    ]);
  });

  it('can say which row must be the one that decides', () => {
    const ask = { name: 'x', roles: ['org.guest', 'state/closed'], level: 'org' as const, ask: 'lamp:switch', expect: 'deny' as const };
    expect(failures({ cases: [{ ...ask, by: 'state/closed' }] })).to.deep.equal([]);
    expect(failures({ cases: [{ ...ask, by: 'org.guest' }] })[0]).to.match(
      /Expected a row of house\/org.guest to decide, but .*csv:2 decided deny/,
    );
  });

  describe('of a key', () => {
    const keyType = { title: 'Key', prefix: 'key_', levels: ['org' as const] };
    const blueprint = {
      ...house,
      keyTypes: [
        { ...keyType, name: 'whole', scopes: 'owner' as const },
        { ...keyType, name: 'chosen', scopes: { choose: ['light', 'dark'] } },
        { ...keyType, name: 'fixed', scopes: { fixed: ['light'] } },
      ],
      scopes: [
        { name: 'light', title: 'Light' },
        { name: 'dark', title: 'Dark' },
      ],
    };
    const policy = [...rows, 'scope/light, org, lamp, switch, allow', 'scope/dark, org, door, open, allow'];
    const guest = { name: 'x', roles: ['org.guest'], level: 'org' as const, ask: 'lamp:switch' };
    const message = (test: object) => {
      const tests = policyTestsSchema.parse({ cases: [{ ...guest, ...test }] });
      return runPolicyTests([content('platform', []), content('blueprint/house', policy, { blueprint, tests })])[0]!.message;
    };

    it('put two questions, and both must allow', () => {
      expect(message({ key: { type: 'whole' }, expect: 'allow' })).to.equal(undefined);
      expect(message({ key: { type: 'chosen', scopes: ['light'] }, expect: 'allow' })).to.equal(undefined);
      expect(message({ key: { type: 'chosen', scopes: ['dark'] }, expect: 'deny' })).to.equal(undefined);
      expect(message({ key: { type: 'chosen' }, expect: 'deny' })).to.equal(undefined);
      expect(message({ key: { type: 'fixed' }, roles: [], expect: 'deny' })).to.equal(undefined);
      expect(message({ key: { type: 'chosen', scopes: ['dark'] }, expect: 'allow' })).to.match(/^Expected allow/);
      expect(message({ key: { type: 'fixed' }, expect: 'deny' })).to.match(/^Expected deny/);
    });

    it('may name the row of either question', () => {
      for (const by of ['org.guest', 'scope/light'])
        expect(message({ key: { type: 'fixed' }, expect: 'allow', by }), by).to.equal(undefined);
      expect(message({ key: { type: 'fixed' }, expect: 'allow', by: 'scope/dark' })).to.match(/Expected a row of scope\/dark/);
    });

    it('fail for a key that there cannot be', () => {
      const refused = (key: object) => message({ key, expect: 'deny' });
      expect(refused({ type: 'chosn' })).to.match(/^chosn is no kind of key/);
      expect(refused({ type: 'chosen', scopes: ['lihgt'] })).to.match(/^lihgt cannot be chosen/);
      expect(refused({ type: 'fixed', scopes: ['light'] })).to.match(/^No scopes are chosen/);
      expect(refused({ type: 'whole', scopes: ['light'] })).to.match(/^No scopes are chosen/);
    });
  });

  it('hold an invariant against every role', () => {
    expect(failures({ invariants: [{ name: 'x', never: ['lamp:switch'] }] })[0]).to.match(/lamp:switch: .*csv:1 decided allow/);
    expect(failures({ invariants: [{ name: 'x', never: ['door:open', 'role:org.owner:assign'] }] })).to.deep.equal([]);
    expect(failures({ invariants: [{ name: 'x', never: ['dor:open'] }] })).to.deep.equal(['dor:open does not exist']);
  });

  it('hold an invariant against a state beside all roles', () => {
    expect(failures({ invariants: [{ name: 'x', with: 'state/closed', allowsOnly: [] }] })).to.deep.equal([]);
    expect(failures({ invariants: [{ name: 'x', with: 'state/asleep', allowsOnly: [] }] })[0]).to.match(/lamp:switch at org level/);
    expect(failures({ invariants: [{ name: 'x', with: 'state/asleep', allowsOnly: ['lamp:switch'] }] })).to.deep.equal([]);
  });

  it('name every role that is allowed something, at every level', () => {
    const leftOut = (...matrix: PolicyTests['matrix']) => {
      const tests = { matrix, cases: [], invariants: [] };
      const reaching = [...rows, 'house/org.guest, project, room, paint, allow'];
      return runMatrixCover([content('platform', []), content('blueprint/house', reaching, { tests })]).map(({ message }) => message);
    };
    const guest = { level: 'org' as const, roles: { 'org.guest': { lamp: ['switch'] } } };
    expect(leftOut(guest)).to.deep.equal(['house/org.guest at project level: room:paint']);
    expect(leftOut(guest, { level: 'project', roles: { 'org.guest': { room: ['paint'] } } })).to.deep.equal([undefined]);
    expect(leftOut(guest, { level: 'project', roles: { 'house/org.guest': {} } })).to.deep.equal([undefined]);
    expect(leftOut()).to.deep.equal([]);
  });
});
