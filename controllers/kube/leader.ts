import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { ResourceType } from '../resources/resource.ts';
import { type Leadership, LeadershipLost } from '../runtime/leadership.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { KubeClient } from './client.ts';
import { isConflict, isMissing } from './errors.ts';

/** Times in milliseconds; the defaults are those of client-go. */
export interface ElectorOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly identity?: string;
  readonly leaseMs?: number;
  /** A leader that could not renew for so long steps down; shorter than leaseMs, so that it does before another may take over. */
  readonly renewMs?: number;
  readonly retryMs?: number;
}

interface Lease {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string };
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** The type of coordination.k8s.io/v1 leases. */
export const leaseType: ResourceType = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };

/** Elects one leader among processes by a Lease. Clocks of machines are never compared: each process times, on its own clock, how long it has seen the same record. */
export class LeaderElector {
  readonly identity: string;
  readonly #options: Required<Omit<ElectorOptions, 'metrics' | 'identity'>> & Pick<ElectorOptions, 'metrics'>;
  #lease: Lease | undefined;
  #seen = { record: '', at: 0 };
  /** When the last successful renewal was sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(options: ElectorOptions) {
    this.#options = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2_000, ...options };
    this.identity = options.identity ?? `${hostname()}_${randomUUID()}`;
  }

  /** Stands for election until `stop`. While elected, `lead` runs; its end, or its failure, gives the office back. */
  async run(lead: (leadership: Leadership) => Promise<void>, stop: AbortSignal): Promise<void> {
    const { retryMs, log, metrics, name } = this.#options;
    metrics?.leading.set({ name }, 0);
    while (!stop.aborted) {
      const leads = await this.#tryToLead(stop);
      // An attempt that the stop broke off may have been stored: an office that nobody fills would keep others out.
      if (!leads && stop.aborted) await this.#release();
      if (leads) {
        metrics?.leading.set({ name }, 1);
        log.info({ lease: name, identity: this.identity, fence: this.#fence }, 'this process leads');
        await this.#serve(lead, stop);
        metrics?.leading.set({ name }, 0);
      }
      if (stop.aborted) break;
      // Candidates look twice as often as leaders renew, and exactly when the lease runs out; the random part keeps two from colliding.
      await pause(Math.min((retryMs / 2) * (1 + Math.random() * 0.2), Math.max(20, this.#remainingMs())), stop);
    }
  }

  get #fence(): number {
    return this.#lease?.spec.leaseTransitions ?? 0;
  }

  async #serve(lead: (leadership: Leadership) => Promise<void>, stop: AbortSignal): Promise<void> {
    const { renewMs, retryMs, log, name } = this.#options;
    const term = new AbortController();
    const signal = AbortSignal.any([term.signal, stop]);
    const tooOld = (): boolean => performance.now() - this.#renewedAt > renewMs;
    const leadership: Leadership = {
      fence: this.#fence,
      signal,
      check() {
        if (tooOld() && !term.signal.aborted) term.abort(new LeadershipLost('it could not renew its lease in time.'));
        term.signal.throwIfAborted();
      },
    };
    const watchdog = setInterval(() => {
      if (tooOld()) term.abort(new LeadershipLost('it could not renew its lease in time.'));
    }, retryMs / 4);
    // Renewed until the last pass has ended, also after a stop: nobody else may begin before.
    const renewing = this.#keepRenewing(term);
    try {
      await lead(leadership);
    } catch (error) {
      if (!signal.aborted) log.error({ lease: name, err: error }, 'the leader failed and gives its office back');
    }
    term.abort(new LeadershipLost('its work has ended.'));
    await renewing;
    clearInterval(watchdog);
    if (tooOld()) log.warn({ lease: name }, 'leadership is lost');
    else await this.#release();
  }

  async #keepRenewing(term: AbortController): Promise<void> {
    const { signal } = term;
    while (!signal.aborted) {
      await pause(this.#options.retryMs, signal);
      if (signal.aborted) return;
      const renewed = await this.#tryToLead(signal);
      if (!renewed && this.#lease?.spec.holderIdentity !== this.identity)
        term.abort(new LeadershipLost('another process holds the lease.'));
    }
  }

  /** Takes or renews the lease; false when another process holds it, was faster, or the server does not answer. */
  async #tryToLead(signal: AbortSignal): Promise<boolean> {
    const { client, namespace, name, renewMs, log } = this.#options;
    const sentAt = performance.now();
    // One attempt may never take so long that a second one is impossible.
    const call = { signal, timeoutMs: Math.max(500, renewMs / 2), retries: 0 };
    try {
      const found = await client.get<never>(leaseType, `${namespace}/${name}`, call).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      this.#observe(found);
      const spec = this.#lease?.spec;
      const mine = spec?.holderIdentity === this.identity;
      const free = !spec?.holderIdentity || this.#remainingMs() < 0;
      if (!mine && !free) return false;
      const wanted = this.#record(mine);
      const stored = this.#lease
        ? await client.update(leaseType, `${namespace}/${name}`, wanted, call)
        : await client.create(leaseType, namespace, wanted, call);
      this.#observe(stored);
      this.#renewedAt = sentAt;
      return true;
    } catch (error) {
      if (!signal.aborted && !isConflict(error)) log.warn({ lease: name, err: error }, 'the lease cannot be read or written');
      return false;
    }
  }

  /** How long the holder that was last seen may still be counted on. */
  #remainingMs(): number {
    const seconds = this.#lease?.spec.leaseDurationSeconds ?? this.#options.leaseMs / 1000;
    return this.#seen.at + seconds * 1000 - performance.now();
  }

  #observe(lease: Lease | undefined): void {
    this.#lease = lease;
    const record = JSON.stringify(lease?.spec ?? null);
    if (record !== this.#seen.record) this.#seen = { record, at: performance.now() };
  }

  #record(mine: boolean): Lease {
    const { namespace, name, leaseMs } = this.#options;
    const now = microTime();
    const spec = this.#lease?.spec;
    // A lease that somebody deleted would start at 0 again, and every fenced write would be refused. The minutes since 1970 only grow
    // (and fit 32 bits for 4,000 years).
    const transitions = spec ? (spec.leaseTransitions ?? 0) + (mine ? 0 : 1) : Math.floor(Date.now() / 60_000);
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: this.#lease?.metadata ?? { name, namespace },
      spec: {
        holderIdentity: this.identity,
        leaseDurationSeconds: Math.max(1, Math.round(leaseMs / 1000)),
        acquireTime: mine ? (spec?.acquireTime ?? now) : now,
        renewTime: now,
        leaseTransitions: transitions,
      },
    };
  }

  /**
   * Lets the next process lead at once instead of after leaseMs. The lease is read again: a renewal that was broken off may have
   * been stored all the same, and then what is known here is old.
   */
  async #release(): Promise<void> {
    const { client, namespace, name, log } = this.#options;
    const call = { timeoutMs: 1_000, retries: 0 };
    for (let attempt = 1; attempt <= 3; attempt++) {
      try {
        const found = await client.get<never>(leaseType, `${namespace}/${name}`, call);
        this.#observe(found);
        const { spec } = this.#lease!;
        if (spec.holderIdentity !== this.identity) break;
        const free = { ...spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime() };
        this.#observe(await client.update(leaseType, `${namespace}/${name}`, { ...this.#lease!, spec: free }, call));
        break;
      } catch (error) {
        if (isMissing(error)) break;
        if (isConflict(error) && attempt < 3) continue;
        log.warn({ lease: name, err: error }, 'the lease could not be released; it runs out by itself');
        break;
      }
    }
    this.#renewedAt = Number.NEGATIVE_INFINITY;
  }
}

/** Kubernetes' MicroTime wants six digits; a Date's three are refused. */
const microTime = (): string => new Date().toISOString().replace('Z', '000Z');

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => {});
