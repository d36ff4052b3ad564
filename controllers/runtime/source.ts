import type { EventInput } from '../resources/events.ts';
import type { KubeObject, ResourceType } from '../resources/resource.ts';
import type { Change } from './store.ts';

/** Is called with each change. It must only note keys: what it throws is logged and lost. */
export type Sink = (type: ResourceType, change: Change) => void;

/** Where desired state comes from and status goes to: an API server, or a directory of manifests. */
export interface Source {
  /** A short name for logs, for example `kubernetes`. */
  readonly name: string;
  readonly types: readonly ResourceType[];
  /** Follows all types and tells `sink`, until `signal`; never gives up by itself. */
  run(sink: Sink, signal: AbortSignal): Promise<void>;
  /** Whether everything that exists has been seen once; before that an unknown key says nothing. */
  hasSynced(): boolean;
  get(type: ResourceType, key: string): KubeObject | undefined;
  list(type: ResourceType): readonly KubeObject[];
  /** The objects that an index of the source files under `value`, for example the projects of an organization. */
  byIndex(type: ResourceType, index: string, value: string): readonly KubeObject[];
  /** Replaces our part of the status of exactly this object (its uid). */
  writeStatus(type: ResourceType, object: KubeObject, status: object, signal: AbortSignal): Promise<void>;
  addFinalizer(type: ResourceType, object: KubeObject, finalizer: string, signal: AbortSignal): Promise<void>;
  removeFinalizer(type: ResourceType, object: KubeObject, finalizer: string, signal: AbortSignal): Promise<void>;
  /** Shows people an event; never fails a reconcile. */
  emitEvent(type: ResourceType, object: KubeObject, event: EventInput): void;
}
