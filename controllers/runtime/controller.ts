import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';

/** What a run says about the next one of its key. Without `requeueAfter` (milliseconds) it comes with the resync; undefined: no object is left to come back to. */
export type Result = { readonly requeueAfter?: number } | undefined;

/** One pass over one key. It must bear being repeated at any time. Throw to be called again after a backoff. */
export type Reconcile = (key: string, signal: AbortSignal) => Promise<Result>;

/** Trying again cannot help before something changes: no backoff, no retry until the object or the resync brings the key back. */
export class TerminalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TerminalError';
  }
}

/** Times in milliseconds. */
export interface ControllerOptions {
  readonly queue: Queue;
  readonly reconcile: Reconcile;
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly workers?: number;
  /** After this the run's signal is aborted, and the worker goes on with another key; the key itself stays locked until the run has really ended. */
  readonly timeoutMs?: number;
  /** How often a key comes back though nothing happened, give or take a tenth; repairs what was changed behind our back. */
  readonly resyncMs?: number;
  /** How long runs under way may go on after the stop signal, before theirs is aborted too. */
  readonly drainMs?: number;
}

/** Works through the queue until `stop`; resolves when no run is under way any more, or `drainMs` and a second later. */
export async function runController(options: ControllerOptions, stop: AbortSignal): Promise<void> {
  const { queue, metrics, workers = 4, drainMs = 30_000 } = options;
  const labels = { controller: queue.name };
  metrics?.workers.set(labels, workers);
  // There from the start, so that an alarm on its increase sees the first one too.
  metrics?.panics.inc(labels, 0);
  const hard = new AbortController();
  const underWay = new Set<Promise<void>>();
  const close = (): void => {
    queue.close();
    setTimeout(() => hard.abort(new Error('The controller stops.')), drainMs).unref();
  };
  if (stop.aborted) close();
  else stop.addEventListener('abort', close, { once: true });

  const work = async (): Promise<void> => {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      const timeout = new AbortController();
      const run = runOnce(options, key, AbortSignal.any([hard.signal, timeout.signal])).finally(() => underWay.delete(run));
      underWay.add(run);
      await Promise.race([run, expiry(options, key, timeout, run)]);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  const ended = Promise.all(underWay);
  // A run that ignores its signal may not hold up the end of the process.
  const givenUp = new Promise<void>((resolve) => hard.signal.addEventListener('abort', () => setTimeout(resolve, 1_000), { once: true }));
  await Promise.race([ended, givenUp]);
  if (underWay.size > 0) options.log.error({ controller: queue.name, runs: underWay.size }, 'runs did not end in time and were left');
}

async function runOnce(options: ControllerOptions, key: string, signal: AbortSignal): Promise<void> {
  const { queue, reconcile, metrics, resyncMs = 36_000_000 } = options;
  const labels = { controller: queue.name };
  const began = performance.now();
  metrics?.activeWorkers.inc(labels);
  let result: string;
  try {
    const next = await reconcile(key, signal);
    queue.forget(key);
    if (next?.requeueAfter !== undefined) queue.addAfter(key, next.requeueAfter);
    else if (next) queue.addAfter(key, resyncMs * (0.9 + Math.random() * 0.2), 'low');
    result = next?.requeueAfter === undefined ? 'success' : 'requeue_after';
  } catch (error) {
    result = failed(options, key, error, resyncMs);
  }
  queue.done(key);
  metrics?.activeWorkers.dec(labels);
  metrics?.reconciles.inc({ ...labels, result });
  metrics?.seconds.observe(labels, (performance.now() - began) / 1000);
}

function failed(options: ControllerOptions, key: string, error: unknown, resyncMs: number): string {
  const { queue, log, metrics } = options;
  const fields = { controller: queue.name, key, err: error };
  if (error instanceof TerminalError) {
    queue.forget(key);
    queue.addAfter(key, resyncMs, 'low');
    metrics?.terminalErrors.inc({ controller: queue.name });
    log.warn(fields, 'reconcile failed for good; it waits for a change');
    return 'error';
  }
  const retryMs = Math.round(queue.addFailed(key));
  const told = { ...fields, failures: queue.failures(key), retryMs };
  metrics?.errors.inc({ controller: queue.name });
  if (isMistake(error)) {
    metrics?.panics.inc({ controller: queue.name });
    log.error(told, 'reconcile ran into a mistake of the program; it is tried again');
  } else log.warn(told, 'reconcile failed; it is tried again');
  return 'error';
}

/** What the language itself throws: nobody foresaw it, as nobody foresees a panic in Go. */
function isMistake(error: unknown): boolean {
  return [TypeError, ReferenceError, RangeError, SyntaxError, URIError, EvalError].some((kind) => error instanceof kind);
}

/** Resolves when the run has had its time, or has ended before. */
function expiry(options: ControllerOptions, key: string, timeout: AbortController, run: Promise<void>): Promise<void> {
  const { queue, log, metrics, timeoutMs = 60_000 } = options;
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      metrics?.timeouts.inc({ controller: queue.name });
      log.error({ controller: queue.name, key, timeoutMs }, 'reconcile takes too long; it is aborted');
      timeout.abort(new Error(`The reconcile took longer than ${timeoutMs} ms.`));
      resolve();
    }, timeoutMs);
    void run.then(() => clearTimeout(timer));
  });
}
