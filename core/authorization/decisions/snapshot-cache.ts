import { LRUCache } from 'lru-cache';
import { toUuid } from '../../base/ids.ts';
import { createMemo } from '../engine/memo.ts';
import type { Restricted } from './restricted.ts';
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

/** What was read of one organization, or of the platform, since it last changed. */
interface Generation {
  isOver: boolean;
  /** Each list of what is switched off, by what is in it: all subjects, and all projects where it is the same, have one. */
  readonly restricted: Map<string, Restricted>;
}

interface Entry {
  readonly snapshot: Snapshot;
  readonly generation: Generation;
}

/** A bounded cache. Each organization has a generation; a change ends it, and what was read in it is no longer found. */
export function createSnapshotCache(options: { max?: number; clock?: () => number } = {}): SnapshotCache {
  const { max = 50_000, clock = Date.now } = options;
  // A memo keeps two generations of this size.
  const createEntries = () => createMemo<string, Entry>(Math.ceil(max / 2));
  let entries = createEntries();
  // One that is forgotten for want of room can no longer be ended, so it ends then.
  const generations = new LRUCache<string, Generation>({
    max,
    dispose(generation) {
      generation.isOver = true;
    },
  });
  const generationOf = ({ organizationId }: SnapshotKey): Generation => {
    const name = organizationId === undefined ? 'platform' : toUuid('organization', organizationId);
    let found = generations.get(name);
    if (found === undefined) {
      found = { isOver: false, restricted: new Map() };
      generations.set(name, found);
    }
    return found;
  };
  const clear = (): void => {
    entries = createEntries();
    generations.clear();
  };

  return {
    get(key) {
      const entry = entries.get(`${key.subject} ${key.dom}`);
      if (entry === undefined || entry.generation.isOver) return undefined;
      const { until } = entry.snapshot;
      return until !== undefined && until.getTime() <= clock() ? undefined : entry.snapshot;
    },
    async load(key, take) {
      const generation = generationOf(key);
      const read = await take();
      if (generation.isOver) return read;
      const snapshot = sharing(read, generation);
      entries.set(`${key.subject} ${key.dom}`, { snapshot, generation });
      return snapshot;
    },
    changed(name) {
      // A user has no generation: their state shows in every organization, and it changes seldom.
      if (name.startsWith('user/')) clear();
      else generations.delete(name);
    },
    clear,
  };
}

/** Lists that are shared at most; beyond that they are shared anew. */
const mostLists = 1_000;

/** The snapshot with a list of what is switched off that others have as well, so that a long one is not kept for each subject. */
function sharing(snapshot: Snapshot, { restricted: lists }: Generation): Snapshot {
  const { restricted } = snapshot;
  if (restricted === undefined) return snapshot;
  const name = [...restricted]
    .map(([what, ids]) => `${what} ${ids.join(' ')}`)
    .sort()
    .join('\n');
  const shared = lists.get(name);
  if (shared !== undefined) return { ...snapshot, restricted: shared };
  if (lists.size >= mostLists) lists.clear();
  lists.set(name, restricted);
  return snapshot;
}
