import { type ShownHolder, shownHolder } from '../authorization/decisions/subjects.ts';
import { NotFound } from '../base/errors.ts';
import { toId, toUuid } from '../base/ids.ts';
import { etagOf } from '../base/versions.ts';
import { type Db, milliseconds } from '../database/database.ts';

/** A credential of a user or of a service account, bound to an organization or to one of its projects. */
export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId?: string;
  readonly type: string;
  readonly name: string;
  /** The beginning of its secret. */
  readonly prefix: string;
  readonly owner: ShownHolder;
  /** What it may be used for; absent where it carries the authority of its owner. */
  readonly scopes?: string[];
  /** The policy store that it asks, and with which it does nothing else. */
  readonly policyStoreId?: string;
  readonly state: 'ACTIVE' | 'EXPIRED' | 'REVOKED';
  /** From where it may be used; absent where it is from anywhere. */
  readonly allowedAddresses?: string[];
  readonly expiresAt?: string;
  readonly lastUsedAt?: string;
  readonly usageCount: number;
  /** When its present secret was made. */
  readonly rotatedAt: string;
  /** The secret that it took the place of, while that one still works. */
  readonly previousSecret?: PreviousSecret;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly revokedAt?: string;
  readonly revokedBy?: string;
  readonly etag: string;
}

/** Who has not changed to the new secret yet. */
export interface PreviousSecret {
  readonly prefix: string;
  readonly until: string;
  readonly usageCount: number;
  readonly lastUsedAt?: string;
  readonly lastUsedFrom?: string;
}

export interface ApiKeyRow {
  org_id: string;
  id: string;
  project_id: string | null;
  policy_store_id: string | null;
  user_id: string | null;
  service_account_id: string | null;
  type: string;
  name: string;
  scopes: string[] | null;
  allowed_addresses: string[] | null;
  state: ApiKey['state'];
  expires_at: Date | null;
  created_by: string;
  earlier_uses: string;
  version: string;
  created_at: Date;
  updated_at: Date;
  revoked_at: Date | null;
  revoked_by: string | null;
  /** The newest first. */
  secrets: SecretRow[];
}

interface SecretRow {
  version: number;
  prefix: string;
  /** Times in milliseconds since 1970. */
  until: number | null;
  createdAt: number;
  lastUsedAt: number | null;
  lastUsedFrom: string | null;
  uses: number;
  isLiving: boolean;
  isWithLeaver: boolean;
}

/** The organization, or the project in it, that an operation is about. */
export interface KeyPlace {
  readonly organizationId: string;
  readonly projectId?: string | undefined;
}

/** Whether a secret `x` was shown to a person who is no active member any more. */
export const withLeaverSql = `x.shown_to is not null and not exists (
  select from members m where m.org_id = x.org_id and m.user_id = x.shown_to and m.state = 'ACTIVE')`;
const stateSql = "case when k.state = 'ACTIVE' and k.expires_at <= now() then 'EXPIRED' else k.state end";
const secretsSql = `(
  select jsonb_agg(jsonb_build_object('version', x.version, 'prefix', x.prefix, 'until', ${milliseconds('x.until')},
    'createdAt', ${milliseconds('x.created_at')}, 'lastUsedAt', ${milliseconds('x.last_used_at')}, 'lastUsedFrom', x.last_used_from,
    'uses', x.uses, 'isLiving', x.until is null or x.until > now(),
    'isWithLeaver', ${withLeaverSql}) order by x.version desc)
  from api_key_secrets x where x.org_id = k.org_id and x.key_id = k.id
) as secrets`;

/** All keys `k` of an organization (uuid) and its projects, with their secrets. */
export function allKeyRows(db: Db, org_id: string) {
  return db('api_keys as k')
    .where({ 'k.org_id': org_id })
    .select('k.*', db.raw(`${stateSql} as state`), db.raw(secretsSql));
}

/** The keys `k` of exactly this place, with their secrets. */
export function keyRows(db: Db, { organizationId, projectId }: KeyPlace) {
  const project_id = projectId === undefined ? null : toUuid('project', projectId);
  return allKeyRows(db, toUuid('organization', organizationId)).where({ 'k.project_id': project_id });
}

/** One key of this place. Throws NotFound. */
export async function findKey(db: Db, input: KeyPlace & { apiKeyId: string }): Promise<ApiKeyRow> {
  const row: ApiKeyRow | undefined = await keyRows(db, input).where('k.id', toUuid('apiKey', input.apiKeyId)).first();
  if (!row) throw new NotFound();
  return row;
}

/** The key row as the API shows it. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  const [present, previous] = row.secrets as [SecretRow, SecretRow?];
  const lastUsedAt = Math.max(...row.secrets.map((secret) => secret.lastUsedAt ?? 0));
  return {
    id: toId('apiKey', row.id),
    organizationId: toId('organization', row.org_id),
    ...(row.project_id === null ? {} : { projectId: toId('project', row.project_id) }),
    type: row.type,
    name: row.name,
    prefix: present.prefix,
    owner: shownHolder(row),
    ...(row.scopes === null ? {} : { scopes: row.scopes }),
    ...(row.policy_store_id === null ? {} : { policyStoreId: toId('policyStore', row.policy_store_id) }),
    state: row.state,
    ...(row.allowed_addresses === null ? {} : { allowedAddresses: row.allowed_addresses }),
    ...time('expiresAt', row.expires_at),
    ...(lastUsedAt > 0 && { lastUsedAt: new Date(lastUsedAt).toISOString() }),
    usageCount: row.secrets.reduce((sum, { uses }) => sum + uses, Number(row.earlier_uses)),
    rotatedAt: new Date(present.createdAt).toISOString(),
    ...(row.state === 'ACTIVE' && previous?.isLiving && { previousSecret: toPrevious(previous) }),
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    ...time('revokedAt', row.revoked_at),
    ...(row.revoked_by === null ? {} : { revokedBy: row.revoked_by }),
    etag: etagOf(row.version),
  };
}

function toPrevious({ prefix, until, uses, lastUsedAt, lastUsedFrom }: SecretRow): PreviousSecret {
  return {
    prefix,
    until: new Date(until!).toISOString(),
    usageCount: uses,
    ...(lastUsedAt !== null && { lastUsedAt: new Date(lastUsedAt).toISOString() }),
    ...(lastUsedFrom !== null && { lastUsedFrom }),
  };
}

function time<K extends string>(key: K, at: Date | null): { [P in K]?: string } {
  return (at === null ? {} : { [key]: at.toISOString() }) as { [P in K]?: string };
}
