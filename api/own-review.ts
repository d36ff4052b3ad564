import { createChecker } from '../core/authorization/review/checker.ts';
import { createReviewer } from '../core/policies/reviewer.ts';
import type { StartOptions } from './main.ts';

/** What looks at policies for one server, which `stops` ends with it. */
export function ownReview(stops: (() => Promise<unknown>)[]): NonNullable<StartOptions['review']> {
  const review = { checker: createChecker(), reviewer: createReviewer() };
  stops.push(
    () => review.checker.stop(),
    () => review.reviewer.stop(),
  );
  return review;
}
