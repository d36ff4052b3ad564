/** A bounded map: when the young generation is full it becomes the old one, and what is read there moves back. */
export interface Memo<K, T> {
  get(key: K): T | undefined;
  set(key: K, value: T): void;
  size(): number;
}

/** A memo of at most twice `limit` entries. A read costs one or two map lookups and never a list operation. */
export function createMemo<K, T>(limit: number): Memo<K, T> {
  let young = new Map<K, T>();
  let old = new Map<K, T>();
  const set = (key: K, value: T) => {
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const survivor = old.get(key);
      if (survivor !== undefined) set(key, survivor);
      return survivor;
    },
    set,
    size: () => young.size + old.size,
  };
}
