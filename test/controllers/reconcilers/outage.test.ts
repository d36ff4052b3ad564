import { expect } from 'chai';
import { Registry } from 'prom-client';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../../controllers/kube/connection.ts';
import { LeaderElector } from '../../../controllers/kube/leader.ts';
import { kubeSource } from '../../../controllers/kube/source.ts';
import { ready } from '../../../controllers/resources/conditions.ts';
import { runManager } from '../../../controllers/runtime/manager.ts';
import { createMetrics } from '../../../controllers/runtime/metrics.ts';
import type { Reconciler } from '../../../controllers/runtime/reconciler.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, startKube } from '../../helpers/kube.ts';
import { grantWidgets, installWidgets, memoryLog, type Widget, widget, widgetType } from '../../helpers/widgets.ts';

describe('the controllers and an API server that is killed', () => {
  const type = widgetType('outage');
  /** What the reconciler did, as a database would keep it: a line only where something changes. */
  const written: string[] = [];
  const known = new Map<string, number | undefined>();
  const reconciler: Reconciler<Widget> = {
    type,
    async reconcile({ key, object }) {
      const size = object.spec?.size;
      if (known.get(key) !== size) written.push(`${key}=${size}`);
      known.set(key, size);
      return { conditions: ready('done'), statusFields: { size } };
    },
  };
  const stop = new AbortController();
  let kube: Kube;
  let connection: Connection;
  let running: Promise<void> | undefined;

  before(async function () {
    needsKube(this, { own: true });
    kube = await startKube();
    await installWidgets(kube, type);
    await grantWidgets(kube, type);
    connection = await openConnection(kube.controllerKubeconfig);
    const log = memoryLog();
    const metrics = createMetrics(new Registry());
    const client = new KubeClient(connection, { fieldManager: 'tenet-controller' });
    const source = kubeSource({ client, followed: [{ type }], controller: 'tenet.dev/test', instance: 'test', log, metrics });
    const elector = new LeaderElector({ client, namespace: 'tenet-system', name: 'outage', log, metrics });
    running = runManager({ source, elector, reconcilers: [reconciler as Reconciler], log, metrics }, stop.signal);
  });
  after(async () => {
    stop.abort();
    await running;
    await connection?.close();
    await kube?.stop();
  });

  const isReported = (name: string, size: number) =>
    eventually(
      async () =>
        expect(await kube.kubectl('get', `widgets.${type.group}`, name, '-n', 'default', '-o', 'jsonpath={.status.size}')).to.equal(
          `${size}`,
        ),
      30_000,
    );

  it('go on when it is back: what changed is done once, what did not change is left alone', async function () {
    this.timeout(120_000);
    await kube.apply(widget(type, 'changed', { size: 1 }), widget(type, 'unchanged', { size: 1 }));
    await isReported('changed', 1);
    await isReported('unchanged', 1);
    await kube.killApiServer();
    await kube.restartApiServer();
    await eventually(() => kube.apply(widget(type, 'changed', { size: 2 })), 30_000);
    await isReported('changed', 2);
    await kube.killApiServer();
    await kube.restartApiServer();
    await eventually(() => kube.apply(widget(type, 'new', { size: 1 })), 30_000);
    await isReported('new', 1);
    expect(written.sort()).to.deep.equal(['default/changed=1', 'default/changed=2', 'default/new=1', 'default/unchanged=1']);
  });
});
