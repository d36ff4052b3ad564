import { type Actor, createActor } from '../authorization/decisions/actor.ts';
import { subjectNamed } from '../authorization/decisions/subjects.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueAll, exportJob, type Jobs } from '../jobs/jobs.ts';
import { type ArchivePosition, readArchivePosition } from './archive.ts';
import { csvLine } from './csv.ts';
import { exportKinds } from './export-kinds.ts';
import type { ExportRow } from './exports.ts';

/** Rows of one chunk, and bytes of one export (docs/limits.md). */
const chunkRows = 250;
const mostBytes = 268_435_456;
/** Milliseconds after which a job hands on to the next one, so that others have their turn. */
const turn = 5_000;

/**
 * Makes an export, a chunk in each transaction: what was written stays when the process ends, and the job that is run again goes on behind
 * it. Two at once write each chunk once, since each transaction locks the export. With each chunk it asks again whether the requester
 * may still have it; if not, it fails and nothing of it stays.
 */
export async function makeExport(
  { database, policies }: { readonly database: Database; readonly policies: LivePolicies },
  payload: Jobs['make-export'],
  { rows = chunkRows, limit = mostBytes } = {},
): Promise<void> {
  const org_id = toUuid('organization', payload.organizationId);
  const id = toUuid('export', payload.exportId);
  const scope = { organization: org_id };
  const began = performance.now();
  while (await database.write(scope, (db) => writeChunk(db, policies, { org_id, id }, { rows, limit }))) {
    if (performance.now() - began < turn) continue;
    await database.write(scope, (db) => enqueueAll(db, 'make-export', [exportJob(payload)]));
    return;
  }
}

interface Key {
  readonly org_id: string;
  readonly id: string;
}

/** Writes the next chunk; false when there is nothing more to do. */
async function writeChunk(db: Db, policies: LivePolicies, key: Key, { rows, limit }: { rows: number; limit: number }): Promise<boolean> {
  const row: ExportRow | undefined = await db('exports').where(key).forUpdate().first();
  if (!row || row.state === 'READY' || row.state === 'FAILED') return false;
  const principal = { subject: subjectNamed(row.created_by), issuedAt: Number.POSITIVE_INFINITY };
  const actor = createActor({ db, policies, principal, name: row.created_by, requestId: newId('request'), lock: false });
  const lost = await lostPermission(db, actor, row);
  if (lost !== undefined)
    return fail(
      db,
      key,
      `Who asked for it, ${row.created_by}, lacks ${lost} by now. A caller who has the permission can ask for a new one.`,
    );
  const slice = await nextSlice(db, actor, row, rows);
  const content = Buffer.from(slice.text);
  const bytes = Number(row.bytes) + content.length;
  if (bytes > limit)
    return fail(db, key, `It has more than ${limit} bytes. Narrow it down, for example by since and before, and export it in parts.`);
  if (content.length > 0) {
    await db('export_chunks').insert({ org_id: key.org_id, export_id: key.id, number: row.chunks, content });
  }
  await db('exports')
    .where(key)
    .update({
      state: slice.isEnd ? 'READY' : 'RUNNING',
      position: slice.position,
      rows: Number(row.rows) + slice.rows,
      bytes,
      chunks: row.chunks + (content.length > 0 ? 1 : 0),
      ...nextVersion(db),
    });
  return !slice.isEnd;
}

/** What the requester may not do any more of what createExport has asked for: the first such permission. */
async function lostPermission(db: Db, actor: Actor, { org_id, kind: name, context }: ExportRow): Promise<string | undefined> {
  const organizationId = toId('organization', org_id);
  const kind = exportKinds[name];
  for (const [resource, action] of [['export', 'create'] as const, ...kind.permissions]) {
    const decision = await actor.may(resource, action, { organizationId });
    if (!decision.allowed) return decision.permission;
  }
  return 'parts' in kind ? kind.lost(db, actor, { organizationId, context }) : undefined;
}

/** What comes next, as text, and where it ends. */
interface NextSlice {
  readonly text: string;
  readonly rows: number;
  readonly position: string | null;
  readonly isEnd: boolean;
}

async function nextSlice(db: Db, actor: Actor, row: ExportRow, limit: number): Promise<NextSlice> {
  const kind = exportKinds[row.kind];
  const about = { org: row.org_id, actor, filters: row.filters, context: row.context, limit };
  if (!('parts' in kind)) {
    const { rows, position, isEnd } = await kind.rows(db, { ...about, position: row.position });
    const text = textOf(kind.columns, row.format, rows, row.chunks === 0);
    return { text, rows: rows.length, position: position ?? row.position, isEnd };
  }
  const parts = Object.entries(kind.parts(row.context));
  const { behind, files } = readArchivePosition(row.position);
  const done = files.slice(0, -1);
  const file = files.at(-1) ?? { rows: 0, bytes: 0, chunks: 0 };
  const [name, part] = parts[done.length]!;
  const { rows, position, isEnd } = await part.rows(db, { ...about, position: behind });
  const text = textOf(part.columns, row.format, rows, file.chunks === 0);
  const bytes = Buffer.byteLength(text);
  const written = { name, rows: file.rows + rows.length, bytes: file.bytes + bytes, chunks: file.chunks + (bytes > 0 ? 1 : 0) };
  const isLast = done.length + 1 === parts.length;
  const further = isEnd && !isLast ? [{ name: parts[done.length + 1]![0], rows: 0, bytes: 0, chunks: 0 }] : [];
  const place: ArchivePosition = { behind: isEnd ? null : (position ?? behind), files: [...done, written, ...further] };
  return { text, rows: rows.length, position: JSON.stringify(place), isEnd: isEnd && isLast };
}

/** Ends it without a file; nothing more is to do. */
async function fail(db: Db, key: Key, failure: string): Promise<false> {
  await db('export_chunks').where({ org_id: key.org_id, export_id: key.id }).delete();
  await db('exports')
    .where(key)
    .update({ state: 'FAILED', failure, chunks: 0, ...nextVersion(db) });
  return false;
}

function textOf(columns: readonly string[], format: ExportRow['format'], rows: readonly object[], isFirst: boolean): string {
  if (format === 'NDJSON') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const head = isFirst ? csvLine(columns) : '';
  return head + rows.map((row) => csvLine(columns.map((column) => memberOf(row, column)))).join('');
}

function memberOf(row: object, column: string): unknown {
  return column.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], row);
}
