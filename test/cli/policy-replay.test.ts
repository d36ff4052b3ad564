import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { expect } from 'chai';
import { policyDirectory } from '../core/authorization/contents.ts';
import { foundOrganization, join, signIn } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy replay', function () {
  this.timeout(180_000);
  const directory = mkdtempSync(pathOf(tmpdir(), 'tenet-replay-'));
  let tenet: TestTenet;
  let managerId: string;
  let organizationId: string;
  /** Managers see no projects any more. */
  let folder: string;

  before(async () => {
    tenet = await startTenet({ TENET_DECISION_LOG_SHARE: '1' });
    const owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    const manager = await join(tenet, { organizationId }, 'manager@example.com', 'org.manager');
    managerId = manager.id;
    for (let times = 0; times < 3; times++)
      await manager.client.GET('/v1/organizations/{organizationId}/projects', { params: { path: { organizationId } } });
    await tenet.decisionLog!.flush();
    folder = pathOf(directory, 'policies');
    cpSync(policyDirectory, folder, { recursive: true });
    edit('policy.csv', /^p, integrations\/org\.manager, \S+, project, list, allow\n/m, '');
    edit('tests.yaml', /project: \[create, list\]/, 'project: [create]');
  });
  after(async () => {
    await tenet?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function edit(file: string, from: RegExp, to: string): void {
    const path = pathOf(folder, 'blueprints', 'integrations', file);
    const text = readFileSync(path, 'utf8');
    expect(text).to.match(from);
    writeFileSync(path, text.replace(from, to));
  }
  const run = (...args: string[]) =>
    runTenet(['policy', ...args], {
      DATABASE_URL: tenet.databaseUrl,
      TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    });

  it('ends with 0 where nothing comes out the other way', async () => {
    const { code, stdout, stderr } = await run('replay', policyDirectory);
    expect(stdout, stderr).to.match(
      /^Replay of 7 days: \d+ recorded decisions \(\d+ distinct.*\) -> 0 flip allow->deny, 0 flip deny->allow\n$/,
    );
    expect(stderr).to.match(/cases confirmed by stock Casbin, 0 faults/);
    expect(code, stderr).to.equal(0);
  });

  it('ends with 10 where something does, and says what, whose and by which row', async () => {
    const { code, stdout, stderr } = await run('replay', folder, '--names', 'all');
    expect(code, stderr).to.equal(10);
    expect(stdout).to.match(
      /^LOSS +project:list +org +member\/self \+ integrations\/org\.manager +3 +1 +1 +\S+Z +blueprints\/integrations\/policy\.csv:\d+ is gone$/m,
    );
    expect(stdout).to.include(
      `3 flip allow->deny (manager@example.com (${managerId}) project:list, last used ${new Date().toISOString().slice(0, 4)}`,
    );
  });

  it('says the same as JSON, for a pull request and as annotations', async () => {
    const { flips, totals, candidates } = JSON.parse((await run('replay', folder, '--format', 'json')).stdout);
    expect(totals).to.include({ losses: 3, gains: 0, groups: 1 });
    expect(candidates.map(({ scope }: { scope: string }) => scope)).to.deep.equal(['blueprint.integrations']);
    expect(flips[0].users[0]).to.include({ subject: managerId, organizationId, decisions: 3 });
    const markdown = (await run('replay', folder, '--scope', 'blueprint.integrations', '--format', 'markdown')).stdout;
    expect(markdown).to.match(/^### `tenet policy replay`\n\nReplay of 7 days: /);
    expect(markdown).to.include('LOSS project:list at org level');
    expect(markdown).to.include('in acme').and.not.to.include('manager@');
    const github = (await run('replay', folder, '--format', 'github')).stdout;
    const file = `${folder}/blueprints/integrations/policy.csv`;
    expect(github)
      .to.match(/^::warning file=\S+\/blueprints\/integrations\/policy\.csv,line=1,title=replay::3 decisions of 1 subject/m)
      .and.to.include(file);
    const [{ results, tool }] = JSON.parse((await run('replay', folder, '--format', 'sarif')).stdout).runs;
    expect(results[0].ruleId).to.equal('replay');
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).to.include(file);
    expect(tool.driver.rules[0].shortDescription.text).to.include('a recorded decision comes out the other way');
    const junit = (await run('replay', folder, '--format', 'junit')).stdout;
    expect(junit).to.include(` file="${file}" line="1"`);
  });

  it('takes a stored revision, and refuses what names none', async () => {
    expect((await run('replay', '--revision', 'blueprint.integrations@1')).code).to.equal(0);
    expect((await run('replay', '--revision', '1', '--scope', 'platform', '--since', '12h')).code).to.equal(0);
    const missing = await run('replay', '--revision', 'blueprint.integrations@77');
    expect(missing.stderr).to.match(/blueprint\.integrations@77 is not stored: the newest revision of blueprint\.integrations is \d+\./);
    for (const wrong of [
      ['--revision', '1'],
      ['--revision', 'blueprint.integrations@77'],
      ['--since', '7 weeks'],
      ['--scope', 'nothing'],
      [folder, '--revision', 'platform@1'],
    ])
      expect((await run('replay', ...wrong)).code, wrong.join(' ')).to.equal(2);
  });

  it('is a line in the plan of a pull request', async () => {
    const { stdout, stderr } = await run('plan', folder, '--format', 'markdown');
    expect(stdout, stderr).to.match(/^Replay of 7 days: .* -> 3 flip allow->deny/m);
  });
});
