import { createDecisionLog, type DecisionLog } from '../core/authorization/decision-log/log.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import type { Config } from '../core/base/config.ts';
import type { Log } from '../core/base/log.ts';
import type { Metrics } from '../core/base/metrics.ts';
import { openDatabase } from '../core/database/database.ts';
import type { CompiledStores } from '../core/policy-stores/compiled-stores.ts';
import { createStoreDecisionLog, type StoreDecisionLog } from '../core/policy-stores/decision-log.ts';
import type { StoreWitnesses } from './store-witnesses.ts';

/** The decision log of a server, with that of policy stores. */
export interface ServerDecisionLog extends DecisionLog {
  readonly stores: StoreDecisionLog;
}

/** Each with a connection of its own, where decisions are kept: however much stores decide, the other log does not wait for it. They write what waits when the requests have ended. */
export function openDecisionLog(
  config: Config,
  parts: { databaseUrl: string; onError: (error: Error) => void; policies: LivePolicies; log: Log; metrics: Metrics },
  stops: (() => Promise<unknown>)[],
): ServerDecisionLog | undefined {
  if (config.TENET_DECISION_LOG_SHARE === 0) return undefined;
  const { databaseUrl, onError, ...used } = parts;
  const open = () => {
    const database = openDatabase(databaseUrl, { size: 1, onError, pooler: config.TENET_DATABASE_POOLER });
    stops.push(() => database.close());
    return database;
  };
  const { TENET_DECISION_LOG_SHARE: share, TENET_DECISION_LOG_DAYS: days } = config;
  const decisionLog = createDecisionLog({ database: open(), share, days, ...used });
  stops.push(() => decisionLog.stop());
  const stores = createStoreDecisionLog({ database: open(), share, days, ...used });
  stops.push(() => stores.stop());
  return { ...decisionLog, stores };
}

/** What hears of the decisions of stores. */
export function heardBy({ shadow, comparison }: StoreWitnesses, decisionLog: ServerDecisionLog | undefined): CompiledStores['observe'] {
  return (taken) => {
    shadow.observe(taken);
    comparison.observe(taken);
    decisionLog?.stores.note(taken);
  };
}
