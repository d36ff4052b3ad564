import { setTimeout as wait } from 'node:timers/promises';
import { isOlder, type KubeObject, keyOf, type ResourceType } from '../resources/resource.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { Change, Store } from '../runtime/store.ts';
import type { KubeClient } from './client.ts';
import { ConnectionError, isExpired, isMissing, KubeError } from './errors.ts';

/** Times in milliseconds unless the name says otherwise. */
export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly type: ResourceType;
  readonly store: Store;
  readonly onChange: (change: Change) => void;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly pageSize?: number;
  /** How long one watch lasts; a random part keeps many controllers from coming back together. */
  readonly watchSeconds?: readonly [least: number, most: number];
  /** A watch on which nothing comes for so long is taken for dead. The server sends a bookmark about once a minute. */
  readonly idleMs?: number;
  readonly minBackoffMs?: number;
  /** Short on purpose: a restarted server is ready after seconds, and answers 429 and 503 until then. */
  readonly maxBackoffMs?: number;
}

/** After so many failures in a row a full list is tried: the server may have been restored to an earlier state and not know our version. */
const failuresBeforeRelist = 5;

/** Keeps a store equal to what the API server has: list once, then watch, and list again only when the server has forgotten our version. */
export class Reflector {
  readonly #options: Required<Omit<ReflectorOptions, 'metrics'>> & Pick<ReflectorOptions, 'metrics'>;
  #version: string | undefined;
  #synced = false;
  #heardAt = performance.now();

  constructor(options: ReflectorOptions) {
    this.#options = { pageSize: 500, watchSeconds: [240, 300], idleMs: 90_000, minBackoffMs: 500, maxBackoffMs: 5_000, ...options };
  }

  /** Whether a whole list has been taken in at least once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Milliseconds since the server was last heard of: an answer, an event or a bookmark. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  /** Runs until `signal`; no answer of the server ends it. After the signal no change is handed on. */
  async run(signal: AbortSignal): Promise<void> {
    const { maxBackoffMs, minBackoffMs } = this.#options;
    let failures = 0;
    let reason = 'start';
    while (!signal.aborted) {
      try {
        failures = await this.#round(failures, reason, signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        reason = this.#noteFailure(error, failures);
        await this.#waitAsAsked(error, signal);
        // The first 410 is answered by a list at once.
        if (isExpired(error) && failures === 1) continue;
      }
      if (failures === 0) continue;
      const backoff = Math.min(maxBackoffMs, minBackoffMs * 2 ** Math.min(failures - 1, 10));
      await pause(backoff * (0.8 + Math.random() * 0.2), signal);
    }
  }

  /** Lists where that is needed, then watches to the end of one watch. Returns the failures in a row, of which an empty watch that ends at once is one. */
  async #round(before: number, reason: string, signal: AbortSignal): Promise<number> {
    const { metrics, type } = this.#options;
    let failures = before;
    if (this.#version === undefined) {
      metrics?.relists.inc({ resource: type.plural, reason });
      await this.#list(signal);
      failures = 0;
    }
    const began = performance.now();
    // A server or proxy that ends each watch at once must not be asked again and again without a pause.
    const events = await this.#watch(signal);
    return events > 0 || performance.now() - began > 1_000 ? 0 : failures + 1;
  }

  /** Counts and logs a failure, and decides whether to list again. Returns the reason of the next list. */
  #noteFailure(error: unknown, failures: number): string {
    const { log, metrics, type } = this.#options;
    const expired = isExpired(error);
    if (expired || isMissing(error) || failures % failuresBeforeRelist === 0) this.#version = undefined;
    metrics?.watchFailures.inc({ resource: type.plural, code: codeOf(error) });
    // The first failure is everyday life (a silent watch, a restart); of a long row the 2nd, 4th, 8th... are logged.
    const level = failures === 1 ? 'info' : 'warn';
    if (Number.isInteger(Math.log2(failures))) log[level]({ resource: type.plural, failures, err: error }, describe(error));
    return expired ? 'expired' : 'failures';
  }

  async #waitAsAsked(error: unknown, signal: AbortSignal): Promise<void> {
    if (!(error instanceof KubeError) || !error.retryAfterMs) return;
    await pause(Math.min(error.retryAfterMs, this.#options.maxBackoffMs), signal);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, type, store, pageSize, onChange } = this.#options;
    const seen = new Set<string>();
    let token: string | undefined;
    let version: string;
    // A page is taken in as it comes: with 10,000 objects, work on the first does not wait for the last.
    do {
      const page: Awaited<ReturnType<typeof client.list>> = await client.list(type, {
        limit: pageSize,
        continue: token,
        signal,
        retries: 0,
      });
      signal.throwIfAborted();
      this.#heardAt = performance.now();
      for (const object of page.items) {
        seen.add(keyOf(object));
        const change = store.upsert(object, 'list');
        if (change) onChange(change);
      }
      token = page.metadata.continue || undefined;
      version = page.metadata.resourceVersion;
    } while (token);
    // Only a whole list is evidence that something is gone.
    for (const key of store.keys()) {
      const change = seen.has(key) ? undefined : store.delete(key);
      if (change) onChange(change);
    }
    this.#version = version;
    this.#synced = true;
  }

  /** Follows one watch to its end and gives the number of its events, bookmarks apart. */
  async #watch(signal: AbortSignal): Promise<number> {
    const { client, type, store, watchSeconds, idleMs, onChange } = this.#options;
    const [least, most] = watchSeconds;
    const timeoutSeconds = Math.round(least + Math.random() * (most - least));
    let events = 0;
    for await (const event of client.watch<KubeObject>(type, { resourceVersion: this.#version!, timeoutSeconds, idleMs, signal })) {
      signal.throwIfAborted();
      this.#heardAt = performance.now();
      const version = event.object.metadata.resourceVersion;
      if (!isOlder(version, this.#version!)) this.#version = version;
      if (event.type === 'BOOKMARK') continue;
      events++;
      const change = event.type === 'DELETED' ? store.delete(keyOf(event.object), event.object) : store.upsert(event.object);
      if (change) onChange(change);
    }
    return events;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => {});

function codeOf(error: unknown): string {
  if (error instanceof KubeError) return String(error.status);
  return error instanceof ConnectionError ? error.code : 'UNKNOWN';
}

function describe(error: unknown): string {
  if (isMissing(error))
    return 'the server does not know this resource; install its CRD (npx tenet crds | kubectl apply --server-side -f -)';
  if (error instanceof KubeError && error.status === 403) return 'the server forbids list or watch of this resource; apply k8s/rbac';
  if (isExpired(error)) return 'the server has forgotten our version; everything is listed again';
  return 'list or watch failed; it is tried again';
}
