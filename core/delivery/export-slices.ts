import { toId } from '../base/ids.ts';
import type { Page, PageQuery } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import type { ExportPart, ExportSlice } from './export-kinds.ts';
import type { OrganizationContext } from './organization-export.ts';

/** Whether the archive has what is asked for one by one. */
export const includes = ({ context }: ExportPart, question: string): boolean =>
  (context as OrganizationContext).included.includes(question);

/** The organization of an archive, as functions of core are given it. */
export const placeOf = ({ org }: Pick<ExportPart, 'org'>) => ({ organizationId: toId('organization', org) });

/** The page of a list whose token is the position. */
export async function paged<T extends object>(
  about: ExportPart,
  list: (query: PageQuery & { organizationId: string }) => Promise<Page<T>>,
): Promise<ExportSlice> {
  const pageToken = about.position ?? undefined;
  const { items, nextPageToken } = await list({ ...placeOf(about), pageSize: about.limit, pageToken });
  return { rows: items, position: nextPageToken, isEnd: nextPageToken === undefined };
}

type Query = ReturnType<Db>;

/** The rows behind an id. */
export async function behind<Row extends { id: string }>(
  query: Query,
  column: string,
  { position, limit }: Pick<ExportPart, 'position' | 'limit'>,
  show: (row: Row) => object,
): Promise<ExportSlice> {
  if (position !== null) query.where(column, '>', position);
  const rows = (await query.orderBy(column).limit(limit)) as Row[];
  return { rows: rows.map(show), position: rows.at(-1)?.id, isEnd: rows.length < limit };
}

/** Without what is in projects where the requester may not list it in every one. */
export function inPlaces(query: Query, about: ExportPart, resource: string, column: string): Query {
  return includes(about, `PROJECTS:${resource}:list`) ? query : query.whereNull(column);
}

/** What is in projects alone: nothing where the requester may not read it in every one. */
export function inProjects(query: Query, about: ExportPart, resource: string): Query {
  return includes(about, `PROJECTS:${resource}:read`) ? query : query.whereRaw('false');
}

/** The rows behind several columns, which together are unique and whose order is that of an index. */
export async function behindAll<Row extends object>(
  query: Query,
  columns: readonly string[],
  { position, limit }: Pick<ExportPart, 'position' | 'limit'>,
  show: (row: Row) => object,
): Promise<ExportSlice> {
  if (position !== null)
    query.whereRaw(`(${columns.join(', ')}) > (${columns.map(() => '?').join(', ')})`, JSON.parse(position) as string[]);
  const rows = (await query.orderBy(columns.map((column) => ({ column }))).limit(limit)) as Row[];
  const last = rows.at(-1) as Record<string, unknown> | undefined;
  return { rows: rows.map(show), position: last && JSON.stringify(columns.map((column) => last[column])), isEnd: rows.length < limit };
}

/** A part of one row. */
export const single = (row: object): ExportSlice => ({ rows: [row], isEnd: true });
