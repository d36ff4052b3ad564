import { expect } from 'chai';
import pg from 'pg';
import { toUuid } from '../../core/base/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { send } from '../helpers/keys.ts';
import { foundOrganization, type Person, signIn } from '../helpers/people.ts';
import { type Caller, startTenet, type TestTenet } from '../helpers/tenet.ts';
import { type Running, readyUrl, serverOn, spawnSources } from '../helpers/tenet-process.ts';

interface Gap extends Record<string, unknown> {
  readonly since: Date;
  readonly until: Date;
  readonly reason: string;
  readonly lost: number;
}

describe('kill -9 of a server that keeps its decisions', function () {
  this.timeout(180_000);
  let tenet: TestTenet;
  let owner: Person;
  let organizationId: string;
  let client: pg.Client;
  const servers: Running[] = [];

  before(async () => {
    tenet = await startTenet();
    owner = await signIn(tenet, 'owner@example.com');
    organizationId = await foundOrganization(owner);
    client = new pg.Client({ connectionString: tenet.databaseUrl, options: '-c tenet.scope=platform -c search_path=tenet' });
    await client.connect();
  });
  after(async () => {
    for (const { child, ended } of servers) {
      child.kill('SIGKILL');
      await ended;
    }
    await client?.end();
    await tenet?.stop();
  });

  /** A process on the same database that keeps every decision, and the owner who asks it. */
  async function serve(): Promise<{ running: Running; caller: Caller }> {
    const environment = { ...serverOn(tenet.databaseUrl, tenet.dataDir), TENET_DECISION_LOG_SHARE: '1', TENET_LOG_LEVEL: 'warn' };
    const running = spawnSources(['serve'], {
      ...environment,
      TENET_ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    });
    servers.push(running);
    const url = await readyUrl(running);
    const headers = { authorization: `Bearer ${owner.token}` };
    const raw: Caller['raw'] = (path, init = {}) => fetch(url + path, { ...init, headers: { ...headers, ...(init.headers as object) } });
    return { running, caller: { ...owner, raw } };
  }

  /** Asks so many questions, some at one time, and says by which ids they were answered. */
  async function answered(caller: Caller, times: number): Promise<string[]> {
    const question = {
      subject: { type: 'user', id: owner.id },
      resource: { type: 'member', id: '*', properties: { organizationId } },
      action: { name: 'list' },
    };
    const one = async (): Promise<string> => {
      const { body, text } = await send(caller, 'POST', '/access/v1/evaluation', question);
      const id = (body as { context?: { decisionId?: string } }).context?.decisionId;
      if (id === undefined) throw new Error(text);
      return toUuid('decision', id);
    };
    return Promise.all(Array.from({ length: times }, one));
  }

  const kept = async (): Promise<string[]> =>
    (await client.query<{ id: string }>('select id from decision_log_entries where is_question')).rows.map(({ id }) => id);
  /** A UUIDv7 says when it was made. */
  const timeOf = (id: string): number => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

  it('loses what it had not written and nothing else, and the next process says when that was and how much at the most', async () => {
    const { running, caller } = await serve();
    const written = await answered(caller, 40);
    await eventually(async () => expect(await kept()).to.have.members(written));

    // From now on PostgreSQL keeps the process waiting, so that what it answers is not yet written when it dies.
    await client.query('begin; lock table decision_log in exclusive mode');
    const unwritten = await answered(caller, 30);
    running.child.kill('SIGKILL');
    expect((await running.ended).signal).to.equal('SIGKILL');
    await client.query('rollback');
    // Its transaction ends when PostgreSQL notices that the process is gone.
    await eventually(async () => {
      const { rows } = await client.query(
        `select pid from pg_locks where relation = 'decision_log'::regclass and mode = 'RowExclusiveLock' and pid <> pg_backend_pid()`,
      );
      expect(rows).to.deep.equal([]);
    });
    expect(await kept()).to.have.members(written);

    const { rows: writers } = await client.query<{ buffer: number }>('select buffer from decision_log_writers where ended_at is null');
    expect(writers).to.have.length(1);
    const { buffer } = writers[0]!;
    expect(unwritten.length).to.be.at.most(buffer);

    // As if the time had passed after which it is missed.
    await client.query("update decision_log_writers set seen_at = seen_at - interval '1 minute'");
    const next = await serve();
    const gap = await eventually(async () => {
      const { rows } = await client.query<Gap>('select since, until, reason, lost::int from decision_log_gaps');
      expect(rows).to.have.length(1);
      return rows[0]!;
    });
    expect(gap).to.include({ reason: 'KILLED', lost: buffer });
    for (const id of unwritten) expect(timeOf(id)).to.be.within(gap.since.getTime(), gap.until.getTime());

    const more = await answered(next.caller, 5);
    next.running.child.kill('SIGTERM');
    const { stdout } = await next.running.ended;
    expect(stdout)
      .to.include('a process was killed before it had written its part of the decision log')
      .and.to.include(`"atMost":${buffer}`);
    expect(await kept()).to.have.members([...written, ...more]);
    expect((await client.query('select from decision_log_writers where ended_at is null')).rows).to.deep.equal([]);
  });
});
