import { LRUCache } from 'lru-cache';
import type { Log } from '../../base/log.ts';
import type { Metrics } from '../../base/metrics.ts';
import { createStock, type Stock } from '../engine/stock.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import type { Decision } from './decide.ts';
import { createShadowQueue, type ShadowQueue } from './shadow-queue.ts';

/**
 * Re-decides a share of all decisions with stock Casbin, off the request path. `share` is the part of decisions to check, 0 to 1. A difference is
 * logged and counted as agreed="false", and nothing else: the alarm is for people.
 */
export function createShadow(options: { policies: LivePolicies; share: number; log: Log; metrics: Metrics }): ShadowQueue<Decision> {
  const { policies, share, log, metrics } = options;
  const stocks = new LRUCache<string, Stock>({ max: 100 });

  async function stockOf(revisions: readonly string[]): Promise<Stock> {
    const key = revisions.join(',');
    const known = stocks.get(key);
    if (known) return known;
    const made = createStock(await policies.contents(revisions));
    stocks.set(key, made);
    return made;
  }

  async function check(decision: Decision): Promise<boolean | undefined> {
    const { snapshot, resource, action, held, scoped } = decision;
    if (held.reason.startsWith('unknown')) return undefined;
    const stock = await stockOf(snapshot.revisions);
    const ask = (roles: readonly string[]) => stock.decide(snapshot.subject.id, roles, snapshot.domain, resource, action);
    const second = { held: ask(snapshot.roles), ...(snapshot.scopes && { scoped: ask(snapshot.scopes) }) };
    const agreed = second.held.allowed === held.allowed && second.scoped?.allowed === scoped?.allowed;
    if (!agreed) log.error({ decision: decision.record(), stock: second }, 'stock Casbin decides differently');
    return agreed;
  }

  return createShadowQueue({ share, log, check, count: (labels) => metrics.shadowed.inc(labels) });
}
