import { randomBytes } from 'node:crypto';
import { apiVersionOf, type KubeObject, type ResourceType } from './resource.ts';

/** Something that happened to an object, for people: `kubectl describe` shows it. Emit it on a change, not on each pass. */
export interface EventInput {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, one of a small fixed set, for example `Created`. */
  readonly reason: string;
  readonly note: string;
}

/** Remembers what was said lately, so that a flapping object cannot flood the cluster with events. */
export class EventFilter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  readonly #said = new Map<string, number>();
  readonly #now: () => number;

  /** `now` gives milliseconds on a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many entries it remembers, all together. */
  get size(): number {
    return this.#buckets.size + this.#said.size;
  }

  /** The same words about the same object pass once in 10 minutes; any words about it 25 times at first, then once in 5 minutes (as client-go). */
  admits(uid: string, event: EventInput): boolean {
    const now = this.#now();
    this.#forget(now);
    const words = `${uid}\n${event.reason}\n${event.note}`;
    if (now - (this.#said.get(words) ?? Number.NEGATIVE_INFINITY) < repeatMs) return false;
    const bucket = this.#buckets.get(uid) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
    this.#buckets.set(uid, { tokens: tokens < 1 ? tokens : tokens - 1, at: now });
    if (tokens < 1) return false;
    this.#said.set(words, now);
    return true;
  }

  /** Memory is bounded: what can no longer decide anything goes, the oldest first. */
  #forget(now: number): void {
    for (const [words, at] of this.#said) {
      if (now - at < repeatMs && this.#said.size <= maxEntries) break;
      this.#said.delete(words);
    }
    for (const uid of this.#buckets.keys()) {
      if (this.#buckets.size <= maxEntries) break;
      this.#buckets.delete(uid);
    }
  }
}

const burst = 25;
const refillMs = 300_000;
const repeatMs = 600_000;
const maxEntries = 4_096;

/** The type of events.k8s.io/v1 events. */
export const eventType: ResourceType = { group: 'events.k8s.io', version: 'v1', kind: 'Event', plural: 'events', namespaced: true };

/** An events.k8s.io/v1 Event about `object`. Events of cluster-scoped objects live in the namespace `default`, where `kubectl describe` looks. */
export function toEvent(
  type: ResourceType,
  object: KubeObject,
  input: EventInput,
  controller: string,
  instance: string,
  now: Date,
): object {
  const { name, namespace, uid, resourceVersion } = object.metadata;
  return {
    apiVersion: apiVersionOf(eventType),
    kind: eventType.kind,
    // As client-go names them. generateName would not do: the server refuses one that ends with a dot.
    metadata: { name: `${name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace: namespace ?? 'default' },
    // MicroTime: six digits.
    eventTime: now.toISOString().replace('Z', '000Z'),
    type: input.type,
    reason: input.reason,
    note: input.note.slice(0, 1024),
    action: 'Reconcile',
    reportingController: controller,
    reportingInstance: instance.slice(0, 128),
    regarding: { apiVersion: apiVersionOf(type), kind: type.kind, name, ...(namespace && { namespace }), uid, resourceVersion },
  };
}
