import { expect } from 'chai';
import { Registry } from 'prom-client';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../../controllers/kube/connection.ts';
import { LeaderElector } from '../../../controllers/kube/leader.ts';
import { kubeSource } from '../../../controllers/kube/source.ts';
import { type Condition, ready } from '../../../controllers/resources/conditions.ts';
import type { KubeObject } from '../../../controllers/resources/resource.ts';
import { TerminalError } from '../../../controllers/runtime/controller.ts';
import { runManager } from '../../../controllers/runtime/manager.ts';
import { createMetrics } from '../../../controllers/runtime/metrics.ts';
import type { Outcome, Reconciler, Request } from '../../../controllers/runtime/reconciler.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, sharedKube } from '../../helpers/kube.ts';
import { grantWidgets, installWidgets, memoryLog, type Widget, type WidgetSpec, widget, widgetType } from '../../helpers/widgets.ts';

type Reported = KubeObject<WidgetSpec, { size?: number; observedGeneration?: number; conditions?: Condition[] }>;

describe('the controllers on a cluster', () => {
  const type = widgetType('manager');
  const finalizer = 'tenet.dev/widget';
  let kube: Kube;
  let connection: Connection;
  let adminConnection: Connection;
  let admin: KubeClient;
  let registry: Registry;
  let stop: AbortController;
  let running: Promise<void>;
  let passes: { key: string; deleting: boolean; uid: string; size: number | undefined }[];
  let onPass: (request: Request<Widget>) => Promise<void>;

  const reconciler: Reconciler<Widget> = {
    type,
    finalizer,
    async reconcile(request): Promise<Outcome> {
      const { key, deleting, object } = request;
      passes.push({ key, deleting, uid: object.metadata.uid, size: object.spec?.size });
      await onPass(request);
      if (deleting) return { conditions: [], finalizer: 'release' };
      if (object.spec?.text === 'poison') throw new Error('the widget is poisonous');
      if (object.spec?.text === 'taken') throw new TerminalError('the name is taken');
      const isNew = (object.status as { size?: number } | undefined)?.size !== object.spec?.size;
      return {
        conditions: ready('The widget is as its manifest says.'),
        statusFields: { size: object.spec?.size },
        events: isNew ? [{ type: 'Normal', reason: 'Updated', note: `size is ${object.spec?.size}` }] : [],
      };
    },
  };

  before(async function () {
    needsKube(this);
    kube = await sharedKube();
    adminConnection = await openConnection(kube.kubeconfig);
    admin = new KubeClient(adminConnection, { fieldManager: 'test' });
    await installWidgets(kube, type);
    await grantWidgets(kube, type);
  });
  after(() => adminConnection?.close());
  beforeEach(async () => {
    passes = [];
    onPass = async () => {};
    registry = new Registry();
    connection = await openConnection(kube.controllerKubeconfig);
    start();
  });
  afterEach(async () => {
    if (!kube) return;
    await kube.kubectl('delete', `widgets.${type.group}`, '--all', '-n', 'default', '--wait=false');
    await eventually(async () => expect(await kube.kubectl('get', `widgets.${type.group}`, '-n', 'default')).to.equal(''));
    await end();
    await connection.close();
    // Whatever a test did, it was done with exactly the rights of the role.
    expect(await registry.getSingleMetricAsString('rest_client_requests_total')).not.to.match(/code="40[13]"/);
  });

  function start(): void {
    registry.clear();
    const metrics = createMetrics(registry);
    const log = memoryLog();
    const client = new KubeClient(connection, {
      fieldManager: 'tenet-controller',
      onCall: (method, code) => metrics.requests.inc({ method, code }),
    });
    const source = kubeSource({ client, followed: [{ type }], controller: 'tenet.dev/test', instance: 'test', log, metrics });
    const elector = new LeaderElector({ client, namespace: 'tenet-system', name: 'manager-test', log, metrics, retryMs: 200 });
    const queue = { minBackoffMs: 20, maxBackoffMs: 200 };
    stop = new AbortController();
    running = runManager({ source, elector, reconcilers: [reconciler as Reconciler], log, metrics, queue }, stop.signal);
  }
  async function end(): Promise<void> {
    stop.abort();
    await running;
  }

  const read = (name: string): Promise<Reported> => admin.get<Reported>(type, `default/${name}`);
  const isGone = (name: string) => eventually(async () => expect(await read(name).catch(String)).to.match(/not found/));
  const condition = async (name: string, kind: string) => (await read(name)).status?.conditions?.find((one) => one.type === kind);
  const has = (name: string, kind: string, expected: Partial<Condition>) =>
    eventually(async () => expect(await condition(name, kind)).to.include(expected));
  const isReady = (name: string) => has(name, 'Ready', { status: 'True' });

  it('reports what it did, for the generation that it worked on, and tells an event', async () => {
    await kube.apply(widget(type, 'first', { size: 3 }));
    await isReady('first');
    await kube.kubectl('wait', '--for=condition=Ready', `widgets.${type.group}/first`, '-n', 'default', '--timeout=1s');
    const { status, metadata } = await read('first');
    expect(status).to.include({ size: 3, observedGeneration: 1 });
    expect(metadata.finalizers).to.deep.equal([finalizer]);
    await eventually(async () =>
      expect(await kube.kubectl('describe', `widgets.${type.group}`, 'first', '-n', 'default')).to.contain('size is 3'),
    );
    await kube.apply(widget(type, 'first', { size: 4 }));
    await eventually(async () => expect((await read('first')).status).to.include({ size: 4, observedGeneration: 2 }));
  });

  it('writes no status and wakes nobody when nothing has changed', async () => {
    await kube.apply(widget(type, 'quiet'));
    await isReady('quiet');
    const { resourceVersion } = (await read('quiet')).metadata;
    const before = passes.length;
    await kube.kubectl('annotate', `widgets.${type.group}`, 'quiet', '-n', 'default', 'tenet.dev/reconcile-at=now');
    await eventually(() => expect(passes).to.have.length(before + 1));
    const annotated = (await read('quiet')).metadata.resourceVersion;
    expect(annotated).not.to.equal(resourceVersion);
    await kube.apply(widget(type, 'other'));
    await isReady('other');
    expect((await read('quiet')).metadata.resourceVersion).to.equal(annotated);
    expect(passes.filter(({ key }) => key === 'default/quiet')).to.have.length(before + 1);
  });

  it('leaves the conditions of another writer alone, and takes its own back', async () => {
    await kube.apply(widget(type, 'shared'));
    await isReady('shared');
    const foreign = [
      { type: 'Ready', status: 'False', reason: 'Meddled', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'Backup', status: 'True', reason: 'Done', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ];
    const patch = JSON.stringify({ apiVersion: `${type.group}/v1`, kind: 'Widget', status: { conditions: foreign } });
    const command = ['patch', `widgets.${type.group}`, 'shared', '-n', 'default', '--subresource=status', '--type=merge', '-p', patch];
    await kube.kubectl(...command);
    await isReady('shared');
    await kube.apply(widget(type, 'shared', { size: 9 }));
    await eventually(async () => expect((await read('shared')).status).to.include({ size: 9 }));
    expect((await condition('shared', 'Ready'))?.reason).to.equal('Reconciled');
    expect((await condition('shared', 'Backup'))?.reason).to.equal('Done');
  });

  it('lets a deleted object go only after the reconciler has undone it, also when it was deleted while no controller ran', async () => {
    await kube.apply(widget(type, 'doomed'));
    await isReady('doomed');
    await end();
    await kube.kubectl('delete', `widgets.${type.group}`, 'doomed', '-n', 'default', '--wait=false');
    expect((await read('doomed')).metadata.deletionTimestamp).to.be.a('string');
    passes = [];
    start();
    await isGone('doomed');
    expect(passes.filter(({ key }) => key === 'default/doomed').map(({ deleting }) => deleting)).to.deep.equal([true]);
  });

  it('never brings an object back that was deleted while it was working on it', async () => {
    onPass = async ({ deleting, key, object }) => {
      if (deleting || key !== 'default/vanishing' || object.spec?.size !== 2) return;
      // Somebody takes the finalizer away by force: the object is gone in the middle of the pass.
      const none = JSON.stringify({ metadata: { finalizers: null } });
      await kube.kubectl('patch', `widgets.${type.group}`, 'vanishing', '-n', 'default', '--type=merge', '-p', none);
      await kube.kubectl('delete', `widgets.${type.group}`, 'vanishing', '-n', 'default');
    };
    await kube.apply(widget(type, 'vanishing', { size: 1 }));
    await isReady('vanishing');
    await kube.apply(widget(type, 'vanishing', { size: 2 }));
    await isGone('vanishing');
    onPass = async () => {};
    await kube.apply(widget(type, 'witness'));
    await isReady('witness');
    await isGone('vanishing');
  });

  it('goes on with the others while one is poisonous, and says Stalled when that one has failed five times', async () => {
    await kube.apply(widget(type, 'poison', { size: 1, text: 'poison' }));
    await has('poison', 'Ready', { status: 'False' });
    await kube.apply(widget(type, 'healthy'), widget(type, 'odd', { size: 1, text: `a\u2028b${'x'.repeat(900_000)}` }));
    await isReady('healthy');
    await isReady('odd');
    await has('poison', 'Stalled', { message: 'the widget is poisonous' });
    expect(await condition('poison', 'Reconciling')).to.equal(undefined);
    expect((await condition('poison', 'Ready'))?.status).to.equal('False');
    await kube.apply(widget(type, 'poison', { size: 1, text: 'cured' }));
    await isReady('poison');
    expect(await condition('poison', 'Stalled')).to.equal(undefined);
  });

  it('says Stalled at once when trying again cannot help, and tries again when the manifest changes', async () => {
    await kube.apply(widget(type, 'clash', { text: 'taken' }));
    await has('clash', 'Stalled', { message: 'the name is taken' });
    expect(passes.filter(({ key }) => key === 'default/clash')).to.have.length(1);
    await kube.apply(widget(type, 'clash', { text: 'free' }));
    await isReady('clash');
  });

  it('stops all work on a paused object, also its deletion, and says so', async () => {
    await kube.apply(widget(type, 'frozen', { size: 1 }, { annotations: { 'tenet.dev/paused': 'true' } }));
    await has('frozen', 'Synced', { reason: 'ReconcilePaused' });
    await kube.kubectl('delete', `widgets.${type.group}`, 'frozen', '-n', 'default', '--wait=false');
    expect(passes.filter(({ key }) => key === 'default/frozen')).to.deep.equal([]);
  });

  it('publishes the metrics that dashboards know', async () => {
    await kube.apply(widget(type, 'counted'));
    await isReady('counted');
    const text = await eventually(async () => {
      const now = await registry.metrics();
      expect(now).to.match(/controller_runtime_reconcile_total\{controller="widgets",result="success"\} [1-9]/);
      return now;
    });
    expect(text).to.contain('workqueue_depth{name="widgets"} 0');
    expect(text).to.contain('leader_election_master_status{name="manager-test"} 1');
    expect(text).to.contain('tenet_source_objects{kind="Widget",ready="True"} 1');
    expect(text).to.contain('tenet_reflector_relists_total{resource="widgets",reason="start"} 1');
    expect(text).to.match(/tenet_reflector_last_event_age_seconds\{resource="widgets"\} 0/);
  });
});
