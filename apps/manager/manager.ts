import { lockElector } from '../../controllers/directory/lock.ts';
import type { Leadership } from '../../controllers/runtime/leadership.ts';
import type { Log } from '../../controllers/runtime/log.ts';
import { Queue } from '../../controllers/runtime/queue.ts';
import type { StartedDriver } from '../../core/apps/driver.ts';
import { listWork } from '../../core/apps/work.ts';
import type { LivePolicies } from '../../core/authorization/store/live-policies.ts';
import { toUuid } from '../../core/base/ids.ts';
import type { Keyring } from '../../core/base/keyring.ts';
import type { Database } from '../../core/database/database.ts';
import { startListener } from '../../core/database/listener.ts';
import { stopIdle } from './idle.ts';
import { look } from './pass.ts';

export interface AppsManagerOptions {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  /** Starts what runs programs, when this process begins to lead. */
  readonly startDriver: () => Promise<StartedDriver> | StartedDriver;
  readonly log: Log;
  /** Milliseconds between looks at everything, and at what is idle. */
  readonly everyMs?: number;
  readonly workers?: number;
}

/** Makes run what is installed, as long as this process leads. */
export interface AppsManager {
  /** The driver, while this process leads. */
  driver(): StartedDriver | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the loop: of all processes on one database one leads, by a lock of the database. It looks at an instance when the database tells of it, when the driver does,
 * and from time to time; of one instance there is one look at a time.
 */
export function startAppsManager(options: AppsManagerOptions): AppsManager {
  const { databaseUrl, log } = options;
  const ending = new AbortController();
  let driver: StartedDriver | undefined;
  const elector = lockElector({ databaseUrl, name: 'applications', log });
  const running = elector.run(async (leadership) => {
    driver = await options.startDriver();
    try {
      await lead(options, driver, leadership);
    } finally {
      const released = driver;
      driver = undefined;
      await released.release();
      // Another process leads by now, or will: what runs is its own to stop, unless this one ends on purpose.
      if (ending.signal.aborted) await released.endPrograms();
    }
  }, ending.signal);
  return {
    driver: () => driver,
    async stop() {
      ending.abort();
      await running;
    },
  };
}

async function lead(options: AppsManagerOptions, driver: StartedDriver, leadership: Leadership): Promise<void> {
  const { database, databaseUrl, keyring, policies, log, everyMs = 10_000, workers = 8 } = options;
  const queue = new Queue({ name: 'applications', maxBackoffMs: 30_000 });
  const sweep = async (): Promise<void> => {
    try {
      for (const uuid of await database.read('platform', listWork)) queue.add(uuid, 'low');
      await stopIdle(database, policies);
    } catch (error) {
      log.warn({ error }, 'what is installed could not be listed');
    }
  };
  const listener = startListener({
    url: databaseUrl,
    channels: ['tenet_instance'],
    onNotification: (_channel, payload) => queue.add(payload.slice(payload.indexOf('/') + 1)),
    onGap: () => void sweep(),
    onError: (error) => log.warn({ error }, 'the listener of applications lost its connection'),
  });
  driver.onChange((id) => queue.add(toUuid('instance', id)));
  const timer = setInterval(() => void sweep(), everyMs);
  const work = async (): Promise<void> => {
    for (let uuid = await queue.take(); uuid !== undefined; uuid = await queue.take()) {
      await lookOnce(uuid);
      queue.done(uuid);
    }
  };

  async function lookOnce(uuid: string): Promise<void> {
    try {
      leadership.check();
      const after = await look({ database, keyring, driver, log }, uuid);
      queue.forget(uuid);
      if (after !== undefined) queue.addAfter(uuid, after);
    } catch (error) {
      if (leadership.signal.aborted) return;
      log.warn({ instance: uuid, error }, 'an application could not be looked at');
      queue.addFailed(uuid);
    }
  }

  const end = (): void => queue.close();
  if (leadership.signal.aborted) end();
  else leadership.signal.addEventListener('abort', end, { once: true });
  await Promise.all(Array.from({ length: workers }, work));
  clearInterval(timer);
  driver.onChange(() => undefined);
  await listener.stop();
}
