import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Unavailable } from '../../../core/base/errors.ts';
import { createGate, type GateLimits } from '../../../core/base/gate.ts';
import { failure } from '../../helpers/failure.ts';

describe('A gate', () => {
  const limits = { running: 2, runningOfOne: 1, waiting: 3, waitingOfOne: 2, inAll: 4, waitFor: 60_000 };
  const unbounded = { ...limits, runningOfOne: Infinity, waiting: Infinity, waitingOfOne: Infinity, inAll: Infinity };
  const texts = { tooMany: 'Too many wait.', tooLong: 'Too long.' };
  /** Works that end when the test says so. */
  function works(given: GateLimits = limits) {
    const gate = createGate(given, texts);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const enter = (owner: string, name: string, goesFirst = false) =>
      gate(
        owner,
        () => {
          started.push(name);
          return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
        },
        goesFirst,
      );
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

  /** Ends what runs, in the order in which it began, until nothing does. */
  async function drain({ started, end }: ReturnType<typeof works>): Promise<void> {
    await setImmediate();
    for (let at = 0; at < started.length; at += 1) {
      end(started[at]!);
      await setImmediate();
    }
  }

  it('refuses beyond so many that wait, of one and of all, but an owner of whom none waits only at the bound of memory', async () => {
    const gate = works({ ...limits, running: 1 });
    const { started, enter } = gate;
    const refused = (owner: string) => enter(owner, 'refused').catch((error: unknown) => error);
    const all = [enter('a', 'a1'), enter('a', 'a2'), enter('a', 'a3')];
    expect(await refused('a')).to.be.instanceOf(Unavailable);
    all.push(enter('b', 'b1'));
    // Three wait: there is no room for a second one of b, and there is for c.
    expect(await refused('b')).to.be.instanceOf(Unavailable);
    all.push(enter('c', 'c1'));
    expect(await refused('d')).to.be.instanceOf(Unavailable);
    await drain(gate);
    await Promise.all(all);
    expect(started).to.deep.equal(['a1', 'a2', 'b1', 'c1', 'a3']);
  });

  it('without bounds but that of all has owners take turns, however much one of them waits for', async () => {
    const gate = works({ ...unbounded, running: 2 });
    const { started, enter } = gate;
    const all = [
      ...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => enter('a', name)),
      ...[enter('b', 'b1'), enter('c', 'c1'), enter('b', 'b2')],
    ];
    await drain(gate);
    await Promise.all(all);
    expect(started).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
  });

  it('without bounds but that of all refuses what waits too long, and goes on with the others after a work that failed', async () => {
    const gate = createGate({ ...unbounded, running: 1, waitFor: 1 }, texts);
    let end = (): void => undefined;
    const first = gate('a', () => new Promise<void>((_, reject) => (end = () => reject(new Error('no')))));
    expect(await failure(gate('b', async () => 'late'))).to.have.property('code', 'unavailable');
    end();
    expect(await failure(first)).to.have.property('message', 'no');
    expect(await gate('b', async () => 'done')).to.equal('done');
  });

  it('begins works that go first ahead of the others, which have their turn all the same', async () => {
    const gate = works({ ...limits, running: 1, waiting: 20, waitingOfOne: 9, inAll: 20 });
    const { started, enter } = gate;
    const all = [enter('a', 'a1'), enter('a', 'a2'), enter('b', 'b1')];
    for (const name of ['A1', 'A2', 'A3', 'A4', 'A5']) all.push(enter('a', name, true));
    all.push(enter('c', 'C1', true));
    await drain(gate);
    await Promise.all(all);
    expect(started).to.deep.equal(['a1', 'A1', 'C1', 'A2', 'A3', 'a2', 'A4', 'A5', 'b1']);
  });

  it('has room for what goes first of an owner whose other works wait', async () => {
    const gate = works({ ...limits, running: 1 });
    const { enter } = gate;
    const all = [enter('a', 'a1'), enter('a', 'a2'), enter('a', 'a3')];
    expect(() => gate.gate.demandRoom('a')).to.throw(Unavailable);
    gate.gate.demandRoom('a', true);
    all.push(enter('a', 'A1', true));
    await drain(gate);
    await Promise.all(all);
    expect(gate.started).to.deep.equal(['a1', 'A1', 'a2', 'a3']);
  });

  it('refuses what has waited too long, and goes on with the others', async () => {
    const { enter, end, started } = works({ ...limits, running: 1, waitFor: 1 });
    const first = enter('a', 'a1');
    expect(await enter('b', 'b1').catch((error: Error) => error.message)).to.equal('Too long.');
    end('a1');
    await first;
    const last = enter('b', 'b2');
    await setImmediate();
    end('b2');
    await last;
    expect(started).to.deep.equal(['a1', 'b2']);
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
