import { expect } from 'chai';
import { decideHandling } from '../../../../core/authorization/decisions/roles.ts';
import { createEngine } from '../../../../core/authorization/engine/engine.ts';
import type { PolicyContent } from '../../../../core/authorization/policy/content.ts';
import { type PolicyTests, policyTestsSchema } from '../../../../core/authorization/policy/tests-schema.ts';
import { offeringActions, qualifiedRole } from '../../../../core/authorization/policy/vocabulary.ts';
import { decideTested, policyOfTested } from '../../../../core/authorization/review/custom-role-tests.ts';
import { readPolicies } from '../../../../core/authorization/review/files.ts';
import { runMatrixCover, runPolicyTests, testDomain } from '../../../../core/authorization/review/tests.ts';
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

  describe('of a role that an organization has defined', () => {
    const blueprint = {
      ...house,
      customRoles: {
        ...{ tiers: ['org.guest', 'project.painter'], atMost: 3, presets: [] },
        permissionGroups: [
          { name: 'lamps', title: 'Lamps', level: 'org' as const, permissions: ['lamp:switch', 'door:close'] },
          { name: 'rooms', title: 'Rooms', level: 'project' as const, permissions: ['room:paint'] },
        ],
      },
    };
    const policy = [
      ...['house/org.owner-like, org, role:org.guest, assign, allow', 'house/org.owner-like, org, role:org.guest, unassign, allow'],
      ...['house/org.owner-like, org, lamp, switch, allow', 'house/org.guest, org, role:org.guest, invite, allow'],
      'state/closed, *, lamp, *, deny',
    ];
    const custom = { id: 'role_night', tier: 'org.guest', permissions: ['lamp:switch', 'room:paint'] };
    const message = (test: object, kind: typeof house = blueprint) => {
      const tests = policyTestsSchema.parse({ cases: [{ name: 'x', custom, level: 'org', ...test }] });
      return runPolicyTests([content('platform', []), content('blueprint/house', policy, { blueprint: kind, tests })])[0]!.message;
    };
    const lamps = { ...custom, permissions: ['lamp:switch'] };

    it('allow what it holds, at the level of the group, and nothing else', () => {
      const held = { roles: ['role_night'] };
      expect(message({ ...held, ask: 'lamp:switch', expect: 'allow', by: 'role_night' })).to.equal(undefined);
      expect(message({ ...held, ask: 'room:paint', level: 'project', expect: 'allow', by: 'role_night' })).to.equal(undefined);
      expect(message({ ...held, ask: 'room:paint', expect: 'deny' })).to.equal(undefined);
      expect(message({ ...held, ask: 'door:close', expect: 'deny' })).to.equal(undefined);
      expect(message({ roles: ['org.guest'], ask: 'lamp:switch', expect: 'deny' })).to.equal(undefined);
      expect(message({ roles: ['role_night', 'state/closed'], ask: 'lamp:switch', expect: 'deny', by: 'state/closed' })).to.equal(
        undefined,
      );
      expect(message({ ...held, ask: 'lamp:switch', expect: 'deny' })).to.match(/roles\/role_night:1 decided allow/);
    });

    it('let who may give its tier give it, and holds what is in it', () => {
      const giver = { roles: ['org.owner-like'], ask: 'role:role_night:assign' };
      expect(message({ ...giver, custom: lamps, expect: 'allow', by: 'org.owner-like' })).to.equal(undefined);
      expect(message({ ...giver, expect: 'deny' }), 'paints no room').to.equal(undefined);
      expect(message({ ...giver, roles: ['org.owner-like', 'role_night'], expect: 'allow' })).to.equal(undefined);
      expect(message({ ...giver, roles: ['role_night'], custom: lamps, expect: 'deny' }), 'holds it and gives no tier').to.equal(undefined);
      expect(message({ ...giver, ask: 'role:role_night:unassign', expect: 'allow' })).to.equal(undefined);
    });

    it('let who may give it offer it, and not who may invite with its tier', () => {
      const inviter = { custom: lamps, ask: 'role:role_night:invite' };
      expect(message({ ...inviter, roles: ['org.owner-like'], expect: 'allow' })).to.equal(undefined);
      expect(message({ ...inviter, roles: ['org.guest'], expect: 'deny' })).to.equal(undefined);
      expect(message({ ...inviter, roles: ['org.guest'], ask: 'role:org.guest:invite', expect: 'allow' })).to.equal(undefined);
    });

    it('are answered as the server answers', () => {
      const accessAdministration = [{ giver: 'org.owner-like', gives: ['project.painter'], because: 'x', toSelf: 'audited' as const }];
      const rows = [
        ...policy,
        'house/org.owner-like, *, role:project.painter, assign, allow',
        'house/project.painter, project, room, paint, allow',
      ];
      const kind = { ...blueprint, accessAdministration };
      const layers = [content('platform', []), content('blueprint/house', rows, { blueprint: kind })];
      const painting = { id: 'role_paint', tier: 'project.painter', permissions: ['room:paint'] };
      const answers = [custom, lamps, painting].flatMap((role) =>
        [['org.owner-like'], ['org.owner-like', role.id], ['org.guest'], [role.id]].flatMap((roles) =>
          (['assign', 'unassign', 'invite'] as const).flatMap((action) =>
            (['org', 'project'] as const).map((level) => {
              const organization = policyOfTested(role, layers[1]!, 'org_test') as PolicyContent;
              const engine = createEngine([...layers, organization]);
              const names = roles.map((name) => qualifiedRole('house', name));
              const snapshot = { subject: { type: 'controller' as const, id: 'test' }, domain: testDomain(level), roles: names };
              const actions = action === 'invite' ? offeringActions : [action];
              const server = decideHandling(engine, { ...snapshot, revisions: [], exists: true }, role.id, actions).allowed;
              const asked = { ...snapshot, scopes: undefined, resource: `role:${role.id}`, action };
              const tested = decideTested(engine, role, asked)!.every(({ allowed }) => allowed);
              expect(tested, JSON.stringify([role, roles, action, level])).to.equal(server);
              return `${role.tier} ${tested}`;
            }),
          ),
        ),
      );
      expect(new Set(answers)).to.have.lengthOf(4);
    });

    it('fail for a role that no organization of the kind can define', () => {
      const refused = (role: object, kind?: typeof house) =>
        message({ custom: { ...custom, ...role }, roles: ['org.guest'], ask: 'lamp:switch', expect: 'deny' }, kind);
      const { customRoles: _, ...without } = house;
      expect(refused({}, without)).to.match(/^No organization here defines roles of its own/);
      expect(refused({ tier: 'org.owner-like' })).to.equal('custom.tier must be one of org.guest, project.painter');
      expect(refused({ permissions: ['key:copy'] })).to.match(/^custom.permissions.0 is in none of the permission groups/);
      expect(refused({ tier: 'project.painter' })).to.match(/^custom.permissions.0 holds in the organization/);
      expect(refused({})).to.equal(undefined);
    });

    it('fail where a test names the role of another, or one that it does not define', () => {
      const other = message({ roles: ['role_day'], ask: 'lamp:switch', expect: 'deny' });
      expect(other).to.match(/^role_day is no role and no state/);
      const unknown = message({ roles: ['org.guest'], ask: 'role:role_day:assign', expect: 'deny' });
      expect(unknown).to.match(/^role:role_day:assign cannot be asked at org level/);
      const badId = policyTestsSchema.safeParse({
        cases: [{ ...{ name: 'x', roles: [], level: 'org', ask: 'a:b' }, expect: 'deny', custom: { ...custom, id: 'night' } }],
      });
      expect(badId.error?.issues.map(({ path }) => path.join('.'))).to.deep.equal(['cases.0.custom.id']);
    });
  });

  it('hold an invariant against every role', () => {
    expect(failures({ invariants: [{ name: 'x', never: ['lamp:switch'] }] })[0]).to.match(/lamp:switch: .*csv:1 decided allow/);
    expect(failures({ invariants: [{ name: 'x', never: ['door:open', 'role:org.owner:assign'] }] })).to.deep.equal([]);
    expect(failures({ invariants: [{ name: 'x', never: ['dor:open'] }] })).to.deep.equal(['dor:open does not exist']);
  });

  it('fail for a role outside of those that an invariant leaves out', () => {
    const rule = (without: string[]) => ({ invariants: [{ name: 'x', never: ['lamp:switch'], without }] });
    expect(failures(rule(['org.guest']))).to.deep.equal([]);
    expect(failures(rule(['state/closed']))[0]).to.match(/lamp:switch: .*csv:1 decided allow/);
    expect(failures(rule(['org.gest']))[0]).to.match(/org.gest is no role and no state/);
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
