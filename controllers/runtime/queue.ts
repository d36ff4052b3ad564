import type { Metrics } from './metrics.ts';

/** Deletions first, resyncs last, everything else between. */
export type Priority = 'high' | 'normal' | 'low';

/** Times in milliseconds. */
export interface QueueOptions {
  readonly name: string;
  /** The first delay after a failure of a key; it doubles with each further one. */
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** All retries together: so many at once, then so many a second. */
  readonly retryBurst?: number;
  readonly retriesPerSecond?: number;
  readonly metrics?: Metrics;
}

/**
 * A queue of keys. A key is in it at most once and is given to at most one worker at a time: what is added while it is being
 * worked on comes back after `done`. So a thousand events for one object are one reconcile, and two never overlap.
 */
export class Queue {
  readonly name: string;
  readonly #options: Required<Omit<QueueOptions, 'metrics' | 'name'>>;
  readonly #metrics: Metrics | undefined;
  readonly #waiting: Readonly<Record<Priority, Map<string, number>>> = { high: new Map(), normal: new Map(), low: new Map() };
  readonly #processing = new Map<string, number>();
  readonly #dirty = new Map<string, Priority>();
  readonly #delayed = new Map<string, { timer: NodeJS.Timeout; due: number; priority: Priority }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #bucket: { tokens: number; at: number };
  #closed = false;

  constructor(options: QueueOptions) {
    const { name, metrics, ...rest } = options;
    this.name = name;
    this.#metrics = metrics;
    this.#options = { minBackoffMs: 250, maxBackoffMs: 60_000, retryBurst: 100, retriesPerSecond: 10, ...rest };
    this.#bucket = { tokens: this.#options.retryBurst, at: performance.now() };
  }

  /** Keys that wait for a worker; not those that are delayed. */
  get depth(): number {
    return this.#waiting.high.size + this.#waiting.normal.size + this.#waiting.low.size;
  }

  /** Asks for a run of the key soon. An earlier delayed run of it is then no longer needed. */
  add(key: string, priority: Priority = 'normal'): void {
    if (this.#closed) return;
    this.#undelay(key);
    this.#metrics?.queueAdds.inc({ name: this.name });
    if (this.#processing.has(key)) {
      this.#dirty.set(key, higher(this.#dirty.get(key), priority));
      return;
    }
    const present = (['high', 'normal', 'low'] as const).find((level) => this.#waiting[level].has(key));
    const level = higher(present, priority);
    if (present === level) return;
    const since = present ? this.#waiting[present].get(key)! : performance.now();
    if (present) this.#waiting[present].delete(key);
    this.#waiting[level].set(key, since);
    this.#serve();
  }

  /** Asks for a run after `ms`; of two delayed runs the earlier one stays. */
  addAfter(key: string, ms: number, priority: Priority = 'normal'): void {
    if (this.#closed) return;
    const due = performance.now() + ms;
    const present = this.#delayed.get(key);
    if (present && present.due <= due) return;
    this.#undelay(key);
    // setTimeout turns a delay beyond 2^31 ms into 1 ms.
    const timer = setTimeout(() => this.add(key, priority), Math.min(Math.max(0, ms), 2 ** 31 - 1));
    timer.unref();
    this.#delayed.set(key, { timer, due, priority });
  }

  /** Asks for a run after the key's backoff, and not before the queue as a whole may retry; gives the delay in milliseconds. */
  addFailed(key: string): number {
    const { minBackoffMs, maxBackoffMs } = this.#options;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const backoff = Math.min(maxBackoffMs, minBackoffMs * 2 ** Math.min(failures, 30));
    const delay = Math.max(backoff * (0.9 + Math.random() * 0.2), this.#reserve());
    this.#metrics?.queueRetries.inc({ name: this.name });
    this.addAfter(key, delay);
    return delay;
  }

  /** How often the key has failed since it last worked. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The key worked: its next failure starts at the shortest backoff. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key, when there is one; undefined once the queue is closed. Call `done` with it. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#serve();
    });
  }

  /** The worker is done with the key. If it was added meanwhile, it waits again. */
  done(key: string): void {
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.#metrics?.queueWork.observe({ name: this.name }, (performance.now() - since) / 1000);
    const priority = this.#dirty.get(key);
    this.#dirty.delete(key);
    if (priority) this.add(key, priority);
  }

  /** Gives no key any more; what waits is dropped, for the next process lists everything anyway. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    for (const level of Object.values(this.#waiting)) level.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  /** Brings the gauges up to date; call it when metrics are read. */
  measure(): void {
    const now = performance.now();
    const ages = [...this.#processing.values()].map((since) => (now - since) / 1000);
    const labels = { name: this.name };
    this.#metrics?.queueDepth.set(labels, this.depth);
    this.#metrics?.unfinished.set(
      labels,
      ages.reduce((sum, age) => sum + age, 0),
    );
    this.#metrics?.longest.set(labels, Math.max(0, ...ages));
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const level = [this.#waiting.high, this.#waiting.normal, this.#waiting.low].find((map) => map.size > 0);
      const next = level?.entries().next().value;
      if (!level || !next) return;
      const [key, since] = next;
      level.delete(key);
      this.#processing.set(key, performance.now());
      this.#metrics?.queueWait.observe({ name: this.name }, (performance.now() - since) / 1000);
      this.#takers.shift()!(key);
    }
  }

  #undelay(key: string): void {
    const delayed = this.#delayed.get(key);
    if (delayed) clearTimeout(delayed.timer);
    this.#delayed.delete(key);
  }

  /** Takes a token of the bucket, on credit if need be, and gives the milliseconds until it is there. */
  #reserve(): number {
    const { retryBurst, retriesPerSecond } = this.#options;
    const now = performance.now();
    const tokens = Math.min(retryBurst, this.#bucket.tokens + ((now - this.#bucket.at) / 1000) * retriesPerSecond) - 1;
    this.#bucket = { tokens, at: now };
    return tokens >= 0 ? 0 : (-tokens / retriesPerSecond) * 1000;
  }
}

function higher(one: Priority | undefined, other: Priority): Priority {
  if (one === 'high' || other === 'high') return 'high';
  return one === 'normal' || other === 'normal' ? 'normal' : 'low';
}
