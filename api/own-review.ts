import { createChecker } from '../core/authorization/review/checker.ts';
import { createReviewer } from '../core/policies/reviewer.ts';
import { createStoreChecker } from '../core/policy-stores/store-checker.ts';
import { createStorePlanner } from '../core/policy-stores/store-planner.ts';
import { createStoreReplayer } from '../core/policy-stores/store-replayer.ts';
import type { StartOptions } from './main.ts';
import type { Services } from './operations/services.ts';

type StoreWork = Pick<Services, 'storeChecker' | 'storePlanner' | 'storeReplayer'>;

/** What looks at policies for one server, which `stops` ends with it. */
export function ownReview(stops: (() => Promise<unknown>)[]): NonNullable<StartOptions['review']> {
  const review = { checker: createChecker(), reviewer: createReviewer() };
  stops.push(
    () => review.checker.stop(),
    () => review.reviewer.stop(),
  );
  return review;
}

/** What checks policy stores for a server, plans for them and replays their decisions: that of the options, or its own, which `stops` ends with it. */
export function storesOf({ stores }: StartOptions, stops: (() => Promise<unknown>)[]): StoreWork {
  const storeReplayer = createStoreReplayer();
  stops.push(() => storeReplayer.stop());
  if (stores) return { ...stores, storeReplayer };
  const own = { storeChecker: createStoreChecker(), storePlanner: createStorePlanner() };
  stops.push(
    () => own.storeChecker.stop(),
    () => own.storePlanner.stop(),
  );
  return { ...own, storeReplayer };
}
