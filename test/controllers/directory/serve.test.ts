import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Registry } from 'prom-client';
import { parse, stringify } from 'yaml';
import { startDirectoryControllers, startKubernetesControllers } from '../../../controllers/main.ts';
import type { Condition } from '../../../controllers/resources/conditions.ts';
import { eventually } from '../../helpers/eventually.ts';
import { needsKube, sharedKube } from '../../helpers/kube.ts';
import { mails } from '../../helpers/mails.ts';
import { createDatabase } from '../../helpers/postgres.ts';
import { startTenet } from '../../helpers/tenet.ts';
import { readyUrl, runTenet, serverOn, spawnTenet } from '../../helpers/tenet-process.ts';
import { memoryLog } from '../../helpers/widgets.ts';
import { controllerKubeconfig, installTenet } from '../reconcilers/operator.ts';

const readyIn = (file: string): Condition | undefined => {
  const { status } = parse(readFileSync(file, 'utf8')) as { status: { conditions: Condition[] } };
  return status.conditions.find(({ type }) => type === 'Ready');
};

describe('tenet serve --manifests', function () {
  this.timeout(90_000);
  let home: string;
  let copy: { url: string; drop(): Promise<void> };
  let environment: Record<string, string>;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tenet-manifests-'));
    copy = await createDatabase();
    environment = serverOn(copy.url, join(home, 'data'));
  });
  after(async () => {
    await copy?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  it('reconciles the examples, says what it does, and ends in order', async () => {
    const server = spawnTenet(['serve', '--manifests', 'examples/manifests'], environment);
    const status = (name: string): string => join(home, 'data', 'status', `${name}.yaml`);
    try {
      await eventually(() => {
        expect(readyIn(status('Organization.initech'))).to.include({ status: 'True' });
        expect(readyIn(status('Organization.hooli'))).to.include({ status: 'True' });
        expect(readyIn(status('Organization.vandelay'))).to.include({ status: 'True' });
        expect(readyIn(status('Project.default.website'))).to.include({ status: 'True' });
      }, 60_000);
      const readiness = await fetch(`${await readyUrl(server)}/readyz`);
      expect(readiness.status).to.equal(200);
      expect(((await readiness.json()) as { checks: object[] }).checks).to.deep.include({ name: 'manifests', state: 'OK' });
    } finally {
      server.child.kill('SIGTERM');
    }
    const { code, stderr } = await server.ended;
    expect(stderr).to.match(/^Manifests: reconciling the 4 Organizations and Projects of .*examples\/manifests; their status is in /m);
    expect(code).to.equal(0);
  });

  it('refuses a directory that does not exist or is empty, in one sentence', async () => {
    const missing = await runTenet(['serve'], { ...environment, TENET_MANIFESTS: join(home, 'nowhere') });
    expect(missing.stderr).to.match(/^tenet: The manifest directory .*nowhere cannot be read: it does not exist\.$/m);
    expect(missing.code).to.equal(1);
    mkdirSync(join(home, 'empty'));
    const empty = await runTenet(['serve', '--prune', '--manifests', join(home, 'empty')], environment);
    expect(empty.stderr).to.match(/^tenet: The manifest directory .*empty holds no \.yaml, \.yml or \.json file\./m);
    expect(empty.code).to.equal(1);
  });
});

describe('a directory beside a cluster', () => {
  it('each row has one owner, the other manifest says so in a condition, and metrics count both', async function () {
    needsKube(this);
    const kube = await sharedKube();
    await installTenet(kube);
    const tenet = await startTenet();
    const home = mkdtempSync(join(tmpdir(), 'tenet-beside-'));
    const directory = join(home, 'manifests');
    mkdirSync(directory);
    const manifest = (name: string) => ({
      apiVersion: 'tenet.dev/v1alpha1',
      kind: 'Organization',
      metadata: { name },
      spec: { displayName: name },
    });
    const { database, databaseUrl, policies, keyring } = tenet;
    const registry = new Registry();
    const appsDriver = 'off' as const;
    const options = { database, databaseUrl, policies, keyring, mails, appsDriver, log: memoryLog(), registry, say: () => undefined };
    const config = controllerKubeconfig(kube);
    const inCluster = await startKubernetesControllers({ ...options, kubeconfig: config.path });
    try {
      await kube.apply(manifest('beside-both'), manifest('beside-cluster'));
      await kube.kubectl('wait', '--for=condition=Ready', 'organizations.tenet.dev/beside-both', '--timeout=30s');
      writeFileSync(
        join(directory, 'all.yaml'),
        [manifest('beside-both'), manifest('beside-directory')].map((one) => stringify(one)).join('---\n'),
      );
      const statusDirectory = join(home, 'status');
      const inDirectory = await startDirectoryControllers({ ...options, directory, statusDirectory, prune: false });
      try {
        await eventually(() => {
          expect(readyIn(join(statusDirectory, 'Organization.beside-both.yaml'))).to.include({ status: 'False', reason: 'AlreadyExists' });
          expect(readyIn(join(statusDirectory, 'Organization.beside-directory.yaml'))).to.include({ status: 'True' });
        });
        await kube.kubectl('wait', '--for=condition=Ready', 'organizations.tenet.dev/beside-both', '--timeout=5s');
        expect(inCluster!.check()).to.deep.equal({ name: 'kubernetes', state: 'OK' });
        expect(existsSync(join(statusDirectory, 'Organization.beside-cluster.yaml'))).to.equal(false);
        const text = await registry.metrics();
        expect(text).to.match(/tenet_source_objects\{kind="Organization",ready="True"\} 3/);
        expect(text)
          .to.match(/workqueue_depth\{name="organizations"\} 0/)
          .and.match(/workqueue_depth\{name="directory_organizations"\} 0/);
      } finally {
        await inDirectory.stop();
      }
    } finally {
      await kube.kubectl('delete', 'organizations.tenet.dev', 'beside-both', 'beside-cluster', '--ignore-not-found');
      await inCluster?.stop();
      config.remove();
      await tenet.stop();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
