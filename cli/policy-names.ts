import type { PolicyContent } from '../core/authorization/policy/content.ts';
import { scopeName, storedScope } from '../core/authorization/policy/scopes.ts';
import { listHeadsOfFiles, listRevisions } from '../core/authorization/store/revisions.ts';
import type { Db } from '../core/database/database.ts';
import { checkAll } from '../core/policies/review.ts';
import { UsageError } from './options.ts';

/** A command reviews nothing else meanwhile, so it needs no thread. */
export const uncontended = {
  demandRoom: () => undefined,
  check: async (_scope: string, contents: readonly PolicyContent[]) => checkAll(contents),
};

const scopePattern = /^(platform|blueprint\.[a-z][a-z0-9-]{0,62}|org_[0-7][0-9a-hjkmnp-tv-z]{25})$/;

/** The scope that is named, and the number of its revision where there is one. Throws UsageError. */
export function readRevision(name: string): { scope: string; stored: string; number: number | undefined } {
  const [, scope = '', number] = /^([^@]*)(?:@([1-9]\d{0,8}))?$/.exec(name) ?? [];
  if (scope === '') throw new UsageError(`${name} is no revision: name one of a scope, as in blueprint.teams@3, or the scope alone.`);
  return { scope, stored: readScope(scope), number: number === undefined ? undefined : Number(number) };
}

/** The stored scope of a name. Throws UsageError. */
export function readScope(name: string): string {
  if (scopePattern.test(name)) return storedScope(name);
  throw new UsageError(`${name} is no policy scope: name platform, blueprint.<kind> or the id of an organization.`);
}

/** Of a revision that a scope does not have. */
export function notStored(scope: string, revision: number, newest: number): UsageError {
  return new UsageError(`${scope}@${revision} is not stored: the newest revision of ${scope} is ${newest}.`);
}

/** The newest revision of a scope. Throws UsageError. */
export async function demandScope(db: Db, scope: string): Promise<number> {
  const [newest] = await listRevisions(db, scope, { limit: 1 });
  if (newest) return newest.revision;
  const known = (await listHeadsOfFiles(db)).map((head) => scopeName(head.scope));
  throw new UsageError(
    scope.startsWith('org_')
      ? `${scope} has no policy: it has defined no roles, or there is no such organization.`
      : `There is no scope ${scopeName(scope)}; there are ${known.sort().join(', ')}.`,
  );
}
