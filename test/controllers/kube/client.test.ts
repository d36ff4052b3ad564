import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../../controllers/kube/connection.ts';
import { ConnectionError, KubeError } from '../../../controllers/kube/errors.ts';
import type { KubeObject } from '../../../controllers/resources/resource.ts';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { installWidgets, widget, widgetType } from '../../helpers/widgets.ts';

describe('the Kubernetes client', () => {
  const type = widgetType('client');
  let kube: Kube;
  let connection: Connection;
  let client: KubeClient;
  let proxy: FaultProxy;
  before(async function () {
    needsKube(this, { own: true });
    kube = await sharedKube({ own: true });
    await installWidgets(kube, type);
    connection = await openConnection(kube.kubeconfig);
    client = new KubeClient(connection, { fieldManager: 'test' });
    proxy = await startFaultProxy(kube.kubeconfig);
  });
  afterEach(() => {
    if (proxy) proxy.faults.answer = undefined;
  });
  after(async () => {
    await proxy?.close();
    await connection?.close();
    await kube?.kubectl('delete', `widgets.${type.group}`, '--all', '-n', 'default');
  });

  it('sends a hundred calls over a handful of TLS connections', async () => {
    let connections = 0;
    const port = Number(new URL(connection.server).port);
    const relay = createServer((socket) => {
      connections++;
      const upstream = dial(port, '127.0.0.1');
      socket.pipe(upstream).pipe(socket);
      for (const one of [socket, upstream]) one.on('error', () => {});
    });
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'tenet-client-'));
    const path = join(folder, 'kubeconfig');
    const relayed = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
    writeFileSync(path, readFileSync(kube.kubeconfig, 'utf8').replace(`127.0.0.1:${port}`, relayed), { mode: 0o600 });
    const shared = await openConnection(path);
    const caller = new KubeClient(shared, { fieldManager: 'test' });
    for (let call = 0; call < 100; call++) await caller.list(type, { limit: 1 });
    await shared.close();
    relay.close();
    rmSync(folder, { recursive: true });
    // A call may begin while the answer before it is still being put away; it then opens a second one.
    expect(connections).to.be.below(4);
  });

  it('never brings a deleted object back, not even as administrator', async () => {
    await kube.apply(widget(type, 'dead'));
    const object = await client.get<KubeObject>(type, 'default/dead');
    await kube.kubectl('delete', `widgets.${type.group}`, 'dead', '-n', 'default');
    const failure = await client.applyFinalizers(type, object, ['tenet.dev/test']).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(KubeError).and.to.include({ status: 409 });
    expect(await kube.kubectl('get', `widgets.${type.group}`, '-o', 'name')).to.equal('');
  });

  it('changes nothing by an identical apply', async () => {
    await kube.apply(widget(type, 'same'));
    const object = await client.get<KubeObject>(type, 'default/same');
    const once = await client.applyStatus<KubeObject>(type, object, { size: 1 });
    const twice = await client.applyStatus<KubeObject>(type, object, { size: 1 });
    expect(twice.metadata.resourceVersion).to.equal(once.metadata.resourceVersion);
  });

  it('repeats a call that a restarting server refuses, and then gives up', async () => {
    const caller = new KubeClient(proxy.connection, { fieldManager: 'test' });
    let refusals = 2;
    proxy.faults.answer = () => (refusals-- > 0 ? { status: 503, body: 'apiserver is shutting down' } : undefined);
    await caller.list(type);
    refusals = 1_000;
    const failure = await caller.list(type, { retries: 1 }).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(KubeError).and.to.include({ status: 503, message: 'apiserver is shutting down' });
    expect(refusals).to.equal(998);
  });

  it('says in one line what the server said', async () => {
    const missing = await client.get(type, 'default/nobody').catch((error: unknown) => error);
    expect(missing).to.include({ name: 'KubeError', status: 404, reason: 'NotFound' });
    expect((missing as Error).message).to.equal('widgets.client.test.tenet.dev "nobody" not found');
    const caller = new KubeClient({ ...proxy.connection, server: 'http://127.0.0.1:1' }, { fieldManager: 'test' });
    const unreachable = await caller.list(type, { retries: 0 }).catch((error: unknown) => error);
    expect(unreachable).to.be.instanceOf(ConnectionError).and.to.include({ code: 'ECONNREFUSED' });
  });

  it('keeps a name from changing the path', async () => {
    const failure = await client.get(type, 'default/../../../../api/v1/namespaces').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(KubeError);
    expect((failure as KubeError).status).to.be.oneOf([400, 404]);
  });

  it('lets the process end when it is stopped in the middle of a list', async function () {
    this.timeout(60_000);
    await kube.apply(...['a', 'b', 'c'].map((name) => widget(type, name)));
    const script = `
      const load = (path) => import(${JSON.stringify(join(import.meta.dirname, '../../../controllers/'))} + path);
      const { openConnection } = await load('kube/connection.ts');
      const { KubeClient } = await load('kube/client.ts');
      const { kubeSource } = await load('kube/source.ts');
      const connection = await openConnection(process.env.KUBE);
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const client = new KubeClient(connection, { fieldManager: 'test' });
      const followed = [{ type: ${JSON.stringify(type)} }];
      const source = kubeSource({ client, followed, controller: 'c', instance: 'i', log, reflector: { pageSize: 1 } });
      const stop = new AbortController();
      let told = 0;
      const sink = () => { told++; stop.abort(); };
      await source.run(sink, stop.signal);
      await connection.close();
      console.log('told ' + told);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      env: { ...process.env, KUBE: kube.kubeconfig },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    // It ends by itself: nothing that is left open keeps it.
    expect(await new Promise((resolve) => child.on('close', resolve))).to.equal(0);
    expect(output).to.equal('told 1\n');
  });
});
