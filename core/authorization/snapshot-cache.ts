import { LRUCache } from 'lru-cache';
import { toUuid } from '../ids.ts';
import type { Snapshot } from './snapshot.ts';

/** Role sets that were read a moment ago, for questions that would rather be fast than perfectly fresh. */
export interface SnapshotCache {
  get(key: SnapshotKey): Snapshot | undefined;
  /** Reads through: what is loaded is kept only if nothing it depends on changed meanwhile. */
  load(key: SnapshotKey, read: () => Promise<Snapshot>): Promise<Snapshot>;
  /** What the database says has changed: the uuid of an organization, or `user/` and that of a user. */
  changed(name: string): void;
  clear(): void;
}

export interface SnapshotKey {
  readonly subject: string;
  readonly dom: string;
  readonly organizationId?: string | undefined;
}

interface Entry {
  readonly snapshot: Snapshot;
  readonly generation: number;
}

/** A bounded cache. Each organization has a generation; a change moves it on, and entries of an older one are no longer found. */
export function createSnapshotCache(options: { max?: number; clock?: () => number } = {}): SnapshotCache {
  const { max = 50_000, clock = Date.now } = options;
  const entries = new LRUCache<string, Entry>({ max });
  const generations = new LRUCache<string, number>({ max });
  let next = 1;
  // An organization whose generation was forgotten gets one that is newer than every entry.
  const generationOf = (chain: string): number => {
    let found = generations.get(chain);
    if (found === undefined) {
      found = next++;
      generations.set(chain, found);
    }
    return found;
  };
  const chainOf = ({ organizationId }: SnapshotKey): string =>
    organizationId === undefined ? 'platform' : toUuid('organization', organizationId);
  const clear = (): void => {
    entries.clear();
    generations.clear();
  };

  return {
    get(key) {
      const entry = entries.get(`${key.subject} ${key.dom}`);
      if (!entry || entry.generation !== generationOf(chainOf(key))) return undefined;
      const { until } = entry.snapshot;
      return until !== undefined && until.getTime() <= clock() ? undefined : entry.snapshot;
    },
    async load(key, read) {
      const generation = generationOf(chainOf(key));
      const snapshot = await read();
      if (generationOf(chainOf(key)) === generation) entries.set(`${key.subject} ${key.dom}`, { snapshot, generation });
      return snapshot;
    },
    changed(name) {
      // A user is no chain: their state shows in every organization, and it changes seldom.
      if (name.startsWith('user/')) clear();
      else if (generations.has(name)) generations.set(name, next++);
    },
    clear,
  };
}
