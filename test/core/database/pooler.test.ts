import { expect } from 'chai';
import pg from 'pg';
import { openDatabase } from '../../../core/database/database.ts';
import { migrate } from '../../../core/database/migrate.ts';
import { ConnectionError, checkSessions } from '../../../core/database/session.ts';
import { query } from '../../helpers/embedded-postgres.ts';
import { eventually } from '../../helpers/eventually.ts';
import { failure } from '../../helpers/failure.ts';
import { foundOrganization } from '../../helpers/people.ts';
import { type PgBouncer, pgBouncerVersion, plainDatabase, startPgBouncer } from '../../helpers/pgbouncer.ts';
import { createDatabase, serverUrl } from '../../helpers/postgres.ts';
import { startTenet } from '../../helpers/tenet.ts';

const version = pgBouncerVersion();
const isRequired = process.env['TENET_TEST_PGBOUNCER'] === 'required';
const reason = version ? `(${version})` : '(left out: there is no pgbouncer on the PATH; apt-get install pgbouncer)';

describe(`behind a PgBouncer ${reason}`, function () {
  this.timeout(60_000);
  let target: { url: string; drop(): Promise<void> };
  let bouncer: PgBouncer | undefined;

  before(async function () {
    if (!version && !isRequired) this.skip();
    const any = await createDatabase();
    await migrate(any.url); // So that the server has the role of requests.
    await any.drop();
    target = await plainDatabase(await serverUrl());
    await migrate(target.url);
  });
  afterEach(async () => {
    await bouncer?.stop();
    bouncer = undefined;
  });
  after(() => target?.drop());

  const between = async (...settings: string[]): Promise<string> => {
    bouncer = await startPgBouncer(target.url, ...settings);
    return bouncer.url;
  };

  it('that drops the startup options, a start is refused with what is lost and what to do', async () => {
    const url = await between('pool_mode = session', 'ignore_startup_parameters = options');
    const error = await failure(startTenet({ DATABASE_URL: url }));
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.match(/it runs as plain_\w+ and not as tenet_app.*search_path.*TENET_DATABASE_POOLER=session/);
  });

  it('that begins to drop them while requests are served, no connection is used', async () => {
    const url = await between('pool_mode = session', 'ignore_startup_parameters = options');
    const failures: Error[] = [];
    const database = openDatabase(url, { size: 2, onError: (error) => failures.push(error) });
    const error = await failure(database.read('platform', (db) => db('organizations').select('id')));
    const { total } = database.stats();
    await database.close();
    expect(error).to.include({ code: 'unavailable' });
    expect(failures[0]).to.be.instanceOf(ConnectionError);
    expect(total).to.equal(0);
  });

  it('that takes no startup options, the sentence says so', async () => {
    const error = await failure(startTenet({ DATABASE_URL: await between('pool_mode = session') }));
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.match(/refuses startup options.*TENET_DATABASE_POOLER=session/);
  });

  it('that pools by transaction, a start is refused', async () => {
    const url = await between('pool_mode = transaction');
    const error = await failure(startTenet({ DATABASE_URL: url, TENET_DATABASE_POOLER: 'session' }));
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.match(/pools connections by transaction/);
  });

  it('that pools by session, everything is served', async () => {
    const url = await between('pool_mode = session');
    const tenet = await startTenet({ DATABASE_URL: url, TENET_DATABASE_POOLER: 'session' });
    try {
      const owner = await tenet.as('owner@example.com');
      const organizationId = await foundOrganization(owner);
      const replies = await Promise.all(Array.from({ length: 40 }, () => owner.raw(`/v1/organizations/${organizationId}`)));
      expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([200]));
      const { data } = await owner.client.POST('/v1/organizations/{organizationId}/invitations', {
        params: { path: { organizationId } },
        body: { invitees: [{ email: 'guest@example.com' }], roles: ['org.member'] },
      });
      expect(data!.items).to.have.length(1);
      const seen = await tenet.database.read({ organization: '00000000-0000-7000-8000-000000000000' }, async (db) => ({
        user: (await db.raw('select current_user as user')).rows[0].user,
        organizations: await db('organizations').pluck('id'),
      }));
      expect(seen).to.deep.equal({ user: 'tenet_app', organizations: [] });
      // A notification of another connection arrives: the answer from memory follows the change.
      const ask = async (): Promise<unknown> => {
        const response = await owner.raw('/access/v1/evaluation', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'tenet-consistency': 'minimize_latency' },
          body: JSON.stringify({
            subject: { type: 'user', id: await owner.userId() },
            action: { name: 'update' },
            resource: { type: 'organization', id: '*', properties: { organizationId } },
          }),
        });
        return ((await response.json()) as { decision: boolean }).decision;
      };
      expect(await ask()).to.equal(true);
      await query(target.url, "begin; set local tenet.scope = 'platform'; update tenet.organizations set state = 'SUSPENDED'; commit");
      await eventually(async () => expect(await ask()).to.equal(false));
    } finally {
      await tenet.stop();
    }
  });
});

describe('the connections of requests', () => {
  let url: string;
  let drop: () => Promise<void>;

  before(async () => {
    ({ url, drop } = await createDatabase());
    await migrate(url);
  });
  after(() => drop());

  it('are asked once each what they are, and never again for a request', async () => {
    const { query: send } = pg.Client.prototype;
    const asked: string[] = [];
    pg.Client.prototype.query = function (this: pg.Client, ...values: unknown[]) {
      if (typeof values[0] === 'string') asked.push(values[0]);
      return send.apply(this, values as never);
    } as never;
    const database = openDatabase(url, { size: 2, onError: () => undefined });
    try {
      for (let round = 0; round < 5; round += 1) {
        await Promise.all(Array.from({ length: 10 }, () => database.read('platform', (db) => db.raw('select 1'))));
        await database.write('platform', (db) => db.raw('select 1'));
      }
    } finally {
      pg.Client.prototype.query = send;
      await database.close();
    }
    expect(asked.filter((sql) => sql.includes('session_user'))).to.have.length(2);
  });

  it('are refused where DATABASE_URL has options of its own, which would replace those of requests', async () => {
    const own = `${url}?options=${encodeURIComponent('-c search_path=public')}`;
    const error = await failure(checkSessions(own, 'none'));
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.match(/it runs as \w+ and not as tenet_app, search_path is "public" and not tenet/);
  });
});

describe('row level security', () => {
  it('holds for the owner of the tables, who sees nothing without a scope and everything of the platform with it', async () => {
    const any = await createDatabase();
    await migrate(any.url);
    await any.drop();
    const { url, drop } = await plainDatabase(await serverUrl());
    await migrate(url);
    const secured = await query(
      url,
      "select relname from pg_class where relnamespace = 'tenet'::regnamespace and relkind = 'r' and relrowsecurity and not relforcerowsecurity",
    );
    const insert = `insert into tenet.organizations (id, slug, name, blueprint, top_role) values (gen_random_uuid(), 'acme', 'Acme', 'x', 'y')`;
    await query(url, `begin; set local tenet.scope = 'platform'; ${insert}; commit`);
    const without = await query(url, 'select slug from tenet.organizations');
    await drop();
    expect(secured).to.deep.equal([]);
    expect(without).to.deep.equal([]);
  });
});
