import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { type Account, serverAccount } from '../../core/embedded-postgres/account.ts';
import { findBinaries, platformPackage } from '../../core/embedded-postgres/binaries.ts';
import { readPostmaster } from '../../core/embedded-postgres/postmaster.ts';
import { isAlive, servesCluster } from '../../core/embedded-postgres/processes.ts';
import { type EmbeddedPostgres, findEmbeddedPostgres, startEmbeddedPostgres } from '../../core/embedded-postgres.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';

interface Report {
  readonly url: string;
  readonly dataDirectory: string;
  readonly adopted: boolean;
  readonly refused?: string;
}

const isRoot = process.getuid?.() === 0;
const program = fileURLToPath(new URL('embedded-postgres-process.ts', import.meta.url));

describe('embedded PostgreSQL', function () {
  this.timeout(60_000);

  /** Traversable for everybody, as the parent of a data directory usually is. */
  let parent: string;
  let dataDir: string;
  /** Ended after each test, in reverse order. */
  let cleanups: (() => unknown)[];

  /** A data directory that was used before, for those who have no need to see one made. */
  let made: string;

  before(async () => {
    made = join(tmpdir(), `tenet-made-${process.pid}`);
    await (await startEmbeddedPostgres({ dataDir: made, settings: { fsync: 'off' } })).stop();
  });

  after(() => rmSync(made, { recursive: true, force: true }));

  function useMade(): void {
    execFileSync('cp', ['-a', made, dataDir]);
  }

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tenet-embedded-'));
    chmodSync(parent, 0o755);
    dataDir = join(parent, '.tenet');
    cleanups = [() => rmSync(parent, { recursive: true, force: true }), serverHasEnded];
  });

  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  async function start(): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    cleanups.push(() => server.stop());
    return server;
  }

  /** A Tenet in a process of its own, and what it reports when it is up or refuses. */
  async function startProcess(options: { uid?: number; gid?: number } = {}): Promise<{ tenet: ChildProcess; report: Report }> {
    const tenet = spawn(process.execPath, ['--import', 'tsx', program, dataDir], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    cleanups.push(() => tenet.kill('SIGKILL'));
    const [line] = (await once(createInterface(tenet.stdout!), 'line')) as [string];
    return { tenet, report: JSON.parse(line) as Report };
  }

  /** The servers of killed processes end by themselves. */
  async function serverHasEnded(): Promise<void> {
    const cluster = join(dataDir, 'postgres');
    const postmaster = existsSync(cluster) ? readPostmaster(cluster) : undefined;
    if (postmaster) await eventually(() => expect(servesCluster(postmaster.pid, cluster)).to.equal(false), 30_000);
  }

  async function refusal(): Promise<string> {
    const error = await start().then(
      () => expect.fail('it started'),
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    return (error as Error).message;
  }

  describe('start and stop', () => {
    it('serves the database tenet to its owner from the data directory, and keeps the rows over a restart', async () => {
      const first = await start();
      expect(first.adopted).to.equal(false);
      expect(first.dataDirectory).to.equal(join(dataDir, 'postgres'));
      expect(await query(first.url, 'show data_directory')).to.deep.equal([{ data_directory: first.dataDirectory }]);
      expect(await query(first.url, 'select current_database(), current_user, version() like $$PostgreSQL 18%$$ as major')).to.deep.equal([
        { current_database: 'tenet', current_user: 'tenet', major: true },
      ]);
      await query(first.url, 'create role app; create table kept as select 7 as n');
      await first.stop();
      await first.stop();

      const second = await start();
      expect(await query(second.url, 'select n from kept')).to.deep.equal([{ n: 7 }]);
    });

    it('lets nobody in without the password, which nobody else can read', async () => {
      const server = await start();
      const url = new URL(server.url);
      url.password = 'guess';
      const error = await query(url.href, 'select 1').catch((reason: unknown) => reason);
      expect(error).to.have.property('code', '28P01');
      expect(statSync(join(dataDir, 'postgres.json')).mode & 0o777).to.equal(0o600);
      expect(statSync(dataDir).mode & 0o007).to.equal(0);
      expect(await query(server.url, 'show listen_addresses')).to.deep.equal([{ listen_addresses: '127.0.0.1' }]);
    });

    it('is found while it runs, and only then', async () => {
      expect(await findEmbeddedPostgres(dataDir)).to.equal(undefined);
      const server = await start();
      expect(await findEmbeddedPostgres(dataDir)).to.deep.equal({ url: server.url });
      await server.stop();
      expect(await findEmbeddedPostgres(dataDir)).to.equal(undefined);
    });

    it('begins again after a first start that was killed in the middle', async () => {
      const tenet = spawn(process.execPath, ['--import', 'tsx', program, dataDir], { stdio: ['pipe', 'ignore', 'inherit'] });
      await eventually(() => expect(readdirSync(dataDir).some((name) => /^postgres\.new-\w+$/.test(name))).to.equal(true));
      await kill(tenet);
      const server = await start();
      expect(await query(server.url, 'select 1 as n')).to.deep.equal([{ n: 1 }]);
    });

    it('uses a database that was made by a start that was killed before it said so', async () => {
      const server = await start();
      await server.stop();
      renameSync(join(dataDir, 'postgres.json'), join(dataDir, 'postgres.json.new'));
      await start();
      expect(existsSync(join(dataDir, 'postgres.json'))).to.equal(true);
    });
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

  describe('a clear sentence for', () => {
    beforeEach(useMade);

    it('a cluster of another major version', async () => {
      writeFileSync(join(join(dataDir, 'postgres'), 'PG_VERSION'), '17\n');
      expect(await refusal()).to.match(/made by PostgreSQL 17, and this Tenet brings PostgreSQL 18/);
    });

    it('a cluster that is damaged, with the last words of the server', async () => {
      truncateSync(join(join(dataDir, 'postgres'), 'global', 'pg_control'), 0);
      expect(await refusal()).to.match(/did not start on .*Its last words: .*pg_control.*postgres\.log/);
    });

    it('a password that is lost', async () => {
      rmSync(join(dataDir, 'postgres.json'));
      expect(await refusal()).to.match(/its password in .*postgres\.json is missing/);
    });

    it('a database that is lost, instead of an empty one in its place', async () => {
      rmSync(join(dataDir, 'postgres'), { recursive: true });
      expect(await refusal()).to.include(`it was made in ${join(made, 'postgres')}`);
    });

    it('a password that others can read', async () => {
      chmodSync(join(dataDir, 'postgres.json'), 0o644);
      expect(await refusal()).to.match(/others cannot read.*0600/);
    });

    it('a data directory that cannot be made', async () => {
      writeFileSync(join(parent, 'file'), '');
      for (dataDir of [join(parent, 'file', '.tenet'), '/proc/nowhere', join(parent, 'file')]) {
        expect(await refusal()).to.match(/could not be made: .*TENET_DATA_DIR/);
      }
    });
  });

  describe('the programs', () => {
    it('are mended when they were installed without scripts', () => {
      const native = copyOfPackage(join(parent, 'native'));
      const binaries = findBinaries({ native, version: '0' }, asAccount(), dataDir, () => undefined);
      expect(binaries.initdb).to.equal(join(native, 'bin/initdb'));
      expect(binaries.major).to.equal('18');
    });

    it('are copied from where their user cannot go', function () {
      if (!isRoot) this.skip();
      const closed = join(parent, 'home');
      mkdirSync(closed, { mode: 0o700 });
      const native = copyOfPackage(join(closed, 'native'));
      const copy = `/var/lib/tenet/postgresql-test-${process.pid}`;
      cleanups.push(() => rmSync(copy, { recursive: true, force: true }));
      const said: string[] = [];
      const binaries = findBinaries({ native, version: `test-${process.pid}` }, asAccount(), dataDir, (line) => said.push(line));
      expect(binaries.postgres).to.equal(join(copy, 'bin/postgres'));
      expect(said).to.have.length(1);
      expect(statSync(closed).mode & 0o777).to.equal(0o700);
    });
  });

  describe('accounts', () => {
    before(function () {
      if (!isRoot) this.skip();
    });

    it('root runs the server as another user', async () => {
      const server = await start();
      expect(statSync(server.dataDirectory).uid).to.equal(asAccount().uid).and.not.equal(0);
    });

    it('root puts the database where its user can go when the data directory is in a closed home', async () => {
      const home = join(parent, 'home');
      mkdirSync(home, { mode: 0o700 });
      dataDir = join(home, '.tenet');
      const server = await start();
      cleanups.push(() => rmSync(dirname(server.dataDirectory), { recursive: true, force: true }));
      expect(server.dataDirectory).to.match(/^\/var\/lib\/tenet\/[0-9a-f]{16}\/postgres$/);
      expect(statSync(home).mode & 0o777).to.equal(0o700);
      await query(server.url, 'create table kept as select 7 as n');
      await server.stop();
      expect(await query((await start()).url, 'select n from kept')).to.deep.equal([{ n: 7 }]);
    });

    it('root that may not become another user says what it lacks', async () => {
      const args = ['--bounding-set=-all', '--inh-caps=-all', process.execPath, '--import', 'tsx', program, dataDir];
      const tenet = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(createInterface(tenet.stdout), 'line')) as [string];
      expect((JSON.parse(line) as Report).refused).to.match(/may not start PostgreSQL as uid \d+ .*SETUID/);
    });

    it('a user who is not root runs it as himself, and only he can', async () => {
      const nobody = { uid: 65534, gid: 65534 };
      chmodSync(parent, 0o777);
      const { tenet, report } = await startProcess(nobody);
      expect(await query(report.url, 'select 1 as n')).to.deep.equal([{ n: 1 }]);
      expect(statSync(report.dataDirectory).uid).to.equal(nobody.uid);
      tenet.stdin!.end();
      await once(tenet, 'exit');
      const other = { uid: asAccount().uid, gid: asAccount().gid };
      chmodSync(dataDir, 0o777);
      chmodSync(join(dataDir, 'owner'), 0o777);
      const second = await startProcess(other);
      expect(second.report.refused).to.match(/cannot be used: .*permission denied.*TENET_DATA_DIR/);
    });
  });
});

describe('the databases of the tests', () => {
  it('are copies of a template that is prepared once', async () => {
    let prepared = 0;
    const prepare = async (url: string) => {
      prepared += 1;
      await query(url, 'create table thing as select uuidv7() as id');
    };
    await Promise.all([templateDatabase('things', prepare), templateDatabase('things', prepare)]);
    const copies = await Promise.all([createDatabase('things'), createDatabase('things')]);
    for (const copy of copies) expect(await query(copy.url, 'select 1 from thing')).to.have.length(1);
    expect(prepared).to.equal(1);
    for (const copy of copies) await copy.drop();
  });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function asAccount(): Account {
  return serverAccount(undefined, () => undefined);
}

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

/** The package as npm unpacks it, before its install script has made the links. */
function copyOfPackage(native: string): string {
  cpSync(platformPackage().native, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(native, '..', target), { force: true });
  return native;
}
