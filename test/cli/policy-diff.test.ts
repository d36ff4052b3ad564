import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { diff } from '../../cli/policy-diff.ts';
import { policyDirectory } from '../core/authorization/contents.ts';
import { failure } from '../helpers/failure.ts';
import { startTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy diff', () => {
  let checkout: string;
  let before: string;
  let lines: string[];
  const out = (line: string) => lines.push(line);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', checkout, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], { stdio: 'pipe' });

  beforeEach(async () => {
    lines = [];
    before = process.cwd();
    checkout = await mkdtemp(join(tmpdir(), 'diff-'));
    await cp(policyDirectory, join(checkout, 'policies'), { recursive: true });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'first');
    const file = join(checkout, 'policies/blueprints/integrations/policy.csv');
    const text = await readFile(file, 'utf8');
    await writeFile(file, `p, integrations/org.manager, org, connection, delete, allow\n${text}`);
    process.chdir(checkout);
  });

  afterEach(async () => {
    process.chdir(before);
    await rm(checkout, { recursive: true });
  });

  it('compares the files with a revision of Git and ends with 10 where they mean something else', async () => {
    expect(await diff('git:HEAD', 'policies', 'policies', out)).to.equal(10);
    expect(lines).to.deep.equal([
      'blueprint.integrations: integrations/org.manager: more',
      '  gains connection:delete at org level, before nothing, after allow by policies/blueprints/integrations/policy.csv:1',
      'policies against git:HEAD: blueprint.integrations more',
    ]);
  });

  it('ends with 0 for two revisions that mean the same', async () => {
    git('mv', 'policies', 'rules');
    git('commit', '-qam', 'moved, and one row more');
    git('commit', '-q', '--allow-empty', '-m', 'nothing');
    expect(await diff('git:HEAD~1:rules', 'git:HEAD:rules', 'policies', out)).to.equal(0);
    expect(lines).to.deep.equal(['git:HEAD~1:rules and git:HEAD:rules mean the same.']);
    expect(await diff('git:HEAD~2', 'git:HEAD:rules', 'policies', out)).to.equal(10);
  });

  it('is annotations and a table for a pull request', async () => {
    await diff('git:HEAD', 'policies', 'policies', out, 'github');
    expect(lines[0]).to.match(
      /^::warning file=policies\/blueprints\/integrations\/policy\.csv,line=1,title=gain::integrations\/org\.manager gains connection:delete at org level: before nothing, after allow/,
    );
    lines.length = 0;
    await diff('git:HEAD', 'policies', 'policies', out, 'markdown');
    expect(lines.join('\n')).to.contain('integrations/org.manager (more) gains connection:delete at org level');
  });

  it('says of a row that is gone which revision had it, and marks the file', async () => {
    await diff('policies', 'git:HEAD', 'policies', out, 'github');
    expect(lines[0]).to.match(/^::warning file=policies\/blueprints\/integrations\/policy\.csv,line=1,title=loss::/);
    expect(lines[0]).to.match(/loses connection:delete at org level: before allow by policies\/[^ ]+:1, after nothing$/);
    expect((await failure(diff('blueprint.teams@1', 'blueprint.integrations@1', 'policies', out))).message).to.contain('two scopes');
    expect((await failure(diff('git:nothing', 'policies', 'policies', out))).message).to.equal(
      'This Git repository has no revision nothing.',
    );
  });

  it('refuses what names no policy, in a sentence', async () => {
    for (const name of ['nowhere', 'git:', 'git:--output=x', 'git:HEAD:nowhere', 'git:nothing', 'blueprint.teams@0'])
      expect((await failure(diff(name, 'policies', 'policies', out))).name, name).to.equal('UsageError');
  });
});

describe('tenet policy diff of revisions', () => {
  it('names the one that is not stored, or its scope', async () => {
    const tenet = await startTenet();
    const compare = (name: string) =>
      runTenet(['policy', 'diff', name, name], {
        DATABASE_URL: tenet.databaseUrl,
        TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      });
    try {
      const [stored, later, nowhere] = [await compare('platform@1'), await compare('platform@9'), await compare('blueprint.nowhere@1')];
      expect(stored.code, stored.stderr).to.equal(0);
      expect(later.code).to.equal(2);
      expect(later.stderr).to.contain('platform@9 is not stored: the newest revision of platform is 1.');
      expect(nowhere.code).to.equal(2);
      expect(nowhere.stderr).to.contain('There is no scope blueprint.nowhere; there are blueprint.ai-spaces,').and.contain('platform.');
    } finally {
      await tenet.stop();
    }
  }).timeout(60_000);
});
