import type { Principal } from '../core/authorization/decisions/actor.ts';
import { storeOf } from '../core/authorization/decisions/subjects.ts';
import { pathOfStore } from './operations/replies.ts';

/** Where AuthZEN is spoken, in front of what is asked. */
const root = '/access/v1/';

/** What a path means for this caller: with a key that is bound to a policy store, a question at the root is one to that store. */
export function pathFor({ subject }: Principal, path: string): string {
  const store = path.startsWith(root) ? storeOf(subject) : undefined;
  return store ? pathOfStore(store) + path : path;
}
