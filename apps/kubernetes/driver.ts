import { setTimeout as wait } from 'node:timers/promises';
import type { KubeClient } from '../../controllers/kube/client.ts';
import { isConflict, isMissing } from '../../controllers/kube/errors.ts';
import type { KubeObject, ResourceType } from '../../controllers/resources/resource.ts';
import type { DesiredInstance, Observed, StartedDriver } from '../../core/apps/driver.ts';
import { FailedPrecondition } from '../../core/base/errors.ts';
import {
  claimType,
  deploymentType,
  generationAnnotation,
  instanceOf,
  isOurs,
  nameOf,
  objectsOf,
  podType,
  secretType,
  selectorOf,
  serviceType,
  type TypedObject,
} from './objects.ts';

/** Where applications run, and how. */
export interface KubernetesDriverOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the claim of an application that keeps data, such as 1Gi. */
  readonly storage: string;
  readonly onError: (error: unknown) => void;
  /** Milliseconds after which a watch that says nothing is begun anew. */
  readonly idleMs?: number;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface DeploymentSpec {
  readonly replicas?: number;
  readonly progressDeadlineSeconds?: number;
  readonly template: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }; readonly spec: PodSpec };
}

interface PodSpec {
  readonly containers: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
}

interface DeploymentStatus {
  readonly observedGeneration?: number;
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly conditions?: readonly Condition[];
}

type Deployment = KubeObject<DeploymentSpec, DeploymentStatus>;

/** Runs applications in one namespace of a cluster: for each a Deployment, a Service, a Secret and, where it keeps data, a claim. */
export function startKubernetesDriver(options: KubernetesDriverOptions): StartedDriver {
  const { client, namespace, storage } = options;
  const ending = new AbortController();
  let listener: (id: string) => void = () => undefined;
  const following = follow(options, ending.signal, (id) => listener(id));

  /** The object of this type that has the name of an instance, whoever has made it; undefined where there is none. */
  function lookUp(type: ResourceType, id: string): Promise<KubeObject | undefined> {
    return client.get(type, `${namespace}/${nameOf(id)}`).catch(undefinedIfMissing);
  }

  /** The object of an instance with this type; undefined where there is none. Throws where something else has its name. */
  async function find(type: ResourceType, id: string): Promise<KubeObject | undefined> {
    const found = await lookUp(type, id);
    if (found && !isOurs(found.metadata.labels, id)) throw new FailedPrecondition('failed-precondition', foreignSentence(type, id));
    return found;
  }

  function foreignSentence({ kind }: ResourceType, id: string): string {
    return `The cluster has a ${kind} ${nameOf(id)} in the namespace ${namespace} that Tenet has not made. Remove or rename it.`;
  }

  async function takeAway(type: ResourceType, id: string): Promise<void> {
    const found = await lookUp(type, id);
    if (!found || !isOurs(found.metadata.labels, id) || found.metadata.deletionTimestamp !== undefined) return;
    await client.delete(type, `${namespace}/${nameOf(id)}`, found.metadata.uid).catch((error: unknown) => {
      if (!isMissing(error) && !isConflict(error)) throw error;
    });
  }

  async function applyOne({ env }: DesiredInstance, { type, object }: TypedObject, present: KubeObject | undefined): Promise<void> {
    // A claim takes no other size, unless its storage class says so.
    if (type === claimType && present) return;
    const applied = await client.applyObject(type, namespace, object, present ? { uid: present.metadata.uid } : {});
    if (type === secretType) await forgetOthers(applied, env);
  }

  /** Takes from a Secret what is no variable any more: earlier versions of Tenet have left it there. */
  async function forgetOthers(secret: KubeObject, env: DesiredInstance['env']): Promise<void> {
    const names = Object.keys((secret as { data?: object }).data ?? {}).filter((name) => !Object.hasOwn(env, name));
    if (names.length === 0) return;
    await client.patch(secretType, secret, { data: Object.fromEntries(names.map((name) => [name, null])) });
  }

  /** Ends what runs, of which nothing else has to be known. */
  async function rest(id: string): Promise<void> {
    const found = (await find(deploymentType, id)) as Deployment | undefined;
    if (found === undefined || found.spec!.replicas === 0) return;
    await client.patch(deploymentType, found, { spec: { replicas: 0 } });
  }

  return {
    async apply(desired: DesiredInstance) {
      if (desired.replicas === 0) return rest(desired.id);
      if (desired.program.image === undefined) {
        throw new FailedPrecondition('failed-precondition', 'The application has no image, which it needs to run in a cluster.');
      }
      const wanted = objectsOf(desired, storage);
      // Nothing is changed where one of them is not ours.
      const present = await Promise.all(wanted.map(({ type }) => find(type, desired.id)));
      for (const [index, one] of wanted.entries()) await applyOne(desired, one, present[index]);
    },
    async observe(id) {
      const found = (await lookUp(deploymentType, id)) as Deployment | undefined;
      if (!found) return { phase: 'ABSENT' };
      if (!isOurs(found.metadata.labels, id)) return { phase: 'FAILED', message: foreignSentence(deploymentType, id) };
      return phaseOf(found, `${nameOf(id)}.${namespace}.svc`);
    },
    async remove(id, { deleteData }) {
      const types = [deploymentType, serviceType, secretType, ...(deleteData ? [claimType] : [])];
      for (const type of types) await takeAway(type, id);
    },
    async logs(id, { lines }) {
      const pods = await client.list(podType, { namespace, labelSelector: selectorOf(id), limit: 10 });
      const newest = [...pods.items].sort((one, other) => age(one) - age(other)).at(-1);
      if (!newest) return [];
      const text = await client.logs(`${namespace}/${newest.metadata.name}`, lines).catch(undefinedIfMissing);
      return (text ?? '').split('\n').filter(Boolean).slice(-lines);
    },
    onChange(next) {
      listener = next;
    },
    async release() {
      ending.abort();
      await following;
    },
    // The cluster runs them.
    endPrograms: async () => undefined,
  };
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

const age = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? '') || 0;

/** What a Deployment says of its program. What it said of an earlier form of itself does not count. */
export function phaseOf({ metadata, spec, status = {} }: Deployment, host: string): Observed {
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions = [] } = status;
  const generation = Number(spec!.template.metadata?.annotations?.[generationAnnotation]);
  const isCurrent = observedGeneration !== undefined && observedGeneration >= (metadata.generation ?? 0);
  if (metadata.deletionTimestamp !== undefined || !isCurrent) return { phase: 'STARTING' };
  if (spec!.replicas === 0) return replicas === 0 ? { phase: 'STOPPED', generation } : { phase: 'STARTING' };
  if (availableReplicas > 0 && updatedReplicas > 0 && replicas === updatedReplicas) {
    const port = spec!.template.spec.containers[0]!.ports![0]!.containerPort;
    return { phase: 'RUNNING', generation, address: { host, port } };
  }
  const broken = conditions.find(isBroken) ?? awayFor(conditions, spec!.progressDeadlineSeconds ?? 180);
  if (broken) return { phase: 'FAILED', generation, message: `${broken.reason}: ${broken.message ?? ''}`.slice(0, 300) };
  return { phase: 'STARTING', generation };
}

function isBroken({ type, status, reason }: Condition): boolean {
  if (type === 'ReplicaFailure') return status === 'True';
  return type === 'Progressing' && status === 'False' && reason === 'ProgressDeadlineExceeded';
}

/** No pod takes requests for longer than one may take to, although the rollout is complete: then its progress does not say so. */
function awayFor(conditions: readonly Condition[], seconds: number): Condition | undefined {
  const isComplete = conditions.some(({ type, reason }) => type === 'Progressing' && reason === 'NewReplicaSetAvailable');
  const before = Date.now() - seconds * 1_000;
  const isAway = ({ type, status, lastTransitionTime = '' }: Condition): boolean =>
    type === 'Available' && status === 'False' && Date.parse(lastTransitionTime) < before;
  return isComplete ? conditions.find(isAway) : undefined;
}

/** Tells of each change of a Deployment of ours, for ever: after any error it lists again, and tells of all of them. */
async function follow(options: KubernetesDriverOptions, signal: AbortSignal, tell: (id: string) => void): Promise<void> {
  const { client, namespace, idleMs = 330_000, onError } = options;
  const selection = { namespace, labelSelector: selectorOf() };
  const told = ({ metadata }: KubeObject): void => tell(instanceOf(metadata.name));
  let delay = 500;
  while (!signal.aborted) {
    try {
      const { items, metadata } = await client.list(deploymentType, { ...selection, signal, retries: 0 });
      for (const each of items) told(each);
      delay = 500;
      const { resourceVersion } = metadata;
      const events = client.watch(deploymentType, { ...selection, resourceVersion, timeoutSeconds: 270, idleMs, signal });
      for await (const { type, object } of events) if (type !== 'BOOKMARK') told(object);
    } catch (error) {
      if (signal.aborted) return;
      onError(error);
      await wait(delay, undefined, { signal }).catch(() => undefined);
      delay = Math.min(delay * 2, 5_000);
    }
  }
}
