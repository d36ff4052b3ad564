import type { Actor } from '../authorization/decisions/actor.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import { etagOfEnding } from '../base/versions.ts';
import type { Db } from '../database/database.ts';

export type SupportAccessState = 'REQUESTED' | 'APPROVED' | 'DENIED' | 'ENDED' | 'EXPIRED';

/** An operator asks an organization for a role that support holds, and has it for a while if the organization approves; or the organization offers it. */
export interface SupportAccess {
  readonly id: string;
  readonly organizationId: string;
  readonly operatorId: string;
  readonly role: string;
  readonly reason: string;
  readonly minutes: number;
  readonly state: SupportAccessState;
  /** Until when the organization may answer. */
  readonly expiresAt: string;
  /** Who let the operator in without being asked. */
  readonly offeredBy?: string;
  readonly answeredBy?: string;
  /** When the operator has the role no more. */
  readonly until?: string;
  readonly endedBy?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly etag: string;
}

export interface SupportAccessRow {
  org_id: string;
  id: string;
  operator_id: string;
  role: string;
  reason: string;
  minutes: number;
  state: SupportAccessState;
  expires_at: Date;
  offered_by: string | null;
  answered_by: string | null;
  until: Date | null;
  ended_by: string | null;
  version: string;
  created_at: Date;
  updated_at: Date;
}

/** In the scope of the platform an id alone will do. */
export interface SupportAccessKey {
  readonly organizationId?: string;
  readonly supportAccessId: string;
}

/** The states of an access that is not over. An operator has one such access in an organization at most. */
export const openStates: readonly SupportAccessState[] = ['REQUESTED', 'APPROVED'];

/** Whether an access is not over. */
export function isOpen({ state }: Pick<SupportAccessRow, 'state'>): boolean {
  return openStates.includes(state);
}

/** The state at this moment: an access is over when its time is, not when the daily job gets to it. */
const stateSql = "case when state in ('REQUESTED', 'APPROVED') and coalesce(until, expires_at) <= now() then 'EXPIRED' else state end";
export const columnsSql = `org_id, id, operator_id, role, reason, minutes, ${stateSql} as state, expires_at, offered_by, answered_by, until, ended_by, version, created_at, updated_at`;

/** The row as the API shows it. */
export function toSupportAccess(row: SupportAccessRow): SupportAccess {
  return {
    id: toId('supportAccess', row.id),
    organizationId: toId('organization', row.org_id),
    operatorId: toId('user', row.operator_id),
    role: row.role,
    reason: row.reason,
    minutes: row.minutes,
    state: row.state,
    expiresAt: row.expires_at.toISOString(),
    ...(row.offered_by !== null && { offeredBy: row.offered_by }),
    ...(row.answered_by !== null && { answeredBy: row.answered_by }),
    ...(row.until !== null && { until: row.until.toISOString() }),
    ...(row.ended_by !== null && { endedBy: row.ended_by }),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    etag: etagOfEnding(row),
  };
}

/** Support accesses with the state that they have at this moment. */
export function supportAccessRows(db: Db) {
  return db('support_accesses').select<SupportAccessRow[]>(db.raw(columnsSql));
}

/** Support accesses to an organization, or to all, oldest first. */
export async function listSupportAccesses(
  db: Db,
  _actor: Actor,
  input: PageQuery & { organizationId?: string | undefined; state?: SupportAccessState | undefined },
): Promise<Page<SupportAccess>> {
  const { organizationId, state } = input;
  const list = JSON.stringify(['support-accesses', organizationId, state]);
  const page = readPage(input, list, uuidKey);
  const query = supportAccessRows(db)
    .orderBy('id')
    .limit(page.limit + 1);
  if (organizationId !== undefined) query.where({ org_id: toUuid('organization', organizationId) });
  if (page.after !== undefined) query.where('id', '>', page.after);
  if (state !== undefined) query.whereRaw(`${stateSql} = ?`, [state]);
  return toPage(await query, page, list, (row: SupportAccessRow) => row.id, toSupportAccess);
}

/** One support access. Throws NotFound. */
export async function getSupportAccess(db: Db, _actor: Actor, input: SupportAccessKey): Promise<SupportAccess> {
  return toSupportAccess(await findSupportAccess(db, input));
}

/** The row of a support access. Throws NotFound. */
export async function findSupportAccess(
  db: Db,
  { organizationId, supportAccessId }: SupportAccessKey,
  { lock = false } = {},
): Promise<SupportAccessRow> {
  const query = supportAccessRows(db).where({ id: toUuid('supportAccess', supportAccessId) });
  if (organizationId !== undefined) query.where({ org_id: toUuid('organization', organizationId) });
  const row = (await (lock ? query.forUpdate() : query).first()) as SupportAccessRow | undefined;
  if (!row) throw new NotFound();
  return row;
}
