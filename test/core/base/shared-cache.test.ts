import { expect } from 'chai';
import { createSharedCache } from '../../../core/base/shared-cache.ts';

describe('A shared cache', () => {
  const limits = { owners: 10, entries: 100, size: 1_000 };
  const fill = (cache: ReturnType<typeof createSharedCache>, owner: string, count: number, size = 1) => {
    for (let index = 0; index < count; index += 1) cache.set(owner, String(index), { index }, size);
  };
  const kept = (cache: ReturnType<typeof createSharedCache>, owner: string, count: number) =>
    Array.from({ length: count }, (_, index) => cache.get(owner, String(index))).filter((value) => value !== undefined).length;

  it('is one owner’s alone as long as no other one needs it, and never larger than its bounds', () => {
    const cache = createSharedCache(limits);
    fill(cache, 'a', 100);
    expect(kept(cache, 'a', 100)).to.equal(100);
    fill(cache, 'a', 1_000);
    expect(kept(cache, 'a', 1_000)).to.be.within(80, 100);
    fill(cache, 'b', 50, 100);
    expect(kept(cache, 'b', 50)).to.be.within(8, 10);
    cache.clear();
    expect([kept(cache, 'a', 1_000), kept(cache, 'b', 50)]).to.deep.equal([0, 0]);
    fill(cache, 'a', 100);
    expect(kept(cache, 'a', 100)).to.equal(100);
  });

  it('takes from the owner who has the most: one who fills it does not push out the others', () => {
    const cache = createSharedCache(limits);
    for (const owner of ['b', 'c', 'd']) fill(cache, owner, 10);
    fill(cache, 'hostile', 10_000);
    fill(cache, 'large', 1_000, 900);
    for (const owner of ['b', 'c', 'd']) expect(kept(cache, owner, 10), owner).to.equal(10);
  });

  it('forgets first an owner that nothing was asked of for long', () => {
    let time = 0;
    const cache = createSharedCache(limits, () => time);
    fill(cache, 'gone', 10);
    time += 600_001;
    fill(cache, 'present', 91);
    expect([kept(cache, 'gone', 10), kept(cache, 'present', 91)]).to.deep.equal([0, 91]);
  });

  it('keeps nothing that is larger than all of it, and no more owners than it may', () => {
    const cache = createSharedCache(limits);
    cache.set('a', '0', {}, 1_001);
    expect(cache.get('a', '0')).to.equal(undefined);
    for (let index = 0; index < 11; index += 1) fill(cache, `owner${index}`, 1);
    expect([kept(cache, 'owner0', 1), kept(cache, 'owner10', 1)]).to.deep.equal([0, 1]);
    fill(cache, 'owner10', 91);
    expect(kept(cache, 'owner9', 1)).to.equal(1);
  });

  it('takes memory for an owner by what is kept of it, not by what there is room for', () => {
    const cache = createSharedCache({ owners: 2_000, entries: 50_000, size: 1_000_000 });
    const before = process.memoryUsage();
    for (let index = 0; index < 200; index += 1) fill(cache, `owner${index}`, 1);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers).to.be.lessThan(20_000_000);
    for (let index = 0; index < 200; index += 1) expect(kept(cache, `owner${index}`, 1)).to.equal(1);
  });

  it('keeps no place for an owner of whom nothing is left', () => {
    const cache = createSharedCache({ ...limits, owners: 2 });
    fill(cache, 'a', 1);
    cache.set('b', '0', {}, 1);
    cache.set('b', '0', {}, 1_001);
    cache.get('b', '0');
    cache.set('c', '0', {}, 1);
    expect([kept(cache, 'a', 1), kept(cache, 'c', 1)]).to.deep.equal([1, 1]);
  });
});
