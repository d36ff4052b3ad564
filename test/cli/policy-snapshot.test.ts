import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { PlanDocument } from '../../core/access-plans/document.ts';
import { openDatabase } from '../../core/database/database.ts';
import { migrate } from '../../core/database/migrate.ts';
import { applyInitialPolicies } from '../../core/policies/policies.ts';
import { createPseudonyms } from '../../core/policy-snapshots/pseudonyms.ts';
import { policyDirectory } from '../core/authorization/contents.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';
import { uuid } from '../helpers/rows.ts';
import { runTenet, spawnTenet } from '../helpers/tenet-process.ts';

const key = Buffer.alloc(32, 5);

/** What a command has left, besides the cache of the loader that runs it from the sources. */
const leftIn = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('tsx-'));

describe('tenet policy snapshot', function () {
  this.timeout(300_000);
  const user = uuid('user');
  const organization = uuid('organization');
  // Where the commands put what is temporary, so that what they leave is seen.
  const directory = mkdtempSync(join(tmpdir(), 'tenet-snapshot-'));
  const keyFile = join(directory, 'key');
  const whole = join(directory, 'whole.gz');
  const changed = join(directory, 'policies');
  let url: string;
  let drop: () => Promise<void>;

  before(async () => {
    await templateDatabase('schema', async (template) => void (await migrate(template)));
    ({ url, drop } = await createDatabase('schema'));
    const database = openDatabase(url, { size: 1, onError: () => undefined, role: 'owner' });
    await applyInitialPolicies(database, policyDirectory);
    await database.write('platform', async (db) => {
      await db('users').insert({ id: user, issuer: 'https://idp.example', subject: 'alice', email: 'alice@example.com' });
      for (const role of ['platform/auditor', 'platform/policy-admin'])
        await db('platform_grants').insert({ user_id: user, role, granted_by: 'test' });
      await db('organizations').insert({ id: organization, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' });
      await db('members').insert({ org_id: organization, user_id: user });
      await db('grants').insert({
        ...{ org_id: organization, id: uuid('grant'), user_id: user, role: 'org.admin', source: 'DIRECT', granted_by: 'test' },
      });
    });
    await database.close();
    writeFileSync(keyFile, `${key.toString('base64')}\n`, { mode: 0o600 });
    cpSync(policyDirectory, changed, { recursive: true });
    const file = join(changed, 'platform/policy.csv');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('platform/auditor, platform, audit-event, verify,', 'platform/auditor, platform, user, suspend,'),
    );
    const tests = join(changed, 'platform/tests.yaml');
    writeFileSync(
      tests,
      readFileSync(tests, 'utf8').replace(
        'user: [list, read]\n        operator: [list]\n        support: [list]\n        entitlement: [read]\n        audit-event: [list, verify]',
        'user: [list, read, suspend]\n        operator: [list]\n        support: [list]\n        entitlement: [read]\n        audit-event: [list]',
      ),
    );
  });

  after(async () => {
    await drop();
    rmSync(directory, { recursive: true, force: true });
  });

  const withDatabase = (...args: string[]) =>
    runTenet(args, { DATABASE_URL: url, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` });
  const temporary = (name: string): string => {
    const folder = join(directory, name);
    mkdirSync(folder, { mode: 0o755 });
    return folder;
  };

  it('writes a file that only its owner reads, whose plan is that of the database, without a database', async () => {
    const made = await withDatabase('policy', 'snapshot', '--out', whole, '--pseudonym-key-file', keyFile);
    const pseudonyms = createPseudonyms(key);
    expect(made.stdout, made.stderr).to.include(`pseudonyms of the key ${pseudonyms.keyId}`);
    expect(statSync(whole).mode & 0o777).to.equal(0o600);
    expect(readdirSync(directory).filter((name) => name.endsWith('.part'))).to.deep.equal([]);

    const live = await withDatabase('policy', 'plan', changed, '-o', 'json');
    const tmp = temporary('plan');
    const planned = await runTenet(['policy', 'plan', changed, '--against', whole, '-o', 'json'], { TMPDIR: tmp });
    expect(planned.code, planned.stderr).to.equal(10);
    expect(live.code).to.equal(10);
    // A hash of ids is another one for their pseudonyms.
    const shown = (text: string): object => {
      const { digest: _, verification: __, rows, ...plan } = JSON.parse(text) as PlanDocument;
      return { ...plan, rows: rows.map((row) => ({ ...row, fold: undefined })) };
    };
    expect(shown(planned.stdout)).to.deep.equal(shown(pseudonyms.text(live.stdout)));
    // The auditor is a policy administrator too.
    const { rails } = JSON.parse(planned.stdout) as PlanDocument;
    const separation = rails.filter(({ id }) => id === 'separation-of-duties').map(({ status, detail }) => `${status} ${detail}`);
    expect(separation.join()).to.match(
      /^WARN 1 person would come to have both policy:activate and user:suspend on the platform, and not now\. /,
    );
    const { dataAt } = JSON.parse(gunzipSync(readFileSync(whole)).toString().split('\n')[0]!) as { dataAt: string };
    expect(planned.stderr)
      .to.include(`As of ${dataAt}. `)
      .and.to.match(/^Starting a temporary PostgreSQL\.$/m);
    expect(leftIn(tmp)).to.deep.equal([]);
  });

  it('prints the same table as for the database, with pseudonyms in the place of ids and names', async () => {
    const [live, planned] = [
      await withDatabase('policy', 'plan', changed, '--names', 'none'),
      await runTenet(['policy', 'plan', changed, '--against', whole]),
    ];
    expect([live.code, planned.code]).to.deep.equal([10, 10]);
    const lines = (text: string): string[] => text.split('\n').filter((line) => !line.startsWith('digest '));
    expect(lines(planned.stdout), planned.stderr).to.deep.equal(lines(createPseudonyms(key).text(live.stdout)));
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const tmp = temporary('interrupted');
    const running = spawnTenet(['policy', 'plan', changed, '--against', whole], { TMPDIR: tmp });
    await eventually(() => expect(running.said()).to.include('Loading'), 60_000);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    expect(code, stderr).to.equal(130);
    expect(stderr).to.include('SIGINT: removing the temporary PostgreSQL');
    expect(leftIn(tmp)).to.deep.equal([]);
  });

  it('refuses a key that others can read, and one that is none', async () => {
    const open = join(directory, 'open');
    writeFileSync(open, key.toString('base64'), { mode: 0o644 });
    const short = join(directory, 'short');
    writeFileSync(short, 'c2hvcnQ=', { mode: 0o600 });
    for (const [file, said] of [
      [open, 'can be opened by others'],
      [short, 'must hold 32 bytes in base64'],
      [join(directory, 'none'), 'cannot be read'],
    ] as const) {
      const out = join(directory, 'refused.gz');
      const { code, stderr } = await withDatabase('policy', 'snapshot', '--out', out, '--pseudonym-key-file', file);
      expect(stderr)
        .to.match(/^tenet: [^\n]+\n$/)
        .and.to.include(said);
      expect(code).to.equal(1);
      expect(existsSync(out)).to.equal(false);
    }
  });

  it('says in one sentence what is wrong with a file that is no snapshot, and starts nothing for it', async () => {
    const text = gunzipSync(readFileSync(whole)).toString();
    const [header = ''] = text.split('\n');
    const files: Record<string, [Buffer, RegExp]> = {
      'not gzip': [Buffer.from(text), /is not what gzip writes/],
      'another version': [gzipSync(`${header.replace('"version":2', '"version":3')}\n`), /has version 3 of the form/],
      bomb: [gzipSync(Buffer.alloc(200_000_000)), /has a line of more than/],
    };
    for (const [name, [bytes, said]] of Object.entries(files)) {
      const file = join(directory, 'hostile.gz');
      writeFileSync(file, bytes);
      const { code, stdout, stderr } = await runTenet(['policy', 'plan', policyDirectory, '--against', file]);
      expect(stderr, name)
        .to.match(/^tenet: [^\n]+\n$/)
        .and.to.match(said);
      expect([code, stdout], name).to.deep.equal([1, '']);
    }
  });
});
