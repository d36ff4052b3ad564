import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadContent } from '../../../core/authorization/store/revisions.ts';
import { type Database, type Db, openDatabase, prepared, queryUnder } from '../../../core/database/database.ts';
import { failure } from '../../helpers/failure.ts';
import { revision, startFilled, uuid } from '../../helpers/rows.ts';

describe('database', () => {
  let filled: Awaited<ReturnType<typeof startFilled>>;
  let database: Database;
  const user = uuid('user');
  const [ours, theirs] = [uuid('organization'), uuid('organization')];

  before(async () => {
    filled = await startFilled(user, [ours, theirs]);
    database = filled.database;
  });

  after(() => filled.stop());

  describe('transactions', () => {
    it('of many requests at once give every connection back', async () => {
      const names = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          database.read('platform', (db) => db.raw('select ?::int as n, pg_backend_pid()', [index])),
        ),
      );
      expect(names.map(({ rows }) => rows[0].n)).to.deep.equal(Array.from({ length: 50 }, (_, index) => index));
      // The last reader's commit may still be under way; one more round queues behind it.
      await database.read('platform', (db) => db.raw('select 1'));
      expect(database.stats().total).to.be.at.most(4);
      expect(database.stats().waiting).to.equal(0);
    });

    it('run prepared statements, of nobody else', async () => {
      const rows = await database.read('platform', (db) => prepared(db, 'test_add', 'select $1::int + 1 as n', [41]));
      expect(rows).to.deep.equal([{ n: 42 }]);
      expect(await failure(prepared({ client: {} } as never, 'x', 'select 1', []))).to.be.instanceOf(TypeError);
    });

    it('of many readers at once look by a key together, each in its own scope', async () => {
      const look = (organization: string) =>
        database.read({ organization }, (db) =>
          prepared<{ id: string; pid: number }>(db, 'test_look', 'select id, pg_backend_pid() as pid from organizations', []),
        );
      const asked = Array.from({ length: 16 }, (_, index) => (index % 2 === 0 ? ours : theirs));
      const found = await Promise.all(asked.map(look));
      expect(found.map((rows) => rows.map(({ id }) => id))).to.deep.equal(asked.map((id) => [id]));
      expect(new Set(found.flat().map(({ pid }) => pid)).size).to.equal(2);
    });

    it('of many readers do not share a failure', async () => {
      const divide = (by: number) =>
        database.read('platform', (db) => prepared<{ n: number }>(db, 'test_divide', 'select 42 / $1::int as n', [by]));
      const outcomes = await Promise.allSettled([1, 0, 2, 0, 3].map(divide));
      expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message))).to.deep.equal([
        [{ n: 42 }],
        'division by zero',
        [{ n: 21 }],
        'division by zero',
        [{ n: 14 }],
      ]);
    });

    it('of many readers wait neither for a long statement of one of them, nor for its computing', async () => {
      const single = openDatabase(filled.url, { size: 2, onError: () => undefined });
      const order: string[] = [];
      const long = single.read('platform', (db) => db.raw('select pg_sleep(0.5)')).then(() => order.push('long'));
      const computing = single.read('platform', async (db) => {
        await db.raw('select 1');
        await new Promise((resolve) => setTimeout(resolve, 500));
      });
      await Promise.all(
        Array.from({ length: 20 }, () => single.read('platform', (db) => prepared(db, 'test_add', 'select $1::int + 1 as n', [1]))),
      );
      order.push('short');
      await Promise.all([long, computing]);
      await single.close();
      expect(order).to.deep.equal(['short', 'long']);
    });

    it('take no statement after the end of a read', async () => {
      let kept: Db | undefined;
      await database.read({ organization: ours }, async (db) => {
        kept = db;
        await db.raw('select 1');
      });
      for (const late of [() => prepared(kept!, 'test_add', 'select $1::int + 1 as n', [1]), async () => kept!('organizations').select()]) {
        expect((await failure(late())).message).to.match(/revoked/);
      }
      const leftover = await failure(database.read({ organization: theirs }, async () => kept!('organizations').select()));
      expect(leftover.message).to.match(/revoked/);
    });

    it('of many readers each have the settings of a statement for that statement alone', async () => {
      const show = "select current_setting('search_path') as path, current_setting('tenet.revisions', true) as revisions";
      const under = (name: string) => (db: Db) => queryUnder(db, { search_path: 'tenet_casbin, tenet', 'tenet.revisions': name }, show);
      const names = Array.from({ length: 12 }, (_, index) => `revision-${index}`);
      const seen = await Promise.all(names.map((name) => database.read('platform', under(name))));
      expect(seen.map(({ rows }) => rows[0])).to.deep.equal(names.map((revisions) => ({ path: 'tenet_casbin, tenet', revisions })));
      const plain = (db: Db) => db.raw(show).then(({ rows }) => rows[0]);
      for (const { path, revisions } of await Promise.all(names.map(() => database.read('platform', plain)))) {
        expect([path, revisions ?? '']).to.deep.equal(['tenet', '']);
      }
      const [within, behind] = await database.write('platform', async (db) => [(await under('mine')(db)).rows[0], await plain(db)]);
      expect(within).to.deep.equal({ path: 'tenet_casbin, tenet', revisions: 'mine' });
      expect(behind).to.deep.equal({ path: 'tenet', revisions: '' });
    });

    it('of a policy is what was stored, however many read at once', async () => {
      const small = openDatabase(filled.url, { size: 2, onError: () => undefined });
      const model = readFileSync('policies/model.conf', 'utf8');
      const rows = [1, 2, 3].map((n) => ({ ...revision([]), scope: 'blueprint/many', revision: n, model }));
      await database.write('platform', (db) => db('policy_revisions').insert(rows));
      const failures = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          failure(small.read('platform', (db) => loadContent(db, 'blueprint/many', 1 + (index % 3)))),
        ),
      );
      await small.close();
      // The digest of these rows is a made-up one; nothing else may be wrong with them.
      for (const { message } of failures) expect(message).to.match(/its digest differs \(digest\)$/);
    });
  });
});
