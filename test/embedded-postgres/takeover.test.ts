import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { readPostmaster } from '../../embedded-postgres/postmaster.ts';
import { isAlive } from '../../embedded-postgres/processes.ts';
import { asAccount, embeddedPostgres, kill, query } from '../helpers/embedded-postgres.ts';
import { eventually } from '../helpers/eventually.ts';

describe('embedded PostgreSQL', function () {
  this.timeout(60_000);
  let dataDir: string;
  const { cleanups, newParent, useMade, start, startProcess, refusal } = embeddedPostgres(() => dataDir);

  beforeEach(() => {
    dataDir = join(newParent(), '.tenet');
  });

  describe('two at once', () => {
    it('refuses a second start in words that name the process and the directory', async () => {
      useMade();
      const { tenet, report } = await startProcess();
      expect(await refusal()).to.match(
        new RegExp(`process ${tenet.pid}\\) already runs the embedded PostgreSQL of ${dataDir}.*TENET_DATA_DIR`),
      );
      expect(await query(report.url, 'select 1 as n')).to.deep.equal([{ n: 1 }]);
    });

    it('lets exactly one of five that start at the same moment win', async () => {
      const reports = await Promise.all(Array.from({ length: 5 }, () => startProcess().then(({ report }) => report)));
      expect(reports.filter((report) => report.url)).to.have.length(1);
      for (const { refused } of reports) if (refused) expect(refused).to.include('already runs the embedded PostgreSQL');
    });

    it('lets exactly one of five take over from one that was killed', async () => {
      useMade();
      const { tenet } = await startProcess();
      await kill(tenet);
      const reports = await Promise.all(Array.from({ length: 5 }, () => startProcess().then(({ report }) => report)));
      expect(reports.filter((report) => report.url)).to.have.length(1);
    });

    it('is not confused by a process that was given the number of a dead owner', async () => {
      useMade();
      const server = await start();
      await server.stop();
      const [record] = readdirSync(join(dataDir, 'owner'));
      writeFileSync(join(dataDir, 'owner', record!), JSON.stringify({ pid: process.pid, identity: 'an earlier life', released: false }));
      expect(await query((await start()).url, 'select 1 as n')).to.deep.equal([{ n: 1 }]);
    });

    it('is not confused by a process that was given the number of a dead server', async () => {
      useMade();
      const server = await start();
      const file = join(server.dataDirectory, 'postmaster.pid');
      const [, ...rest] = readFileSync(file, 'utf8').split('\n');
      await server.stop();
      // The account's own process, because PostgreSQL overlooks those of others.
      const other = spawn('/bin/sh', ['-c', 'read -r _'], { ...asServer(), stdio: ['pipe', 'ignore', 'ignore'] });
      cleanups.push(() => other.kill('SIGKILL'));
      writeFileSync(file, [other.pid, ...rest].join('\n'));
      expect((await start()).adopted).to.equal(false);
      expect(isAlive(other.pid!)).to.equal(true);
    });

    it('starts over an empty postmaster.pid', async () => {
      useMade();
      const server = await start();
      await server.stop();
      writeFileSync(join(server.dataDirectory, 'postmaster.pid'), '');
      await start();
    });
  });

  describe('kill -9', () => {
    beforeEach(useMade);

    it('of Tenet stops the server', async () => {
      const { tenet, report } = await startProcess();
      const { pid } = readPostmaster(report.dataDirectory)!;
      await kill(tenet);
      await eventually(() => expect(isAlive(pid)).to.equal(false));
      expect(existsSync(join(report.dataDirectory, 'postmaster.pid'))).to.equal(false);
    });

    it('of Tenet and its watcher leaves a server that the next start adopts, and stops', async () => {
      const { tenet, report } = await startProcess();
      const { pid } = readPostmaster(report.dataDirectory)!;
      await query(report.url, 'create table kept as select 7 as n');
      for (const watcher of processesNaming(`sh ${report.dataDirectory} ${pid}`)) process.kill(watcher, 'SIGKILL');
      await kill(tenet);
      expect(isAlive(pid)).to.equal(true);

      const server = await start();
      expect(server.adopted).to.equal(true);
      expect(server.url).to.equal(report.url);
      expect(await query(server.url, 'select n from kept')).to.deep.equal([{ n: 7 }]);
      await server.stop();
      expect(isAlive(pid)).to.equal(false);
    });

    it('of an adopter stops the server that it has adopted', async () => {
      const first = await startProcess();
      const { pid } = readPostmaster(first.report.dataDirectory)!;
      for (const watcher of processesNaming(`sh ${first.report.dataDirectory} ${pid}`)) process.kill(watcher, 'SIGKILL');
      await kill(first.tenet);
      const second = await startProcess();
      expect(second.report.adopted).to.equal(true);
      await kill(second.tenet);
      await eventually(() => expect(isAlive(pid)).to.equal(false));
    });

    it('of the server loses no row that was acknowledged, and the server comes back at the same address', async () => {
      const { report } = await startProcess();
      await query(report.url, 'create table entry (n int primary key)');
      const client = new pg.Client({ connectionString: report.url });
      client.on('error', () => undefined);
      await client.connect();
      const { pid } = readPostmaster(report.dataDirectory)!;
      let acknowledged = 0;
      const writing = (async () => {
        for (;;) {
          await client.query('insert into entry values ($1)', [acknowledged + 1]);
          acknowledged += 1;
          if (acknowledged === 200) process.kill(pid, 'SIGKILL');
        }
      })();
      await writing.catch(() => undefined);
      expect(acknowledged).to.be.at.least(200);
      const [row] = await eventually(() => query(report.url, 'select count(*)::int as rows, max(n) as last from entry'), 30_000);
      // The one under way may have been written and not acknowledged.
      expect(row!['last']).to.be.oneOf([acknowledged, acknowledged + 1]);
      expect(row!['rows']).to.equal(row!['last']);
      expect(readPostmaster(report.dataDirectory)!.pid).not.to.equal(pid);
    });

    it('of both leaves a cluster that the next start recovers', async () => {
      const { tenet, report } = await startProcess();
      await query(report.url, 'create table kept as select 7 as n');
      const { pid } = readPostmaster(report.dataDirectory)!;
      const ended = kill(tenet);
      process.kill(pid, 'SIGKILL');
      await ended;
      const server = await start();
      expect(server.adopted).to.equal(false);
      expect(await query(server.url, 'select n from kept')).to.deep.equal([{ n: 7 }]);
    });
  });
});

function asServer(): { uid?: number; gid?: number } {
  const { uid, gid, own } = asAccount();
  return own ? {} : { uid, gid };
}

/** Process ids whose command line holds this text. */
function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}
