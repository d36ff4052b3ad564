import { createHash } from 'node:crypto';
import { canonical } from '../base/canonical.ts';
import { LimitExceeded } from '../base/errors.ts';
import { createTurns } from '../base/turns.ts';
import type { Db } from '../database/database.ts';
import { type Footer, formatName, formatVersion, type Header, isFit, layout, type Value } from './format.ts';
import { hasId, type Pseudonyms } from './pseudonyms.ts';
import { type Column, type Table, tables } from './tables.ts';

/** Rows that are read at one time. */
const batch = 1_000;

const valueSql = ({ name, kind, sql = `t.${name}` }: Column): string =>
  kind === 'time' ? `(${sql} at time zone 'UTC')::text as ${name}` : `${sql} as ${name}`;

const fromSql = ({ from, where }: Table): string => `from ${from}${where === undefined ? '' : ` where ${where}`}`;

/** Rows of an organization follow each other. Their order follows from the data and the key, whatever order they were made in. */
function rowsSql(table: Table, salt: string): string {
  const hashed = (text: string): string => `sha256('\\x${salt}'::bytea || convert_to(${text}, 'UTF8'))`;
  const names = table.columns.map(({ name }) => name);
  const first = ['org_id', 'scope'].find((name) => names.includes(name)) ?? names[0]!;
  const whole = `concat_ws('|', ${names.map((name) => `coalesce(${name}::text, '')`).join(', ')})`;
  return `select * from (select ${table.columns.map(valueSql).join(', ')} ${fromSql(table)}) s order by ${hashed(`${first}::text`)}, ${hashed(whole)}`;
}

async function* rowsOf(db: Db, table: Table, salt: string): AsyncGenerator<Record<string, Value>> {
  await db.raw(`declare snapshot_rows no scroll cursor for ${rowsSql(table, salt)}`);
  for (;;) {
    const { rows } = (await db.raw(`fetch ${batch} from snapshot_rows`)) as { rows: Record<string, Value>[] };
    yield* rows;
    if (rows.length < batch) break;
  }
  await db.raw('close snapshot_rows');
}

/** How many rows a snapshot would have. */
export async function countRows(db: Db): Promise<Map<string, number>> {
  const counts = tables.map((table) => `select '${table.name}' as name, count(*)::int as count ${fromSql(table)}`);
  const { rows } = (await db.raw(counts.join(' union all '))) as { rows: { name: string; count: number }[] };
  return new Map(rows.map(({ name, count }) => [name, count]));
}

async function headerOf(db: Db, counts: ReadonlyMap<string, number>, { keyId }: Pseudonyms): Promise<Header> {
  const { rows } = (await db.raw(`
    select (now() at time zone 'UTC')::text as now, (select max(name) from migrations) as schema,
      (select coalesce(json_object_agg(h.scope, r.sha256 order by h.scope), '{}') from policy_heads h join policy_revisions r using (scope, revision)
        where h.scope not like 'org\\_%') as policies`)) as { rows: { now: string; schema: string; policies: Record<string, string> }[] };
  const { now, schema, policies } = rows[0]!;
  const about = {
    ...({ format: formatName, version: formatVersion, schema, pseudonyms: keyId } as const),
    tables: layout.map((table) => ({ ...table, rows: counts.get(table.name)! })),
    policies,
  };
  const digest = createHash('sha256').update(canonical(about)).digest('hex');
  return { ...about, dataAt: `${now.replace(' ', 'T')}Z`, digest };
}

/** What stands in the file for a value. Throws TypeError for what no column may hold, rather than let it out. */
function shown(column: Column, value: Value, row: Readonly<Record<string, Value>>, pseudonyms: Pseudonyms): Value {
  const { name, kind } = column;
  if (value === null) return shownOf(column, null);
  if (typeof kind !== 'string') {
    // In the order of the pseudonyms: the order of ids tells which one is older.
    return shownOf(column, Array.isArray(value) ? (value as string[]).map(pseudonyms.uuid).sort() : pseudonyms.uuid(value as string));
  }
  if (Array.isArray(value)) return shownOf(column, (value as string[]).map(pseudonyms.text));
  if (kind !== 'content') return shownOf(column, typeof value === 'string' ? pseudonyms.text(value) : value);
  if (String(row['scope']).startsWith('org_')) return shownOf(column, pseudonyms.text(value as string));
  // Another digest than that of the files would be a change that nobody made.
  if (hasId(value as string))
    throw new TypeError(`the policy ${String(row['scope'])} names an id, for which no pseudonym can stand: ${name}`);
  return shownOf(column, value);
}

function shownOf(column: Column, value: Value): Value {
  if (!isFit(column, value)) throw new TypeError(`${column.name} has a value that a snapshot does not hold`);
  return value;
}

/**
 * Who holds what at the moment of the transaction, without anything that people have written: lines of JSON. `db` is a transaction that sees one
 * moment (observe). One batch of rows is in memory at a time. Throws LimitExceeded for more rows than `most`.
 */
export async function* snapshotText(
  db: Db,
  pseudonyms: Pseudonyms,
  { most = Number.POSITIVE_INFINITY }: { most?: number } = {},
): AsyncGenerator<Buffer> {
  // Sorting on disk would take longer than the network.
  await db.raw("set local work_mem = '128MB'");
  const counts = await countRows(db);
  demandRoom(counts, most);
  const whole = createHash('sha256');
  const data = createHash('sha256');
  const header = Buffer.from(`${JSON.stringify(await headerOf(db, counts, pseudonyms))}\n`);
  whole.update(header);
  yield header;
  const turn = createTurns();
  const salt = pseudonyms.salt.toString('hex');
  for (const table of tables) {
    let lines: string[] = [];
    const flush = (): Buffer => {
      const bytes = Buffer.from(lines.join(''));
      lines = [];
      whole.update(bytes);
      data.update(bytes);
      return bytes;
    };
    for await (const row of rowsOf(db, table, salt)) {
      lines.push(`${JSON.stringify(table.columns.map((column) => shown(column, row[column.name]!, row, pseudonyms)))}\n`);
      if (lines.length === batch) yield flush();
      await turn();
    }
    if (lines.length > 0) yield flush();
  }
  const rows = data.digest('hex');
  const footer: Footer = { end: true, rows, sha256: whole.digest('hex') };
  yield Buffer.from(`${JSON.stringify(footer)}\n`);
}

/** Throws LimitExceeded where there is more than is let out at one time. */
export function demandRoom(counts: ReadonlyMap<string, number>, most: number): void {
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (rows <= most) return;
  throw new LimitExceeded(
    `A snapshot of ${rows.toLocaleString('en')} rows is more than the API sends. Make it by the command line: tenet policy snapshot.`,
    most,
    rows,
  );
}
