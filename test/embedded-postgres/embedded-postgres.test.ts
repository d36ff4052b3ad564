import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { findBinaries, platformPackage } from '../../embedded-postgres/binaries.ts';
import { findEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { asAccount, embeddedPostgres, kill, program, query, type Report } from '../helpers/embedded-postgres.ts';
import { eventually } from '../helpers/eventually.ts';
import { createDatabase, templateDatabase } from '../helpers/postgres.ts';

const isRoot = process.getuid?.() === 0;

describe('embedded PostgreSQL', function () {
  this.timeout(60_000);
  let parent: string;
  let dataDir: string;
  const { made, cleanups, newParent, useMade, start, startProcess, refusal } = embeddedPostgres(() => dataDir);

  beforeEach(() => {
    parent = newParent();
    dataDir = join(parent, '.tenet');
  });

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

/** The package as npm unpacks it, before its install script has made the links. */
function copyOfPackage(native: string): string {
  cpSync(platformPackage().native, native, { recursive: true, verbatimSymlinks: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  for (const { target } of links) rmSync(join(native, '..', target), { force: true });
  return native;
}
