import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import { dumpSchema } from '../../../cli/schema-dump.ts';
import { migrate, migrationNames, SchemaError } from '../../../core/database/migrate.ts';
import { failure } from '../../helpers/failure.ts';
import { createDatabase, serverUrl } from '../../helpers/postgres.ts';

describe('migrations', () => {
  let url: string;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    ({ url, drop } = await createDatabase());
  });

  afterEach(() => drop());

  it('bring an empty database up to date once, and change nothing the second time', async () => {
    expect((await migrate(url)).applied).to.deep.equal(await migrationNames());
    const schema = await dumpSchema(url);
    expect((await migrate(url)).applied).to.deep.equal([]);
    expect(await dumpSchema(url)).to.equal(schema);
  });

  it('are numbered from 0001 on, each number once', async () => {
    const numbers = (await migrationNames()).map((name) => Number(name.slice(0, 4)));
    expect(numbers).to.deep.equal(numbers.map((_number, index) => index + 1));
  });

  it('leave requests no right to temporary tables where the database is ours', async () => {
    await migrate(url);
    const rows = await query(url, "select has_database_privilege('tenet_app', current_database(), 'temporary') as temporary");
    expect(rows).to.deep.equal([{ temporary: false }]);
  });

  it('set again what a dump and its restore lose: the rights of requests, and what they must not have', async () => {
    await migrate(url);
    const schema = await dumpSchema(url);
    const database = name(url);
    await query(
      url,
      `grant temporary on database ${database} to public; revoke all on tenet.organizations, tenet.users from tenet_app;
       revoke all on tenet.data_keys, tenet.platform_grants from tenet_app; grant update (slug) on tenet.organizations to public;
       grant delete on tenet.members to public; grant execute on function tenet.bump_epoch to public; revoke usage on schema tenet from tenet_app;
       alter table tenet.members no force row level security`,
    );
    expect((await migrate(url)).applied).to.deep.equal([]);
    expect(await dumpSchema(url)).to.equal(schema);
    const rows = await query(
      url,
      `select has_database_privilege('tenet_app', current_database(), 'temporary') as temporary,
        has_column_privilege('tenet_app', 'tenet.data_keys', 'is_current', 'update') as retires,
        has_column_privilege('tenet_app', 'tenet.data_keys', 'wrapped', 'update') as rewraps,
        has_column_privilege('tenet_app', 'tenet.platform_grants', 'granted_by', 'insert') as appoints`,
    );
    expect(rows).to.deep.equal([{ temporary: false, retires: true, rewraps: false, appoints: true }]);
  });

  it('leave alone what an administrator gives to another role', async () => {
    await migrate(url);
    const role = `reporting_${randomBytes(4).toString('hex')}`;
    await query(url, `create role ${role}; grant usage on schema tenet to ${role}; grant select on tenet.audit_events to ${role}`);
    await query(url, 'revoke all on tenet.users from tenet_app');
    await migrate(url);
    const rows = await query(
      url,
      `select has_table_privilege('${role}', 'tenet.audit_events', 'select') as theirs, has_table_privilege('tenet_app', 'tenet.users', 'select') as ours`,
    );
    await query(url, `drop owned by ${role}; drop role ${role}`);
    expect(rows).to.deep.equal([{ theirs: true, ours: true }]);
  });

  it('are refused in a database whose encoding cannot hold every name', async () => {
    const latin = await createDatabase(undefined, "template template0 encoding 'LATIN1' locale 'C'");
    const error = await failure(migrate(latin.url));
    await latin.drop();
    expect(error).to.be.instanceOf(SchemaError);
    expect(error.message).to.match(/encoding LATIN1/);
  });

  it('are applied once when ten replicas start together', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, () => migrate(url)));
    expect(results.flatMap(({ applied }) => applied)).to.deep.equal(await migrationNames());
  }).timeout(60_000);

  it('run at the same moment in two databases of one server, which share their roles', async () => {
    const other = await createDatabase();
    const both = await Promise.all([migrate(url), migrate(other.url)]);
    await other.drop();
    for (const { applied } of both) expect(applied).to.deep.equal(await migrationNames());
  });

  it('of a newer version that only add are fine', async () => {
    await migrate(url);
    await applied(url, '9000_more_columns.sql');
    expect((await migrate(url)).applied).to.deep.equal([]);
  });

  it('of a newer version that break are refused with a sentence that names them', async () => {
    await migrate(url);
    await applied(url, '9001_no_more_slugs.breaking.sql');
    const error = await failure(migrate(url));
    expect(error).to.be.instanceOf(SchemaError);
    expect(error.message).to.equal(
      'The database has a schema of a newer version of Tenet (9001_no_more_slugs.breaking.sql), which this version would damage. Start the newer version.',
    );
  });

  it('leave nothing half done when one fails', async () => {
    await query(url, 'create schema tenet');
    await query(url, 'create table tenet.decisions (this_one_is_in_the_way int)');
    const error = await failure(migrate(url));
    expect(error).to.be.instanceOf(SchemaError);
    expect(error.message).to.equal('The migration 0001_spine.sql failed and changed nothing: relation "decisions" already exists.');
    const tables = await query(url, "select tablename from pg_tables where schemaname = 'tenet' and tablename not like 'migrations%'");
    expect(tables).to.deep.equal([{ tablename: 'decisions' }]);
    await query(url, 'drop table tenet.decisions');
    expect((await migrate(url)).applied).to.deep.equal(await migrationNames());
  });

  describe('as a user of the database who is no superuser', () => {
    let role: string;
    let plainUrl: string;

    beforeEach(async () => {
      await migrate(url); // So that the server has the role tenet_app, whichever test comes first.
      await drop();
      ({ url, drop } = await createDatabase());
      role = `plain_${randomBytes(4).toString('hex')}`;
      await query(url, `create role ${role} login password 'plain'`);
      const plain = new URL(url);
      plain.username = role;
      plain.password = 'plain';
      plainUrl = plain.href;
    });

    afterEach(async () => {
      await drop();
      await query(await serverUrl(), `drop role ${role}`);
    });

    it('who may not make the role of requests: the sentence says what an administrator runs', async () => {
      await query(url, `grant create on database ${name(url)} to ${role}`);
      const error = await failure(migrate(plainUrl));
      expect(error).to.be.instanceOf(SchemaError);
      expect(error.message).to.match(
        /^The database user may not make the role tenet_app\. .*create role tenet_app nologin; grant tenet_app to /,
      );
    });

    it('who may not create schemas: the sentence says what an administrator runs', async () => {
      await query(url, `grant tenet_app to ${role}`);
      const error = await failure(migrate(plainUrl));
      expect(error).to.be.instanceOf(SchemaError);
      expect(error.message).to.match(/may not create schemas\..*grant create on database/);
    });

    for (const schema of ['tenet', 'graphile_worker']) {
      it(`who finds a schema ${schema} of somebody else: the sentence says whose it is and what to do`, async () => {
        await query(url, `grant tenet_app to ${role}`);
        await query(url, `grant create on database ${name(url)} to ${role}`);
        await query(url, `create schema ${schema}`);
        const error = await failure(migrate(plainUrl));
        expect(error).to.be.instanceOf(SchemaError);
        expect(error.message).to.match(
          new RegExp(`^The schema ${schema} of the database belongs to \\w+, and DATABASE_URL signs in as ${role}\\. .*reassign owned by`),
        );
      });
    }

    it('who was given both by an administrator, they work', async () => {
      await query(url, `grant tenet_app to ${role}`);
      await query(url, `grant create on database ${name(url)} to ${role}`);
      expect((await migrate(plainUrl)).applied).to.deep.equal(await migrationNames());
    });
  });

  describe('name the database and say what to do when', () => {
    const cases: Record<string, { change: (url: URL) => void; sentence: RegExp }> = {
      'nothing listens there': {
        change: (to) => {
          to.port = '1';
        },
        sentence: /^The database 127\.0\.0\.1:1\/\w+ cannot be used: nothing listens there\. Start the server, or correct DATABASE_URL\.$/,
      },
      'there is no such host': {
        change: (to) => {
          to.hostname = 'database.invalid';
        },
        sentence:
          /^The database database\.invalid:\d+\/\w+ cannot be used: (there is no such host|the name of the host cannot be looked up)/,
      },
      'there is no such database': {
        change: (to) => {
          to.pathname = '/nowhere';
        },
        sentence: /\/nowhere cannot be used: there is no such database\./,
      },
      'the password is wrong': {
        change: (to) => {
          to.password = 'not-the-password';
        },
        sentence: /cannot be used: the user or the password is wrong\./,
      },
      'there is no such user': {
        change: (to) => {
          to.username = 'nobody';
        },
        sentence: /cannot be used: the user or the password is wrong\./,
      },
    };
    for (const [title, { change, sentence }] of Object.entries(cases)) {
      it(title, async () => {
        const wrong = new URL(url);
        change(wrong);
        const error = await failure(migrate(wrong.href));
        expect(error.message).to.match(sentence);
        expect(error.message).not.to.include(wrong.password);
      });
    }
  });
});

async function applied(url: string, migration: string): Promise<void> {
  await query(url, 'insert into tenet.migrations (name, batch, migration_time) values ($1, 99, now())', [migration]);
}

function name(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
