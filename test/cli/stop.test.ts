import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findEmbeddedPostgres } from '../../embedded-postgres/embedded-postgres.ts';
import { root } from '../docs/checkout.ts';
import { eventually } from '../helpers/eventually.ts';
import { follow, type Running, readyUrl } from '../helpers/tenet-process.ts';

describe('Stopping a server that npm has started', function () {
  this.timeout(120_000);
  let parent: string;
  let dataDir: string;
  const groups: number[] = [];

  before(() => {
    parent = mkdtempSync(join(tmpdir(), 'tenet-stop-'));
    // When root runs the tests, PostgreSQL's own user must get through to the data directory.
    chmodSync(parent, 0o755);
    dataDir = join(parent, 'data');
  });
  afterEach(() => {
    // What a failed test has left: npm, and everything below it.
    for (const pid of groups.splice(0)) spawnSync('kill', ['-9', '--', `-${pid}`]);
  });
  after(() => rmSync(parent, { recursive: true, force: true }));

  /** Starts a command in a process group of its own, as a terminal does. */
  async function started(command: readonly string[]): Promise<{ url: string; npm: ChildProcess; running: Running }> {
    const { PATH, HOME } = process.env;
    const apart = {
      TENET_DATA_DIR: dataDir,
      TENET_PORT: '0',
      TENET_METRICS_PORT: '0',
      TENET_KUBECONFIG: 'none',
      TENET_LOG_LEVEL: 'silent',
    };
    const [program, ...args] = command as [string, ...string[]];
    const npm = spawn(program, args, { cwd: root, env: { PATH, HOME, ...apart }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    groups.push(npm.pid!);
    const running = follow(npm);
    return { url: await readyUrl(running), npm, running };
  }

  /** Neither the server nor its PostgreSQL is left, and it had the time to stop in order. */
  async function expectStopped(url: string, { said, ended }: Running): Promise<void> {
    await ended;
    expect(said()).to.match(/finishing what is running/);
    await eventually(async () => expect(await fetch(url).catch(() => 'nobody answers')).to.equal('nobody answers'));
    await eventually(async () => expect(await findEmbeddedPostgres(dataDir)).to.equal(undefined));
  }

  for (const command of [
    ['npm', 'start'],
    ['npx', 'tenet', 'serve'],
  ]) {
    it(`SIGTERM to \`${command.join(' ')}\` ends the server and PostgreSQL`, async () => {
      const { url, npm, running } = await started(command);
      npm.kill('SIGTERM');
      await expectStopped(url, running);
    });
  }

  it('Ctrl-C, which reaches the server from the terminal and from npm, is one signal and not two', async () => {
    const { url, npm, running } = await started(['npm', 'start']);
    process.kill(-npm.pid!, 'SIGINT');
    await expectStopped(url, running);
    expect((await running.ended).code).to.equal(0);
  });

  it('kill -9 of npm ends both too', async () => {
    const { url, npm, running } = await started(['npm', 'start']);
    npm.kill('SIGKILL');
    await expectStopped(url, running);
    expect(running.said()).to.include('npm has ended');
  });
});
