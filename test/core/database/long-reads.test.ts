import { expect } from 'chai';
import pg from 'pg';
import { ConnectionWatch } from '../../../core/database/connection-watch.ts';
import { type Asker, type Database, type Db, dear, openDatabase, prepared } from '../../../core/database/database.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { startFilled, uuid } from '../../helpers/rows.ts';

describe('reads that hold a connection', () => {
  const [ours, theirs] = [uuid('organization'), uuid('organization')];
  let filled: Awaited<ReturnType<typeof startFilled>>;
  let database: Database;
  let holder: pg.Client;

  before(async () => {
    filled = await startFilled(uuid('user'), [ours, theirs]);
    database = openDatabase(filled.url, { size: 10, onError: () => undefined });
    holder = new pg.Client(filled.url);
    await holder.connect();
  });
  after(async () => {
    await holder.end();
    await database.close();
    await filled.stop();
  });

  // What waits for this lock is a statement that takes long, for as long as the test wants it.
  beforeEach(() => holder.query('select pg_advisory_lock(1)'));
  afterEach(() => holder.query('select pg_advisory_unlock_all()'));
  const letGo = () => holder.query('select pg_advisory_unlock(1)');
  const held = async (): Promise<number> => {
    const { rows } = await holder.query("select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted");
    return rows[0].n;
  };
  const sql = 'select 1 as n from pg_advisory_xact_lock_shared(1)';
  const scope = (organization: string) => ({ organization });
  const listFor = (asker: Asker | undefined, organization = ours) =>
    database.read(scope(organization), async (db) => (await db.raw(sql)).rows as unknown[], asker);
  const askDearly = (db: Db) => dear(db, db.raw(sql));
  const times = <T>(count: number, work: (index: number) => Promise<T>) => Array.from({ length: count }, (_, index) => work(index));
  const short = (asker: Asker, organization: string) =>
    database.read(scope(organization), async (db) => (await db.raw('select 1 as n')).rows as unknown[], asker);

  it('are two of a caller, two of an organization and half of the pool at a time, and looks by a key wait for none of them', async () => {
    const all = [
      ...times(6, () => listFor({ caller: 'alice' })),
      ...times(3, () => listFor({ caller: 'alice' }, theirs)),
      ...times(3, (index) => listFor({ caller: `friend${index}` })),
    ];
    await eventually(async () => expect(await held()).to.equal(2));
    expect(database.stats()).to.include({ waiting: 0 });
    expect(await short({ caller: 'bob' }, theirs)).to.deep.equal([{ n: 1 }]);
    all.push(...times(8, (index) => listFor({ caller: `other${index}` }, uuid('organization'))));
    await eventually(async () => expect(await held()).to.equal(5));
    const look = await database.read(scope(ours), (db) => prepared(db, 'test_look', 'select 2 as n', []), { caller: 'alice' });
    expect(look).to.deep.equal([{ n: 2 }]);
    expect(await database.write(scope(ours), async (db) => (await db.raw('select 3 as n')).rows)).to.deep.equal([{ n: 3 }]);
    expect(database.stats()).to.include({ waiting: 0 });
    await letGo();
    expect(await Promise.all(all)).to.have.length(20);
  });

  it('leave room for lists where they are dear, however many callers ask them; a prepared one may say that it is', async () => {
    const ask = (index: number) => database.read(scope(uuid('organization')), askDearly, { caller: `caller${index}` });
    const all = times(5, ask);
    all.push(database.read('platform', (db) => prepared(db, 'test_dear', sql, [], 'dear'), { caller: 'dave' }));
    await eventually(async () => expect(await held()).to.equal(3));
    expect(await short({ caller: 'bob' }, theirs)).to.deep.equal([{ n: 1 }]);
    await letGo();
    expect(await Promise.all(all)).to.deep.equal(Array.from({ length: 6 }, () => [{ n: 1 }]));
  });

  it('are refused beyond those that may wait, and one whose caller has gone makes room', async () => {
    let leave = (): void => undefined;
    let isGone = false;
    const waiter = {
      isGone: () => isGone,
      whenGone(listener: () => void) {
        leave = listener;
        return () => undefined;
      },
    };
    const leaving: Asker = { caller: 'alice', waiter };
    const all = times(2, () => listFor({ caller: 'alice' }));
    const left = failure(listFor(leaving));
    all.push(...times(63, () => listFor({ caller: 'alice' })));
    const refusal = await failure(listFor({ caller: 'alice' }));
    expect(refusal).to.include({
      code: 'unavailable',
      message: 'Too many of your requests wait for the database already. Try again in a moment.',
    });
    leave();
    expect(await left).to.have.property('code', 'unavailable');
    isGone = true;
    expect(await failure(listFor({ caller: 'carol', waiter }, theirs))).to.have.property('message', 'Nobody waits for it any more.');
    all.push(listFor({ caller: 'alice' }));
    await letGo();
    expect(await Promise.all(all)).to.have.length(66);
  });

  it('give their place back when they fail, and reads whose client has gone take none', async () => {
    const own = times(6, () => listFor(undefined));
    await eventually(async () => expect(await held()).to.equal(6));
    const fail = () => database.read('platform', (db) => db.raw('select 1 / 0'), { caller: 'alice' });
    expect((await Promise.all(times(4, () => failure(fail())))).map(({ message }) => message)).to.deep.equal(
      Array.from({ length: 4 }, () => 'select 1 / 0 - division by zero'),
    );
    expect(await short({ caller: 'alice' }, ours)).to.deep.equal([{ n: 1 }]);
    await letGo();
    await Promise.all(own);
  });

  it('end after their time where they have one, with what the caller can do', async () => {
    const patience = { milliseconds: 10, tooLong: 'Ask for less.' };
    const ask = (db: Db) => dear(db, db.raw(`${sql}, (select ?::int) as one`, [1]), patience);
    const refusal = await failure(database.read(scope(ours), ask, { caller: 'alice' }));
    expect(refusal).to.include({ code: 'invalid-input', message: 'Ask for less.' });
    const after = await database.read(scope(ours), (db) => db.raw("select current_setting('statement_timeout') as t"));
    expect(after.rows).to.deep.equal([{ t: '30s' }]);
  });
});

describe('the watch of connections', () => {
  it('says when none was given for two seconds, and for a moment that some got none', () => {
    let now = 0;
    const watch = new ConnectionWatch(() => now);
    const [first, second] = [watch.ask(), watch.ask()];
    now = 2_000;
    expect(watch.shortage()).to.equal(undefined);
    now = 2_001;
    expect(watch.shortage()).to.equal('stuck');
    watch.gave(first);
    expect(watch.shortage()).to.equal(undefined);
    now = 4_002;
    expect(watch.shortage()).to.equal('stuck');
    watch.refused(second);
    expect(watch.shortage()).to.equal('refusing');
    now = 30_000;
    expect(watch.shortage()).to.equal(undefined);
    watch.refused(watch.ask());
    expect(watch.shortage()).to.equal(undefined);
  });
});
