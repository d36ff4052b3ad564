import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import createKnex from 'knex';
import pg from 'pg';
import { dumpSchema } from '../../../cli/schema-dump.ts';
import { packageRoot } from '../../../core/base/package-root.ts';
import { migrate, migrationNames } from '../../../core/database/migrate.ts';
import { noteRights } from '../../../core/database/rights.ts';
import { createDatabase, serverUrl } from '../../helpers/postgres.ts';

describe('an upgrade of a database that has rows, by a user who is no superuser', () => {
  let url: string;
  let drop: () => Promise<void>;
  let role: string;

  beforeEach(async () => {
    const first = await createDatabase();
    await migrate(first.url); // So that the server has the role tenet_app, whichever test comes first.
    await first.drop();
    const made = await createDatabase();
    drop = made.drop;
    role = `plain_${randomBytes(4).toString('hex')}`;
    const plain = new URL(made.url);
    const database = plain.pathname.slice(1);
    await query(
      made.url,
      `create role ${role} login password 'plain'; grant tenet_app to ${role}; grant create on database ${database} to ${role}`,
    );
    plain.username = role;
    plain.password = 'plain';
    url = plain.href;
  });

  afterEach(async () => {
    await drop();
    await query(await serverUrl(), `drop role ${role}`);
  });

  // Before row level security held for the owner, and after it did.
  for (const version of ['0007', '0014']) {
    it(`from ${version} on reaches every row`, async () => {
      await startAt(url, version);
      await query(url, rows);
      await migrate(url);
      const organizations = await query(url, `${scoped} select slug, created_by from organizations order by id; commit`);
      expect(organizations).to.deep.equal([
        { slug: 'alive', created_by: uuid(1) },
        { slug: `deleted:${uuid(3)}`, created_by: uuid(1) },
      ]);
    });
  }

  it('shortens roles that end in years that cannot be shown, those of the organization itself too', async () => {
    await startAt(url, '0007');
    await query(url, rows);
    await query(
      url,
      `${scoped} insert into grants (org_id, id, user_id, role, source, granted_by, until)
      values ('${uuid(2)}', '${uuid(6)}', '${uuid(1)}', 'org.member', 'DIRECT', 'ada', '12000-01-01T00:00:00Z'); commit`,
    );
    await migrate(url);
    const ends = await query(url, `${scoped} select until::text from grants where until is not null; commit`);
    expect(ends).to.deep.equal([{ until: '9999-12-31 23:59:59.999+00' }]);
  });

  it('gives requests the rights that a new database gives them, whatever was noted of the old tables', async () => {
    await startAt(url, '0014');
    const knex = createKnex({ client: 'pg', connection: url });
    await noteRights(knex);
    await knex.destroy();
    await migrate(url);
    const upgraded = await dumpSchema(url);
    const fresh = await createDatabase();
    await migrate(fresh.url);
    const wanted = await dumpSchema(fresh.url);
    await fresh.drop();
    expect(grantsIn(upgraded)).to.deep.equal(grantsIn(wanted));
  });
});

const uuid = (number: number): string => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

const scoped = "begin; set local search_path = tenet; set local tenet.scope = 'platform'; set local timezone = 'UTC';";

/** One organization that lives and one that is deleted, both made by one user. */
const rows = `${scoped}
  insert into users (id, issuer, subject) values ('${uuid(1)}', 'https://issuer.example.com', 'ada');
  insert into organizations (id, slug, name, blueprint, top_role) values
    ('${uuid(2)}', 'alive', 'Alive', 'integrations', 'org.admin'), ('${uuid(3)}', 'gone', 'Gone', 'integrations', 'org.admin');
  insert into members (org_id, user_id) values ('${uuid(2)}', '${uuid(1)}'), ('${uuid(3)}', '${uuid(1)}');
  insert into grants (org_id, id, user_id, role, source, granted_by) values
    ('${uuid(2)}', '${uuid(4)}', '${uuid(1)}', 'org.admin', 'CREATION', 'ada'),
    ('${uuid(3)}', '${uuid(5)}', '${uuid(1)}', 'org.admin', 'CREATION', 'ada');
  update organizations set state = 'DELETED' where slug = 'gone';
  commit`;

/** The database as the version left it whose last migration has this number. */
async function startAt(url: string, last: string): Promise<void> {
  await query(
    url,
    `create schema tenet;
     create table tenet.migrations (id serial primary key, name varchar(255), batch integer, migration_time timestamptz)`,
  );
  for (const name of (await migrationNames()).filter((each) => each.slice(0, 4) <= last)) {
    const sql = await readFile(new URL(`migrations/${name}`, packageRoot), 'utf8');
    await query(url, `${scoped} ${sql}; insert into migrations (name, batch, migration_time) values ('${name}', 1, now()); commit`);
  }
}

function grantsIn(schema: string): string[] {
  return schema.split('\n').filter((line) => line.startsWith('grant '));
}

/** The rows of the last statement that has any. */
async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results = [(await client.query(sql)) as pg.QueryResult | pg.QueryResult[]].flat();
    return results.findLast((result) => result.rows.length > 0)?.rows ?? [];
  } finally {
    await client.end();
  }
}
