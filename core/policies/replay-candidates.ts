import type { Window } from '../authorization/decision-log/used-cases.ts';
import type { PolicyContent } from '../authorization/policy/content.ts';
import { loadContent } from '../authorization/store/revisions.ts';
import { InvalidInput, NotFound } from '../base/errors.ts';
import type { Db } from '../database/database.ts';
import { contentsBeside } from './activation.ts';
import { type Draft, inOrder } from './review.ts';
import type { Reviewer } from './reviewer.ts';

/** The content that decisions are to be taken again by: a stored revision, or what is proposed. */
export interface AskedCandidate {
  readonly scope: string;
  readonly revision?: number | undefined;
  readonly content?: Omit<Draft, 'scope'> | undefined;
}

/** Reads and checks it beside the other scopes in force. Throws InvalidInput, NotFound, Unavailable when too many wait. */
export async function candidateOf(db: Db, reviewer: Reviewer, { scope, revision, content }: AskedCandidate): Promise<PolicyContent> {
  if (scope.startsWith('org_')) throw new NotFound();
  if ((revision === undefined) === (content === undefined))
    throw new InvalidInput('Decisions are replayed by a revision that is stored, or by a content.', [
      { pointer: '#', detail: 'must have revision or content, and not both' },
    ]);
  const others = await contentsBeside(db, scope);
  // A scope that does not exist has no decisions.
  if (others.length === 0 && scope !== 'platform') throw new NotFound();
  if (revision !== undefined) {
    const stored = await loadContent(db, scope, revision);
    await reviewer.check(scope, inOrder([...others, stored]));
    return stored;
  }
  const [read] = await reviewer.readAll([{ scope, ...content! }], others).catch((error: unknown) => {
    throw pointedAt(error);
  });
  return read!;
}

/** Where in the body an error of the draft is. */
function pointedAt(error: unknown): unknown {
  if (!(error instanceof InvalidInput)) return error;
  const errors = ((error.fields['errors'] ?? []) as { pointer?: string; detail: string }[]).map(({ pointer, detail }) =>
    pointer === undefined ? { detail } : { pointer: pointer.replace(/^#\/0/, '#/content'), detail },
  );
  return new InvalidInput(error.message, errors, { cause: error });
}

/** Days that are replayed where the caller does not say since when. */
const usualDays = 7;
/** The first day that PostgreSQL and the log have a name for alike. */
const firstInstant = Date.parse('0001-01-01T00:00:00Z');

/** From the words of a caller. Throws InvalidInput. */
export function windowOf({ since, until }: { since?: string | undefined; until?: string | undefined }): Window {
  const end = until === undefined ? new Date() : new Date(until);
  const begin = since === undefined ? new Date(Math.max(firstInstant, end.getTime() - usualDays * 86_400_000)) : new Date(since);
  if (begin.getTime() < firstInstant)
    throw new InvalidInput('No decision is as old.', [{ pointer: '#/since', detail: 'must not be before the year 1' }]);
  if (begin < end) return { since: begin, until: end };
  throw new InvalidInput('There is no time between since and until.', [{ pointer: '#/since', detail: 'must be before until' }]);
}
