import type { StoreModel } from './model.ts';

/** Whether a key is one of those that the object of a row names; undefined where every key of its type is. */
export function objectTest(obj: string, objects: StoreModel['objects']): ((key: string) => boolean) | undefined {
  if (obj === '*') return undefined;
  if (objects === 'keyMatch2') {
    const pattern = pathPattern(obj);
    return (key) => pattern.test(key);
  }
  if (objects === 'equal' || !obj.endsWith('*')) return (key) => key === obj;
  const start = obj.slice(0, -1);
  return obj.indexOf(':') === obj.length - 2 ? undefined : (key) => key.startsWith(start);
}

/** As Casbin's keyMatch2 makes it. The row's path has nothing that means more in a pattern, and no part of it can match in two ways. */
function pathPattern(obj: string): RegExp {
  const source = obj.replaceAll(/\/:[A-Za-z0-9_]+/g, '/[^/]+').replace(/\/\*$/, '/.*');
  return new RegExp(`^${source}$`);
}
