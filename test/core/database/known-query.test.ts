import { expect } from 'chai';
import pg from 'pg';
import { type Database, type Db, prepared } from '../../../core/database/database.ts';
import { failure } from '../../helpers/failure.ts';
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

  it('changes what it says, and says how many rows it changed where it gives none', async () => {
    const id = uuid('user');
    const insert = "insert into users (id, issuer, subject) values ($1, 'https://idp.example.com', $2) returning subject";
    for (const subject of ['one', 'two'])
      expect(await database.write('platform', (db) => prepared(db, 'test_insert', insert, [uuid('user'), subject]))).to.deep.equal([
        { subject },
      ]);
    await database.write('platform', (db) => prepared(db, 'test_insert', insert, [id, 'three']));
    const rename = "update users set display_name = 'Three' where id = $1";
    for (const each of [id, id])
      expect(await database.write('platform', (db) => prepared(db, 'test_update', rename, [each]))).to.deep.equal([]);
    const [row] = await database.read('platform', (db) => db('users').where({ id }).select('display_name'));
    expect(row).to.deep.equal({ display_name: 'Three' });
  });

  it('fails alone where a value cannot be sent or is refused, the first time and later', async () => {
    const divide = (by: unknown) => database.read('platform', (db) => prepared(db, 'test_known_divide', 'select 42 / $1::int as n', [by]));
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const round of ['first', 'later']) {
      expect((await failure(divide(circular))).message, round).to.match(/circular/i);
      expect((await failure(divide(0))).message, round).to.match(/division by zero/);
      expect(await divide(2), round).to.deep.equal([{ n: 21 }]);
    }
    expect(database.stats().waiting).to.equal(0);
  });

  it('is refused by PostgreSQL, and never misread, when its rows have become others', async () => {
    const admin = new pg.Client({ connectionString: filled.url });
    await admin.connect();
    try {
      await admin.query(
        'create table tenet.test_known (n int); insert into tenet.test_known values (7); grant select on tenet.test_known to public',
      );
      const read = () => database.read('platform', (db) => prepared(db, 'test_known_changed', 'select n from test_known', []));
      for (const _ of [1, 2]) expect(await read()).to.deep.equal([{ n: 7 }]);
      await admin.query("alter table tenet.test_known alter n type text using n || '!'");
      expect((await failure(read())).message).to.match(/cached plan must not change result type/);
    } finally {
      await admin.query('drop table if exists tenet.test_known');
      await admin.end();
    }
  });
});
