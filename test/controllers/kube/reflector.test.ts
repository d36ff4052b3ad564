import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Registry } from 'prom-client';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../../controllers/kube/connection.ts';
import { Reflector, type ReflectorOptions } from '../../../controllers/kube/reflector.ts';
import { createMetrics } from '../../../controllers/runtime/metrics.ts';
import { type Change, Store } from '../../../controllers/runtime/store.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { type Kube, needsKube, sharedKube, startKube } from '../../helpers/kube.ts';
import { installWidgets, memoryLog, type Widget, widget, widgetCrd, widgetType } from '../../helpers/widgets.ts';

interface Follower {
  readonly store: Store;
  readonly changes: Change[];
  readonly registry: Registry;
  readonly reflector: Reflector;
  readonly log: ReturnType<typeof memoryLog>;
  relists(): Promise<string>;
  stop(): Promise<void>;
}

function follow(connection: Connection, type: ReturnType<typeof widgetType>, options: Partial<ReflectorOptions> = {}): Follower {
  const store = new Store();
  const changes: Change[] = [];
  const registry = new Registry();
  const log = memoryLog();
  const client = new KubeClient(connection, { fieldManager: 'test' });
  const metrics = createMetrics(registry);
  const reflector = new Reflector({
    client,
    type,
    store,
    log,
    metrics,
    onChange: (change) => changes.push(change),
    minBackoffMs: 50,
    maxBackoffMs: 500,
    ...options,
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  return {
    store,
    changes,
    registry,
    reflector,
    log,
    relists: () => registry.getSingleMetricAsString('tenet_reflector_relists_total'),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

const sizeOf = (follower: Follower, name: string): number | undefined =>
  (follower.store.get(`default/${name}`) as Widget | undefined)?.spec?.size;

describe('the reflector', () => {
  const type = widgetType('reflector');
  let kube: Kube;
  let proxy: FaultProxy;
  let follower: Follower | undefined;

  before(async function () {
    needsKube(this, { own: true });
    kube = await sharedKube({ own: true });
    await installWidgets(kube, type);
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(kube.kubeconfig);
  });
  afterEach(async () => {
    await follower?.stop();
    follower = undefined;
    await proxy?.close();
    await kube?.kubectl('delete', `widgets.${type.group}`, '--all', '-n', 'default');
  });

  /** Follows through the proxy and waits for the first list. */
  async function synced(options: Partial<ReflectorOptions> = {}): Promise<Follower> {
    follower = follow(proxy.connection, type, options);
    await eventually(() => expect(follower!.reflector.synced).to.equal(true));
    return follower;
  }

  it('lists page by page, then follows what is added, changed and deleted', async () => {
    await kube.apply(...['a', 'b', 'c', 'd', 'e'].map((name) => widget(type, name)));
    const { store, changes } = await synced({ pageSize: 2 });
    expect(proxy.seen(/limit=2/)).to.equal(3);
    expect(store.keys().sort()).to.deep.equal(['a', 'b', 'c', 'd', 'e'].map((name) => `default/${name}`));
    await kube.apply(widget(type, 'f', { size: 1 }));
    await kube.apply(widget(type, 'f', { size: 2 }));
    await eventually(() => expect(sizeOf(follower!, 'f')).to.equal(2));
    await kube.kubectl('delete', `widgets.${type.group}`, 'f', '-n', 'default');
    await eventually(() => expect(store.get('default/f')).to.equal(undefined));
    const story = changes.filter(({ key }) => key === 'default/f').map((change) => change.type);
    expect(story).to.deep.equal(['added', 'updated', 'deleted']);
  });

  it('survives 429 and 503 on the watch alone and misses nothing', async () => {
    const { store } = await synced();
    let refused = 0;
    proxy.faults.answer = (_method, url) => {
      if (!url.searchParams.has('watch')) return undefined;
      refused++;
      const message = refused % 2 ? 'storage is (re)initializing' : 'the server is currently unable to handle the request';
      const status = refused % 2 ? 429 : 503;
      return {
        status,
        body: JSON.stringify({ kind: 'Status', code: status, reason: 'TooManyRequests', message }),
        headers: { 'retry-after': '0' },
      };
    };
    proxy.cut();
    await kube.apply(widget(type, 'meanwhile'));
    await eventually(() => expect(refused).to.be.greaterThan(4));
    proxy.faults.answer = undefined;
    await eventually(() => expect(store.get('default/meanwhile')).not.to.equal(undefined));
  });

  for (const form of ['an ERROR event', 'HTTP 410'] as const) {
    it(`lists again when its version has expired, told by ${form}`, async () => {
      const { store, changes, relists } = await synced();
      await kube.apply(widget(type, 'gone'), widget(type, 'stays'));
      await eventually(() => expect(store.size).to.equal(2));
      const status = JSON.stringify({ kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' });
      // Not offline: after five refused calls it would list for that reason, and kubectl may take as long.
      proxy.faults.stalled = true;
      await kube.kubectl('delete', `widgets.${type.group}`, 'gone', '-n', 'default');
      let expired = 0;
      proxy.faults.answer = (_method, url) => {
        if (!url.searchParams.has('watch') || expired++ > 0) return undefined;
        return form === 'HTTP 410' ? { status: 410, body: status } : { status: 200, body: `{"type":"ERROR","object":${status}}\n` };
      };
      proxy.faults.stalled = false;
      proxy.cut();
      await eventually(() => expect(store.keys()).to.deep.equal(['default/stays']));
      expect(changes.filter((change) => change.type === 'deleted').map(({ key }) => key)).to.deep.equal(['default/gone']);
      expect(await relists()).to.contain('reason="expired"} 1');
      expect(await relists()).not.to.contain('reason="failures"');
    });
  }

  it('begins the list anew when its second page has expired, and deletes nothing by half a list', async () => {
    await kube.apply(...['a', 'b', 'c'].map((name) => widget(type, name)));
    let expired = 0;
    proxy.faults.answer = (_method, url) => {
      if (!url.searchParams.get('continue') || expired++ > 0) return undefined;
      return {
        status: 410,
        body: JSON.stringify({ kind: 'Status', code: 410, reason: 'Expired', message: 'The provided continue parameter is too old' }),
      };
    };
    const { store, changes } = await synced({ pageSize: 1 });
    expect(expired).to.be.greaterThan(1);
    expect(store.size).to.equal(3);
    expect(changes.map((change) => change.type)).to.deep.equal(['added', 'added', 'added']);
  });

  it('notices a connection that has gone silent, and catches up', async () => {
    const { store } = await synced({ idleMs: 500 });
    proxy.faults.stalled = true;
    await kube.apply(widget(type, 'unheard'));
    await eventually(() => expect(follower!.log.lines.some(({ message }) => message.includes('failed'))).to.equal(true));
    expect(store.get('default/unheard')).to.equal(undefined);
    proxy.faults.stalled = false;
    proxy.cut();
    await eventually(() => expect(store.get('default/unheard')).not.to.equal(undefined));
  });

  it('tells a change once, though its events come twice and in the wrong order', async () => {
    const { changes } = await synced();
    const lines: string[] = [];
    proxy.faults.watchLine = (line) => {
      lines.push(line);
      // Each event twice, and after each one all earlier ones again.
      return [line, ...lines.toReversed()];
    };
    for (const size of [1, 2, 3]) {
      await kube.apply(widget(type, 'noisy', { size }));
      await eventually(() => expect(sizeOf(follower!, 'noisy')).to.equal(size));
    }
    expect(changes.map((change) => [change.type, (change.object as Widget).spec?.size])).to.deep.equal([
      ['added', 1],
      ['updated', 2],
      ['updated', 3],
    ]);
  });

  it('tells a recreated object from a changed one by its uid', async () => {
    await kube.apply(widget(type, 'phoenix', { size: 1 }));
    const { changes } = await synced();
    const before = changes[0]!.object.metadata.uid;
    proxy.faults.stalled = true;
    await kube.kubectl('delete', `widgets.${type.group}`, 'phoenix', '-n', 'default');
    await kube.apply(widget(type, 'phoenix', { size: 2 }));
    // The version that it knows is gone too, so that it cannot learn of the deletion from the watch.
    let expired = 0;
    proxy.faults.answer = (_method, url) =>
      url.searchParams.has('watch') && expired++ === 0 ? { status: 410, body: '{"code":410,"reason":"Expired"}' } : undefined;
    proxy.faults.stalled = false;
    proxy.cut();
    await eventually(() => expect(sizeOf(follower!, 'phoenix')).to.equal(2));
    const last = changes.at(-1)!;
    expect(last.type).to.equal('recreated');
    expect(last.previous!.metadata.uid).to.equal(before);
    expect(last.object.metadata.uid).not.to.equal(before);
  });

  it('takes U+2028 and a megabyte of text as part of an object, not as its end', async () => {
    const { store } = await synced();
    const text = `a\u2028b\u2029c${'ü'.repeat(400_000)}`;
    await kube.apply(widget(type, 'odd', { size: 1, text }));
    await eventually(() => expect((store.get('default/odd') as Widget | undefined)?.spec?.text).to.equal(text));
  });

  it('tells nothing any more after it was stopped in the middle of its first list', async () => {
    await kube.apply(...['a', 'b', 'c'].map((name) => widget(type, name)));
    proxy.faults.answer = (_method, url) => {
      if (url.searchParams.get('continue')) proxy.faults.stalled = true;
      return undefined;
    };
    follower = follow(proxy.connection, type, { pageSize: 1 });
    const { changes } = follower;
    await eventually(() => expect(proxy.faults.stalled).to.equal(true));
    await follower.stop();
    const told = changes.length;
    expect(follower.reflector.synced).to.equal(false);
    await kube.apply(widget(type, 'late'));
    await eventually(async () => expect(await kube.kubectl('get', `widgets.${type.group}`)).to.contain('late'));
    expect(changes).to.have.length(told);
  });

  it('waits for a CRD that is not installed yet, and starts when it is', async () => {
    const later = widgetType('later');
    follower = follow(proxy.connection, later);
    await eventually(() => expect(follower!.log.lines.some(({ message }) => message.includes('install its CRD'))).to.equal(true));
    expect(follower.reflector.synced).to.equal(false);
    await kube.apply(widgetCrd(later));
    await eventually(() => kube.apply(widget(later, 'first')), 20_000);
    await eventually(() => expect(follower!.store.keys()).to.deep.equal(['default/first']));
    await kube.kubectl('delete', 'crd', `widgets.${later.group}`);
  });

  it('opens two thousand watches one after the other without keeping anything of them', async function () {
    this.timeout(150_000);
    await kube.apply(widget(type, 'steady'));
    const bookmark = (): string => `{"type":"BOOKMARK","object":{"metadata":{"name":"","resourceVersion":"${version}"}}}\n`;
    let version = '1';
    proxy.faults.answer = (_method, url) => {
      if (!url.searchParams.has('watch')) return undefined;
      version = url.searchParams.get('resourceVersion')!;
      return { status: 200, body: bookmark() };
    };
    // A watch that ends at once is taken for trouble: without this it would wait before the next one.
    await synced({ minBackoffMs: 0, maxBackoffMs: 0 });
    await eventually(() => expect(proxy.seen(/watch=true/)).to.be.greaterThan(500), 60_000);
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
    const before = { sockets: sockets(), heap: collectedHeap() };
    await eventually(() => expect(proxy.seen(/watch=true/)).to.be.greaterThan(2_500), 60_000);
    expect(sockets()).to.be.at.most(before.sockets + 2);
    expect(collectedHeap() - before.heap).to.be.below(20e6);
  });
});

/** Bytes in use after a full collection. */
function collectedHeap(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('the reflector and a server that goes away', () => {
  const type = widgetType('crash');
  let kube: Kube;
  let follower: Follower;
  let connection: Connection;

  before(async function () {
    needsKube(this, { own: true });
    kube = await startKube();
    await installWidgets(kube, type);
    connection = await openConnection(kube.kubeconfig);
    follower = follow(connection, type, { maxBackoffMs: 2_000 });
  });
  after(async () => {
    await follower?.stop();
    await connection?.close();
    await kube?.stop();
  });

  it('catches up after the API server was killed, with one change for what happened meanwhile', async function () {
    this.timeout(90_000);
    await kube.apply(widget(type, 'survivor', { size: 1 }));
    await eventually(() => expect(sizeOf(follower, 'survivor')).to.equal(1));
    await kube.killApiServer();
    await eventually(() => expect(follower.log.lines.some(({ message }) => message.includes('failed'))).to.equal(true));
    await kube.restartApiServer();
    await kube.apply(widget(type, 'survivor', { size: 2 }));
    await eventually(() => expect(sizeOf(follower, 'survivor')).to.equal(2));
    const told = follower.changes.filter(({ key }) => key === 'default/survivor');
    expect(told.map((change) => (change.object as Widget).spec?.size)).to.deep.equal([1, 2]);
  });

  it('follows on after the API server was asked to end (SIGTERM) and started again', async function () {
    this.timeout(90_000);
    kube.signalApiServer('SIGTERM');
    // It serves open watches for a while yet; a restart ends that.
    await kube.restartApiServer();
    await kube.apply(widget(type, 'survivor', { size: 3 }));
    await eventually(() => expect(sizeOf(follower, 'survivor')).to.equal(3));
  });
});
