import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { InvalidInput, Unavailable } from '../../../core/base/errors.ts';
import { createRounds } from '../../../core/base/rounds.ts';
import type { Steps } from '../../../core/base/steps.ts';

describe('Rounds', () => {
  const limits = { waiting: 4, waitingOfOne: 3, milliseconds: 50 };
  /** Rounds whose clock goes on by a millisecond with each step, and the names of the works in the order of their steps. */
  function rounds() {
    const steps: string[] = [];
    let clock = 0;
    const { run } = createRounds({ limits, tooMany: 'Too many wait.', tooLong: 'Too long.', now: () => clock });
    function* work(name: string, count: number): Steps<string> {
      for (let step = 0; step < count; step += 1) {
        steps.push(name);
        clock += 1;
        yield;
      }
      return name;
    }
    return { steps, start: (owner: string, name: string, count: number) => run(owner, work(name, count)) };
  }

  /** Each look at the clock is a millisecond later. */
  function ticking() {
    let clock = 0;
    const now = (): number => {
      clock += 1;
      return clock;
    };
    return createRounds({ limits, tooMany: '', tooLong: '', now });
  }

  it('do at once what needs a moment alone, and what is small also while others wait', async () => {
    const { start, steps } = rounds();
    expect(start('a', 'a1', 2)).to.equal('a1');
    const waiting = start('a', 'a2', 9);
    expect(waiting).to.be.a('promise');
    expect(start('a', 'small', 0)).to.equal('small');
    expect(steps.filter((name) => name === 'a2').length).to.be.lessThan(4);
    expect(await waiting).to.equal('a2');
  });

  it('let the event loop go on after some steps, and owners take turns however many works one of them has', async () => {
    const { start, steps } = rounds();
    const done: string[] = [];
    const of = (owner: string, name: string, count: number) => Promise.resolve(start(owner, name, count)).then(() => done.push(name));
    const large = [of('a', 'a1', 20), of('a', 'a2', 20), of('a', 'a3', 20)];
    const other = of('b', 'b1', 6);
    const before = steps.length;
    let turns = 0;
    while (done.length === 0) {
      const had = steps.length;
      await setImmediate();
      turns += 1;
      expect(steps.length - had).to.be.at.most(2);
    }
    expect(done).to.deep.equal(['b1']);
    expect(turns).to.be.at.least(4);
    // Of the steps until then, each owner had as many.
    expect(steps.slice(before).filter((name) => name !== 'b1').length).to.be.at.most(8);
    await Promise.all([...large, other]);
    expect(done).to.have.members(['a1', 'a2', 'a3', 'b1']);
  });

  it('refuse an owner of whom too many wait, and where too many wait in all each one who has some waiting', async () => {
    const { start } = rounds();
    const waiting = ['a1', 'a2', 'a3'].map((name) => start('a', name, 9));
    expect(() => start('a', 'a4', 9)).to.throw(Unavailable, 'Too many wait.');
    waiting.push(start('b', 'b1', 9));
    expect(() => start('b', 'b2', 9)).to.throw(Unavailable);
    waiting.push(start('c', 'c1', 9));
    expect(await Promise.all(waiting)).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'c1']);
    expect(await start('a', 'a5', 9)).to.equal('a5');
  });

  it('end a work that takes too long or fails, and go on with the others', async () => {
    const { start } = rounds();
    const long = Promise.resolve(start('a', 'long', 60)).catch((error: unknown) => error);
    const other = start('a', 'other', 9);
    expect(await long)
      .to.be.instanceOf(InvalidInput)
      .and.have.property('message', 'Too long.');
    expect(await other).to.equal('other');
    const failing = createRounds({ limits, tooMany: '', tooLong: '', now: () => 0 });
    function* broken(steps: number): Steps<never> {
      for (let step = 0; step < steps; step += 1) yield;
      throw new Error('no');
    }
    expect(() => failing.run('a', broken(3))).to.throw('no');
    const { run } = ticking();
    expect(await Promise.resolve(run('a', broken(9))).catch((error: Error) => error.message)).to.equal('no');
  });
});
