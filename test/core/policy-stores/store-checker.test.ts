import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { storeModel } from '../../../core/authorization/policy-stores/model.ts';
import { InvalidInput, Unavailable } from '../../../core/base/errors.ts';
import { createStoreChecker, demandSound } from '../../../core/policy-stores/store-checker.ts';
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
      expect(await checker.look('org_a', good)).to.deep.equal([]);
      const verdict = await checker.judge('org_a', async () => good);
      demandSound(verdict, { ...good });
      expect(() => demandSound(verdict, { ...good, tests: '' })).to.throw(Unavailable, 'has changed meanwhile');
      expect(() => demandSound(undefined, good)).to.throw(Unavailable, 'has changed meanwhile');
      const failing = await checker.look('org_a', { ...good, policy: good.policy.replaceAll(', allow', ', deny') });
      expect(failing.map(({ rule }) => rule)).to.include('test');
      const bad = await checker.look('org_a', { model: storeModel, policy: 'p, nobody', tests: '' });
      expect(bad.map(({ rule, line }) => [rule, line])).to.deep.equal([['malformed-row', 1]]);
    } finally {
      await checker.stop();
    }
  });

  it('ends what takes too long, goes on with the next, and has organizations take turns however much one of them asks', async function () {
    this.timeout(120_000);
    const checker = createStoreChecker({
      ...{ milliseconds: 1, megabytes: 256 },
      ...{ running: 1, runningOfOne: 1, waiting: 2, waitingOfOne: 1, inAll: 9, waitFor: 60_000 },
    });
    const ended: string[] = [];
    const look = (organizationId: string) =>
      checker
        .look(organizationId, largest)
        .catch((error: unknown) => (error instanceof InvalidInput || error instanceof Unavailable ? [error.name, error.message] : error))
        .finally(() => ended.push(organizationId));
    try {
      const checks = ['org_a', 'org_a', 'org_a', 'org_a', 'org_b', 'org_c'].map(look);
      expect(() => checker.demandRoom('org_a')).to.throw(Unavailable);
      const change = checker.judge('org_d', async () => largest).finally(() => ended.push('org_d'));
      const tooLong = ['InvalidInput', 'Checking this policy takes longer than 0.001 s: write fewer rows, roles and cases.'];
      const busy = ['Unavailable', 'Other policies are being checked now. Try again in a moment.'];
      expect(await Promise.all(checks)).to.deep.equal([tooLong, tooLong, busy, busy, tooLong, tooLong]);
      // A change goes ahead of what only looks, and says what was found out in its transaction.
      const verdict = await change;
      expect(() => demandSound(verdict, largest)).to.throw(InvalidInput, tooLong[1]);
      expect(ended).to.deep.equal(['org_a', 'org_a', 'org_a', 'org_d', 'org_a', 'org_b', 'org_c']);
      checker.demandRoom('org_a');
    } finally {
      await checker.stop();
    }
  });
});
