import { LRUCache } from 'lru-cache';
import { toUuid } from '../base/ids.ts';
import { createSharedCache } from '../base/shared-cache.ts';
import { type KeptStore, nameOf } from './open-store.ts';
import type { AskedEntity } from './questions.ts';
import type { StoreKey } from './stores.ts';

/** What was read of stores a moment ago, for questions that would rather be fast than perfectly fresh. */
export interface StoreCache {
  /** What a store decides by and keeps of these things; undefined where some of it is not in memory. */
  find(key: StoreKey, asked: readonly AskedEntity[]): KeptStore | undefined;
  /** Reads through: what is read is kept only if the store did not change meanwhile. */
  load(key: StoreKey, asked: readonly AskedEntity[], read: () => Promise<KeptStore>): Promise<KeptStore>;
  /** The store with this uuid has changed. */
  changed(store: string): void;
  clear(): void;
}

type Properties = Readonly<Record<string, unknown>>;

/** A store between two changes. */
interface Generation {
  isOver: boolean;
  head?: Omit<KeptStore, 'entities'> & { readonly place: string };
}

interface KeptEntity {
  readonly generation: Generation;
  /** Null where the store keeps no such thing. */
  readonly properties: Properties | null;
}

/** How many stores, and of how many entities and characters together (docs/limits.md). One store does not push out what is kept of others. */
const most = { stores: 2_000, entities: 50_000, size: 33_554_432 };

/** A bounded cache. Each store has a generation; a change ends it, and what was read in it is no longer found. */
export function createStoreCache(limits = most): StoreCache {
  const generations = new LRUCache<string, Generation>({
    max: limits.stores,
    // One that is forgotten for want of room can no longer be ended, so it ends then.
    dispose(generation) {
      generation.isOver = true;
    },
  });
  const entities = createSharedCache<KeptEntity>({ owners: limits.stores, entries: limits.entities, size: limits.size });
  const nameIn = ({ organizationId, projectId, policyStoreId }: StoreKey) => `${organizationId} ${projectId} ${policyStoreId}`;
  const generationOf = (key: StoreKey): Generation => {
    const uuid = toUuid('policyStore', key.policyStoreId);
    let found = generations.get(uuid);
    if (found === undefined) {
      found = { isOver: false };
      generations.set(uuid, found);
    }
    return found;
  };

  return {
    find(key, asked) {
      const generation = generations.get(toUuid('policyStore', key.policyStoreId));
      if (generation?.head === undefined || generation.head.place !== nameIn(key)) return undefined;
      const found = new Map<string, Properties>();
      for (const entity of asked) {
        const name = nameOf(entity);
        const kept = entities.get(key.policyStoreId, name);
        if (kept?.generation !== generation) return undefined;
        if (kept.properties !== null) found.set(name, kept.properties);
      }
      const { inForce, rollout } = generation.head;
      return { inForce, rollout, entities: found };
    },
    async load(key, asked, read) {
      const generation = generationOf(key);
      const kept = await read().catch((error: unknown) => {
        // Of a store that there is not, nothing is kept.
        if (generation.head === undefined) generations.delete(toUuid('policyStore', key.policyStoreId));
        throw error;
      });
      if (generation.isOver) return kept;
      const { entities: found, inForce, rollout } = kept;
      generation.head = { inForce, rollout, place: nameIn(key) };
      for (const entity of asked) {
        const name = nameOf(entity);
        const properties = found.get(name) ?? null;
        const size = name.length + (properties === null ? 0 : JSON.stringify(properties).length);
        entities.set(key.policyStoreId, name, { generation, properties }, size);
      }
      return kept;
    },
    changed: (store) => void generations.delete(store),
    clear() {
      generations.clear();
      entities.clear();
    },
  };
}
