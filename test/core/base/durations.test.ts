import { expect } from 'chai';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { createDurations } from '../../../core/base/durations.ts';

describe('durations', () => {
  it('are written as the histogram of the library is', async () => {
    const options = { name: 'took_seconds', help: 'How long it took.', buckets: [0.001, 0.01, 1] };
    const observation = fc.record({
      operation: fc.constantFrom('getMe', 'evaluate', 'none'),
      method: fc.constantFrom('GET', 'POST'),
      status: fc.constantFrom(200, 404),
      seconds: fc.oneof(fc.constantFrom(0, ...options.buckets), fc.double({ min: 0, max: 2, noNaN: true })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation, { maxLength: 50 }), async (observations) => {
        const [ours, theirs] = [new Registry(), new Registry()];
        const durations = createDurations(ours, options);
        const histogram = new Histogram({ ...options, labelNames: ['operation', 'method', 'status'], registers: [theirs] });
        for (const { operation, method, status, seconds } of observations) {
          durations.observe(operation, method, status, seconds);
          histogram.observe({ operation, method, status: String(status) }, seconds);
        }
        expect(await ours.metrics()).to.equal(await theirs.metrics());
      }),
    );
  });
});
