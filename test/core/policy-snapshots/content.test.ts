import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type pg from 'pg';
import { toId } from '../../../core/base/ids.ts';
import type { Database } from '../../../core/database/database.ts';
import type { Header } from '../../../core/policy-snapshots/format.ts';
import { createPseudonyms } from '../../../core/policy-snapshots/pseudonyms.ts';
import { tables } from '../../../core/policy-snapshots/tables.ts';
import { snapshotText } from '../../../core/policy-snapshots/writing.ts';
import { withData } from '../access-plans/with-data.ts';
import { pseudonyms, withDirectory, withNearTimes, withOffers, withWriter, writeTo } from './as-snapshot.ts';
import { leftOut, leftOutTables } from './left-out.ts';

interface SchemaColumn {
  table_name: string;
  column_name: string;
  data_type: string;
}

const columnsSql = `select c.table_name, c.column_name, c.data_type from information_schema.columns c
join information_schema.tables t using (table_schema, table_name) left join pg_inherits i on i.inhrelid = format('%I.%I', table_schema, table_name)::regclass
where table_schema = 'tenet' and table_type = 'BASE TABLE' and i.inhrelid is null`;

const columnsOf = async (client: pg.Client): Promise<SchemaColumn[]> => (await client.query<SchemaColumn>(columnsSql)).rows;

/** What a snapshot of the database says, unpacked. */
const textOf = (database: Database): Promise<string> =>
  withDirectory(async (directory) => {
    const file = join(directory, 'snapshot.gz');
    await writeTo(file, database);
    return gunzipSync(readFileSync(file)).toString();
  });

const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

describe('content of a policy snapshot', function () {
  this.timeout(120_000);

  it('is decided about for each column of the schema: it is taken or left out by name, and so is each table', async () => {
    await withData(30_000, (_database, _inForce, url) => withWriter(url, async (client) => decideAbout(await columnsOf(client))));
  });

  function decideAbout(columns: readonly SchemaColumn[]): void {
    const taken = new Map(tables.map((table) => [table.name, table.columns.map(({ name }) => name)]));
    const known = (table: string): string[] => (table === 'policy_revisions' ? ['model', 'rows', 'sources', 'documents'] : []);
    for (const table of new Set(columns.map(({ table_name }) => table_name))) {
      const real = columns.filter(({ table_name }) => table_name === table).map(({ column_name }) => column_name);
      const of = taken.get(table);
      if (!of) {
        expect(leftOutTables, `say whether ${table} is in a snapshot`).to.include(table);
        continue;
      }
      const decided = [...of.filter((name) => name !== 'content'), ...known(table), ...wordsOf(leftOut[table]!)];
      expect(decided.toSorted(), `say whether each column of ${table} is in a snapshot`).to.deep.equal(real.toSorted());
    }
    expect(columns.map(({ table_name }) => table_name)).to.include.members(leftOutTables);
    expect(Object.keys(leftOut)).to.have.members([...taken.keys()]);
  }

  it('has nothing that people have written and no id, whatever the columns hold that are left out', async () => {
    await withData(
      30_000,
      async (database, _inForce, url) => {
        await withOffers(url);
        await withWriter(url, (client) => lookFor(client, database));
      },
      { organizations: 8, users: 10 },
    );
  });

  async function lookFor(client: pg.Client, database: Database): Promise<void> {
    const columns = await columnsOf(client);
    const left = columns.filter(({ table_name, column_name }) => wordsOf(leftOut[table_name] ?? '').includes(column_name));
    const written = await marked(client, left);
    const personal = ['users-email', 'users-display_name', 'users-subject', 'organizations-name', 'projects-name', 'roles-title'];
    expect(written).to.include.members([...personal, 'members-display_name', 'invitations-email', 'api_keys-name', 'grants-reason']);
    const text = await textOf(database);
    expect(text).not.to.match(/Zelda/i);
    // Of policies that are files, whose reviewers know them.
    const digests = new Set(Object.values((JSON.parse(text.slice(0, text.indexOf('\n'))) as Header).policies));
    let looked = 0;
    for (const { table_name, column_name, data_type } of columns) {
      const isId = data_type === 'uuid';
      if (!isId && !left.some((each) => each.table_name === table_name && each.column_name === column_name)) continue;
      const { rows } = await client.query<{ value: string }>(
        `select distinct ${column_name}::text as value from ${table_name} where length(${column_name}::text) >= 9`,
      );
      for (const { value } of rows) {
        if (digests.has(value)) continue;
        looked += 1;
        expect(text, `${table_name}.${column_name}`).not.to.include(value);
        if (isId) expect(text, `${table_name}.${column_name}`).not.to.include(toId('user', value).slice('user_'.length));
      }
    }
    expect(looked).to.be.above(200);
    expect(text.match(/"org_[0-7][0-9a-z]{25}"/g), 'organizations with rows of their own').not.to.equal(null);
  }

  /** Writes a text of its own into each column of text, where no constraint is against it; returns the columns. */
  async function marked(client: pg.Client, columns: readonly SchemaColumn[]): Promise<string[]> {
    const written: string[] = [];
    for (const { table_name: table, column_name: column, data_type } of columns) {
      const name = `${table}-${column}`;
      const mark = `'Zelda-${name}-' || md5(t::text)`;
      const forms: Record<string, string> = {
        text: `${mark} || '@example.com'`,
        jsonb: `jsonb_build_object(${mark}, ${mark})`,
        ARRAY: `array[${mark}]`,
      };
      const form = forms[data_type];
      if (form === undefined) continue;
      const { rowCount } = await client.query(`update ${table} t set ${column} = ${form}`).catch(() => ({ rowCount: 0 }));
      if (rowCount) written.push(name);
    }
    return written;
  }

  it('has no time but whole hours, and what begins or ends soon has not done so at its moment', async () => {
    await withData(33_000, async (database, _inForce, url) => {
      await withOffers(url);
      await withNearTimes(url);
      const [header, ...lines] = (await textOf(database)).trimEnd().split('\n');
      const { dataAt, tables: counts } = JSON.parse(header!) as Header;
      const looked = new Set<string>();
      for (const [index, table] of tables.entries()) {
        const rows = lines.splice(0, counts[index]!.rows).map((line) => JSON.parse(line) as (string | null)[]);
        for (const [place, { name, kind }] of table.columns.entries()) {
          if (kind !== 'time') continue;
          for (const time of rows.flatMap((row) => row[place] ?? [])) {
            looked.add(`${table.name}.${name}`);
            expect(time, `${table.name}.${name}`).to.match(/^(infinity|\d{4}-\d\d-\d\d \d\d:00:00(\.00\d)?)$/);
            if (name === 'until') expect(time > dataAt.replace('T', ' '), `${table.name}.${name}`).to.equal(true);
          }
        }
      }
      expect([...looked]).to.include.members(['grants.until', 'grants.from_at', 'api_keys.expires_at', 'mfa_requirements.ended_at']);
    });
  });

  it('is the same bytes for the same moment and key, and other pseudonyms by another key', async () => {
    await withData(31_000, async (database) => {
      const [first, second, other] = await database.observe('platform', async (db) => {
        const texts: string[] = [];
        for (const by of [pseudonyms, createPseudonyms(Buffer.alloc(32, 7)), createPseudonyms(Buffer.alloc(32, 8))]) {
          const parts: Buffer[] = [];
          for await (const part of snapshotText(db, by)) parts.push(part);
          texts.push(Buffer.concat(parts).toString());
        }
        return texts;
      });
      expect(second).to.equal(first);
      const ids = (text: string): Set<string> =>
        new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g));
      expect(ids(other!).size).to.equal(ids(first!).size);
      expect([...ids(other!)].filter((id) => ids(first!).has(id))).to.deep.equal([]);
    });
  });

  it('says the same of its rows later, where nothing has moved', async () => {
    await withDirectory(async (directory) => {
      await withData(32_000, async (database) => {
        const footers = [];
        for (const name of ['first', 'second']) {
          await writeTo(join(directory, name), database);
          footers.push(
            JSON.parse(
              gunzipSync(readFileSync(join(directory, name)))
                .toString()
                .trimEnd()
                .split('\n')
                .at(-1)!,
            ),
          );
        }
        expect(footers[1].rows).to.equal(footers[0].rows);
        expect(footers[1].sha256).not.to.equal(footers[0].sha256);
      });
    });
  });
});
