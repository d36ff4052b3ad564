import type { AppliedObject } from '../../controllers/kube/client.ts';
import type { ResourceType } from '../../controllers/resources/resource.ts';
import type { DesiredInstance } from '../../core/apps/driver.ts';
import { silentSeconds, usualStartSeconds } from '../../core/apps/program.ts';

export const deploymentType: ResourceType = { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true };
export const serviceType: ResourceType = { group: '', version: 'v1', kind: 'Service', plural: 'services', namespaced: true };
export const secretType: ResourceType = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
export const claimType: ResourceType = {
  ...{ group: '', version: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims' },
  namespaced: true,
};
export const podType: ResourceType = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/** What tells our objects from those of others. */
export const ourLabels = { 'app.kubernetes.io/managed-by': 'tenet' } as const;
const instanceLabel = 'tenet.dev/instance';
/** On a Deployment and its pods: of what the program is started with. */
export const generationAnnotation = 'tenet.dev/generation';

/** The name of every object of an instance; no text of a tenant is in it. */
export function nameOf(instanceId: string): string {
  return instanceId.replace('_', '-');
}

/** The instance that an object with this name is of. */
export function instanceOf(name: string): string {
  return name.replace('-', '_');
}

/** What selects the objects of an instance; without one, all that are ours. */
export function selectorOf(instanceId?: string): string {
  const [[name, value]] = Object.entries(ourLabels) as [[string, string]];
  return instanceId === undefined ? `${name}=${value}` : `${name}=${value},${instanceLabel}=${nameOf(instanceId)}`;
}

/** Whether the labels are those of an object that we have made for this instance. */
export function isOurs(labels: Readonly<Record<string, string>> | undefined, instanceId: string): boolean {
  return labels?.['app.kubernetes.io/managed-by'] === 'tenet' && labels[instanceLabel] === nameOf(instanceId);
}

/** An object with its type. */
export interface TypedObject {
  readonly type: ResourceType;
  readonly object: AppliedObject & { readonly spec?: object; readonly type?: string; readonly data?: object };
}

/** Everything of an instance, in the order in which it is applied. */
export function objectsOf(desired: DesiredInstance, storage: string): TypedObject[] {
  const { id, organizationId, program, env } = desired;
  const name = nameOf(id);
  const labels = { ...ourLabels, [instanceLabel]: name, 'tenet.dev/organization': organizationId };
  const metadata = { name, labels };
  return [
    // All variables are here, secret or not. What is applied as stringData would stay in data once it is left out.
    { type: secretType, object: { metadata, type: 'Opaque', data: encoded(env) } },
    ...(program.dataDirectory === undefined ? [] : [{ type: claimType, object: { metadata, spec: claimSpec(storage) } }]),
    {
      type: serviceType,
      object: {
        metadata,
        spec: { selector: { [instanceLabel]: name }, ports: [{ name: 'http', port: program.port, targetPort: 'http' }] },
      },
    },
    { type: deploymentType, object: deploymentOf(desired, labels) },
  ];
}

function encoded(env: DesiredInstance['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));
}

function claimSpec(storage: string): object {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } };
}

function deploymentOf(desired: DesiredInstance, labels: Readonly<Record<string, string>>): AppliedObject & { spec: object } {
  const name = nameOf(desired.id);
  const annotations = { [generationAnnotation]: String(desired.generation) };
  return {
    metadata: { name, labels },
    spec: {
      replicas: desired.replicas,
      // Two pods never share the data.
      strategy: { type: 'Recreate' },
      progressDeadlineSeconds: deadlineOf(desired.program),
      revisionHistoryLimit: 1,
      selector: { matchLabels: { [instanceLabel]: name } },
      template: { metadata: { labels, annotations }, spec: podOf(desired) },
    },
  };
}

/** Seconds for a pod to be placed and its image to be fetched. */
const placedWithin = 120;

/** Within how many seconds a new pod takes requests. */
function deadlineOf({ startSeconds = usualStartSeconds }: DesiredInstance['program']): number {
  return placedWithin + startSeconds;
}

function podOf({ id, program }: DesiredInstance): object {
  const { dataDirectory } = program;
  const volumes = [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      ...{ runAsNonRoot: true, runAsUser: 10_000, runAsGroup: 10_000, fsGroup: 10_000 },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [containerOf(id, program)],
    volumes: dataDirectory === undefined ? volumes : [...volumes, { name: 'data', persistentVolumeClaim: { claimName: nameOf(id) } }],
  };
}

function containerOf(id: string, program: DesiredInstance['program']): object {
  const { image, command, args, port, healthPath, dataDirectory, startSeconds = usualStartSeconds } = program;
  const probe = healthPath === undefined ? { tcpSocket: { port: 'http' } } : { httpGet: { path: healthPath, port: 'http' } };
  const own = dataDirectory === undefined ? [] : [{ name: 'DATA_DIRECTORY', value: dataDirectory }];
  const data = dataDirectory === undefined ? [] : [{ name: 'data', mountPath: dataDirectory }];
  return {
    name: 'program',
    image,
    ...(command !== undefined && { command: [command] }),
    ...(args !== undefined && { args: [...args] }),
    env: [{ name: 'PORT', value: String(port) }, ...own],
    envFrom: [{ secretRef: { name: nameOf(id) } }],
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { ...probe, periodSeconds: 2 },
    // What does not take requests in time, or does not any more, is started anew.
    startupProbe: { ...probe, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: Math.ceil(startSeconds / 2) },
    livenessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: silentSeconds / 10 },
    resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '512Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }, ...data],
  };
}
