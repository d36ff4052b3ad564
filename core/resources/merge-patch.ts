import { isObject } from '../base/objects.ts';

/** A JSON merge patch (RFC 7396): null takes a member away, objects are merged, and everything else takes the place of what was there. */
export function mergePatch(before: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const after = new Map(Object.entries(isObject(before) ? before : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) after.delete(key);
    else after.set(key, mergePatch(after.get(key), value));
  }
  return Object.fromEntries(after);
}
