import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readPostmaster } from '../../embedded-postgres/postmaster.ts';
import { isAlive } from '../../embedded-postgres/processes.ts';
import { resetDataDirectory } from '../../embedded-postgres/reset.ts';
import { embeddedPostgres, kill, query } from '../helpers/embedded-postgres.ts';
import { failure } from '../helpers/failure.ts';
import { runTenet } from '../helpers/tenet-process.ts';

describe('Beginning afresh', function () {
  this.timeout(120_000);
  let dataDir: string;
  const { newParent, useMade, start, startProcess } = embeddedPostgres(() => dataDir);

  beforeEach(() => {
    dataDir = join(newParent(), '.tenet');
  });

  it('removes database, keys and mails, and leaves what Tenet did not make', async () => {
    useMade();
    for (const name of ['mail', 'status', 'notes']) mkdirSync(join(dataDir, name));
    for (const name of ['dev-issuer.json', 'encryption-keys', 'mail/1.eml', 'postgres-notes']) writeFileSync(join(dataDir, name), '');
    expect((await resetDataDirectory(dataDir))?.left).to.have.members(['notes', 'postgres-notes']);
    expect(readdirSync(dataDir)).to.have.members(['notes', 'postgres-notes']);
  });

  it('removes the directory when nothing is left in it, and the next start makes a new database', async () => {
    useMade();
    const first = await start();
    await query(first.url, 'create table remembered ()');
    await first.stop();
    await resetDataDirectory(dataDir);
    expect(existsSync(dataDir)).to.equal(false);
    const second = await start();
    expect(await query(second.url, "select from pg_class where relname = 'remembered'")).to.deep.equal([]);
  });

  it('is refused while a Tenet runs on it, which goes on', async () => {
    useMade();
    const { url } = await start();
    expect((await failure(resetDataDirectory(dataDir))).message).to.match(/already runs the embedded PostgreSQL of .*Stop it first/);
    expect(await query(url, 'select 1 as one')).to.deep.equal([{ one: 1 }]);
  });

  it('stops the server of a Tenet that was killed', async () => {
    useMade();
    const { tenet } = await startProcess();
    const { pid } = readPostmaster(join(dataDir, 'postgres'))!;
    await kill(tenet);
    await resetDataDirectory(dataDir);
    expect(isAlive(pid)).to.equal(false);
    expect(existsSync(dataDir)).to.equal(false);
  });

  it('is a command that asks first, knows --yes, and never touches the database of DATABASE_URL', async () => {
    useMade();
    const environment = { TENET_DATA_DIR: dataDir };
    const asked = await runTenet(['dev', 'reset'], environment);
    expect(asked.stderr).to.match(/^tenet: This removes the database, the keys and the mails in \S+\. Say --yes/);
    expect(asked.code).to.equal(2);
    const keys = `k1:${Buffer.alloc(32).toString('base64')}`;
    const own = { ...environment, DATABASE_URL: 'postgres://127.0.0.1:1/tenet', TENET_ENCRYPTION_KEYS: keys };
    const refused = await runTenet(['dev', 'reset', '--yes'], own);
    expect(refused.stderr).to.match(/DATABASE_URL is set, and a reset touches no database but the embedded one/);
    expect(refused.code).to.equal(1);
    expect(existsSync(join(dataDir, 'postgres'))).to.equal(true);
    const done = await runTenet(['dev', 'reset', '--yes'], environment);
    expect(done).to.include({ code: 0, stderr: '' });
    expect(done.stdout).to.match(/is reset; the next `npm start` begins afresh\.\n$/);
    expect((await runTenet(['dev', 'reset', '--yes'], environment)).stdout).to.match(/^There is nothing to reset/);
  });
});
