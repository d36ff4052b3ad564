/** A bounded map from numbers: when the young generation is full it becomes the old one, and what is read there moves back. */
export interface Memo<T> {
  get(key: number): T | undefined;
  set(key: number, value: T): void;
  size(): number;
}

/** A memo of at most twice `limit` entries. A read costs one or two map lookups and never a list operation. */
export function createMemo<T>(limit: number): Memo<T> {
  let young = new Map<number, T>();
  let old = new Map<number, T>();
  const set = (key: number, value: T) => {
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
