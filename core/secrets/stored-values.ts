import { type Db, prepared } from '../database/database.ts';
import type { SealedColumn } from './sealed-columns.ts';

/** A row with sealed values: its keys as text, and the values by field; a column of one value has the field ''. */
export interface StoredValues {
  readonly orgId: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, string>>;
  /** The data key that seals in this organization now. */
  readonly currentKid: string | null;
}

interface StoredRow extends Record<string, unknown> {
  org_id: string;
  sealed: string | Record<string, string>;
  current_kid: string | null;
}

/** The next rows of a column that hold a value, in the order of their keys. */
export async function nextValues(
  db: Db,
  { table, keys, column, holds }: SealedColumn,
  after: StoredValues | undefined,
  limit: number,
): Promise<StoredValues[]> {
  const names = ['org_id', ...keys];
  const rows = db(`${table} as t`)
    .leftJoin('data_keys as d', (join) => join.on('d.org_id', 't.org_id').andOn(db.raw('d.is_current')))
    .whereNotNull(`t.${column}`);
  if (after) {
    const marks = names.map(() => '?').join(', ');
    const columns = names.map(() => '??').join(', ');
    const ends = [after.orgId, ...keys.map((key) => after.keys[key]!)];
    rows.whereRaw(`(${columns}) > (${marks})`, [...names.map((name) => `t.${name}`), ...ends]);
  }
  const found: StoredRow[] = await rows
    .orderBy(names.map((name) => `t.${name}`))
    .limit(limit)
    .select(...names.map((name) => `t.${name}`), `t.${column} as sealed`, 'd.kid as current_kid');
  return found.map((row) => ({
    orgId: row.org_id,
    keys: Object.fromEntries(keys.map((key) => [key, String(row[key])])),
    values: holds === 'OBJECT' ? (row.sealed as Record<string, string>) : { '': row.sealed as string },
    currentKid: row.current_kid,
  }));
}

/** Puts other values in the place of these; false when the row has changed meanwhile, and then nothing is written. */
export async function replaceValues(
  db: Db,
  { table, keys, column, holds }: SealedColumn,
  row: StoredValues,
  values: StoredValues['values'],
): Promise<boolean> {
  const stored = (of: StoredValues['values']): unknown => (holds === 'OBJECT' ? JSON.stringify(of) : of['']);
  const names = ['org_id', ...keys];
  const places = names.map((name, index) => `"${name}" = $${index + 3}`).join(' and ');
  const text = `update "${table}" set "${column}" = $1 where "${column}" = $2 and ${places} returning true as done`;
  const ends = [row.orgId, ...keys.map((key) => row.keys[key])];
  const done = await prepared(db, `reseal ${table}.${column}`, text, [stored(values), stored(row.values), ...ends]);
  return done.length > 0;
}
