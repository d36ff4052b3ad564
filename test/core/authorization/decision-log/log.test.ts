import { expect } from 'chai';
import pg from 'pg';
import { createDecisionLog, type DecisionLog, type DecisionLogOptions } from '../../../../core/authorization/decision-log/log.ts';
import { keepDecisionLog, noteKilled } from '../../../../core/authorization/decision-log/writing.ts';
import type { Decision } from '../../../../core/authorization/decisions/decide.ts';
import { decide } from '../../../../core/authorization/decisions/decide.ts';
import { snapshotOf } from '../../../../core/authorization/decisions/explanations.ts';
import { newId, newUuid } from '../../../../core/base/ids.ts';
import { createMetrics } from '../../../../core/base/metrics.ts';
import { eventually } from '../../../helpers/eventually.ts';
import { foundOrganization, signIn } from '../../../helpers/people.ts';
import { startTenet, type TestTenet } from '../../../helpers/tenet.ts';

describe('decision log', () => {
  let tenet: TestTenet;
  let decision: Decision;
  let said: { fields: Record<string, unknown>; message: string }[];
  let metrics: ReturnType<typeof createMetrics>;
  let log: DecisionLog;

  before(async () => {
    tenet = await startTenet();
    const owner = await signIn(tenet, 'owner@example.com');
    const organizationId = await foundOrganization(owner);
    decision = await tenet.database.read('platform', async (db) =>
      decide(tenet.policies, await snapshotOf(db, owner.id, { organizationId }), 'member', 'list'),
    );
  });
  after(() => tenet?.stop());
  beforeEach(async () => {
    said = [];
    metrics = createMetrics(tenet.database.stats);
    await administer('truncate tenet.decision_log, tenet.decision_log_cases, tenet.decision_log_writers, tenet.decision_log_gaps');
  });
  afterEach(() => log?.stop());

  const begin = (options: Partial<DecisionLogOptions> = {}): DecisionLog => {
    const warn = (fields: Record<string, unknown>, message: string) => void said.push({ fields, message });
    const { database, policies } = tenet;
    log = createDecisionLog({ database, policies, share: 1, days: 14, log: { warn } as never, metrics, ...options });
    return log;
  };
  const note = (times: number) => {
    for (let index = 0; index < times; index++) log.note(decision, newId('request'), 'fully_consistent');
  };
  /** As an administrator of the database. */
  async function administer(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: tenet.databaseUrl, options: '-c tenet.scope=platform' });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
  const writers = () => administer('select written::int, lost::int, buffer, ended_at from tenet.decision_log_writers');
  const gaps = () => administer('select reason, lost::int from tenet.decision_log_gaps order by since');
  const entries = async () => (await administer('select count(*)::int as count from tenet.decision_log_entries'))[0]!['count'];
  const counted = async (outcome: string) =>
    (await metrics.loggedDecisions.get()).values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;

  it('writes by itself, in the order of the decisions, more of them than one batch has', async () => {
    begin();
    note(4_200);
    await eventually(async () => expect(await entries()).to.equal(4_200));
    expect(
      await administer('select count(distinct id)::int as ids, count(distinct case_id)::int as cases from tenet.decision_log_entries'),
    ).to.deep.equal([{ ids: 4_200, cases: 1 }]);
    expect(await writers()).to.deep.equal([{ written: 4_200, lost: 0, buffer: 20_000, ended_at: null }]);
    expect(await counted('written')).to.equal(4_200);
  });

  it('keeps a share', async () => {
    begin({ share: 0.5 });
    note(2_000);
    await log.flush();
    expect(await entries()).to.be.within(700, 1_300);
  });

  it('writes the rest when it stops, and ends its row', async () => {
    begin();
    note(3);
    await log.stop();
    expect(await entries()).to.equal(3);
    expect((await writers())[0]!['ended_at']).to.be.instanceOf(Date);
  });

  it('loses what does not fit, says how much, and makes no decision wait', async () => {
    begin({ buffer: 10 });
    note(25);
    await log.flush();
    expect(await entries()).to.equal(10);
    expect(await counted('lost')).to.equal(15);
    expect(await gaps()).to.deep.equal([{ reason: 'FULL', lost: 15 }]);
    expect((await writers())[0]).to.include({ written: 10, lost: 15 });
    expect(said).to.deep.equal([{ fields: { reason: 'FULL', lost: 15 }, message: 'decisions are missing in the decision log' }]);
  });

  it('counts what nothing can be made of', async () => {
    const policies = { get: () => Promise.reject(new Error('no policy')) };
    begin({ policies });
    note(2);
    await log.flush();
    expect(await gaps()).to.deep.equal([{ reason: 'FAILED', lost: 2 }]);
    expect(await entries()).to.equal(0);
  });

  it('waits for the database, and writes when it is there again', async () => {
    begin();
    await log.flush();
    await administer('alter table tenet.decision_log rename to away');
    try {
      note(5);
      await log.flush();
      expect(said.map(({ message }) => message)).to.deep.equal(['the decision log could not be written']);
    } finally {
      await administer('alter table tenet.away rename to decision_log');
    }
    await eventually(async () => expect(await entries()).to.equal(5));
    expect(await counted('lost')).to.equal(0);
  });

  it('makes the partition of a day that it lacks', async () => {
    begin();
    await log.flush();
    for (const parent of ['decision_log', 'decision_log_cases'])
      await administer(`drop table tenet.${parent}_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`);
    note(1);
    await eventually(async () => expect(await entries()).to.equal(1));
  });

  it('drops the days whose time is over, makes those that come, and leaves the others', async () => {
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    const attach = async (offset: number) => {
      const [from, to] = [day(offset), day(offset + 1)];
      for (const parent of ['decision_log', 'decision_log_cases'])
        await administer(`create table tenet.${parent}_${from} partition of tenet.${parent} for values from ('${from}') to ('${to}')`);
    };
    await attach(-15);
    await attach(-14);
    await keepDecisionLog(tenet.database, 14);
    const sql = "select relname from pg_class where relname ~ '^decision_log_[0-9]+$' order by 1";
    const names = (await administer(sql)).map(({ relname }) => relname);
    expect(names).to.deep.equal([-14, -1, 0, 1, 2].map((offset) => `decision_log_${day(offset)}`));
  });

  it('a request cannot drop days by saying that none are kept', async () => {
    const none = tenet.database.write('platform', (db) => db.raw('select keep_decision_log(0)'));
    expect(await none.catch((error: Error) => error.message)).to.match(/out of scope/);
    const organization = { organization: newUuid() };
    const within = tenet.database.write(organization, (db) => db.raw('select keep_decision_log(1)'));
    expect(await within.catch((error: Error) => error.message)).to.match(/out of scope/);
  });

  it('finds a writer that says nothing any more, once, with what it has lost at the most', async () => {
    begin({ buffer: 77 });
    await log.flush();
    await administer("update tenet.decision_log_writers set seen_at = now() - interval '1 minute'");
    expect((await noteKilled(tenet.database)).map(({ atMost }) => atMost)).to.deep.equal([77]);
    expect(await noteKilled(tenet.database)).to.deep.equal([]);
    expect(await gaps()).to.deep.equal([{ reason: 'KILLED', lost: 77 }]);
  });
});
