import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition } from '../base/errors.ts';

/** The manifest that owns a row; the database keeps more of it than callers see. */
export interface ManagedBy {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The settings that it says, where the row has some that it may leave to the API. */
  readonly settings?: readonly string[];
  /** Of a resource: the sensitive fields that it says. */
  readonly fields?: readonly string[];
}

/** A manifest wherever it is: the same name on another cluster is another manifest. */
export interface ManifestIdentity extends ManagedBy {
  readonly kind: 'Organization' | 'Project';
  /** The uid of the cluster's namespace kube-system, or `directory:` and the path of the directory. */
  readonly cluster: string;
}

/** The member that names the manifest in what the API shows; without a manifest there is none. */
export function managedBy(manager: ManagedBy | null): { managedBy?: ManagedBy } {
  if (manager === null) return {};
  const { kind, namespace, name } = manager;
  return { managedBy: { kind, ...(namespace === undefined ? {} : { namespace }), name } };
}

/** Throws managed-by (409) with the manifest's name when one owns the row and it is not a manifest that acts. */
export function refuseManaged(manager: ManagedBy | null, actor?: Pick<Actor, 'principal'>): void {
  if (manager === null || actor?.principal.subject.type === 'controller') return;
  const place = manager.namespace === undefined ? manager.name : `${manager.namespace}/${manager.name}`;
  throw new FailedPrecondition('managed-by', `The manifest ${manager.kind} ${place} owns this. Change it there.`, managedBy(manager));
}

/** The manifest that says this setting, which it may leave to the API. */
export function managerOfSetting(manager: ManagedBy | null, setting: string): ManagedBy | null {
  return manager?.settings?.includes(setting) ? manager : null;
}
