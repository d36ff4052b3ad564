import type { Condition, ConditionInput } from '../resources/conditions.ts';
import type { EventInput } from '../resources/events.ts';
import type { KubeObject, ResourceType } from '../resources/resource.ts';

/** What one pass starts from. */
export interface Request<O extends KubeObject = KubeObject> {
  readonly key: string;
  /** The object as it was last seen; what is reported is reported for its generation. */
  readonly object: O;
  /** Whether it is being deleted: undo what was done, then answer `finalizer: 'release'`. */
  readonly deleting: boolean;
  /** The number of the present leader's term: store it with what is written, and refuse a lower one. */
  readonly fence: number;
  /** How often in a row the key has failed before this pass. */
  readonly failures: number;
}

/** What one pass found and did. */
export interface Outcome {
  readonly conditions: readonly ConditionInput[];
  /** Further fields of the status; those that are left out are removed. */
  readonly statusFields?: Readonly<Record<string, unknown>>;
  /** Only for what changed in this pass. */
  readonly events?: readonly EventInput[];
  /** Milliseconds until the next pass; else it comes with a change or the resync. */
  readonly requeueAfter?: number;
  /** For an object that is being deleted; the default is to keep it. */
  readonly finalizer?: 'keep' | 'release';
}

/**
 * Makes the world like one object. It is called with the same object again and again, so each step must bear being repeated. What it
 * throws is shown in the status and tried again after a backoff; a TerminalError waits for a change instead.
 */
export interface Reconciler<O extends KubeObject = KubeObject> {
  readonly type: ResourceType;
  /** Set on an object before its first pass, so that no deletion is missed while no controller runs. Without one, deletions are not reported. */
  readonly finalizer?: string;
  reconcile(request: Request<O>, signal: AbortSignal): Promise<Outcome>;
  /** Keys of this type that a change of an object of another type concerns, for example the projects of an organization. */
  concerns?(type: ResourceType, object: KubeObject): readonly string[];
}

/** The part of a status that every type has. */
export interface CommonStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}
