import { expect } from 'chai';
import pg from 'pg';
import { pino } from 'pino';
import { createTasks } from '../../../api/jobs.ts';
import { cleanUp } from '../../../core/access/clean-up.ts';
import { createLivePolicies } from '../../../core/authorization/store/live-policies.ts';
import { newId, toId, toUuid } from '../../../core/base/ids.ts';
import { createKeyring, invitationToken, tokenHash } from '../../../core/base/keyring.ts';
import { createMetrics, type Metrics } from '../../../core/base/metrics.ts';
import { type Database, type Db, openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { createGuardedFetch } from '../../../core/delivery/guarded-fetch.ts';
import type { Mailer } from '../../../core/delivery/mail.ts';
import type { Mail } from '../../../core/delivery/templates/message.ts';
import { enqueueAll, enqueueInTurn, exportJob } from '../../../core/jobs/jobs.ts';
import { startOutbox, type Tasks } from '../../../core/jobs/runner.ts';
import { enqueueLogoCheck } from '../../../core/organizations/logo.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { createDatabase, templateDatabase } from '../../helpers/postgres.ts';

const keyring = createKeyring([{ kid: 'k1', key: Buffer.alloc(32, 1) }]);

describe('outbox', () => {
  let url: string;
  let drop: () => Promise<void>;
  let database: Database;
  let metrics: Metrics;
  let sent: Mail[];
  let refusals: number;
  let outbox: { stop(): Promise<void> } | undefined;
  const org = toUuid('organization', newId('organization'));

  before(async () => {
    await templateDatabase('migrated', async (template) => void (await migrate(template)));
  });

  beforeEach(async () => {
    ({ url, drop } = await createDatabase('migrated'));
    database = openDatabase(url, { size: 4, onError: () => undefined });
    metrics = createMetrics(database.stats);
    sent = [];
    refusals = 0;
    await database.write({ organization: org }, (db) =>
      db('organizations').insert({ id: org, slug: 'acme', name: 'Acme', blueprint: 'integrations', top_role: 'org.admin' }),
    );
  });

  afterEach(async () => {
    await outbox?.stop();
    outbox = undefined;
    await database.close();
    await drop();
  });

  async function send(mail: Mail): Promise<void> {
    if (refusals-- > 0) throw new Error('451 try again');
    sent.push(mail);
  }

  // No job of these tests asks it.
  const policies = () => createLivePolicies(database, { checker: { check: async () => undefined }, onRefused: () => undefined });

  const start = async (mailer: Mailer = { send, close() {} }, own: Partial<Tasks> = {}) => {
    outbox = await startOutbox({
      url,
      tasks: {
        ...createTasks({
          database,
          policies: policies(),
          keyring,
          publicUrl: () => 'http://127.0.0.1',
          mailer,
          graceDays: 30,
          logDays: 14,
          mails: { perAddress: 20, perOrganization: 1_000 },
          fetch: createGuardedFetch(),
          planner: { make: async () => undefined },
          webhooks: { mayBePlain: false, retries: [] },
        }),
        ...own,
      },
      log: pino({ level: 'silent' }),
      metrics,
    });
  };

  /** Inserts an invitation as createInvitations does; `change` makes it differ. */
  async function invite(email: string, change: Record<string, unknown> = {}, kid = 'k1'): Promise<string> {
    const id = newId('invitation');
    await database.write({ organization: org }, async (db) => {
      await db('invitations').insert({
        org_id: org,
        id: toUuid('invitation', id),
        email,
        token_hash: tokenHash(invitationToken(keyring, { id, version: 1 })!),
        expires_at: new Date(Date.now() + 60_000),
        invited_by: 'Organization/acme@1',
        ...change,
      });
      await db('invitation_roles').insert({ org_id: org, invitation_id: toUuid('invitation', id), role: 'org.member' });
      await enqueueMail(db, id, kid);
    });
    return id;
  }
  const enqueueMail = (db: Db, invitationId: string, kid = 'k1') =>
    enqueueInTurn(db, 'send-invitation', [
      {
        payload: { organizationId: toId('organization', org), invitationId, tokenVersion: 1, kid },
        jobKey: `send-invitation/${invitationId}`,
      },
    ]);

  const row = (id: string) =>
    database.read({ organization: org }, (db) =>
      db('invitations')
        .where({ org_id: org, id: toUuid('invitation', id) })
        .first(),
    );

  const ended = async (outcome: 'succeeded' | 'failed') => {
    const { values } = await metrics.jobs.get();
    return values.filter(({ labels }) => labels.outcome === outcome).reduce((sum, { value }) => sum + value, 0);
  };

  async function administer(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
  const waiting = () => administer('select payload, attempts, last_error from graphile_worker._private_jobs order by id');

  it('sends the mail of an invitation after the commit, once, and counts it', async () => {
    await start();
    const id = await invite('grace@example.com');
    await eventually(async () => expect((await row(id)).sent_count).to.equal(1));
    expect(sent).to.have.length(1);
    expect(sent[0]!.to).to.equal('grace@example.com');
    expect(sent[0]!.text).to.contain(invitationToken(keyring, { id, version: 1 }));
    expect((await row(id)).last_sent_at).to.be.instanceOf(Date);
    expect((await row(id)).version).to.equal('1');
    await eventually(async () => expect(await waiting()).to.deep.equal([]));
  });

  it('never runs a job whose transaction rolled back', async () => {
    await start();
    const lost = await failure(
      database.write({ organization: org }, async (db) => {
        await enqueueMail(db, newId('invitation'));
        throw new Error('the request failed');
      }),
    );
    expect(lost.message).to.equal('the request failed');
    expect(await waiting()).to.deep.equal([]);
    await invite('later@example.com');
    await eventually(() => expect(sent.map(({ to }) => to)).to.deep.equal(['later@example.com']));
  });

  it('never runs a job whose connection was lost before the commit', async () => {
    await failure(
      database.write({ organization: org }, async (db) => {
        await enqueueMail(db, newId('invitation'));
        const [{ pid }] = (await db.raw('select pg_backend_pid() as pid')).rows;
        await administer('select pg_terminate_backend($1)', [pid]);
        await db.raw('select 1');
      }),
    );
    expect(await waiting()).to.deep.equal([]);
  });

  it('keeps a job for the next start', async () => {
    await invite('grace@example.com');
    expect(await waiting()).to.have.length(1);
    await start();
    await eventually(() => expect(sent).to.have.length(1));
  });

  it('holds neither a token nor an address', async () => {
    const id = await invite('grace@example.com');
    const text = JSON.stringify(await waiting());
    expect(text).to.contain(id).and.not.contain('tnti_').and.not.contain('grace');
    const rows = await administer('select * from tenet.invitations');
    expect(JSON.stringify(rows)).not.to.contain('tnti_');
  });

  it('replaces a job with the same key that still waits', async () => {
    const id = await invite('grace@example.com');
    await database.write({ organization: org }, (db) => enqueueMail(db, id));
    expect(await waiting()).to.have.length(1);
  });

  it('tries again when the mail server does not take it', async () => {
    refusals = 1;
    await start();
    const id = await invite('grace@example.com');
    await eventually(async () => expect(await ended('failed')).to.equal(1));
    expect((await row(id)).sent_count).to.equal(0);
    // The worker counts a failure before it writes it down.
    await eventually(async () => expect((await waiting())[0]).to.deep.include({ attempts: 1, last_error: '451 try again' }));
    await eventually(async () => expect((await row(id)).sent_count).to.equal(1), 15_000);
    expect(sent).to.have.length(1);
  });

  for (const [what, change] of Object.entries({
    'was revoked': { state: 'REVOKED' },
    'was accepted': { state: 'ACCEPTED' },
    'has expired': { expires_at: new Date(0) },
    'got a new token': { token_version: 2 },
  })) {
    it(`sends nothing for an invitation that ${what} meanwhile`, async () => {
      await start();
      await invite('grace@example.com', change);
      await eventually(async () => expect(await ended('succeeded')).to.equal(1));
      expect(sent).to.deep.equal([]);
    });
  }

  it('sends nothing for an organization that was deleted meanwhile', async () => {
    await invite('grace@example.com');
    await database.write({ organization: org }, (db) => db('organizations').where({ id: org }).update({ state: 'DELETED' }));
    await start();
    await eventually(async () => expect(await ended('succeeded')).to.equal(1));
    expect(sent).to.deep.equal([]);
  });

  it('says which key is missing when the token cannot be made any more', async () => {
    await start();
    await invite('grace@example.com', {}, 'k0');
    await eventually(async () => expect(await ended('failed')).to.equal(1));
    await eventually(async () => expect((await waiting())[0]!['last_error']).to.contain('The encryption key k0'));
    expect(sent).to.deep.equal([]);
  });

  /** A mailer that waits in the middle of a mail until it is released. */
  function gatedMailer() {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const state = { running: false, release };
    const mailer: Mailer = {
      async send(mail) {
        state.running = true;
        await gate;
        sent.push(mail);
      },
      close() {},
    };
    return { mailer, state };
  }

  it('sends mails and settles while exports are made and logos wait for their servers, of which an organization has one under way and the others theirs', async () => {
    const made: string[] = [];
    const settled: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const hold = (what: string) => {
      made.push(what);
      return gate;
    };
    await start(undefined, {
      'make-export': ({ organizationId }) => hold(organizationId),
      'check-logo': ({ organizationId }) => hold(`logo of ${organizationId}`),
      'settle-subscriptions': async () => void settled.push('settled'),
    });
    const exports = (organizationId: string, count: number) =>
      Array.from({ length: count }, (_, index) => exportJob({ organizationId, exportId: `exp_${index}` }));
    const logos = [toId('organization', org), 'org_d', 'org_e', 'org_f'].map((id) => `logo of ${id}`);
    await database.write({ organization: org }, async (db) => {
      await enqueueLogoCheck(db, { id: org, logo: { state: 'PENDING' } });
      await enqueueAll(
        db,
        'check-logo',
        ['org_d', 'org_e', 'org_f'].map((organizationId) => ({ payload: { organizationId } })),
      );
    });
    try {
      await eventually(() => expect(made).to.have.length(3));
      const fetched = [...made];
      expect(logos).to.include.members(fetched);
      // No place of an export is taken by them.
      await database.write({ organization: org }, (db) =>
        enqueueAll(db, 'make-export', [...exports('org_a', 4), ...exports('org_b', 1), ...exports('org_c', 1)]),
      );
      await eventually(() => expect(made).to.have.members(['org_a', 'org_b', 'org_c', ...fetched]));
      await invite('grace@example.com');
      await database.write({ organization: org }, (db) => enqueueAll(db, 'settle-subscriptions', [{ payload: {} }]));
      await eventually(() => expect([sent.length, settled.length >= 1]).to.deep.equal([1, true]));
      expect(made).to.have.length(6);
    } finally {
      release();
    }
    await eventually(() => expect(made).to.have.length(10));
    expect(made.filter((what) => what === 'org_a')).to.have.length(4);
  });

  it('organizations take turns: a flood of one delays no mail of another, nor what is settled each minute', async () => {
    const other = toUuid('organization', newId('organization'));
    await database.write({ organization: other }, (db) =>
      db('organizations').insert({ id: other, slug: 'other', name: 'Other', blueprint: 'integrations', top_role: 'org.admin' }),
    );
    const order: string[] = [];
    const enqueue = (id: string, names: readonly string[]) =>
      database.write({ organization: id }, (db) =>
        enqueueInTurn(
          db,
          'send-ownership-transfer',
          names.map((transferId) => ({ payload: { organizationId: toId('organization', id), transferId } })),
        ),
      );
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    await enqueue(org, names('a', 40));
    await enqueue(org, ['a40']);
    await enqueue(other, names('b', 3));
    await start(undefined, { 'send-ownership-transfer': async ({ transferId }) => void order.push(transferId) });
    await eventually(() => expect(order).to.have.length(44));
    for (const [index, name] of names('b', 3).entries()) expect(order.indexOf(name), order.join(' ')).to.be.at.most(2 * index + 3);
    expect(order.indexOf('a40')).to.be.at.least(42);
    // After its turn it begins anew, and what was tried before keeps its place.
    await database.write({ organization: org }, (db) => db.raw("update mail_turns set until = now() - interval '1 hour'"));
    await outbox!.stop();
    outbox = undefined;
    await enqueue(org, ['later']);
    expect((await administer('select priority from graphile_worker._private_jobs')).map(({ priority }) => priority)).to.deep.equal([1]);
    expect(await failure(enqueue(toUuid('organization', newId('organization')), ['no one']))).to.be.an('error');
  });

  it('lets running jobs end when it stops', async () => {
    const { mailer, state } = gatedMailer();
    await start(mailer);
    const id = await invite('grace@example.com');
    await eventually(() => expect(state.running).to.equal(true));
    const stopped = outbox!.stop();
    outbox = undefined;
    state.release();
    await stopped;
    expect((await row(id)).sent_count).to.equal(1);
    expect(await waiting()).to.deep.equal([]);
  });

  it('starts again by itself when the database refused the end of a job', async () => {
    const { mailer, state } = gatedMailer();
    await start(mailer);
    await invite('grace@example.com');
    await eventually(() => expect(state.running).to.equal(true));
    await administer('alter table graphile_worker._private_jobs rename to away');
    state.release();
    await eventually(async () => expect(await ended('succeeded')).to.equal(1));
    await administer('alter table graphile_worker.away rename to _private_jobs');
    await invite('later@example.com');
    await eventually(() => expect(sent.map(({ to }) => to)).to.include('later@example.com'));
  });

  it('runs the jobs of a process that was killed', async () => {
    await invite('grace@example.com');
    const locked = "locked_by = 'killed', attempts = 1, locked_at = now() - $1::interval";
    await administer(`update graphile_worker._private_jobs set ${locked}`, ['9 minutes']);
    await start();
    const release = () => database.write({ organization: org }, (db) => enqueueAll(db, 'release-jobs', [{ payload: {} }]));
    await release();
    await eventually(async () => expect(await ended('succeeded')).to.equal(1));
    // The worker counts it before its row goes.
    await eventually(async () => expect(await waiting()).to.have.length(1));
    await administer(`update graphile_worker._private_jobs set ${locked}`, ['11 minutes']);
    await release();
    await eventually(() => expect(sent).to.have.length(1));
  });

  it('cleans up: invitations expire, old idempotency keys and decisions go, and what is younger stays', async () => {
    const overdue = await invite('late@example.com', { expires_at: new Date(0) });
    const pending = await invite('grace@example.com');
    await administer(`insert into tenet.idempotency_keys (principal, operation_id, key, request_hash, status, headers, created_at)
      values ('user_1', 'x', 'old', '', 200, '{}', now() - interval '25 hours'), ('user_1', 'x', 'young', '', 200, '{}', now() - interval '23 hours')`);
    await administer(`insert into tenet.decisions (org_id, id, subject, record, at) values
      ('${org}', gen_random_uuid(), 'old', '{}', now() - interval '31 days'), ('${org}', gen_random_uuid(), 'young', '{}', now() - interval '29 days')`);
    // More than one statement deletes.
    await administer(`insert into tenet.decisions (org_id, id, subject, record, at)
      select '${org}', gen_random_uuid(), 'old', '{}', now() - interval '31 days' from generate_series(1, 2500)`);
    await cleanUp(database);
    await cleanUp(database);
    expect((await row(overdue)).state).to.equal('EXPIRED');
    expect((await row(pending)).state).to.equal('PENDING');
    expect(await administer('select key from tenet.idempotency_keys')).to.deep.equal([{ key: 'young' }]);
    expect(await administer('select subject from tenet.decisions')).to.deep.equal([{ subject: 'young' }]);
    expect(await administer('select actor, action, target from tenet.audit_events')).to.deep.equal([
      { actor: 'tenet', action: 'invitation.expire', target: overdue },
    ]);
  });
});
