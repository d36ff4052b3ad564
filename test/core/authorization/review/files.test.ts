import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digest } from '../../../../core/authorization/policy/content.ts';
import { PolicyError, readPolicies } from '../../../../core/authorization/review/files.ts';
import { content, policyDirectory } from '../contents.ts';

describe('policy files', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'policies-'));
    await cp(policyDirectory, directory, { recursive: true });
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function findings(): Promise<string[]> {
    try {
      await readPolicies(directory);
    } catch (error) {
      if (error instanceof PolicyError) return error.findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
      throw error;
    }
    return [];
  }

  async function edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(directory, file);
    await writeFile(path, change(await readFile(path, 'utf8')));
  }

  it('are read with the platform first, and each row keeps its file and line', async () => {
    const [platform, ...blueprints] = await readPolicies(directory);
    expect(platform?.scope).to.equal('platform');
    expect(blueprints.map(({ scope }) => scope)).to.include('blueprint/integrations');
    const lines = (await readFile(join(directory, 'platform/policy.csv'), 'utf8')).split('\n');
    for (const [position, row] of platform!.rows.entries()) {
      const { file, line } = platform!.sources[position]!;
      expect(file).to.equal('platform/policy.csv');
      expect(lines[line - 1]).to.equal(`p, ${row.join(', ')}`);
    }
  });

  const faults: [title: string, file: string, change: (text: string) => string, expected: string][] = [
    [
      'a row of four fields',
      'platform/policy.csv',
      (text) => `p, member/self, org, member\n${text}`,
      'platform/policy.csv:1 malformed-row',
    ],
    [
      'quotes',
      'platform/policy.csv',
      (text) => `p, "member/self", org, member, list, allow\n${text}`,
      'platform/policy.csv:1 malformed-row',
    ],
    [
      'a comment behind a row',
      'platform/policy.csv',
      (text) => `p, member/self, org, member, list, allow # x\n${text}`,
      'platform/policy.csv:1 malformed-row',
    ],
    [
      'a pattern',
      'platform/policy.csv',
      (text) => `\np, member/self, org, mem*, list, allow\n${text}`,
      'platform/policy.csv:2 malformed-row',
    ],
    ['* as a subject', 'platform/policy.csv', (text) => `p, *, org, member, list, allow\n${text}`, 'platform/policy.csv:1 malformed-row'],
    [
      'a misspelt effect',
      'platform/policy.csv',
      (text) => `p, state/suspended, *, *, *, Deny\n${text}`,
      'platform/policy.csv:1 malformed-row',
    ],
    ['an unknown key', 'permissions.yaml', (text) => `colour: red\n${text}`, 'permissions.yaml:1 unknown-key'],
    [
      'an unknown key deeper down',
      'blueprints/integrations/blueprint.yaml',
      (text) => text.replace('owner: exactly-one', 'owner: exactly-one\nownr: x'),
      ':OWNER unknown-key',
    ],
    ['a key that occurs twice', 'permissions.yaml', (text) => `resources: {}\n${text}`, ':SECOND yaml-syntax'],
    [
      'an alias',
      'permissions.yaml',
      (text) => text.replace('create: [platform]', 'create: &x [platform]\n      copy: *x'),
      ':ALIAS yaml-syntax',
    ],
    [
      'a level that does not exist',
      'permissions.yaml',
      (text) =>
        `${text.split('\n').slice(0, 3).join('\n')}\nresources:\n  user:\n    title: x\n    actions:\n      read: [planet]\nroles: {}\nstates: {}\n`,
      'permissions.yaml:8 yaml-value',
    ],
    [
      'a flag that does not exist',
      'permissions.yaml',
      (text) => text.replace('  lockout:', '  loud:\n    - grant:create\n  lockout:'),
      ':FLAG unknown-key',
    ],
    [
      'what has a flag and is not written as a permission',
      'permissions.yaml',
      (text) => text.replace('- "*:delete"', '- "*:*"'),
      ':ALL yaml-value',
    ],
    [
      'a top role that is not listed',
      'blueprints/integrations/blueprint.yaml',
      (text) => text.replace('topRole: org.admin', 'topRole: org.king'),
      ':TOP yaml-value',
    ],
    ...['platform', 'member', 'state', 'scope', 'role'].map((name): [string, string, (text: string) => string, string] => [
      `the blueprint name ${name}, which stands in rows for something else`,
      'blueprints/integrations/blueprint.yaml',
      (text) => text.replace('name: integrations', `name: ${name}`),
      ':NAME yaml-value',
    ]),
    [
      'a role without a level in its id',
      'blueprints/integrations/blueprint.yaml',
      (text) => text.replace('id: org.manager', 'id: manager'),
      ':ROLE yaml-value',
    ],
    [
      'a role whose id begins with another level than its own',
      'blueprints/integrations/blueprint.yaml',
      (text) => text.replace('id: org.manager', 'id: project.manager'),
      ':ROLE yaml-value',
    ],
    [
      'a model that could be read in two ways',
      'model.conf',
      (text) => text.replace('p.dom == r.dom', 'p.dmo == r.dom'),
      ':MATCHER model-matcher',
    ],
  ];
  for (const [title, file, change, expected] of faults) {
    it(`are refused for ${title}, with the line`, async () => {
      await edit(file, change);
      const changed = (await readFile(join(directory, file), 'utf8')).split('\n');
      const marks: Record<string, (line: string) => boolean> = {
        OWNER: (line) => line.startsWith('ownr'),
        SECOND: (line) => line === 'resources:',
        FLAG: (line) => line.includes('loud'),
        ALL: (line) => line.includes('*:*'),
        ALIAS: (line) => line.includes('*x'),
        NAME: (line) => line.startsWith('name:'),
        ROLE: (line) => /id: (project\.)?manager/.test(line),
        TOP: (line) => line.startsWith('topRole'),
        MATCHER: (line) => line.startsWith('m ='),
      };
      const mark = /:([A-Z]+) /.exec(expected)?.[1];
      const place = mark === undefined ? expected : `${file}:${changed.findIndex(marks[mark]!) + 1} ${expected.split(' ')[1]}`;
      expect(await findings()).to.include(place);
    });
  }

  it('are refused when one of them is missing', async () => {
    await rm(join(directory, 'blueprints/integrations/policy.csv'));
    await rm(join(directory, 'permissions.yaml'));
    expect(await findings()).to.have.members(['permissions.yaml:1 missing-file', 'blueprints/integrations/policy.csv:1 missing-file']);
  });

  for (const [title, put] of Object.entries({
    'a directory': (file: string) => mkdir(file),
    'a pipe': async (file: string) => execFileSync('mkfifo', [file]),
  })) {
    it(`are refused where one of them is ${title}`, async () => {
      const file = join(directory, 'blueprints/integrations/policy.csv');
      await rm(file);
      await put(file);
      expect(await findings()).to.deep.equal(['blueprints/integrations/policy.csv:1 missing-file']);
    });
  }

  const withoutMatrix: Record<string, (file: string) => Promise<void>> = {
    'is missing': (file) => rm(join(directory, file)),
    'is empty': (file) => edit(file, () => ''),
    'has no matrix': (file) => edit(file, () => 'cases: []\n'),
    'has a matrix without roles': (file) => edit(file, () => 'matrix: [{ level: org, roles: {} }]\n'),
  };
  for (const [title, spoil] of Object.entries(withoutMatrix)) {
    it(`are refused when tests.yaml ${title}, of the platform as of a blueprint`, async () => {
      await spoil('platform/tests.yaml');
      await spoil('blueprints/integrations/tests.yaml');
      expect(await findings()).to.deep.equal([
        'platform/tests.yaml:1 missing-matrix',
        'blueprints/integrations/tests.yaml:1 missing-matrix',
      ]);
    });
  }

  it('have one finding for a tests.yaml that cannot be read', async () => {
    await edit('platform/tests.yaml', (text) => `colour: red\n${text}`);
    expect(await findings()).to.deep.equal(['platform/tests.yaml:1 unknown-key']);
  });

  it('are refused when a blueprint is called differently from its folder', async () => {
    await edit('blueprints/integrations/blueprint.yaml', (text) => text.replace('name: integrations', 'name: other'));
    expect(await findings()).to.deep.equal(['blueprints/integrations/blueprint.yaml:1 blueprint-name']);
  });

  it('tell all that is wrong at once', async () => {
    await edit('platform/policy.csv', (text) => `p, a\np, b\n${text}`);
    await edit('permissions.yaml', (text) => `colour: red\n${text}`);
    expect(await findings()).to.have.length(3);
  });

  it('have a digest that does not depend on the order of keys, and does on everything else', () => {
    const one = content('platform', ['member/self, org, door, open, allow']);
    const { rows, ...rest } = one;
    expect(digest({ rows, ...rest }))
      .to.equal(digest(one))
      .and.match(/^[0-9a-f]{64}$/);
    expect(digest(JSON.parse(JSON.stringify(one)))).to.equal(digest(one));
    expect(digest({ ...one, model: `${one.model}\n` })).to.not.equal(digest(one));
    expect(digest({ ...one, sources: [{ file: 'x', line: 9 }] })).to.not.equal(digest(one));
  });
});
