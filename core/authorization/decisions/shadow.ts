import { LRUCache } from 'lru-cache';
import type { Log } from '../../base/log.ts';
import type { Metrics } from '../../base/metrics.ts';
import { createStock, type Stock } from '../engine/stock.ts';
import type { LivePolicies } from '../store/live-policies.ts';
import type { Decision } from './decide.ts';

/** Re-decides a share of all decisions with stock Casbin, off the request path. */
export interface Shadow {
  observe(decision: Decision): void;
}

/** Decisions that may wait for their second opinion; more are dropped, because a request must never wait for this. */
const maxQueue = 1_000;

/** `share` is the part of decisions to check, 0 to 1. A difference is logged and counted as agreed="false", and nothing else: the alarm is for people. */
export function createShadow(options: { policies: LivePolicies; share: number; log: Log; metrics: Metrics }): Shadow {
  const { policies, share, log, metrics } = options;
  const queue: Decision[] = [];
  const stocks = new LRUCache<string, Stock>({ max: 100 });
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    for (let decision = queue.shift(); decision; decision = queue.shift()) {
      await new Promise((resolve) => setImmediate(resolve));
      await check(decision);
    }
    running = false;
  }

  async function stockOf(revisions: readonly string[]): Promise<Stock> {
    const key = revisions.join(',');
    const known = stocks.get(key);
    if (known) return known;
    const made = createStock(await policies.contents(revisions));
    stocks.set(key, made);
    return made;
  }

  async function check(decision: Decision): Promise<void> {
    try {
      const { snapshot, resource, action, held, scoped } = decision;
      if (held.reason.startsWith('unknown')) return;
      const stock = await stockOf(snapshot.revisions);
      const ask = (roles: readonly string[]) => stock.decide(snapshot.subject.id, roles, snapshot.domain, resource, action);
      const second = { held: ask(snapshot.roles), ...(snapshot.scopes && { scoped: ask(snapshot.scopes) }) };
      const agreed = second.held.allowed === held.allowed && second.scoped?.allowed === scoped?.allowed;
      metrics.shadowed.inc({ agreed: String(agreed) });
      if (!agreed) log.error({ decision: decision.record(), stock: second }, 'stock Casbin decides differently');
    } catch (error) {
      log.warn({ error }, 'a shadow decision failed');
    }
  }

  return {
    observe(decision) {
      if (share === 0 || Math.random() >= share || queue.length >= maxQueue) return;
      queue.push(decision);
      if (!running) void drain();
    },
  };
}
