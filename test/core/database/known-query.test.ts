import { expect } from 'chai';
import pg from 'pg';
import { type Database, type Db, prepared } from '../../../core/database/database.ts';
import { startFilled, uuid } from '../../helpers/rows.ts';

describe('a prepared statement', () => {
  let filled: Awaited<ReturnType<typeof startFilled>>;
  let database: Database;

  before(async () => {
    filled = await startFilled(uuid('user'), [uuid('organization')]);
    database = filled.database;
  });
  after(() => filled.stop());

  const text = `select n, case when n > 0 then timestamptz '2026-11-28 12:00+00' end as at, array[n, null] as list, jsonb_build_object('n', n) as json,
    n::bigint as big, n > 1 as more from generate_series(1, $1::int) as n`;
  const look = (db: Db, most: number) => prepared(db, 'test_known', text, [most]);
  const expected = (most: number) =>
    Array.from({ length: most }, (_, index) => {
      const n = index + 1;
      return { n, at: new Date('2026-11-28T12:00:00Z'), list: [n, null], json: { n }, big: String(n), more: n > 1 };
    });

  for (const how of ['read', 'write'] as const) {
    it(`gives the same rows each time, in a transaction that is to ${how}`, async () => {
      for (const most of [0, 1, 3, 0, 2]) expect(await database[how]('platform', (db) => look(db, most))).to.deep.equal(expected(most));
      await database[how]('platform', async (db) => {
        const all = await Promise.all([2, 0, 1].map((most) => look(db, most)));
        expect(all).to.deep.equal([2, 0, 1].map(expected));
      });
    });
  }

  it('gives the rows that it adds, and none where it has none to give', async () => {
    const id = uuid('user');
    const insert = "insert into users (id, issuer, subject) values ($1, 'https://idp.example.com', $2) returning subject";
    for (const [each, subject] of [[uuid('user'), 'one'] as const, [id, 'two'] as const])
      expect(await database.write('platform', (db) => prepared(db, 'test_insert', insert, [each, subject]))).to.deep.equal([{ subject }]);
    const rename = "update users set display_name = 'Two' where id = $1";
    for (const each of [id, id])
      expect(await database.write('platform', (db) => prepared(db, 'test_update', rename, [each]))).to.deep.equal([]);
    const [row] = await database.read('platform', (db) => db('users').where({ id }).select('display_name'));
    expect(row).to.deep.equal({ display_name: 'Two' });
  });

  it('that fails takes none with it of those that are sent in the same packet', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const ask = (name: string, sql: string, value: unknown) =>
      database.read('platform', (db) => prepared(db, `test_known_${name}`, sql, [value])).catch((error: Error) => error.message);
    const one = (value: unknown) => ask('divide', 'select 42 / $1::int as n', value);
    const two = (value: unknown) => ask('pair', "select $1::text as text, now() > '2026-01-01' as past", value);
    for (const round of ['cold', 'warm', 'warm again']) {
      const given = await Promise.all([one(2), two('a'), one(0), two('b'), one(circular), one(3), two('c')]);
      const failed = given.splice(2, 1).concat(given.splice(3, 1)).map(String);
      expect(failed[0], round).to.match(/division by zero/);
      expect(failed[1], round).to.match(/circular/i);
      const pair = (text: string) => [{ text, past: true }];
      expect(given, round).to.deep.equal([[{ n: 21 }], pair('a'), pair('b'), [{ n: 14 }], pair('c')]);
    }
  });

  it('is prepared anew on another connection, and never misread, when its columns have changed', async () => {
    const admin = new pg.Client({ connectionString: filled.url });
    await admin.connect();
    try {
      await admin.query(
        'create table tenet.test_known (n int); insert into tenet.test_known values (7); grant select on tenet.test_known to public',
      );
      const read = () => database.read('platform', (db) => prepared(db, 'test_known_changed', 'select n from test_known', []));
      for (const _ of [1, 2]) expect(await read()).to.deep.equal([{ n: 7 }]);
      await admin.query("alter table tenet.test_known alter n type text using n || '!'");
      expect(await read()).to.deep.equal([{ n: '7!' }]);
    } finally {
      await admin.query('drop table if exists tenet.test_known');
      await admin.end();
    }
  });
});
