import { expect } from 'chai';
import { newUuid } from '../../../core/base/ids.ts';
import { unwrap } from '../../../core/secrets/data-keys.ts';
import { dropRootKey, rewrapDataKeys, rootKeyUses } from '../../../core/secrets/root-keys.ts';
import { rotateDataKeys } from '../../../core/secrets/rotation.ts';
import { kidOf, openValue, sealValue } from '../../../core/secrets/seal.ts';
import { failure } from '../../helpers/failure.ts';
import { columns, makeThings, type Opened, openSecrets, ringOf } from './with-secrets.ts';

describe('rotation of keys', function () {
  this.timeout(120_000);
  let opened: Opened;
  const organizations = [newUuid(), newUuid(), newUuid()];
  const ring = ringOf('k1');

  beforeEach(async () => {
    opened = await openSecrets();
    await makeThings(opened.owned);
  });
  afterEach(() => opened.close());

  /** A thing with a token and two fields, all of the same text but for their place. */
  async function add(orgId: string, keyring = ring): Promise<string> {
    const id = newUuid();
    await opened.database.write({ organization: orgId }, async (db) => {
      const seal = (context: string) => sealValue(db, keyring, { orgId, context }, `secret of ${context}`);
      const [token, a, b] = [await seal(`thing/${id}`), await seal(`thing/${id}/a`), await seal(`thing/${id}/b`)];
      await db('things').insert({ org_id: orgId, id, token_sealed: token, fields_sealed: JSON.stringify({ a, b }) });
    });
    return id;
  }

  /** Opens everything with a keyring that remembers nothing; returns how many values there are by the data key that sealed them. */
  async function openAll(kids: string[] = ['k1']): Promise<Map<string, number>> {
    const keyring = ringOf(...kids);
    const byKid = new Map<string, number>();
    const rows = await opened.database.read('platform', (db) => db('things'));
    for (const { org_id: orgId, id, token_sealed: token, fields_sealed: fields } of rows) {
      const values = { [`thing/${id}`]: token, [`thing/${id}/a`]: fields.a, [`thing/${id}/b`]: fields.b };
      for (const [context, sealed] of Object.entries(values)) {
        const text = await opened.database.read({ organization: orgId }, (db) => openValue(db, keyring, { orgId, context }, sealed));
        expect(text).to.equal(`secret of ${context}`);
        byKid.set(kidOf(sealed), (byKid.get(kidOf(sealed)) ?? 0) + 1);
      }
    }
    return byKid;
  }

  const currentKids = (): Promise<string[]> =>
    opened.database.read('platform', (db) => db('data_keys').where({ is_current: true }).pluck('kid'));

  it('of data keys seals every value again, while requests read and write: none is unreadable at any moment', async () => {
    for (const orgId of organizations) for (let each = 0; each < 12; each++) await add(orgId);
    const before = await currentKids();
    let isRunning = true;
    let read = 0;
    const reading = (async () => {
      while (isRunning) for (const count of (await openAll()).values()) read += count;
    })();
    const writing = (async () => {
      for (let each = 0; isRunning; each++) await add(organizations[each % 3]!);
    })();
    const { sealed, unreadable } = await rotateDataKeys(opened.owned, ring, { columns, batch: 5 });
    isRunning = false;
    await Promise.all([reading, writing]);
    expect(unreadable).to.deep.equal([]);
    expect(sealed).to.be.at.least(108);
    expect(read).to.be.above(0);
    const kids = await currentKids();
    expect(kids).to.have.length(3);
    expect(kids).not.to.include.members(before);
    expect([...(await openAll()).keys()]).to.have.members(kids);
  });

  it('of data keys waits for the transaction that seals with the key that it retires', async () => {
    const [orgId] = organizations as [string];
    await add(orgId);
    let rotating: Promise<unknown> = Promise.resolve();
    const id = newUuid();
    await opened.database.write({ organization: orgId }, async (db) => {
      const token = await sealValue(db, ring, { orgId, context: `thing/${id}` }, `secret of thing/${id}`);
      rotating = rotateDataKeys(opened.owned, ring, { columns });
      await Promise.race([rotating, db.raw('select pg_sleep(0.3)')]);
      const fields = { a: await sealValue(db, ring, { orgId, context: `thing/${id}/a` }, `secret of thing/${id}/a`), b: '' };
      fields.b = await sealValue(db, ring, { orgId, context: `thing/${id}/b` }, `secret of thing/${id}/b`);
      await db('things').insert({ org_id: orgId, id, token_sealed: token, fields_sealed: JSON.stringify(fields) });
    });
    await rotating;
    expect([...(await openAll()).entries()]).to.deep.equal([[(await currentKids())[0]!, 6]]);
  });

  it('of data keys goes on after an interruption, and seals nothing twice', async () => {
    for (let each = 0; each < 20; each++) await add(organizations[0]!);
    const interrupted = rotateDataKeys(opened.owned, ring, {
      columns,
      batch: 5,
      onProgress: ({ sealed }) => {
        if (sealed >= 10) throw new Error('killed');
      },
    });
    expect((await failure(interrupted)).message).to.equal('killed');
    const [kid] = await currentKids();
    expect([...(await openAll()).values()].toSorted((a, b) => a - b)).to.deep.equal([10, 50]);
    const { sealed } = await rotateDataKeys(opened.owned, ring, { columns, batch: 7 });
    expect(sealed).to.equal(60);
    expect(await currentKids()).to.deep.equal([kid]);
    expect([...(await openAll())]).to.deep.equal([[kid, 60]]);
    const events = await opened.database.read('platform', (db) => db('audit_events').where({ action: 'data-keys.rotate' }));
    expect(events).to.have.length(2);
  });

  it('of data keys says which values do not open, leaves them and ends', async () => {
    const id = await add(organizations[0]!);
    await add(organizations[0]!);
    await opened.owned.write('platform', (db) => db('things').where({ id }).update({ token_sealed: 'hunter2' }));
    const { sealed, unreadable } = await rotateDataKeys(opened.owned, ring, { columns });
    expect({ sealed, unreadable }).to.deep.equal({ sealed: 5, unreadable: [`things.token_sealed thing/${id}`] });
  });

  it('of root keys goes on with another key under a lost name beside the right one, and drops no key that alone opens something', async () => {
    await add(organizations[0]!);
    await rewrapDataKeys(opened.owned, ringOf('k2', 'k1'));
    const [right, wrong] = [ringOf('k1'), ringOf('k7')];
    const mixed = {
      ...ringOf('k2', 'k1'),
      derive: (purpose: string, kid: string) => (kid === 'k1' ? right : wrong).derive(purpose, kid === 'k1' ? 'k1' : 'k7'),
    };
    const [row] = await opened.owned.read('platform', (db) => db('data_keys'));
    expect(await unwrap(mixed, row.org_id, row)).to.deep.equal(await unwrap(right, row.org_id, row));
    const refused = await failure(dropRootKey(opened.owned, mixed, 'k1'));
    expect(refused.message).to.equal(`1 data keys do not open with k2 (${row.org_id}/${row.kid}). Nothing was changed.`);
    expect(await opened.owned.read('platform', rootKeyUses)).to.deep.equal([
      { kid: 'k1', dataKeys: 1, only: 0 },
      { kid: 'k2', dataKeys: 1, only: 0 },
    ]);
  });

  it('of root keys: servers with the earlier key and those with the new one open everything, until the earlier one is dropped', async () => {
    for (const orgId of organizations) await add(orgId);
    const both = ringOf('k2', 'k1');
    const early = await failure(dropRootKey(opened.owned, both, 'k1'));
    expect(early.message).to.match(/^3 data keys are under none of k2\./);
    expect(await rewrapDataKeys(opened.owned, both)).to.deep.equal({ rewrapped: 3, unreadable: [] });
    expect(await rewrapDataKeys(opened.owned, both)).to.deep.equal({ rewrapped: 0, unreadable: [] });
    for (const kids of [['k1'], ['k2'], ['k2', 'k1']]) expect((await openAll(kids)).size).to.equal(3);
    expect(await opened.owned.read('platform', rootKeyUses)).to.deep.equal([
      { kid: 'k1', dataKeys: 3, only: 0 },
      { kid: 'k2', dataKeys: 3, only: 0 },
    ]);
    // A server that holds the earlier key alone makes a data key meanwhile.
    organizations.push(newUuid());
    await add(organizations.at(-1)!, ringOf('k1'));
    expect((await failure(dropRootKey(opened.owned, both, 'k1'))).message).to.match(/^1 data keys/);
    await rewrapDataKeys(opened.owned, both);
    expect(await dropRootKey(opened.owned, both, 'k1')).to.equal(4);
    expect((await openAll(['k2'])).size).to.equal(4);
    expect((await failure(openAll(['k1']))).message).to.match(/is under k2; the keyring holds k1\.$/);
    expect(await rewrapDataKeys(opened.owned, ringOf('k3')))
      .to.have.property('unreadable')
      .with.length(4);
  });
});
