import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Unavailable } from '../../../core/base/errors.ts';
import { createGate } from '../../../core/base/gate.ts';

describe('A gate', () => {
  const limits = { running: 2, runningOfOne: 1, waiting: 3, waitingOfOne: 2 };
  /** Works that end when the test says so. */
  function works() {
    const gate = createGate(limits, 'Too many wait.');
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const enter = (owner: string, name: string) =>
      gate(owner, () => {
        started.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      });
    return { gate, started, enter, end: (name: string) => ends.get(name)!() };
  }

  it('lets so many through, one of each owner, and those of others pass who have none', async () => {
    const { started, enter, end } = works();
    const all = [enter('a', 'a1'), enter('a', 'a2'), enter('b', 'b1'), enter('c', 'c1')];
    await setImmediate();
    expect(started).to.deep.equal(['a1', 'b1']);
    end('b1');
    await all[2];
    await setImmediate();
    expect(started).to.deep.equal(['a1', 'b1', 'c1']);
    end('a1');
    await all[0];
    await setImmediate();
    expect(started).to.deep.equal(['a1', 'b1', 'c1', 'a2']);
    end('c1');
    end('a2');
    expect(await Promise.all(all)).to.deep.equal(['a1', 'a2', 'b1', 'c1']);
  });

  it('refuses beyond so many that wait, of all and of one', async () => {
    const { started, enter, end } = works();
    const a1 = enter('a', 'a1');
    const waiting = [enter('a', 'a2'), enter('a', 'a3')];
    expect(await enter('a', 'a4').catch((error: unknown) => error)).to.be.instanceOf(Unavailable);
    const b1 = enter('b', 'b1');
    waiting.push(enter('b', 'b2'));
    expect(await enter('c', 'c1').catch((error: unknown) => error)).to.be.instanceOf(Unavailable);
    expect(started).to.deep.equal(['a1', 'b1']);
    end('a1');
    end('b1');
    await Promise.all([a1, b1]);
    await setImmediate();
    expect(started).to.have.members(['a1', 'b1', 'a2', 'b2']);
    end('a2');
    await waiting[0];
    await setImmediate();
    end('a3');
    end('b2');
    await Promise.all(waiting);
  });

  it('says beforehand whether there is room for an owner', async () => {
    const { gate, enter, end } = works();
    const all = ['a1', 'a2', 'a3'].map((name) => enter('a', name));
    expect(() => gate.demandRoom('a')).to.throw(Unavailable, 'Too many wait.');
    gate.demandRoom('b');
    for (const name of ['a1', 'a2', 'a3']) {
      await setImmediate();
      end(name);
      await setImmediate();
    }
    await Promise.all(all);
    gate.demandRoom('a');
  });

  it('goes on after a work that failed', async () => {
    const { gate } = works();
    const fail = () => Promise.reject(new Error('no'));
    const failing = [gate('a', fail), gate('a', fail)];
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(await gate('a', async () => 'done')).to.equal('done');
  });
});
