import { setTimeout as wait } from 'node:timers/promises';
import { type HeldLock, takeLock } from '../../core/database/lock.ts';
import { type Leadership, LeadershipLost } from '../runtime/leadership.ts';
import type { Log } from '../runtime/log.ts';
import type { Elector } from '../runtime/manager.ts';
import type { Metrics } from '../runtime/metrics.ts';
import type { DirectorySource } from './source.ts';

/** Times in milliseconds. */
export interface LockOptions {
  readonly databaseUrl: string;
  /** What is led, for example `directory:/etc/tenet/manifests`. */
  readonly name: string;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** How often a candidate tries, and a leader asks whether its connection still lives. */
  readonly retryMs?: number;
  /** A leader whose connection has not answered for so long steps down. */
  readonly silenceMs?: number;
}

/** Who holds a lock: nobody has asked yet, this process, another one; or the database does not answer. */
export type LockState = 'starting' | 'here' | 'elsewhere' | 'unreachable';

/**
 * Elects one leader among processes by an advisory lock of the database: the lock ends with the leader's connection. What a leader
 * writes that does not know of its end yet is refused by its term in the database.
 */
export function lockElector(options: LockOptions): Elector & { state(): LockState } {
  const { databaseUrl, name, log, metrics, retryMs = 2_000 } = options;
  let fence = 0;
  let state: LockState = 'starting';
  return {
    state: () => state,
    async run(lead, stop) {
      metrics?.leading.set({ name }, 0);
      while (!stop.aborted) {
        const term = new AbortController();
        const lock = await takeLock(databaseUrl, name, () => lose(term)).catch((err: unknown) => {
          if (!stop.aborted) log.warn({ lock: name, err }, 'the lock cannot be taken');
          return 'unreachable' as const;
        });
        state = lock === undefined ? 'elsewhere' : lock === 'unreachable' ? lock : 'here';
        if (typeof lock === 'object') {
          metrics?.leading.set({ name }, 1);
          log.info({ lock: name }, 'this process leads');
          await serve(options, lock, { fence: ++fence, term, lead }, stop);
          state = 'starting';
          metrics?.leading.set({ name }, 0);
        }
        await pause(retryMs * (0.5 + Math.random() * 0.5), stop);
      }
    },
  };
}

const lose = (term: AbortController): void => term.abort(new LeadershipLost('its connection to the database has ended.'));

interface Term {
  readonly fence: number;
  readonly term: AbortController;
  readonly lead: (leadership: Leadership) => Promise<void>;
}

async function serve(options: LockOptions, lock: HeldLock, { fence, term, lead }: Term, stop: AbortSignal): Promise<void> {
  const { name, log, retryMs = 2_000, silenceMs = 10_000 } = options;
  const signal = AbortSignal.any([term.signal, stop]);
  let provedAt = performance.now();
  const look = (): void => {
    if (performance.now() - provedAt > silenceMs) lose(term);
  };
  const check = (): void => {
    look();
    term.signal.throwIfAborted();
  };
  const proving = (async () => {
    while (!signal.aborted) {
      await pause(retryMs, signal);
      const askedAt = performance.now();
      if (!signal.aborted)
        await lock.prove().then(
          () => {
            provedAt = askedAt;
          },
          () => lose(term),
        );
    }
  })();
  const watchdog = setInterval(look, retryMs / 2);
  try {
    await lead({ fence, signal, check });
  } catch (error) {
    if (!signal.aborted) log.error({ lock: name, err: error }, 'the leader failed and gives its office back');
  }
  if (term.signal.aborted) log.warn({ lock: name }, 'leadership is lost');
  clearInterval(watchdog);
  term.abort(new LeadershipLost('its work has ended.'));
  await lock.release();
  await proving;
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined);

/** Follows the directory for as long as `lead` runs. */
export async function leadDirectory(
  source: DirectorySource,
  leadership: Leadership,
  lead: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const following = source.follow({ ...leadership, signal: AbortSignal.any([leadership.signal, ended.signal]) });
  try {
    await lead(leadership);
  } finally {
    ended.abort();
    await following;
  }
}
