import { expect } from 'chai';
import pg from 'pg';
import { record } from '../../../core/audit/record.ts';
import { listChains, verifyChain } from '../../../core/audit/verify.ts';
import { canonical } from '../../../core/base/canonical.ts';
import { newId, platformChain, toUuid } from '../../../core/base/ids.ts';
import { type Database, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { failure } from '../../helpers/failure.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

describe('audit', () => {
  let copy: { url: string; drop(): Promise<void> };
  let database: Database;
  const organizationId = newId('organization');
  const chain = toUuid('organization', organizationId);
  const actor = { name: 'user_1', requestId: 'req_1' };

  beforeEach(async () => {
    await templateDatabase('schema', async (url) => void (await migrate(url)));
    copy = await createDatabase('schema');
    database = openDatabase(copy.url, { size: 8, onError: () => undefined });
  });

  afterEach(async () => {
    await database.close();
    await copy.drop();
  });

  const append = (action: string) =>
    database.write({ organization: chain }, (db) =>
      record(db, actor, { organizationId, action, target: organizationId, after: { action } }),
    );
  const verify = () => database.read({ organization: chain }, (db) => verifyChain(db, chain));

  /** As somebody who has the whole database and leaves no trigger in his way. */
  async function tamper(sql: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client({ connectionString: copy.url, options: '-c search_path=tenet -c session_replication_role=replica' });
    await client.connect();
    try {
      const { rowCount } = await client.query(sql, values);
      expect(rowCount, 'rows that were tampered with').to.equal(1);
    } finally {
      await client.end();
    }
  }

  describe('canonical', () => {
    it('is the same text for the same value, whatever the order of its members', () => {
      const value = { b: [1, { d: null, c: 'ü' }], a: true, gone: undefined };
      expect(canonical(value)).to.equal('{"a":true,"b":[1,{"c":"ü","d":null}]}');
      expect(canonical({ a: true, b: [1, { c: 'ü', d: null }] })).to.equal(canonical(value));
    });

    it('writes dates as JSON does', () => {
      expect(canonical({ at: new Date(0) })).to.equal('{"at":"1970-01-01T00:00:00.000Z"}');
    });
  });

  it('numbers the events of an organization without gaps, also when many are appended at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => append(`thing.change-${index}`)));
    const rows = await database.read({ organization: chain }, (db) => db('audit_events').where({ org_id: chain }).orderBy('seq'));
    expect(rows.map(({ seq }) => Number(seq))).to.deep.equal(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(await verify()).to.deep.equal({ chain, events: 40 });
  });

  it('forgets the event of a transaction that is rolled back, and its number', async () => {
    await append('thing.create');
    await failure(
      database.write({ organization: chain }, async (db) => {
        await record(db, actor, { organizationId, action: 'thing.delete', target: organizationId });
        throw new Error('changed my mind');
      }),
    );
    await append('thing.update');
    expect(await verify()).to.deep.equal({ chain, events: 2 });
  });

  it('keeps what belongs to no organization in a chain of its own', async () => {
    await append('thing.create');
    await database.write('platform', (db) => record(db, actor, { action: 'policy.activate', target: 'platform' }));
    const chains = await database.read('platform', listChains);
    expect(chains).to.have.members([platformChain, chain]);
    for (const each of chains)
      expect(await database.read('platform', (db) => verifyChain(db, each))).to.deep.equal({ chain: each, events: 1 });
  });

  it('does not append to the chain of another organization than that of the scope', async () => {
    const other = { organization: toUuid('organization', newId('organization')) };
    const error = await failure(
      database.write(other, (db) => record(db, actor, { organizationId, action: 'thing.create', target: organizationId })),
    );
    expect(error.message).to.match(/out of scope/);
  });

  it('holds for a chain that has no events', async () => {
    expect(await verify()).to.deep.equal({ chain, events: 0 });
  });

  it('holds page by page, while events go on being appended', async () => {
    await database.write({ organization: chain }, (db) =>
      db.raw(
        `select append_audit_event(?, '2026-01-01T00:00:00Z', 'a', 'b', 'c', 'SUCCEEDED',
          '{"action":"b","actor":"a","at":"2026-01-01T00:00:00.000Z","outcome":"SUCCEEDED","target":"c"}') from generate_series(1, 2500)`,
        [chain],
      ),
    );
    const [report] = await Promise.all([verify(), append('thing.create'), append('thing.create')]);
    expect(report).to.deep.include({ chain });
    expect(report.broken).to.equal(undefined);
    expect((await verify()).events).to.equal(2502);
  });

  describe('the chain tells when somebody with full access', () => {
    beforeEach(async () => {
      for (let count = 1; count <= 5; count++) await append(`thing.change-${count}`);
    });

    const update = (set: string, seq = 3) => tamper(`update audit_events set ${set} where org_id = '${chain}' and seq = ${seq}`);
    const cases: Record<string, { act: () => Promise<void>; sequence: number; reason: RegExp }> = {
      'alters what an event says': {
        act: () => update("event = replace(event, 'change-3', 'change-9')"),
        sequence: 3,
        reason: /not what was recorded/,
      },
      'alters a column that lists are searched by': { act: () => update("actor = 'user_2'"), sequence: 3, reason: /column actor/ },
      'alters the time of an event': { act: () => update("at = at - interval '1 day'"), sequence: 3, reason: /column at/ },
      'alters an event and computes its hash anew': {
        act: () =>
          update(
            "event = replace(event, 'change-3', 'change-9'), action = 'thing.change-9', hash = sha256(prev_hash || convert_to('3' || E'\\n' || replace(event, 'change-3', 'change-9'), 'UTF8'))",
          ),
        sequence: 4,
        reason: /does not follow/,
      },
      'deletes the first event': {
        act: () => tamper(`delete from audit_events where org_id = '${chain}' and seq = 1`),
        sequence: 1,
        reason: /missing/,
      },
      'deletes an event in the middle': {
        act: () => tamper(`delete from audit_events where org_id = '${chain}' and seq = 3`),
        sequence: 3,
        reason: /missing/,
      },
      'deletes the newest event': {
        act: () => tamper(`delete from audit_events where org_id = '${chain}' and seq = 5`),
        sequence: 5,
        reason: /missing: the head of the chain remembers 5 events/,
      },
      'appends an event that nobody recorded': {
        act: () =>
          tamper(
            `insert into audit_events select org_id, 6, at, actor, action, target, outcome, event, hash,
              sha256(hash || convert_to('6' || E'\\n' || event, 'UTF8')) from audit_events where org_id = '${chain}' and seq = 5`,
          ),
        sequence: 7,
        reason: /remembers only 5/,
      },
      'puts an event between two': {
        act: async () => {
          await update('seq = 6', 5);
          await tamper(
            `insert into audit_events select org_id, 5, at, actor, action, target, outcome, event, prev_hash, hash from audit_events where org_id = '${chain}' and seq = 4`,
          );
        },
        sequence: 5,
        reason: /does not follow/,
      },
      'removes the head': {
        act: () => tamper(`delete from audit_heads where org_id = '${chain}'`),
        sequence: 6,
        reason: /head of the chain is missing/,
      },
    };
    for (const [title, { act, sequence, reason }] of Object.entries(cases)) {
      it(title, async () => {
        await act();
        const { broken } = await verify();
        expect(broken?.sequence).to.equal(sequence);
        expect(broken?.reason).to.match(reason);
      });
    }

    it('deletes all of it', async () => {
      const client = new pg.Client({ connectionString: copy.url, options: '-c search_path=tenet' });
      await client.connect();
      await client.query('truncate audit_events');
      await client.end();
      expect((await verify()).broken).to.deep.equal({
        sequence: 1,
        reason: 'the event is missing: the head of the chain remembers 5 events',
      });
    });
  });
});
