import { expect } from 'chai';
import { EventFilter, type EventInput } from '../../../controllers/resources/events.ts';

const event = (note: string): EventInput => ({ type: 'Normal', reason: 'Updated', note });

describe('the event filter', () => {
  it('lets the same words about an object pass once in ten minutes', () => {
    let now = 0;
    const filter = new EventFilter(() => now);
    expect(filter.admits('uid-1', event('hello'))).to.equal(true);
    expect(filter.admits('uid-1', event('hello'))).to.equal(false);
    expect(filter.admits('uid-2', event('hello'))).to.equal(true);
    now = 600_001;
    expect(filter.admits('uid-1', event('hello'))).to.equal(true);
  });

  it('lets 25 different events about an object pass at first, and then one in five minutes', () => {
    let now = 0;
    const filter = new EventFilter(() => now);
    const admitted = (): number =>
      Array.from({ length: 100 }, (_, index) => filter.admits('uid', event(`${now} ${index}`))).filter(Boolean).length;
    expect(admitted()).to.equal(25);
    now = 299_000;
    expect(admitted()).to.equal(0);
    now = 900_000;
    expect(admitted()).to.equal(3);
  });

  it('stays small, however many objects there are', () => {
    const filter = new EventFilter(() => 0);
    for (let index = 0; index < 20_000; index++) filter.admits(`uid-${index}`, event('x'));
    expect(filter.size).to.be.below(10_000);
  });
});
