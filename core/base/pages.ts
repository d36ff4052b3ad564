import { createHash } from 'node:crypto';
import { type InputError, InvalidInput } from './errors.ts';

/** The part of a list that was asked for: at most `limit` items that sort behind `after`. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
}

/** What a caller says about the part that it wants. */
export interface PageQuery {
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/**
 * The sort keys of lists that are ordered by a uuid, by a number that PostgreSQL keeps as bigint, and by one that it keeps as integer. What is
 * in a token goes to the database as it is, so it must be of the type that stands there.
 */
export const uuidKey = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const numberKey = /^[0-9]{1,18}$/;
export const integerKey = /^[0-9]{1,9}$/;

/** One page of a list; without nextPageToken it is the last one. */
export interface Page<T> {
  readonly items: T[];
  readonly nextPageToken?: string;
}

/**
 * Reads a page's token. It holds the sort key of the last item and a hash of what else was asked, because a token is good
 * only for the list and filters that it came from (AIP-158). `key` is the shape of a sort key. Throws InvalidInput for any other token; `at` is
 * where the caller has put it.
 */
export function readPage(query: PageQuery, list: string, key: RegExp, at = inQuery): PageRequest {
  const limit = limitOf(query);
  if (query.pageToken === undefined) return { limit };
  const [mark, after, ...rest] = Buffer.from(query.pageToken, 'base64url').toString('utf8').split('\n');
  if (mark !== markOf(list) || !after || rest.length > 0 || !key.test(after) || nextPage(list, after) !== query.pageToken) {
    throw foreignToken(at);
  }
  return { limit, after };
}

/** How many items a page holds at most. */
export function limitOf({ pageSize = 50 }: PageQuery): number {
  return pageSize;
}

const inQuery: InputError = { parameter: 'pageToken', detail: 'must be the nextPageToken of an answer to the same request' };

/** The refusal of a token that does not belong to the list. */
export function foreignToken(at = inQuery): InvalidInput {
  return new InvalidInput('The page token does not belong to this list.', [at]);
}

/** Cuts what was read with `limit + 1` into a page. */
export function toPage<R, T>(rows: readonly R[], page: PageRequest, list: string, key: (row: R) => string, map: (row: R) => T): Page<T> {
  const items = rows.slice(0, page.limit).map(map);
  const last = rows.length > page.limit ? rows[page.limit - 1] : undefined;
  return last === undefined ? { items } : { items, nextPageToken: nextPage(list, key(last)) };
}

/** A page of a list that is at hand as a whole, in its own order; the sort key is the place in it. Read it with `numberKey`. */
export function pageOf<T>(all: readonly T[], page: PageRequest, list: string): Page<T> {
  const first = page.after === undefined ? 0 : Number(page.after) + 1;
  const rows = all.slice(first, first + page.limit + 1).map((item, index) => ({ item, place: first + index }));
  return toPage(
    rows,
    page,
    list,
    ({ place }) => String(place),
    ({ item }) => item,
  );
}

/** The token of the part of a list that begins behind this sort key. */
export function nextPage(list: string, key: string): string {
  return Buffer.from(`${markOf(list)}\n${key}`).toString('base64url');
}

function markOf(list: string): string {
  return createHash('sha256').update(list).digest('base64url').slice(0, 8);
}
