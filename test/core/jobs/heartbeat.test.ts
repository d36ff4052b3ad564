import { expect } from 'chai';
import pg from 'pg';
import { migrate } from '../../../core/database/migrate.ts';
import { type Heartbeat, startHeartbeat } from '../../../core/jobs/heartbeat.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

const quick = { every: 50, life: 1_000, steady: 100 };

describe('heartbeat of runners of jobs', () => {
  let pool: pg.Pool;
  let drop: () => Promise<void>;
  const hearts: Heartbeat[] = [];

  beforeEach(async () => {
    await templateDatabase('migrated', async (template) => void (await migrate(template)));
    const copy = await createDatabase('migrated');
    drop = copy.drop;
    pool = new pg.Pool({ connectionString: copy.url, max: 4 });
  });
  afterEach(async () => {
    await Promise.all(hearts.splice(0).map((heart) => heart.stop()));
    await pool.end();
    await drop();
  });

  const rows = async (sql: string): Promise<unknown[]> => (await pool.query({ text: sql, rowMode: 'array' })).rows.flat();
  const onError = (error: Error): void => expect.fail(error.message);

  async function start(options: Partial<Parameters<typeof startHeartbeat>[0]> = {}): Promise<Heartbeat> {
    const heart = await startHeartbeat({ pool, beats: quick, onError, ...options });
    hearts.push(heart);
    return heart;
  }

  /** A job that this runner has locked, in a queue of its own. */
  async function lock(name: string): Promise<void> {
    await pool.query("select graphile_worker.add_job('make-export', queue_name => $1)", [name]);
    await pool.query(
      "update graphile_worker._private_job_queues set locked_by = $1, locked_at = now() - interval '5 minutes' where queue_name = $1",
      [name],
    );
    await pool.query(
      `update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - interval '5 minutes'
       where job_queue_id = (select id from graphile_worker._private_job_queues where queue_name = $1)`,
      [name],
    );
  }

  const holders = () => rows('select locked_by from graphile_worker.jobs where locked_by is not null order by 1');
  const queueHolders = () => rows('select locked_by from graphile_worker._private_job_queues where locked_by is not null order by 1');
  const runners = () => rows('select name from tenet.job_runners order by 1');
  /** A process that has beaten this long ago, and holds a job. */
  async function other(name: string, ago: string): Promise<void> {
    await lock(name);
    await pool.query('insert into tenet.job_runners (name, seen_at) values ($1, now() - $2::interval)', [name, ago]);
  }

  it('frees the job and the queue of a runner that beats no more, and those of no other', async () => {
    await other('dead', '1 minute');
    await other('living', '-1 hour');
    await lock('of an earlier release');
    const heart = await start();
    await lock('own');
    heart.add('own');
    await eventually(async () => expect(await runners()).to.deep.equal(['living', 'own']));
    const held = ['living', 'of an earlier release', 'own'];
    expect(await holders()).to.deep.equal(held);
    expect(await queueHolders()).to.deep.equal(held);
    await heart.stop();
    expect(await holders()).to.deep.equal(held.slice(0, 2));
    expect(await runners()).to.deep.equal(['living']);
  });

  it('judges no other before it has beaten for a while, at the start and after a time without the database', async () => {
    let isAway = false;
    let judges: boolean[] = [];
    let missed = 0;
    const query = (async (sql: string, values: [string[], boolean]) => {
      if (isAway) throw new Error('the database is away');
      if (values.length > 1) judges.push(values[1]);
      return pool.query(sql, values);
    }) as unknown as pg.Pool['query'];
    await start({ pool: { query }, beats: { every: 20, life: 1_000, steady: 100 }, onError: () => void missed++ });
    await eventually(() => expect(judges).to.include(true));
    expect(judges[0]).to.equal(false);
    isAway = true;
    await eventually(() => expect(missed).to.be.greaterThan(5));
    await other('back soon', '1 minute');
    judges = [];
    isAway = false;
    await eventually(async () => expect(await holders()).to.deep.equal([]));
    expect(judges[0]).to.equal(false);
    expect(judges).to.include(true);
  });

  it('where no other process is, frees at the start what is locked', async () => {
    await other('dead', '1 second');
    await lock('of an earlier release');
    await start({ isAlone: true });
    expect([await holders(), await queueHolders(), await runners()]).to.deep.equal([[], [], []]);
  });
});
