import { LRUCache } from 'lru-cache';
import { PolicyError } from '../authorization/policy/findings.ts';
import { compileStore } from '../authorization/policy-stores/store.ts';
import type { CompiledStore, StoreContents } from '../authorization/policy-stores/types.ts';
import { Unavailable } from '../base/errors.ts';
import type { TakenStoreDecision } from './store-shadow.ts';

/** The policies of stores that this process has made ready, by the digest of their files: what is found is never stale. */
export interface CompiledStores {
  /** One that is ready. */
  find(sha256: string): CompiledStore | undefined;
  /** Makes it ready when it is not there; `load` reads the files then. Those who ask at the same time wait for the same one. */
  get(sha256: string, load: () => Promise<StoreContents>): Promise<CompiledStore>;
  /** Hears of each decision that one of them took. */
  readonly observe: (taken: TakenStoreDecision) => void;
}

/** How many are kept, and of how many bytes of files together (docs/limits.md): those that were not asked for longest go. */
const most = { stores: 500, bytes: 33_554_432 };

interface Kept {
  readonly store: CompiledStore;
  readonly bytes: number;
}

/** `observe` hears of each decision. */
export function createCompiledStores(observe: CompiledStores['observe'] = () => undefined, limits = most): CompiledStores {
  const kept = new LRUCache<string, Kept>({ max: limits.stores, maxSize: limits.bytes, sizeCalculation: ({ bytes }) => bytes });
  const pending = new Map<string, Promise<CompiledStore>>();

  async function make(sha256: string, load: () => Promise<StoreContents>): Promise<CompiledStore> {
    const contents = await load();
    const store = compile(contents);
    kept.set(sha256, { store, bytes: contents.model.length + contents.policy.length + 1 });
    return store;
  }

  return {
    observe,
    find: (sha256) => kept.get(sha256)?.store,
    async get(sha256, load) {
      const found = kept.get(sha256);
      if (found) return found.store;
      let making = pending.get(sha256);
      if (!making) {
        making = make(sha256, load).finally(() => pending.delete(sha256));
        pending.set(sha256, making);
      }
      return making;
    },
  };
}

/** It was checked before it came into force, so it fails only where this Tenet looks closer than the one that checked it. */
function compile(contents: StoreContents): CompiledStore {
  try {
    return compileStore(contents);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const detail = 'The policy in force in this store does not hold any more. Propose and activate another revision.';
    throw new Unavailable(detail, { cause: error });
  }
}
