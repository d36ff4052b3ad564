import { expect } from 'chai';
import { WrongTries } from '../../../core/access/wrong-tries.ts';
import { NotFound, RateLimited } from '../../../core/base/errors.ts';

describe('wrong tries', () => {
  const rule = { most: 3, seconds: 60, refusal: 'Too many.', isWrong: (error: unknown) => error instanceof NotFound };
  const wrong = async () => {
    throw new NotFound();
  };
  const outcomes = async (tries: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(tries)).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).constructor));

  it('of many at once are no more than of one after the other', async () => {
    const tries = new WrongTries(rule);
    const started = Array.from({ length: 10 }, () => tries.guard('user_1', wrong));
    const expected = Array.from({ length: 10 }, (_, index) => (index < 3 ? NotFound : RateLimited));
    expect(await outcomes(started)).to.deep.equal(expected);
    expect(await outcomes([tries.guard('user_1', async () => 'right'), tries.guard('user_2', async () => 'right')])).to.deep.equal([
      RateLimited,
      'right',
    ]);
  });

  it('are not what was right or failed in another way, once it is answered', async () => {
    const tries = new WrongTries(rule);
    const failing = async () => {
      throw new TypeError();
    };
    const right = () => tries.guard('user_1', async () => 'right');
    expect(await outcomes([right(), right(), tries.guard('user_1', failing), right()])).to.deep.equal([
      'right',
      'right',
      TypeError,
      RateLimited,
    ]);
    expect(await outcomes([right(), right(), right()])).to.deep.equal(['right', 'right', 'right']);
  });
});
