import { commandLine, record } from '../audit/record.ts';
import { newUuid } from '../base/ids.ts';
import type { Keyring } from '../base/keyring.ts';
import type { Database, Db } from '../database/database.ts';
import { currentDataKey, type DataKey, makeDataKey } from './data-keys.ts';
import { kidOf, openValue, sealWith } from './seal.ts';
import { type SealedColumn, sealedColumns } from './sealed-columns.ts';
import { nextValues, replaceValues, type StoredValues } from './stored-values.ts';
import { Unreadable } from './unreadable.ts';

/** What a rotation has done so far. */
export interface RotationProgress {
  /** Values that this rotation has sealed again, those before an interruption too. */
  readonly sealed: number;
  readonly column: string;
}

/** How a rotation ended. */
export interface Rotated {
  readonly sealed: number;
  /** Values that do not open, as the column and the context: they stay as they are. */
  readonly unreadable: readonly string[];
}

/** How a rotation works; what is left out is as in production. */
export interface RotationOptions {
  readonly columns?: readonly SealedColumn[];
  /** Rows that are sealed again in one transaction. */
  readonly batch?: number;
  readonly onProgress?: (progress: RotationProgress) => void;
}

interface Rotation {
  id: string;
  /** As text: a Date has no microseconds. */
  started: string;
  sealed: string;
}

/**
 * Gives every organization a new data key and seals its values with it, in batches, while requests go on: until its turn a value opens by the
 * earlier key, which stays. A rotation that was interrupted goes on where it was: what it has sealed is not sealed again.
 */
export async function rotateDataKeys(
  owned: Database,
  keyring: Keyring,
  { columns = sealedColumns, batch = 200, onProgress = () => undefined }: RotationOptions = {},
): Promise<Rotated> {
  const { id, started } = await owned.write('platform', openRotation);
  let unreadable: string[] = [];
  let left = 1;
  // What was written with an earlier key while a pass went by is found by the next one.
  while (left > 0) {
    await retireKeys(owned, keyring, started);
    left = 0;
    unreadable = [];
    for (const column of columns) {
      const pass = await resealColumn(owned, keyring, column, { batch, rotation: id, onProgress });
      left += pass.stale;
      unreadable.push(...pass.unreadable);
    }
  }
  const sealed = await owned.write('platform', (db) => finishRotation(db, id));
  return { sealed, unreadable };
}

async function openRotation(db: Db): Promise<Rotation> {
  const open = db('data_key_rotations').whereNull('finished_at').first('id', db.raw('started_at::text as started'), 'sealed');
  const known: Rotation | undefined = await open;
  if (known) return known;
  await db('data_key_rotations').insert({ id: newUuid() });
  await record(db, commandLine, { action: 'data-keys.rotate', target: 'all', after: { state: 'STARTED' } });
  return (await open.clone()) as Rotation;
}

async function finishRotation(db: Db, id: string): Promise<number> {
  const [row] = await db('data_key_rotations').where({ id }).update({ finished_at: db.fn.now() }).returning('sealed');
  const sealed = Number(row.sealed);
  await record(db, commandLine, { action: 'data-keys.rotate', target: 'all', after: { state: 'FINISHED', values: sealed } });
  return sealed;
}

/**
 * Retires every key that is older than the rotation, each in a transaction of its own. That waits for those who seal with it, so afterwards no
 * other transaction writes a value of that key.
 */
async function retireKeys(owned: Database, keyring: Keyring, started: string): Promise<void> {
  const old = (db: Db) => db('data_keys').where({ is_current: true }).whereRaw('created_at < ?::timestamptz', [started]);
  for (;;) {
    const organizations: string[] = await owned.read('platform', (db) => old(db).orderBy('org_id').limit(500).pluck('org_id'));
    if (organizations.length === 0) return;
    for (const orgId of organizations) {
      await owned.write({ organization: orgId }, async (db) => {
        const retired = await old(db).where({ org_id: orgId }).update({ is_current: false, retired_at: db.fn.now() });
        // None was left: another rotation was first, or the organization is purged.
        if (retired > 0) await makeDataKey(db, keyring, orgId);
      });
    }
  }
}

interface Pass {
  /** Values that were not under the current key. */
  stale: number;
  readonly unreadable: string[];
}

interface PassOptions {
  readonly batch: number;
  readonly rotation: string;
  readonly onProgress: (progress: RotationProgress) => void;
}

async function resealColumn(
  owned: Database,
  keyring: Keyring,
  column: SealedColumn,
  { batch, rotation, onProgress }: PassOptions,
): Promise<Pass> {
  const pass: Pass = { stale: 0, unreadable: [] };
  for (let last: StoredValues | undefined, isDone = false; !isDone; ) {
    const done = await owned.write('platform', async (db) => {
      const rows = await nextValues(db, column, last, batch);
      const results = await resealRows(db, keyring, column, rows);
      const sealed = results.reduce((sum, each) => sum + each.sealed, 0);
      const query = db('data_key_rotations').where({ id: rotation });
      if (sealed > 0) await query.increment('sealed', sealed);
      const progress: Rotation = await db('data_key_rotations').where({ id: rotation }).first('sealed');
      return { rows, results, sealed: Number(progress.sealed) };
    });
    for (const { stale, unreadable } of done.results) {
      pass.stale += stale;
      pass.unreadable.push(...unreadable);
    }
    onProgress({ sealed: done.sealed, column: `${column.table}.${column.column}` });
    last = done.rows.at(-1);
    isDone = done.rows.length < batch;
  }
  return pass;
}

interface Resealed {
  readonly stale: number;
  readonly sealed: number;
  readonly unreadable: readonly string[];
}

/** The rows of a batch, each with the current key of its organization, which is asked for once. */
async function resealRows(db: Db, keyring: Keyring, column: SealedColumn, rows: readonly StoredValues[]): Promise<Resealed[]> {
  const keys = new Map<string, DataKey>();
  const stale = rows.filter(({ values, currentKid }) => Object.values(values).some((sealed) => safeKid(sealed) !== currentKid));
  for (const { orgId } of stale) if (!keys.has(orgId)) keys.set(orgId, await currentDataKey(db, keyring, orgId));
  return Promise.all(stale.map((row) => resealRow(db, keyring, column, row, keys.get(row.orgId)!)));
}

async function resealRow(db: Db, keyring: Keyring, column: SealedColumn, row: StoredValues, key: DataKey): Promise<Resealed> {
  const unreadable: string[] = [];
  const values: Record<string, string> = { ...row.values };
  let sealed = 0;
  for (const [field, value] of Object.entries(row.values)) {
    if (safeKid(value) === key.kid) continue;
    const place = { orgId: row.orgId, context: column.context({ ...row.keys, org_id: row.orgId }, field) };
    try {
      values[field] = await sealWith(key, place, await openValue(db, keyring, place, value));
      sealed += 1;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(`${column.table}.${column.column} ${place.context}`);
    }
  }
  const isWritten = sealed > 0 && (await replaceValues(db, column, row, values));
  return { stale: sealed, sealed: isWritten ? sealed : 0, unreadable };
}

/** The kid of a value; undefined for what is no sealed value, which is reported as unreadable. */
function safeKid(sealed: string): string | undefined {
  try {
    return kidOf(sealed);
  } catch {
    return undefined;
  }
}

/** The rotation of data keys that is under way, and how many keys seal no more. */
export async function rotationStatus(db: Db): Promise<{ open: { startedAt: Date; sealed: number } | undefined; retired: number }> {
  const { rows } = await db.raw(`
    select (select count(*)::int from data_keys where not is_current) as retired, started_at as "startedAt", sealed::int
    from (select) as one left join data_key_rotations on finished_at is null`);
  const [{ retired, startedAt, sealed }] = rows;
  return { retired, open: startedAt === null ? undefined : { startedAt, sealed } };
}
