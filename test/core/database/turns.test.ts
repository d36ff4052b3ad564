import { expect } from 'chai';
import { Turns, turnLimits } from '../../../core/database/turns.ts';
import { failure } from '../../helpers/failure.ts';

describe('turns', () => {
  let begun: string[];
  let ends: Map<string, () => void>;

  beforeEach(() => {
    begun = [];
    ends = new Map();
  });

  /** Takes a turn that lasts until `end(name)`. */
  const take = (turns: Turns, name: string, caller: string, organization?: string): Promise<string> =>
    turns.take({ caller, organization }, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      return name;
    });

  async function end(name: string): Promise<void> {
    ends.get(name)!();
    // Those behind it begin within this turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
  }

  it('come one after the other in an organization, and at once in different ones', async () => {
    const turns = new Turns(turnLimits);
    const all = [take(turns, 'a1', 'alice', 'a'), take(turns, 'a2', 'bob', 'a'), take(turns, 'b1', 'bob', 'b')];
    expect(begun).to.deep.equal(['a1', 'b1']);
    await end('a1');
    expect(begun).to.deep.equal(['a1', 'b1', 'a2']);
    await end('a2');
    await end('b1');
    expect(await Promise.all(all)).to.deep.equal(['a1', 'a2', 'b1']);
  });

  it('are given to callers in turn, however many one of them waits for', async () => {
    const turns = new Turns(turnLimits);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void take(turns, name, 'alice', 'o');
    for (const name of ['b1', 'b2']) void take(turns, name, 'bob', 'o');
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2', 'a4']) await end(name);
    expect(begun).to.deep.equal(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
  });

  it('of one caller are bounded over all organizations', async () => {
    const turns = new Turns({ ...turnLimits, running: 2 });
    for (const name of ['a', 'b', 'c']) void take(turns, name, 'alice', name);
    void take(turns, 'd', 'bob', 'd');
    expect(begun).to.deep.equal(['a', 'b', 'd']);
    await end('b');
    expect(begun).to.deep.equal(['a', 'b', 'd', 'c']);
  });

  it('that end make room for the caller and for the organization', async () => {
    const turns = new Turns({ ...turnLimits, running: 1 });
    void take(turns, 'first', 'alice', 'a');
    void take(turns, 'of the caller', 'alice', 'b');
    void take(turns, 'of the organization', 'bob', 'a');
    await end('first');
    expect(begun).to.have.members(['first', 'of the caller', 'of the organization']);
  });

  it('that fail end as well', async () => {
    const turns = new Turns(turnLimits);
    await failure(turns.take({ caller: 'alice', organization: 'a' }, () => Promise.reject(new Error('no'))));
    void take(turns, 'next', 'bob', 'a');
    expect(begun).to.deep.equal(['next']);
  });

  for (const [title, limits, keys] of [
    ['for one caller', { perCaller: 1 }, ['alice a', 'alice a', 'alice a']],
    ['for one organization', { perOrganization: 1 }, ['alice a', 'bob a', 'carol a']],
    ['in all', { inAll: 1 }, ['alice a', 'bob a', 'bob a']],
    ['at the bound of memory', { inAll: 1, most: 1 }, ['alice a', 'bob a', 'carol a']],
  ] as const) {
    it(`are refused beyond those that may wait ${title}`, async () => {
      const turns = new Turns({ ...turnLimits, ...limits });
      const all = keys.map((key, index) => take(turns, String(index), ...(key.split(' ') as [string, string])));
      expect(await failure(all[2]!)).to.have.property('code', 'unavailable');
      await end('0');
      expect(begun).to.deep.equal(['0', '1']);
      // There is room again.
      void take(turns, 'later', ...(keys[2].split(' ') as [string, string]));
      await end('1');
      expect(begun).to.deep.equal(['0', '1', 'later']);
    });
  }

  it('have room for a caller of whom none waits, however many wait', async () => {
    const turns = new Turns({ ...turnLimits, inAll: 2 });
    for (const name of ['a1', 'a2', 'a3']) void take(turns, name, 'alice', 'a');
    void take(turns, 'b1', 'bob', 'a');
    expect(await failure(take(turns, 'b2', 'bob', 'a'))).to.have.property('code', 'unavailable');
    for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
    expect(begun).to.deep.equal(['a1', 'a2', 'b1', 'a3']);
  });

  it('are refused when they do not come in time', async () => {
    const turns = new Turns({ ...turnLimits, waitFor: 20 });
    void take(turns, 'first', 'alice', 'a');
    expect(await failure(take(turns, 'second', 'bob', 'a'))).to.have.property('code', 'unavailable');
    await end('first');
    expect(begun).to.deep.equal(['first']);
  });
});
