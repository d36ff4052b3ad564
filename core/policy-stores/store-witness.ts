import { LRUCache } from 'lru-cache';
import { createStockStore, type StockStore } from '../authorization/policy-stores/stock-store.ts';
import type { StoreContents, StoreQuestion } from '../authorization/policy-stores/types.ts';

/** A question to stock Casbin, about the files with this digest. */
export interface WitnessQuestion {
  readonly sha256: string;
  readonly question: StoreQuestion;
  /** The files, where it has said that it lacks them. */
  readonly contents?: StoreContents;
}

/** What stock Casbin decides; nothing where it lacks the files. */
export interface WitnessAnswer {
  readonly decision?: boolean;
}

/** How many stores stock Casbin is kept ready for, and of how many characters of files together (docs/limits.md). */
const most = { stores: 50, size: 4_194_304 };

/** Answers by stock Casbin, which is made once for the files of a store and kept for a while. */
export function createStoreWitness(limits = most): (asked: WitnessQuestion) => Promise<WitnessAnswer> {
  const stores = new LRUCache<string, StockStore>({ max: limits.stores, maxSize: limits.size });
  return async ({ sha256, question, contents }) => {
    let store = stores.get(sha256);
    if (store === undefined && contents === undefined) return {};
    if (store === undefined) {
      store = await createStockStore(contents!);
      stores.set(sha256, store, { size: contents!.model.length + contents!.policy.length + 1 });
    }
    return { decision: store.decide(question) };
  };
}
