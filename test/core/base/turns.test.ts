import { expect } from 'chai';
import { createTurns } from '../../../core/base/turns.ts';

describe('turns', () => {
  const hold = (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  };

  it('let others have the event loop once work has held it for long, and then begin anew', async () => {
    const turn = createTurns();
    hold(15);
    let others = 0;
    setImmediate(() => {
      others += 1;
    });
    const waiting = turn();
    expect(waiting).to.be.a('promise');
    await waiting;
    expect(others).to.equal(1);
  });

  it('cost work nothing that has held it for a moment alone', () => {
    expect(createTurns()()).to.equal(undefined);
  });
});
