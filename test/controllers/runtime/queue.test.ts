import { expect } from 'chai';
import { Queue } from '../../../controllers/runtime/queue.ts';
import { eventually } from '../../helpers/eventually.ts';

describe('the queue', () => {
  let queue: Queue;
  beforeEach(() => {
    queue = new Queue({ name: 'test', minBackoffMs: 10, maxBackoffMs: 80 });
  });
  afterEach(() => queue.close());

  it('holds a key once, however often it is added', async () => {
    for (let i = 0; i < 1_000; i++) queue.add('acme');
    queue.add('globex');
    expect(queue.depth).to.equal(2);
    expect([await queue.take(), await queue.take()]).to.deep.equal(['acme', 'globex']);
    expect(queue.depth).to.equal(0);
  });

  it('gives a key to one worker at a time, and again when it was added meanwhile', async () => {
    queue.add('acme');
    expect(await queue.take()).to.equal('acme');
    queue.add('acme');
    queue.add('acme');
    expect(queue.depth).to.equal(0);
    let second: string | undefined;
    void queue.take().then((key) => {
      second = key;
    });
    queue.add('globex');
    await eventually(() => expect(second).to.equal('globex'));
    queue.done('acme');
    expect(await queue.take()).to.equal('acme');
    queue.done('acme');
    expect(queue.depth).to.equal(0);
  });

  it('gives deletions first and resyncs last', async () => {
    queue.add('resync', 'low');
    queue.add('change');
    queue.add('deletion', 'high');
    queue.add('resync-that-changed', 'low');
    queue.add('resync-that-changed');
    const order = [await queue.take(), await queue.take(), await queue.take(), await queue.take()];
    expect(order).to.deep.equal(['deletion', 'change', 'resync-that-changed', 'resync']);
  });

  it('waits longer after each failure of a key, up to a limit, and forgets when it works', () => {
    const delays = Array.from({ length: 6 }, () => queue.addFailed('poison'));
    expect(queue.failures('poison')).to.equal(6);
    for (const [index, expected] of [10, 20, 40, 80, 80, 80].entries()) {
      expect(delays[index]).to.be.within(expected * 0.9, expected * 1.1);
    }
    queue.forget('poison');
    expect(queue.failures('poison')).to.equal(0);
    expect(queue.addFailed('poison')).to.be.below(12);
  });

  it('limits the retries of all keys together', () => {
    const small = new Queue({ name: 'small', minBackoffMs: 1, retryBurst: 2, retriesPerSecond: 10 });
    const delays = ['a', 'b', 'c', 'd'].map((key) => small.addFailed(key));
    expect(delays[1]).to.be.below(10);
    expect(delays[2]).to.be.within(50, 101);
    expect(delays[3]).to.be.within(150, 201);
    small.close();
  });

  it('runs a delayed key once, at the earlier of two times', async () => {
    queue.addAfter('acme', 60_000);
    queue.addAfter('acme', 1);
    queue.addAfter('acme', 30_000);
    expect(await queue.take()).to.equal('acme');
    queue.done('acme');
    expect(queue.depth).to.equal(0);
  });

  it('needs no delayed run of a key that has been added since', async () => {
    queue.addAfter('acme', 1);
    queue.add('acme');
    expect(await queue.take()).to.equal('acme');
    queue.addAfter('globex', 5);
    expect(await queue.take()).to.equal('globex');
    queue.done('acme');
    expect(queue.depth).to.equal(0);
  });

  it('gives nothing after it is closed, and lets those go who wait', async () => {
    const waiting = queue.take();
    queue.addAfter('later', 1);
    queue.close();
    queue.add('acme');
    expect(await waiting).to.equal(undefined);
    expect(await queue.take()).to.equal(undefined);
    expect(queue.depth).to.equal(0);
  });
});
