import { expect } from 'chai';
import pg from 'pg';
import { type Listener, startListener } from '../../../core/database/listener.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createDatabase } from '../../helpers/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';

describe('listener', () => {
  let copy: { url: string; drop(): Promise<void> };
  let proxy: TcpProxy;
  let listener: Listener;
  let heard: string[];
  let gaps: number;
  let errors: Error[];

  beforeEach(async () => {
    copy = await createDatabase();
    proxy = await startTcpProxy(copy.url);
    heard = [];
    gaps = 0;
    errors = [];
    listener = startListener({
      url: proxy.url,
      channels: ['one', 'Two words'],
      onNotification: (channel, payload) => heard.push(`${channel}: ${payload}`),
      onGap: () => {
        gaps += 1;
      },
      onError: (error) => errors.push(error),
    });
  });

  afterEach(async () => {
    await listener.stop();
    await proxy.close();
    await copy.drop();
  });

  const healthy = (expected = true) => eventually(() => expect(listener.healthy()).to.equal(expected));
  const query = async (sql: string, values: unknown[] = []): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: copy.url });
    await client.connect();
    try {
      return await client.query(sql, values);
    } finally {
      await client.end();
    }
  };
  const notify = (channel: string, payload: string) => query('select pg_notify($1, $2)', [channel, payload]);
  const backends = async () =>
    (await query("select pid from pg_stat_activity where application_name = 'tenet-listener' and datname = current_database()")).rows;

  it('is not healthy before it listens, and says that there was a gap when it begins', async () => {
    expect(listener.healthy()).to.equal(false);
    await healthy();
    expect(gaps).to.equal(1);
    expect(errors).to.deep.equal([]);
  });

  it('hears its channels, in order, and no other', async () => {
    await healthy();
    for (const payload of ['1', '2', '3']) await notify('one', payload);
    await notify('another', 'x');
    await notify('Two words', 'ü');
    await eventually(() => expect(heard).to.deep.equal(['one: 1', 'one: 2', 'one: 3', 'Two words: ü']));
  });

  it('is unhealthy at once when its connection is ended, forgets, and comes back by itself', async () => {
    await healthy();
    const [{ pid }] = (await backends()) as [{ pid: number }];
    await query('select pg_terminate_backend($1)', [pid]);
    await healthy(false);
    expect(gaps).to.equal(2);
    await healthy();
    expect(gaps).to.equal(3);
    await notify('one', 'after');
    await eventually(() => expect(heard).to.deep.equal(['one: after']));
    expect(await backends()).to.have.length(1);
  });

  it('notices a connection through which nothing comes any more', async () => {
    await healthy();
    proxy.stall(true);
    await healthy(false);
    expect(errors.map(({ message }) => message)).to.include('no answer to the heartbeat');
    proxy.stall(false);
    await healthy();
  });

  it('goes on trying while there is no server, and never calls itself healthy meanwhile', async () => {
    await healthy();
    proxy.cut({ refuse: true });
    await healthy(false);
    await eventually(() => expect(errors.length).to.be.greaterThan(3));
    expect(listener.healthy()).to.equal(false);
    proxy.cut({ refuse: false });
    await healthy();
  });

  it('stays healthy when nothing happens', async () => {
    await healthy();
    const before = gaps;
    // Longer than a heartbeat and its answer.
    const end = performance.now() + 2_500;
    await eventually(() => {
      expect(listener.healthy()).to.equal(true);
      expect(performance.now()).to.be.greaterThan(end);
    });
    expect(gaps).to.equal(before);
  });

  for (const [title, stalled] of Object.entries({ 'that works': false, 'that is half open': true })) {
    it(`stops on a connection ${title}, and is not healthy any more`, async () => {
      await healthy();
      proxy.stall(stalled);
      await listener.stop();
      expect(listener.healthy()).to.equal(false);
      proxy.cut();
      await eventually(async () => expect(await backends()).to.deep.equal([]));
    });
  }

  it('stops while it is connecting, and leaves no connection', async () => {
    await listener.stop();
    await eventually(async () => expect(await backends()).to.deep.equal([]));
    expect(listener.healthy()).to.equal(false);
  });
});
