import { join } from 'node:path';
import { expect } from 'chai';
import { KubeClient } from '../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../controllers/kube/connection.ts';
import { leaseType } from '../../controllers/kube/leader.ts';
import { eventType, toEvent } from '../../controllers/resources/events.ts';
import type { KubeObject, ResourceType } from '../../controllers/resources/resource.ts';
import { namespaceType, organizationType, projectType } from '../../controllers/resources/types.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Kube, needsKube, startKube } from '../helpers/kube.ts';

const base = join(import.meta.dirname, '..', '..', 'k8s', 'base');

describe('the role of the controller', () => {
  let kube: Kube;
  let connection: Connection;
  let client: KubeClient;
  let object: KubeObject;
  before(async function () {
    // A server of its own: other suites give the same user further rights.
    needsKube(this, { own: true });
    kube = await startKube();
    await kube.kubectl('apply', '--server-side', '-k', base);
    await kube.kubectl('wait', '--for=condition=Established', 'crd/organizations.tenet.dev', 'crd/projects.tenet.dev', '--timeout=30s');
    await kube.apply({
      apiVersion: 'tenet.dev/v1alpha1',
      kind: 'Organization',
      metadata: { name: 'rbac-test' },
      spec: { displayName: 'R' },
    });
    connection = await openConnection(kube.controllerKubeconfig);
    client = new KubeClient(connection, { fieldManager: 'tenet-controller' });
    object = JSON.parse(await kube.kubectl('get', 'organization.tenet.dev', 'rbac-test', '-o', 'json'));
  });
  after(async () => {
    await connection?.close();
    await kube?.stop();
  });

  it('is enough to follow, to report, to guard a deletion, to tell events and to elect a leader', async () => {
    for (const type of [organizationType, projectType, namespaceType]) {
      // A server under load says of a new resource for a while that its storage is (re)initializing.
      await eventually(async () => {
        const { metadata } = await client.list(type, { limit: 1 });
        const watch = client.watch(type, {
          resourceVersion: metadata.resourceVersion,
          timeoutSeconds: 1,
          idleMs: 10_000,
          signal: new AbortController().signal,
        });
        for await (const event of watch) expect(event.type).to.be.a('string');
      });
    }
    await client.applyStatus(organizationType, object, { observedGeneration: 1 });
    await client.applyFinalizers(organizationType, object, ['tenet.dev/finalizer']);
    await client.applyFinalizers(organizationType, object, []);
    const event = toEvent(
      organizationType,
      object,
      { type: 'Normal', reason: 'Created', note: 'x' },
      'tenet.dev/controller',
      'test',
      new Date(),
    );
    await client.create(eventType, 'default', event);
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'tenet-controller', namespace: 'tenet-system' },
      spec: {},
    };
    await client.create(leaseType, 'tenet-system', lease);
    await client.update(leaseType, 'tenet-system/tenet-controller', await client.get<never>(leaseType, 'tenet-system/tenet-controller'));
  });

  it('is not enough for anything else', async () => {
    const secrets: ResourceType = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
    const attempts: [string, () => Promise<unknown>][] = [
      ['read secrets', () => client.list(secrets)],
      ['create an organization', () => client.create(organizationType, undefined, { ...object, metadata: { name: 'own' } })],
      ['replace an organization', () => client.update(organizationType, 'rbac-test', object)],
      ['take the lease of another program', () => client.get(leaseType, 'tenet-system/other')],
      ['write leases elsewhere', () => client.create(leaseType, 'default', { metadata: { name: 'x' } })],
      ['read config of the cluster', () => client.list({ ...secrets, kind: 'ConfigMap', plural: 'configmaps' })],
    ];
    for (const [title, attempt] of attempts) {
      const failure = await attempt().catch((error: unknown) => error);
      expect(failure, title).to.include({ name: 'KubeError', status: 403 });
    }
  });

  it('does not let it bring a deleted organization back', async () => {
    await kube.kubectl('delete', 'organization.tenet.dev', 'rbac-test');
    const failure = await client.applyFinalizers(organizationType, object, ['tenet.dev/finalizer']).catch((error: unknown) => error);
    expect(failure).to.have.property('status').that.is.oneOf([403, 409]);
    expect(await kube.kubectl('get', 'organizations.tenet.dev', '-o', 'name')).not.to.contain('rbac-test');
  });
});
