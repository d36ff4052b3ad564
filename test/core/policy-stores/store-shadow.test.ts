import { expect } from 'chai';
import type { StoreQuestion } from '../../../core/authorization/policy-stores/types.ts';
import { createLog } from '../../../core/base/log.ts';
import { createMetrics } from '../../../core/base/metrics.ts';
import { createStoreShadow, type StoreShadow, type TakenStoreDecision } from '../../../core/policy-stores/store-shadow.ts';
import { eventually } from '../../helpers/eventually.ts';
import { storeFiles } from '../../helpers/policy-stores.ts';

const question: StoreQuestion = {
  subject: { type: 'user', id: 'alice', properties: { secret: 'hush' } },
  action: { name: 'write', properties: {} },
  resource: { type: 'record', id: 'payroll', properties: { status: 'open' } },
  context: { place: 'cellar' },
};
const taken = (decision: boolean, store = 'pst_1', { sha256 = 'a', organizationId = 'org_1' } = {}): TakenStoreDecision => ({
  key: { organizationId, projectId: 'prj_1', policyStoreId: store },
  inForce: { revision: 7, sha256 },
  question,
  decided: { decision, rules: [1] },
});

/** A thread begins slowly where the machine has much to do. */
const begun = (assertion: () => unknown) => eventually(assertion, 50_000);

describe('The shadow of stores', function () {
  this.timeout(120_000);
  const metrics = createMetrics(() => ({ total: 0, idle: 0, waiting: 0 }));
  const logged: string[] = [];
  const read: [string, number][] = [];
  const begin = (share: number, contents: typeof storeFiles, milliseconds: number): StoreShadow => {
    const log = createLog('warn', { write: (line: string) => void logged.push(line) });
    const options = {
      ...{ share, log, metrics },
      read: async ({ policyStoreId }: { policyStoreId: string }, revision: number) => {
        read.push([policyStoreId, revision]);
        return policyStoreId === 'pst_gone' ? undefined : contents;
      },
    };
    return createStoreShadow(options, { milliseconds, megabytes: 128, waiting: 1 });
  };
  const shadow = begin(1, storeFiles, 60_000);
  const counts = async () => {
    const { values } = await metrics.shadowedStores.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.agreed, value]));
  };
  beforeEach(() => {
    metrics.shadowedStores.reset();
    logged.length = 0;
    read.length = 0;
  });
  after(() => shadow.stop());

  it('counts what stock Casbin decides alike, and reads the files of a store once', async () => {
    for (let index = 0; index < 5; index += 1) shadow.observe(taken(true));
    await begun(async () => expect(await counts()).to.deep.equal({ true: 5 }));
    expect([read, logged]).to.deep.equal([[['pst_1', 7]], []]);
  });

  it('finds a planted difference, says in which store and by which lines, and nothing of what was asked', async () => {
    shadow.observe(taken(false));
    await begun(async () => expect(await counts()).to.deep.equal({ false: 1 }));
    expect(logged.length).to.equal(1);
    const { policyStoreId, organizationId, revision, decided, stock, level } = JSON.parse(logged[0]!);
    expect({ policyStoreId, organizationId, revision, decided, stock, level }).to.deep.equal({
      ...{ policyStoreId: 'pst_1', organizationId: 'org_1', revision: 7, level: 'error' },
      ...{ decided: { decision: false, rules: [1] }, stock: true },
    });
    for (const word of ['alice', 'hush', 'payroll', 'cellar', 'status']) expect(logged[0]).to.not.include(word);
  });

  it('lets one organization wait for no more than its part, however many stores it has, and asks nothing about one that is gone', async () => {
    shadow.observe(taken(true, 'pst_gone', { sha256: 'gone' }));
    for (let index = 0; index < 50; index += 1) shadow.observe(taken(true, `pst_${index % 5}`));
    shadow.observe(taken(true, 'pst_9', { organizationId: 'org_2' }));
    await begun(async () => expect(await counts()).to.deep.equal({ true: 11 }));
    expect([read, logged]).to.deep.equal([[['pst_gone', 7]], []]);
  });

  it('takes no share where none is wanted', async () => {
    const none = begin(0, storeFiles, 60_000);
    none.observe(taken(false));
    await none.stop();
    expect([await counts(), read]).to.deep.equal([{}, []]);
  });

  it('tries a store that costs too much no second time', async () => {
    const policy = Array.from({ length: 5_000 }, (_, index) => `p, user:u${index}, a:*, b, true, allow`).join('\n');
    const impatient = begin(1, { ...storeFiles, policy }, 1);
    impatient.observe(taken(false));
    await begun(() => expect(logged.length).to.equal(1));
    impatient.observe(taken(false));
    await impatient.stop();
    expect([await counts(), logged.length]).to.deep.equal([{}, 1]);
  });
});
