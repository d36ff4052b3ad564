import { createDecisionLog, type DecisionLog } from '../core/authorization/decision-log/log.ts';
import type { LivePolicies } from '../core/authorization/store/live-policies.ts';
import type { Config } from '../core/base/config.ts';
import type { Log } from '../core/base/log.ts';
import type { Metrics } from '../core/base/metrics.ts';
import { openDatabase } from '../core/database/database.ts';

/** With a connection of its own, where decisions are kept. It writes what waits when the requests have ended. */
export function openDecisionLog(
  config: Config,
  parts: { databaseUrl: string; onError: (error: Error) => void; policies: LivePolicies; log: Log; metrics: Metrics },
  stops: (() => Promise<unknown>)[],
): DecisionLog | undefined {
  if (config.TENET_DECISION_LOG_SHARE === 0) return undefined;
  const { databaseUrl, onError, ...used } = parts;
  const database = openDatabase(databaseUrl, { size: 1, onError, pooler: config.TENET_DATABASE_POOLER });
  stops.push(() => database.close());
  const { TENET_DECISION_LOG_SHARE: share, TENET_DECISION_LOG_DAYS: days } = config;
  const decisionLog = createDecisionLog({ database, share, days, ...used });
  stops.push(() => decisionLog.stop());
  return decisionLog;
}
