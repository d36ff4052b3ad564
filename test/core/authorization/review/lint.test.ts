import { expect } from 'chai';
import type { Blueprint } from '../../../../core/authorization/policy/blueprint.ts';
import { readPolicies } from '../../../../core/authorization/review/files.ts';
import { type Finding, lintPolicies } from '../../../../core/authorization/review/lint.ts';
import { lintMfa } from '../../../../core/authorization/review/lint-mfa.ts';
import { content, house, policyDirectory, vocabulary } from '../contents.ts';

/** Findings of these rows of the blueprint `house`, beside a platform that says little. */
function lintHouse(rows: string[], blueprint: Blueprint = house): Finding[] {
  return lintPolicies([content('platform', ['member/self, org, door, open, allow']), content('blueprint/house', rows, { blueprint })]);
}

function rulesOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ rule }) => rule !== 'orphan-permission' && rule !== 'idle-name').map(({ rule, line }) => `${line}: ${rule}`);
}

describe('the lint of policies', () => {
  it('finds nothing in the policies that ship, not even a warning', async () => {
    expect(lintPolicies(await readPolicies(policyDirectory))).to.deep.equal([]);
  });

  const broken: [title: string, rows: string[], expected: string[]][] = [
    ['a role that is not declared', ['house/org.gest, org, lamp, switch, allow'], ['1: unknown-role']],
    ['a resource type that does not exist', ['house/org.guest, org, lmap, switch, allow'], ['1: unknown-resource']],
    ['an action that the resource type does not have', ['house/org.guest, org, lamp, swich, allow'], ['1: unknown-action']],
    ['an action that no resource type has', ['house/org.guest, org, *, burn, allow'], ['1: unknown-action', '1: wildcard-grant']],
    ['an action at a level where it cannot be asked', ['house/org.guest, org, room, close, allow'], ['1: unknown-action']],
    ['the giving of a role that does not exist', ['house/org.guest, org, role:org.gest, assign, allow'], ['1: unknown-role']],
    ['the resource type __proto__', ['house/org.guest, org, __proto__, open, allow'], ['1: unknown-resource']],
    ['rows for the roles of another blueprint', ['teams/org.guest, org, lamp, switch, allow'], ['1: subject-prefix']],
    ['rows of a blueprint for roles of the platform', ['platform/user, org, lamp, switch, allow'], ['1: subject-prefix']],
    ['rows of a blueprint that let manifests do more', ['platform/controller, org, lamp, switch, allow'], ['1: subject-prefix']],
    ['rows of a blueprint that take from another role of the platform', ['platform/user, org, lamp, switch, deny'], ['1: subject-prefix']],
    ['rows of a blueprint for a caller', ['user_1, org, lamp, switch, allow'], ['1: subject-prefix']],
    ['a concrete domain in a file that is for all', ['house/org.guest, org_1, lamp, switch, allow'], ['1: domain']],
    ['the level of the platform in a blueprint', ['house/org.guest, platform, door, open, allow'], ['1: domain']],
    ['a state that allows', ['state/closed, *, lamp, switch, allow'], ['1: state-must-deny']],
    ['a blueprint that denies more than what is its own', ['state/closed, *, door, open, deny'], ['1: subject-prefix']],
    ['an allow of everything', ['house/org.guest, *, *, *, allow'], ['1: wildcard-grant']],
    [
      'the same row twice',
      ['house/org.guest, org, lamp, switch, allow', 'house/org.guest, org, lamp, switch, allow'],
      ['2: duplicate-rule'],
    ],
    [
      'an allow within a wider one',
      ['house/org.guest, *, lamp, switch, allow', 'house/org.guest, org, lamp, switch, allow'],
      ['2: shadowed-allow'],
    ],
    [
      'an allow that a deny always beats',
      ['house/org.guest, *, lamp, *, deny', 'house/org.guest, org, lamp, switch, allow'],
      ['2: dead-allow'],
    ],
    ['a deny of what nothing allows', ['state/closed, project, lamp, switch, deny'], ['1: redundant-deny']],
  ];
  it('asks a kind of organization that may require a second factor to deny what is its own without one', () => {
    const kind: Blueprint = { ...house, mfa: { choices: ['optional', 'required'], default: 'optional', graceDays: 1 } };
    const own = [...house.resourceTypes.map(({ name }) => name), ...house.roles.map(({ id }) => `role:${id}`)];
    expect(lintHouse([], kind).filter(({ rule }) => rule === 'mfa')).to.have.length(own.length);
    const missing = (rows: string[], blueprint: Blueprint) => lintMfa({ content: content('blueprint/house', rows, { blueprint }) });
    expect(missing([], house)).to.deep.equal([]);
    expect(missing([], kind)).to.have.length(own.length);
    const rows = own.map((object) => `state/mfa-missing, *, ${object}, *, deny`);
    expect(missing(rows.slice(1), kind).map(({ message }) => message)[0]).to.contain(own[0]);
    // Of one action, or on one level, is not all.
    expect(missing([...rows.slice(1), `state/mfa-missing, org, ${own[0]}, *, deny`], kind)).to.have.length(1);
  });

  for (const [title, rows, expected] of broken) {
    it(`finds ${title}, with its line`, () => expect(rulesOf(lintHouse(rows))).to.deep.equal(expected));
  }

  it('finds a second kind of organization that calls itself the default', () => {
    const kinds = ['house', 'hut'].map((name) => content(`blueprint/${name}`, [], { blueprint: { ...house, name, default: true } }));
    expect(rulesOf(lintPolicies([content('platform', ['member/self, org, door, open, allow']), ...kinds]))).to.deep.equal([
      'undefined: one-default',
    ]);
  });

  it('finds a row about giving a role that support alone holds', () => {
    const roles = house.roles.map((role) => (role.id === 'org.guest' ? { ...role, holders: ['support'] as ['support'] } : role));
    expect(rulesOf(lintHouse(['house/org.guest, org, role:org.guest, assign, allow'], { ...house, roles }))).to.deep.equal([
      '1: unknown-role',
    ]);
  });

  it('finds a role for support that may approve support access, by a wildcard too, and lets every other role approve it', () => {
    const roles = house.roles.map((role) => (role.id === 'org.guest' ? { ...role, holders: ['support'] as ['support'] } : role));
    const support = { title: 'Support access', actions: { approve: ['org' as const], list: ['org' as const] } };
    const platform = content('platform', ['member/self, org, door, open, allow'], {
      vocabulary: { ...vocabulary, resources: { ...vocabulary.resources, support } },
    });
    const found = (rows: string[]) =>
      lintPolicies([platform, content('blueprint/house', rows, { blueprint: { ...house, roles } })]).filter(
        ({ rule }) => rule === 'support-approval',
      );
    for (const row of ['support, approve', 'support, *', '*, *']) {
      const [finding, ...others] = found(['house/org.owner-like, org, support, approve, allow', `house/org.guest, org, ${row}, allow`]);
      expect(finding).to.include({ file: 'blueprint/house.csv', line: 2, level: 'error' });
      expect(finding!.message).to.match(/^org\.guest .*: take support:approve from it$/);
      expect(others).to.deep.equal([]);
    }
    expect(found(['house/org.owner-like, org, support, approve, allow', 'house/org.guest, org, support, list, allow'])).to.deep.equal([]);
  });

  it('takes what roles of an organization may hold for something that manifests may hold, where they hold it', () => {
    const lamps = { name: 'lamps', title: 'Lamps', level: 'org' as const, permissions: ['lamp:switch'] };
    const offering = { ...house, customRoles: { tiers: ['org.guest'], atMost: 3, permissionGroups: [lamps], presets: [] } };
    const [there, elsewhere] = ['org', 'project'].map((domain) =>
      lintHouse([`platform/controller, ${domain}, lamp, switch, allow`], offering),
    );
    expect(rulesOf(there!)).to.not.include('1: subject-prefix');
    expect(rulesOf(elsewhere!)).to.include('1: subject-prefix');
  });

  it('takes a deny in a project for needed when an allow reaches into projects', () => {
    expect(rulesOf(lintHouse(['house/org.guest, *, lamp, switch, allow', 'state/closed, project, lamp, switch, deny']))).to.deep.equal([]);
  });

  it('says what was probably meant', () => {
    const [finding] = lintHouse(['house/org.gest, org, lamp, switch, allow']);
    expect(finding?.message).to.contain('did you mean "house/org.guest"?');
    expect(finding).to.include({ file: 'blueprint/house.csv', line: 1, level: 'error' });
  });

  it('finds a role that may assign another one which holds more than itself', () => {
    const findings = lintHouse([
      'house/org.guest, org, role:org.owner-like, assign, allow',
      'house/org.owner-like, org, lamp, switch, allow',
    ]);
    expect(rulesOf(findings)).to.deep.equal(['1: escalation']);
    expect(findings.find(({ rule }) => rule === 'escalation')?.message).to.contain('lamp:switch (org)');
  });

  it('finds a role that may invite with another one which holds more than itself, and counts assign as more than invite', () => {
    const rows = ['house/org.guest, org, role:org.owner-like, invite, allow', 'house/org.owner-like, org, lamp, switch, allow'];
    const [finding] = lintHouse(rows).filter(({ rule }) => rule === 'escalation');
    expect(finding?.message).to.equal('org.guest may invite org.owner-like, which holds what org.guest does not: lamp:switch (org)');
    const assigning = [
      'house/org.guest, org, role:org.owner-like, assign, allow',
      'house/org.owner-like, org, role:org.owner-like, invite, allow',
    ];
    expect(rulesOf(lintHouse(assigning))).to.deep.equal([]);
  });

  it('finds a scope of keys that may assign a role which holds more than the scope', () => {
    const rows = ['scope/read, org, role:org.guest, assign, allow', 'house/org.guest, org, lamp, switch, allow'];
    const [finding] = lintHouse(rows).filter(({ rule }) => rule === 'escalation');
    expect(finding?.message).to.equal('scope/read may assign org.guest, which holds what scope/read does not: lamp:switch (org)');
    expect(rulesOf(lintHouse([...rows, 'scope/read, org, lamp, switch, allow']))).to.deep.equal([]);
  });

  it('finds a kind of organization that speaks of a scope of the platform', async () => {
    const [platform, ...kinds] = await readPolicies(policyDirectory);
    const kind = kinds.find(({ blueprint }) => blueprint?.name === 'teams')!;
    const row = ['scope/policy-store', 'project', 'policy-store', 'read', 'allow'] as const;
    const source = { file: 'policy.csv', line: 999 };
    const wide = { ...kind, rows: [...kind.rows, row], sources: [...kind.sources, source] };
    const scope = { name: 'policy-store', title: 'Mine' };
    const named = { ...kind, blueprint: { ...kind.blueprint!, scopes: [scope] } };
    for (const [changed, message] of [
      [wide, /^scope\/policy-store does not belong into/],
      [named, /^policy-store is a scope of the platform already$/],
    ] as const) {
      const findings = lintPolicies([platform!, changed] as typeof kinds).filter(({ rule }) => rule === 'subject-prefix');
      expect(findings.map(({ message: said }) => said)).to.have.length(1);
      expect(findings[0]!.message).to.match(message);
    }
  });

  it('lets manifests install applications, and give them secrets, in kinds that install some alone', async () => {
    const policies = await readPolicies(policyDirectory);
    const kind = policies.find(({ blueprint }) => blueprint?.name === 'integrations')!;
    const added = [
      ['platform/controller', 'org', 'instance', 'create', 'allow'],
      ['platform/controller', 'project', 'instance', 'delete', 'allow'],
      ['platform/controller', 'org', 'secret', 'reveal', 'allow'],
      ['platform/controller', 'org', 'secret', 'list', 'allow'],
    ] as const;
    const source = { file: 'policy.csv', line: 999 };
    const plain = { ...kind, rows: [...kind.rows, ...added], sources: [...kind.sources, ...added.map(() => source)] };
    const installing = { ...plain, blueprint: { ...kind.blueprint!, instances: { dataOnUninstall: 'keep' } } };
    const found = (changed: object) =>
      lintPolicies([policies[0]!, changed] as typeof policies).filter(({ rule }) => rule === 'subject-prefix').length;
    expect(found(plain)).to.equal(4);
    expect(found(installing)).to.equal(1);
  });

  it('finds a role of the platform that may give another one which holds more than itself', async () => {
    const [platform, ...kinds] = await readPolicies(policyDirectory);
    const giving = platform!.rows.findIndex(([subject, , object]) => subject === 'platform/policy-admin' && object === 'operator');
    const row = ['platform/policy-admin', 'platform', 'role:platform/auditor', 'assign', 'allow'] as const;
    const changed = { ...platform!, rows: [...platform!.rows, row], sources: [...platform!.sources, platform!.sources[giving]!] };
    const found = lintPolicies([changed, ...kinds]).filter(({ rule }) => rule === 'escalation');
    expect(found).to.have.length(1);
    expect(found[0]).to.include({ level: 'error', ...platform!.sources[giving] });
    expect(found[0]!.message).to.match(
      /^platform\/policy-admin may assign platform\/auditor, which holds what platform\/policy-admin does not: .*audit-event:list \(platform\)/,
    );
    // What every caller is would be the widest giver of all.
    const widest = { ...changed, rows: [...platform!.rows, ['platform/user', ...row.slice(1)] as unknown as typeof row] };
    expect(
      lintPolicies([widest, ...kinds])
        .map(({ message }) => message)
        .join(),
    ).to.contain('platform/user may assign platform/auditor');
  });

  it('takes a role that administers access for no escalation, and no other', () => {
    const rows = ['house/org.guest, org, role:org.owner-like, assign, allow', 'house/org.owner-like, org, lamp, switch, allow'];
    const entry = { giver: 'org.guest', gives: ['org.owner-like'], because: 'Guests let caretakers in.', toSelf: 'refused' as const };
    expect(rulesOf(lintHouse(rows, { ...house, accessAdministration: [entry] }))).to.deep.equal([]);
    const another = { ...entry, gives: ['project.painter'] };
    const [groundless, escalation] = lintHouse(rows, { ...house, accessAdministration: [another] });
    expect(groundless).to.deep.include({
      rule: 'escalation',
      level: 'error',
      file: 'blueprints/house/blueprint.yaml',
      path: ['accessAdministration', 0, 'gives', 0],
    });
    expect(groundless!.message).to.contain('org.guest may neither assign project.painter nor invite with it');
    expect(escalation).to.include({ rule: 'escalation', line: 1 });
  });

  it('compares what an assignable role reaches in projects too', () => {
    const rows = ['house/org.guest, org, role:org.owner-like, assign, allow', 'house/org.guest, org, lamp, switch, allow'];
    expect(rulesOf(lintHouse([...rows, 'house/org.owner-like, *, lamp, switch, allow']))).to.deep.equal(['1: escalation']);
    expect(rulesOf(lintHouse([...rows, 'house/org.owner-like, org, lamp, switch, allow']))).to.deep.equal([]);
  });

  it('finds what is granted to no role, with the way to its line', () => {
    const findings = lintHouse(['house/org.guest, org, lamp, switch, allow']);
    expect(findings).to.deep.include({
      rule: 'orphan-permission',
      level: 'warning',
      message: 'key:copy is granted to no role',
      file: 'permissions.yaml',
      path: ['resources', 'key', 'actions', 'copy'],
    });
    expect(findings.map(({ message }) => message)).to.not.include('lamp:switch is granted to no role');
  });

  it('finds a blueprint that redefines a resource type of the platform', () => {
    const resourceTypes = [{ name: 'door', title: 'My doors', actions: { open: ['org' as const] } }];
    expect(rulesOf(lintHouse([], { ...house, resourceTypes }))).to.deep.equal(['undefined: resource-type']);
  });

  it('finds a flag of what is no permission, and lockout for what is asked in projects alone, with the way to its line', () => {
    const flags = {
      sensitive: ['door:open', '*:close', 'role:*:invite', 'door:opn', '*:burn', 'role:*:burn'],
      lockout: ['room:close', 'door:open'],
    };
    const findings = lintPolicies([
      { ...content('platform', ['member/self, org, door, open, allow']), vocabulary: { ...vocabulary, flags } },
    ]);
    const found = findings.filter(({ rule }) => rule === 'flag');
    expect(found.map(({ file, path, level }) => `${level} ${file} ${path?.join('/')}`)).to.deep.equal([
      'error permissions.yaml flags/sensitive/3',
      'error permissions.yaml flags/sensitive/4',
      'error permissions.yaml flags/sensitive/5',
      'error permissions.yaml flags/lockout/0',
    ]);
    const own = lintHouse([], { ...house, flags: { sensitive: ['lamp:switch', 'door:open', 'lamp:burn'] } });
    expect(own.filter(({ rule }) => rule === 'flag')).to.deep.equal([
      {
        rule: 'flag',
        level: 'error',
        file: 'blueprints/house/blueprint.yaml',
        path: ['flags', 'sensitive', 2],
        message: 'lamp:burn is no permission, so nothing is sensitive by it',
      },
    ]);
  });

  for (const row of [
    'house/org.guest, org_1, lamp, switch, allow',
    'role_1, *, lamp, switch, allow',
    'role_1, org_2, lamp, switch, allow',
  ]) {
    it(`refuses the row "${row}" among those of an organization`, () => {
      const findings = lintPolicies([content('platform', []), content('blueprint/house', []), content('org_1', [row])]);
      expect(rulesOf(findings)).to.deep.equal(['1: malformed-row']);
    });
  }

  it('knows the resource types and actions in the rows of an organization', () => {
    const rows = ['role_1, org_1, lamp, switch, allow', 'role_1, org_1, lamp, swich, allow'];
    const findings = lintPolicies([content('platform', []), content('blueprint/house', []), content('org_1', rows)]);
    expect(rulesOf(findings)).to.deep.equal(['2: unknown-action']);
  });
});
