import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { InvalidInput, Unavailable } from '../../../core/base/errors.ts';
import { createStoreChecker } from '../../../core/policy-stores/store-checker.ts';
import { root } from '../../docs/checkout.ts';

const largest = (() => {
  const rows = Array.from(
    { length: 5_000 },
    (_, index) => `p, user:u${index}, doc:*, read, r.res.a == ${index} || r.res.b == ${index} || r.res.c == ${index}, allow`,
  );
  const links = Array.from({ length: 3_000 }, (_, index) => `g, user:u${index}, role:r${index % 500}`);
  return { model: storeModel, policy: [...rows, ...links].join('\n'), tests: '' };
})();

describe('The checker of stores', () => {
  it('checks and tests in a thread, and says what is wrong', async function () {
    this.timeout(120_000);
    const checker = createStoreChecker();
    try {
      const read = (file: string) => readFileSync(join(root, 'examples/policy-stores/records', file), 'utf8');
      const good = { model: read('model.conf'), policy: read('policy.csv'), tests: read('tests.yaml') };
      expect(await checker.look(good)).to.deep.equal([]);
      await checker.demandSound(good);
      const failing = await checker.look({ ...good, policy: good.policy.replaceAll(', allow', ', deny') });
      expect(failing.map(({ rule }) => rule)).to.include('test');
      const bad = await checker.look({ model: storeModel, policy: 'p, nobody', tests: '' });
      expect(bad.map(({ rule, line }) => [rule, line])).to.deep.equal([['malformed-row', 1]]);
    } finally {
      await checker.stop();
    }
  });

  it('ends what takes too long, goes on with the next, and lets no more wait than it may', async function () {
    this.timeout(120_000);
    const checker = createStoreChecker({ milliseconds: 1, megabytes: 256, waiting: 1 });
    try {
      const checks = [1, 2, 3].map(() => checker.look(largest));
      const outcomes = await Promise.all(
        checks.map((check) =>
          check.then(
            () => 'checked',
            (error: unknown) => (error instanceof InvalidInput || error instanceof Unavailable ? [error.name, error.message] : error),
          ),
        ),
      );
      const tooLong = 'Checking this policy takes longer than 0.001 s: write fewer rows, roles and cases.';
      expect(outcomes).to.deep.equal([
        ['InvalidInput', tooLong],
        ['InvalidInput', tooLong],
        ['Unavailable', 'Other policies are being checked now. Try again in a moment.'],
      ]);
    } finally {
      await checker.stop();
    }
  });
});
