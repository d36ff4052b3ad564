/** A kind of object that a source serves: `projects.tenet.dev/v1alpha1`, for example. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The part of Kubernetes' ObjectMeta that a controller reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An object as the server stores it. `Spec` and `Status` are trusted to be what the CRD's schema admits. */
export interface KubeObject<Spec = unknown, Status = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: Spec;
  readonly status?: Status;
}

/** The key of an object within its type: `name`, or `namespace/name`. Keys are what queues and caches hold. */
export function keyOf(object: { readonly metadata: { readonly name: string; readonly namespace?: string } }): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The inverse of `keyOf`. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** `group/version`, or the version alone for the core group. */
export const apiVersionOf = (type: ResourceType): string => (type.group ? `${type.group}/${type.version}` : type.version);

/** The path of a collection, an object or a subresource on the API server. Names are checked by the server, but a slash must never change the path. */
export function resourcePath(type: ResourceType, at: { namespace?: string; name?: string; subresource?: string } = {}): string {
  const parts = [type.group ? `/apis/${apiVersionOf(type)}` : `/api/${type.version}`];
  if (at.namespace) parts.push('namespaces', encodeURIComponent(at.namespace));
  parts.push(type.plural);
  if (at.name) parts.push(encodeURIComponent(at.name));
  if (at.subresource) parts.push(at.subresource);
  return parts.join('/');
}

/** Whether `older` was stored before `newer`. Resource versions of one type are comparable integers since Kubernetes 1.35 (KEP-5504); others are never called older. */
export function isOlder(older: string, newer: string): boolean {
  const digits = /^\d+$/;
  return digits.test(older) && digits.test(newer) && BigInt(older) < BigInt(newer);
}
