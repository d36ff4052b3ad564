import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { createGate } from '../../../core/database/gate.ts';
import { failure } from '../../helpers/failure.ts';

describe('the gate of transactions', () => {
  it('has owners take turns, however much one of them waits for', async () => {
    const gate = createGate(2, 60_000);
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const enter = (owner: string, name: string) =>
      gate(owner, () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const all = [...['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => enter('a', name)), enter('b', 'b1'), enter('c', 'c1'), enter('b', 'b2')];
    await setImmediate();
    for (let at = 0; at < ends.length; at += 1) {
      ends[at]!();
      await setImmediate();
    }
    await Promise.all(all);
    expect(begun).to.deep.equal(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
  });

  it('refuses what waits too long, and goes on with the others after a work that failed', async () => {
    const gate = createGate(1, 1);
    let end = (): void => undefined;
    const first = gate('a', () => new Promise<void>((_, reject) => (end = () => reject(new Error('no')))));
    expect(await failure(gate('b', async () => 'late'))).to.have.property('code', 'unavailable');
    end();
    expect(await failure(first)).to.have.property('message', 'no');
    expect(await gate('b', async () => 'done')).to.equal('done');
  });
});
