import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { storeModel } from '../../../../core/authorization/policy-stores/model.ts';
import { createStoreChecker } from '../../../../core/authorization/policy-stores/store-checker.ts';
import { ThreadLimit } from '../../../../core/base/thread.ts';
import { root } from '../../../docs/checkout.ts';

const largest = (() => {
  const rows = Array.from(
    { length: 5_000 },
    (_, index) => `p, user:u${index}, doc:*, read, r.res.a == ${index} || r.res.b == ${index} || r.res.c == ${index}, allow`,
  );
  const links = Array.from({ length: 15_000 }, (_, index) => `g, user:u${index}, role:r${index % 500}`);
  return { model: storeModel, policy: [...rows, ...links].join('\n'), tests: '' };
})();

describe('The checker of stores', () => {
  it('checks and tests in a thread, and says what is wrong', async function () {
    this.timeout(120_000);
    const checker = createStoreChecker();
    try {
      const read = (file: string) => readFileSync(join(root, 'examples/policy-stores/records', file), 'utf8');
      const good = await checker.review({ model: read('model.conf'), policy: read('policy.csv'), tests: read('tests.yaml') });
      expect(good.findings).to.deep.equal([]);
      expect(good.report?.results.every(({ passed }) => passed)).to.equal(true);
      const bad = await checker.review({ model: storeModel, policy: 'p, nobody', tests: '' });
      expect(bad.findings.map(({ rule, line }) => [rule, line])).to.deep.equal([['malformed-row', 1]]);
      expect(bad.report).to.equal(undefined);
    } finally {
      await checker.stop();
    }
  });

  it('ends what takes too long, goes on with the next, and lets no more wait than it may', async function () {
    this.timeout(120_000);
    const checker = createStoreChecker({ milliseconds: 1, megabytes: 256, waiting: 1 });
    try {
      const reviews = [1, 2, 3].map(() => checker.review(largest));
      const outcomes = await Promise.all(
        reviews.map((review) =>
          review.then(
            ({ findings }) => findings[0]?.message,
            (error: unknown) => (error instanceof ThreadLimit ? error.limit : error),
          ),
        ),
      );
      expect(outcomes).to.deep.equal([
        'the store could not be checked: the limit of time is reached',
        'the store could not be checked: the limit of time is reached',
        'waiting',
      ]);
    } finally {
      await checker.stop();
    }
  });
});
