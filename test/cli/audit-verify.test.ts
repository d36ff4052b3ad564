import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import pg from 'pg';
import { foundOrganization } from '../helpers/people.ts';
import { startTenet, type TestTenet } from '../helpers/tenet.ts';

const run = promisify(execFile);

describe('tenet audit verify', () => {
  let tenet: TestTenet;

  before(async function () {
    this.timeout(60_000);
    tenet = await startTenet();
    await foundOrganization(await tenet.as('alice@example.com'), 'Acme');
  });
  after(() => tenet?.stop());

  const verify = () =>
    run('node', ['bin/tenet.js', 'audit', 'verify'], {
      env: { ...process.env, DATABASE_URL: tenet.databaseUrl, TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}` },
    });

  it('says that every chain holds, and names the event of one that was altered', async function () {
    this.timeout(60_000);
    expect((await verify()).stdout).to.match(/^\d+ chains with \d+ events: all of them hold\n$/);

    const client = new pg.Client({ connectionString: tenet.databaseUrl });
    await client.connect();
    await client.query(
      "set session_replication_role = replica; update tenet.audit_events set actor = 'user_x' where action = 'organization.create'",
    );
    await client.end();
    const failure = await verify().then(
      () => undefined,
      (error: { code: number; stdout: string }) => error,
    );
    expect(failure?.code).to.equal(1);
    expect(failure?.stdout)
      .to.match(/^org_\w+: event 1 does not hold: /)
      .and.to.include('1 broken');
  });
});
