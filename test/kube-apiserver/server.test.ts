import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { eventually } from '../helpers/eventually.ts';
import { needsKube, startKube } from '../helpers/kube.ts';

describe('the API server for tests', () => {
  before(function () {
    needsKube(this, { own: true });
  });

  it('keeps its objects when the API server is killed and started again, and its folder goes when it stops', async function () {
    this.timeout(60_000);
    const kube = await startKube();
    try {
      expect(await kube.kubectl('version', '-o', 'json')).to.contain('"gitVersion": "v1.36.3"');
      await kube.kubectl('create', 'configmap', 'kept', '-n', 'default');
      await kube.killApiServer();
      expect(await kube.kubectl('get', 'configmaps').catch(String)).to.match(/refused/);
      await kube.restartApiServer();
      expect(await kube.kubectl('get', 'configmap', 'kept', '-n', 'default', '-o', 'name')).to.equal('configmap/kept\n');
    } finally {
      await kube.stop();
    }
    expect(existsSync(kube.kubeconfig)).to.equal(false);
  });

  it('ends together with a test run that is killed, and leaves no folder', async function () {
    this.timeout(60_000);
    const script = `
      const { startServer } = await import(${JSON.stringify(join(import.meta.dirname, 'server.ts'))});
      const server = await startServer();
      console.log(JSON.stringify({ url: server.url, folder: server.folder }));
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve));
    const { url, folder } = JSON.parse(line) as { url: string; folder: string };
    child.kill('SIGKILL');
    await eventually(async () => {
      expect(existsSync(folder)).to.equal(false);
      const failure = await fetch(url).then(
        () => 'answered',
        (error: Error) => (error.cause as { code?: string }).code,
      );
      expect(failure).to.equal('ECONNREFUSED');
    });
  });
});
