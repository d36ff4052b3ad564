import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { createBodyTurns } from '../../../api/http/body-turns.ts';

describe('turns of large bodies', () => {
  it('are one in each turn of the event loop, callers take turns with each other', async () => {
    const turns = createBodyTurns();
    const order: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1']) turns(name.slice(0, 1), () => order.push(name));
    const seen: number[] = [];
    while (order.length < 4) {
      await setImmediate();
      seen.push(order.length);
    }
    expect(seen).to.deep.equal([1, 2, 3, 4]);
    expect(order).to.deep.equal(['a1', 'b1', 'a2', 'a3']);
    turns('a', () => order.push('a4'));
    expect(order).to.have.length(4);
    await setImmediate();
    expect(order).to.have.length(5);
  });
});
