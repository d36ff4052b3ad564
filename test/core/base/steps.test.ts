import { expect } from 'chai';
import { atOnce, createRounds, type Steps } from '../../../core/base/steps.ts';

function* work<T>(steps: number, result: T, did: () => void = () => undefined): Steps<T> {
  for (let step = 0; step < steps; step += 1) {
    did();
    yield;
  }
  return result;
}

/** Each step takes longer than one may hold the event loop. */
const hold = () => {
  const until = performance.now() + 6;
  while (performance.now() < until);
};

describe('Work in steps', () => {
  it('is done at once where nobody waits', () => {
    let done = 0;
    expect(
      atOnce(
        work(5, 'all', () => {
          done += 1;
        }),
      ),
    ).to.equal('all');
    expect(done).to.equal(5);
  });

  it('lets others have the event loop between two bits, and works take turns', async () => {
    const inRounds = createRounds();
    const order: string[] = [];
    const large = inRounds(work(20, 'large', hold)).then((name) => order.push(name));
    const small = inRounds(work(2, 'small')).then((name) => order.push(name));
    const other = new Promise<void>((resolve) => setTimeout(resolve, 1)).then(() => order.push('other'));
    await Promise.all([large, small, other]);
    expect(order.at(-1)).to.equal('large');
    expect(order).to.have.members(['small', 'other', 'large']);
  });

  it('says what failed to who asked for it, and goes on with the rest', async () => {
    const inRounds = createRounds();
    const failing = inRounds(
      work(1, 'never', () => {
        throw new Error('no');
      }),
    );
    const after = inRounds(work(1, 'after'));
    expect(await failing.catch((error: Error) => error.message)).to.equal('no');
    expect(await after).to.equal('after');
    expect(await inRounds(work(3, 'later'))).to.equal('later');
  });
});
