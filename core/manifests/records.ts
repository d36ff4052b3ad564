import type { Db } from '../database/database.ts';
import { lockKeySql } from '../database/lock.ts';
import { joinTerm, type ManifestContext } from './apply.ts';

/** A manifest that was read and found good. */
export interface FoundManifest {
  readonly uid: string;
  /** Relative to the directory. */
  readonly file: string;
  readonly kind: 'Organization' | 'Project';
  readonly namespace: string | null;
  readonly name: string;
  readonly specHash: string;
  /** As it was accepted, defaults filled in. */
  readonly manifest: object;
}

/** A manifest as the database remembers it. */
export interface ManifestRecord extends FoundManifest {
  /** `directory:` and the path. */
  readonly source: string;
  /** Grows when the spec changes. */
  readonly generation: number;
  /** Milliseconds since the directory was first seen without it, on the database's clock; null while it is there. */
  readonly goneMs: number | null;
  /** Since when its deletion is being carried out. */
  readonly deletedAt: Date | null;
}

/** One reading of a whole directory. */
export interface Reading {
  readonly found: readonly FoundManifest[];
  /** Whether every file could be read. Else what is missing may be in a file that could not, and nothing is taken for gone. */
  readonly complete: boolean;
  /** Carry out the deletionPolicy of what is gone. */
  readonly prune: boolean;
  /** Milliseconds that something must have been gone for before it is deleted: a file that is moved is gone for a moment. */
  readonly graceMs: number;
}

/** What a reading means. */
export interface Recorded {
  /** What is to be reconciled: all that was found, what a bad file held before, and with `deletedAt` what is being deleted. */
  readonly records: readonly ManifestRecord[];
  /** What has left since the last reading. */
  readonly left: readonly ManifestRecord[];
  /** Manifests that another directory, at work as well, has too. */
  readonly clashes: readonly { readonly uid: string; readonly source: string }[];
  /** Milliseconds until the next one of those that are gone may be deleted. */
  readonly pruneIn?: number;
  /** More would be deleted than one reading may; nothing is. */
  readonly tooMany?: { readonly leaving: readonly ManifestRecord[]; readonly limit: number; readonly total: number };
}

/** What the database remembers of a source, and of these manifests wherever they were. */
export async function readRecords(db: Db, source: string, uids: readonly string[]): Promise<ManifestRecord[]> {
  const { rows } = await db.raw(
    `select uid, source, file, kind, namespace, name, generation::int, spec_hash as "specHash", manifest,
       (extract(epoch from now() - left_at) * 1000)::float8 as "goneMs", deleted_at as "deletedAt" from manifests where source = ? or uid = any(?::uuid[]) order by uid`,
    [source, [...uids]],
  );
  return rows;
}

/** Remembers a reading, in one transaction, and says what it means. Throws StaleLeader when another process leads by now. */
export function recordManifests({ database, fence }: ManifestContext, reading: Reading): Promise<Recorded> {
  const { source } = fence;
  return database.write('platform', async (db) => {
    await joinTerm(db, fence);
    const before = await readRecords(
      db,
      source,
      reading.found.map(({ uid }) => uid),
    );
    const clashes = await findClashes(db, source, before);
    const taken = new Set(clashes.map(({ uid }) => uid));
    const found = reading.found.filter(({ uid }) => !taken.has(uid));
    await save(db, source, found);
    const here = new Set(found.map(({ uid }) => uid));
    const missing = before.filter((record) => record.source === source && !here.has(record.uid));
    const { waiting, ...gone } = reading.complete ? await leave(db, missing, reading) : { left: [], waiting: reading.prune ? missing : [] };
    const held = new Set(waiting.map(({ uid }) => uid));
    const records = (await readRecords(db, source, [])).filter(
      ({ uid, goneMs, deletedAt }) => goneMs === null || deletedAt !== null || held.has(uid),
    );
    return { records, clashes, ...gone };
  });
}

/** The deletion has been carried out. False when the manifest has come back meanwhile, so that it stays. */
export function forgetManifest({ database, fence }: ManifestContext, uid: string): Promise<boolean> {
  return database.write('platform', async (db) => {
    await joinTerm(db, fence);
    return (await db('manifests').where({ uid, source: fence.source }).whereNotNull('deleted_at').delete()) > 0;
  });
}

/** A manifest of another source is that source's as long as somebody leads there; a directory that nobody works on loses it. */
async function findClashes(db: Db, source: string, records: readonly ManifestRecord[]): Promise<{ uid: string; source: string }[]> {
  const others = [...new Set(records.map((record) => record.source))].filter((other) => other !== source);
  const led = new Set<string>();
  for (const other of others) {
    const { rows } = await db.raw(`select pg_try_advisory_xact_lock(${lockKeySql}) as free`, [other]);
    if (!rows[0].free) led.add(other);
  }
  return records.filter((record) => led.has(record.source)).map((record) => ({ uid: record.uid, source: record.source }));
}

/** A record that was lost must not make the manifest look older than what its row says was applied. */
const saveSql = `
insert into manifests (uid, source, file, kind, namespace, name, generation, spec_hash, manifest)
select f.uid, :source, f.file, f.kind, f.namespace, f.name, 1 + coalesce(
    (select (managed_by ->> 'generation')::bigint from organizations where manifest_uid = f.uid::text),
    (select (managed_by ->> 'generation')::bigint from projects where manifest_uid = f.uid::text), 0),
  f."specHash", f.manifest
from jsonb_to_recordset(cast(:found as jsonb))
  as f(uid uuid, file text, kind text, namespace text, name text, "specHash" text, manifest jsonb)
on conflict (uid) do update set source = excluded.source, file = excluded.file, spec_hash = excluded.spec_hash,
  generation = manifests.generation + (manifests.spec_hash <> excluded.spec_hash)::int,
  manifest = excluded.manifest, left_at = null, deleted_at = null
where (manifests.source, manifests.file, manifests.spec_hash, manifests.manifest) is distinct from
    (excluded.source, excluded.file, excluded.spec_hash, excluded.manifest)
  or manifests.left_at is not null or manifests.deleted_at is not null`;

async function save(db: Db, source: string, found: readonly FoundManifest[]): Promise<void> {
  if (found.length > 0) await db.raw(saveSql, { source, found: JSON.stringify(found) });
}

/** At most so many, or this share of what there is, may be deleted at a time. */
const maxAtOnce = 5;
const largestShare = 0.2;

/** `waiting`: gone, but it does not count yet; what was known of it goes on. */
async function leave(
  db: Db,
  missing: readonly ManifestRecord[],
  { found, prune, graceMs }: Reading,
): Promise<Pick<Recorded, 'left' | 'pruneIn' | 'tooMany'> & { waiting: readonly ManifestRecord[] }> {
  const update = async (records: readonly ManifestRecord[], values: object): Promise<void> => {
    const uids = records.map(({ uid }) => uid);
    if (uids.length > 0) await db('manifests').whereIn('uid', uids).update(values);
  };
  const fresh = missing.filter(({ goneMs }) => goneMs === null);
  await update(fresh, { left_at: db.fn.now() });
  if (!prune) {
    // To take back the leave to delete also ends what is under way.
    const stopped = missing.filter(({ deletedAt }) => deletedAt !== null);
    await update(stopped, { deleted_at: null });
    return { left: [...fresh, ...stopped], waiting: [] };
  }
  const leaving = missing.filter(({ deletedAt }) => deletedAt === null);
  const total = found.length + missing.length;
  const limit = Math.max(maxAtOnce, Math.floor(total * largestShare));
  if (missing.length > limit) return { left: fresh, waiting: leaving, ...(leaving.length > 0 && { tooMany: { leaving, limit, total } }) };
  const waiting = leaving.filter(({ goneMs }) => (goneMs ?? 0) < graceMs);
  await update(
    leaving.filter((record) => !waiting.includes(record)),
    { deleted_at: db.fn.now() },
  );
  const pruneIn = Math.min(...waiting.map(({ goneMs }) => graceMs - (goneMs ?? 0)));
  return { left: fresh, waiting, ...(waiting.length > 0 && { pruneIn }) };
}
