import { expect } from 'chai';
import { startKubernetesDriver } from '../../../apps/kubernetes/driver.ts';
import { nameOf } from '../../../apps/kubernetes/objects.ts';
import { KubeClient } from '../../../controllers/kube/client.ts';
import { type Connection, openConnection } from '../../../controllers/kube/connection.ts';
import type { DesiredInstance, StartedDriver } from '../../../core/apps/driver.ts';
import { newId } from '../../../core/base/ids.ts';
import { eventually } from '../../helpers/eventually.ts';
import { type Kube, needsKube, startKube } from '../../helpers/kube.ts';

const namespace = 'tenet-apps';

/** No kubelet and no controller runs beside this API server: what they would do to a Deployment, which is to write its status, the test does. */
describe('the Kubernetes driver of applications', function () {
  this.timeout(240_000);
  let kube: Kube;
  let connection: Connection;
  let driver: StartedDriver;
  const changed: string[] = [];

  before(async function () {
    needsKube(this, { own: true });
    kube = await startKube();
    // As the controller's ServiceAccount with the Role of k8s/apps, and nothing else.
    await kube.kubectl('apply', '--server-side', '-k', 'k8s/apps');
    connection = await openConnection(kube.controllerKubeconfig);
    const client = new KubeClient(connection, { fieldManager: 'tenet' });
    driver = startKubernetesDriver({ client, namespace, storage: '1Gi', onError: () => undefined });
    driver.onChange((id) => changed.push(id));
  });

  after(async () => {
    await driver?.release();
    await connection?.close();
    await kube?.stop();
  });

  const desiredOf = (id: string, more: Partial<DesiredInstance> = {}): DesiredInstance => ({
    id,
    organizationId: newId('organization'),
    replicas: 1,
    generation: 1,
    program: { image: 'registry.example/notes:1', port: 8080, healthPath: '/health', dataDirectory: '/data', args: ['--quiet'] },
    env: { API_TOKEN: 'secret value' },
    ...more,
  });
  const read = async (kind: string, id: string) =>
    JSON.parse(await kube.kubectl('get', kind, nameOf(id), '-n', namespace, '-o', 'json', '--show-managed-fields'));

  /** What the controllers and the kubelet would say of the pods. */
  async function setStatus(id: string, running: 0 | 1, conditions: object[] = []): Promise<void> {
    const { metadata } = await read('deployment', id);
    const counts = { replicas: running, updatedReplicas: running, readyReplicas: running, availableReplicas: running };
    const status = { observedGeneration: metadata.generation, ...(running ? counts : { replicas: 0 }), conditions };
    const patch = JSON.stringify([{ op: 'replace', path: '/status', value: status }]);
    await kube.kubectl('patch', 'deployment', nameOf(id), '-n', namespace, '--subresource=status', '--type=json', '-p', patch);
  }

  it('installs, stops for want of traffic, wakes with the same data, and uninstalls with the rights of its Role', async () => {
    const desired = desiredOf(newId('instance'));
    const { id } = desired;
    expect(await driver.observe(id)).to.deep.equal({ phase: 'ABSENT' });
    await driver.apply(desired);
    expect((await driver.observe(id)).phase).to.equal('STARTING');
    await setStatus(id, 1);
    const address = { host: `${nameOf(id)}.${namespace}.svc`, port: 8080 };
    expect(await driver.observe(id)).to.deep.equal({ phase: 'RUNNING', generation: 1, address });
    await eventually(() => expect(changed).to.include(id));

    const { metadata, spec } = await read('deployment', id);
    expect(metadata.managedFields.map(({ manager }: { manager: string }) => manager)).to.include('tenet');
    expect(JSON.stringify(spec)).not.to.contain('secret value');
    expect(spec.template.spec.containers[0].securityContext).to.deep.include({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
    const before = (await read('deployment', id)).metadata.resourceVersion;
    await driver.apply(desired);
    expect((await read('deployment', id)).metadata.resourceVersion, 'the same again changes nothing').to.equal(before);

    const claim = (await read('pvc', id)).metadata.uid;
    await driver.apply({ ...desired, replicas: 0 });
    expect((await driver.observe(id)).phase).to.equal('STARTING');
    await setStatus(id, 0);
    expect(await driver.observe(id)).to.deep.equal({ phase: 'STOPPED', generation: 1 });
    await driver.apply({ ...desired, generation: 2 });
    await setStatus(id, 1);
    expect(await driver.observe(id)).to.deep.include({ phase: 'RUNNING', generation: 2 });
    expect((await read('pvc', id)).metadata.uid).to.equal(claim);
    expect(await driver.logs(id, { lines: 10 }), 'no pod was ever made').to.deep.equal([]);

    await setStatus(id, 0, [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'no pod became ready', lastUpdateTime: null },
    ]);
    expect(await driver.observe(id)).to.deep.include({ phase: 'FAILED', message: 'ProgressDeadlineExceeded: no pod became ready' });
    await driver.remove(id, { deleteData: false });
    expect(await driver.observe(id)).to.deep.equal({ phase: 'ABSENT' });
    expect((await read('pvc', id)).metadata.uid, 'the data stays').to.equal(claim);
    await driver.remove(id, { deleteData: true });
    await driver.remove(id, { deleteData: true });
    // A finalizer of Kubernetes holds a claim until its volume controller has looked, which does not run here.
    expect((await read('pvc', id)).metadata.deletionTimestamp).to.be.a('string');
  });

  it('has a hung program started anew by the kubelet, and says that it has failed when that does not help', async () => {
    const desired = desiredOf(newId('instance'), {
      program: { image: 'registry.example/notes:1', port: 8080, healthPath: '/health', startSeconds: 30 },
    });
    const { id } = desired;
    await driver.apply(desired);
    // As the API server keeps them, with what it fills in: a start of 30 seconds, and a minute without an answer later on.
    const probesOf = async (of: string) => (await read('deployment', of)).spec.template.spec.containers[0];
    const usual = { successThreshold: 1, timeoutSeconds: 2 };
    const http = { httpGet: { path: '/health', port: 'http', scheme: 'HTTP' } };
    expect(await probesOf(id)).to.deep.include({
      startupProbe: { ...http, ...usual, periodSeconds: 2, failureThreshold: 15 },
      livenessProbe: { ...http, ...usual, periodSeconds: 10, failureThreshold: 6 },
    });
    const plain = desiredOf(newId('instance'), { program: { image: 'registry.example/notes:1', port: 8080 } });
    await driver.apply(plain);
    expect(await probesOf(plain.id)).to.deep.include({
      livenessProbe: { tcpSocket: { port: 'http' }, ...usual, periodSeconds: 10, failureThreshold: 6 },
    });

    // No kubelet asks here: what follows is what the controllers write of a pod that it finds hung and starts anew.
    const awayFor = (seconds: number) => [
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      {
        ...{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'no pod is ready' },
        lastTransitionTime: new Date(Date.now() - seconds * 1_000).toISOString(),
      },
    ];
    await setStatus(id, 1);
    expect((await driver.observe(id)).phase).to.equal('RUNNING');
    await setStatus(id, 0, awayFor(5));
    expect((await driver.observe(id)).phase, 'while it starts anew').to.equal('STARTING');
    const deadline = (await read('deployment', id)).spec.progressDeadlineSeconds;
    await setStatus(id, 0, awayFor(deadline + 5));
    expect(await driver.observe(id)).to.deep.include({ phase: 'FAILED', message: 'MinimumReplicasUnavailable: no pod is ready' });
    await setStatus(id, 1);
    expect((await driver.observe(id)).phase, 'once it answers again').to.equal('RUNNING');
  });

  it('takes variables away that are left out, also those that an earlier version has written', async () => {
    const desired = desiredOf(newId('instance'), { env: { KEPT: 'a', REMOVED: 'b' } });
    const data = async () => (await read('secret', desired.id)).data;
    await driver.apply(desired);
    expect(await data()).to.have.all.keys('KEPT', 'REMOVED');
    await driver.apply({ ...desired, env: { KEPT: 'é' } });
    expect(await data()).to.deep.equal({ KEPT: Buffer.from('é').toString('base64') });

    const { name, namespace: at, labels } = (await read('secret', desired.id)).metadata;
    const earlier = (stringData: object) =>
      kube.applyAs('tenet', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: at, labels }, stringData }));
    await earlier({ OLD_TOKEN: 'secret' });
    await earlier({});
    expect(await data()).to.include.keys('OLD_TOKEN');
    await driver.apply({ ...desired, env: { KEPT: 'c' } });
    expect(await data()).to.deep.equal({ KEPT: Buffer.from('c').toString('base64') });
  });

  it('stops what has no image any more', async () => {
    const desired = desiredOf(newId('instance'));
    const { image: _image, ...program } = desired.program;
    await driver.apply(desired);
    await setStatus(desired.id, 1);
    await driver.apply({ ...desired, program, replicas: 0 });
    const { spec } = await read('deployment', desired.id);
    expect(spec).to.deep.include({ replicas: 0 });
    expect(spec.template.spec.containers[0].image).to.equal(desired.program.image);
    await setStatus(desired.id, 0);
    expect(await driver.observe(desired.id)).to.deep.equal({ phase: 'STOPPED', generation: 1 });
    expect(await driver.apply({ ...desired, program }).catch((error: Error) => error.message)).to.contain('no image');
    await driver.apply(desired);
    expect((await read('deployment', desired.id)).spec.replicas).to.equal(1);
    const never = newId('instance');
    await driver.apply({ ...desired, id: never, replicas: 0 });
    expect(await driver.observe(never)).to.deep.equal({ phase: 'ABSENT' });
  });

  it('touches nothing that others have made under its names', async () => {
    const desired = desiredOf(newId('instance'));
    const name = nameOf(desired.id);
    await kube.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { theirs: 'kept' } });
    const refused = await driver.apply(desired).catch((error: Error) => error.message);
    expect(refused).to.contain(`Secret ${name}`);
    expect(await driver.observe(desired.id)).to.deep.equal({ phase: 'ABSENT' });
    await driver.remove(desired.id, { deleteData: true });
    expect((await read('secret', desired.id)).data).to.deep.equal({ theirs: Buffer.from('kept').toString('base64') });
  });

  it('goes on after the API server was away, and tells of what changed meanwhile', async () => {
    const desired = desiredOf(newId('instance'));
    await driver.apply(desired);
    await eventually(() => expect(changed).to.include(desired.id));
    await kube.killApiServer();
    expect(await driver.observe(desired.id).catch((error: Error) => error.name)).to.equal('ConnectionError');
    changed.length = 0;
    await kube.restartApiServer();
    await setStatus(desired.id, 1);
    await eventually(() => expect(changed).to.include(desired.id), 30_000);
    expect((await driver.observe(desired.id)).phase).to.equal('RUNNING');
  });
});
