import { EventFilter, type EventInput, eventType, toEvent } from '../resources/events.ts';
import { type KubeObject, keyOf, type ResourceType } from '../resources/resource.ts';
import type { Log } from '../runtime/log.ts';
import { collect, type Metrics } from '../runtime/metrics.ts';
import type { Sink, Source } from '../runtime/source.ts';
import { type Change, type Indexer, measureObjects, Store } from '../runtime/store.ts';
import type { KubeClient } from './client.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

/** A type to follow, with the indexes that its reconcilers ask for. */
export interface Followed {
  readonly type: ResourceType;
  readonly indexers?: Readonly<Record<string, Indexer<KubeObject>>>;
}

/** What the Kubernetes source needs. */
export interface KubeSourceOptions {
  readonly client: KubeClient;
  readonly followed: readonly Followed[];
  /** The name that events carry, for example `tenet.dev/controller`. */
  readonly controller: string;
  /** This process among its replicas, for events. */
  readonly instance: string;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly reflector?: Pick<ReflectorOptions, 'pageSize' | 'watchSeconds' | 'idleMs' | 'minBackoffMs' | 'maxBackoffMs'>;
}

/** The source that follows an API server. `silentMs` is the longest time that any of its types has not been heard of. */
export function kubeSource(options: KubeSourceOptions): Source & { silentMs(): number } {
  const { client, followed, log, metrics } = options;
  const stores = new Map(followed.map(({ type, indexers }) => [type, new Store<KubeObject>(indexers)]));
  const reflectors = new Map<ResourceType, Reflector>();
  const events = createEventWriter(options);
  let told: Sink = () => {};
  // The event of a write of ours may come before the answer to it. It is no news, so changes of that object wait for the answer.
  const ownWrites = new Map<string, Change[]>();
  const write = async (type: ResourceType, object: KubeObject, call: () => Promise<KubeObject>): Promise<void> => {
    const { uid } = object.metadata;
    ownWrites.set(uid, []);
    let written: KubeObject | undefined;
    try {
      written = await call();
      storeOf(type).refresh(written);
    } finally {
      const changes = ownWrites.get(uid) ?? [];
      ownWrites.delete(uid);
      for (const change of changes) {
        if (change.object.metadata.resourceVersion !== written?.metadata.resourceVersion) told(type, change);
      }
    }
  };
  for (const [type, store] of stores) {
    const onChange: ReflectorOptions['onChange'] = (change) => {
      const writing = ownWrites.get(change.object.metadata.uid);
      if (writing) {
        writing.push(change);
        return;
      }
      try {
        told(type, change);
      } catch (err) {
        log.error({ resource: type.plural, key: change.key, err }, 'a change could not be passed on');
      }
    };
    reflectors.set(type, new Reflector({ client, type, store, onChange, log, ...(metrics && { metrics }), ...options.reflector }));
  }
  if (metrics) measure(metrics, stores, reflectors);
  const storeOf = (type: ResourceType): Store<KubeObject> => {
    const store = stores.get(type);
    if (!store) throw new Error(`The source does not follow ${type.plural}.`);
    return store;
  };

  return {
    name: 'kubernetes',
    types: followed.map(({ type }) => type),
    async run(sink, signal) {
      told = sink;
      signal.addEventListener('abort', events.stop, { once: true });
      await Promise.all([...reflectors.values()].map((reflector) => reflector.run(signal)));
    },
    hasSynced: () => [...reflectors.values()].every(({ synced }) => synced),
    silentMs: () => Math.max(0, ...[...reflectors.values()].map(({ silentMs }) => silentMs)),
    get: (type, key) => storeOf(type).get(key),
    list: (type) => storeOf(type).values(),
    byIndex: (type, index, value) => storeOf(type).byIndex(index, value),
    async writeStatus(type, object, status, signal) {
      await write(type, object, () => client.applyStatus(type, object, status, { signal }));
    },
    async addFinalizer(type, object, finalizer, signal) {
      await write(type, object, () => client.applyFinalizers(type, object, [finalizer], { signal }));
    },
    async removeFinalizer(type, object, _finalizer, signal) {
      // Ours is the only one that we own; the others stay. The object may be gone with the answer, so the cache waits for its event.
      await client.applyFinalizers(type, object, [], { signal });
    },
    emitEvent: events.tell,
  };
}

/** Events beyond this that wait to be written are dropped. */
const maxWaiting = 2_000;

/** Writes events one after the other: the work on many objects must not wait for the events about them. `stop` drops what still waits. */
function createEventWriter({ client, controller, instance, log, metrics }: KubeSourceOptions): { tell: Source['emitEvent']; stop(): void } {
  const filter = new EventFilter();
  let isStopped = false;
  let waiting = 0;
  let last = Promise.resolve();
  const write = async (type: ResourceType, object: KubeObject, input: EventInput, event: object): Promise<void> => {
    if (isStopped) return;
    try {
      await client.create(eventType, object.metadata.namespace ?? 'default', event, { timeoutMs: 5_000 });
      metrics?.events.inc({ outcome: 'sent' });
    } catch (err) {
      metrics?.events.inc({ outcome: 'failed' });
      log.warn({ resource: type.plural, name: object.metadata.name, reason: input.reason, err }, 'an event could not be written');
    }
  };
  return {
    tell(type, object, input) {
      if (waiting >= maxWaiting || !filter.admits(object.metadata.uid, input)) {
        metrics?.events.inc({ outcome: 'dropped' });
        return;
      }
      const { type: level, reason, note } = input;
      // An operator of Tenet need not have access to the cluster. The same line as for a directory of manifests.
      if (level === 'Warning') log.warn({ kind: type.kind, key: keyOf(object), reason, note }, 'manifest event');
      const event = toEvent(type, object, input, controller, instance, new Date());
      waiting += 1;
      last = last
        .then(() => write(type, object, input, event))
        .finally(() => {
          waiting -= 1;
        });
    },
    stop() {
      isStopped = true;
    },
  };
}

/** The gauges are computed when they are read. */
function measure(
  metrics: Metrics,
  stores: ReadonlyMap<ResourceType, Store<KubeObject>>,
  reflectors: ReadonlyMap<ResourceType, Reflector>,
): void {
  collect(metrics.lastEventAge, () => {
    for (const [type, { silentMs }] of reflectors) metrics.lastEventAge.set({ resource: type.plural }, silentMs / 1000);
  });
  measureObjects(metrics, stores);
}
