import type { Actor } from '../authorization/decisions/actor.ts';
import { readInstant } from '../base/instants.ts';
import { type Page, type PageQuery, readPage, toPage, uuidKey } from '../base/pages.ts';
import type { Db } from '../database/database.ts';
import { type ApiKey, type ApiKeyRow, type KeyPlace, keyRows } from './api-key-rows.ts';
import { type RotationReason, readMaxAges, whereRotationDue, withRotation } from './key-rotation.ts';

/** Which keys of a list are wanted, and in which order. */
export interface KeyFilter {
  readonly type?: string | undefined;
  readonly state?: ApiKey['state'] | undefined;
  /** A number of days, as P90D. */
  readonly unusedFor?: string | undefined;
  readonly createdBefore?: string | undefined;
  readonly rotationDue?: RotationReason | undefined;
  readonly orderBy?: 'createdAt' | 'lastUsedAt' | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
}

/** Milliseconds since 1970 at which a key was used last; 0 before its first use. */
const usedSql = `coalesce((
  select (extract(epoch from max(x.last_used_at)) * 1000)::bigint from api_key_secrets x where x.org_id = k.org_id and x.key_id = k.id
), 0)`;

const usedKey = /^[0-9]{1,15} [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Those of the organization itself or of the project itself; oldest first unless it says otherwise. */
export async function listApiKeys(db: Db, actor: Actor, input: KeyPlace & PageQuery & KeyFilter): Promise<Page<ApiKey>> {
  const { organizationId, projectId, orderBy = 'createdAt', order = 'asc', pageSize: _size, pageToken: _token, ...filter } = input;
  const list = JSON.stringify(['api-keys', organizationId, projectId, orderBy, order, Object.entries(filter).sort()]);
  const byUse = orderBy === 'lastUsedAt';
  const page = readPage(input, list, byUse ? usedKey : uuidKey);
  const ages = await readMaxAges(actor, input);
  const query = keyRows(db, input)
    .select(db.raw(`${usedSql} as used`))
    .limit(page.limit + 1);
  if (byUse) query.orderBy('used', order);
  query.orderBy('k.id', order);
  if (page.after !== undefined) {
    const beyond = order === 'asc' ? '>' : '<';
    const [used, id] = byUse ? (page.after.split(' ') as [string, string]) : ['0', page.after];
    if (byUse) query.whereRaw(`(${usedSql}, k.id) ${beyond} (?::bigint, ?::uuid)`, [used, id]);
    else query.where('k.id', beyond, id);
  }
  narrow(query, filter);
  if (filter.rotationDue !== undefined) whereRotationDue(query, filter.rotationDue, ages);
  const keyOf = (row: ApiKeyRow & { used: string }) => (byUse ? `${row.used} ${row.id}` : row.id);
  return toPage((await query) as (ApiKeyRow & { used: string })[], page, list, keyOf, (row) => withRotation(row, ages));
}

function narrow(query: ReturnType<typeof keyRows>, { type, state, unusedFor, createdBefore }: KeyFilter): void {
  if (type !== undefined) query.where('k.type', type);
  if (state === 'REVOKED') query.where('k.state', state);
  if (state === 'ACTIVE') query.whereRaw("k.state = 'ACTIVE' and (k.expires_at is null or k.expires_at > now())");
  if (state === 'EXPIRED') query.whereRaw("k.state = 'ACTIVE' and k.expires_at <= now()");
  if (createdBefore !== undefined)
    query.where('k.created_at', '<', readInstant(createdBefore, { parameter: 'createdBefore' }).toISOString());
  if (unusedFor !== undefined) {
    // A key that was never used rests since it was made.
    const days = Number(unusedFor.slice(1, -1));
    query.whereRaw(`greatest(to_timestamp(${usedSql} / 1000.0), k.created_at) < now() - ? * interval '1 day'`, [days]);
  }
}
