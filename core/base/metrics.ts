import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createDurations, type Durations } from './durations.ts';

/** What Tenet counts, in one registry per server; names follow the OpenTelemetry semantic conventions where there is one. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Durations;
  /** Counts a decision of the policy. */
  decided(isAllowed: boolean): void;
  readonly shadowed: Counter<'agreed'>;
  readonly shadowedStores: Counter<'agreed'>;
  readonly refusedPolicies: Counter;
  readonly loggedDecisions: Counter<'outcome'>;
  readonly loggedStoreDecisions: Counter<'outcome'>;
  readonly comparedDecisions: Counter<'outcome'>;
  readonly comparedStoreDecisions: Counter<'outcome'>;
  readonly jobs: Counter<'task' | 'outcome'>;
  readonly connections: Gauge<'state'>;
}

/** Makes the metrics; `connections` reads the pool when somebody scrapes. */
export function createMetrics(pool: () => { total: number; idle: number; waiting: number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  // Handed to the library when somebody scrapes: it looks at the labels every time.
  const tally = { allowed: 0, denied: 0 };
  new Counter({
    name: 'tenet_decisions_total',
    help: 'Decisions of the policy.',
    labelNames: ['allowed'],
    registers,
    collect() {
      this.inc({ allowed: 'true' }, tally.allowed);
      this.inc({ allowed: 'false' }, tally.denied);
      Object.assign(tally, { allowed: 0, denied: 0 });
    },
  });
  return {
    registry,
    requests: createDurations(registry, {
      name: 'http_server_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    decided(isAllowed) {
      if (isAllowed) tally.allowed += 1;
      else tally.denied += 1;
    },
    shadowed: new Counter({
      name: 'tenet_shadow_decisions_total',
      help: 'Decisions that stock Casbin decided again; agreed="false" is an alarm.',
      labelNames: ['agreed'],
      registers,
    }),
    shadowedStores: new Counter({
      name: 'tenet_store_shadow_decisions_total',
      help: 'Decisions of policy stores that stock Casbin decided again; agreed="false" is an alarm.',
      labelNames: ['agreed'],
      registers,
    }),
    refusedPolicies: new Counter({
      name: 'tenet_refused_policy_revisions_total',
      help: 'Policy revisions that did not hold and were not put into force.',
      registers,
    }),
    loggedDecisions: new Counter({
      name: 'tenet_decision_log_entries_total',
      help: 'Entries of the decision log; outcome="lost" were not written because too many waited, or because they could not be.',
      labelNames: ['outcome'],
      registers,
    }),
    loggedStoreDecisions: new Counter({
      name: 'tenet_store_decision_log_entries_total',
      help: 'Decisions of policy stores in the decision log; outcome="lost" were not written because too many waited, or because they could not be.',
      labelNames: ['outcome'],
      registers,
    }),
    comparedDecisions: new Counter({
      name: 'tenet_rollout_compared_total',
      help: 'Decisions that were taken again by the other side of an open rollout; outcome="dropped" were not, because too many waited or it does not hold.',
      labelNames: ['outcome'],
      registers,
    }),
    comparedStoreDecisions: new Counter({
      name: 'tenet_store_rollout_compared_total',
      help: 'Decisions of policy stores that were taken again by the other side of an open rollout; outcome="dropped" were not, because too many waited or it does not hold.',
      labelNames: ['outcome'],
      registers,
    }),
    jobs: new Counter({ name: 'tenet_jobs_total', help: 'Jobs of the outbox that ended.', labelNames: ['task', 'outcome'], registers }),
    connections: new Gauge({
      name: 'tenet_database_connections',
      help: 'Connections of the request pool.',
      labelNames: ['state'],
      registers,
      collect() {
        const { total, idle, waiting } = pool();
        this.set({ state: 'used' }, total - idle);
        this.set({ state: 'idle' }, idle);
        this.set({ state: 'waited-for' }, waiting);
      },
    }),
  };
}
