import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The metrics of the controllers, under the names that dashboards for controller-runtime and client-go already know. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Registers them with `registry`, or gives those that it has already: two sources may run beside each other. Times are in seconds. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  const buckets = [0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300];
  const known = <M>(name: string): M | undefined => registry.getSingleMetric(name) as M | undefined;
  const counter = <const L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    known(name) ?? new Counter({ name, help, labelNames, registers });
  const gauge = <const L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    known(name) ?? new Gauge({ name, help, labelNames, registers });
  const histogram = <const L extends string>(name: string, help: string, labelNames: readonly L[]): Histogram<L> =>
    known(name) ?? new Histogram({ name, help, labelNames, registers, buckets });
  return {
    reconciles: counter('controller_runtime_reconcile_total', 'Reconciles by result.', ['controller', 'result']),
    errors: counter('controller_runtime_reconcile_errors_total', 'Reconciles that failed and are retried.', ['controller']),
    terminalErrors: counter('controller_runtime_terminal_reconcile_errors_total', 'Reconciles that failed for good.', ['controller']),
    panics: counter('controller_runtime_reconcile_panics_total', 'Reconciles that ran into a mistake of the program.', ['controller']),
    timeouts: counter('controller_runtime_reconcile_timeouts_total', 'Reconciles that took longer than their limit.', ['controller']),
    seconds: histogram('controller_runtime_reconcile_time_seconds', 'How long a reconcile takes.', ['controller']),
    workers: gauge('controller_runtime_max_concurrent_reconciles', 'How many reconciles may run at once.', ['controller']),
    activeWorkers: gauge('controller_runtime_active_workers', 'How many reconciles run now.', ['controller']),
    queueDepth: gauge('workqueue_depth', 'Keys that wait for a worker.', ['name']),
    queueAdds: counter('workqueue_adds_total', 'Keys that were added.', ['name']),
    queueRetries: counter('workqueue_retries_total', 'Keys that were added again after a failure.', ['name']),
    queueWait: histogram('workqueue_queue_duration_seconds', 'How long a key waits for a worker.', ['name']),
    queueWork: histogram('workqueue_work_duration_seconds', 'How long a key is worked on.', ['name']),
    unfinished: gauge('workqueue_unfinished_work_seconds', 'The sum of the ages of the work under way.', ['name']),
    longest: gauge('workqueue_longest_running_processor_seconds', 'The age of the oldest work under way.', ['name']),
    requests: counter('rest_client_requests_total', 'Calls to the API server by answer.', ['method', 'code']),
    leading: gauge('leader_election_master_status', '1 where this process leads.', ['name']),
    relists: counter('tenet_reflector_relists_total', 'Full lists by what made them necessary.', ['resource', 'reason']),
    watchFailures: counter('tenet_reflector_failures_total', 'Lists and watches that failed.', ['resource', 'code']),
    lastEventAge: gauge('tenet_reflector_last_event_age_seconds', 'How long ago the server was last heard of.', ['resource']),
    objects: gauge('tenet_source_objects', 'Known objects by the status of their Ready condition.', ['kind', 'ready']),
    events: counter('tenet_events_total', 'Events by what became of them.', ['outcome']),
  };
}

/** Has a gauge computed when it is read, by all who have a part in it, in the order in which they came. */
export function collect<L extends string>(gauge: Gauge<L>, compute: () => void): void {
  const { collect: before } = gauge as { collect?: () => void };
  Object.assign(gauge, {
    collect() {
      // The first one starts from nothing: what is gone must not be shown for ever.
      if (before) before();
      else gauge.reset();
      compute();
    },
  });
}
