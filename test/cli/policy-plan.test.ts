import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { toId } from '../../core/base/ids.ts';
import { openDatabase } from '../../core/database/database.ts';
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
      /^platform: revision 1 -> [0-9a-f]{12}\n0 gains and 1 losses of a permission in a place for 1 people, in 0 organizations$/m,
    );
    expect(stdout).to.match(/^LOSS +audit-event:verify +platform +platform\/auditor +grant +1 +0 +platform\/policy\.csv:\d+ is gone$/m);
    expect(stderr).to.match(/decided again by stock Casbin: 0 differences/);
  });

  it('is the same bytes each time, as JSON and as YAML, and names the subjects', async () => {
    const folder = withoutVerify();
    const [first, second, yaml] = [await plan(folder, '-o', 'json'), await plan(folder, '-o', 'json'), await plan(folder, '-o', 'yaml')];
    expect(second.stdout).to.equal(first.stdout);
    const document = JSON.parse(first.stdout);
    expect(parse(yaml.stdout)).to.deep.equal(document);
    expect(document.detail).to.equal('COMPLETE');
    expect(document.rows).to.deep.equal([
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
      /^\| LOSS \| audit-event:verify \| platform \| platform\/auditor \| grant \| 1 \| 0 \| platform\/policy\.csv:\d+ is gone \|$/m,
    );
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
    expect(stdout).to.match(/^1 gains \(1 of them sensitive\) and 1 losses/m);
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
});
