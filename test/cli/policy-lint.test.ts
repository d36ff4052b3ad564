import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lint } from '../../cli/policy-lint.ts';
import { test } from '../../cli/policy-test.ts';
import { readChecked } from '../../core/policies/policies.ts';
import { policyDirectory } from '../core/authorization/contents.ts';
import { failure } from '../helpers/failure.ts';

describe('tenet policy', () => {
  let directory: string;
  let lines: string[];
  const out = (line: string) => lines.push(line);

  beforeEach(async () => {
    lines = [];
    directory = await mkdtemp(join(tmpdir(), 'policies-'));
    await cp(policyDirectory, directory, { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(directory, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  it('lint ends with 0 for the policies that ship', async () => {
    expect(await lint(directory, out)).to.equal(0);
    expect(lines).to.deep.equal(['0 errors, 0 warnings']);
  });

  it('lint is a passed case for each file without a finding in JUnit', async () => {
    await edit('platform/policy.csv', (text) => `p, member/slef, org, member, list, allow\n${text}`);
    expect(await lint(directory, out, 'junit')).to.equal(1);
    const xml = lines.join('\n');
    for (const file of ['model.conf', 'permissions.yaml', 'platform/tests.yaml', 'blueprints/teams/blueprint.yaml'])
      expect(xml).to.contain(`name="nothing is wrong" file="${directory}/${file}" line="1"/>`);
    expect(xml).not.to.contain(`name="nothing is wrong" file="${directory}/platform/policy.csv"`);
    expect(xml).to.match(/<testsuites name="tenet policy lint" tests="\d{2}" failures="1">/);
  });

  it('lint prints file and line of an error and ends with 1', async () => {
    await edit('platform/policy.csv', (text) => `p, member/slef, org, member, list, allow\n${text}`);
    expect(await lint(directory, out)).to.equal(1);
    expect(lines[0]).to.equal(
      `${directory}/platform/policy.csv:1: error: member/slef is no role, state or scope that is declared, did you mean "member/self"? (unknown-role)`,
    );
  });

  it('lint prints the line in a YAML file too, and ends with 0 for a warning', async () => {
    await edit('permissions.yaml', (text) =>
      text.replace('  audit-event:', '  window:\n    title: Windows\n    actions:\n      open: [org]\n  audit-event:'),
    );
    expect(await lint(directory, out)).to.equal(0);
    const line = (await readFile(join(directory, 'permissions.yaml'), 'utf8')).split('\n').indexOf('      open: [org]') + 1;
    expect(lines[0]).to.equal(`${directory}/permissions.yaml:${line}: warning: window:open is granted to no role (orphan-permission)`);
  });

  it('lint ends with 1 for a directory that holds no policies', async () => {
    expect(await lint(join(directory, 'blueprints'), out)).to.equal(1);
    expect(lines).to.have.length.greaterThan(1);
  });

  it('lint, test and what puts policies into force refuse a blueprint without its tests, each with the path from here', async () => {
    const file = join(directory, 'blueprints/integrations/tests.yaml');
    await rm(file);
    const sentence = `${file}:1: error: this file must hold a matrix of what each role is allowed; write one, so that no permission arrives unnoticed (missing-matrix)`;
    expect(await lint(directory, out)).to.equal(1);
    expect(await test(directory, out)).to.equal(1);
    expect(lines).to.deep.equal([sentence, '1 error, 0 warnings', sentence]);
    expect((await failure(readChecked(directory))).message).to.equal(sentence);
  });

  it('test ends with 0 for the policies that ship', async () => {
    expect(await test(directory, out)).to.equal(0);
    expect(lines[0]).to.match(/^\d{3,} passed, 0 failed$/);
  });

  it('test runs what a filter chooses, and ends with 3 where it chooses nothing', async () => {
    expect(await test(directory, out, 'table', { filter: ['integrations: ORG.manager', 'connection:delete'] })).to.equal(0);
    expect(Number(lines[0]!.split(' ')[0])).to.be.within(1, 5);
    expect(await test(directory, out, 'table', { filter: ['no such test'] })).to.equal(3);
  });

  it('test says which rows decide no test and which answers no test expects, and ends with 4 below the least share', async () => {
    expect(await test(directory, out, 'json', { coverage: true, min: 90 })).to.equal(0);
    const whole = JSON.parse(lines.join('\n')).coverage.find(({ scope }: { scope: string }) => scope === 'blueprint.integrations');
    expect(whole.untestedRows).to.deep.equal([]);
    expect(whole.cells.tested).to.equal(whole.cells.all);
    await edit('blueprints/integrations/tests.yaml', (text) =>
      text.replace(/^matrix:\n[\s\S]*?^cases:/m, 'matrix:\n  - level: org\n    roles:\n      project.member: {}\ncases:'),
    );
    lines.length = 0;
    expect(await test(directory, out, 'table', { filter: ['project.member'], min: 90 })).to.equal(4);
    const text = lines.join('\n');
    expect(text).to.match(/^ {2}\S+\/blueprints\/integrations\/policy\.csv:\d+: no test is decided by integrations\/org\.admin, /m);
    expect(text).to.contain(`  ${directory}/blueprints/`);
    expect(text).to.contain('  no test asks integrations/org.admin ');
  });

  it('test writes for readers of LCOV how often each row decided; every row that ships decides a test', async () => {
    const file = join(tmpdir(), `lcov-${process.pid}.info`);
    try {
      expect(await test('policies', out, 'table', { min: 100, lcov: file })).to.equal(0);
      const records = (await readFile(file, 'utf8')).split('end_of_record\n').filter(Boolean);
      const platform = records.find((record) => record.includes('SF:policies/platform/policy.csv\n'))!.split('\n');
      const rows = (await readFile('policies/platform/policy.csv', 'utf8')).split('\n');
      const counted = platform.filter((line) => line.startsWith('DA:')).map((line) => line.slice(3).split(',').map(Number));
      expect(counted.map(([line]) => line)).to.deep.equal(rows.flatMap((row, index) => (row.startsWith('p, ') ? [index + 1] : [])));
      for (const [line, count] of counted) expect(count, `policies/platform/policy.csv:${line}`).to.be.greaterThan(0);
      expect(platform).to.include.members([`LF:${counted.length}`, `LH:${counted.length}`]);
      // Without the cases, rows of the platform decide nothing: the file says so.
      const tests = join(directory, 'platform/tests.yaml');
      const text = await readFile(tests, 'utf8');
      await writeFile(tests, text.replace(/^cases:\n[\s\S]*?^invariants:/m, 'cases: []\ninvariants:'));
      await test(directory, out, 'table', { lcov: file });
      expect(await readFile(file, 'utf8')).to.match(/^DA:\d+,0$/m);
    } finally {
      await rm(file, { force: true });
    }
    expect((await failure(test('policies', out, 'table', { lcov: 'nowhere/x.info' }))).message).to.match(
      /^--lcov nowhere\/x\.info cannot be written \(.*\): name a file in a folder that is there\.$/,
    );
  });

  it('test names what failed and which row decided, and ends with 1', async () => {
    await edit('blueprints/integrations/policy.csv', (text) => `p, integrations/org.manager, org, connection, delete, allow\n${text}`);
    expect(await test(directory, out)).to.equal(1);
    expect(lines[0])
      .to.contain('org.manager connection:delete at org level -> deny')
      .and.contain('blueprints/integrations/policy.csv:1 decided allow');
  });

  it('test plays no scenarios where another test fails, and names that one although the filter leaves it out', async () => {
    await edit('blueprints/integrations/policy.csv', (text) => `p, integrations/org.manager, org, connection, delete, allow\n${text}`);
    expect(await test(directory, out, 'table', { scenarios: true, filter: ['last holder'] })).to.equal(1);
    expect(lines[0]).to.match(/blueprints\/integrations\/tests\.yaml:\d+: failed: blueprint\.integrations: org\.manager connection:delete/);
  });

  it('test, lint and apply name the line of the test that failed', async () => {
    const lineIn = async (text: string) =>
      (await readFile(join(directory, 'blueprints/integrations/tests.yaml'), 'utf8')).split('\n').findIndex((line) => line.includes(text)) +
      1;
    await edit('blueprints/integrations/tests.yaml', (text) =>
      text.replace(
        /^cases:\n/m,
        '$&  - { name: a member gives roles, roles: [org.member], level: org, ask: "role:org.admin:assign", expect: allow }\n',
      ),
    );
    const place = `${directory}/blueprints/integrations/tests.yaml:${await lineIn('a member gives roles')}`;
    expect(await test(directory, out)).to.equal(1);
    expect(lines[0]).to.contain(`${place}: failed: blueprint.integrations: a member gives roles`);
    expect((await failure(readChecked(directory))).message).to.contain(`${place}: error: test failed: `);
    lines.length = 0;
    await edit('blueprints/integrations/tests.yaml', (text) =>
      text.replace('roles: [org.member], level: org, ask: "role', 'roles: [org.membre], level: org, ask: "role'),
    );
    expect(await test(directory, out)).to.equal(1);
    expect(lines[0]).to.contain(place).and.contain('did you mean');
  });

  it('lint finds rows that can never match, because the role is held in projects and the row is about the organization', async () => {
    const before = (await readFile(join(directory, 'blueprints/integrations/policy.csv'), 'utf8')).split('\n').length;
    await edit(
      'blueprints/integrations/policy.csv',
      (text) =>
        `${text}p, integrations/project.member, org, connection, create, allow\np, integrations/project.member, *, member, remove, allow\n`,
    );
    await lint(directory, out);
    const dead = lines.filter((line) => line.includes('(dead-row)'));
    expect(dead).to.have.length(2);
    expect(dead[0]).to.contain(
      `policy.csv:${before}: warning: integrations/project.member is held in projects, where a row about org never matches`,
    );
    expect(dead[1]).to.contain('member:remove cannot be asked in projects, where alone integrations/project.member is held');
  });
});
