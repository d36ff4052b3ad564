import { commandLine, record } from '../audit/record.ts';
import { FailedPrecondition } from '../base/errors.ts';
import type { Keyring } from '../base/keyring.ts';
import { firstNames } from '../base/text.ts';
import type { Database, Db } from '../database/database.ts';
import { type DataKeyRow, unwrap, type Wrapped, wrap } from './data-keys.ts';
import { Unreadable } from './unreadable.ts';

interface StoredKey extends DataKeyRow {
  org_id: string;
}

/** Data keys that are wrapped in one transaction. */
const batchSize = 200;

/** How far the data keys are under the first root key of the keyring. */
export interface Rewrapped {
  readonly rewrapped: number;
  /** Data keys that no key of the keyring opens, as `organization/kid`. */
  readonly unreadable: readonly string[];
}

/**
 * Puts every data key under the first key of the keyring too, in batches. It stays under the earlier ones, so that servers which do not hold the
 * new key open it as before. Called again, it goes on with those that are left.
 */
export async function rewrapDataKeys(
  owned: Database,
  keyring: Keyring,
  onProgress: (rewrapped: number) => void = () => undefined,
): Promise<Rewrapped> {
  const unreadable: string[] = [];
  let rewrapped = 0;
  for (let last: StoredKey | undefined, isDone = false; !isDone; ) {
    const rows = await owned.write('platform', async (db) => {
      const batch = await notUnder(db, keyring.currentKid, last);
      const done = await Promise.all(batch.map((row) => rewrap(db, keyring, row)));
      unreadable.push(...batch.filter((_, index) => !done[index]).map(({ org_id, kid }) => `${org_id}/${kid}`));
      rewrapped += done.filter(Boolean).length;
      return batch;
    });
    last = rows.at(-1);
    isDone = rows.length < batchSize;
    onProgress(rewrapped);
  }
  if (rewrapped > 0) {
    const event = { action: 'encryption-key.rotate', target: keyring.currentKid, after: { dataKeys: rewrapped } };
    await owned.write('platform', (db) => record(db, commandLine, event));
  }
  return { rewrapped, unreadable };
}

async function notUnder(db: Db, kid: string, after: StoredKey | undefined): Promise<StoredKey[]> {
  const rows = db<StoredKey>('data_keys').whereRaw('not jsonb_exists(wrapped, ?)', [kid]);
  if (after) rows.whereRaw('(org_id, kid) > (?, ?)', [after.org_id, after.kid]);
  return rows.orderBy(['org_id', 'kid']).limit(batchSize).forNoKeyUpdate().select('org_id', 'kid', 'wrapped');
}

/** The data key, when one of the keyring's keys opens it. */
function opened(keyring: Keyring, row: StoredKey): Promise<Uint8Array | undefined> {
  return unwrap(keyring, row.org_id, row).catch((error: unknown) => {
    if (error instanceof Unreadable) return undefined;
    throw error;
  });
}

/** Whether one of the keyring's keys opened it. */
async function rewrap(db: Db, keyring: Keyring, row: StoredKey): Promise<boolean> {
  const bytes = await opened(keyring, row);
  if (!bytes) return false;
  const added: Wrapped = await wrap(keyring, row.org_id, row.kid, bytes, [keyring.currentKid]);
  await db('data_keys')
    .where({ org_id: row.org_id, kid: row.kid })
    .update({ wrapped: db.raw('wrapped || ?::jsonb', [JSON.stringify(added)]) });
  return true;
}

/** What depends on a root key. */
export interface RootKeyUse {
  readonly kid: string;
  /** Data keys that are under it, and those of them that are under no other. */
  readonly dataKeys: number;
  readonly only: number;
}

/** The root keys that data keys are under, by name. */
export async function rootKeyUses(db: Db): Promise<RootKeyUse[]> {
  const { rows } = await db.raw(`
    select root.kid, count(*)::int as "dataKeys", (count(*) filter (where wrapped - root.kid = '{}'))::int as only
    from data_keys, lateral jsonb_object_keys(wrapped) as root(kid) group by root.kid order by root.kid`);
  return rows;
}

/** Data keys that none of these root keys opens. */
export async function lostDataKeys(db: Db, kids: readonly string[]): Promise<number> {
  const { rows } = await db.raw('select count(*)::int as count from data_keys where not jsonb_exists_any(wrapped, ?)', [[...kids]]);
  return rows[0].count;
}

/**
 * Takes the root key away from the data keys, so that it opens nothing any more; returns from how many. Throws FailedPrecondition when one of
 * them is under no other key of the keyring, or does not open with those that it is under.
 */
export async function dropRootKey(owned: Database, keyring: Keyring, kid: string): Promise<number> {
  return owned.write('platform', async (db) => {
    await db.raw('lock table data_keys in share row exclusive mode');
    const others = keyring.kids.filter((each) => each !== kid);
    const lost = await lostDataKeys(db, others);
    if (lost > 0) {
      throw new FailedPrecondition(
        'key-in-use',
        `${lost} data keys are under none of ${others.join(', ') || 'the other keys'}. Run \`tenet keyring rotate\` first. Nothing was changed.`,
      );
    }
    const closed = await unopened(db, { ...keyring, kids: others }, kid);
    if (closed.length > 0) {
      throw new FailedPrecondition(
        'key-in-use',
        `${closed.length} data keys do not open with ${others.join(', ')} (${firstNames(closed)}). Nothing was changed.`,
      );
    }
    const dropped = await db('data_keys')
      .whereRaw('jsonb_exists(wrapped, ?)', [kid])
      .update({ wrapped: db.raw('wrapped - ?::text', [kid]) });
    await record(db, commandLine, { action: 'encryption-key.drop', target: kid, after: { dataKeys: dropped } });
    return dropped;
  });
}

/** The data keys under this root key that the keyring does not open, as `organization/kid`. */
async function unopened(db: Db, keyring: Keyring, kid: string): Promise<string[]> {
  const closed: string[] = [];
  for (let last: StoredKey | undefined, isDone = false; !isDone; ) {
    const query = db<StoredKey>('data_keys').whereRaw('jsonb_exists(wrapped, ?)', [kid]);
    if (last) query.whereRaw('(org_id, kid) > (?, ?)', [last.org_id, last.kid]);
    const rows: StoredKey[] = await query.orderBy(['org_id', 'kid']).limit(batchSize).select('org_id', 'kid', 'wrapped');
    for (const row of rows) if (!(await opened(keyring, row))) closed.push(`${row.org_id}/${row.kid}`);
    last = rows.at(-1);
    isDone = rows.length < batchSize;
  }
  return closed;
}
