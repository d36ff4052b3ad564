import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { makeAccessPlan } from '../../core/access-plans/making.ts';
import { readPolicies } from '../../core/authorization/review/files.ts';
import { listHeads } from '../../core/authorization/store/revisions.ts';
import { newId, toId, toUuid } from '../../core/base/ids.ts';
import { type Database, openDatabase } from '../../core/database/database.ts';
import { migrate } from '../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../core/policies/policies.ts';
import { policyDirectory } from '../core/authorization/contents.ts';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';
import { uuid } from '../helpers/rows.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('tenet policy plan', function () {
  this.timeout(120_000);
  const user = uuid('user');
  const directory = mkdtempSync(join(tmpdir(), 'tenet-plan-'));
  let url: string;
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (template) => void (await migrate(template)));
    const copy = await createDatabase('schema');
    ({ url, drop } = copy);
    const database = openDatabase(url, { size: 1, onError: () => undefined, role: 'owner' });
    await applyInitialPolicies(database, policyDirectory);
    await database.write('platform', async (db) => {
      await db('users').insert({ id: user, issuer: 'https://idp.example', subject: 'alice' });
      for (const role of ['platform/auditor', 'platform/policy-admin'])
        await db('platform_grants').insert({ user_id: user, role, granted_by: 'test' });
    });
    await database.close();
  });

  after(async () => {
    await drop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The policies that ship with texts of the platform's files replaced. */
  function policiesWith(name: string, edits: readonly (readonly [file: string, from: string, to: string])[]): string {
    const folder = join(directory, name);
    cpSync(policyDirectory, folder, { recursive: true });
    for (const [file, from, to] of edits) {
      const path = join(folder, 'platform', file);
      const text = readFileSync(path, 'utf8');
      expect(text).to.include(from);
      writeFileSync(path, text.replace(from, to));
    }
    return folder;
  }

  const withoutVerify = () =>
    policiesWith('verify', [
      ['policy.csv', 'p, platform/auditor, platform, audit-event, verify, allow\n', ''],
      ['tests.yaml', 'entitlement: [read]\n        audit-event: [list, verify]', 'entitlement: [read]\n        audit-event: [list]'],
    ]);
  const plan = (...args: string[]) =>
    runTenet(['policy', 'plan', ...args], { DATABASE_URL: url, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` });

  it('ends with 0 where the files say what is in force', async () => {
    const { code, stdout, stderr } = await plan(policyDirectory);
    expect(stdout, stderr).to.equal('The files say what is in force.\n');
    expect(code).to.equal(0);
  });

  it('ends with 10 where a person loses something, and says who, what and by which row', async () => {
    const folder = withoutVerify();
    const { code, stdout, stderr } = await plan(folder);
    expect(code).to.equal(10);
    expect(stdout).to.match(
      /^platform: revision 1 -> [0-9a-f]{12}\n0 gains and 1 loss of a permission in a place for 1 person, in 0 organizations$/m,
    );
    expect(stdout).to.match(
      /^LOSS +audit-event:verify +platform +platform\/auditor +grant +1 +0 +unknown +platform\/policy\.csv:\d+ is gone$/m,
    );
    expect(stderr).to.match(/decided again by stock Casbin: 0 differences/);
  });

  it('is the same bytes each time, as JSON and as YAML, and names the subjects', async () => {
    const folder = withoutVerify();
    const [first, second, yaml] = [await plan(folder, '-o', 'json'), await plan(folder, '-o', 'json'), await plan(folder, '-o', 'yaml')];
    expect(second.stdout).to.equal(first.stdout);
    const document = JSON.parse(first.stdout);
    expect(parse(yaml.stdout)).to.deep.equal(document);
    expect(document.detail).to.equal('COMPLETE');
    expect(document.rows.map(({ fold: _, ...row }: { fold: string }) => row)).to.deep.equal([
      { effect: 1, place: 'PLATFORM', subjectType: 'USER', via: ['GRANT'], count: 1, subjects: [{ id: toId('user', user) }] },
    ]);
    expect(document.effects[0].changes[0]).to.deep.include({
      kind: 'LOSS',
      permission: 'audit-event:verify',
      because: ['platform/auditor'],
    });
    expect(document.effects[0].changes[0].before.rule.row).to.deep.equal([
      'platform/auditor',
      'platform',
      'audit-event',
      'verify',
      'allow',
    ]);
    expect(document.effects[0].changes[0].after).to.deep.equal({ decision: false, reason: 'NO_MATCH' });
  });

  it('is a table of Markdown for a pull request', async () => {
    const { code, stdout } = await plan(withoutVerify(), '--format', 'markdown');
    expect(code).to.equal(10);
    expect(stdout).to.match(/^## Access plan\n/);
    expect(stdout).to.match(
      /^\| LOSS \| audit-event:verify \| platform \| platform\/auditor \| grant \| 1 \| 0 \| unknown \| platform\/policy\.csv:\d+ is gone \|$/m,
    );
  });

  it('marks what is switched off, counts it apart and stops at it', async () => {
    const [org_id, project_id] = [uuid('organization'), uuid('project')];
    const database = openDatabase(url, { size: 1, onError: () => undefined });
    await database.write('platform', async (db) => {
      await db('organizations').insert({ id: org_id, slug: 'acme', name: 'Acme', blueprint: 'ai-spaces', top_role: 'org.admin' });
      await db('members').insert({ org_id, user_id: user });
      await db('projects').insert({ org_id, id: project_id, slug: 'space', name: 'Space' });
      const grant = { role: 'project.viewer', source: 'DIRECT', granted_by: 'test' };
      await db('grants').insert({ org_id, id: uuid('grant'), user_id: user, project_id, ...grant });
      await db('restrictions').insert({ org_id, id: uuid('resource'), resource_type: 'model', reason: 'Not approved', created_by: 'test' });
    });
    await database.close();
    const folder = policiesWith('viewers', []);
    const kind = join(folder, 'blueprints/ai-spaces');
    const row = 'p, ai-spaces/project.viewer, project, model, read, allow\n';
    const replace = (file: string, from: string, to: string) =>
      writeFileSync(join(kind, file), readFileSync(join(kind, file), 'utf8').replace(from, to));
    replace('policy.csv', row, `${row}p, ai-spaces/project.viewer, project, model, use, allow\n`);
    replace(
      'tests.yaml',
      'model: [list, read]\n        router: [list, read]\n        tool: [list, read]\n        document',
      'model: [list, read, use]\n        router: [list, read]\n        tool: [list, read]\n        document',
    );
    const { code, stdout, stderr } = await plan(folder, '--format', 'markdown', '--fail-on', 'gain');
    expect(code, stderr).to.equal(20);
    expect(stdout).to.include(
      '**0 gains and 0 losses of a permission in a place, in 0 organizations; 1 gain more once 1 organization switches on again what is off there.**',
    );
    expect(stdout).to.match(
      /^\| GAIN \(switched off\) \| model:use \| project \| ai-spaces\/project\.viewer \| grant \| 1 \| 1 \| {2}\| \S+policy\.csv:\d+ \|$/m,
    );
    expect(stderr).to.include('tenet: stopped by --fail-on gain: 1');
  });

  it('is annotations, code scanning and cases of a test as well, at the rows that make the changes', async () => {
    const folder = withoutVerify();
    const file = join(folder, 'platform/policy.csv');
    const say = '1 subject with platform/auditor loses audit-event:verify';
    const { code, stdout: annotations } = await plan(folder, '--format', 'github');
    expect(code).to.equal(10);
    expect(annotations).to.match(
      new RegExp(
        `^::warning file=[^,]*policy.csv,line=1,title=loss::${say} at platform level; the row, line \\d+ as it was, is gone$`,
        'm',
      ),
    );
    const { runs } = JSON.parse((await plan(folder, '--format', 'sarif')).stdout);
    expect(runs[0].results[0]).to.include({ ruleId: 'loss', level: 'warning' });
    expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).to.contain('platform/policy.csv');
    const { stdout: cases } = await plan(folder, '--format', 'junit');
    expect(cases).to.contain(`name="${say}" file="${file}"`).and.to.contain('failures="0"');
    expect((await plan(folder, '--format', 'github', '-o', 'json')).code).to.equal(2);
  });

  it('has no plan of files whose tests fail, and says which in each form', async () => {
    const folder = policiesWith('failing', [['policy.csv', 'p, platform/auditor, platform, audit-event, verify, allow\n', '']]);
    const { code, stdout, stderr } = await plan(folder, '--format', 'sarif');
    expect(code).to.equal(1);
    expect(stderr).to.include('The policy files must not come into force');
    const { runs } = JSON.parse(stdout);
    expect(runs[0].results[0]).to.include({ ruleId: 'test', level: 'error' });
    expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).to.contain('platform/tests.yaml');
    expect((await plan(folder, '--format', 'junit')).stdout).to.match(/<testsuites[^>]* failures="[1-9]/);
  });

  it('ends with 20 for what --fail-on names, and says how often it is found', async () => {
    const folder = withoutVerify();
    const stopped = await plan(folder, '--fail-on', 'loss,sensitive-gain');
    expect(stopped.code).to.equal(20);
    expect(stopped.stderr).to.match(/^tenet: stopped by --fail-on loss: 1$/m);
    expect(stopped.stderr).not.to.include('sensitive-gain');
    expect((await plan(folder, '--fail-on', 'gain,sensitive-gain,lockout')).code).to.equal(10);
    const wrong = await plan(folder, '--fail-on', 'gain,everything');
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.include('gain, loss, sensitive-gain, lockout');
  });

  it('shows a gain of what is sensitive first, and a loss of what is under lockout as that', async () => {
    const folder = policiesWith('sensitive', [
      ['policy.csv', 'p, platform/policy-admin, platform, operator, add, allow\n', ''],
      [
        'policy.csv',
        'p, platform/policy-admin, platform, policy, read, allow\n',
        'p, platform/policy-admin, platform, policy, read, allow\np, platform/policy-admin, platform, organization, purge, allow\n',
      ],
      [
        'tests.yaml',
        'operator: [list, add, remove]\n        role:platform/policy-admin',
        'operator: [list, remove]\n        organization: [purge]\n        role:platform/policy-admin',
      ],
    ]);
    const { stdout, stderr, code } = await plan(folder, '--fail-on', 'sensitive-gain');
    expect(code, stderr).to.equal(20);
    expect(stdout).to.match(/^1 gain \(1 of them sensitive\) and 1 loss of/m);
    expect(stdout).to.match(/^CHANGE .*\nGAIN \(sensitive\) +organization:purge .*\nLOSS \(lockout\) +operator:add /m);
    expect(stdout).to.match(/^BLOCK lockout: /m);
  });

  it('ends with 20 where a rail blocks it', async () => {
    const folder = policiesWith('undo', [
      ['policy.csv', 'p, platform/policy-admin, platform, policy, activate, allow\n', ''],
      ['tests.yaml', 'policy: [read, plan, propose, activate]', 'policy: [read, plan, propose]'],
    ]);
    const { code, stdout } = await plan(folder);
    expect(stdout).to.match(/^BLOCK undo: /m);
    expect(code).to.equal(20);
  });

  describe('applied by tenet policy apply --plan', () => {
    const apply = (...args: string[]) =>
      runTenet(['policy', 'apply', ...args, '--reason', 'Reviewed'], {
        DATABASE_URL: url,
        TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
      });
    const withOwner = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
      const database = openDatabase(url, { size: 2, onError: () => undefined, role: 'owner' });
      try {
        return await work(database);
      } finally {
        await database.close();
      }
    };
    const revision = () =>
      withOwner((database) => database.read('platform', async (db) => (await listHeads(db, ['platform']))[0]!.revision));
    const anotherAuditor = () =>
      withOwner((database) =>
        database.write('platform', async (db) => {
          const id = uuid('user');
          await db('users').insert({ id, issuer: 'https://idp.example', subject: id });
          await db('platform_grants').insert({ user_id: id, role: 'platform/auditor', granted_by: 'test' });
        }),
      );
    const files = withoutVerify;
    const saved = join(directory, 'plan.json');
    const save = async (folder: string) => writeFileSync(saved, (await plan(folder, '-o', 'json')).stdout);

    it('a file of a plan is refused with 20 for other files, with 21 when it is stale, and applied once', async () => {
      const folder = files();
      await save(folder);
      const other = await apply(policyDirectory, '--plan', saved);
      expect(other.code, other.stderr).to.equal(20);
      expect(other.stderr).to.include('The plan is of another content of platform than the files have.');
      await anotherAuditor();
      const stale = await apply(folder, '--plan', saved);
      expect(stale.code, stale.stderr).to.equal(21);
      expect(stale.stderr).to.include('Who gains or loses is not what the plan says any more in platform.');
      expect(await revision()).to.equal(1);
      await save(folder);
      const done = await apply(folder, '--plan', saved);
      expect(done.code, done.stderr).to.equal(0);
      expect(done.stdout).to.match(/^platform: revision 2 is in force, in place of revision 1 of system:start, /m);
      const again = await apply(folder, '--plan', saved);
      expect(again.code, again.stderr).to.equal(21);
      expect(again.stderr).to.include('Of platform revision 2 is in force, and the plan was made when it was revision 1.');
    });

    it('a stored plan is refused with 20 for other files, with 21 when it is stale, and says what it takes back', async () => {
      const contents = await readPolicies(policyDirectory);
      const made = () =>
        withOwner(async (database) => {
          const id = newId('accessPlan');
          const stored = {
            targets: '[]',
            contents: JSON.stringify(contents),
            created_by: 'test',
            expires_at: new Date(Date.now() + 60_000),
          };
          await database.write('platform', (db) => db('access_plans').insert({ id: toUuid('accessPlan', id), ...stored }));
          await makeAccessPlan(database, id);
          return id;
        });
      const id = await made();
      expect((await apply(files(), '--plan', id)).code).to.equal(20);
      await anotherAuditor();
      expect((await apply('--plan', id)).code).to.equal(21);
      const done = await apply(policyDirectory, '--plan', await made());
      expect(done.code, done.stderr).to.equal(0);
      expect(done.stdout).to.include('it says what revision 1 said, so what came after that is taken back');
      expect((await apply('--plan', 'apl_1')).code).to.equal(2);
    });
  });
});
