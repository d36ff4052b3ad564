import { toUuid } from '../../core/base/ids.ts';
import { type Page, type PageQuery, readPage, toPage } from '../../core/base/pages.ts';

/** The sort key of rollouts. */
const rolloutKey = /^roll_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** What a list of rollouts is read by: newest first, `before` is the uuid behind which the page begins. */
interface RolloutPage<R> {
  readonly rows: { readonly before: string | undefined; readonly limit: number };
  /** The page as it is answered. */
  of<T>(rollouts: readonly R[], show: (rollout: R) => T): Page<T>;
}

/** A page of the rollouts of one scope or store, which `list` names. Throws InvalidInput for a token of another list. */
export function rolloutPage<R extends { readonly id: string }>(query: PageQuery, list: string): RolloutPage<R> {
  const page = readPage(query, list, rolloutKey);
  return {
    rows: { before: page.after === undefined ? undefined : toUuid('rollout', page.after), limit: page.limit + 1 },
    of: (rollouts, show) => toPage(rollouts, page, list, ({ id }) => id, show),
  };
}
