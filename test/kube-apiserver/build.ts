import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { binaryPath, isBuilt, kubernetesVersion, sourceFolder } from './binary.ts';

// Without these the server calls itself v0.0.0, and clients that look at versions misbehave.
const [major, minor] = kubernetesVersion.split('.');
const version = {
  'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
  'k8s.io/component-base/version.gitMajor': major,
  'k8s.io/component-base/version.gitMinor': minor,
  'k8s.io/client-go/pkg/version.gitVersion': `v${kubernetesVersion}`,
};
const ldflags = ['-s', '-w', ...Object.entries(version).map(([name, value]) => `-X ${name}=${value}`)].join(' ');

async function build(target: string): Promise<void> {
  const go = { cwd: sourceFolder, env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' } };
  if (spawnSync('go', ['version'], go).error) {
    throw new Error('`go` was not found. Install Go 1.26 or newer (https://go.dev/dl), or name a cluster in TENET_TEST_KUBECONFIG.');
  }
  console.log(`Building kube-apiserver ${kubernetesVersion}, etcd and kubectl into ${dirname(target)}.`);
  console.log('Once: about 800 MB of Go modules, then 4 to 8 minutes on 2 cores and 2.5 GB of build cache.');
  const listed = spawnSync('go', ['list', '-deps', '.'], { ...go, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 24 });
  if (listed.status !== 0) throw new Error('Go could not fetch the modules; the lines above say why.');
  const packages = listed.stdout.toString().trim().split('\n').length;

  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  const began = Date.now();
  const child = spawn('go', ['build', '-v', '-trimpath', '-ldflags', ldflags, '-o', unfinished, '.'], {
    ...go,
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let compiled = 0;
  let problem = '';
  createInterface(child.stderr).on('line', (line) => {
    if (/^[\w./-]+$/.test(line)) compiled++;
    else problem += `${line}\n`;
  });
  // go's own cache may hold part of the packages: then fewer lines come than there are packages.
  const progress = setInterval(() => {
    console.log(`${Math.round((Date.now() - began) / 1000)} s: ${compiled} of at most ${packages} packages`);
  }, 15_000);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(progress);
  if (code !== 0) throw new Error(`go build failed:\n${problem}`);
  // The rename is what makes it visible: nobody ever starts half a binary.
  renameSync(unfinished, target);
  console.log(`Built in ${Math.round((Date.now() - began) / 1000)} s.`);
}

if (isBuilt()) console.log(`Already built: ${binaryPath()}`);
else {
  await build(binaryPath()).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
