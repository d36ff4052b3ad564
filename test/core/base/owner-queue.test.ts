import { expect } from 'chai';
import { OwnerQueue } from '../../../core/base/owner-queue.ts';

const queueOf = (...items: string[]): OwnerQueue<string> => {
  const queue = new OwnerQueue<string>();
  for (const item of items) queue.add(item.slice(0, 1), item);
  return queue;
};

describe('a queue of owners', () => {
  it('has owners take turns, and keeps the order of the items of one', () => {
    const queue = queueOf('a1', 'a2', 'a3', 'b1', 'c1');
    expect([queue.size, queue.countOf('a'), queue.countOf('d')]).to.deep.equal([5, 3, 0]);
    expect([queue.take(), queue.take()]).to.deep.equal(['a1', 'b1']);
    queue.add('b', 'b2');
    expect([queue.take(), queue.take(), queue.take(), queue.take(), queue.take()]).to.deep.equal(['c1', 'a2', 'b2', 'a3', undefined]);
    expect(queue.size).to.equal(0);
  });

  it('passes over what does not fit, whose owner keeps the turn', () => {
    const queue = queueOf('a1', 'a2', 'b1', 'b2');
    expect(queue.take((item) => item.startsWith('b'))).to.equal('b1');
    expect(queue.take((item) => item === 'a2')).to.equal('a2');
    expect([queue.take(), queue.take(), queue.take()]).to.deep.equal(['b2', 'a1', undefined]);
  });

  it('forgets what waits no longer', () => {
    const queue = queueOf('a1', 'a2', 'b1');
    queue.remove('b', 'b1');
    queue.remove('a', 'a1');
    expect([queue.size, queue.countOf('a'), queue.countOf('b')]).to.deep.equal([1, 1, 0]);
    expect([queue.take(), queue.take()]).to.deep.equal(['a2', undefined]);
  });
});
