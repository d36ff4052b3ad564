import { setTimeout as wait } from 'node:timers/promises';
import { keyOf, type ResourceType } from '../resources/resource.ts';
import { type ControllerOptions, runController } from './controller.ts';
import type { Leadership } from './leadership.ts';
import type { Log } from './log.ts';
import { collect, type Metrics } from './metrics.ts';
import { pass } from './pass.ts';
import { Queue, type QueueOptions } from './queue.ts';
import type { Reconciler } from './reconciler.ts';
import type { Source } from './source.ts';
import type { Change } from './store.ts';

/** How one process becomes the leader: a Lease on a cluster, an advisory lock elsewhere. */
export interface Elector {
  run(lead: (leadership: Leadership) => Promise<void>, stop: AbortSignal): Promise<void>;
}

/** One source, one leader, and a controller for each reconciler. */
export interface ManagerOptions {
  readonly source: Source;
  readonly elector: Elector;
  readonly reconcilers: readonly Reconciler[];
  /** Stands before the names of the controllers in metrics and logs, where two managers run in one process. */
  readonly prefix?: string;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly queue?: Omit<QueueOptions, 'name' | 'metrics'>;
  readonly controller?: Pick<ControllerOptions, 'workers' | 'timeoutMs' | 'resyncMs' | 'drainMs'>;
}

/**
 * Runs until `stop`; resolves when all work has ended. Every process follows the source, so that a new leader starts with what it
 * knows; only the leader works.
 */
export async function runManager(options: ManagerOptions, stop: AbortSignal): Promise<void> {
  const { source, elector, reconcilers, log, metrics } = options;
  const queues = new Map<Reconciler, Queue>();
  const sink = (type: ResourceType, change: Change): void => {
    for (const [reconciler, queue] of queues) enqueue(reconciler, queue, type, change);
  };
  if (metrics) {
    collect(metrics.queueDepth, () => {
      for (const queue of queues.values()) queue.measure();
    });
  }
  const following = source.run(sink, stop);
  const lead = async (leadership: Leadership): Promise<void> => {
    await synced(source, leadership.signal);
    const running = reconcilers.map(async (reconciler) => {
      const { plural } = reconciler.type;
      const queue = new Queue({ name: `${options.prefix ?? ''}${plural}`, ...options.queue, ...(metrics && { metrics }) });
      queues.set(reconciler, queue);
      for (const object of source.list(reconciler.type)) queue.add(keyOf(object), 'low');
      const reconcile = (key: string, signal: AbortSignal) =>
        pass({ source, reconciler, leadership, failures: (failed) => queue.failures(failed) }, key, signal);
      await runController({ queue, reconcile, log, ...(metrics && { metrics }), ...options.controller }, leadership.signal);
      queues.delete(reconciler);
    });
    await Promise.all(running);
  };
  await Promise.all([following, elector.run(lead, stop)]);
}

function enqueue(reconciler: Reconciler, queue: Queue, type: ResourceType, change: Change): void {
  if (type === reconciler.type) {
    const { deletionTimestamp } = change.object.metadata;
    queue.add(change.key, deletionTimestamp || change.type === 'deleted' || change.type === 'recreated' ? 'high' : 'normal');
    return;
  }
  for (const object of [change.object, change.previous]) {
    if (object) for (const key of reconciler.concerns?.(type, object) ?? []) queue.add(key);
  }
}

/** No pass starts before everything has been seen once: an object that is merely not listed yet must not look as if it did not exist. */
async function synced(source: Source, signal: AbortSignal): Promise<void> {
  while (!source.hasSynced() && !signal.aborted) await wait(50, undefined, { signal }).catch(() => {});
}
