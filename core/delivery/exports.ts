import { record } from '../audit/record.ts';
import type { Actor } from '../authorization/decisions/actor.ts';
import { FailedPrecondition, InvalidInput, LimitExceeded, NotFound } from '../base/errors.ts';
import { newId, toId, toUuid } from '../base/ids.ts';
import { checkPeriod } from '../base/instants.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { checkPreconditions, type Preconditions } from '../base/preconditions.ts';
import { etagOf } from '../base/versions.ts';
import { spend } from '../database/budgets.ts';
import type { Database, Db } from '../database/database.ts';
import { enqueueAll, exportJob } from '../jobs/jobs.ts';
import { type Archive, readArchivePosition, zipOf } from './archive.ts';
import { type ExportFilters, type ExportKindName, exportKinds } from './export-kinds.ts';

/** Something of an organization as a file, made by a job. */
export interface Export {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: ExportKindName;
  readonly format: 'NDJSON' | 'CSV';
  readonly filters: ExportFilters;
  readonly state: 'QUEUED' | 'RUNNING' | 'READY' | 'FAILED';
  /** Rows and bytes that are written so far. */
  readonly rows: number;
  readonly bytes: number;
  /** Why it FAILED, and what to do. */
  readonly failure?: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When it is deleted. */
  readonly expiresAt: string;
  readonly etag: string;
}

/** The row of an export. */
export interface ExportRow {
  org_id: string;
  id: string;
  kind: ExportKindName;
  format: Export['format'];
  filters: ExportFilters;
  state: Export['state'];
  position: string | null;
  context: object;
  rows: string;
  bytes: string;
  chunks: number;
  failure: string | null;
  created_by: string;
  expires_at: Date;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** Exports that an organization has at most, those that it makes in a day (UTC), and days for which one is kept (docs/limits.md). */
const most = 20;
const mostInDay = 100;
const keptFor = 7;

function toExport(row: ExportRow): Export {
  return {
    id: toId('export', row.id),
    organizationId: toId('organization', row.org_id),
    kind: row.kind,
    format: row.format,
    filters: row.filters,
    state: row.state,
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    ...(row.failure !== null && { failure: row.failure }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    etag: etagOf(row.version),
  };
}

/** Asks for what is exported, besides the export. */
async function requireContent(actor: Actor, organizationId: string, kind: ExportKindName): Promise<void> {
  for (const [resource, action] of exportKinds[kind].permissions) await actor.require(resource, action, { organizationId });
}

/** Begins an export: a job makes it after the commit. Throws InvalidInput, LimitExceeded, RateLimited. */
export async function createExport(
  db: Db,
  actor: Actor,
  input: { organizationId: string; kind: ExportKindName; format: Export['format']; filters?: ExportFilters | undefined },
): Promise<Export> {
  const { organizationId, kind, format, filters = {} } = input;
  await requireContent(actor, organizationId, kind);
  checkFilters(kind, filters);
  const org_id = toUuid('organization', organizationId);
  const [{ count }] = (await db('exports').where({ org_id }).count('* as count')) as [{ count: string }];
  if (Number(count) >= most)
    throw new LimitExceeded(`An organization has ${most} exports at most. Delete one that is not needed any more.`, most, Number(count));
  const refusal = `An organization makes ${mostInDay} exports in a day (UTC) at most.`;
  await spend(db, [{ kind: 'exports', subject: organizationId, amount: 1, limit: mostInDay, refusal }]);
  const id = newId('export');
  const context = JSON.stringify(await exportKinds[kind].begin(db, actor, { organizationId, filters }));
  const [row]: ExportRow[] = await db('exports')
    .insert({
      ...{ org_id, id: toUuid('export', id), kind, format, filters: JSON.stringify(filters), context, created_by: actor.name },
      expires_at: db.raw(`now() + interval '${keptFor} days'`),
    })
    .returning('*');
  await record(db, actor, { organizationId, action: 'export.create', target: id, after: { kind, format, filters } });
  await enqueueAll(db, 'make-export', [exportJob({ organizationId, exportId: id })]);
  return toExport(row!);
}

function checkFilters(kind: ExportKindName, filters: ExportFilters): void {
  const known: readonly string[] = exportKinds[kind].filters;
  const errors = Object.keys(filters)
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: `#/filters/${name}`, detail: `is no filter of ${kind}, which takes ${known.join(', ')}` }));
  if (errors.length > 0) throw new InvalidInput('This kind of export does not take these filters.', errors);
  checkPeriod(filters, (name) => ({ pointer: `#/filters/${name}` }));
}

/** The exports of an organization, oldest first. */
export async function listExports(db: Db, _actor: Actor, input: { organizationId: string } & PageQuery): Promise<Page<Export>> {
  const list = `exports of ${input.organizationId}`;
  const page = readPage(input, list, uuidKey);
  const query = db('exports')
    .where({ org_id: toUuid('organization', input.organizationId) })
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== undefined) query.where('id', '>', page.after);
  return toPage(await query, page, list, (row: ExportRow) => row.id, toExport);
}

/** Which export. */
export interface ExportPlace {
  readonly organizationId: string;
  readonly exportId: string;
}

/** One export, with how far it is. Throws NotFound. */
export async function getExport(db: Db, _actor: Actor, input: ExportPlace): Promise<Export> {
  return toExport(await findExport(db, input));
}

async function findExport(db: Db, { organizationId, exportId }: ExportPlace): Promise<ExportRow> {
  const row: ExportRow | undefined = await db('exports')
    .where({ org_id: toUuid('organization', organizationId), id: toUuid('export', exportId) })
    .first();
  if (!row) throw new NotFound();
  return row;
}

/** Deletes an export with its content; one that is being made ends. */
export async function deleteExport(
  db: Db,
  actor: Actor,
  input: ExportPlace & { preconditions?: Preconditions | undefined },
): Promise<void> {
  const row = await findExport(db, input);
  checkPreconditions(input.preconditions ?? {}, etagOf(row.version));
  await db('exports').where({ org_id: row.org_id, id: row.id }).delete();
  const { organizationId, exportId: target } = input;
  const { kind, format, state } = row;
  await record(db, actor, { organizationId, action: 'export.delete', target, before: { kind, format, state } });
}

/** What is needed to send the content of an export. */
export interface ExportContent {
  readonly organizationId: string;
  readonly exportId: string;
  readonly chunks: number;
  readonly bytes: number;
  readonly format: Export['format'];
  /** `access-report-exp_....csv`. */
  readonly fileName: string;
  /** What the chunks are put together to, where they are more than one file. */
  readonly archive?: Archive;
}

/**
 * Records that the content is taken out, and says what it is. Asks anew for what is exported. `linkId` is the link by which it is taken. Throws NotFound,
 * FailedPrecondition.
 */
export async function downloadExport(db: Db, actor: Actor, input: ExportPlace & { linkId?: string }): Promise<ExportContent> {
  const row = await requireDownload(db, actor, input);
  const { organizationId, exportId, linkId } = input;
  const { kind, format, chunks } = row;
  const [rows, bytes] = [Number(row.rows), Number(row.bytes)];
  const after = { kind, format, rows, bytes, ...(linkId !== undefined && { linkId }) };
  await record(db, actor, { organizationId, action: 'export.download', target: exportId, after });
  const extension = format.toLowerCase();
  const archive = archiveOf(row, extension);
  const fileName = `${kind.toLowerCase().replaceAll('_', '-')}-${exportId}.${archive ? 'zip' : extension}`;
  return { organizationId, exportId, chunks, bytes, format, fileName, ...(archive && { archive }) };
}

/** An export that is READY, and of which the actor may have everything that is in it. Throws NotFound, PermissionDenied, FailedPrecondition. */
export async function requireDownload(db: Db, actor: Actor, input: ExportPlace): Promise<ExportRow> {
  const row = await findExport(db, input);
  await requireContent(actor, input.organizationId, row.kind);
  await requireParts(db, actor, row);
  if (row.state === 'READY') return row;
  const why = row.state === 'FAILED' ? row.failure! : 'It is being made. Ask for the export again until its state is READY.';
  throw new FailedPrecondition('failed-precondition', why);
}

/** An archive holds what its requester may read: who takes it out must be able to read all of that. Throws FailedPrecondition. */
async function requireParts(db: Db, actor: Actor, { org_id, kind: name, context }: ExportRow): Promise<void> {
  const kind = exportKinds[name];
  const lost = 'parts' in kind ? await kind.lost(db, actor, { organizationId: toId('organization', org_id), context }) : undefined;
  if (lost === undefined) return;
  const why = `The archive has something in it for which you lack ${lost}. Make one of your own: it has what you may read.`;
  throw new FailedPrecondition('failed-precondition', why);
}

function archiveOf(row: ExportRow, extension: string): Archive | undefined {
  const kind = exportKinds[row.kind];
  if (!('parts' in kind)) return undefined;
  const about = {
    exportId: toId('export', row.id),
    organizationId: toId('organization', row.org_id),
    format: row.format,
    requestedBy: row.created_by,
    requestedAt: row.created_at.toISOString(),
    finishedAt: row.updated_at.toISOString(),
    leftOut: kind.leftOut(row.context),
  };
  return { about, extension, files: readArchivePosition(row.position).files };
}

/** The file, piece by piece: the content, or the archive that is put together from it, with a manifest that `sign` makes a JWT of. */
export function sendContent(
  database: Database,
  content: ExportContent,
  sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>,
): AsyncGenerator<Buffer> {
  const chunks = readContent(database, content);
  return content.archive ? zipOf(content.archive, chunks, sign) : chunks;
}

/** The content, one chunk in memory at a time. Throws where the export is deleted meanwhile. */
async function* readContent(database: Database, { organizationId, exportId, chunks }: ExportContent): AsyncGenerator<Buffer> {
  const org_id = toUuid('organization', organizationId);
  const export_id = toUuid('export', exportId);
  for (let number = 0; number < chunks; number++) {
    const row: { content: Buffer } | undefined = await database.read({ organization: org_id }, (db) =>
      db('export_chunks').where({ org_id, export_id, number }).first('content'),
    );
    if (!row) throw new NotFound('The export was deleted.');
    yield row.content;
  }
}
