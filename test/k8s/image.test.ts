import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { root } from '../docs/checkout.ts';
import { eventually } from '../helpers/eventually.ts';
import { startIdentityProvider } from '../helpers/identity-provider.ts';
import { createDatabase } from '../helpers/postgres.ts';

/** One instruction of a Dockerfile, `stage` being how many FROM came before. */
interface Instruction {
  readonly stage: number;
  readonly verb: string;
  readonly rest: string;
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const instructions: Instruction[] = [];
for (const line of read('Dockerfile').split('\n')) {
  const [, verb, rest] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
  const stage = instructions.filter((one) => one.verb === 'FROM').length - (verb === 'FROM' ? 0 : 1);
  if (verb && rest) instructions.push({ stage, verb, rest });
}
const final = (verb: string): string[] => instructions.filter((one) => one.stage === 1 && one.verb === verb).map(({ rest }) => rest);
/** What a stage takes from the checkout, with where it goes. */
const copies = (stage: number): { from: string; to: string }[] =>
  instructions
    .filter((one) => one.stage === stage && one.verb === 'COPY' && !one.rest.startsWith('--from='))
    .flatMap(({ rest }) => {
      const words = rest.split(' ');
      const to = words.at(-1)!;
      return words.slice(0, -1).map((from) => ({ from, to: to.endsWith('/') ? join(to, from) : to }));
    });
const environment = Object.fromEntries(final('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=') as [string, string])));
const command = JSON.parse(final('CMD')[0]!) as [string, ...string[]];
const { spec: pod } = parse(read('k8s/base/deployment.yaml')).spec.template;

describe('the container image', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'tenet-image-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it('is what k8s/base runs: the same command, user and places to write', () => {
    const [container] = pod.containers;
    expect(container.command).to.deep.equal(command);
    expect(final('USER')).to.deep.equal([`${pod.securityContext.runAsUser}:${pod.securityContext.runAsGroup}`]);
    const given = Object.fromEntries(container.env.map(({ name, value }: { name: string; value?: string }) => [name, value]));
    expect(given).to.include(environment);
    expect(final('EXPOSE').join(' ').split(' ').map(Number)).to.deep.equal(
      container.ports.map(({ containerPort }: { containerPort: number }) => containerPort),
    );
    expect(container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).to.deep.equal(['/tmp']);
  });

  it('is given what it copies, and nothing else of the checkout', () => {
    const wanted = [...new Set([...copies(0), ...copies(1)].map(({ from }) => from))].sort();
    const [all, ...given] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(all).to.equal('*');
    expect(given.map((line) => line.replace(/^!/, '')).sort()).to.deep.equal(wanted);
  });

  it('serves as a user without rights, from files that it cannot change', async function () {
    this.timeout(180_000);
    const tenet = join(home, 'tenet');
    const temporary = join(home, 'tmp');
    mkdirSync(tenet);
    mkdirSync(temporary);
    for (const { from, to } of [...copies(0), ...copies(1)]) {
      mkdirSync(dirname(join(tenet, to)), { recursive: true });
      cpSync(join(root, from), join(tenet, to), { recursive: true });
    }
    const [install] = instructions.filter((one) => one.stage === 0 && one.verb === 'RUN').map(({ rest }) => rest);
    execFileSync('sh', ['-c', install!.replace('npm ci', 'npm ci --prefer-offline --no-progress --loglevel=error')], { cwd: tenet });

    chmodSync(home, 0o755);
    execFileSync('chmod', ['-R', 'a-w,a+rX', tenet]);
    const user = process.getuid!() === 0 ? { uid: 1000, gid: 1000 } : {};
    if (user.uid !== undefined) execFileSync('chown', ['1000:1000', temporary]);
    const database = await createDatabase();
    const provider = await startIdentityProvider();
    const given = {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      ...environment,
      // The volume that the pod has at /tmp.
      TMPDIR: temporary,
      TENET_DATA_DIR: join(temporary, 'tenet'),
      TENET_HOST: '127.0.0.1',
      TENET_PORT: '0',
      TENET_METRICS_PORT: '0',
      DATABASE_URL: database.url,
      TENET_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
      TENET_ISSUER: provider.issuer,
      TENET_AUDIENCE: provider.audience,
      TENET_PUBLIC_URL: 'https://tenet.example.com',
    };
    const run = (...args: string[]) => spawn(command[0], args, { cwd: tenet, env: given, ...user, stdio: ['ignore', 'ignore', 'pipe'] });
    const server = run(...command.slice(1));
    try {
      const ended = once(server, 'close');
      let said = '';
      server.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      const url = await eventually(() => {
        const found = /Tenet is ready .* at (http:\S+) /.exec(said)?.[1];
        if (found === undefined) throw new Error(`it is not ready: ${said}`);
        return found;
      }, 60_000);
      expect((await fetch(`${url}/readyz`)).status).to.equal(200);
      const token = await provider.token({ subject: 'ada' });
      const created = await fetch(`${url}/v1/organizations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Image' }),
      });
      expect(created.status).to.equal(201);
      server.kill('SIGTERM');
      expect(await ended).to.deep.equal([0, null]);
      for (const args of [['crds'], ['migrate'], ['policy', 'lint'], ['policy', 'test'], ['--version']])
        expect((await once(run('bin/tenet.js', ...args), 'close'))[0], `tenet ${args.join(' ')}`).to.equal(0);
    } finally {
      server.kill('SIGKILL');
      await provider.stop();
      await database.drop();
      execFileSync('chmod', ['-R', 'u+w', tenet]);
    }
  });
});
