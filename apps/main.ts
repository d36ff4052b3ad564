import { join } from 'node:path';
import type { Log } from '../controllers/runtime/log.ts';
import type { StartedDriver } from '../core/apps/driver.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import type { Config } from '../core/base/config.ts';
import { FailedPrecondition } from '../core/base/errors.ts';
import type { Keyring } from '../core/base/keyring.ts';
import type { Database } from '../core/database/database.ts';
import { startAppsManager } from './manager/manager.ts';

/** What runs installed applications. */
export interface Applications {
  /** The last lines of an installed application. Throws FailedPrecondition where another process runs it. */
  logs(instanceId: string, options: { lines: number }): Promise<string[]>;
  stop(): Promise<void>;
}

export interface ApplicationsOptions {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly policies: LivePolicies;
  readonly keyring: Keyring;
  readonly log: Log;
  readonly everyMs?: number;
  /** Milliseconds for which a program of this machine that took requests may take none. */
  readonly silentMs?: number;
}

/** Starts what runs installed applications, as the configuration says: this file is loaded where there is one alone. */
export function startApplications(config: Config, options: ApplicationsOptions): Applications {
  const manager = startAppsManager({ ...options, startDriver: () => startDriver(config, options) });
  return {
    async logs(instanceId, lines) {
      const driver = manager.driver();
      if (!driver)
        throw new FailedPrecondition('failed-precondition', 'Another server runs the applications of this installation. Try again there.');
      return driver.logs(instanceId, lines);
    },
    stop: () => manager.stop(),
  };
}

async function startDriver(config: Config, { log, silentMs }: Pick<ApplicationsOptions, 'log' | 'silentMs'>): Promise<StartedDriver> {
  const { TENET_APPS_DRIVER: name, TENET_APPS_DIRECTORY: directory, TENET_DATA_DIR: dataDir } = config;
  if (name === 'kubernetes') return (await import('./kubernetes/main.ts')).startConfiguredKubernetesDriver(config, log);
  const { startProcessDriver } = await import('./process/driver.ts');
  return startProcessDriver({ directory: directory ?? join(dataDir, 'apps'), ...(silentMs !== undefined && { silentMs }) });
}
