import { expect } from 'chai';
import { toUuid } from '../../core/base/ids.ts';
import { eventually } from '../helpers/eventually.ts';
import { type KillableServer, startKillableServer } from '../helpers/killable-server.ts';

/** What a job waits for, in the midst of writing a chunk. */
const gate = 4711;
const events = 1_600;

describe('kill -9 of the server while it writes an export', function () {
  this.timeout(300_000);
  let server: KillableServer;
  let organizationId: string;
  let exportId: string;

  before(async () => {
    server = await startKillableServer();
  });
  after(() => server?.remove());

  const call = (path: string) => server.call('GET', `/v1/organizations/${organizationId}/exports/${exportId}${path}`);
  const made = async (path: string, body: object): Promise<string> => (await server.send(`/v1/organizations${path}`, body)).id;
  const state = async () => (await (await call('')).json()) as { state: string; rows: number; bytes: number };
  const query = async <T>(sql: string, values: readonly unknown[] = []): Promise<T[]> => (await server.client.query(sql, [...values])).rows;
  const chunks = async (): Promise<number[]> =>
    (await query<{ number: number }>('select number from tenet.export_chunks order by number')).map(({ number }) => number);

  /** From now on a job that writes the chunk with this number has written it and does not commit. */
  async function stopAt(number: number): Promise<void> {
    await query('select pg_advisory_lock($1)', [gate]);
    await query(
      `create or replace trigger stop after insert on tenet.export_chunks for each row when (new.number = ${number}) execute function stop()`,
    );
  }

  /** Kills the server while it writes this chunk. */
  async function killAt(number: number): Promise<void> {
    await eventually(
      async () =>
        expect(await query("select from pg_locks where locktype = 'advisory' and objid = $1 and not granted", [gate])).to.have.length(1),
      60_000,
    );
    await server.kill('SIGKILL');
    await query('select pg_advisory_unlock($1)', [gate]);
    // Its transactions end when the database notices that the server is gone.
    await eventually(async () =>
      expect(
        await query(
          "select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'",
        ),
      ).to.deep.equal([]),
    );
    expect(await chunks()).to.deep.equal(Array.from({ length: number }, (_, index) => index));
  }

  /** As if the twenty seconds had passed after which a process that does not say that it is there is gone; the rest of the wait is real. */
  async function passTime(): Promise<void> {
    await query("update tenet.job_runners set seen_at = seen_at - interval '20 seconds'");
  }

  it('at a middle and at its last chunk: it is complete after each start, once, and no part of it is seen before', async () => {
    organizationId = await made('', { name: 'Acme', blueprint: 'teams' });
    await query('set search_path = tenet, public');
    await query("set tenet.scope = 'platform'");
    await query(
      `select append_audit_events($1, now(), 'user_1', 'thing.change', (select array_agg('thing-' || n order by n) from generate_series(1, ${events}) n),
         'SUCCEEDED', (select array_agg('{"n":' || n || '}' order by n) from generate_series(1, ${events}) n))`,
      [toUuid('organization', organizationId)],
    );
    await query(
      `create function stop() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(${gate}); return new; end $$`,
    );
    const killed = [3, 6];
    for (const number of killed) {
      await stopAt(number);
      if (number === killed[0]) exportId = await made(`/${organizationId}/exports`, { kind: 'AUDIT_EVENTS', format: 'NDJSON' });
      else await passTime();
      await killAt(number);
      await server.start();
      expect((await state()).state).to.equal('RUNNING');
      expect((await call('/content')).status).to.equal(409);
    }
    await passTime();
    const ready = await eventually(async () => {
      const found = await state();
      expect(found.state).to.equal('READY');
      return found;
    }, 60_000);
    const text = await (await call('/content')).text();
    const lines = text.trimEnd().split('\n');
    const sequences = lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence);
    expect(sequences).to.deep.equal(sequences.map((_, index) => index + 1));
    expect(lines.filter((line) => line.includes('thing.change'))).to.have.length(events);
    expect(ready).to.include({ rows: lines.length, bytes: Buffer.byteLength(text) });
    await eventually(async () =>
      expect(await query("select from graphile_worker.jobs where task_identifier = 'make-export'")).to.deep.equal([]),
    );
    expect(await query("select from tenet.audit_events where action = 'export.create'")).to.have.length(1);
    expect(await query('select from tenet.exports')).to.have.length(1);
  });
});
