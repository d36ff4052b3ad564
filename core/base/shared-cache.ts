import { LRUCache } from 'lru-cache';

/** What is remembered of several owners within one bound. */
export interface SharedCache<V extends object> {
  get(owner: string, key: string): V | undefined;
  set(owner: string, key: string, value: V, size: number): void;
  clear(): void;
}

/** How many owners, and of all their entries: how many, and of what size together. */
export interface SharedLimits {
  readonly owners: number;
  readonly entries: number;
  readonly size: number;
}

interface Part<V extends object> {
  readonly entries: LRUCache<string, V>;
  used: number;
}

/** An owner that nothing was asked of for so many milliseconds is forgotten first. */
const idle = 600_000;

/**
 * Where there is no room left, the owner who has the most loses the entries that were not asked for longest: one owner may have all of it as long as no
 * other one needs it, and cannot push out those who have less.
 */
export function createSharedCache<V extends object>(limits: SharedLimits, now: () => number = Date.now): SharedCache<V> {
  const parts = new LRUCache<string, Part<V>>({
    max: limits.owners,
    dispose({ entries }) {
      total.entries -= entries.size;
      total.size -= entries.calculatedSize;
    },
  });
  const total = { entries: 0, size: 0 };

  /** Without a bound of its own on how many: an LRU cache takes the memory for all that it may hold at once, and the total bounds each part. */
  function partOf(owner: string): Part<V> {
    let part = parts.get(owner);
    if (part === undefined) {
      part = { entries: new LRUCache<string, V>({ maxSize: limits.size }), used: now() };
      parts.set(owner, part);
    }
    return part;
  }

  /** Does something with the entries of an owner, and counts what it comes to. An owner of whom nothing is left is forgotten. */
  function change(owner: string, { entries }: Part<V>, work: (entries: LRUCache<string, V>) => void): void {
    const before = { entries: entries.size, size: entries.calculatedSize };
    work(entries);
    total.entries += entries.size - before.entries;
    total.size += entries.calculatedSize - before.size;
    if (entries.size === 0) parts.delete(owner);
  }

  const shareOf = ({ entries }: Part<V>): number => Math.max(entries.size / limits.entries, entries.calculatedSize / limits.size);

  function largest(): [string, Part<V>] | undefined {
    let found: [string, Part<V>] | undefined;
    for (const one of parts.entries()) if (found === undefined || shareOf(one[1]) > shareOf(found[1])) found = one;
    return found;
  }

  /** Forgets an eighth of what the largest owner has, so that it is not sought for each entry. */
  function makeRoom(): void {
    const [oldest] = parts.rvalues();
    if (oldest !== undefined && now() - oldest.used > idle) {
      parts.pop();
      return;
    }
    const found = largest();
    if (found === undefined) return;
    const [owner, part] = found;
    const enough = shareOf(part) * (7 / 8);
    change(owner, part, (entries) => {
      do entries.pop();
      while (entries.size > 0 && shareOf(part) > enough);
    });
  }

  return {
    get(owner, key) {
      const part = parts.get(owner);
      if (part === undefined) return undefined;
      part.used = now();
      return part.entries.get(key);
    },
    set(owner, key, value, size) {
      const part = partOf(owner);
      part.used = now();
      change(owner, part, (entries) => void entries.set(key, value, { size: Math.max(1, size) }));
      while (total.entries > limits.entries || total.size > limits.size) makeRoom();
    },
    clear: () => parts.clear(),
  };
}
