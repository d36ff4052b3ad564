import { isOlder, type KubeObject, keyOf, type ResourceType } from '../resources/resource.ts';
import { collect, type Metrics } from './metrics.ts';
import type { CommonStatus } from './reconciler.ts';

/** What happened to a key. `recreated`: the name is now another object (a new uid), and nobody saw the deletion. */
export interface Change<T extends KubeObject = KubeObject> {
  readonly key: string;
  readonly type: 'added' | 'updated' | 'recreated' | 'deleted';
  readonly object: T;
  readonly previous?: T;
}

/** Gives the values under which an object is found, for example the name of its organization. */
export type Indexer<T> = (object: T) => readonly string[];

/** The last known objects of one type. Its objects are shared: read them, never change them. */
export class Store<T extends KubeObject = KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexers: Readonly<Record<string, Indexer<T>>>;
  readonly #indexes = new Map<string, Map<string, Set<string>>>();

  constructor(indexers: Readonly<Record<string, Indexer<T>>> = {}) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Map());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  values(): T[] {
    return [...this.#objects.values()];
  }

  /** The objects that the named indexer files under `value`. */
  byIndex(name: string, value: string): T[] {
    const keys = this.#indexes.get(name)?.get(value) ?? new Set();
    return [...keys].map((key) => this.#objects.get(key)!);
  }

  /**
   * Files the object; undefined when it is no news: the same version again or, in an event, one older than what is known.
   * A list is believed in any case: after a restore of the server's data its versions start again at a lower number.
   */
  upsert(object: T, from: 'list' | 'event' = 'event'): Change<T> | undefined {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    const { uid, resourceVersion } = object.metadata;
    if (previous?.metadata.resourceVersion === resourceVersion && previous.metadata.uid === uid) return undefined;
    if (previous && from === 'event' && isOlder(resourceVersion, previous.metadata.resourceVersion)) return undefined;
    this.#file(key, previous, object);
    if (!previous) return { key, type: 'added', object };
    return { key, type: previous.metadata.uid === uid ? 'updated' : 'recreated', object, previous };
  }

  /**
   * Files what the server answered to a write of ours, so that the next pass sees it and its event is no news. Only over the same
   * object: one that has been deleted meanwhile must not come back.
   */
  refresh(object: T): void {
    const previous = this.#objects.get(keyOf(object));
    if (previous?.metadata.uid === object.metadata.uid) this.upsert(object);
  }

  /** Forgets the key; undefined when it was not known, or is known as a later object than the deleted one. */
  delete(key: string, deleted?: T): Change<T> | undefined {
    const previous = this.#objects.get(key);
    if (!previous) return undefined;
    if (deleted && isOlder(deleted.metadata.resourceVersion, previous.metadata.resourceVersion)) return undefined;
    this.#file(key, previous, undefined);
    return { key, type: 'deleted', object: deleted ?? previous, previous };
  }

  #file(key: string, previous: T | undefined, next: T | undefined): void {
    for (const [name, indexer] of Object.entries(this.#indexers)) {
      const index = this.#indexes.get(name)!;
      if (previous) removeFrom(index, indexer(previous), key);
      if (next) addTo(index, indexer(next), key);
    }
    if (next) this.#objects.set(key, next);
    else this.#objects.delete(key);
  }
}

type Index = Map<string, Set<string>>;

function removeFrom(index: Index, values: Iterable<string>, key: string): void {
  for (const value of values) {
    const keys = index.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.delete(value);
  }
}

function addTo(index: Index, values: Iterable<string>, key: string): void {
  for (const value of values) index.set(value, (index.get(value) ?? new Set()).add(key));
}

/** Counts the objects of a source by their Ready condition, when the gauge is read. */
export function measureObjects(metrics: Metrics, stores: ReadonlyMap<ResourceType, Store>): void {
  collect(metrics.objects, () => {
    for (const [type, store] of stores) {
      for (const object of store.values()) {
        const ready = ((object.status ?? {}) as CommonStatus).conditions?.find((condition) => condition.type === 'Ready');
        metrics.objects.inc({ kind: type.kind, ready: ready?.status ?? 'Unknown' });
      }
    }
  });
}
