import type { DesiredSecret } from '../../core/manifests/resource-secrets.ts';
import type { DesiredResource } from '../../core/manifests/resources.ts';
import type { KubeObject } from '../resources/resource.ts';
import type { ProjectObject, ResourceSpec } from '../resources/types.ts';

/** A Secret. */
export interface Secret extends KubeObject {
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Reads a Secret of a namespace; `missing` where there is none, `forbidden` where the namespace does not let the controller read it. */
export type ReadSecret = (namespace: string, name: string, signal: AbortSignal) => Promise<Secret | 'missing' | 'forbidden'>;

/** How Secrets are read, and the milliseconds until those that a manifest names are looked at again. */
export interface Secrets {
  readonly read: ReadSecret;
  readonly lookAgain: number;
}

/** The label by which a Secret says which Project of its namespace may have it. */
export const projectLabel = 'tenet.dev/project';

/** Whether a manifest names a Secret. */
export function namesSecrets({ spec }: ProjectObject): boolean {
  return (spec!.resources ?? []).some(({ secrets = [] }) => secrets.length > 0);
}

/**
 * The resources of a Project with what its Secrets say, each of them read once. Those are in the namespace of the Project and name it by a label: a manifest that
 * names a Secret is not enough to read it. What cannot be had is said without a value.
 */
export async function resourcesOf(
  { metadata, spec }: ProjectObject,
  secrets: Secrets | undefined,
  signal: AbortSignal,
): Promise<DesiredResource[]> {
  const namespace = metadata.namespace!;
  const known = new Map<string, Promise<Secret | 'missing' | 'forbidden'>>();
  const read = (name: string) => {
    const found = known.get(name) ?? secrets!.read(namespace, name, signal);
    known.set(name, found);
    return found;
  };
  const lookUp = async ({ field, secretRef: { name, key } }: NonNullable<ResourceSpec['secrets']>[number]): Promise<DesiredSecret> => {
    if (!secrets) return { field, problem: 'There is no cluster here whose Secrets could be read.' };
    const secret = await read(name);
    if (secret === 'missing') return { field, problem: `There is no Secret ${name} in ${namespace}. It is waited for.` };
    if (secret === 'forbidden') {
      const advice = `Bind the ClusterRole tenet-controller-secrets to the controller in ${namespace}.`;
      return { field, problem: `The namespace ${namespace} does not let the controller read its Secrets. ${advice}` };
    }
    if (secret.metadata.labels?.[projectLabel] !== metadata.name)
      return { field, problem: `The Secret ${name} is not for this Project. Give it the label ${projectLabel}: ${metadata.name}.` };
    return textOf(field, secret, key);
  };
  const desired: DesiredResource[] = [];
  for (const { type, name, data, secrets: named = [] } of spec!.resources ?? []) {
    const values: DesiredSecret[] = [];
    for (const one of named) values.push(await lookUp(one));
    desired.push({ type, name, data, secrets: values });
  }
  return desired;
}

function textOf(field: string, { metadata, data = {} }: Secret, key: string): DesiredSecret {
  if (!Object.hasOwn(data, key)) return { field, problem: `The Secret ${metadata.name} has no key ${key}.` };
  try {
    return { field, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(data[key]!, 'base64')) };
  } catch {
    return { field, problem: `The key ${key} of the Secret ${metadata.name} is no text in UTF-8.` };
  }
}
