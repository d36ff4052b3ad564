import { expect } from 'chai';
import { decodeProtectedHeader } from 'jose';
import { newUuid } from '../../../core/base/ids.ts';
import type { Keyring } from '../../../core/base/keyring.ts';
import { openValue, sealValue } from '../../../core/secrets/seal.ts';
import { sealedColumns } from '../../../core/secrets/sealed-columns.ts';
import { Unreadable } from '../../../core/secrets/unreadable.ts';
import { failure } from '../../helpers/failure.ts';
import { type Opened, openSecrets, ringOf } from './with-secrets.ts';

describe('sealed values', () => {
  let opened: Opened;
  let orgId: string;
  const ring = ringOf('k1');

  before(async () => {
    opened = await openSecrets();
  });
  after(() => opened.close());
  beforeEach(() => {
    orgId = newUuid();
  });

  const seal = (text: string, { org = orgId, context = 'webhook/1', keyring = ring } = {}) =>
    opened.database.write({ organization: org }, (db) => sealValue(db, keyring, { orgId: org, context }, text));
  const open = (
    sealed: string,
    { org = orgId, context = 'webhook/1', keyring = ring }: Partial<Record<'org' | 'context', string>> & { keyring?: Keyring } = {},
  ) => opened.database.read({ organization: org }, (db) => openValue(db, keyring, { orgId: org, context }, sealed));
  const refused = async (work: Promise<unknown>, message: RegExp) => {
    const error = await failure(work);
    expect(error).to.be.instanceOf(Unreadable);
    expect(error.message).to.match(message);
  };

  it('open as what they were, are never the same twice and do not show it', async () => {
    for (const text of ['', 'hunter2', 'ÿ\u0000 a line\nand 𝒳', 'x'.repeat(100_000)]) {
      const [once, again] = [await seal(text), await seal(text)];
      expect([await open(once), await open(again)]).to.deep.equal([text, text]);
      expect(once).not.to.equal(again);
      expect(once.split('.')).to.have.length(5);
      if (text) expect(Buffer.from(once.split('.')[3]!, 'base64url').toString('latin1')).not.to.include(text.slice(0, 7));
    }
  });

  it('do not open in another row, field or organization, nor by the data key of another one', async () => {
    const sealed = await seal('hunter2');
    const other = newUuid();
    await refused(open(sealed, { context: 'webhook/2' }), /copied from another place/);
    await refused(open(sealed, { org: other }), /has no data key/);
    // With the row of the data key copied along.
    const wrapped = await opened.owned.write('platform', async (db) => {
      await db.raw('insert into data_keys (org_id, kid, wrapped) select ?, kid, wrapped from data_keys where org_id = ?', [other, orgId]);
      return db('data_keys').where({ org_id: other }).first('wrapped');
    });
    expect(Object.keys(wrapped.wrapped)).to.deep.equal(['k1']);
    await refused(open(sealed, { org: other, keyring: ringOf('k1') }), /was copied from another row/);
    await refused(seal('more', { org: other, keyring: ringOf('k1') }), /was copied from another row/);
  });

  it('do not open when a character of them has changed, and are no value when they are something else', async () => {
    const sealed = await seal('hunter2');
    const parts = sealed.split('.');
    const header = Buffer.from(JSON.stringify({ ...decodeProtectedHeader(sealed), ctx: 'webhook/2' })).toString('base64url');
    await refused(open([header, ...parts.slice(1)].join('.'), { context: 'webhook/2' }), /does not open/);
    await refused(open(parts.with(3, Buffer.from('hunter3').toString('base64url')).join('.')), /does not open/);
    const { kid } = decodeProtectedHeader(sealed);
    const weak = Buffer.from(JSON.stringify({ alg: 'A256KW', enc: 'A256GCM', kid })).toString('base64url');
    await refused(open([weak, ...parts.slice(1)].join('.')), /does not open/);
    for (const text of ['', 'hunter2', 'a.b.c.d.e', 'null']) {
      const error = await failure(open(text));
      expect(error.message).to.equal('What is stored is no sealed value.');
    }
  });

  it('of one organization have one data key, made with the first of them, however many come at once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, each) => seal(`secret ${each}`)));
    const kids = new Set(all.map((sealed) => decodeProtectedHeader(sealed).kid));
    expect(kids.size).to.equal(1);
    expect(await Promise.all(all.map((sealed) => open(sealed, { keyring: ringOf('k1') })))).to.deep.equal(
      Array.from({ length: 12 }, (_, each) => `secret ${each}`),
    );
    const rows = await opened.database.read({ organization: orgId }, (db) => db('data_keys').select('org_id', 'is_current'));
    expect(rows).to.deep.equal([{ org_id: orgId, is_current: true }]);
    expect(await opened.database.read({ organization: newUuid() }, (db) => db('data_keys'))).to.deep.equal([]);
  });

  it('nothing stays of a transaction that rolls back, and the next one makes a key that it can read', async () => {
    const rolledBack = opened.database.write({ organization: orgId }, async (db) => {
      await sealValue(db, ring, { orgId, context: 'a' }, 'lost');
      throw new Error('rolled back');
    });
    expect((await failure(rolledBack)).message).to.equal('rolled back');
    expect(await open(await seal('kept'), { keyring: ringOf('k1') })).to.equal('kept');
  });

  it('open with every key of the keyring that was there when their data key was made, and with no other', async () => {
    const sealed = await seal('hunter2', { keyring: ringOf('k2', 'k1') });
    for (const keyring of [ringOf('k2'), ringOf('k1'), ringOf('k3', 'k1')]) expect(await open(sealed, { keyring })).to.equal('hunter2');
    await refused(open(sealed, { keyring: ringOf('k3') }), /is under k1, k2; the keyring holds k3\.$/);
  });

  it('are in the columns of the list and in no other', async () => {
    const { rows } = await opened.owned.read('platform', (db) =>
      db.raw(`select table_name, column_name, data_type from information_schema.columns
        where table_schema = 'tenet' and column_name like '%\\_sealed' order by 1, 2`),
    );
    const listed = sealedColumns.map(({ table, column, holds }) => ({
      table_name: table,
      column_name: column,
      data_type: holds === 'OBJECT' ? 'jsonb' : 'text',
    }));
    expect(listed).to.have.deep.members(rows);
  });
});
