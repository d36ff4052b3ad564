import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { compileStore } from '../../../core/authorization/policy-stores/store.ts';
import { createCompiledStores } from '../../../core/policy-stores/compiled-stores.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';

const withRows = (count: number, condition = (index: number) => `r.res.a == ${index}`) => ({
  ...storeFiles,
  policy: Array.from({ length: count }, (_, index) => `p, user:u${index}, doc:*, read, ${condition(index)}, allow`).join('\n'),
});

describe('Compiled stores', () => {
  it('are as large as what they hold: rows, conditions that are not shared, lists, links and held roles', () => {
    const size = (files: typeof storeFiles) => compileStore(files).size;
    expect(size(withRows(1_000))).to.be.greaterThan(9 * size(withRows(100)));
    expect(size(withRows(1_000))).to.be.greaterThan(size(withRows(1_000, () => 'r.res.a == 1')));
    const list = (elements: number) =>
      withRows(1, () => `"r.res.a in [${Array.from({ length: elements }, (_, index) => index).join(', ')}]"`);
    expect(size(list(100))).to.be.greaterThan(size(list(1)));
    const links = Array.from({ length: 100 }, (_, index) => `g, user:u${index}, role:r`).join('\n');
    expect(size({ ...storeFiles, policy: `${storeFiles.policy}${links}` })).to.be.greaterThan(size(storeFiles));
  });

  it('of one organization that has many large ones leave those of others in memory', async () => {
    const stores = createCompiledStores(() => undefined, { owners: 10, entries: 10, size: 1_000_000 });
    const good = await stores.get('good', 'a', async () => storeFiles);
    for (let index = 0; index < 12; index += 1) await stores.get('large', String(index), async () => withRows(200));
    expect(stores.find('good', 'a')).to.equal(good);
    expect(stores.find('large', '0')).to.equal(undefined);
    expect(stores.find('large', '11')).to.not.equal(undefined);
    expect(stores.find('large', 'a')).to.equal(undefined);
  });

  it('are made once for all who ask at the same time, and again with what another one reads where that fails', async () => {
    const stores = createCompiledStores();
    let loads = 0;
    const load = async () => {
      loads += 1;
      return storeFiles;
    };
    const gone = () => Promise.reject(new Error('no such store'));
    const both = await Promise.allSettled([stores.get('a', '1', gone), stores.get('a', '1', load), stores.get('a', '1', load)]);
    expect(both.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled', 'fulfilled']);
    expect(loads).to.equal(1);
    const [one, other] = await Promise.all([stores.get('a', '3', load), stores.get('a', '3', load)]);
    expect(one).to.equal(other);
    expect(loads).to.equal(2);
  });

  it('are refused where the policy does not hold any more, to all who wait for it', async () => {
    const stores = createCompiledStores();
    const broken = async () => ({ ...storeFiles, policy: 'p, nobody' });
    const refused = (await Promise.allSettled([stores.get('a', '2', broken), stores.get('a', '2', broken)])) as PromiseRejectedResult[];
    for (const { reason } of refused) expect(reason.message).to.match(/does not hold any more/);
  });

  it('of an organization are made one at a time, two in all, and are refused when too many wait', async () => {
    const stores = createCompiledStores();
    let under = 0;
    let most = 0;
    const load = async () => {
      under += 1;
      most = Math.max(most, under);
      await setImmediate();
      under -= 1;
      return storeFiles;
    };
    const one = await Promise.allSettled(Array.from({ length: 22 }, (_, index) => stores.get('a', String(index), load)));
    expect(most).to.equal(1);
    expect(one.filter(({ status }) => status === 'rejected')).to.have.length(1);
    await Promise.all(Array.from({ length: 10 }, (_, index) => stores.get(`o${index}`, 'x', load)));
    expect(most).to.equal(2);
  });
});
