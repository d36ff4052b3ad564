import { toUuid } from '../core/base/ids.ts';
import type { Log } from '../core/base/log.ts';
import type { Metrics } from '../core/base/metrics.ts';
import type { Database } from '../core/database/database.ts';
import type { CompiledStores } from '../core/policy-stores/compiled-stores.ts';
import { readContents } from '../core/policy-stores/open-store.ts';
import { createStoreComparison, type StoreComparison } from '../core/policy-stores/store-comparison.ts';
import { createStoreShadow, type StoreShadow } from '../core/policy-stores/store-shadow.ts';
import type { StoreKey } from '../core/policy-stores/stores.ts';

interface Options {
  /** Connections that no request waits for. */
  readonly database: Database;
  /** The part of decisions that stock Casbin takes again. */
  readonly share: number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly compiled: () => CompiledStores;
}

/** What takes decisions of policy stores again behind the requests. */
export interface StoreWitnesses {
  readonly shadow: StoreShadow;
  readonly comparison: StoreComparison;
}

/** Begins both. */
export function createStoreWitnesses(
  { database, share, log, metrics, compiled }: Options,
  stops: (() => Promise<unknown>)[],
): StoreWitnesses {
  const read = (key: StoreKey, revision: number) =>
    database.read({ organization: toUuid('organization', key.organizationId) }, (db) => readContents(db, key, revision));
  const shadow = createStoreShadow({ share, log, metrics, read });
  const comparison = createStoreComparison({ database, compiled, read, log, metrics });
  stops.push(
    () => shadow.stop(),
    () => comparison.stop(),
  );
  return { shadow, comparison };
}
