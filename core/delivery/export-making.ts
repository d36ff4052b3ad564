import { decide } from '../authorization/decisions/decide.ts';
import { takeSnapshot } from '../authorization/decisions/snapshot.ts';
import { subjectNamed } from '../authorization/decisions/subjects.ts';
import { domainOf } from '../authorization/policy/domain.ts';
import type { LivePolicies } from '../authorization/store/live-policies.ts';
import { toId, toUuid } from '../base/ids.ts';
import type { Database, Db } from '../database/database.ts';
import { nextVersion } from '../database/next-version.ts';
import { enqueueAll, type Jobs } from '../jobs/jobs.ts';
import { csvLine } from './csv.ts';
import { type ExportKind, exportKinds } from './export-kinds.ts';
import type { ExportRow } from './exports.ts';

/** Rows of one chunk, and bytes of one export (docs/limits.md). */
const chunkRows = 250;
const mostBytes = 268_435_456;
/** Milliseconds after which a job hands on to the next one, long before the runner takes it for dead. */
const turn = 20_000;

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
    await database.write(scope, (db) => enqueueAll(db, 'make-export', [{ payload }]));
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
  const lost = await lostPermission(db, policies, row);
  if (lost !== undefined)
    return fail(
      db,
      key,
      `Who asked for it, ${row.created_by}, lacks ${lost} by now. A caller who has the permission can ask for a new one.`,
    );
  const kind = exportKinds[row.kind];
  const { filters, context, position } = row;
  const slice = await kind.rows(db, { org: row.org_id, filters, context, position, limit: rows });
  const content = Buffer.from(textOf(kind, row, slice.rows));
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
      position: slice.position ?? position,
      rows: Number(row.rows) + slice.rows.length,
      bytes,
      chunks: row.chunks + (content.length > 0 ? 1 : 0),
      ...nextVersion(db),
    });
  return !slice.isEnd;
}

/** What the requester may not do any more of what createExport has asked for: the first such permission. */
async function lostPermission(db: Db, policies: LivePolicies, { org_id, kind, created_by }: ExportRow): Promise<string | undefined> {
  const place = { organizationId: toId('organization', org_id) };
  const snapshot = await takeSnapshot(db, subjectNamed(created_by), domainOf(place), place);
  for (const [resource, action] of [['export', 'create'] as const, ...exportKinds[kind].permissions]) {
    const decision = await decide(policies, snapshot, resource, action);
    if (!decision.allowed) return decision.permission;
  }
  return undefined;
}

/** Ends it without a file; nothing more is to do. */
async function fail(db: Db, key: Key, failure: string): Promise<false> {
  await db('export_chunks').where({ org_id: key.org_id, export_id: key.id }).delete();
  await db('exports')
    .where(key)
    .update({ state: 'FAILED', failure, chunks: 0, ...nextVersion(db) });
  return false;
}

function textOf({ columns }: ExportKind, { format, chunks }: ExportRow, rows: readonly object[]): string {
  if (format === 'NDJSON') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const head = chunks === 0 ? csvLine(columns) : '';
  return head + rows.map((row) => csvLine(columns.map((column) => memberOf(row, column)))).join('');
}

function memberOf(row: object, column: string): unknown {
  return column.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], row);
}
